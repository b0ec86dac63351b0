"""Stops all clocks of a dispute for a while.

A dispute is stayed by order of its neutral or a supervisor, or while a chargeback or a court case about the same money
runs. During a stay nothing lapses, and nothing is decided or paid; people may write, add evidence, make commitments or
withdraw. When the last cause has ended, the dispute resumes. Every clock moves on by the time for which it stood still;
a clock that began during the stay, by the rest of the stay. A deadline then moves to the next business day of the
person who must act.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import assert_never

from domain.clocks import names
from domain.clocks.deadline_facts import DeadlineEvent, DeadlineMoved, DeadlineSet
from domain.clocks.deadlines import closed_periods, of_answers
from domain.clocks.stay_facts import (
    DisputeResumed,
    DisputeStayed,
    StayEvent,
    StayLifted,
    StayOrdered,
)
from domain.commitments.events import CommitmentDeferred, CommitmentEvent
from domain.dispute.case import Basis
from domain.dispute.state import Dispute
from domain.kernel.base import Actor, Command, Event, Instant, OnDispute, Role
from domain.kernel.people import Words
from domain.kernel.places import TZDATA
from domain.kernel.refusals import Conflict, DisputeIsClosed, Forbidden, Malformed
from domain.kernel.windows import Deadline, DeadlineProof, Window, postponed
from domain.neutral.escalation import is_neutral
from domain.policy.policy import Policy

# --- types ---


class OrderStay(OnDispute, recorded_as=StayOrdered):
    """Stays the dispute. `until` is when the stay ends by itself, at most 366 days ahead."""

    until: Instant
    reasons: Words


class LiftStay(OnDispute, recorded_as=StayLifted):
    pass


StayCommand = OrderStay | LiftStay


class DisputeIsStayed(Conflict):
    """The dispute is stayed: nothing is decided or paid until it resumes.

    Why: During a stay the clocks stand still. If acts that decide or pay were possible meanwhile, the other side would
    have no time to answer them.

    What to do: Wait until the dispute resumes, or ask a supervisor to lift the stay. Messages and exhibits are possible
    meanwhile; `actions` of the case file lists what is.

    Example: {"since": "2026-11-05T10:00:00+00:00"}
    """


class AlreadyStayed(Conflict):
    """The dispute is already stayed until another instant.

    Why: A dispute has one ordered stay at a time, so that everybody knows the one instant at which the clocks run
    again.

    What to do: To change the end, lift the stay with `POST /v1/disputes/{dispute_id}/resumption`, and order a new one
    with the other `until`.
    """


class OthersProceed(Forbidden):
    """The same money is dealt with in other proceedings. A supervisor can let the dispute resume.

    Why: While a court, a bank or another forum deals with the same money, two decisions could pay it twice. So the
    neutral cannot let the dispute go on alone.

    What to do: End the proceedings listed in `proceedings` when they are over, or ask a supervisor to lift the stay.

    Example: {"proceedings": [1]}
    """


class MayNotStay(Forbidden):
    """Your role cannot stay or resume this dispute, or extend this deadline. A supervisor can.

    Why: To stop or extend a clock changes the rights of both sides. The neutral of the dispute can stay it and give the
    parties more time; only a supervisor can extend the neutral's own time to rule.

    What to do: Ask the neutral of this dispute or a supervisor to do it, and give them your reasons in a message.

    Example: {"role": "buyer"}
    """


class StayTooLong(Malformed):
    """`until` does not lie in the future, or is more than 366 days ahead.

    Why: A stay stops the clocks of both sides. It has an end, so that no dispute stands still because somebody forgot
    it.

    What to do: Send an `until` that lies in the future, at most 366 days ahead. When the stay ends, you can order
    another one.

    Example: {"until": "2027-11-06T10:00:00.000001+00:00"}
    """

    pointer = "/until"


# --- decisions ---


def decide(basis: Basis, command: StayCommand) -> Sequence[Event]:
    match command:
        case OrderStay():
            return order(basis.dispute, basis.policy, command)
        case LiftStay():
            return lift(basis.dispute, command)
        case _:
            assert_never(command)


def check_not_halted(dispute: Dispute, command: Command) -> None:
    """Raises DisputeIsStayed."""
    if dispute.stay.since is not None and command.halted_by_stay:
        raise DisputeIsStayed(since=dispute.stay.since.isoformat())


def follow(dispute: Dispute, policy: Policy, at: Instant) -> list[StayEvent | DeadlineEvent | CommitmentEvent]:
    """The clocks stop with the first cause. They run again when the last cause has ended or the dispute is closed."""
    since = dispute.stay.since
    caused = dispute.stay.caused and not dispute.closed
    if caused is (since is not None):
        return []
    if since is None:
        return [DisputeStayed(since=at)]
    return [DisputeResumed(stayed_since=since), *_moved_on(dispute, policy, since, at)]


def _moved_on(
    dispute: Dispute, policy: Policy, since: Instant, at: Instant
) -> Iterator[DeadlineEvent | CommitmentEvent]:
    quiet = (deadline for deadline in of_answers(dispute) if since < deadline.due_at)
    for deadline in () if dispute.closed else (*dispute.deadlines.begun(), *quiet):
        if deadline.name != names.Stay():
            stood = max(since, deadline.proof.starts_at)
            closed = closed_periods(dispute, policy, deadline.name)
            due_at = postponed(deadline.due_at, since=stood, until=at, proof=deadline.proof, closed=closed)
            yield DeadlineMoved(name=deadline.name, due_at=due_at, why="stay")
    for owed in dispute.commitments.open.values():
        # What was overdue before the stay stays so; in an imported past case no event says that it was. The commitment
        # to rule moves with its deadline.
        if not owed.overdue and owed.due_at > since and not owed.is_ruling:
            yield CommitmentDeferred(commitment_id=owed.id, due_at=owed.due_at + (at - max(since, owed.since or since)))


def order(dispute: Dispute, policy: Policy, command: OrderStay) -> list[StayEvent | DeadlineEvent]:
    _check_may_order(dispute, command.actor)
    if dispute.closed:
        raise DisputeIsClosed(closed_as=str(dispute.outcome))
    if dispute.stay.ordered:
        running = dispute.deadlines.get(names.Stay())
        if running is not None and running.due_at == command.until:
            return []
        raise AlreadyStayed()
    if not timedelta(0) < command.until - command.now <= timedelta(days=366):
        raise StayTooLong(until=command.until.isoformat())
    proof = DeadlineProof(
        rule=policy.rule("stay"),
        window=Window(amount=max(1, -(-int((command.until - command.now).total_seconds()) // 3600)), unit="hours"),
        starts_at=command.now,
        calendar="by order",
        time_zone=policy.desk.time_zone,
        tzdata=TZDATA,
    )
    return [
        StayOrdered(by=command.actor.role, until=command.until, reasons=dispute.text(command.reasons, command.actor)),
        DeadlineSet(deadline=Deadline(name=names.Stay(), due_at=command.until, proof=proof), whose="neutral"),
    ]


def lift(dispute: Dispute, command: LiftStay) -> list[StayEvent]:
    """The neutral can lift an ordered stay. A supervisor can also lift a stay that other proceedings cause."""
    _check_may_order(dispute, command.actor)
    if dispute.closed or not dispute.stay.caused:
        return []
    if not may_lift(dispute, command.actor):
        raise OthersProceed(proceedings=sorted(dispute.stay.proceedings))
    return [StayLifted(by=command.actor.role, proceedings=tuple(sorted(dispute.stay.proceedings)))]


def may_order(dispute: Dispute, actor: Actor) -> bool:
    return actor.role is Role.SUPERVISOR or is_neutral(dispute, actor)


def may_lift(dispute: Dispute, actor: Actor) -> bool:
    if dispute.stay.proceedings:
        return actor.role is Role.SUPERVISOR
    return dispute.stay.ordered and may_order(dispute, actor)


def _check_may_order(dispute: Dispute, actor: Actor) -> None:
    if not may_order(dispute, actor):
        raise MayNotStay(role=actor.role.value)
