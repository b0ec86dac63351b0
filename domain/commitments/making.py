"""How a decision makes a commitment, and ends one: each commitment's id and class."""

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

# --- decisions ---


def made(
    dispute: Dispute, promise: Promise, arises_from: Origin, *, nth: int = 1, as_class: CommitmentClass | None = None
) -> CommitmentMade:
    """The `nth` commitment that one act makes."""
    number = dispute.commitments.made + nth
    if as_class is None:
        owed = MONEY_KINDS | GOODS_KINDS
        as_class = CommitmentClass.REMEDY if promise.kind in owed else CommitmentClass.SERVICE
    return CommitmentMade.model_validate(
        {
            "commitment_id": commitment_id_of(dispute.id, number),
            "number": number,
            "commitment_class": as_class,
            "promise": promise,
            "arises_from": arises_from,
        }
    )


def again(
    dispute: Dispute, policy: Policy, owed: Commitment, amount: Money | None, now: Instant, *, nth: int = 1
) -> CommitmentMade:
    """What was not paid after all is owed again, or so much of it, within the remedy window of whoever pays."""
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
    return made(dispute, promise, owed.arises_from, nth=nth)


def kept(
    commitment: Commitment,
    now: Instant,
    by: Role,
    fact: Event | None = None,
    *,
    refund_id: UUID | None = None,
    note: Text | None = None,
) -> CommitmentKept:
    """By a `fact`; or because somebody says so."""
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
