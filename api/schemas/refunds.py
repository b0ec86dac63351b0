"""Movements of money, as the marketplace reports them."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from api.schemas.base import Act, Answer, Context, Label, Page, example
from api.schemas.parts import COMMITMENT_ID, DISPUTE_ID, EUR, REFUND_ID
from domain import remedy
from domain.base import Instant
from domain.commitments import Bearer
from domain.money import Money
from domain.people import Side
from domain.refund import FailureReason


class ConfirmRefund(Act):
    """The money was paid."""

    model_config = example({"provider_reference": "re_3Nf8"})

    provider_reference: Annotated[Label | None, Field(description="The payment provider's own name for it.")] = None

    def command(self, at: Context, *, dispute_id: UUID, refund_id: UUID) -> remedy.ConfirmRefund:
        reference = self.provider_reference
        key = at.blind.uuid("provider_reference", at.marketplace, reference) if reference else None
        return remedy.ConfirmRefund(
            **at.common(), dispute_id=dispute_id, refund_id=refund_id, provider_reference=reference, reference_key=key
        )


class FailRefund(Act):
    """The payment failed. It stays owed, and may yet be confirmed."""

    model_config = example({"reason": "account_closed"})

    reason: FailureReason

    def command(self, at: Context, *, dispute_id: UUID, refund_id: UUID) -> remedy.FailRefund:
        return remedy.FailRefund(**at.common(), dispute_id=dispute_id, refund_id=refund_id, reason=self.reason)


REFUND: dict[str, Any] = {
    "id": REFUND_ID,
    "commitment_id": COMMITMENT_ID,
    "amount": EUR,
    "recipient": "buyer",
    "funded_by": "seller",
    "status": "submitted",
    "reason": None,
    "provider_reference": None,
}


class Refund(Answer):
    """One movement of money. `funded_by` bears it."""

    id: UUID
    commitment_id: UUID
    amount: Money
    recipient: Side
    funded_by: Bearer
    status: Literal["instructed", "submitted", "confirmed", "failed", "cancelled", "bounced"]
    reason: Annotated[str | None, Field(description="Why it failed.")]
    provider_reference: Annotated[
        str | None,
        Field(description="The payment provider's own name for it; not shown to the party who does not receive it."),
    ]


class RefundOfDispute(Refund):
    model_config = example({**REFUND, "instructed_at": "2026-11-13T10:00:01Z", "changed_at": "2026-11-13T10:00:01Z"})

    instructed_at: Instant
    changed_at: Instant


_LISTED: dict[str, Any] = {
    **REFUND,
    "dispute_id": DISPUTE_ID,
    "imported": False,
    "occurred_at": "2026-11-13T10:00:01Z",
    "recorded_at": "2026-11-13T10:00:01.003215Z",
}


class RefundInList(Refund):
    model_config = example(_LISTED)

    dispute_id: UUID
    imported: Annotated[
        bool, Field(description="Of a past case: it stands as the file told it, which may be long paid.")
    ]
    occurred_at: Annotated[Instant, Field(description="When it came to stand as it does.")]
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
