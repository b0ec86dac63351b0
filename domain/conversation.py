"""What people write to each other about a dispute. A message is not evidence; its original text is the record."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from uuid import UUID

from domain.base import Command, Event, Instant, Role
from domain.people import Text, Words
from domain.refusals import Conflict, Forbidden, Malformed

if TYPE_CHECKING:
    from domain.dispute import Dispute

# --- types ---

MAX_MESSAGES = 10_000

Channel = Literal["web", "app", "email", "phone", "chat", "post", "api"]


class MessagePosted(Event, kind="MessagePosted", stream="conversation"):
    """`channel` is how it reached the marketplace; `written_at` when it was written, if that is known to be earlier."""

    number: int
    by: Role
    message: Text
    channel: Channel
    written_at: Instant | None = None


ConversationEvent = MessagePosted


class PostMessage(Command):
    dispute_id: UUID
    message: Words
    channel: Channel
    written_at: Instant | None = None


class MayNotWrite(Forbidden):
    """Only the parties, the assigned neutral, a supervisor and the marketplace write here."""


class WrittenLater(Malformed):
    """A message was written before it was posted."""

    pointer = "/written_at"


class ConversationFull(Conflict):
    """The conversation holds as many messages as it may."""


# --- state ---


@dataclass(frozen=True, slots=True)
class Conversation:
    messages: int = 0


# --- evolve ---


def evolve(conversation: Conversation, event: ConversationEvent) -> Conversation:
    return Conversation(messages=event.number)


# --- decisions ---


def may_write(role: Role) -> bool:
    return role in {Role.BUYER, Role.SELLER, Role.NEUTRAL, Role.SUPERVISOR, Role.MARKETPLACE}


def post(dispute: "Dispute", conversation: Conversation, command: PostMessage) -> list[ConversationEvent]:
    """Also after closure."""
    role = command.actor.role
    if not may_write(role):
        raise MayNotWrite(role=role.value)
    if conversation.messages >= MAX_MESSAGES:
        raise ConversationFull(limit=MAX_MESSAGES)
    if command.written_at is not None and command.written_at > command.now:
        raise WrittenLater(written_at=command.written_at.isoformat(), now=command.now.isoformat())
    return [
        MessagePosted(
            number=conversation.messages + 1,
            by=role,
            message=dispute.text(command.message, command.actor),
            channel=command.channel,
            written_at=command.written_at,
        )
    ]
