"""A party whom no notice reached: somebody reaches them otherwise, or a person decides that they count as told.

Refusal
├── Conflict
│   ├── NobodyToReach           no notice failed to reach this party, and no window waits
│   ├── NobodyUntold            no window of this party waits for a notice
│   └── NotTriedEnough          two ways must have failed before a party counts as told
└── Forbidden
    └── MayNotDeemTold          for the neutral of the dispute and supervisors
"""

from collections.abc import Sequence
from typing import assert_never

from domain.clocks import notice as notice_clock
from domain.clocks.deadline_facts import ToldBy
from domain.commitments import reach
from domain.dispute.case import Basis
from domain.dispute.state import Dispute
from domain.kernel.base import Actor, Event, OnDispute, Role
from domain.kernel.people import Side, Words
from domain.kernel.refusals import Conflict, Forbidden
from domain.neutral.escalation import is_neutral
from domain.notices.notices import check_may_say
from domain.notices.notices_facts import How, NoticeDeemed, Notices, PersonNotReached, PersonReached

# --- types ---

WAYS_TO_TRY = 2
"""So many ways to reach a party must have failed before they count as told."""


class RecordReached(OnDispute, recorded_as=PersonReached):
    """Somebody reached the party otherwise, or tried in vain."""

    to: Side
    how: How
    note: Words | None = None
    reached: bool = True


class DeemTold(OnDispute, recorded_as=NoticeDeemed):
    """The party counts as told, although nobody reached them."""

    to: Side
    reasons: Words


OtherwiseCommand = RecordReached | DeemTold


class NobodyToReach(Conflict):
    """No notice failed to reach the party in `to`, and no window of theirs waits for one.

    Why: That somebody was reached otherwise is recorded only where it keeps a promise or lets a window begin.

    What to do: Look at `GET /v1/disputes/{dispute_id}/notices`. To note a call, write an internal note.

    Example: {"to": "buyer"}
    """

    pointer = "/to"


class NotTriedEnough(Conflict):
    """Fewer than two ways to reach the party have failed.

    Why: A window can end a right of somebody who does not know of it. So it begins without their knowledge only if the desk
    tried in earnest.

    What to do: Try another way, such as a call, and record the result with `POST /v1/disputes/{dispute_id}/reached`.

    Example: {"to": "seller", "tried": ["mail"]}
    """


class NobodyUntold(Conflict):
    """There is no window of the party in `to` that waits for a notice.

    Why: A party is taken to be told only so that a window can begin.

    What to do: Look at `deadlines` of the case file: `awaits_notice` marks those that wait.

    Example: {"to": "seller"}
    """

    pointer = "/to"


class MayNotDeemTold(Forbidden):
    """Your role cannot decide that a party counts as told.

    Why: The decision lets a window begin that can end a right. The neutral of the dispute or a supervisor takes it, with
    reasons on record.

    What to do: Ask the neutral of this dispute or a supervisor.

    Example: {"role": "marketplace"}
    """


# --- decisions ---


def decide(basis: Basis, command: OtherwiseCommand) -> Sequence[Event]:
    match command:
        case RecordReached():
            return _reached(basis, command)
        case DeemTold():
            return _deemed(basis, command)
        case _:
            assert_never(command)


def may_deem_told(dispute: Dispute, actor: Actor) -> bool:
    return actor.role is Role.SUPERVISOR or is_neutral(dispute, actor)


def deemable(dispute: Dispute, notices: Notices, actor: Actor) -> list[Side]:
    """The parties of whom this actor may decide that they count as told."""
    if not may_deem_told(dispute, actor):
        return []
    return [
        side for side in Side if notice_clock.waiting(dispute, side) and len(notices.failed_ways(side)) >= WAYS_TO_TRY
    ]


def _reached(basis: Basis, command: RecordReached) -> list[Event]:
    check_may_say(command.actor.role)
    if reach.find(basis.dispute, command.to) is None and not notice_clock.waiting(basis.dispute, command.to):
        raise NobodyToReach(to=command.to.value)
    by, to, how = command.actor.role, command.to, command.how
    note = basis.dispute.text(command.note, command.actor) if command.note is not None else None
    if not command.reached:
        return [PersonNotReached(to=to, by=by, how=how, note=note)]
    reached = PersonReached(to=to, by=by, how=how, note=note)
    begun = notice_clock.begun(basis.dispute, basis.policy, to, ToldBy(way=how, by=by), command.now)
    return [reached, *begun, *reach.keep(basis.dispute, to, by, reached, command.now)]


def _deemed(basis: Basis, command: DeemTold) -> list[Event]:
    dispute, to, by = basis.dispute, command.to, command.actor.role
    if not may_deem_told(dispute, command.actor):
        raise MayNotDeemTold(role=by.value)
    if not notice_clock.waiting(dispute, to):
        raise NobodyUntold(to=to.value)
    tried = basis.case.notices.failed_ways(to)
    if len(tried) < WAYS_TO_TRY:
        raise NotTriedEnough(to=to.value, tried=list(tried))
    deemed = NoticeDeemed(to=to, by=by, tried=tried, reasons=dispute.text(command.reasons, command.actor))
    begun = notice_clock.begun(dispute, basis.policy, to, ToldBy(way="deemed", by=by), command.now)
    return [deemed, *begun, *reach.given_up(dispute, to)]
