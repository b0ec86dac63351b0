"""Notices: the engine tells a party what concerns it, at most once of each fact.

    NoticeMade → NoticeSent → NoticeDelivered → NoticeBounced
         │           └→ NoticeBounced
         ├→ NoticeFailed
         └→ NoticeCancelled

A notice is made before it leaves, so that no two workers make one of the same fact. A mail counts as delivered if it did not
come back within the time that policy gives, a notice through the marketplace if the marketplace says so. If a notice fails or
comes back, the marketplace owes it to reach the party otherwise (`domain.commitments.reach`). Nothing is recorded for a party
who was erased since: a late notice would bring back what was destroyed.

Refusal
├── Unknown
│   └── UnknownNotice           no notice of this dispute has this id
├── Conflict
│   ├── NotTriedEnough          two ways must have failed before a party counts as told
│   ├── NobodyUntold            no window of this party waits for a notice
│   ├── WentByMail              the marketplace acknowledges only what it shows itself
│   ├── NoticeNotSent           it did not leave, so it can neither arrive nor come back
│   └── NobodyToReach           no notice failed to reach this party, and no window waits
└── Forbidden
    ├── MayNotDeemTold          for the neutral of the dispute and supervisors
    └── MayNotSayWhetherTold    for the marketplace and the desk
"""

from collections.abc import Sequence
from typing import Annotated, Literal, assert_never
from uuid import UUID

from pydantic import Field

from domain.clocks import notice as notice_clock
from domain.clocks.deadline_facts import ToldBy
from domain.commitments import reach
from domain.dispute.case import Basis
from domain.dispute.state import Dispute
from domain.kernel.base import AboutPerson, Actor, Event, Instant, OnDispute, Role
from domain.kernel.people import Side, Words
from domain.kernel.places import LanguageTag, TimeZone, reads
from domain.kernel.refusals import Conflict, Forbidden, Unknown
from domain.neutral.escalation import is_neutral
from domain.notices.notices_facts import (
    NOTICED_AT_ONCE,
    Bounce,
    Cause,
    Failure,
    How,
    MessageId,
    Notice,
    NoticeBounced,
    NoticeCancelled,
    NoticeDeemed,
    NoticeDelivered,
    NoticeFailed,
    NoticeMade,
    Notices,
    NoticeSent,
    PersonNotReached,
    PersonReached,
    Status,
    ToldDeadline,
    ToldPromise,
    Way,
    notice_id_of,
)
from domain.settlement.translation import is_forgotten

# --- types ---

WAYS_TO_TRY = 2
"""So many ways to reach a party must have failed before they count as told."""

_DESK = frozenset({Role.NEUTRAL, Role.SUPERVISOR, Role.ADMINISTRATOR, Role.MARKETPLACE})


class MakeNotice(OnDispute, AboutPerson):
    """Sent by the engine. `subject` is the party on the side `to`, `written_at` when the last cause was recorded.

    Without an `address`, a notice by mail fails; and without a `message_id`, which a mail server gives.
    """

    to: Side
    causes: Annotated[tuple[Cause, ...], Field(min_length=1, max_length=NOTICED_AT_ONCE)]
    way: Way
    language: LanguageTag
    time_zone: TimeZone
    deadlines: tuple[ToldDeadline, ...] = ()
    promises: tuple[ToldPromise, ...] = ()
    translations: tuple[UUID, ...] = ()
    address: str | None = None
    message_id: MessageId | None = None
    heading: str
    text: str
    written_at: Instant


class RecordNoticeSent(OnDispute):
    """Sent by the engine when the mail server has accepted the mail."""

    notice_id: UUID


class RecordNoticeDelivered(OnDispute):
    """Sent by the engine when a mail did not come back in time."""

    notice_id: UUID


class FailNotice(OnDispute):
    """Sent by the engine when the mail server refused the mail for good, or took nothing for a day."""

    notice_id: UUID
    why: Failure
    status: Status | None = None


class CancelNotice(OnDispute):
    """Sent by the engine if the dispute has moved on. `notice_id` is the notice that was made but has not left."""

    to: Side
    causes: Annotated[tuple[UUID, ...], Field(min_length=1)]
    why: Literal["moved_on"]
    notice_id: UUID | None = None


class AcknowledgeNotice(OnDispute):
    """The marketplace says whether it showed a notice to the party."""

    notice_id: UUID
    delivered: bool


class RecordBounce(OnDispute, recorded_as=NoticeBounced):
    """A mail came back: said by the engine, which received the report, or by the marketplace."""

    notice_id: UUID
    why: Bounce
    status: Status | None = None


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


NoticeCommand = (
    MakeNotice
    | RecordNoticeSent
    | RecordNoticeDelivered
    | FailNotice
    | CancelNotice
    | AcknowledgeNotice
    | RecordBounce
    | RecordReached
    | DeemTold
)


class UnknownNotice(Unknown):
    """There is no notice with this id in the dispute.

    Why: A notice is known by the id that the engine gave it when it was made.

    What to do: Take the id from `GET /v1/disputes/{dispute_id}/notices`, or the Message-ID from the mail that came back.

    Example: {"notice_id": "0d6c4bda-1a2b-5c3d-8e4f-9a0b1c2d3e4f"}
    """


class WentByMail(Conflict):
    """The notice went by mail, so the marketplace cannot say that it was shown.

    Why: A mail counts as delivered if it does not come back. The engine sent it and watches for that itself.

    What to do: If the mail came back to you, send `POST /v1/notices/bounces` with its Message-ID. If you reached the party
    in another way, record that.

    Example: {"notice_id": "0d6c4bda-1a2b-5c3d-8e4f-9a0b1c2d3e4f"}
    """


class NoticeNotSent(Conflict):
    """The notice did not leave: it is `status`.

    Why: What never left can neither arrive nor come back.

    What to do: Look at the notice with `GET /v1/disputes/{dispute_id}/notices`. If the party was not reached, reach them
    otherwise and record that.

    Example: {"status": "cancelled"}
    """


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


class MayNotSayWhetherTold(Forbidden):
    """Your role cannot say whether a party was told.

    Why: Windows may depend on it. Whoever was told, or was not, could say so in their own favour.

    What to do: Write to the neutral or to the marketplace how you can be reached.

    Example: {"role": "buyer"}
    """


# --- decisions ---


def decide(basis: Basis, command: NoticeCommand) -> Sequence[Event]:
    match command:
        case MakeNotice():
            return _made(basis, command)
        case RecordNoticeSent():
            return _sent(basis, command)
        case RecordNoticeDelivered():
            return _arrived(basis, command)
        case FailNotice():
            return _failed(basis, command)
        case CancelNotice():
            return _cancelled(basis, command)
        case AcknowledgeNotice():
            return _acknowledged(basis, command)
        case RecordBounce():
            return _bounced(basis, command)
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


def may_say_whether_told(role: Role) -> bool:
    return role in _DESK


def _made(basis: Basis, command: MakeNotice) -> list[Event]:
    """Nothing if one of the causes is known already: what the notice says would then not be right any more."""
    notices, to = basis.case.notices, command.to
    known = any((cause.id, to) in notices.told for cause in command.causes)
    if known or is_forgotten(basis.case.person, command.written_at):
        return []
    made = NoticeMade(
        notice_id=notice_id_of(command.dispute_id, to, command.causes[0].id),
        number=sum(notice.to is to for notice in notices.by.values()) + 1,
        to=to,
        subject=command.subject,
        causes=command.causes,
        way=command.way,
        language=command.language,
        time_zone=command.time_zone,
        deadlines=command.deadlines,
        promises=command.promises,
        translations=command.translations,
        address=command.address,
        message_id=command.message_id,
        heading=command.heading,
        text=command.text,
    )
    if command.way == "marketplace":
        return [made, NoticeSent(notice_id=made.notice_id, to=to)]
    if command.address is None:
        return [made, *_not_reached(basis, made.notice_id, to, "no_address", command)]
    if command.message_id is None:
        return [made, *_not_reached(basis, made.notice_id, to, "gave_up", command)]
    return [made]


def _sent(basis: Basis, command: RecordNoticeSent) -> list[Event]:
    notice = known_notice(basis, command.notice_id)
    return [NoticeSent(notice_id=notice.id, to=notice.to)] if notice.status == "made" else []


def _arrived(basis: Basis, command: RecordNoticeDelivered) -> list[Event]:
    notice = known_notice(basis, command.notice_id)
    return _delivered(basis, notice, command) if notice.status == "sent" else []


def _failed(basis: Basis, command: FailNotice) -> list[Event]:
    notice = known_notice(basis, command.notice_id)
    if notice.status != "made":
        return []
    return _not_reached(basis, notice.id, notice.to, command.why, command, command.status)


def _cancelled(basis: Basis, command: CancelNotice) -> list[Event]:
    """Only what has not left can be cancelled, and only causes of which the party was not told."""
    notices, to = basis.case.notices, command.to
    if command.notice_id is not None:
        notice = known_notice(basis, command.notice_id)
        causes = notice.causes if notice.status == "made" else ()
    else:
        causes = tuple(cause for cause in command.causes if (cause, to) not in notices.told)
    if not causes:
        return []
    return [NoticeCancelled(to=to, causes=causes, why=command.why, notice_id=command.notice_id)]


def _acknowledged(basis: Basis, command: AcknowledgeNotice) -> list[Event]:
    """What the marketplace says last holds: a notice may be shown after all, or turn out not to have been."""
    _check_may_say(command.actor.role)
    notice = known_notice(basis, command.notice_id)
    if notice.way == "mail":
        raise WentByMail(notice_id=str(notice.id))
    if command.delivered:
        return [] if notice.status == "delivered" else _delivered(basis, notice, command)
    if notice.status == "failed":
        return []
    return _not_reached(basis, notice.id, notice.to, "reported", command)


def _bounced(basis: Basis, command: RecordBounce) -> list[Event]:
    """Also after the notice counted as delivered: a report may come days later."""
    if command.actor.role is not Role.ENGINE:
        _check_may_say(command.actor.role)
    notice = known_notice(basis, command.notice_id)
    if notice.status == "bounced":
        return []
    if notice.status not in ("sent", "delivered", "made") or notice.way != "mail":
        raise NoticeNotSent(status=notice.status)
    came_back = NoticeBounced(
        notice_id=notice.id, to=notice.to, why=command.why, by=command.actor.role, status=command.status
    )
    return [came_back, *_to_reach(basis, notice.to, notice.id, command.now)]


def _reached(basis: Basis, command: RecordReached) -> list[Event]:
    _check_may_say(command.actor.role)
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


def _delivered(basis: Basis, notice: Notice, command: RecordNoticeDelivered | AcknowledgeNotice) -> list[Event]:
    """In a language that the party does not read, it tells them nothing: they are then to be reached otherwise."""
    dispute, to, by = basis.dispute, notice.to, command.actor.role
    delivered = NoticeDelivered(notice_id=notice.id, to=to, way=notice.way, by=by)
    told = {deadline.name for deadline in notice.deadlines}
    if not reads(notice.language, dispute.party(to).language):
        untold = told.intersection(notice_clock.waiting(dispute, to))
        return [delivered, *(reach.owe(dispute, basis.policy, to, command.now) if untold else [])]
    told_by = ToldBy(
        way=notice.way, by=by, notice_id=notice.id, language=notice.language, translations=notice.translations
    )
    begun = notice_clock.begun(dispute, basis.policy, to, told_by, command.now, told=told)
    return [delivered, *begun, *reach.keep(dispute, to, by, delivered, command.now)]


def _not_reached(
    basis: Basis,
    notice_id: UUID,
    to: Side,
    why: Failure,
    command: MakeNotice | FailNotice | AcknowledgeNotice,
    status: str | None = None,
) -> list[Event]:
    failed = NoticeFailed(notice_id=notice_id, to=to, why=why, by=command.actor.role, status=status)
    return [failed, *_to_reach(basis, to, notice_id, command.now)]


def _to_reach(basis: Basis, to: Side, notice_id: UUID, now: Instant) -> list[Event]:
    """The party was not told by this notice: the windows that began with it stop, and somebody owes it to reach them."""
    return [*notice_clock.stopped(basis.dispute, notice_id), *reach.owe(basis.dispute, basis.policy, to, now)]


def known_notice(basis: Basis, notice_id: UUID) -> Notice:
    """Raises UnknownNotice."""
    notice = basis.case.notices.by.get(notice_id)
    if notice is None:
        raise UnknownNotice(notice_id=str(notice_id))
    return notice


def _check_may_say(role: Role) -> None:
    if not may_say_whether_told(role):
        raise MayNotSayWhetherTold(role=role.value)
