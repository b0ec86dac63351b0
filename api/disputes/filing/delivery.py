"""What became known about the delivery of the order after filing."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from api.acts.declare import Acts
from api.http.bodies import Act, Body, Context, Label, When, example
from api.http.relative import ago
from domain.filing import delivery
from domain.kernel.base import Role

ACTS = Acts("Disputes")


class Parcel(Body):
    """How to track the parcel."""

    model_config = example({"carrier": "SDA", "number": "1Z999AA10123456784"})

    carrier: Label
    number: Label


@ACTS.act(
    "/delivery",
    "Reports tracking, or a delivery, that became known after filing. Both parties see it. Once a delivery is on record, "
    "silence no longer grants a claim that nothing was received: a neutral looks at it.",
    by={Role.MARKETPLACE},
)
class ReportDelivery(Act):
    """Reports what became known about the delivery of the order. What you leave out stays as it was known."""

    model_config = example(
        {"tracking": {"carrier": "SDA", "number": "1Z999AA10123456784"}, "delivered_at": ago(hours=2)}
    )

    tracking: Parcel | None = None
    delivered_at: When | None = None
    latest_delivery_at: Annotated[When | None, Field(description="The latest estimate of when the order arrives.")] = (
        None
    )

    def command(self, at: Context, *, dispute_id: UUID) -> delivery.ReportDelivery:
        parcel = self.tracking
        return delivery.ReportDelivery(
            **at.common(),
            dispute_id=dispute_id,
            carrier=parcel.carrier if parcel else None,
            number=parcel.number if parcel else None,
            tracking_key=at.blind.uuid("tracking", at.marketplace, parcel.carrier, parcel.number) if parcel else None,
            delivered_at=self.delivered_at,
            latest_delivery_at=self.latest_delivery_at,
        )
