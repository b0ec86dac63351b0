"""The fact that somebody wrote a message. The messages of one dispute, the translations of all its texts, and what the engine
read in its pictures.
"""

from typing import Literal
from uuid import UUID

from domain.commitments.events import Participant, PromiseKind
from domain.evidence import machine_reading_facts
from domain.evidence.machine_reading_facts import MachineReadingEvent, MachineReadings
from domain.kernel.base import Event, Instant, Role, Value
from domain.kernel.disclosure import Audience, Told
from domain.kernel.frozen import frozen, replace
from domain.kernel.people import Text
from domain.settlement import translation_facts
from domain.settlement.translation_facts import TranslationEvent, Translations

# --- types ---

Reader = Literal["buyer", "seller", "neutral", "supervisor", "marketplace"]

Channel = Literal["web", "app", "email", "phone", "chat", "post", "api"]


class PromiseInMessage(Value):
    """A commitment made with a message, as it stood then. Events of the commitment say what became of it."""

    commitment_id: Told[UUID]
    kind: Told[PromiseKind]
    owed_to: Told[Participant]
    due_at: Told[Instant]


class MessagePosted(Event, kind="MessagePosted", stream="conversation", told_to=Audience.ALL):
    """Somebody wrote a message. `channel` is how it reached the marketplace.

    `written_at` is when it was written, if that is known to be earlier. Everybody in the dispute reads the message.
    `to` is who it is written to; None means all of them.
    """

    schema_version = 2

    number: Told[int]
    by: Told[Role]
    message: Told[Text]
    channel: Told[Channel]
    written_at: Told[Instant | None] = None
    to: Told[Reader | None] = None
    promise: Told[PromiseInMessage | None] = None


ConversationEvent = MessagePosted | TranslationEvent | MachineReadingEvent


# --- state ---


@frozen
class Conversation:
    messages: int = 0
    translations: Translations = Translations()
    readings: MachineReadings = MachineReadings()


# --- evolve ---


def evolve(conversation: Conversation, event: ConversationEvent) -> Conversation:
    if isinstance(event, MessagePosted):
        return replace(conversation, messages=event.number)
    if isinstance(event, MachineReadingEvent):
        return replace(conversation, readings=machine_reading_facts.evolve(conversation.readings, event))
    return replace(conversation, translations=translation_facts.evolve(conversation.translations, event))
