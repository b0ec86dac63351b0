"""What a marketplace's policy says against abuse: limits on claims, and when it is to be told of a repeat offender.

The first policy sets no limit and recommends nothing.
"""

from collections.abc import Sequence
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from domain.kernel.base import Value
from domain.kernel.money import Money
from domain.kernel.people import Side
from domain.kernel.windows import Window

# --- types ---

Days = Annotated[int, Field(ge=1, le=366, strict=True)]
Beyond = Literal["refuse", "review", "no_fast_lane"]
Ground = Literal["ruled_against", "found_vexatious"]
"""What counts against somebody: a claim against them that a ruling granted whole, or a claim of theirs found vexatious."""


class ClaimLimit(Value):
    """What one buyer or seller may claim in a rolling period of so many days: `claims` at most, `amounts` in all.

    Who has had so many `vexatious` claims in that period is beyond it too. Beyond it a filing is refused, goes to a person (a
    neutral is called at once, and silence decides nothing), or just gets no fast lane, which no claim beyond any limit gets.
    """

    of: Side = Side.BUYER
    days: Days
    claims: Annotated[int | None, Field(ge=1, le=10_000, strict=True)] = None
    amounts: Annotated[tuple[Money, ...], Field(max_length=50)] = ()
    vexatious: Annotated[int | None, Field(ge=1, le=1_000, strict=True)] = None
    beyond: Beyond = "refuse"

    @model_validator(mode="after")
    def _limits_something(self) -> Self:
        if self.claims is None and not self.amounts and self.vexatious is None:
            raise ValueError("a limit names claims, amounts or vexatious claims")
        if len({most.currency for most in self.amounts}) != len(self.amounts):
            raise ValueError("a currency is listed twice")
        return self


class Threshold(Value):
    """With so many cases of one ground in a rolling period of so many days, the marketplace is recommended to act."""

    of: Side
    ground: Ground
    cases: Annotated[int, Field(ge=1, le=1_000, strict=True)]
    days: Days


class AbuseRules(Value):
    """`answer` is the window in which the marketplace answers a recommendation."""

    limits: Annotated[tuple[ClaimLimit, ...], Field(max_length=10)] = ()
    thresholds: Annotated[tuple[Threshold, ...], Field(max_length=10)] = ()
    answer: Window = Window(amount=10, unit="business_days")

    def limits_on(self, side: Side) -> Sequence[ClaimLimit]:
        return [limit for limit in self.limits if limit.of is side]

    def counts(self, side: Side, ground: Ground) -> bool:
        """Whether anything depends on how many such cases there are."""
        limited = ground == "found_vexatious" and any(limit.vexatious for limit in self.limits_on(side))
        return limited or any((t.of, t.ground) == (side, ground) for t in self.thresholds)
