"""Lapses: what was due and was not done. A lapse takes effect when it was due, even if the engine records it later.

Before a command on a dispute is decided, everything that is due by then lapses, the earliest first. What follows from
a deadline is in `domain.clocks.ends`; from a broken commitment, in `_overdue` below and `domain.commitments.breaches`.
"""

from collections.abc import Callable, Sequence
from typing import TypeAlias

from domain.clocks import ends, names
from domain.clocks.deadline_facts import DeadlineMoved
from domain.commitments import breaches, making, reminders
from domain.commitments.events import CommitmentBreached, CommitmentDeferred, Participant
from domain.commitments.reminder_facts import Reminded
from domain.commitments.state import Commitment
from domain.dispute.events import DisputeEvent
from domain.dispute.evolve import evolve
from domain.dispute.state import Dispute
from domain.kernel.base import Instant, OnDispute, Role
from domain.kernel.windows import Deadline
from domain.neutral import assignment
from domain.policy.outage_facts import Outage
from domain.policy.outages import across
from domain.policy.policy import Policy
from domain.standing import aftermath

# --- types ---


Step: TypeAlias = Callable[[Dispute], list[DisputeEvent]]


class RecordLapses(OnDispute, recorded_as=Reminded, given_by=Role.ENGINE):
    """Sent by the clock when something is due, or somebody must be reminded of it."""


# --- decisions ---


def lapses(
    dispute: Dispute, policy: Policy, now: Instant, outages: Sequence[Outage] = ()
) -> list[tuple[Instant, list[DisputeEvent]]]:
    """Everything due by `now`, and the reminders before it, in order; each with the instant at which it takes effect.

    What fell due during an outage of the engine does not lapse: it moves when the engine returns. In an imported past
    case nothing lapses by itself, because its record says what happened.
    """
    happened: list[tuple[Instant, list[DisputeEvent]]] = []
    while not dispute.imported:
        due, reminder = _next(dispute), reminders.first_due(dispute, now)
        if reminder is not None and (due is None or reminder.at < due.due_at):
            at, steps = reminder.at, [_all_of([reminder.event])]
        elif due is not None and due.due_at <= now:
            at, steps = _falls_due(dispute, policy, due, _across(outages, due))
        else:
            break
        happened.append((at, []))
        for step in steps:
            for decided in step(dispute):
                event = reminders.with_reminders(dispute, policy, making.numbered(dispute, decided), at)
                dispute = evolve(dispute, event)
                happened[-1][1].append(event)
    return happened


def _falls_due(
    dispute: Dispute, policy: Policy, due: Deadline | Commitment, outage: Outage | None
) -> tuple[Instant, list[Step]]:
    """When this takes effect, and the steps that follow. Each step starts from the dispute after the step before."""
    if outage is not None:
        at, events = outage.ended_at, [_moved(due, outage)]
    else:
        at, events = due.due_at, _over(dispute, policy, due)
    steps = [_all_of(events), lambda then: aftermath(then, policy, at, of_lapse=True)]
    if isinstance(due, Commitment) and any(isinstance(event, CommitmentBreached) for event in events):
        steps.append(lambda then: [*breaches.followed(then, policy, due)])
    return at, steps


def _all_of(events: list[DisputeEvent]) -> Step:
    return lambda _: events


def excused(dispute: Dispute, policy: Policy, outages: Sequence[Outage]) -> Dispute:
    """The dispute at the end of the last outage, recorded or not. No outage needs to be looked at after that."""
    for outage in outages[-1:]:
        for _, events in lapses(dispute, policy, outage.ended_at, outages):
            for event in events:
                dispute = evolve(dispute, event)
    return dispute


def _across(outages: Sequence[Outage], due: Deadline | Commitment) -> Outage | None:
    """An outage does not move the end of a stay: it keeps nobody from doing anything."""
    return None if isinstance(due, Deadline) and due.name == names.Stay() else across(outages, due.due_at)


def _moved(due: Deadline | Commitment, outage: Outage) -> DisputeEvent:
    if isinstance(due, Commitment):
        return CommitmentDeferred(commitment_id=due.id, due_at=outage.due_at)
    return DeadlineMoved(name=due.name, due_at=outage.due_at, why="outage", outage=outage)


def _over(dispute: Dispute, policy: Policy, due: Deadline | Commitment) -> list[DisputeEvent]:
    return _overdue(dispute, due) if isinstance(due, Commitment) else ends.lapsed(dispute, policy, due)


def next_due(dispute: Dispute) -> Instant | None:
    """When the clock must look at this dispute again. None if nothing can lapse."""
    if dispute.imported:
        return None
    due, reminder = _next(dispute), reminders.next_at(dispute)
    if due is None or reminder is None:
        return due.due_at if due else reminder
    return min(due.due_at, reminder)


def _next(dispute: Dispute) -> Deadline | Commitment | None:
    if dispute.stay.since is not None:  # only the stay itself can lapse
        return dispute.deadlines.get(names.Stay())
    candidates = (dispute.deadlines.first_due(), dispute.commitments.first_unbreached())
    return min((c for c in candidates if c is not None), key=lambda c: c.due_at, default=None)


def _overdue(dispute: Dispute, commitment: Commitment) -> list[DisputeEvent]:
    """A neutral who does not look at the dispute in time loses it. It then waits to be assigned again."""
    breached = CommitmentBreached(commitment_id=commitment.id)
    if not (commitment.is_first_act and commitment.owed_by is Participant.NEUTRAL):
        return [breached]
    return [breached, *assignment.release(dispute, "first_act_missed", Role.ENGINE)]
