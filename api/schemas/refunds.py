"""Movements of money, as the marketplace reports them."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from api.schemas.base import Act, Context, Label, example
from domain import remedy
from domain.refund import FailureReason


class ConfirmRefund(Act):
    """The money was paid."""

    model_config = example({"provider_reference": "re_3Nf8"})

    provider_reference: Annotated[Label | None, Field(description="The payment provider's own name for it.")] = None

    def command(self, at: Context, *, dispute_id: UUID, refund_id: UUID) -> remedy.ConfirmRefund:
        return remedy.ConfirmRefund(
            **at.common(), dispute_id=dispute_id, refund_id=refund_id, provider_reference=self.provider_reference
        )


class FailRefund(Act):
    """The payment failed. It stays owed, and may yet be confirmed."""

    model_config = example({"reason": "account_closed"})

    reason: FailureReason

    def command(self, at: Context, *, dispute_id: UUID, refund_id: UUID) -> remedy.FailRefund:
        return remedy.FailRefund(**at.common(), dispute_id=dispute_id, refund_id=refund_id, reason=self.reason)
