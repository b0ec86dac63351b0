"""What people write to each other about a dispute. A message is not evidence. Its original text is the record.

A message may carry files. They are judged as evidence is, and are no evidence: `domain.evidence.attachments` makes an
exhibit of one.

Messages have a stream of their own, so that chat never competes with decisions. Only a message that makes or keeps a
commitment touches the dispute too.
"""

from collections.abc import Sequence
from uuid import UUID

from domain.commitments.events import CommitmentMade, CommitmentPassed
from domain.commitments.promising import NewPromise, with_message
from domain.dispute.case import Basis
from domain.dispute.state import Dispute
from domain.evidence.exhibit_facts import File
from domain.kernel.base import AboutPerson, Event, Instant, OnDispute, Role
from domain.kernel.channels import PUBLIC_CHANNELS, Call, Channel, Mailed, PublicPost
from domain.kernel.people import Words
from domain.kernel.refusals import Conflict, Forbidden, Malformed
from domain.policy.policy import Policy
from domain.settlement import channels, replies
from domain.settlement.channels import Publication
from domain.settlement.conversation_facts import (
    Conversation,
    MessagePosted,
    PromiseInMessage,
    Reader,
)
from domain.settlement.translation import is_forgotten

# --- types ---

MAX_MESSAGES = 10_000

MAX_FILES = 10
"""Of one message."""

MAX_ATTACHMENTS = 100
"""Of all messages of one role in one dispute, as many as exhibits. One side can't use up what the other may send."""

MOST_IN_A_MINUTE = 60
"""Messages of one role in one dispute. Nobody writes so fast; a program that is out of control does."""


class PostMessage(OnDispute):
    """`arrival` is a keyed hash of the id that the message has in its channel. A message that arrives again with the same one
    is the same message: nothing is recorded.
    """

    message: Words
    channel: Channel
    written_at: Instant | None = None
    to: Reader | None = None
    promise: NewPromise | None = None
    files: tuple[File, ...] = ()
    in_reply_to: int | None = None
    machine_written: bool = False
    call: Call | None = None
    public: Publication | None = None
    arrival: UUID | None = None
    mail: Mailed | None = None


class PostMail(PostMessage, AboutPerson):
    """Sent by the engine for a mail that arrived at `received_at`. `subject` is the party whose message it is."""

    received_at: Instant


ConversationCommand = PostMessage | PostMail


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


class UnknownMessage(Malformed):
    """`in_reply_to` names a message that does not exist.

    Why: Messages are numbered in each dispute from 1. An answer names a message that its author can read.

    What to do: Read the messages of the dispute, and send the number of one of them, or leave out `in_reply_to`.

    Example: {"number": 7}
    """

    pointer = "/in_reply_to"


class TooManyFiles(Malformed):
    """`files` has more than `limit` files.

    Why: The limit bounds what one message makes everybody in the dispute read.

    What to do: Send the files in several messages, or put several papers into one file.

    Example: {"limit": 10}
    """

    pointer = "/files"


class TooManyAttachments(Conflict):
    """Your messages in this dispute would carry more than `limit` files.

    Why: Everybody in the dispute looks through these files, and they are kept as long as the dispute. Each side has a limit
    of its own, so that none uses up what another may send.

    What to do: Put several papers into one file, or add what matters as an exhibit.

    Example: {"limit": 100}
    """


class TooManyMessages(Conflict):
    """You wrote `limit` messages in this dispute within a minute. You can send the next one in `retry_after` seconds.

    Why: Everybody in a dispute reads its messages. So many in so short a time are usually sent by a program with a fault.

    What to do: Wait as many seconds as the header `Retry-After` says, and send the message again under the same key. Write
    one longer message in place of many.

    Example: {"limit": 60, "retry_after": 42}
    """


# --- decisions ---


def decide(basis: Basis, command: ConversationCommand) -> Sequence[Event]:
    """A mail that arrived before its writer was erased is not posted: it would bring back what was destroyed."""
    if isinstance(command, PostMail) and is_forgotten(basis.case.person, command.received_at):
        return []
    return post(basis.dispute, basis.policy, basis.case.conversation, command)


def may_write(role: Role) -> bool:
    return role in {Role.BUYER, Role.SELLER, Role.NEUTRAL, Role.SUPERVISOR, Role.MARKETPLACE}


def post(
    dispute: Dispute, policy: Policy, conversation: Conversation, command: PostMessage
) -> list[MessagePosted | CommitmentMade | CommitmentPassed]:
    """Possible after closure too. The author owes the commitment that is made with the message. Whoever it is written to
    may owe an answer: see `domain.settlement.replies`.
    """
    role = command.actor.role
    if not may_write(role):
        raise MayNotWrite(role=role.value)
    if channels.arrived_before(conversation, command.arrival) is not None:
        return []
    if conversation.messages >= MAX_MESSAGES:
        raise ConversationFull(limit=MAX_MESSAGES)
    _check_pace(conversation, command)
    _check_files(conversation, command)
    if command.in_reply_to is not None and not 1 <= command.in_reply_to <= conversation.messages:
        raise UnknownMessage(number=command.in_reply_to)
    if command.written_at is not None and command.written_at > command.now:
        raise WrittenLater(written_at=command.written_at.isoformat(), now=command.now.isoformat())
    number = conversation.messages + 1
    made = with_message(dispute, policy, command.promise, command, number) if command.promise else None
    message = dispute.text(command.message, command.actor)
    posted = MessagePosted(
        number=number,
        by=role,
        message=message,
        channel=command.channel,
        written_at=command.written_at,
        to=command.to,
        promise=_told(command.promise, made) if command.promise and made else None,
        files=command.files,
        in_reply_to=command.in_reply_to,
        machine_written=command.machine_written,
        call=command.call,
        public=PublicPost(**dict(command.public), author=message.author) if command.public else None,
        mail=command.mail,
        arrival=command.arrival,
    )
    promised = [made] if made else []
    if command.machine_written:  # nobody owes a program an answer
        return [posted, *promised]
    answer = replies.asked(
        dispute,
        policy,
        command.to,
        role,
        number,
        command.now,
        public=command.channel in PUBLIC_CHANNELS,
        after=len(promised),
    )
    return [posted, *promised, *answer]


def _check_pace(conversation: Conversation, command: PostMessage) -> None:
    """Past messages come in bulk, and were written at their own pace. Raises TooManyMessages."""
    pace = conversation.pace.get(command.actor.role)
    if pace is None or command.imported or not pace.covers(command.now):
        return
    if pace.times >= MOST_IN_A_MINUTE:
        raise TooManyMessages(limit=MOST_IN_A_MINUTE, retry_after=pace.wait(command.now))


def _check_files(conversation: Conversation, command: PostMessage) -> None:
    """Raises TooManyFiles, TooManyAttachments."""
    if len(command.files) > MAX_FILES:
        raise TooManyFiles(limit=MAX_FILES)
    if command.files and conversation.files_of(command.actor.role) + len(command.files) > MAX_ATTACHMENTS:
        raise TooManyAttachments(limit=MAX_ATTACHMENTS)


def _told(given: NewPromise, made: CommitmentMade) -> PromiseInMessage:
    return PromiseInMessage(
        commitment_id=made.commitment_id, kind=given.kind, owed_to=given.owed_to, due_at=made.promise.due_at
    )
