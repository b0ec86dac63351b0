"""Who moves the money. A refund is on record as submitted before a gateway is asked to carry it out."""

from typing import Protocol
from uuid import UUID

from domain.money import Money


class PaymentGateway(Protocol):
    """Carries out refunds; the result comes back as `ConfirmRefund` or `FailRefund`."""

    async def submit(self, refund_id: UUID, amount: Money) -> None:
        """Asks for the payment. May be asked again for the same `refund_id`, and must not pay twice."""


class MarketplaceGateway:
    """The marketplace pays: it reads `GET /v1/refunds?status=submitted`, and reports over the API what became of each."""

    async def submit(self, refund_id: UUID, amount: Money) -> None:
        """The submitted refund is already there for the marketplace to read."""
