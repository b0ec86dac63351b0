"""The movements of money that carry out what is owed, from the instruction to the confirmation.

What fails is in `domain.payments.failure`, what goes to a person in `domain.payments.referral`.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, assert_never
from uuid import UUID

from domain.commitments import events as commitment_events
from domain.commitments import state as commitments
from domain.commitments.events import CommitmentEvent
from domain.commitments.state import Commitment
from domain.kernel.base import Command, Event
from domain.kernel.conversion import Quote
from domain.kernel.money import Money
from domain.kernel.people import Side
from domain.kernel.refusals import Conflict
from domain.payments import refund as refunds
from domain.payments import transaction
from domain.payments.refund import Refund, RefundEvent
from domain.payments.transaction import Transaction, TransactionEvent

if TYPE_CHECKING:
    from domain.dispute.state import Dispute

# --- types ---


ReferralReason = Literal["refused", "attempts_used_up", "no_answer", "paid_differently"]


class RefundUnderway(Event, kind="RefundUnderway", stream="dispute"):
    """An attempt to move the money has begun; until it fails, the commitment cannot be waived or replaced."""

    commitment_id: UUID
    refund_id: UUID


class RefundStalled(Event, kind="RefundStalled", stream="dispute"):
    """The refund failed at the provider. What was owed is still owed."""

    commitment_id: UUID
    refund_id: UUID


class RefundReferred(Event, kind="RefundReferred", stream="dispute"):
    """It is handed to a person, whose promise `decision_id` is to retry it, or to settle it otherwise."""

    commitment_id: UUID
    refund_id: UUID
    decision_id: UUID
    why: ReferralReason


class RefundReturned(Event, kind="RefundReturned", stream="dispute"):
    """The refund was confirmed, and came back: what it had carried out is not kept after all."""

    commitment_id: UUID
    refund_id: UUID


RemedyEvent = RefundUnderway | RefundStalled | RefundReferred | RefundReturned


class InstructRefund(Command):
    """Sent by the refund process for each open commitment of money. The refund's id derives from the commitment's."""

    dispute_id: UUID
    commitment_id: UUID


class ConfirmRefund(Command):
    """The provider paid. `provider_reference` is the provider's own name for the payment.

    `paid` is how much, where it says so; `payout` how it was paid out in another currency.
    """

    dispute_id: UUID
    refund_id: UUID
    provider_reference: str | None = None
    reference_key: UUID | None = None
    paid: Money | None = None
    payout: Quote | None = None


class ReleaseRefund(Command):
    """Sent by the refund process when a failed refund's commitment was waived or replaced: the money stays where it is."""

    dispute_id: UUID
    refund_id: UUID


class NotOwedYet(Conflict):
    """This instalment is not owed yet."""


class NotARefund(Conflict):
    """This commitment is not carried out by a refund."""


@dataclass(frozen=True, slots=True)
class Execution:
    """What the decisions about one refund need: the three streams that it touches."""

    dispute: "Dispute"
    transaction: Transaction
    refund: Refund | None


# --- evolve ---


def evolve(held: commitments.Commitments, event: RemedyEvent) -> commitments.Commitments:
    match event:
        case RefundUnderway(commitment_id=cid, refund_id=rid):
            return commitments.underway(held, cid, rid)
        case RefundStalled(commitment_id=cid):
            return commitments.stalled(held, cid)
        case RefundReferred(commitment_id=cid, decision_id=decision):
            return commitments.referred(held, cid, decision)
        case RefundReturned(commitment_id=cid):
            return commitments.unpaid(held, cid)
        case _:
            assert_never(event)


# --- decisions ---


def instruct(case: Execution, command: InstructRefund) -> list[RemedyEvent | TransactionEvent | RefundEvent]:
    commitment = case.dispute.commitments.get(command.commitment_id)
    if commitment is None or case.refund is not None:
        return []  # waived, replaced or paid meanwhile; or already under way
    if not commitment.by_refund or commitment.amount is None:
        raise NotARefund(commitment_id=str(commitment.id))
    if commitment.owed_from is not None and command.now < commitment.owed_from:
        raise NotOwedYet(owed_from=commitment.owed_from.isoformat())
    rid = commitment_events.refund_id_of(commitment.id)
    return [
        *transaction.reserve(
            case.transaction,
            refund_id=rid,
            dispute_id=case.dispute.id,
            amount=commitment.amount,
            beyond_claim=commitment.beyond_claim,
        ),
        _instructed(case.dispute, commitment, rid, commitment.amount),
        refunds.RefundSubmitted(),
        RefundUnderway(commitment_id=commitment.id, refund_id=rid),
    ]


def _instructed(dispute: "Dispute", commitment: Commitment, rid: UUID, amount: Money) -> refunds.RefundInstructed:
    return refunds.RefundInstructed(
        refund_id=rid,
        dispute_id=dispute.id,
        transaction_id=dispute.transaction_id,
        commitment_id=commitment.id,
        recipient=Side(commitment.owed_to.value),
        recipient_subject=dispute.party(Side(commitment.owed_to.value)).subject,
        funded_by=commitment.owed_by.value,
        amount=amount,
    )


def confirm(
    case: Execution, command: ConfirmRefund
) -> list[RefundEvent | TransactionEvent | CommitmentEvent | RemedyEvent]:
    """Once a failed refund's commitment was waived or replaced, it must not be paid any more: that would be twice."""
    refunds.check_may_report(command.actor.role)
    refund = refunds.known(case.refund, command.refund_id, case.dispute.id)
    confirmed = refunds.confirm(refund, command.provider_reference, command.reference_key, command.paid, command.payout)
    return [*confirmed, *carried_out(case, refund, command, confirmed[0])] if confirmed else []


def carried_out(
    case: Execution, refund: Refund, command: Command, fact: RefundEvent
) -> list[TransactionEvent | CommitmentEvent]:
    """By this fact: it was confirmed, or settled in another way."""
    commitment = case.dispute.commitments.get(refund.commitment_id)
    if commitment is None:
        raise refunds.RefundEnded(status=refund.status, commitment=case.dispute.commitments.ended[refund.commitment_id])
    kept = commitments.kept(commitment, command.now, command.actor.role, fact, refund_id=refund.id)
    return [transaction.RefundSettled(refund_id=refund.id), kept]


def release(case: Execution, command: ReleaseRefund) -> list[RefundEvent | TransactionEvent]:
    refund = refunds.known(case.refund, command.refund_id, case.dispute.id)
    if case.dispute.commitments.get(refund.commitment_id) is not None:
        return []
    released: list[RefundEvent | TransactionEvent] = [*refunds.release(refund)]
    if released and refund.id in case.transaction.moves:  # a promise beyond the claim was released when it ended
        released.append(transaction.RefundReleased(refund_id=refund.id))
    return released
