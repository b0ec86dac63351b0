"""What a marketplace's policy says about broken promises: who owes what once one is broken.

The marketplace is asked to enforce what a party does not pay or send; a supervisor looks at what desk and marketplace broke.
"""

from typing import Annotated, Literal

from pydantic import Field

from domain.kernel.base import Value
from domain.kernel.windows import Window

# --- types ---

Debtor = Literal[
    "buyer", "seller", "neutral", "supervisor", "marketplace", "carrier", "warehouse", "bank", "insurer"
]  # as `Bearer`, which is defined above the policy


class Consequence(Value):
    """Who owes what, within which window, once a promise of this class by one of these (None: by anybody) is broken."""

    commitment_class: Literal["remedy", "service"]
    owed_by: Annotated[tuple[Debtor, ...], Field(min_length=1, max_length=9)] | None = None
    then_owed_by: Literal["supervisor", "marketplace"]
    kind: Literal["review", "decide"]
    window: Window


_TWO_DAYS = Window(amount=2, unit="business_days")

FIRST_CONSEQUENCES = (
    Consequence(
        commitment_class="remedy",
        owed_by=("buyer", "seller", "carrier", "warehouse", "bank", "insurer"),
        then_owed_by="marketplace",
        kind="decide",
        window=_TWO_DAYS,
    ),
    Consequence(commitment_class="remedy", then_owed_by="supervisor", kind="review", window=_TWO_DAYS),
    Consequence(
        commitment_class="service", owed_by=("neutral",), then_owed_by="supervisor", kind="review", window=_TWO_DAYS
    ),
)
