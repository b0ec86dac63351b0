"""Messages about a dispute, with their files. They are not evidence."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import BeforeValidator, Field, WithJsonSchema

from api.acts.declare import Acts
from api.disputes.commitments.acts import About
from api.disputes.evidence.exhibit_schemas import BINARY, TAKEN, FileName, StoredFile
from api.disputes.settlement.channel_schemas import CallGiven, CallShown, MailedShown, PublicGiven, PublicShown
from api.http.bodies import Act, Answer, Body, Context, Id, Number, Page, Prose, Statement, When, example
from api.http.exact_json import plainly
from api.http.parts import COMMITMENT_ID, DISPUTE_ID
from api.http.relative import ago, ahead
from api.http.roles import PROMISERS
from domain.commitments.events import CommitmentKind, Participant, PromiseKind
from domain.commitments.promising import NewPromise
from domain.evidence.exhibit_facts import File
from domain.kernel.base import Instant
from domain.kernel.channels import Channel, arrived
from domain.kernel.places import LanguageTag
from domain.settlement import channels, conversation
from domain.settlement.conversation_facts import Reader
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


_Channel = Annotated[Channel, Field(description="The channel by which it reached the marketplace.")]
_WrittenAt = Annotated[When | None, Field(description="When it was written, if that is known to be earlier.")]
_To = Annotated[
    Reader | None,
    Field(
        description="The addressee. None: everybody. If the policy has the window `message_reply`, the addressee owes an "
        "answer, unless a machine wrote the message. What the buyer writes in public asks the seller, by the window "
        "`public_reply`."
    ),
]
_InReplyTo = Annotated[
    Number | None, Field(description="The number of the message that it answers, if it answers one.")
]
_ChannelId = Annotated[
    Id | None,
    Field(
        description="The id that the channel gives it. What arrives again over the channel with the same one, from the same "
        "author, is the same message: it is answered as the first time, and nothing is recorded."
    ),
]
_CALL = "The telephone call of which the message tells. Needed with `phone`."
_PUBLIC = "Where the public reads it. Needed with `social`, `review_site` and `forum`."
_MACHINE = "A program wrote the text, and no person. Everybody is shown this."
_PROMISE = "The commitment that the author makes with it."


def _parsed(promise: Any) -> Any:
    """A field of a form is a text. Raises ValueError."""
    return plainly(promise.encode()) if isinstance(promise, str) else promise


class MessageForm(Body):
    """A message as a form, with or without files."""

    model_config = example(
        {"message": "Ecco la ricevuta della spedizione.", "language": "it", "files": ["(the content of ricevuta.pdf)"]}
    )

    message: Prose
    language: LanguageTag
    channel: _Channel = "api"
    written_at: _WrittenAt = None
    to: _To = None
    in_reply_to: _InReplyTo = None
    machine_written: Annotated[bool, Field(description=_MACHINE)] = False
    promise: Annotated[
        PromiseWithMessage | None, BeforeValidator(_parsed), Field(description=f"{_PROMISE} As JSON.")
    ] = None
    call: Annotated[CallGiven | None, BeforeValidator(_parsed), Field(description=f"{_CALL} As JSON.")] = None
    public: Annotated[PublicGiven | None, BeforeValidator(_parsed), Field(description=f"{_PUBLIC} As JSON.")] = None
    channel_id: _ChannelId = None
    files: Annotated[
        tuple[FileName, ...],
        WithJsonSchema({"type": "array", "items": BINARY, "maxItems": conversation.MAX_FILES}),
        Field(description=f"Each file in a field of this name. {TAKEN}"),
    ] = ()

    def act(self) -> "PostMessage":
        return PostMessage(
            message=Statement(text=self.message, language=self.language),
            channel=self.channel,
            written_at=self.written_at,
            to=self.to,
            in_reply_to=self.in_reply_to,
            machine_written=self.machine_written,
            promise=self.promise,
            call=self.call,
            public=self.public,
            channel_id=self.channel_id,
        )


@ACTS.by_hand(by=PROMISERS, with_files=MessageForm)
class PostMessage(Act):
    """Everybody in the dispute can read it. It keeps the replies that the author owes to those it is addressed to."""

    model_config = example(
        {"message": {"text": "Quando posso spedirlo indietro?", "language": "it"}, "channel": "web"},
        {
            "message": {"text": "Vi rispondo entro domani.", "language": "it"},
            "channel": "web",
            "written_at": None,
            "to": "buyer",
            "in_reply_to": None,
            "machine_written": False,
            "promise": {"kind": "reply", "owed_to": "buyer", "due_at": None},
        },
        {
            "message": {"text": "Il venditore non risponde da una settimana.", "language": "it"},
            "channel": "review_site",
            "public": {"address": "https://reviews.example/r/4711", "public_since": ago(hours=2)},
            "channel_id": "r-4711",
        },
    )

    message: Statement
    channel: _Channel = "api"
    written_at: _WrittenAt = None
    to: _To = None
    in_reply_to: _InReplyTo = None
    machine_written: Annotated[bool, Field(strict=True, description=_MACHINE)] = False
    promise: Annotated[PromiseWithMessage | None, Field(description=_PROMISE)] = None
    call: Annotated[CallGiven | None, Field(description=_CALL)] = None
    public: Annotated[PublicGiven | None, Field(description=_PUBLIC)] = None
    channel_id: _ChannelId = None

    def arrival(self, at: Context) -> UUID | None:
        """What it is known by, if it arrives again."""
        if self.channel_id is None:
            return None
        return at.blind.uuid("arrival", at.marketplace, *arrived(self.channel, at.actor.role.value, self.channel_id))

    def command(self, at: Context, *, dispute_id: UUID, files: tuple[File, ...] = ()) -> conversation.PostMessage:
        call = self.call.domain() if self.call else None
        public = self.public.domain() if self.public else None
        if not at.imported:
            channels.check(self.channel, call, public, at.now)
        return conversation.PostMessage(
            **at.common(),
            dispute_id=dispute_id,
            message=self.message.words(),
            channel=self.channel,
            written_at=self.written_at,
            to=self.to,
            promise=self.promise.domain() if self.promise else None,
            files=files,
            in_reply_to=self.in_reply_to,
            machine_written=self.machine_written,
            call=call,
            public=public,
            arrival=self.arrival(at),
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
    "files": [
        {
            "number": 1,
            "name": "ricevuta.pdf",
            "media_type": "application/pdf",
            "size": 48211,
            "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            "href": f"/v1/disputes/{DISPUTE_ID}/messages/1/files/1",
            "exhibit": None,
        }
    ],
    "in_reply_to": None,
    "machine_written": False,
    "call": None,
    "public": None,
    "mail": None,
    "posted_at": ago(hours=1),
    "recorded_at": ago(hours=1, milliseconds=-3.215),
    "seen_at": None,
}


class PromiseGiven(Answer):
    """The commitment made with a message, with its original terms and its present status."""

    commitment_id: UUID
    kind: CommitmentKind
    owed_to: Participant
    due_at: Instant
    status: CommitmentStatus


class MessageFile(StoredFile):
    """A file of a message. It is no evidence, unless an exhibit was made of it."""

    number: Annotated[int, Field(description="Its number in the message. The files of each message count from 1.")]
    exhibit: Annotated[int | None, Field(description="The number of the exhibit that was made of it.")]


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
    files: list[MessageFile]
    in_reply_to: Annotated[int | None, Field(description="The number of the message that it answers.")]
    machine_written: Annotated[
        bool, Field(description="Whether a program wrote the text, and no person. The author declares it.")
    ]
    call: Annotated[CallShown | None, Field(description="The telephone call of which the message tells.")] = None
    public: Annotated[PublicShown | None, Field(description="Where the public reads the message.")] = None
    mail: Annotated[MailedShown | None, Field(description="The mail that the message came as.")] = None
    posted_at: Instant
    recorded_at: Instant
    seen_at: Annotated[
        Instant | None,
        Field(
            description="When whoever owed the answer first saw it. Null if nobody did, if nobody was asked, and for a party "
            "unless the policy has `parties_told_seen`."
        ),
    ] = None


ReplyOwedSince = Annotated[
    dict[Reader, Instant],
    Field(description="Whose answer a message waits for, each with the instant of the first such message."),
]


class Messages(Page[Message]):
    model_config = example(
        {"items": [_MESSAGE], "next": None, "reply_owed_since": {"buyer": ago(hours=1)}, "read_up_to": 0}
    )

    reply_owed_since: ReplyOwedSince
    read_up_to: Annotated[
        int | None,
        Field(
            description="The number of the last message that you had read before; 0 if none. Null for auditors and "
            "administrators."
        ),
    ]
