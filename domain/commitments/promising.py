"""Somebody makes a commitment: by itself, or with a message. Nobody makes one in another's name."""

from collections.abc import Iterable

from domain.commitments import matters
from domain.commitments.events import (
    MONEY_KINDS,
    CommitmentClass,
    CommitmentEvent,
    CommitmentKind,
    CommitmentMade,
    Matter,
    Origin,
    Participant,
    Promise,
    PromiseKind,
)
from domain.commitments.making import make_commitment
from domain.commitments.money_aside import set_aside
from domain.commitments.participants import roles_of
from domain.commitments.terms import check_terms
from domain.dispute.state import Dispute
from domain.kernel.base import Command, Instant, OnDispute, Role, Value
from domain.kernel.money import Money
from domain.kernel.people import Side, Words
from domain.kernel.refusals import Conflict, DisputeIsClosed, Forbidden, Malformed
from domain.payments.transaction_facts import Transaction, TransactionEvent
from domain.policy.policy import Policy

# --- types ---

MAX_COMMITMENTS = 200


class MakeCommitment(OnDispute):
    """Makes a commitment. `due_at` must lie in the future. `goodwill` marks money that is given beyond the claim, and
    admits nothing.

    `note` has no author yet: the decider sets it to the party for which the actor acts.
    """

    kind: CommitmentKind
    owed_by: Participant
    owed_to: Participant
    amount: Money | None = None
    due_at: Instant
    note: Words | None = None
    goodwill: bool = False
    about: Matter | None = None


BY_LAW_ALONE = frozenset(
    {
        CommitmentKind.ASSIGN,
        CommitmentKind.CO_SIGN,
        CommitmentKind.ERASE,
        CommitmentKind.TRANSLATE,
        CommitmentKind.REACH,
        CommitmentKind.TELL_ADDRESS,
        CommitmentKind.ISSUE_VOUCHER,
    }
)
"""These kinds arise from the state of a dispute or of a request. Nobody can make such a commitment."""


class NewPromise(Value):
    """A commitment that the author of a message makes with it. Without `due_at`, the policy sets the time."""

    kind: PromiseKind
    owed_to: Participant
    due_at: Instant | None = None
    about: Matter | None = None


class NotYoursToPromise(Forbidden):
    """You do not act for the one in `owed_by`, so you cannot make this commitment.

    Why: A commitment binds the one who owes it, so only that one can make it. The marketplace speaks for carriers,
    warehouses and banks.

    What to do: Put your own side in `owed_by`, or ask the other one to make the commitment.

    Example: {"owed_by": "buyer", "role": "seller"}
    """


class ArisesByLawAlone(Malformed):
    """`kind` is of a commitment that arises by itself and that nobody can make.

    Why: Some commitments follow from the rules, such as to co-sign, to assign a neutral or to erase a person. If
    somebody could make them freely, nobody could tell which ones the rules require.

    What to do: Use another `kind`. The engine makes this commitment by itself when its cause arises.

    Example: {"kind": "assign"}
    """

    pointer = "/kind"


class GoodwillIsMoney(Malformed):
    """`goodwill` is set, but the commitment is not one of money.

    Why: Goodwill means money beyond the claim that is paid without admitting it. A service needs no such mark: it
    admits nothing.

    What to do: Leave out `goodwill`, or use the `kind` `refund` or `pay` with an `amount`.

    Example: {"kind": "reply"}
    """

    pointer = "/goodwill"


class TooManyCommitments(Conflict):
    """The dispute already has `limit` open commitments. Those that the parties don't see do not count.

    Why: The limit bounds what one dispute can hold open, and keeps its list readable.

    What to do: Keep, waive or replace open commitments first.

    Example: {"limit": 200}
    """


# --- decisions ---


def make(dispute: Dispute, tx: Transaction, command: MakeCommitment) -> list[CommitmentEvent | TransactionEvent]:
    """Makes a commitment beyond the claim. What is in dispute moves only by concession, offer or ruling.

    The money of a refund is set aside at once, out of what nobody claims.
    """
    if not may_promise(command.actor.role, (command.owed_by,)):
        raise NotYoursToPromise(owed_by=command.owed_by.value, role=command.actor.role.value)
    if command.kind in BY_LAW_ALONE:
        raise ArisesByLawAlone(kind=command.kind.value)
    promise = Promise(
        kind=command.kind,
        owed_by=command.owed_by,
        owed_to=command.owed_to,
        subject=dispute.subject_of(command.actor),
        amount=command.amount,
        due_at=command.due_at,
        made_at=command.now,
        note=dispute.text(command.note, command.actor),
        about=command.about,
    )
    check_terms(dispute, promise, command.now)
    matters.check_open(dispute, promise)
    _check_not_too_many(dispute)
    if command.goodwill and promise.kind not in MONEY_KINDS:
        raise GoodwillIsMoney(kind=promise.kind.value)
    new = make_commitment(dispute, promise, Origin.GOODWILL if command.goodwill else Origin.PROMISE)
    if dispute.closed and new.commitment_class is CommitmentClass.REMEDY:
        raise DisputeIsClosed(closed_as=str(dispute.outcome))
    return [new, *set_aside(dispute, tx, new)]


def with_message(dispute: Dispute, policy: Policy, given: NewPromise, command: Command, message: int) -> CommitmentMade:
    """The commitment of the author of the message with the number `message`."""
    owed_by, now = Participant(command.actor.role.value), command.now
    due_at, proof = given.due_at, None
    if due_at is None:
        party = dispute.party(Side(owed_by.value)) if owed_by in (Participant.BUYER, Participant.SELLER) else None
        due_at, proof = policy.due("promise", party, now)
    promise = Promise(
        kind=given.kind,
        owed_by=owed_by,
        owed_to=given.owed_to,
        subject=dispute.subject_of(command.actor),
        due_at=due_at,
        proof=proof,
        made_at=now,
        about=given.about,
    )
    check_terms(dispute, promise, now, under="/promise")
    matters.check_open(dispute, promise, under="/promise")
    _check_not_too_many(dispute)
    return make_commitment(dispute, promise, Origin.PROMISE).model_copy(update={"message": message})


def may_promise(role: Role, owed_by: Iterable[Participant] = Participant) -> bool:
    """Whether this role can make a commitment for one of these participants. Nobody can in another's name."""
    return any(role in roles_of(participant) for participant in owed_by)


def _check_not_too_many(dispute: Dispute) -> None:
    if sum(not dispute.telling.hides(owed) for owed in dispute.commitments.open) >= MAX_COMMITMENTS:
        raise TooManyCommitments(limit=MAX_COMMITMENTS)
