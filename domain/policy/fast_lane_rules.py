"""The fast lane of a policy: clauses that grant small claims which the record shows. The first policy has none."""

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from domain.kernel.base import Value
from domain.kernel.money import Money
from domain.policy.reasons import ClaimReason

# --- types ---

ClauseName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_.]{0,39}$")]
Funder = Literal["seller", "marketplace", "insurer"]


class FastLaneClause(Value):
    """A buyer's claim for this `reason`, for at most `up_to` in its own currency, is granted when it is filed.

    The record must show the claim (`domain.filing.fast_lane` says how), and the buyer must be below every limit on
    claims. In a currency that is not listed, nothing is granted. The grant cites `clause`, which is a clause of the
    policy. `funded_by` bears what is paid until the grant stands; then the seller owes it to them.
    """

    clause: ClauseName
    reason: Literal[ClaimReason.ITEM_NOT_RECEIVED, ClaimReason.DUPLICATE_CHARGE]
    up_to: Annotated[tuple[Money, ...], Field(min_length=1, max_length=50)]
    funded_by: Funder = "seller"

    @model_validator(mode="after")
    def _states_each_currency_once(self) -> Self:
        if len({most.currency for most in self.up_to}) != len(self.up_to):
            raise ValueError("a currency is listed twice")
        return self

    def limit_for(self, amount: Money) -> Money | None:
        """The limit that covers this amount. None if the amount is above it, or the currency is not listed."""
        return next((most for most in self.up_to if most.currency == amount.currency and amount <= most), None)
