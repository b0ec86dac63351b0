"""Refunds that the buyer got outside the engine."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from api.acts.declare import Acts
from api.http.bodies import Act, Context, Id, When, example
from api.http.relative import ago
from domain.kernel.base import Role
from domain.kernel.money import Money
from domain.remedies import elsewhere
from domain.remedies.elsewhere_facts import How

ACTS = Acts("Stays")


@ACTS.act(
    "/refunds-elsewhere",
    "Reports that the buyer got money back in another way. This lowers the claim, or the amount owed. If it covers all of "
    "it, the dispute closes.",
    by={Role.MARKETPLACE},
)
class RecordRefundElsewhere(Act):
    """Reports money that the buyer got back in another way. It lowers the claim, or the amount owed."""

    model_config = example(
        {
            "amount": {"amount": "9.90", "currency": "EUR"},
            "how": "chargeback",
            "reference": "cb-4711",
            "paid_at": ago(days=3),
        }
    )

    amount: Money
    how: How
    reference: Annotated[
        Id, Field(description="The payment's own reference. A payment that is reported twice counts once.")
    ]
    paid_at: When

    def command(self, at: Context, *, dispute_id: UUID) -> elsewhere.RecordRefundElsewhere:
        return elsewhere.RecordRefundElsewhere(
            **at.common(),
            dispute_id=dispute_id,
            payment_key=at.blind.uuid("refund elsewhere", at.marketplace, self.reference),
            amount=self.amount,
            how=self.how,
            paid_at=self.paid_at,
        )
