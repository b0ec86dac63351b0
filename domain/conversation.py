"""What people write to each other about a dispute. A message is not evidence; its original text is the record."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from uuid import UUID

from domain import commitments
from domain.base import Command, Event, Instant, Role
from domain.commitments import Bearer, CommitmentEvent, CommitmentKind
from domain.people import Text, Words
from domain.refusals import Conflict, Forbidden

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


def post(dispute: "Dispute", conversation: Conversation, command: PostMessage) -> list[ConversationEvent | CommitmentEvent]:
    """Also after closure. A reply keeps the neutral's promise of a first act, so that one writes to the dispute as well."""
    role = command.actor.role
    if role is Role.AUDITOR or (role is Role.NEUTRAL and command.actor.subject != dispute.escalation.neutral):
        raise MayNotWrite(role=role.value)
    if conversation.messages >= MAX_MESSAGES:
        raise ConversationFull(limit=MAX_MESSAGES)
    posted = MessagePosted(
        number=conversation.messages + 1,
        by=role,
        message=dispute.text(command.message, command.actor),
        channel=command.channel,
        written_at=command.written_at,
    )
    return [posted, *kept_by_acting(dispute, role, command.now)]


def kept_by_acting(dispute: "Dispute", role: Role, now: Instant) -> list[CommitmentEvent]:
    """The neutral's promise to look at the case is kept by the neutral's first act in it."""
    if role is not Role.NEUTRAL:
        return []
    return [
        commitments.kept(c, now, role)
        for c in dispute.commitments.open.values()
        if c.owed_by is Bearer.NEUTRAL and c.kind is CommitmentKind.REVIEW and c.arises_from == "policy"
    ]
