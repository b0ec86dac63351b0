"""The refunds that carry out commitments, from the instruction to the confirmation.

Failures are in `domain.payments.failure`, refunds that go to a person in `domain.payments.referral`.
"""

from collections.abc import Sequence
from typing import assert_never
from uuid import UUID

from domain.commitments import events as commitment_events
from domain.commitments import making
from domain.commitments.events import CommitmentClass, CommitmentEvent, CommitmentKind, Origin, Participant, Promise
from domain.commitments.state import Commitment
from domain.dispute.case import Basis
from domain.dispute.state import Dispute
from domain.kernel.base import Command, Event, Instant, OnDispute, OnRefund, Role
from domain.kernel.conversion import Quote
from domain.kernel.frozen import frozen
from domain.kernel.money import Money
from domain.kernel.people import Side
from domain.kernel.refusals import Conflict
from domain.payments import refund_facts, refunds, transaction, transaction_facts
from domain.payments.execution_facts import ExecutionEvent, ReferralReason, RefundReferred, RefundUnderway
from domain.payments.refund_facts import Refund, RefundEvent
from domain.payments.transaction_facts import Transaction, TransactionEvent
from domain.policy.policy import Policy

# --- types ---


class InstructRefund(OnDispute, halted_by_stay=True, recorded_as=refund_facts.RefundInstructed, given_by=Role.ENGINE):
    """Sent by the refund process for each open commitment of money. The refund's id derives from the commitment's."""

    commitment_id: UUID


class ConfirmRefund(OnRefund):
    """The provider paid. `provider_reference` is the provider's own name for the payment.

    `paid` is how much, if the provider says so. If that is another sum than the one owed, a person looks at it. `payout`
    is how it was paid out in another currency.
    """

    provider_reference: str | None = None
    reference_key: UUID | None = None
    paid: Money | None = None
    payout: Quote | None = None


class ReleaseRefund(OnRefund, recorded_as=refund_facts.RefundCancelled, given_by=Role.ENGINE):
    """Sent by the refund process when the commitment of a failed refund was waived or replaced. No money moves."""


ExecutionCommand = InstructRefund | ConfirmRefund | ReleaseRefund


class NotOwedYet(Conflict):
    """The instalment is not owed before `owed_from`.

    Why: An instalment is paid when it is due and not earlier, so that the payer can rely on the plan.

    What to do: Wait until `owed_from`.

    Example: {"owed_from": "2026-12-03T10:00:00+00:00"}
    """


class NotARefund(Conflict):
    """The commitment is not carried out by a refund.

    Why: A refund pays money out of the order. This commitment is a service, is about goods, or is paid by the buyer
    directly.

    What to do: Confirm the commitment itself when it is kept, with `POST
    /v1/disputes/{dispute_id}/commitments/{commitment_id}/fulfilment`.

    Example: {"commitment_id": "17acab10-cfd7-5218-a2ec-6b953cc3eec9"}
    """


@frozen
class Execution:
    """The three streams that a decision about one refund needs."""

    dispute: Dispute
    transaction: Transaction
    refund: Refund | None

    @classmethod
    def of(cls, basis: Basis) -> "Execution":
        return cls(basis.dispute, basis.case.transaction, basis.case.refund)


# --- decisions ---


def decide(basis: Basis, command: ExecutionCommand) -> Sequence[Event]:
    match command:
        case InstructRefund():
            return instruct(Execution.of(basis), command)
        case ConfirmRefund():
            return confirm(Execution.of(basis), basis.policy, command)
        case ReleaseRefund():
            return release(Execution.of(basis), command)
        case _:
            assert_never(command)


def instruct(case: Execution, command: InstructRefund) -> list[ExecutionEvent | TransactionEvent | RefundEvent]:
    commitment = case.dispute.commitments.get(command.commitment_id)
    if commitment is None or case.refund is not None:
        return []  # it was waived, replaced or paid, or is already under way
    if not commitment.by_refund or commitment.amount is None:
        raise NotARefund(commitment_id=str(commitment.id))
    if commitment.owed_from is not None and command.now < commitment.owed_from:
        raise NotOwedYet(owed_from=commitment.owed_from.isoformat())
    return _reserved(case, commitment, commitment.amount, refund_facts.RefundSubmitted())


def ordered(case: Execution) -> list[ExecutionEvent | TransactionEvent | RefundEvent]:
    """The refunds of a resolution, in the same act as the grant. The refund process makes the first attempt at once."""
    owed = [c for c in case.dispute.commitments.open.values() if c.by_refund]
    return [event for c in owed if c.amount is not None for event in _reserved(case, c, c.amount)]


def _reserved(
    case: Execution, commitment: Commitment, amount: Money, *attempted: RefundEvent
) -> list[ExecutionEvent | TransactionEvent | RefundEvent]:
    """The money is set aside and the refund instructed."""
    rid = commitment_events.refund_id_of(commitment.id)
    return [
        *transaction.reserve(
            case.transaction,
            refund_id=rid,
            dispute_id=case.dispute.id,
            amount=amount,
            beyond_claim=commitment.beyond_claim,
        ),
        _instructed(case.dispute, commitment, rid, amount),
        *attempted,
        RefundUnderway(commitment_id=commitment.id, refund_id=rid),
    ]


def _instructed(dispute: Dispute, commitment: Commitment, rid: UUID, amount: Money) -> refund_facts.RefundInstructed:
    return refund_facts.RefundInstructed(
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
    case: Execution, policy: Policy, command: ConfirmRefund
) -> list[RefundEvent | TransactionEvent | CommitmentEvent | ExecutionEvent]:
    """Records that the provider paid. Raises RefundEnded if the commitment was waived or replaced after a failure: such
    a refund must not be paid, because that would be twice. What the provider paid all the same is recorded, and a
    supervisor looks at it.
    """
    refunds.check_may_report(command.actor.role)
    refund = refunds.known(case.refund, command.refund_id, case.dispute.id)
    reported = command.provider_reference, command.reference_key, command.paid, command.payout
    if _besides(case, refund, command):
        return _paid_besides(case, policy, refund, command)
    if (doubt := _doubt(case.dispute, refund, command)) is not None:
        affirmed = refunds.affirm(refund, *reported)
        return [affirmed, making.keep_commitment(doubt, command.now, command.actor.role, affirmed)]
    looked_at = refund.status not in refunds.OVER and not command.imported
    if looked_at and refunds.differs(refund, command.paid, command.payout, command.actor.role):
        return _differently(case, policy, refund, command)
    confirmed = refunds.confirm(refund, *reported)
    return [*confirmed, *carried_out(case, refund, command, confirmed[0])] if confirmed else []


def _doubt(dispute: Dispute, refund: Refund, command: ConfirmRefund) -> Commitment | None:
    """The commitment to find out whether the refund was paid, if a person now names the payment: its reference."""
    if command.actor.role is Role.ENGINE or command.reference_key is None or not refunds.unnamed(refund):
        return None
    paid = next((c for c in dispute.commitments.paid if c.id == refund.commitment_id), None)
    return dispute.commitments.get(paid.decision) if paid is not None and paid.decision is not None else None


def _besides(case: Execution, refund: Refund, command: ConfirmRefund) -> bool:
    """Whether the provider says that it paid what the record does not allow for. A person who says so is refused."""
    if command.actor.role is not Role.ENGINE or command.imported:
        return False
    unowed = refund.status not in refunds.OVER and case.dispute.commitments.get(refund.commitment_id) is None
    return unowed or refunds.against_record(refund, command.paid, command.reference_key)


def _paid_besides(
    case: Execution, policy: Policy, refund: Refund, command: ConfirmRefund
) -> list[RefundEvent | TransactionEvent | CommitmentEvent | ExecutionEvent]:
    """The report is on record, once, and a supervisor owes the marketplace a look at it, within the window for deciding
    challenges. The marketplace says when that was done: only it knows what became of the money.
    """
    paid = command.paid or refund.amount
    if (paid, command.payout, command.reference_key) in refund.differing:
        return []
    due_at, proof = policy.due("remedy", None, command.now, window=policy.windows.challenge)
    promise = Promise(
        kind=CommitmentKind.DECIDE,
        owed_by=Participant.SUPERVISOR,
        owed_to=Participant.MARKETPLACE,
        due_at=due_at,
        proof=proof,
    )
    made = making.make_commitment(case.dispute, promise, Origin.PAYMENT, as_class=CommitmentClass.SERVICE)
    told = refund_facts.RefundPaidAgainstRecord(
        recipient_subject=refund.recipient_subject,
        decision_id=made.commitment_id,
        paid=paid,
        payout=command.payout,
        reference_key=command.reference_key,
        provider_reference=command.provider_reference,
    )
    return [made, told]


def _differently(
    case: Execution, policy: Policy, refund: Refund, command: ConfirmRefund
) -> list[RefundEvent | TransactionEvent | CommitmentEvent | ExecutionEvent]:
    """Another payment than the one owed. It is on record, the money stays owed, and a person looks at it. Something
    moved, so the commitment cannot be waived or replaced meanwhile, also if an earlier attempt had failed.
    """
    owed = case.dispute.commitments.get(refund.commitment_id)
    if owed is None:
        raise refunds.RefundEnded(status=refund.status, commitment=case.dispute.commitments.ended[refund.commitment_id])
    told = refunds.differently(
        refund, command.provider_reference, command.reference_key, command.paid or refund.amount, command.payout
    )
    if told and not owed.underway:
        moved = RefundUnderway(commitment_id=owed.id, refund_id=refund.id)
        return [*told, moved, *referred(case, policy, refund, "paid_differently", command.now, anew=True)]
    return [*told, *referred(case, policy, refund, "paid_differently", command.now)]


def referred(
    case: Execution, policy: Policy, refund: Refund, why: ReferralReason, now: Instant, *, anew: bool = False
) -> list[ExecutionEvent | CommitmentEvent]:
    """Makes the supervisor owe the marketplace a decision, within the window for deciding challenges. `anew`: also if
    one is owed already, which then ends.

    In an imported past case nobody is asked any more, except about money that came back, or may have. What is owed after
    closure does not open the dispute again.
    """
    held, back = case.dispute.commitments, why in ("bounced", "contradicted")
    paid = next((c for c in held.paid if c.id == refund.commitment_id), None) if back else None
    commitment = held.get(refund.commitment_id) or paid
    if commitment is None or (commitment.decision is not None and not anew):
        return []
    if case.dispute.imported and not back:
        return []
    due_at, proof = policy.due("remedy", None, now, window=policy.windows.challenge)
    promise = Promise(
        kind=CommitmentKind.DECIDE,
        owed_by=Participant.SUPERVISOR,
        owed_to=Participant.MARKETPLACE,
        due_at=due_at,
        proof=proof,
    )
    as_class = CommitmentClass.SERVICE if case.dispute.closed else CommitmentClass.REMEDY
    made = making.make_commitment(case.dispute, promise, Origin.REFUND, as_class=as_class)
    return [
        made,
        RefundReferred(commitment_id=commitment.id, refund_id=refund.id, decision_id=made.commitment_id, why=why),
    ]


def carried_out(
    case: Execution, refund: Refund, command: Command, fact: RefundEvent
) -> list[TransactionEvent | CommitmentEvent]:
    """Settles the refund and keeps its commitment. `fact` is the confirmation, or the payment in another way."""
    commitment = case.dispute.commitments.get(refund.commitment_id)
    if commitment is None:
        raise refunds.RefundEnded(status=refund.status, commitment=case.dispute.commitments.ended[refund.commitment_id])
    kept = making.keep_commitment(commitment, command.now, command.actor.role, fact, refund_id=refund.id)
    return [transaction_facts.RefundSettled(refund_id=refund.id), kept]


def release(case: Execution, command: ReleaseRefund) -> list[RefundEvent | TransactionEvent]:
    refund = refunds.known(case.refund, command.refund_id, case.dispute.id)
    if case.dispute.commitments.get(refund.commitment_id) is not None:
        return []
    released: list[RefundEvent | TransactionEvent] = [*refunds.release(refund)]
    if released and refund.id in case.transaction.movements:  # beyond the claim: released with its commitment
        released.append(transaction_facts.RefundReleased(refund_id=refund.id))
    return released
