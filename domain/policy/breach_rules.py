"""What a policy says about breaches: who owes what once a commitment is broken.

In the first policy the marketplace decides about a remedy that a party or a third party breaks. A supervisor reviews a
remedy that anybody else breaks, and a service that a neutral breaks.
"""

from typing import Annotated, Literal

from pydantic import Field

from domain.kernel.base import Value
from domain.kernel.windows import Window

# --- types ---

Debtor = Literal[
    "buyer", "seller", "neutral", "supervisor", "marketplace", "carrier", "warehouse", "bank", "insurer"
]  # the values of `Participant`, which is defined above the policy


class Consequence(Value):
    """Who owes what, within which window, after a breach of this class. `owed_by` None means a breach by anybody."""

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
