"""The facts about notices: what a party was told outside of the engine, by which way, and whether it reached them.

A notice tells one party of one or more facts of the dispute, its causes. It is made, then sent, then delivered; or it failed,
came back, or was cancelled because the dispute had moved on. The facts lie on a stream of their own, so that they change
neither the version of the dispute nor what anybody counts in it.
"""

from collections.abc import Mapping
from dataclasses import field
from typing import Annotated, Any, Literal, assert_never
from uuid import UUID, uuid5

from pydantic import Field, StringConstraints

from domain.kernel.base import Event, Instant, Role, Value
from domain.kernel.disclosure import Audience, Told
from domain.kernel.frozen import frozen, replace
from domain.kernel.people import Side, Text
from domain.kernel.personal import PersonalOfSubject
from domain.kernel.places import LanguageTag, TimeZone

# --- types ---

Way = Literal["mail", "marketplace"]
"""How a notice reaches a party: by mail, or through the marketplace, which shows it to them."""

Failure = Literal["no_address", "refused", "gave_up", "reported"]
"""Why a notice did not leave, or did not arrive: the party has no mail address; the mail server refused it for good; it took
nothing for a day, or there was none; the marketplace reports that it could not show it.
"""

Bounce = Literal["no_mailbox", "mailbox_full", "blocked", "expired", "other"]
"""Why a mail came back."""

How = Literal["phone", "in_person", "chat", "post", "other"]
"""How a person reached a party whom no notice had reached."""

Status = Annotated[str, StringConstraints(pattern=r"^[245]\.\d{1,3}\.\d{1,3}$")]
"""An enhanced mail system status code (RFC 3463), such as "5.1.1"."""

Template = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]{0,39}$")]

MessageId = Annotated[str, StringConstraints(min_length=5, max_length=250, pattern=r"^<[^\s<>]+@[^\s<>]+>$")]
"""The Message-ID of a mail (RFC 5322, section 3.6.4)."""

NOTICED_AT_ONCE = 50
"""The most facts of which one notice tells."""


class Cause(Value):
    """A fact of which a notice tells. `id` is derived from the place of the fact in the log (`cause_id_of`), `fact` is its
    stored name. `template` names the sentences that tell of it. No party sees the id: it would show how many facts are hidden.
    """

    id: UUID
    fact: Told[Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Za-z]{1,59}$")]]
    number: Told[int | None] = None
    template: Told[Template]


class ToldDeadline(Value):
    """A deadline that a notice tells, and the instant at which it ends as the notice says it. `about` is the kind of the
    deadline. No party sees the `name`: the number of a ruling in it would show how many are hidden.
    """

    name: str
    about: Told[Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]{0,39}$")]]
    due_at: Told[Instant]


class ToldPromise(Value):
    """A commitment of the party's own that a notice tells, and until when it is owed."""

    commitment_id: Told[UUID]
    kind: Told[Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]{0,39}$")]]
    due_at: Told[Instant]


class NoticeMade(Event, kind="NoticeMade", stream="notices", told_to=Audience.ADDRESSEE, consequence=True):
    """A notice is about to leave. What it says is fixed from now on.

    `to` is whom it tells, `subject` the same person. `language` and `time_zone` are those in which it is written.
    `deadlines` and `promises` are those that it tells, `translations` those of texts to which it sends the party. `address` is
    the mail address, and `message_id` the Message-ID of the mail, which stays the same if it is sent again. `heading` and
    `text` are what it says.
    """

    notice_id: Told[UUID]
    number: Told[int]
    to: Told[Side]
    subject: UUID
    causes: Told[Annotated[tuple[Cause, ...], Field(min_length=1, max_length=NOTICED_AT_ONCE)]]
    way: Told[Way]
    language: Told[LanguageTag]
    time_zone: Told[TimeZone]
    deadlines: Told[tuple[ToldDeadline, ...]] = ()
    promises: Told[tuple[ToldPromise, ...]] = ()
    translations: Told[tuple[UUID, ...]] = ()
    address: PersonalOfSubject | None = None
    message_id: MessageId | None = None
    heading: Told[PersonalOfSubject]
    text: Told[PersonalOfSubject]


class NoticeSent(Event, kind="NoticeSent", stream="notices", told_to=Audience.ADDRESSEE, consequence=True):
    """The mail server accepted the mail, or the marketplace can read the notice."""

    notice_id: Told[UUID]
    to: Told[Side]


class NoticeDelivered(Event, kind="NoticeDelivered", stream="notices", told_to=Audience.ADDRESSEE, consequence=True):
    """The notice reached the party: the mail did not come back in the time that policy gives, or the marketplace says that it
    showed the notice.
    """

    notice_id: Told[UUID]
    to: Told[Side]
    way: Told[Way]
    by: Told[Role]


class NoticeBounced(Event, kind="NoticeBounced", stream="notices", told_to=Audience.ADDRESSEE):
    """The mail came back, perhaps after it was taken to be delivered. `status` is the code in the report, if there is one."""

    notice_id: Told[UUID]
    to: Told[Side]
    why: Told[Bounce]
    by: Told[Role]
    status: Told[Status | None] = None


class NoticeFailed(Event, kind="NoticeFailed", stream="notices", told_to=Audience.ADDRESSEE, consequence=True):
    """The notice did not leave, or the marketplace could not show it. `status` is the mail server's code, if it gave one."""

    notice_id: Told[UUID]
    to: Told[Side]
    why: Told[Failure]
    by: Told[Role]
    status: Told[Status | None] = None


class NoticeCancelled(Event, kind="NoticeCancelled", stream="notices", told_to=Audience.ADDRESSEE, consequence=True):
    """Nobody is told of these causes any more, because the dispute has moved on. Nothing had left yet.

    `notice_id` is the notice that had been made, if one had.
    """

    to: Told[Side]
    causes: tuple[UUID, ...]
    why: Told[Literal["moved_on"]]
    notice_id: Told[UUID | None] = None


class PersonNotReached(Event, kind="PersonNotReached", stream="notices", told_to=Audience.ADDRESSEE, consequence=True):
    """Somebody tried to reach a party otherwise and did not reach them."""

    to: Told[Side]
    by: Told[Role]
    how: Told[How]
    note: Told[Text | None] = None


class NoticeDeemed(Event, kind="NoticeDeemed", stream="notices", told_to=Audience.ADDRESSEE):
    """A neutral or a supervisor decided that a party counts as told, although nobody reached them. `tried` are the ways that
    had failed.
    """

    to: Told[Side]
    by: Told[Role]
    tried: Told[tuple[Way | How, ...]]
    reasons: Told[Text]


class PersonReached(Event, kind="PersonReached", stream="notices", told_to=Audience.ADDRESSEE):
    """Somebody reached a party whom no notice had reached, and says how."""

    to: Told[Side]
    by: Told[Role]
    how: Told[How]
    note: Told[Text | None] = None


NoticeEvent = (
    NoticeMade
    | NoticeSent
    | NoticeDelivered
    | NoticeBounced
    | NoticeFailed
    | NoticeCancelled
    | PersonReached
    | PersonNotReached
    | NoticeDeemed
)


def cause_id_of(transaction_id: UUID, stream_id: UUID, version: int) -> UUID:
    """The id of a fact as a cause: the fact with this version in this stream. Derived from the id of the order, which is told
    to no party: so nobody can try out which version a fact has.
    """
    return uuid5(transaction_id, f"{stream_id}/fact/{version}")


def notice_id_of(dispute_id: UUID, to: Side, first: UUID) -> UUID:
    """The id of a notice. `first` is its first cause, of which no other notice tells this party."""
    return uuid5(dispute_id, f"notice/{to.value}/{first}")


# --- state ---

NoticeStatus = Literal["made", "sent", "delivered", "bounced", "failed", "cancelled"]


@frozen
class Notice:
    """One notice. `made_at`, `sent_at` and `ended_at` are when it was made, when it left, and when it was last known to be
    delivered, bounced, failed or cancelled.
    """

    id: UUID
    number: int
    to: Side
    subject: UUID
    way: Way
    language: str
    causes: tuple[UUID, ...]
    deadlines: tuple[ToldDeadline, ...]
    translations: tuple[UUID, ...]
    message_id: str | None
    made_at: Instant
    status: NoticeStatus = "made"
    sent_at: Instant | None = None
    ended_at: Instant | None = None

    @property
    def on_its_way(self) -> bool:
        """Nobody knows yet what becomes of it."""
        return self.status in ("made", "sent")


@frozen
class Notices:
    """The notices of a dispute by id, and the causes of which each party needs to be told no more. `missed` are the ways,
    beside notices, in which somebody tried to reach a party in vain since they were last reached.
    """

    by: Mapping[UUID, Notice] = field(default_factory=dict)
    told: frozenset[tuple[UUID, Side]] = frozenset()
    missed: frozenset[tuple[Side, How]] = frozenset()

    def failed_ways(self, side: Side) -> tuple[Way | How, ...]:
        """The ways in which this party was not reached since they were last reached, each once."""
        notices = (
            notice.way for notice in self.by.values() if notice.to is side and notice.status in ("failed", "bounced")
        )
        return tuple(sorted({*notices, *(how for whose, how in self.missed if whose is side)}))


# --- evolve ---


def evolve(notices: Notices, event: NoticeEvent, at: Instant) -> Notices:
    match event:
        case NoticeMade():
            causes = tuple(cause.id for cause in event.causes)
            made = Notice(
                event.notice_id,
                event.number,
                event.to,
                event.subject,
                event.way,
                event.language,
                causes,
                event.deadlines,
                event.translations,
                event.message_id,
                at,
            )
            return Notices({**notices.by, made.id: made}, notices.told | {(cause, event.to) for cause in causes})
        case NoticeSent(notice_id=notice_id):
            return _changed(notices, notice_id, status="sent", sent_at=at)
        case NoticeDelivered(notice_id=notice_id):
            return _changed(notices, notice_id, status="delivered", ended_at=at)
        case NoticeBounced(notice_id=notice_id):
            return _changed(notices, notice_id, status="bounced", ended_at=at)
        case NoticeFailed(notice_id=notice_id):
            return _changed(notices, notice_id, status="failed", ended_at=at)
        case NoticeCancelled(to=to, causes=causes, notice_id=known):
            told = replace(notices, told=notices.told | {(cause, to) for cause in causes})
            return told if known is None else _changed(told, known, status="cancelled", ended_at=at)
        case PersonReached(to=to):
            return replace(notices, missed=frozenset(one for one in notices.missed if one[0] is not to))
        case PersonNotReached(to=to, how=how):
            return replace(notices, missed=notices.missed | {(to, how)})
        case NoticeDeemed():
            return notices
        case _:
            assert_never(event)


def _changed(notices: Notices, notice_id: UUID, **changes: Any) -> Notices:
    return replace(notices, by={**notices.by, notice_id: replace(notices.by[notice_id], **changes)})
