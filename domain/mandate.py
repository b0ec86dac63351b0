"""A neutral's mandate in one marketplace: languages, the amounts that the neutral may rule on alone, and the cases held."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Annotated, assert_never
from uuid import UUID

from pydantic import Field

from domain.base import Command, Event, Role
from domain.money import Money
from domain.places import LanguageTag
from domain.policy import NotAnAdministrator
from domain.refusals import Conflict

# --- types ---

Authority = Annotated[tuple[Money, ...], Field(max_length=50)]
"""Amounts in dispute that a neutral's rulings may divide alone, one per currency."""


class MandateGranted(Event, kind="MandateGranted", stream="mandate"):
    """Granting again replaces languages and authority.

    `authority` limits one ruling; a currency that is not listed: none. `daily` limits the rulings of one day by the desk's
    clock; a currency that is not listed: no limit.
    """

    schema_version = 2

    neutral: UUID
    languages: tuple[LanguageTag, ...]
    authority: Authority
    by: UUID
    daily: Authority = ()


class CaseTaken(Event, kind="CaseTaken", stream="mandate"):
    dispute_id: UUID


class CaseDone(Event, kind="CaseDone", stream="mandate"):
    dispute_id: UUID


class AuthoritySpent(Event, kind="AuthoritySpent", stream="mandate"):
    """By a ruling without a co-signature. `day` is the date at the desk."""

    dispute_id: UUID
    ruling: int
    amount: Money
    day: date


MandateEvent = MandateGranted | CaseTaken | CaseDone | AuthoritySpent


class GrantMandate(Command):
    neutral: UUID
    languages: Annotated[tuple[LanguageTag, ...], Field(max_length=50)]
    authority: Authority
    daily: Authority = ()


class NoMandate(Conflict):
    """This person has no mandate in this marketplace."""


# --- state ---


@dataclass(frozen=True, slots=True)
class Mandate:
    """`authority` is the limit of one ruling by currency, `daily` that of one day; `spent` is what was ruled on `day` alone."""

    neutral: UUID
    languages: tuple[LanguageTag, ...]
    authority: Mapping[str, Money]
    daily: Mapping[str, Money] = field(default_factory=dict)
    cases: frozenset[UUID] = frozenset()
    day: date = date.min
    spent: Mapping[str, Money] = field(default_factory=dict)

    def suffices(self, amount: Money, today: date) -> bool:
        """Whether a ruling on this amount needs no co-signature."""
        limit, of_day = self.authority.get(amount.currency), self.daily.get(amount.currency)
        if limit is None or amount > limit:
            return False
        return of_day is None or self.spent_on(today, amount.currency) + amount <= of_day

    def spent_on(self, day: date, currency: str) -> Money:
        nothing = Money.zero(currency)
        return self.spent.get(currency, nothing) if day == self.day else nothing


# --- evolve ---


def evolve(mandate: Mandate | None, event: MandateEvent) -> Mandate:
    if isinstance(event, MandateGranted):
        cases = mandate.cases if mandate else frozenset()
        day, spent = (mandate.day, mandate.spent) if mandate else (date.min, {})
        limits = {m.currency: m for m in event.authority}, {m.currency: m for m in event.daily}
        return Mandate(event.neutral, event.languages, *limits, cases, day, spent)
    assert mandate is not None, "a mandate's stream begins with its grant"
    match event:
        case CaseTaken(dispute_id=dispute_id):
            return replace(mandate, cases=mandate.cases | {dispute_id})
        case CaseDone(dispute_id=dispute_id):
            return replace(mandate, cases=mandate.cases - {dispute_id})
        case AuthoritySpent(amount=amount, day=day):
            sum_ = mandate.spent_on(day, amount.currency) + amount
            before = mandate.spent if day == mandate.day else {}
            return replace(mandate, day=day, spent={**before, amount.currency: sum_})
        case _:
            assert_never(event)


# --- decisions ---


def grant(mandate: Mandate | None, command: GrantMandate) -> list[MandateEvent]:
    if command.actor.role is not Role.ADMINISTRATOR:
        raise NotAnAdministrator(role=command.actor.role.value)
    authority = {m.currency: m for m in command.authority}
    daily = {m.currency: m for m in command.daily}
    if mandate and (mandate.languages, mandate.authority, mandate.daily) == (command.languages, authority, daily):
        return []
    return [
        MandateGranted(
            neutral=command.neutral,
            languages=command.languages,
            authority=tuple(authority.values()),
            by=command.actor.subject,
            daily=tuple(daily.values()),
        )
    ]


def take(mandate: Mandate | None, neutral: UUID, dispute_id: UUID) -> list[MandateEvent]:
    """Raises NoMandate. Whether the neutral may rule alone is asked with the ruling."""
    if mandate is None:
        raise NoMandate(neutral=str(neutral))
    return [] if dispute_id in mandate.cases else [CaseTaken(dispute_id=dispute_id)]


def give_back(mandate: Mandate | None, dispute_id: UUID) -> list[MandateEvent]:
    """When a dispute closes, its neutral holds one case less."""
    if mandate is None or dispute_id not in mandate.cases:
        return []
    return [CaseDone(dispute_id=dispute_id)]
