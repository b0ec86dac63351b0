"""Facts after closure: a dispute was reopened, a party rated how it was handled."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from domain.kernel.base import Event, Role
from domain.kernel.people import Side, Text

# --- types ---

Rating = Annotated[int, Field(ge=1, le=5)]

ReopeningGround = Literal["late_delivery", "bounced_refund", "fraud", "refunded_elsewhere"]


class DisputeReopened(Event, kind="DisputeReopened", stream="dispute"):
    """`bounced` is the commitment that turned out not to be kept; otherwise the outcome stands no more."""

    ground: ReopeningGround
    by: Role
    reasons: Text
    bounced: UUID | None = None


class HandlingRated(Event, kind="HandlingRated", stream="dispute"):
    """From 1, poor, to 5."""

    by: Side
    rating: Rating
    text: Text | None = None


AfterwardsEvent = DisputeReopened | HandlingRated
