"""Refunds."""

from typing import assert_never

from api.audit.story.phrases import THE, moment, plain, worded
from domain.kernel.base import Role
from domain.kernel.conversion import Payout
from domain.payments import refund_facts


def paid(event: refund_facts.RefundEvent) -> str:
    match event:
        case refund_facts.RefundInstructed(amount=amount, recipient=recipient, funded_by=funder):
            return f"payment of {amount} to the {recipient} instructed, borne by {THE[funder]}"
        case refund_facts.RefundSubmitted(attempt=attempt, by=by):
            again = f" again, attempt {attempt}" if attempt > 1 else ""
            return f"payment submitted{again}{f', as {THE[by]} wants' if by is not Role.ENGINE else ''}"
        case refund_facts.RefundConfirmed(provider_reference=reference, payout=payout):
            return f"payment confirmed{f': {plain(reference)}' if reference else ''}{_paid_out(payout)}"
        case refund_facts.RefundPaidDifferently(paid=paid, payout=payout, provider_reference=reference):
            rate = f", paid out as {payout.paid} at {payout.rate} ({payout.source})" if payout else ""
            return f"payment of {paid} reported, which is not what is owed{f': {plain(reference)}' if reference else ''}{rate}"
        case refund_facts.RefundPaidAgainstRecord(paid=paid, provider_reference=reference):
            named = f": {plain(reference)}" if reference else ""
            return f"payment of {paid} reported, against the record; a supervisor is to look at it{named}"
        case refund_facts.RefundFailed(reason=reason, retry_at=retry_at):
            again = f"; again from {moment(retry_at, 'UTC')}" if retry_at else ""
            return f"payment failed: {worded(reason)}{again}"
        case refund_facts.RefundSettledOtherwise(how=how, by=by, reference=reference, payout=payout):
            return f"paid in another way ({worded(how)}: {plain(reference)}), says {THE[by]}{_paid_out(payout)}"
        case refund_facts.RefundBounced():
            return "payment came back"
        case refund_facts.RefundCancelled():
            return "payment cancelled"
        case _:
            assert_never(event)


def _paid_out(payout: Payout | None) -> str:
    return f", paid out as {payout.paid} at {payout.rate} ({payout.source})" if payout else ""
