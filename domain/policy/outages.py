"""Outages of the engine. A deadline that falls into one of more than fifteen minutes is due 24 hours after its end.

An outage is recorded once for a marketplace, beside its policies, which every decision reads. A decision about a
dispute first moves what fell due during the outage, and only then lets lapse what is overdue: see `domain.silence`.
"""

from collections.abc import Sequence
from datetime import timedelta

from domain.kernel.base import Command, Event, Instant, Role
from domain.kernel.refusals import Forbidden, Malformed
from domain.policy.book import PolicyBook
from domain.policy.outage_facts import Outage, OutageRecorded

# --- types ---

LEAST = timedelta(minutes=15)
"""An outage of this length, or a shorter one, moves nothing."""


class RecordOutage(Command):
    outage: Outage


OutageCommand = RecordOutage


class MayNotRecordOutage(Forbidden):
    """Your role cannot record an outage. An administrator can.

    Why: An outage moves the deadlines of everybody in the marketplace.

    What to do: Tell an administrator when the service could not be reached. The engine records its own outages by
    itself.

    Example: {"role": "supervisor"}
    """


class OutageTooShort(Malformed):
    """`ended_at` is not more than `minutes` minutes after `began_at`: such an outage moves no deadlines.

    Why: Short interruptions happen everywhere and keep nobody from acting in time. Only a longer outage moves
    deadlines.

    What to do: Record only outages of more than `minutes` minutes.

    Example: {"minutes": 15}
    """

    pointer = "/ended_at"


class OutageNotOver(Malformed):
    """`ended_at` lies in the future.

    Why: Deadlines move to a time after the end of the outage, so its end must be known.

    What to do: Record the outage when it is over.

    Example: {"now": "2026-11-09T11:00:00+00:00"}
    """

    pointer = "/ended_at"


# --- decisions ---


def decide(book: PolicyBook, command: OutageCommand) -> Sequence[Event]:
    return record(book, command)


def record(book: PolicyBook, command: RecordOutage) -> list[OutageRecorded]:
    role, outage = command.actor.role, command.outage
    if role not in (Role.ENGINE, Role.ADMINISTRATOR):
        raise MayNotRecordOutage(role=role.value)
    if outage.ended_at > command.now:
        raise OutageNotOver(now=command.now.isoformat())
    if outage.ended_at - outage.began_at <= LEAST:
        raise OutageTooShort(minutes=int(LEAST.total_seconds()) // 60)
    if any(known.began_at <= outage.began_at and outage.ended_at <= known.ended_at for known in book.outages):
        return []
    return [OutageRecorded(outage=outage, by=role)]


def across(outages: Sequence[Outage], due_at: Instant) -> Outage | None:
    """The outage into which this instant fell. If it fell into several, the one that ended last."""
    fell = (outage for outage in outages if outage.began_at < due_at <= outage.ended_at)
    return max(fell, key=lambda outage: outage.ended_at, default=None)
