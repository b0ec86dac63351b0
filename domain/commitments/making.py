"""How a decision makes a commitment and ends one. Sets the id and the class of each."""

from typing import TypeVar
from uuid import UUID

from domain.commitments.events import (
    GOODS_KINDS,
    MONEY_KINDS,
    CommitmentClass,
    CommitmentKept,
    CommitmentMade,
    KeptBy,
    Origin,
    Participant,
    Promise,
    commitment_id_of,
)
from domain.commitments.state import Commitment
from domain.dispute.state import Dispute
from domain.kernel.base import Event, Instant, Role
from domain.kernel.money import Money
from domain.kernel.people import Side, Text
from domain.policy.policy import Policy

E = TypeVar("E", bound=Event)

# --- decisions ---


def make_commitment(
    dispute: Dispute, promise: Promise, arises_from: Origin, *, as_class: CommitmentClass | None = None
) -> CommitmentMade:
    """A commitment with the next number, as if it were the first of its act. `numbered` gives the others their numbers.

    So the id is right only for the first commitment of an act. Other facts of the same act must not name a later one.
    """
    number = dispute.commitments.made + 1
    if as_class is None:
        owed = MONEY_KINDS | GOODS_KINDS
        as_class = CommitmentClass.REMEDY if promise.kind in owed else CommitmentClass.SERVICE
    return CommitmentMade.model_validate(
        {
            "commitment_id": commitment_id_of(dispute.transaction_id, dispute.id, number),
            "number": number,
            "commitment_class": as_class,
            "promise": promise,
            "arises_from": arises_from,
        }
    )


def numbered(dispute: Dispute, event: E) -> E:
    """The event as it is recorded. A commitment gets the next number of the dispute, and the id of that number."""
    number = dispute.commitments.made + 1
    if not isinstance(event, CommitmentMade) or event.number == number:
        return event
    return event.model_copy(
        update={"number": number, "commitment_id": commitment_id_of(dispute.transaction_id, dispute.id, number)}
    )


def owe_again(dispute: Dispute, policy: Policy, owed: Commitment, amount: Money | None, now: Instant) -> CommitmentMade:
    """The commitment, or `amount` of it, owed again after its payment failed. The remedy window of the payer sets when
    it is due.
    """
    party = dispute.party(Side(owed.owed_by.value)) if owed.owed_by.value in set(Side) else None
    due_at, proof = policy.due("remedy", party, now)
    promise = Promise(
        kind=owed.kind,
        owed_by=owed.owed_by,
        owed_to=owed.owed_to,
        subject=dispute.subject_of_participant(owed.owed_by),
        amount=amount,
        due_at=due_at,
        proof=proof,
    )
    return make_commitment(dispute, promise, owed.arises_from)


def keep_commitment(
    commitment: Commitment,
    now: Instant,
    by: Role,
    fact: Event | None = None,
    *,
    refund_id: UUID | None = None,
    note: Text | None = None,
) -> CommitmentKept:
    """The commitment was kept by `fact`; None if somebody says so."""
    return CommitmentKept(
        commitment_id=commitment.id,
        late=now >= commitment.due_at,
        by=by,
        refund_id=refund_id,
        note=note,
        kept_by=KeptBy(fact=fact.kind, number=getattr(fact, "number", None)) if fact is not None else None,
    )


def participant(side: Side) -> Participant:
    return Participant(side.value)
