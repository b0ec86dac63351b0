"""The policy book: a marketplace's rules as data, published in versions, and pinned to a dispute when it is filed.

A version applies to the claims that are filed from an instant on: from its publication, or from a later instant that
was announced with it. A running dispute keeps the rules that it began under, whatever is published later. A marketplace
that has published nothing works under `FIRST_POLICY`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from datetime import UTC, datetime, timedelta
from typing import assert_never
from uuid import UUID

from domain.kernel.base import Command, Event, Instant, Role
from domain.kernel.frozen import frozen, replace
from domain.kernel.refusals import Conflict, Forbidden, Malformed, Refusal, Unknown
from domain.policy import validation
from domain.policy.outage_facts import Outage, OutageRecorded
from domain.policy.policy import (
    Policy,
)

# --- types ---

FIRST_POLICY = Policy(version="first-2026")


BEGINNING = datetime.min.replace(tzinfo=UTC)

ANNOUNCED_AT_MOST = timedelta(days=366)
"""How far ahead a version can be announced."""


class PolicyPublished(Event, kind="PolicyPublished", stream="policies"):
    """A policy version was published. For a rule that did not exist yet, the first policy's value applies.

    It applies to claims filed at `applies_from` or later; None in older events, where that was the publication.
    """

    schema_version = 9

    policy: Policy
    by: UUID
    applies_from: Instant | None = None


PolicyEvent = PolicyPublished | OutageRecorded


class PublishPolicy(Command):
    """Without `applies_from`, the policy applies from its publication on."""

    policy: Policy
    applies_from: Instant | None = None


PolicyCommand = PublishPolicy


class VersionAlreadyPublished(Conflict):
    """`version` is already published with other rules, or from another instant on.

    Why: Running disputes keep the version under which they were filed. If its rules changed, their rules would change
    under them.

    What to do: Choose a new `version` for the new rules.

    Example: {"version": "strict-2027"}
    """

    pointer = "/version"


class AppliesInThePast(Malformed):
    """`applies_from` lies in the past.

    Why: Claims were filed since then under other rules, and people acted under those.

    What to do: Leave `applies_from` out, so that the version applies at once, or choose a later instant.

    Example: {"now": "2026-12-01T20:57:35+00:00"}
    """

    pointer = "/applies_from"


class AnnouncedTooEarly(Malformed):
    """`applies_from` is more than `days` days ahead.

    Why: An announcement binds the marketplace. Nobody can say today which rules will be right after such a time.

    What to do: Choose an earlier instant, or publish the version later.

    Example: {"days": 366}
    """

    pointer = "/applies_from"


class NotAnAdministrator(Forbidden):
    """You are not an administrator of this marketplace.

    Why: Policies and mandates decide about all disputes of a marketplace. Its administrators answer for them.

    What to do: Ask an administrator, or use a token with that role.

    Example: {"role": "supervisor"}
    """


class UnknownTier(Malformed):
    """`tier` or `tiers` names a tier that the policy does not have.

    Why: Windows and mandates depend on the tier. A tier that the policy does not have would have no rules.

    What to do: Use one of `tiers`, or publish a policy with the new tier first.

    Example: {"tiers": ["standard", "silver", "gold"]}
    """


class UnknownPolicy(Unknown):
    """There is no policy with this version in this marketplace.

    Why: A policy is found by the version under which it was published in this marketplace.

    What to do: Take the version from `GET /v1/policies`, or from `policy_version` of a dispute.

    Example: {"version": "first-2025"}
    """


# --- state ---


@frozen
class PolicyBook:
    """A marketplace's published versions, in the order of publication.

    `applies` says from when each of them applies, the latest instant first, and of the same instant the one that was
    published last. A version that is not in it applied before all others. `published_at` is the last publication.
    `outages` are the engine's outages, in the order in which they ended. No deadline may suffer from one: see
    `domain.policy.outages`.
    """

    published: Mapping[str, Policy] = field(default_factory=lambda: {FIRST_POLICY.version: FIRST_POLICY})
    outages: tuple[Outage, ...] = ()
    applies: tuple[tuple[Instant, Policy], ...] = ()
    published_at: Instant = BEGINNING

    def in_force(self, at: Instant) -> Policy:
        """The version on which a claim is decided that is filed at this instant.

        What a publication overtakes, it decides too: a claim that was received before, and is recorded after it.
        """
        for since, policy in self.applies:
            if since <= at or since <= self.published_at:
                return policy
        for policy in self.published.values():
            return policy  # the first one
        raise AssertionError("every book holds the first policy")

    def since(self, version: str) -> Instant | None:
        """From when the version applies; None if it applied before all others."""
        return next((since for since, policy in self.applies if policy.version == version), None)

    def until(self, version: str) -> Instant | None:
        """When another version applies in its place, as far as is announced. None if none does."""
        ahead = [since for since, policy in self.applies]
        mine = next((n for n, (_, policy) in enumerate(self.applies) if policy.version == version), len(ahead))
        return ahead[mine - 1] if mine > 0 else None

    def version(self, version: str) -> Policy:
        """Raises UnknownPolicy if that version was never published."""
        try:
            return self.published[version]
        except KeyError:
            raise UnknownPolicy(version=version) from None


# --- evolve ---


def evolve(book: PolicyBook, event: PolicyEvent, at: Instant) -> PolicyBook:
    match event:
        case PolicyPublished(policy=policy, applies_from=applies_from):
            since = applies_from or at
            earlier = [one for one in book.applies if one[0] <= since]
            applies = (*(one for one in book.applies if one[0] > since), (since, policy), *earlier)
            return replace(book, published={**book.published, policy.version: policy}, applies=applies, published_at=at)
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
    known = command.policy.version in book.published
    if known and not _differs(book, command.policy, command.applies_from):
        return []
    for fault in faults(book, command.policy, command.applies_from, command.now):
        raise fault
    applies_from = command.applies_from or command.now
    return [PolicyPublished(policy=command.policy, by=command.actor.subject, applies_from=applies_from)]


def faults(book: PolicyBook, policy: Policy, applies_from: Instant | None, now: Instant) -> Iterator[Refusal]:
    """Every reason not to publish this policy from that instant on."""
    if policy.version in book.published and _differs(book, policy, applies_from):
        yield VersionAlreadyPublished(version=policy.version)
    if applies_from is not None and applies_from < now:
        yield AppliesInThePast(now=now.isoformat())
    if applies_from is not None and applies_from > now + ANNOUNCED_AT_MOST:
        yield AnnouncedTooEarly(days=ANNOUNCED_AT_MOST.days)
    yield from validation.faults(policy)


def _differs(book: PolicyBook, policy: Policy, applies_from: Instant | None) -> bool:
    """Whether the version was published with other rules, or from another instant on."""
    return book.published[policy.version] != policy or applies_from not in (None, book.since(policy.version))
