"""Somebody reports that a commitment was kept. The participant that owes it cannot; only the marketplace can confirm its
own.
"""

from uuid import UUID

from domain.commitments.events import CommitmentEvent, CommitmentKept, Origin, Participant
from domain.commitments.making import keep_commitment
from domain.commitments.named import check_known, open_commitment
from domain.commitments.own_acts import (
    ActDecides,
    RefundDecides,
    VoucherDecides,
    check_not_by_its_own_act,
    waits_for,
)
from domain.commitments.participants import roles_of
from domain.commitments.state import Commitment
from domain.dispute.state import Dispute
from domain.kernel.base import OnDispute, Role
from domain.kernel.people import Words
from domain.kernel.refusals import Forbidden
from domain.payments import transaction_facts
from domain.payments.transaction_facts import TransactionEvent
from domain.remedies import handover

# --- types ---


class KeepCommitment(OnDispute, recorded_as=CommitmentKept):
    commitment_id: UUID
    note: Words | None = None


class NotYoursToConfirm(Forbidden):
    """Your role cannot confirm that this commitment was kept.

    Why: The one who owes something is not the one who can say that it was done. The creditor or the marketplace can.

    What to do: Ask the creditor or the marketplace to confirm it. You can show what you did in a message or an exhibit.

    Example: {"owed_by": "seller", "role": "seller"}
    """


# --- decisions ---


def keep(dispute: Dispute, command: KeepCommitment) -> list[CommitmentEvent | TransactionEvent]:
    """Records that a commitment was kept. Money that the buyer paid back of a refund can leave the order again."""
    check_known(dispute, command.commitment_id, command.actor)
    if dispute.commitments.ended.get(command.commitment_id, "").startswith("kept"):
        return []
    commitment = open_commitment(dispute, command.commitment_id)
    if commitment.by_refund:
        raise RefundDecides(commitment_id=str(commitment.id))
    check_not_by_its_own_act(commitment)
    if commitment.issues_voucher is not None:
        raise VoucherDecides(number=commitment.issues_voucher)
    if (about := waits_for(dispute, commitment)) is not None:
        raise ActDecides(commitment_id=str(commitment.id), about=about)
    if not may_keep(dispute, commitment, command.actor.role):
        raise NotYoursToConfirm(owed_by=commitment.owed_by.value, role=command.actor.role.value)
    done = keep_commitment(commitment, command.now, command.actor.role, note=dispute.text(command.note, command.actor))
    if (
        commitment.arises_from is not Origin.RECOVERY
        or commitment.owed_by is not Participant.BUYER
        or commitment.amount is None
    ):
        return [done]
    return [done, transaction_facts.RefundRecovered(dispute_id=dispute.id, amount=commitment.amount)]


def may_keep(dispute: Dispute, commitment: Commitment, role: Role) -> bool:
    """For a step of goods, only the side that receives them and the marketplace may confirm it. What an act keeps,
    nobody may.
    """
    if dispute.goods is not None and dispute.goods.waits_for(commitment.id):
        return handover.may_keep(dispute.goods, role)
    if commitment.issues_voucher is not None:
        return False
    return waits_for(dispute, commitment) is None and may_confirm(commitment, role)


def may_confirm(commitment: Commitment, role: Role) -> bool:
    """Whether this role may confirm that the commitment was kept.

    The creditor, the marketplace, a supervisor and the neutral may; the debtor may not. Only the marketplace may
    confirm its own.
    """
    if commitment.on_refund:
        return False
    witnesses = {Role.MARKETPLACE, Role.SUPERVISOR, Role.NEUTRAL, *roles_of(commitment.owed_to)}
    return role in witnesses - (roles_of(commitment.owed_by) - {Role.MARKETPLACE})
