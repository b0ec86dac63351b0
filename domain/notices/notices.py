"""Notices: the engine tells a party what concerns it, at most once of each fact.

    NoticeMade → NoticeSent → NoticeDelivered → NoticeBounced
         │           └→ NoticeBounced
         ├→ NoticeFailed
         └→ NoticeCancelled

A notice is made before it leaves, so that no two workers make one of the same fact. A mail counts as delivered if it did not
come back within the time that policy gives, a notice through the marketplace if the marketplace says so. If a notice fails or
comes back, the marketplace owes it to reach the party otherwise (`domain.commitments.reach`). Nothing is recorded for a party
who was erased since: a late notice would bring back what was destroyed. `domain.notices.otherwise`: a party whom no notice
reached.

Refusal
├── Unknown
│   └── UnknownNotice           no notice of this dispute has this id
├── Conflict
│   ├── WentByMail              the marketplace acknowledges only what it shows itself
│   └── NoticeNotSent           it did not leave, so it can neither arrive nor come back
└── Forbidden
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
from domain.kernel.base import AboutPerson, Event, Instant, OnDispute, Role
from domain.kernel.people import Side
from domain.kernel.places import LanguageTag, TimeZone, reads
from domain.kernel.refusals import Conflict, Forbidden, Unknown
from domain.notices.notices_facts import (
    NOTICED_AT_ONCE,
    Bounce,
    Cause,
    Failure,
    MessageId,
    Notice,
    NoticeBounced,
    NoticeCancelled,
    NoticeDelivered,
    NoticeFailed,
    NoticeMade,
    NoticeSent,
    Status,
    ToldDeadline,
    ToldPromise,
    Way,
    notice_id_of,
)
from domain.settlement.translation import is_forgotten

# --- types ---

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


NoticeCommand = (
    MakeNotice | RecordNoticeSent | RecordNoticeDelivered | FailNotice | CancelNotice | AcknowledgeNotice | RecordBounce
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
        case _:
            assert_never(command)


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
    check_may_say(command.actor.role)
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
        check_may_say(command.actor.role)
    notice = known_notice(basis, command.notice_id)
    if notice.status == "bounced":
        return []
    if notice.status not in ("sent", "delivered", "made") or notice.way != "mail":
        raise NoticeNotSent(status=notice.status)
    came_back = NoticeBounced(
        notice_id=notice.id, to=notice.to, why=command.why, by=command.actor.role, status=command.status
    )
    return [came_back, *_to_reach(basis, notice.to, notice.id, command.now)]


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
    begun = notice_clock.begun(dispute, basis.policy, to, told_by, command.now, told=told, written_at=notice.made_at)
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


def check_may_say(role: Role) -> None:
    if not may_say_whether_told(role):
        raise MayNotSayWhetherTold(role=role.value)
