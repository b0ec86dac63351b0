"""Reminders: before something falls due, the engine reminds the person who has to act. A reminder changes nothing.

When a deadline is set, a commitment is made, or either is moved, the event holds the instants of its reminders. A move
computes them anew, and none lies in the past. A deadline or commitment that ends has no further reminders. While a
dispute is stayed, nobody is reminded.

Like a lapse, a reminder takes effect at its own instant, even if the clock gets to it later, and before later
decisions. If several reminders of one thing were missed, only the last is recorded. Once the thing is due, there is no
reminder.
"""

from collections.abc import Iterator
from typing import Any, TypeVar

from domain.clocks.deadline_facts import DeadlineMoved, DeadlineSet
from domain.clocks.names import named
from domain.commitments.events import CommitmentDeferred, CommitmentMade
from domain.commitments.reminder_facts import Reminded
from domain.dispute.state import Dispute
from domain.kernel.base import Event, Instant
from domain.kernel.frozen import frozen
from domain.policy.policy import Policy

# --- types ---

E = TypeVar("E", bound=Event)


@frozen
class DueReminder:
    at: Instant
    event: Reminded


# --- decisions ---


def with_reminders(dispute: Dispute, policy: Policy, event: E, at: Instant) -> E:
    """The event with the instants of its reminders that lie after `at`."""
    if not policy.reminders or dispute.imported:
        return event
    match event:
        case DeadlineSet(awaits_notice=True):
            return event  # nobody is reminded of a window that has not begun
        case DeadlineSet(deadline=deadline):
            begun_at, due_at, what, kind = (
                deadline.proof.starts_at,
                deadline.due_at,
                "deadline",
                named(deadline.name).about,
            )
        case DeadlineMoved(name=name, due_at=due_at) if name in dispute.deadlines.running:
            begun_at, what, kind = dispute.deadlines.running[name].proof.starts_at, "deadline", named(name).about
        case CommitmentMade() if event.is_ruling:
            return event  # the neutral is reminded of the deadline
        case CommitmentMade(promise=promise):
            begun_at, due_at, what, kind = promise.since or at, promise.due_at, event.commitment_class, promise.kind
        case CommitmentDeferred(commitment_id=cid, due_at=due_at) if cid in dispute.commitments.open:
            owed = dispute.commitments.open[cid]
            if owed.is_ruling:
                return event
            begun_at, what, kind = owed.since or at, owed.commitment_class, owed.kind
        case _:
            return event
    rules = (rule.before for rule in policy.reminders if rule.is_of(what, kind))
    remind_at = {due_at - before for before in rules if due_at - begun_at > 2 * before and due_at - before > at}
    return event.model_copy(update={"remind_at": tuple(sorted(remind_at))}) if remind_at else event


def first_due(dispute: Dispute, now: Instant) -> DueReminder | None:
    """The first reminder that is due at `now`, of a thing that is not yet due itself."""
    return min(_due(dispute, now), key=lambda one: one.at, default=None)


def next_at(dispute: Dispute) -> Instant | None:
    """The instant of the next reminder, if the thing does not end before."""
    coming = [instants[0] for instants in dispute.deadlines.remind_at.values() if instants]
    coming += [owed.remind_at[0] for owed in dispute.commitments.open.values() if owed.remind_at and not owed.overdue]
    return None if dispute.stay.since is not None else min(coming, default=None)


def _due(dispute: Dispute, now: Instant) -> Iterator[DueReminder]:
    """For each thing, the last of its reminders whose instant has come."""
    if dispute.stay.since is not None:
        return
    for name, instants in dispute.deadlines.remind_at.items():
        terms = {"to": dispute.deadlines.whose[name], "due_at": dispute.deadlines.running[name].due_at, "name": name}
        yield from _come(instants, terms, now)
    for owed in dispute.commitments.open.values():
        if not owed.overdue:
            yield from _come(owed.remind_at, {"to": owed.owed_by, "due_at": owed.due_at, "commitment_id": owed.id}, now)


def _come(instants: tuple[Instant, ...], terms: dict[str, Any], now: Instant) -> Iterator[DueReminder]:
    come = [at for at in instants if at <= now < terms["due_at"]]
    if come:
        again_at = next(iter(instants[len(come) :]), None)
        yield DueReminder(come[-1], Reminded.model_validate({**terms, "again_at": again_at}))
