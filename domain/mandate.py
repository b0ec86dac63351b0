"""A neutral's mandate in one marketplace: the languages and the amount that the neutral may rule on, and the cases held."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated, assert_never
from uuid import UUID

from pydantic import Field

from domain.base import Command, Event, Role
from domain.money import Money
from domain.places import LanguageTag
from domain.policy import NotAnAdministrator
from domain.refusals import Conflict, Forbidden

# --- types ---

Authority = Annotated[tuple[Money, ...], Field(max_length=50)]
"""The largest amount in dispute that one ruling may divide, one per currency. A currency that is not listed: none."""


class MandateGranted(Event, kind="MandateGranted", stream="mandate"):
    """Granting again replaces languages and authority."""

    neutral: UUID
    languages: tuple[LanguageTag, ...]
    authority: Authority
    by: UUID


class CaseTaken(Event, kind="CaseTaken", stream="mandate"):
    dispute_id: UUID


class CaseDone(Event, kind="CaseDone", stream="mandate"):
    dispute_id: UUID


class CaseHandedOver(Event, kind="CaseHandedOver", stream="mandate"):
    """The neutral has the dispute no longer; what was open in it passed on."""

    dispute_id: UUID


MandateEvent = MandateGranted | CaseTaken | CaseDone | CaseHandedOver


class GrantMandate(Command):
    neutral: UUID
    languages: Annotated[tuple[LanguageTag, ...], Field(max_length=50)]
    authority: Authority


MandateCommand = GrantMandate
"""Commands on a mandate alone."""


class NoMandate(Conflict):
    """This person has no mandate in this marketplace."""


class AuthorityExceeded(Forbidden):
    """The amount in dispute is above what this neutral may rule on."""


# --- state ---


@dataclass(frozen=True, slots=True)
class Mandate:
    """`authority` is the limit by currency."""

    neutral: UUID
    languages: tuple[LanguageTag, ...]
    authority: Mapping[str, Money]
    cases: frozenset[UUID] = frozenset()

    def check_authority(self, amount: Money) -> None:
        """Raises AuthorityExceeded."""
        limit = self.authority.get(amount.currency)
        if limit is None or amount > limit:
            raise AuthorityExceeded(amount=str(amount), limit=str(limit) if limit else None)


# --- evolve ---


def evolve(mandate: Mandate | None, event: MandateEvent) -> Mandate:
    if isinstance(event, MandateGranted):
        cases = mandate.cases if mandate else frozenset()
        return Mandate(event.neutral, event.languages, {m.currency: m for m in event.authority}, cases)
    assert mandate is not None, "a mandate's stream begins with its grant"
    match event:
        case CaseTaken(dispute_id=dispute_id):
            return replace(mandate, cases=mandate.cases | {dispute_id})
        case CaseDone(dispute_id=dispute_id) | CaseHandedOver(dispute_id=dispute_id):
            return replace(mandate, cases=mandate.cases - {dispute_id})
        case _:
            assert_never(event)


# --- decisions ---


def grant(mandate: Mandate | None, command: GrantMandate) -> list[MandateEvent]:
    if command.actor.role is not Role.ADMINISTRATOR:
        raise NotAnAdministrator(role=command.actor.role.value)
    authority = {m.currency: m for m in command.authority}
    if mandate and (mandate.languages, mandate.authority) == (command.languages, authority):
        return []
    return [
        MandateGranted(
            neutral=command.neutral,
            languages=command.languages,
            authority=tuple(authority.values()),
            by=command.actor.subject,
        )
    ]


def check_may_take(mandate: Mandate | None, neutral: UUID, in_dispute: Money) -> None:
    """Raises NoMandate, and AuthorityExceeded for a dispute that this neutral could never rule on."""
    if mandate is None:
        raise NoMandate(neutral=str(neutral))
    mandate.check_authority(in_dispute)
