"""Facts about a neutral's mandate: granted, closed, on leave, and the cases held."""

from collections.abc import Mapping
from dataclasses import field
from datetime import date
from typing import Annotated, assert_never
from uuid import UUID

from pydantic import Field

from domain.kernel.base import Event, Instant
from domain.kernel.frozen import frozen, replace
from domain.kernel.money import Money
from domain.kernel.people import Text
from domain.kernel.places import LanguageTag, reads
from domain.policy.policy import DeskName, Policy, Tier

# --- types ---

Authority = Annotated[tuple[Money, ...], Field(max_length=50)]
"""The amounts in dispute that a neutral's rulings may divide without a co-signature, one per currency."""


class MandateGranted(Event, kind="MandateGranted", stream="mandate"):
    """A mandate was granted. A new grant replaces all but the cases held, what was spent on the day, and the leave.

    `authority` limits one ruling without a co-signature; `daily` limits those of one day on the desk's clock. For a
    currency that is not listed, the policy's default of the desk applies; without a default, nothing is allowed and
    there is no daily limit. `most_cases` is how many cases may be held at once; None means any number. `tiers` are the
    buyers' tiers whose disputes the neutral takes; none listed means all. `conflicts` are the subjects of the parties
    in whom the neutral has an interest.
    """

    schema_version = 2

    neutral: UUID
    languages: tuple[LanguageTag, ...]
    authority: Authority
    daily: Authority = ()
    most_cases: int | None = None
    tiers: tuple[Tier, ...] = ()
    desk: DeskName | None = None
    conflicts: tuple[UUID, ...] = ()
    by: UUID


class LeaveBegan(Event, kind="LeaveBegan", stream="mandate"):
    """The neutral is on leave. It ends by itself at `until`; None: when somebody ends it. No reason is recorded."""

    until: Instant | None = None
    by: UUID


class LeaveEnded(Event, kind="LeaveEnded", stream="mandate"):
    by: UUID


class MandateClosed(Event, kind="MandateClosed", stream="mandate"):
    """The neutral has left. `cases` are those still held; `mediation.processes.departures` hands them over at once."""

    neutral: UUID
    reason: Text
    cases: tuple[UUID, ...]
    by: UUID


class CaseTaken(Event, kind="CaseTaken", stream="mandate"):
    dispute_id: UUID


class CaseDone(Event, kind="CaseDone", stream="mandate"):
    dispute_id: UUID


class CaseHandedOver(Event, kind="CaseHandedOver", stream="mandate"):
    """The neutral no longer has the dispute. What was open in it passed on."""

    dispute_id: UUID


class AuthoritySpent(Event, kind="AuthoritySpent", stream="mandate"):
    """A ruling without a co-signature used authority. `day` is the date at the desk."""

    dispute_id: UUID
    ruling: int
    amount: Money
    day: date


MandateEvent = (
    MandateGranted | LeaveBegan | LeaveEnded | MandateClosed | CaseTaken | CaseDone | CaseHandedOver | AuthoritySpent
)


# --- state ---


@frozen
class Leave:
    until: Instant | None = None


@frozen
class Mandate:
    """`authority` limits one ruling, by currency; `daily` limits one day. `spent` is what was used on `day` only."""

    neutral: UUID
    languages: tuple[LanguageTag, ...]
    authority: Mapping[str, Money]
    daily: Mapping[str, Money] = field(default_factory=dict)
    most_cases: int | None = None
    tiers: tuple[str, ...] = ()
    desk: str | None = None
    conflicts: frozenset[UUID] = frozenset()
    cases: frozenset[UUID] = frozenset()
    day: date = date.min
    spent: Mapping[str, Money] = field(default_factory=dict)
    leave: Leave | None = None
    closed: bool = False

    def suffices(self, amount: Money, today: date, policy: Policy) -> bool:
        """Whether a ruling on this amount needs no co-signature."""
        limit, of_day = self.limits(amount.currency, policy)
        if limit is None or amount > limit:
            return False
        return of_day is None or self.spent_on(today, amount.currency) + amount <= of_day

    def limits(self, currency: str, policy: Policy) -> tuple[Money | None, Money | None]:
        """For one ruling, where None allows nothing, and for one day, where None allows any sum."""
        default = policy.authority_of(self.desk)
        per_ruling = _limit(self.authority, default.per_ruling, currency)
        return per_ruling, _limit(self.daily, default.per_day, currency)

    def currencies(self, policy: Policy) -> list[str]:
        """Those in which the neutral may rule alone, in alphabetical order."""
        return sorted({*self.authority, *(limit.currency for limit in policy.authority_of(self.desk).per_ruling)})

    def spent_on(self, day: date, currency: str) -> Money:
        nothing = Money.zero(currency)
        return self.spent.get(currency, nothing) if day == self.day else nothing

    def on_leave(self, now: Instant) -> bool:
        return self.leave is not None and (self.leave.until is None or now < self.leave.until)

    def reads(self, language: LanguageTag) -> bool:
        return any(reads(language, mine) for mine in self.languages)


def _limit(own: Mapping[str, Money], by_default: tuple[Money, ...], currency: str) -> Money | None:
    """The mandate's limit for a currency, or else the policy's."""
    return own.get(currency) or next((money for money in by_default if money.currency == currency), None)


# --- evolve ---


def evolve(mandate: Mandate | None, event: MandateEvent) -> Mandate:
    if isinstance(event, MandateGranted):
        had = mandate or Mandate(event.neutral, (), {})
        kept = replace(_granted(event), cases=had.cases, day=had.day, spent=had.spent)
        return replace(kept, leave=None if had.closed else had.leave)
    assert mandate is not None, "a mandate's stream begins with its grant"
    match event:
        case LeaveBegan(until=until):
            return replace(mandate, leave=Leave(until))
        case LeaveEnded():
            return replace(mandate, leave=None)
        case MandateClosed():
            return replace(mandate, closed=True)
        case CaseTaken(dispute_id=dispute_id):
            return replace(mandate, cases=mandate.cases | {dispute_id})
        case CaseDone(dispute_id=dispute_id) | CaseHandedOver(dispute_id=dispute_id):
            return replace(mandate, cases=mandate.cases - {dispute_id})
        case AuthoritySpent(amount=amount, day=day):
            sum_ = mandate.spent_on(day, amount.currency) + amount
            before = mandate.spent if day == mandate.day else {}
            return replace(mandate, day=day, spent={**before, amount.currency: sum_})
        case _:
            assert_never(event)


def _granted(event: MandateGranted) -> Mandate:
    return Mandate(
        neutral=event.neutral,
        languages=event.languages,
        authority={m.currency: m for m in event.authority},
        daily={m.currency: m for m in event.daily},
        most_cases=event.most_cases,
        tiers=event.tiers,
        desk=event.desk,
        conflicts=frozenset(event.conflicts),
    )
