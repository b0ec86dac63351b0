"""The fact that the marketplace learned more about the delivery of the order after the dispute was filed."""

from typing import Annotated
from uuid import UUID

from domain.kernel.base import Event, Instant
from domain.kernel.disclosure import Audience, Told
from domain.kernel.frozen import frozen
from domain.kernel.personal import Personal

# --- types ---


class DeliveryReported(Event, kind="DeliveryReported", stream="dispute", told_to=Audience.ALL):
    """What the marketplace learned about the delivery of the order. What it left out stays as it was known.

    `carrier` and `number` say how to track the parcel; `tracking_key` is a keyed hash of both, to notice equal ones.
    `latest_delivery_at` is the latest estimate of when the order arrives. `subject` is the buyer, whose order it is.
    """

    subject: UUID
    carrier: Told[Annotated[str | None, Personal("subject")]] = None
    number: Told[Annotated[str | None, Personal("subject")]] = None
    tracking_key: UUID | None = None
    delivered_at: Told[Instant | None] = None
    latest_delivery_at: Told[Instant | None] = None


# --- state ---


@frozen
class Delivery:
    """What was last reported of each."""

    tracking_key: UUID | None = None
    delivered_at: Instant | None = None
    latest_delivery_at: Instant | None = None


# --- evolve ---


def evolve(delivery: Delivery, event: DeliveryReported) -> Delivery:
    return Delivery(
        event.tracking_key or delivery.tracking_key,
        event.delivered_at or delivery.delivered_at,
        event.latest_delivery_at or delivery.latest_delivery_at,
    )
