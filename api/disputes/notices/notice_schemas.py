"""The bodies of acts about notices, and the notices as they are shown."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from api.acts.declare import Acts
from api.http.bodies import Act, Answer, Context, Page, Statement, example, words
from api.http.parts import COMMITMENT_ID
from api.http.relative import ago, ahead
from domain.commitments.events import CommitmentKind
from domain.kernel.base import Instant, Role
from domain.kernel.people import Side
from domain.notices import notices, otherwise
from domain.notices.notices_facts import Bounce, Failure, How, MessageId, NoticeStatus, Status, Way

ACTS = Acts("Notices")

_DESK = {Role.NEUTRAL, Role.SUPERVISOR, Role.ADMINISTRATOR, Role.MARKETPLACE}

NOTICE_ID = "5d0c6bda-1a2b-5c3d-8e4f-9a0b1c2d3e4f"
_MESSAGE_ID = "<notice.0197c2a47d1e7c3a9f422b1c6f0a9d11.5d0c6bda1a2b5c3d8e4f9a0b1c2d3e4f@mail.example>"

_StatusCode = Annotated[
    Status | None, Field(description="The enhanced status code in the report (RFC 3463), if there is one.")
]


@ACTS.act(
    "/notices/{notice_id}/acknowledgement",
    "Says whether a notice was shown to the party. Only for notices that go through the marketplace.",
    by={Role.MARKETPLACE},
    past=False,
)
class AcknowledgeNotice(Act):
    """What the marketplace says last holds."""

    model_config = example({"delivered": True})

    delivered: Annotated[
        bool,
        Field(description="Whether the party was shown the notice. If not, the marketplace owes it to reach them."),
    ]

    def command(self, at: Context, *, dispute_id: UUID, notice_id: UUID) -> notices.AcknowledgeNotice:
        return notices.AcknowledgeNotice(
            **at.common(), dispute_id=dispute_id, notice_id=notice_id, delivered=self.delivered
        )


@ACTS.by_hand(by={Role.MARKETPLACE}, past=False)
class RecordBounce(Act):
    """A mail came back. The Message-ID says which notice it is."""

    model_config = example({"message_id": _MESSAGE_ID, "why": "no_mailbox", "status": "5.1.1"})

    message_id: Annotated[MessageId, Field(description="The Message-ID of the mail, in angle brackets.")]
    why: Annotated[Bounce, Field(description="Why it came back.")]
    status: _StatusCode = None

    def command(self, at: Context, *, dispute_id: UUID, notice_id: UUID) -> notices.RecordBounce:
        return notices.RecordBounce(
            **at.common(), dispute_id=dispute_id, notice_id=notice_id, why=self.why, status=self.status
        )


@ACTS.act(
    "/reached",
    "Records that a party was reached in another way, or that this was tried in vain. Only where a notice failed or came back, "
    "or where a window of theirs waits until they are told.",
    by=_DESK,
    past=False,
)
class RecordReached(Act):
    model_config = example(
        {"to": "seller", "how": "phone", "note": {"text": "I called. She knows of the claim now.", "language": "en"}}
    )

    to: Annotated[Side, Field(description="The party who was reached.")]
    how: Annotated[How, Field(description="In which way.")]
    reached: Annotated[
        bool,
        Field(
            description="Whether they were reached. If so, their windows that waited begin. After two ways have failed, a "
            "neutral or a supervisor may decide that they count as told."
        ),
    ] = True
    note: Annotated[Statement | None, Field(description="The party may read it.")] = None

    def command(self, at: Context, *, dispute_id: UUID) -> otherwise.RecordReached:
        return otherwise.RecordReached(
            **at.common(), dispute_id=dispute_id, to=self.to, how=self.how, note=words(self.note), reached=self.reached
        )


@ACTS.act(
    "/deemed-told",
    "Decides that a party counts as told, although nobody reached them. Two ways must have failed. Their windows that waited "
    "begin.",
    by={Role.NEUTRAL, Role.SUPERVISOR},
    past=False,
)
class DeemTold(Act):
    model_config = example(
        {"to": "seller", "reasons": {"text": "The mail came back, and nobody answers the phone.", "language": "en"}}
    )

    to: Annotated[Side, Field(description="The party who counts as told.")]
    reasons: Annotated[Statement, Field(description="The party may read them.")]

    def command(self, at: Context, *, dispute_id: UUID) -> otherwise.DeemTold:
        return otherwise.DeemTold(**at.common(), dispute_id=dispute_id, to=self.to, reasons=self.reasons.words())


_HEADING = "7KQ4-M2XR-X: The other side made you an offer."
_TEXT = "The other side made you an offer.\n\nEverything else is in the dispute.\n"
_CAUSE = {"fact": "OfferMade", "title": "Offer made", "number": 1}
_NOTICE: dict[str, Any] = {
    "id": NOTICE_ID,
    "number": 1,
    "to": "seller",
    "way": "mail",
    "status": "delivered",
    "why": None,
    "status_code": None,
    "causes": [_CAUSE],
    "language": "zh-Hans",
    "time_zone": "Asia/Shanghai",
    "deadlines": [{"about": "offer", "due_at": ahead(days=3), "due_local": ahead("Asia/Shanghai", days=3)}],
    "promises": [],
    "heading": _HEADING,
    "text": _TEXT,
    "message_id": None,
    "written": [],
    "made_at": ago(hours=2),
    "sent_at": ago(hours=2, seconds=-3),
    "ended_at": ago(hours=1),
}


class CauseShown(Answer):
    """A fact of which a notice tells."""

    model_config = example(_CAUSE)

    fact: Annotated[str, Field(description="The kind of the fact, as in the history.")]
    title: Annotated[str, Field(description="The same in the reader's language.")]
    number: int | None


class ToldDeadlineShown(Answer):
    """A deadline that the notice tells, as it was when the notice was made."""

    model_config = example(_NOTICE["deadlines"][0])

    about: Annotated[str, Field(description="The kind of the deadline: `response`, `offer` and so on.")]
    due_at: Instant
    due_local: Annotated[str, Field(description="The same instant on the party's clock.")]


class ToldPromiseShown(Answer):
    """What the party owes, as the notice tells it."""

    model_config = example({"commitment_id": COMMITMENT_ID, "kind": "ship", "due_at": ahead(days=3)})

    commitment_id: UUID
    kind: CommitmentKind
    due_at: Instant


class WrittenShown(Answer):
    """The notice in one language, to be shown to the party. Its instants are on the party's clock."""

    model_config = example({"language": "en", "heading": _HEADING, "text": _TEXT, "html": "<!doctype html>…"})

    language: str
    heading: str
    text: str
    html: Annotated[str, Field(description="A whole page, with the same words. It loads nothing from elsewhere.")]


class NoticeShown(Answer):
    """One notice to one party."""

    model_config = example(_NOTICE)

    id: UUID
    number: Annotated[int, Field(description="The notices to each party are counted from 1.")]
    to: Side
    way: Way
    status: NoticeStatus
    why: Annotated[Bounce | Failure | None, Field(description="Why it failed or came back.")]
    status_code: Annotated[str | None, Field(description="What the mail server said, as in RFC 3463.")]
    causes: list[CauseShown]
    language: Annotated[str, Field(description="In which language it was written.")]
    time_zone: str
    deadlines: list[ToldDeadlineShown]
    promises: list[ToldPromiseShown]
    heading: Annotated[str, Field(description="`[erased]` if the party was erased.")]
    text: str
    message_id: Annotated[str | None, Field(description="The Message-ID of the mail. Not shown to the parties.")]
    written: Annotated[list[WrittenShown], Field(description="The notice in the languages asked for in `language`.")]
    made_at: Instant
    sent_at: Instant | None
    ended_at: Annotated[Instant | None, Field(description="When it was delivered, came back, failed or was cancelled.")]


class Notices(Page[NoticeShown]):
    model_config = example({"items": [_NOTICE], "next": None})
