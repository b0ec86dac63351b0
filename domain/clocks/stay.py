"""Stops clocks, and gives clocks more time.

A dispute is stayed by order of its neutral or a supervisor, or while a chargeback or a court case about the same money
runs. During a stay nothing lapses, and nothing is decided or paid; people may write, add evidence, make commitments or
withdraw. When the last cause has ended, the dispute resumes. Every clock moves on by the time for which it stood still;
a clock that began during the stay, by the rest of the stay. A deadline then moves to the next business day of the
person who must act.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from typing import assert_never

from domain.clocks import names
from domain.clocks.deadline_facts import DeadlineEvent, DeadlineMoved, DeadlineSet
from domain.clocks.stay_facts import (
    DisputeResumed,
    DisputeStayed,
    ParallelProceedingEnded,
    ParallelProceedingRecorded,
    Proceeding,
    StayEvent,
    StayLifted,
    StayOrdered,
)
from domain.commitments.events import CommitmentDeferred, CommitmentEvent
from domain.dispute.case import Basis
from domain.dispute.state import Dispute
from domain.kernel.base import Actor, Command, Event, Instant, OnDispute, Role
from domain.kernel.people import Side, Words
from domain.kernel.places import TZDATA
from domain.kernel.refusals import Conflict, DisputeIsClosed, Forbidden, Malformed, Unknown
from domain.kernel.windows import ClosedPeriod, Deadline, DeadlineProof, Window, extended, postponed
from domain.neutral.escalation import is_neutral
from domain.policy.policy import Policy

# --- types ---

MAX_PROCEEDINGS = 50


class OrderStay(OnDispute, recorded_as=StayOrdered):
    """Stays the dispute. `until` is when the stay ends by itself, at most 366 days ahead."""

    until: Instant
    reasons: Words


class LiftStay(OnDispute, recorded_as=StayLifted):
    pass


class RecordParallelProceeding(OnDispute, recorded_as=ParallelProceedingRecorded):
    what: Proceeding
    statement: Words


class EndParallelProceeding(OnDispute, recorded_as=ParallelProceedingEnded):
    number: int
    statement: Words | None = None


class ExtendDeadline(OnDispute):
    """Gives the person who must act that much more time."""

    name: str
    more: Window


StayCommand = OrderStay | LiftStay | ExtendDeadline | RecordParallelProceeding | EndParallelProceeding


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


class MayNotRecordProceeding(Forbidden):
    """Your role cannot record proceedings elsewhere. The marketplace or a supervisor can.

    Why: Proceedings elsewhere stop the clocks of the dispute. The marketplace and the desk can verify that they exist;
    a party could use them to gain time.

    What to do: Tell the marketplace or a supervisor about the proceedings in a message. They record it.

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


class ExtensionTooLong(Malformed):
    """`more` extends the deadline beyond the longest window of the policy, which ends at `latest`.

    Why: The policy sets the longest time in all for a window, so that extensions do not postpone a decision for ever.

    What to do: Send a shorter `more`, so that the deadline ends at `latest` or before.

    Example: {"due_at": "2027-02-05T10:00:00+00:00", "latest": "2027-02-03T10:00:00+00:00"}
    """

    pointer = "/more"


class DeadlineNotRunning(Conflict):
    """The deadline is not running or cannot be extended; `extendable` lists those that can.

    Why: Only a deadline that still runs can get more time. One that was met, moot or lapsed has already had its
    consequence.

    What to do: Take the name of a deadline from `extendable`. If the deadline has lapsed, ask a supervisor what is
    still possible, such as to set a default aside.

    Example: {"name": "stay", "extendable": ["ruling", "answers-buyer", "answers-seller"]}
    """


class UnknownProceeding(Unknown):
    """There is no proceeding with this number in this dispute.

    Why: Proceedings are numbered in each dispute from 1, in the order in which they were recorded.

    What to do: Read the numbers in `proceedings` of the case file, and use one of them.

    Example: {"number": 1}
    """


class TooManyProceedings(Conflict):
    """The dispute already has `limit` recorded proceedings.

    Why: The limit keeps the case file of one dispute readable, and bounds what one caller can store.

    What to do: End proceedings that are over. If more than `limit` proceedings concern the same money, record one that
    refers to all of them in its `statement`.

    Example: {"limit": 50}
    """


_HOUR = Window(amount=1, unit="hours")


# --- decisions ---


def decide(basis: Basis, command: StayCommand) -> Sequence[Event]:
    match command:
        case OrderStay():
            return order(basis.dispute, basis.policy, command)
        case LiftStay():
            return lift(basis.dispute, command)
        case ExtendDeadline():
            return extend(basis.dispute, basis.policy, command)
        case RecordParallelProceeding():
            return record(basis.dispute, command)
        case EndParallelProceeding():
            return end(basis.dispute, command)
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
    quiet = (deadline for deadline in _of_answers(dispute) if since < deadline.due_at)
    for deadline in () if dispute.closed else (*dispute.deadlines.running.values(), *quiet):
        if deadline.name != names.Stay():
            stood = max(since, deadline.proof.starts_at)
            closed = _closed(dispute, policy, deadline.name)
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


def may_record(role: Role) -> bool:
    return role in (Role.MARKETPLACE, Role.SUPERVISOR)


def record(dispute: Dispute, command: RecordParallelProceeding) -> list[StayEvent]:
    _check_may_record(command.actor.role)
    if dispute.closed:
        raise DisputeIsClosed(closed_as=str(dispute.outcome))
    if dispute.stay.recorded >= MAX_PROCEEDINGS:
        raise TooManyProceedings(limit=MAX_PROCEEDINGS)
    return [
        ParallelProceedingRecorded(
            number=dispute.stay.recorded + 1,
            what=command.what,
            by=command.actor.role,
            statement=dispute.text(command.statement, command.actor),
        )
    ]


def end(dispute: Dispute, command: EndParallelProceeding) -> list[StayEvent]:
    _check_may_record(command.actor.role)
    if not 1 <= command.number <= dispute.stay.recorded:
        raise UnknownProceeding(number=command.number)
    if dispute.closed or command.number not in dispute.stay.proceedings:
        return []
    statement = dispute.text(command.statement, command.actor)
    return [ParallelProceedingEnded(number=command.number, by=command.actor.role, statement=statement)]


def extend(dispute: Dispute, policy: Policy, command: ExtendDeadline) -> list[DeadlineEvent]:
    """A neutral can give the parties more time. Only a supervisor can extend the neutral's window to rule."""
    deadline, running = dispute.deadlines.get(command.name), dispute.deadlines.running
    if not _may_extend(dispute, command.actor, command.name):
        raise MayNotStay(role=command.actor.role.value)
    if deadline is None or command.name == names.Stay() or not (dispute.undecided or command.name in running):
        raise DeadlineNotRunning(name=command.name, extendable=extendable(dispute, policy, command.actor))
    due_at = extended(deadline.due_at, command.more, deadline.proof, _closed(dispute, policy, command.name))
    if due_at > (latest := _latest(dispute, policy, deadline)):
        raise ExtensionTooLong(due_at=due_at.isoformat(), latest=latest.isoformat())
    return [DeadlineMoved(name=command.name, due_at=due_at, why="extension")]


def extendable(dispute: Dispute, policy: Policy, actor: Actor) -> list[str]:
    """The deadlines that this actor may extend, and that are not yet at the longest window."""
    if not may_order(dispute, actor):
        return []
    return [
        deadline.name
        for deadline in (*dispute.deadlines.running.values(), *_of_answers(dispute))
        if deadline.name != names.Stay()
        and _may_extend(dispute, actor, deadline.name)
        and extended(deadline.due_at, _HOUR, deadline.proof, _closed(dispute, policy, deadline.name))
        <= _latest(dispute, policy, deadline)
    ]


def _of_answers(dispute: Dispute) -> Iterable[Deadline]:
    return dispute.deadlines.quiet.values() if dispute.undecided else ()


def _latest(dispute: Dispute, policy: Policy, deadline: Deadline) -> Instant:
    """The latest instant to which it can be extended, counted from when the window first began."""
    since = dispute.deadlines.since.get(deadline.name, deadline.proof.starts_at)
    return extended(since, policy.windows.longest, deadline.proof, _closed(dispute, policy, deadline.name))


def _closed(dispute: Dispute, policy: Policy, name: str) -> tuple[ClosedPeriod, ...]:
    """The closed periods that stop this deadline."""
    whose = dispute.deadlines.whose.get(name)
    return policy.closed_for(dispute.party(Side(whose)) if whose in list(Side) else None)


def _may_extend(dispute: Dispute, actor: Actor, name: str) -> bool:
    return actor.role is Role.SUPERVISOR or (is_neutral(dispute, actor) and name != names.Ruling())


def _check_may_order(dispute: Dispute, actor: Actor) -> None:
    if not may_order(dispute, actor):
        raise MayNotStay(role=actor.role.value)


def _check_may_record(role: Role) -> None:
    if not may_record(role):
        raise MayNotRecordProceeding(role=role.value)
