"""Why somebody claims, and what a policy asks for each reason. A reason that a policy does not list is out of its scope."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Literal

from domain.base import Value
from domain.windows import Window

# --- types ---

Forum = Literal["chargeback", "court", "arbitration", "authority", "other"]
"""Where else somebody may deal with the same money."""


class ClaimReason(StrEnum):
    ITEM_NOT_RECEIVED = "item_not_received"
    NOT_AS_DESCRIBED = "not_as_described"
    DAMAGED = "damaged"
    COUNTERFEIT = "counterfeit"
    WRONG_ITEM = "wrong_item"
    CUSTOMS_SEIZED = "customs_seized"
    CREDIT_NOT_PROCESSED = "credit_not_processed"
    DUPLICATE_CHARGE = "duplicate_charge"
    PRICE_DIFFERENCE = "price_difference"
    PAYMENT_NOT_RECEIVED = "payment_not_received"
    PARCEL_TURNED_UP = "parcel_turned_up"
    OTHER = "other"


class ReasonTerms(Value):
    """What a policy asks of a claim for one reason.

    `contact_first` is how long a seller must have had, since the buyer told them, before the buyer files; None: not asked.
    """

    contact_first: Window | None = None


FIRST_REASONS: Mapping[ClaimReason, ReasonTerms] = {reason: ReasonTerms() for reason in ClaimReason}
"""Of the first policy: every reason is in scope."""
