"""What the desk may grant on the phone, without hearing the seller first. The first policy allows nothing."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from domain.kernel.base import Value
from domain.kernel.money import Money
from domain.policy.claim_limits import Days
from domain.policy.fast_lane_rules import ClauseName
from domain.policy.reasons import ClaimReason

# --- types ---

Resolver = Literal["neutral", "supervisor", "marketplace"]
"""In which role an agent grants. With `marketplace` the marketplace's backend speaks for its agents."""

ResolutionGround = Literal["seller_at_fault", "carrier_at_fault", "marketplace_at_fault", "proven", "goodwill"]

Charged = Literal["seller", "marketplace"]


class PerBuyer(Value):
    """The most that one buyer is granted in a rolling period of `days`, by all agents together."""

    days: Days
    grants: Annotated[int | None, Field(ge=1, le=10_000, strict=True)] = None
    amounts: Annotated[tuple[Money, ...], Field(max_length=50)] = ()

    @model_validator(mode="after")
    def _limits_something(self) -> Self:
        if self.grants is None and not self.amounts:
            raise ValueError("a limit names grants or amounts")
        return self


class ResolutionClause(Value):
    """An agent in one of the roles `by` may grant a claim for one of the `reasons`, on one of the `grounds`, for at most
    `up_to` in its own currency. In a currency that is not listed, nothing is granted.

    The marketplace pays at once. With `charged_to` `marketplace` it bears that. With `seller` the seller may contest the
    grant within the window of the fast lane; if it stands, the seller owes the marketplace the money.
    """

    clause: ClauseName
    by: Annotated[tuple[Resolver, ...], Field(min_length=1, max_length=3)]
    reasons: Annotated[tuple[ClaimReason, ...], Field(min_length=1, max_length=len(ClaimReason))]
    grounds: Annotated[tuple[ResolutionGround, ...], Field(min_length=1, max_length=5)]
    up_to: Annotated[tuple[Money, ...], Field(min_length=1, max_length=50)]
    per_buyer: PerBuyer
    charged_to: Charged = "marketplace"

    @model_validator(mode="after")
    def _states_each_currency_once(self) -> Self:
        for limits in (self.up_to, self.per_buyer.amounts):
            if len({most.currency for most in limits}) != len(limits):
                raise ValueError("a currency is listed twice")
        return self

    def limit_for(self, amount: Money) -> Money | None:
        """The limit in the currency of this amount, which may be above it. None if the currency is not listed."""
        return next((most for most in self.up_to if most.currency == amount.currency), None)
