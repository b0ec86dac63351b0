"""Proceedings elsewhere about the same money: a chargeback, a court case. They stay the dispute (`domain.clocks.stay`)."""

from collections.abc import Sequence
from typing import assert_never

from domain.clocks.stay_facts import ParallelProceedingEnded, ParallelProceedingRecorded, Proceeding, StayEvent
from domain.dispute.case import Basis
from domain.dispute.state import Dispute
from domain.kernel.base import Event, OnDispute, Role
from domain.kernel.people import Words
from domain.kernel.refusals import Conflict, DisputeIsClosed, Forbidden, Unknown

# --- types ---

MAX_PROCEEDINGS = 50


class RecordParallelProceeding(OnDispute, recorded_as=ParallelProceedingRecorded):
    what: Proceeding
    statement: Words


class EndParallelProceeding(OnDispute, recorded_as=ParallelProceedingEnded):
    number: int
    statement: Words | None = None


ProceedingCommand = RecordParallelProceeding | EndParallelProceeding


class MayNotRecordProceeding(Forbidden):
    """Your role cannot record proceedings elsewhere. The marketplace or a supervisor can.

    Why: Proceedings elsewhere stop the clocks of the dispute. The marketplace and the desk can verify that they exist;
    a party could use them to gain time.

    What to do: Tell the marketplace or a supervisor about the proceedings in a message. They record it.

    Example: {"role": "buyer"}
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


# --- decisions ---


def decide(basis: Basis, command: ProceedingCommand) -> Sequence[Event]:
    match command:
        case RecordParallelProceeding():
            return record(basis.dispute, command)
        case EndParallelProceeding():
            return end(basis.dispute, command)
        case _:
            assert_never(command)


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


def may_record(role: Role) -> bool:
    return role in (Role.MARKETPLACE, Role.SUPERVISOR)


def _check_may_record(role: Role) -> None:
    """The engine may too, for a payment provider whose notice it believes. Nobody offers it the act."""
    if not may_record(role) and role is not Role.ENGINE:
        raise MayNotRecordProceeding(role=role.value)
