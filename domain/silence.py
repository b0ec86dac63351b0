"""What silence means. A lapse takes effect at the instant it was due, whenever the engine gets to it.

Every decision about a dispute first records the lapses that were due before it, then decides.
"""

from collections.abc import Callable, Sequence
from typing import TypeAlias

from domain.clocks.deadline_facts import DeadlineLapsed, DeadlineMoved
from domain.clocks.stay_facts import StayLifted
from domain.commitments import breaches, making, reminders
from domain.commitments.events import CommitmentBreached, CommitmentDeferred, Participant
from domain.commitments.state import Commitment
from domain.dispute.events import DisputeEvent
from domain.dispute.evolve import evolve
from domain.dispute.state import Dispute
from domain.evidence import requests as evidence_requests
from domain.filing import fast_lane, response, response_facts
from domain.kernel.base import Instant, OnDispute, Role
from domain.kernel.people import Side
from domain.kernel.windows import Deadline
from domain.neutral import assignment
from domain.neutral.escalation import escalated
from domain.neutral.escalation_facts import Referred
from domain.policy.outage_facts import Outage
from domain.policy.outages import across
from domain.policy.policy import Policy
from domain.ruling.issue import forgone
from domain.ruling.ruling_facts import AppealWindowLapsed
from domain.settlement.negotiation_facts import OfferExpired
from domain.settlement.proposal_facts import ProposalLapsed
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
    return None if isinstance(due, Deadline) and due.name == "stay" else across(outages, due.due_at)


def _moved(due: Deadline | Commitment, outage: Outage) -> DisputeEvent:
    if isinstance(due, Commitment):
        return CommitmentDeferred(commitment_id=due.id, due_at=outage.due_at)
    return DeadlineMoved(name=due.name, due_at=outage.due_at, why="outage", outage=outage)


def _over(dispute: Dispute, policy: Policy, due: Deadline | Commitment) -> list[DisputeEvent]:
    return _overdue(dispute, due) if isinstance(due, Commitment) else _lapsed(dispute, policy, due)


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
        return dispute.deadlines.get("stay")
    candidates = (dispute.deadlines.first_due(), dispute.commitments.first_unbreached())
    return min((c for c in candidates if c is not None), key=lambda c: c.due_at, default=None)


def _overdue(dispute: Dispute, commitment: Commitment) -> list[DisputeEvent]:
    """A neutral who did not look at the dispute in time loses it; it waits to be assigned again."""
    breached = CommitmentBreached(commitment_id=commitment.id)
    if not (commitment.is_first_act and commitment.owed_by is Participant.NEUTRAL):
        return [breached]
    return [breached, *assignment.release(dispute, "first_act_missed", Role.ENGINE)]


def _lapsed(dispute: Dispute, policy: Policy, deadline: Deadline) -> list[DisputeEvent]:
    lapsed = DeadlineLapsed(name=deadline.name)
    match deadline.name.split("-"):
        case ["response"] if fast_lane.may_be_contested(dispute):
            return [lapsed]
        case ["response"]:
            return [lapsed, *_unanswered(dispute, policy, deadline.due_at)]
        case ["negotiation"]:
            return [lapsed, escalated(dispute, None)]
        case ["offer", number]:
            return [lapsed, OfferExpired(number=int(number), why="lapsed")]
        case ["proposal", number, _]:
            return [lapsed, ProposalLapsed(number=int(number), why="lapsed")]
        case ["evidence", number]:
            return [lapsed, evidence_requests.unanswered(dispute, int(number))]
        case ["set_aside"]:
            return [lapsed]  # the default stands
        case ["stay"]:
            return [lapsed, StayLifted(by=Role.ENGINE)]
        case ["ruling"]:
            return [lapsed, Referred(reason="ruling_overdue")]
        case ["appeal", number, side]:
            waived = AppealWindowLapsed(number=int(number), by=Side(side))
            return [lapsed, *forgone(dispute, policy, waived, deadline.due_at)]
        case _:
            raise AssertionError(f"nothing says what silence means at {deadline.name!r}")


def _unanswered(dispute: Dispute, policy: Policy, at: Instant) -> list[DisputeEvent]:
    """By default granted; where the record or the rules stand against that, a neutral looks at it.

    A respondent who takes part was not silent: the dispute goes on to the end of its other windows.
    """
    events: list[DisputeEvent] = [*response.default(dispute, policy, at)]
    for_neutral = any(
        isinstance(e, response_facts.DefaultDeclined) and e.reason != "respondent_takes_part" for e in events
    )
    if for_neutral and not dispute.escalation.escalated:
        events.append(escalated(dispute, None))
    return events
