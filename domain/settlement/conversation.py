"""What people write to each other about a dispute. A message is not evidence. Its original text is the record.

Messages have a stream of their own, so that chat never competes with decisions. Only a message that makes or keeps a
commitment touches the dispute too.
"""

from collections.abc import Sequence

from domain.commitments.events import CommitmentMade
from domain.commitments.promising import NewPromise, with_message
from domain.dispute.case import Basis
from domain.dispute.state import Dispute
from domain.kernel.base import Event, Instant, OnDispute, Role
from domain.kernel.people import Words
from domain.kernel.refusals import Conflict, Forbidden, Malformed
from domain.policy.policy import Policy
from domain.settlement.conversation_facts import (
    Channel,
    Conversation,
    MessagePosted,
    PromiseInMessage,
    Reader,
)

# --- types ---

MAX_MESSAGES = 10_000


class PostMessage(OnDispute):
    message: Words
    channel: Channel
    written_at: Instant | None = None
    to: Reader | None = None
    promise: NewPromise | None = None


ConversationCommand = PostMessage


class MayNotWrite(Forbidden):
    """Your role cannot write messages here. The parties, the neutral, supervisors and the marketplace can.

    Why: Messages are between those who take part in a dispute. Auditors and administrators do not.

    What to do: Use the token of somebody who takes part, or ask the marketplace to write.

    Example: {"role": "auditor"}
    """


class WrittenLater(Malformed):
    """`written_at` is later than the message itself.

    Why: `written_at` says when somebody wrote the message elsewhere. It can be earlier than the post, and not later.

    What to do: Correct `written_at`, or leave it out.

    Example: {"written_at": "2026-11-03T10:00:00+00:00", "now": "2026-11-02T10:00:00+00:00"}
    """

    pointer = "/written_at"


class ConversationFull(Conflict):
    """The conversation is full: it holds `limit` messages.

    Why: The limit bounds what both sides and the desk have to read, and what one dispute stores.

    What to do: Put what is important into an exhibit or an offer.

    Example: {"limit": 10000}
    """


# --- decisions ---


def decide(basis: Basis, command: ConversationCommand) -> Sequence[Event]:
    return post(basis.dispute, basis.policy, basis.case.conversation, command)


def may_write(role: Role) -> bool:
    return role in {Role.BUYER, Role.SELLER, Role.NEUTRAL, Role.SUPERVISOR, Role.MARKETPLACE}


def post(
    dispute: Dispute, policy: Policy, conversation: Conversation, command: PostMessage
) -> list[MessagePosted | CommitmentMade]:
    """Possible after closure too. The author owes the commitment that is made with the message."""
    role = command.actor.role
    if not may_write(role):
        raise MayNotWrite(role=role.value)
    if conversation.messages >= MAX_MESSAGES:
        raise ConversationFull(limit=MAX_MESSAGES)
    if command.written_at is not None and command.written_at > command.now:
        raise WrittenLater(written_at=command.written_at.isoformat(), now=command.now.isoformat())
    number = conversation.messages + 1
    made = with_message(dispute, policy, command.promise, command, number) if command.promise else None
    posted = MessagePosted(
        number=number,
        by=role,
        message=dispute.text(command.message, command.actor),
        channel=command.channel,
        written_at=command.written_at,
        to=command.to,
        promise=_told(command.promise, made) if command.promise and made else None,
    )
    return [posted, made] if made else [posted]


def _told(given: NewPromise, made: CommitmentMade) -> PromiseInMessage:
    return PromiseInMessage(
        commitment_id=made.commitment_id, kind=given.kind, owed_to=given.owed_to, due_at=made.promise.due_at
    )
