"""Messages about a dispute. They are not evidence."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from api.acts.declare import Acts
from api.disputes.commitments.acts import About
from api.http.bodies import Act, Answer, Body, Context, Page, Statement, When, example
from api.http.parts import COMMITMENT_ID
from api.http.relative import ago, ahead
from api.http.roles import PROMISERS
from domain.commitments.events import CommitmentKind, Participant, PromiseKind
from domain.commitments.promising import NewPromise
from domain.kernel.base import Instant
from domain.settlement import conversation
from domain.settlement.conversation_facts import Channel, Reader
from projections.case_story.commitments import CommitmentStatus
from projections.case_story.parts import Said

ACTS = Acts("Conversation")


class PromiseWithMessage(Body):
    """A commitment that the author of the message owes. For money and goods, use `make_commitment`."""

    kind: PromiseKind
    owed_to: Participant
    due_at: Annotated[When | None, Field(description="Left out: the policy's window `windows.promise` sets it.")] = None
    about: About = None

    def domain(self) -> NewPromise:
        about = self.about.domain() if self.about else None
        return NewPromise(kind=self.kind, owed_to=self.owed_to, due_at=self.due_at, about=about)


@ACTS.by_hand(by=PROMISERS)
class PostMessage(Act):
    """Everybody in the dispute can read it. It keeps the replies that the author owes to those it is addressed to."""

    model_config = example(
        {"message": {"text": "Quando posso spedirlo indietro?", "language": "it"}, "channel": "web"},
        {
            "message": {"text": "Vi rispondo entro domani.", "language": "it"},
            "channel": "web",
            "written_at": None,
            "to": "buyer",
            "promise": {"kind": "reply", "owed_to": "buyer", "due_at": None},
        },
    )

    message: Statement
    channel: Annotated[Channel, Field(description="The channel by which it reached the marketplace.")] = "api"
    written_at: Annotated[When | None, Field(description="When it was written, if that is known to be earlier.")] = None
    to: Annotated[Reader | None, Field(description="The addressee. None: everybody.")] = None
    promise: Annotated[
        PromiseWithMessage | None, Field(description="The commitment that the author makes with it.")
    ] = None

    def command(self, at: Context, *, dispute_id: UUID) -> conversation.PostMessage:
        return conversation.PostMessage(
            **at.common(),
            dispute_id=dispute_id,
            message=self.message.words(),
            channel=self.channel,
            written_at=self.written_at,
            to=self.to,
            promise=self.promise.domain() if self.promise else None,
        )


_MESSAGE: dict[str, Any] = {
    "number": 1,
    "by": "buyer",
    "message": {"text": "Vi rispondo entro domani.", "language": "it"},
    "channel": "web",
    "written_at": None,
    "to": "buyer",
    "promise": {
        "commitment_id": COMMITMENT_ID,
        "kind": "reply",
        "owed_to": "buyer",
        "due_at": ahead(hours=23),
        "status": "pending",
    },
    "posted_at": ago(hours=1),
    "recorded_at": ago(hours=1, milliseconds=-3.215),
}


class PromiseGiven(Answer):
    """The commitment made with a message, with its original terms and its present status."""

    commitment_id: UUID
    kind: CommitmentKind
    owed_to: Participant
    due_at: Instant
    status: CommitmentStatus


class Message(Answer):
    model_config = example(_MESSAGE)

    number: int
    by: Annotated[str, Field(description="The role of the author.")]
    message: Said
    channel: Channel
    written_at: Instant | None
    to: Annotated[
        Reader | None,
        Field(description="The addressee. None: everybody. Everybody in the dispute can read the message in any case."),
    ]
    promise: PromiseGiven | None
    posted_at: Instant
    recorded_at: Instant


class Messages(Page[Message]):
    model_config = example({"items": [_MESSAGE], "next": None})
