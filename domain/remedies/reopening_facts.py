"""Facts after closure: a dispute was reopened, a party rated how it was handled."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from domain.kernel.base import Event, Role
from domain.kernel.disclosure import Audience, Told
from domain.kernel.people import Side, Text

# --- types ---

Rating = Annotated[int, Field(ge=1, le=5)]

ReopeningGround = Literal["late_delivery", "bounced_refund", "fraud", "refunded_elsewhere", "translation_corrected"]
"""`translation_corrected`: after the ruling, a person corrected a translation of something that it rests on."""


GroundOnRecord = ReopeningGround | Literal["review"]
"""`review`: a person looked at what the machine had decided, and changed it (`domain.filing.review`)."""


class DisputeReopened(Event, kind="DisputeReopened", stream="dispute", told_to=Audience.ALL):
    """A supervisor reopened the dispute, or a party whom a ruling burdens. `bounced` is the commitment that turned out not to
    be kept. Without it, the outcome is overturned.
    """

    ground: Told[GroundOnRecord]
    by: Told[Role]
    reasons: Told[Text]
    bounced: UUID | None = None


class HandlingRated(Event, kind="HandlingRated", stream="dispute", told_to=Audience.DOER):
    """A party rated the handling, from 1 (poor) to 5."""

    by: Told[Side]
    rating: Told[Rating]
    text: Told[Text | None] = None


ReopeningEvent = DisputeReopened | HandlingRated
