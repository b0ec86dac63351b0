"""Refunds that go to a person, who has them retried or pays in another way; and the retries before that."""

from collections.abc import Sequence
from typing import assert_never
from uuid import UUID

from domain.commitments import events as commitment_events
from domain.commitments import making
from domain.commitments.events import CommitmentEvent
from domain.commitments.state import Commitment
from domain.dispute.case import Basis
from domain.dispute.state import Dispute
from domain.kernel.base import Event, Instant, OnRefund, Role
from domain.kernel.conversion import Quote
from domain.payments import refund_facts, refunds
from domain.payments.execution import Execution, carried_out, referred
from domain.payments.execution_facts import ExecutionEvent, RefundUnderway
from domain.payments.refund_facts import RefundEvent
from domain.payments.transaction_facts import TransactionEvent
from domain.policy.policy import Policy

# --- types ---


class RetryRefund(OnRefund, halted_by_stay=True):
    """Another attempt. The engine gives its number, so that only one worker makes it. A person gives none."""

    attempt: int | None = None


class SettleRefundOtherwise(OnRefund):
    """The provider will not pay it. It was paid in another way, under this reference."""

    how: refund_facts.Otherwise
    reference: str
    reference_key: UUID
    payout: Quote | None = None


ReferralCommand = RetryRefund | SettleRefundOtherwise


# --- decisions ---


def decide(basis: Basis, command: ReferralCommand) -> Sequence[Event]:
    match command:
        case RetryRefund():
            return retry(Execution.of(basis), basis.policy, command)
        case SettleRefundOtherwise():
            return settle(Execution.of(basis), command)
        case _:
            assert_never(command)


def retry(
    case: Execution, policy: Policy, command: RetryRefund
) -> list[RefundEvent | ExecutionEvent | CommitmentEvent]:
    """Makes another attempt. After a referral only a person can ask for one.

    After the last attempt without an answer the refund goes to a person, although the money may be on its way.
    """
    by = command.actor.role
    if by is not Role.ENGINE:
        refunds.check_may_decide(by)
    refund = refunds.known(case.refund, command.refund_id, case.dispute.id)
    commitment = case.dispute.commitments.get(refund.commitment_id)
    if commitment is None or refund.status in refunds.OVER:
        if by is Role.ENGINE:
            return []
        raise refunds.RefundEnded(status=refund.status)
    if by is Role.ENGINE:
        early = refund.next_at is None or command.now < refund.next_at
        if early or commitment.decision is not None or command.attempt != refund.attempts + 1:
            return []
        if refund.tries >= refunds.ATTEMPTS:
            return [*referred(case, policy, refund, "no_answer", command.now)]
    elif refund.status == "submitted" and commitment.decision is None:
        return []
    submitted = refund_facts.RefundSubmitted(attempt=refund.attempts + 1, by=by)
    return [
        submitted,
        *_decided(case, commitment, command.now, by, submitted),
        RefundUnderway(commitment_id=commitment.id, refund_id=refund.id),
    ]


def settle(case: Execution, command: SettleRefundOtherwise) -> list[RefundEvent | TransactionEvent | CommitmentEvent]:
    by = command.actor.role
    refunds.check_may_decide(by)
    refund = refunds.known(case.refund, command.refund_id, case.dispute.id)
    settled = refunds.settle(refund, command.how, by, command.reference, command.reference_key, command.payout)
    if not settled:
        return []
    commitment = case.dispute.commitments.get(refund.commitment_id)
    decided = _decided(case, commitment, command.now, by, settled[0]) if commitment else []
    return [*settled, *decided, *carried_out(case, refund, command, settled[0])]


def _decided(
    case: Execution, commitment: Commitment, now: Instant, by: Role, fact: RefundEvent
) -> list[CommitmentEvent]:
    """Keeps the commitment to decide."""
    decision = case.dispute.commitments.get(commitment.decision) if commitment.decision else None
    return [making.keep_commitment(decision, now, by, fact)] if decision else []


def undecided_no_more(dispute: Dispute) -> list[CommitmentEvent]:
    """Ends the commitments to decide on refunds whose commitment has ended: confirmed after all, waived or replaced; or
    whose bounced refund is owed again.
    """
    held = dispute.commitments
    awaited = {owed.decision for owed in (*held.open.values(), *held.paid)}
    return [
        commitment_events.CommitmentDischarged(commitment_id=owed.id, reason="refund_over")
        for owed in held.open.values()
        if owed.on_refund and owed.id not in awaited
    ]
