"""The money of a refund beyond the claim: set aside when it is promised, freed when the promise ends unpaid."""

from domain.commitments.events import BEYOND_CLAIM, CommitmentMade, refund_id_of
from domain.commitments.state import Commitment
from domain.dispute.state import Dispute
from domain.payments import transaction
from domain.payments.transaction_facts import RefundReleased, Transaction, TransactionEvent


def set_aside(dispute: Dispute, tx: Transaction, new: CommitmentMade) -> list[TransactionEvent]:
    """Sets money aside for a refund beyond the claim.

    This is in the same append as the commitment, so that no other commitment, filing or refund can take the money.
    """
    amount = new.promise.amount
    if new.arises_from not in BEYOND_CLAIM or not new.promise.by_refund or amount is None:
        return []
    refund_id = refund_id_of(new.commitment_id)
    return transaction.reserve(tx, refund_id=refund_id, dispute_id=dispute.id, amount=amount, beyond_claim=True)


def given_back(commitment: Commitment) -> list[TransactionEvent]:
    """Frees what was set aside for a commitment beyond the claim that ends unpaid."""
    if not (commitment.beyond_claim and commitment.by_refund):
        return []
    return [RefundReleased(refund_id=refund_id_of(commitment.id))]
