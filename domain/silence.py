"""What was due and nobody did lapses, in order. A lapse takes effect at the instant it was due, whenever the engine gets to it.

Every decision about a dispute first records the lapses that were due before it, then decides. What follows from each lapse is
in `domain.clocks.ends`.
"""

from collections.abc import Callable, Sequence
from typing import TypeAlias

from domain.clocks import ends, names
from domain.clocks.deadline_facts import DeadlineMoved
from domain.commitments import breaches, making, reminders
from domain.commitments.events import CommitmentBreached, CommitmentDeferred, Participant
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


class RecordLapses(OnDispute):
    """Sent by the clock when something is due, or somebody to be reminded of it."""


# --- decisions ---


def lapses(
    dispute: Dispute, policy: Policy, now: Instant, outages: Sequence[Outage] = ()
) -> list[tuple[Instant, list[DisputeEvent]]]:
    """All that was due at or before `now`, in the order in which it was due, each with the instant it takes effect; and the
    reminders before it.

    What fell into an outage of ours does not lapse: it moves on when we return.
    In a past case that was imported nothing lapses by itself: what happened then is on its record.
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
    """When that takes effect, and what then follows, each from how the dispute stands after the one before."""
    if outage is not None:
        at, events = outage.ended_at, [_moved(due, outage)]
    else:
        at, events = due.due_at, _over(dispute, policy, due)
    steps = [_all_of(events), lambda then: aftermath(then, policy, at)]
    if isinstance(due, Commitment) and any(isinstance(event, CommitmentBreached) for event in events):
        steps.append(lambda then: [*breaches.followed(then, policy, due)])
    return at, steps


def _all_of(events: list[DisputeEvent]) -> Step:
    return lambda _: events


def excused(dispute: Dispute, policy: Policy, outages: Sequence[Outage]) -> Dispute:
    """As it stands by the end of our last outage, whether or not that is on record yet: none is left to be looked at."""
    for outage in outages[-1:]:
        for _, events in lapses(dispute, policy, outage.ended_at, outages):
            for event in events:
                dispute = evolve(dispute, event)
    return dispute


def _across(outages: Sequence[Outage], due: Deadline | Commitment) -> Outage | None:
    """A stay ends when it was ordered to: there is nothing that anybody could not do meanwhile."""
    return None if isinstance(due, Deadline) and due.name == names.Stay() else across(outages, due.due_at)


def _moved(due: Deadline | Commitment, outage: Outage) -> DisputeEvent:
    if isinstance(due, Commitment):
        return CommitmentDeferred(commitment_id=due.id, due_at=outage.due_at)
    return DeadlineMoved(name=due.name, due_at=outage.due_at, why="outage", outage=outage)


def _over(dispute: Dispute, policy: Policy, due: Deadline | Commitment) -> list[DisputeEvent]:
    return _overdue(dispute, due) if isinstance(due, Commitment) else ends.lapsed(dispute, policy, due)


def next_due(dispute: Dispute) -> Instant | None:
    """When the clock has to look at this dispute again; None where nothing can lapse."""
    if dispute.imported:
        return None
    due, reminder = _next(dispute), reminders.next_at(dispute)
    if due is None or reminder is None:
        return due.due_at if due else reminder
    return min(due.due_at, reminder)


def _next(dispute: Dispute) -> Deadline | Commitment | None:
    if dispute.stay.since is not None:  # nothing lapses but the stay itself
        return dispute.deadlines.get(names.Stay())
    candidates = (dispute.deadlines.first_due(), dispute.commitments.first_unbreached())
    return min((c for c in candidates if c is not None), key=lambda c: c.due_at, default=None)


def _overdue(dispute: Dispute, commitment: Commitment) -> list[DisputeEvent]:
    """A neutral who did not look at the dispute in time loses it; it waits to be assigned again."""
    breached = CommitmentBreached(commitment_id=commitment.id)
    if not (commitment.is_first_act and commitment.owed_by is Participant.NEUTRAL):
        return [breached]
    return [breached, *assignment.release(dispute, "first_act_missed", Role.ENGINE)]
