"""The fact that somebody wrote a message. The messages of one dispute, the translations of all its texts, and what the engine
read in its pictures.
"""

from collections.abc import Mapping
from dataclasses import field
from typing import Literal
from uuid import UUID

from domain.commitments.events import Participant, PromiseKind
from domain.evidence import machine_reading_facts
from domain.evidence.exhibit_facts import File
from domain.evidence.machine_reading_facts import MachineReadingEvent, MachineReadings
from domain.kernel.base import Event, Instant, Role, Value
from domain.kernel.channels import Call, Channel, Mailed, PublicPost
from domain.kernel.disclosure import Audience, Told
from domain.kernel.frozen import frozen, replace
from domain.kernel.pace import Pace
from domain.kernel.people import Text
from domain.settlement import translation_facts
from domain.settlement.replies_facts import ReplyNotNeeded
from domain.settlement.translation_facts import TranslationEvent, Translations

# --- types ---

Reader = Literal["buyer", "seller", "neutral", "supervisor", "marketplace"]


class PromiseInMessage(Value):
    """A commitment made with a message, as it stood then. Events of the commitment say what became of it."""

    commitment_id: Told[UUID]
    kind: Told[PromiseKind]
    owed_to: Told[Participant]
    due_at: Told[Instant]


class MessagePosted(Event, kind="MessagePosted", stream="conversation", told_to=Audience.ALL):
    """Somebody wrote a message. `channel` is how it reached the marketplace.

    `written_at` is when it was written, if that is known to be earlier. Everybody in the dispute reads the message.
    `to` is who it is written to; None means all of them. `files` are its attachments, numbered from 1 in their order.
    `in_reply_to` is the number of the message that it answers. `machine_written` is what the author declares: a program
    wrote the text, and no person. `call` is the telephone call of which the text tells; `public` is where the public reads
    it; `mail` is the mail that it came as. `arrival` is a keyed hash of the id that it has in its channel.
    """

    schema_version = 5

    number: Told[int]
    by: Told[Role]
    message: Told[Text]
    channel: Told[Channel]
    written_at: Told[Instant | None] = None
    to: Told[Reader | None] = None
    promise: Told[PromiseInMessage | None] = None
    files: Told[tuple[File, ...]] = ()
    in_reply_to: Told[int | None] = None
    machine_written: Told[bool] = False
    call: Told[Call | None] = None
    public: Told[PublicPost | None] = None
    mail: Told[Mailed | None] = None
    arrival: UUID | None = None


ConversationEvent = MessagePosted | ReplyNotNeeded | TranslationEvent | MachineReadingEvent


# --- state ---


@frozen
class Attached:
    """The attachments of one message, who sent it, and when it was posted."""

    by: Role
    files: tuple[File, ...]
    at: Instant


@frozen
class Arrived:
    """The message that arrived with an id of its channel, and the commitment that was made with it."""

    number: int
    commitment_id: UUID | None = None


@frozen
class Conversation:
    """`attached` has the messages with files, by number; `pace` how fast each role writes. `asked` is the number of the last
    message of a person to somebody else, by the one it is written to. `arrived` has the messages with an id of their channel.
    """

    messages: int = 0
    attached: Mapping[int, Attached] = field(default_factory=dict)
    pace: Mapping[Role, Pace] = field(default_factory=dict)
    asked: Mapping[str, int] = field(default_factory=dict)
    arrived: Mapping[UUID, Arrived] = field(default_factory=dict)
    translations: Translations = Translations()
    readings: MachineReadings = MachineReadings()

    def files_of(self, role: Role) -> int:
        return sum(len(sent.files) for sent in self.attached.values() if sent.by is role)

    def attachment(self, message: int, file: int) -> File | None:
        sent = self.attached.get(message)
        return sent.files[file - 1] if sent is not None and 1 <= file <= len(sent.files) else None


# --- evolve ---


def evolve(conversation: Conversation, event: ConversationEvent, at: Instant) -> Conversation:
    match event:
        case MessagePosted():
            return _posted(conversation, event, at)
        case ReplyNotNeeded():
            return conversation
        case _ if isinstance(event, MachineReadingEvent):
            return replace(conversation, readings=machine_reading_facts.evolve(conversation.readings, event))
        case _:
            return replace(conversation, translations=translation_facts.evolve(conversation.translations, event))


def _posted(conversation: Conversation, event: MessagePosted, at: Instant) -> Conversation:
    paced = {**conversation.pace, event.by: Pace.after(conversation.pace.get(event.by), at)}
    asked, attached, arrived = conversation.asked, conversation.attached, conversation.arrived
    if event.to is not None and event.to != event.by.value and not event.machine_written:
        asked = {**asked, event.to: event.number}
    if event.files:
        attached = {**attached, event.number: Attached(event.by, event.files, at)}
    if event.arrival is not None:
        made = event.promise.commitment_id if event.promise else None
        arrived = {**arrived, event.arrival: Arrived(event.number, made)}
    return replace(conversation, messages=event.number, pace=paced, asked=asked, attached=attached, arrived=arrived)
