"""The policy book: a marketplace's rules as data, published in versions, and pinned to a dispute when it is filed.

A running dispute keeps the rules that it began under, whatever is published later. A marketplace that has published
nothing works under `FIRST_POLICY`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from typing import assert_never
from uuid import UUID

from domain.kernel.base import Command, Event, Role
from domain.kernel.frozen import frozen, replace
from domain.kernel.refusals import Conflict, Forbidden, Malformed, Refusal, Unknown
from domain.policy import validation
from domain.policy.outage_facts import Outage, OutageRecorded
from domain.policy.policy import (
    Policy,
)

# --- types ---

FIRST_POLICY = Policy(version="first-2026")


class PolicyPublished(Event, kind="PolicyPublished", stream="policies"):
    """A policy version was published. For a rule that did not exist yet, the first policy's value applies."""

    schema_version = 4

    policy: Policy
    by: UUID


PolicyEvent = PolicyPublished | OutageRecorded


class PublishPolicy(Command):
    policy: Policy


PolicyCommand = PublishPolicy


class VersionAlreadyPublished(Conflict):
    """`version` is already published with other rules."""

    pointer = "/version"


class NotAnAdministrator(Forbidden):
    """You are not an administrator of this marketplace."""


class UnknownTier(Malformed):
    """`tier` or `tiers` names a tier that the policy does not have."""


class UnknownPolicy(Unknown):
    """There is no policy with this version in this marketplace."""


# --- state ---


@frozen
class PolicyBook:
    """A marketplace's published versions, in the order of publication. The latest one applies to new disputes.

    `outages` are the engine's outages, in the order in which they ended. No deadline may suffer from one: see
    `domain.policy.outages`.
    """

    published: Mapping[str, Policy] = field(default_factory=lambda: {FIRST_POLICY.version: FIRST_POLICY})
    outages: tuple[Outage, ...] = ()

    @property
    def current(self) -> Policy:
        return list(self.published.values())[-1]

    def version(self, version: str) -> Policy:
        """Raises UnknownPolicy if that version was never published."""
        try:
            return self.published[version]
        except KeyError:
            raise UnknownPolicy(version=version) from None


# --- evolve ---


def evolve(book: PolicyBook, event: PolicyEvent) -> PolicyBook:
    match event:
        case PolicyPublished(policy=policy):
            return replace(book, published={**book.published, policy.version: policy})
        case OutageRecorded(outage=outage):
            return replace(book, outages=tuple(sorted((*book.outages, outage), key=lambda known: known.ended_at)))
        case _:
            assert_never(event)


# --- decisions ---


def decide(book: PolicyBook, command: PolicyCommand) -> Sequence[Event]:
    return publish(book, command)


def publish(book: PolicyBook, command: PublishPolicy) -> list[PolicyEvent]:
    if command.actor.role is not Role.ADMINISTRATOR:
        raise NotAnAdministrator(role=command.actor.role.value)
    if book.published.get(command.policy.version) == command.policy:
        return []
    for fault in faults(book, command.policy):
        raise fault
    return [PolicyPublished(policy=command.policy, by=command.actor.subject)]


def faults(book: PolicyBook, policy: Policy) -> Iterator[Refusal]:
    """Every reason not to publish this policy."""
    if book.published.get(policy.version, policy) != policy:
        yield VersionAlreadyPublished(version=policy.version)
    yield from validation.faults(policy)
