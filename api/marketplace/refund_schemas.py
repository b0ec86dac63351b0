"""Movements of money, as the marketplace reports them."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from api.acts.declare import Acts
from api.http.bodies import Act, Answer, Context, Id, Page, example
from api.http.parts import COMMITMENT_ID, DISPUTE_ID, EUR, REFUND_ID
from api.http.relative import ago
from domain.kernel.base import Instant, Role
from domain.kernel.conversion import Quote
from domain.kernel.money import Money
from domain.payments import execution as refund_execution
from domain.payments import failure as refund_failure
from domain.payments import referral as refund_referral
from domain.payments.refund_facts import FailureReason, Otherwise
from projections.case_story.payments import Refund

ACTS = Acts("Refunds", at="/v1/refunds/{refund_id}")

_QUOTE: dict[str, Any] = {
    "paid": {"amount": "140.12", "currency": "USD"},
    "rate": "1.0787",
    "source": "ECB",
    "quoted_at": ago(hours=1),
}


@ACTS.act(
    "/confirmation",
    "Reports that the money was paid: the commitment that the refund carries out is kept.",
    by={Role.MARKETPLACE},
)
class ConfirmRefund(Act):
    """Reports that the money was paid."""

    model_config = example({"provider_reference": "re_3Nf8", "paid": EUR, "payout": _QUOTE})

    provider_reference: Annotated[Id | None, Field(description="The payment provider's own name for it.")] = None
    paid: Annotated[
        Money | None,
        Field(
            description="The amount that was paid, to have it compared. If it is not the amount owed, the report is kept, "
            "nothing is confirmed, and a supervisor decides."
        ),
    ] = None
    payout: Annotated[
        Quote | None,
        Field(description="The payout in another currency, if there was one: the amount, the rate and its source."),
    ] = None

    def command(self, at: Context, *, dispute_id: UUID, refund_id: UUID) -> refund_execution.ConfirmRefund:
        reference = self.provider_reference
        key = at.blind.uuid("provider_reference", at.marketplace, reference) if reference else None
        return refund_execution.ConfirmRefund(
            **at.common(),
            dispute_id=dispute_id,
            refund_id=refund_id,
            provider_reference=reference,
            reference_key=key,
            paid=self.paid,
            payout=self.payout,
        )


@ACTS.act(
    "/failure",
    "Reports that the payment failed. The money stays owed, and the refund may still be confirmed. A refund that was confirmed "
    "and came back is `bounced`.",
    by={Role.MARKETPLACE},
)
class FailRefund(Act):
    """Reports that the payment failed. It stays owed, and may still be confirmed. It is tried again, or a supervisor
    decides.
    """

    model_config = example({"reason": "account_closed"})

    reason: FailureReason

    def command(self, at: Context, *, dispute_id: UUID, refund_id: UUID) -> refund_failure.FailRefund:
        return refund_failure.FailRefund(**at.common(), dispute_id=dispute_id, refund_id=refund_id, reason=self.reason)


@ACTS.act(
    "/retry",
    "Tries the refund again now, after it failed or was referred to a supervisor.",
    by={Role.MARKETPLACE, Role.SUPERVISOR},
)
class RetryRefund(Act):
    """Tries it again now. The engine first asks the provider whether it knows of the refund."""

    model_config = example({})

    def command(self, at: Context, *, dispute_id: UUID, refund_id: UUID) -> refund_referral.RetryRefund:
        return refund_referral.RetryRefund(**at.common(), dispute_id=dispute_id, refund_id=refund_id)


@ACTS.act(
    "/otherwise",
    "Reports that a refund that failed at the provider was paid in another way: the commitment that it carries out is kept.",
    by={Role.MARKETPLACE, Role.SUPERVISOR},
)
class SettleRefundOtherwise(Act):
    """Reports that the provider did not pay it, and that it was paid in another way."""

    model_config = example({"how": "bank_transfer", "reference": "TRF-2026-118", "payout": _QUOTE})

    how: Otherwise
    reference: Annotated[Id, Field(description="The reference by which the other payment can be found.")]
    payout: Annotated[
        Quote | None,
        Field(description="The payout in another currency, if there was one: the amount, the rate and its source."),
    ] = None

    def command(self, at: Context, *, dispute_id: UUID, refund_id: UUID) -> refund_referral.SettleRefundOtherwise:
        return refund_referral.SettleRefundOtherwise(
            **at.common(),
            dispute_id=dispute_id,
            refund_id=refund_id,
            how=self.how,
            reference=self.reference,
            reference_key=at.blind.uuid("provider_reference", at.marketplace, self.reference),
            payout=self.payout,
        )


REFUND: dict[str, Any] = {
    "id": REFUND_ID,
    "commitment_id": COMMITMENT_ID,
    "amount": EUR,
    "recipient": "buyer",
    "funded_by": "seller",
    "status": "submitted",
    "reason": None,
    "provider_reference": None,
    "payout": None,
}


_LISTED: dict[str, Any] = {
    **REFUND,
    "dispute_id": DISPUTE_ID,
    "order_id": "O-4711",
    "marketplace_reference": "MP-2026-000123",
    "payment_reference": "pi_123",
    "imported": False,
    "attempt": 1,
    "retry_at": None,
    "occurred_at": ago(minutes=59),
    "recorded_at": ago(minutes=59, milliseconds=-3.215),
}


class RefundInList(Refund):
    model_config = example(_LISTED)

    dispute_id: UUID
    order_id: str
    marketplace_reference: Annotated[str | None, Field(description="Not shown to the parties.")]
    payment_reference: Annotated[
        str | None,
        Field(description="The payment out of which it is paid, as stated at filing. Not shown to the parties."),
    ]
    imported: Annotated[
        bool,
        Field(
            description="Whether it belongs to an imported past case. Its status is the one in the file: it may have "
            "been paid long ago."
        ),
    ]
    attempt: Annotated[
        int | None, Field(description="The number of the submission, from 1, if the state is about one.")
    ] = None
    retry_at: Annotated[
        Instant | None, Field(description="The instant from which it is tried again, after a failure.")
    ] = None
    occurred_at: Annotated[Instant, Field(description="When it reached its present state.")]
    recorded_at: Annotated[Instant, Field(description="When the engine learned of that.")]


class Refunds(Page[RefundInList]):
    model_config = example({"items": [_LISTED], "next": None})


class RefundStep(Answer):
    status: str
    reason: str | None
    occurred_at: Instant
    recorded_at: Instant


class RefundWithSteps(RefundInList):
    model_config = example(
        {**_LISTED, "steps": [{name: _LISTED[name] for name in ("status", "reason", "occurred_at", "recorded_at")}]}
    )

    steps: list[RefundStep]
