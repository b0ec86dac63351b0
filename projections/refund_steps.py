"""What each fact makes of a refund. The case file and the ledger of refunds both take it from here, so they agree."""

from typing import Any, assert_never

from domain.kernel.conversion import Payout
from domain.payments.execution_facts import RefundReferred
from domain.payments.refund_facts import (
    RefundBounced,
    RefundCancelled,
    RefundConfirmed,
    RefundFailed,
    RefundPaidDifferently,
    RefundSettledOtherwise,
    RefundSubmitted,
)
from projections.table import Doc

Step = (
    RefundSubmitted
    | RefundConfirmed
    | RefundPaidDifferently
    | RefundFailed
    | RefundReferred
    | RefundSettledOtherwise
    | RefundCancelled
    | RefundBounced
)
"""A fact that gives a refund another status. `RefundInstructed` begins one; `RefundPaidAgainstRecord` gives it none."""


def step(event: Step) -> dict[str, Any]:
    """The status and its reason; the provider's reference and the payout if the fact says them."""
    match event:
        case RefundSubmitted():
            return {"status": "submitted", "reason": None}
        case RefundConfirmed():
            paid = {"provider_reference": event.provider_reference, "payout": _doc(event.payout)}
            return {"status": "confirmed", "reason": None, **paid}
        case RefundPaidDifferently():
            # The same decision always leaves the refund with a supervisor, or finds it there.
            told = {"status": "referred", "reason": "paid_differently"}
            return {**told, "provider_reference": event.provider_reference}
        case RefundFailed():
            return {"status": "failed", "reason": event.reason}
        case RefundReferred():
            return {"status": "referred", "reason": event.why}
        case RefundSettledOtherwise():
            paid = {"provider_reference": event.reference, "payout": _doc(event.payout)}
            return {"status": "settled_otherwise", "reason": event.how, **paid}
        case RefundCancelled():
            return {"status": "cancelled", "reason": None}
        case RefundBounced():
            return {"status": "bounced", "reason": None}
        case _:
            assert_never(event)


def _doc(payout: Payout | None) -> Doc | None:
    return payout.model_dump(mode="json") if payout else None
