"""A neutral's mandate in one marketplace: disputes and rulings that it allows, the cases held, leave, its end."""

from collections.abc import Sequence
from typing import Annotated, assert_never
from uuid import UUID

from pydantic import Field

from domain.kernel.base import Actor, Event, Instant, NamesNeutral, Role
from domain.kernel.people import Words
from domain.kernel.places import LanguageTag
from domain.kernel.refusals import Conflict, Forbidden, Malformed
from domain.neutral.mandate_facts import (
    Authority,
    Leave,
    LeaveBegan,
    LeaveEnded,
    Mandate,
    MandateClosed,
    MandateEvent,
    MandateGranted,
    evolve,
)
from domain.policy.book import NotAnAdministrator, PolicyBook, UnknownTier
from domain.policy.policy import DeskName, Tier

# --- types ---

MAX_CASES = 10_000


class GrantMandate(NamesNeutral):
    languages: Annotated[tuple[LanguageTag, ...], Field(max_length=50)]
    authority: Authority
    daily: Authority = ()
    most_cases: Annotated[int | None, Field(ge=0, le=MAX_CASES)] = None
    tiers: Annotated[tuple[Tier, ...], Field(max_length=10)] = ()
    desk: DeskName | None = None
    conflicts: Annotated[tuple[UUID, ...], Field(max_length=200)] = ()


class BeginLeave(NamesNeutral):
    until: Instant | None = None


class EndLeave(NamesNeutral):
    pass


class CloseMandate(NamesNeutral):
    """Ends the mandate at once."""

    reason: Words


MandateCommand = GrantMandate | BeginLeave | EndLeave | CloseMandate
"""Commands on a mandate alone."""


class NoMandate(Conflict):
    """This person has no mandate in this marketplace, or the mandate is closed.

    Why: A mandate says what a neutral may decide, up to which sums and in which languages. Without one nobody can check
    that.

    What to do: Ask an administrator to grant the person a mandate, or assign another neutral.

    Example: {"neutral": "00000000-0000-0000-0000-0000000000a2"}
    """


class MayNotSendOnLeave(Forbidden):
    """Your role cannot start or end this leave. The neutral, a supervisor or an administrator can.

    Why: A leave takes a neutral out of new disputes. The neutral decides about it, or those who plan the desk.

    What to do: Ask the neutral, a supervisor or an administrator.

    Example: {"role": "neutral"}
    """


class LeaveEndsBefore(Malformed):
    """`until`, the end of the leave, does not lie in the future.

    Why: A leave that has already ended would change nothing, and would look as if the neutral had been away.

    What to do: Send an `until` after `now`, or leave it out for a leave without a known end.

    Example: {"until": "2026-11-02T10:00:00+00:00", "now": "2026-11-02T10:00:00+00:00"}
    """

    pointer = "/until"


# --- decisions ---


def decide(mandate: Mandate | None, book: PolicyBook, command: MandateCommand) -> Sequence[Event]:
    match command:
        case GrantMandate():
            return grant(mandate, book, command)
        case BeginLeave():
            return begin_leave(mandate, command)
        case EndLeave():
            return end_leave(mandate, command)
        case CloseMandate():
            return close(mandate, command)
        case _:
            assert_never(command)


def grant(mandate: Mandate | None, book: PolicyBook, command: GrantMandate) -> list[MandateEvent]:
    _check_administrator(command.actor)
    known = {tier for policy in book.published.values() for tier in policy.tiers}
    if unknown := set(command.tiers) - known:
        raise UnknownTier(at="/tiers", unknown=sorted(unknown), tiers=list(book.in_force(command.now).tiers))
    granted = MandateGranted(
        neutral=command.neutral,
        languages=command.languages,
        authority=tuple({m.currency: m for m in command.authority}.values()),
        daily=tuple({m.currency: m for m in command.daily}.values()),
        most_cases=command.most_cases,
        tiers=command.tiers,
        desk=command.desk,
        conflicts=command.conflicts,
        by=command.actor.subject,
    )
    return [] if mandate and not mandate.closed and evolve(mandate, granted) == mandate else [granted]


def begin_leave(mandate: Mandate | None, command: BeginLeave) -> list[MandateEvent]:
    """The neutral gets no new disputes. Those held stay, and a supervisor may reassign them."""
    held = in_office(mandate, command.neutral)
    _check_may_send_on_leave(command.actor, command.neutral)
    if command.until is not None and command.until <= command.now:
        raise LeaveEndsBefore(until=command.until.isoformat(), now=command.now.isoformat())
    if held.leave == Leave(command.until):
        return []
    return [LeaveBegan(until=command.until, by=command.actor.subject)]


def end_leave(mandate: Mandate | None, command: EndLeave) -> list[MandateEvent]:
    held = in_office(mandate, command.neutral)
    _check_may_send_on_leave(command.actor, command.neutral)
    return [LeaveEnded(by=command.actor.subject)] if held.leave is not None else []


def close(mandate: Mandate | None, command: CloseMandate) -> list[MandateEvent]:
    _check_administrator(command.actor)
    if mandate is None:
        raise NoMandate(neutral=str(command.neutral))
    if mandate.closed:
        return []
    reason = command.reason.of(command.actor.subject)
    return [
        MandateClosed(
            neutral=mandate.neutral, reason=reason, cases=tuple(sorted(mandate.cases)), by=command.actor.subject
        )
    ]


def check_in_office(mandate: Mandate | None, actor: Actor) -> None:
    """Raises NoMandate for a neutral who has left."""
    if actor.role is Role.NEUTRAL:
        in_office(mandate, actor.subject)


def in_office(mandate: Mandate | None, neutral: UUID) -> Mandate:
    """Raises NoMandate if there is none, or if it is closed."""
    if mandate is None or mandate.closed:
        raise NoMandate(neutral=str(neutral))
    return mandate


def _check_administrator(actor: Actor) -> None:
    if actor.role is not Role.ADMINISTRATOR:
        raise NotAnAdministrator(role=actor.role.value)


def _check_may_send_on_leave(actor: Actor, neutral: UUID) -> None:
    own = actor.role is Role.NEUTRAL and actor.subject == neutral
    if not (own or actor.role in (Role.SUPERVISOR, Role.ADMINISTRATOR)):
        raise MayNotSendOnLeave(role=actor.role.value)
