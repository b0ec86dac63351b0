"""Refunds that fail, and refunds that come back after they were paid."""

from collections.abc import Sequence

from domain.commitments import money_aside
from domain.commitments.events import CommitmentDischarged, CommitmentEvent, CommitmentMade
from domain.dispute.case import Basis
from domain.kernel.base import Event, Instant, OnRefund, Role
from domain.payments import refund_facts, refunds, transaction_facts
from domain.payments.execution import Execution, referred
from domain.payments.execution_facts import ExecutionEvent, ReferralReason, RefundReturned, RefundStalled
from domain.payments.refund_facts import Refund, RefundEvent
from domain.payments.transaction_facts import TransactionEvent
from domain.policy.policy import Policy
from domain.remedies import recovery
from domain.remedies.recovery_facts import RecoveryEvent

# --- types ---


class FailRefund(OnRefund, recorded_as=refund_facts.RefundFailed, given_by=Role.MARKETPLACE):
    """A refund failed. `attempt` is the number of the failed attempt; None for the last. `bounced`: it was confirmed
    and then came back.
    """

    reason: refund_facts.FailureReason
    attempt: int | None = None


FailureCommand = FailRefund


# --- decisions ---


def decide(basis: Basis, command: FailureCommand) -> Sequence[Event]:
    return fail(Execution.of(basis), basis.policy, command)


def fail(
    case: Execution, policy: Policy, command: FailRefund
) -> list[RefundEvent | TransactionEvent | ExecutionEvent | RecoveryEvent | CommitmentEvent]:
    """Records the failure. The money stays set aside: it is still owed, and the marketplace may yet confirm the refund.

    A refund that failed for good goes to a person. So does one that somebody confirmed without a reference: the payment
    that failed may be that one. If its outcome was overturned while it was on its way, it is no
    longer owed under that outcome.
    """
    refunds.check_may_report(command.actor.role)
    refund = refunds.known(case.refund, command.refund_id, case.dispute.id)
    if command.reason == "bounced" and refund.status in (*refunds.PAID, "bounced"):
        return _bounced(case, policy, refund, command.now)
    if refunds.contradicts(refund, command.actor.role, command.attempt):
        return [*referred(case, policy, refund, "contradicted", command.now)]
    failed = refunds.fail(refund, command.reason, command.now, command.attempt)
    if not failed:
        return []
    stalled = RefundStalled(commitment_id=refund.commitment_id, refund_id=refund.id)
    owed = case.dispute.commitments.get(refund.commitment_id)
    if owed is not None and owed.overturned:
        over = CommitmentDischarged(commitment_id=owed.id, reason="overturned")
        return [*failed, stalled, over, *recovery.not_received(case.dispute, policy, owed, command.now)]
    if any(isinstance(event, refund_facts.RefundFailed) and event.retry_at for event in failed):
        return [*failed, stalled]
    why: ReferralReason = "refused" if command.reason in refunds.DEFINITE else "attempts_used_up"
    return [*failed, stalled, *referred(case, policy, refund, why, command.now)]


def _bounced(
    case: Execution, policy: Policy, refund: Refund, now: Instant
) -> list[RefundEvent | TransactionEvent | ExecutionEvent | RecoveryEvent | CommitmentEvent]:
    """The money is back in the order. It is owed again, and another refund moves it.

    After closure nothing is owed before the dispute is reopened. So a supervisor owes it to reopen the dispute.
    """
    if refund.status == "bounced":
        return []
    if case.dispute.closed:
        return [*referred(case, policy, refund, "bounced", now)]
    paid = next(c for c in case.dispute.commitments.paid if c.id == refund.commitment_id)
    released = transaction_facts.RefundReleased(refund_id=refund.id)
    again = recovery.not_received(case.dispute, policy, paid, now)
    tx = transaction_facts.evolve(case.transaction, released)
    aside = [
        e for made in again if isinstance(made, CommitmentMade) for e in money_aside.set_aside(case.dispute, tx, made)
    ]
    returned = RefundReturned(commitment_id=paid.id, refund_id=refund.id)
    return [returned, refund_facts.RefundBounced(), released, *again, *aside]
