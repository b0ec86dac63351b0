"""Whose answer is owed: a message to somebody starts a clock, if the policy has the window `message_reply`.

The clock is a commitment of the class `service`. The next message of whoever was asked keeps it
(`domain.commitments.fulfilment`). It also ends if they say that no answer is needed, if the dispute closes, and if they
are erased. Several unanswered messages to one side have one clock, from the first of them.

What is written in public has a clock of its own, with the window `public_reply`: only an answer in public keeps it.

While a dispute has no neutral, the supervisor owes what the neutral is asked, and the next neutral owes it from then on.

    Refusal
    ├── Forbidden
    │   └── NotYourReply
    └── Conflict
        ├── NoMessageWaits
        └── AskedAgain
"""

from collections.abc import Sequence
from typing import assert_never
from uuid import UUID

from domain.commitments import making
from domain.commitments.events import (
    CommitmentDischarged,
    CommitmentKind,
    CommitmentMade,
    CommitmentPassed,
    Origin,
    Participant,
    Promise,
    commitment_id_of,
)
from domain.commitments.named import check_known, open_commitment
from domain.commitments.state import Commitment
from domain.dispute.case import Basis
from domain.dispute.state import Dispute
from domain.kernel.base import Event, Instant, OnDispute, Role
from domain.kernel.people import Side
from domain.kernel.refusals import Conflict, Forbidden
from domain.policy.policy import Policy
from domain.settlement.conversation_facts import Conversation, Reader
from domain.settlement.replies_facts import MessageSeen, ReplyNotNeeded

# --- types ---

_SIDES = frozenset({Participant.BUYER, Participant.SELLER})


class NoReplyNeeded(OnDispute):
    """Whoever was asked says that no answer is needed. `up_to` is the last message that they have read."""

    commitment_id: UUID
    up_to: int | None = None


class SeeMessages(OnDispute):
    """Sent by the engine when somebody has read the messages up to the number `up_to`."""

    up_to: int


ReplyCommand = NoReplyNeeded | SeeMessages


class NotYourReply(Forbidden):
    """The answer is not owed by your role, so you cannot say that none is needed.

    Why: Whoever was asked knows whether there is anything to answer. Whoever asked could otherwise be left without one.

    What to do: If you asked and need no answer any more, waive the commitment. Otherwise leave it to `owed_by`.

    Example: {"owed_by": "seller", "role": "buyer"}
    """


class NoMessageWaits(Conflict):
    """This commitment is not the answer to a message.

    Why: Only an answer that a message waits for can end because none is needed. Everything else that is owed is owed to
    somebody who counts on it.

    What to do: Take the id of a commitment that arises from `message`. Whoever is owed another one can waive it.

    Example: {"arises_from": "promise"}
    """


class AskedAgain(Conflict):
    """`up_to` is earlier than message `number`, which waits for your answer too.

    Why: One answer is owed for all unanswered messages. If it ended now, a message that you have not seen would stay
    without an answer.

    What to do: Read the messages up to `number`, and send the act again with that `up_to`.

    Example: {"number": 7, "up_to": 4}
    """

    pointer = "/up_to"


# --- decisions ---


def decide(basis: Basis, command: ReplyCommand) -> Sequence[Event]:
    match command:
        case NoReplyNeeded():
            return no_reply_needed(basis.dispute, basis.case.conversation, command)
        case SeeMessages():
            return see(basis, command)
        case _:
            assert_never(command)


def asked(
    dispute: Dispute,
    policy: Policy,
    to: Reader | None,
    by: Role,
    message: int,
    now: Instant,
    *,
    public: bool = False,
    after: int = 0,
) -> list[CommitmentMade | CommitmentPassed]:
    """The clock that a message starts. What the buyer writes in public asks the seller, unless it says whom. An answer of the
    seller there asks nobody. `after` is how many commitments the same act makes before it.
    """
    clause, origin = ("public_reply", Origin.PUBLIC_MESSAGE) if public else ("message_reply", Origin.MESSAGE)
    if public and to is None and by is Role.BUYER:
        to = "seller"
    if to is None or getattr(policy.windows, clause) is None or dispute.closed:
        return []
    owed_by = Participant(to)
    absent = owed_by is Participant.NEUTRAL and dispute.escalation.neutral is None
    owes = Participant.SUPERVISOR if absent else owed_by
    running = any(owed.arises_from is origin for owed in owed_of(dispute, owes.value))
    if by.value in (owed_by.value, owes.value) or running:
        return []
    party = dispute.party(Side(owed_by.value)) if owed_by in _SIDES else None
    due_at, proof = policy.due(clause, party, now)
    promise = Promise(
        kind=CommitmentKind.REPLY,
        owed_by=owed_by,
        owed_to=Participant(by.value),
        subject=dispute.subject_of_participant(owed_by),
        due_at=due_at,
        proof=proof,
    )
    number = dispute.commitments.made + 1 + after
    own = {
        "number": number,
        "commitment_id": commitment_id_of(dispute.transaction_id, dispute.id, number),
        "message": message,
    }
    made = making.make_commitment(dispute, promise, origin).model_copy(update=own)
    passed = CommitmentPassed(commitment_id=made.commitment_id, owed_by=Participant.SUPERVISOR)
    return [made, passed] if absent else [made]


def no_reply_needed(
    dispute: Dispute, conversation: Conversation, command: NoReplyNeeded
) -> list[ReplyNotNeeded | CommitmentDischarged]:
    """Also possible while the dispute is stayed."""
    commitment_id, role = command.commitment_id, command.actor.role
    check_known(dispute, commitment_id, command.actor)
    if dispute.commitments.ended.get(commitment_id) == "discharged":
        return []
    owed = open_commitment(dispute, commitment_id)
    if not owed.answers_message:
        raise NoMessageWaits(arises_from=owed.arises_from.value)
    if not may_decline(owed, role):
        raise NotYourReply(owed_by=owed.owed_by.value, role=role.value)
    last = _last_asked(conversation, owed)
    if command.up_to is not None and command.up_to < last:
        raise AskedAgain(number=last, up_to=command.up_to)
    return [
        ReplyNotNeeded(commitment_id=owed.id, by=role, message=owed.message),
        CommitmentDischarged(commitment_id=owed.id, reason="no_reply_needed"),
    ]


def see(basis: Basis, command: SeeMessages) -> list[MessageSeen]:
    """Only the first sight of a message whose answer the reader owes is on record."""
    role = command.actor.role
    return [
        MessageSeen(message=owed.message, by=role, shared=basis.policy.parties_told_seen)
        for owed in owed_of(basis.dispute, role.value)
        if owed.message is not None and owed.message <= command.up_to and (owed.message, role) not in basis.case.seen.by
    ]


def may_decline(owed: Commitment, role: Role) -> bool:
    return owed.answers_message and role.value == owed.owed_by.value


def owed_of(dispute: Dispute, side: str) -> list[Commitment]:
    """The open answers that this side owes. Several only if it took over one from a neutral who left."""
    return [owed for owed in dispute.commitments.open.values() if owed.answers_message and owed.owed_by.value == side]


def over(dispute: Dispute) -> list[CommitmentDischarged]:
    """Once the dispute is closed, nobody owes an answer any more."""
    if not dispute.closed:
        return []
    owed = (c for c in dispute.commitments.open.values() if c.answers_message)
    return [CommitmentDischarged(commitment_id=c.id, reason="dispute_over") for c in owed]


def ended_by_erasure(dispute: Dispute, subject: UUID) -> list[CommitmentDischarged]:
    """An erased person owes no answer: what was asked of them cannot be read any more."""
    owed = (c for c in dispute.commitments.open.values() if c.answers_message and c.subject == subject)
    return [CommitmentDischarged(commitment_id=c.id, reason="person_erased") for c in owed]


def _last_asked(conversation: Conversation, owed: Commitment) -> int:
    """The number of the last message that waits for this answer. What the supervisor took over was asked of the neutral."""
    asked_of = {owed.owed_by.value, Participant.NEUTRAL.value} if owed.passed else {owed.owed_by.value}
    return max((conversation.asked.get(one, 0) for one in asked_of), default=0)
