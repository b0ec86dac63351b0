"""A policy's rules against abuse: limits on claims, and when repeat offenders are reported to the marketplace.

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
"""What counts against a party: a ruling that granted the whole claim against it, or a vexatious claim of its own."""


class ClaimLimit(Value):
    """The most that a buyer or seller may claim in a rolling period of `days`: in `claims`, and in `amounts`.

    A party that had this many `vexatious` claims in the period is beyond the limit too. `beyond` says what happens
    then: the filing is refused; or goes to a person (a neutral is called at once, and silence decides nothing); or only
    gets no fast lane. A claim beyond any limit gets no fast lane.
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
    """After so many `cases` of one `ground` in a rolling period of `days`, the marketplace is recommended to act.

    With `warn_first`, the party is warned instead, unless it was warned on this ground within the period before. Then one
    more case within the period is enough.
    """

    of: Side
    ground: Ground
    cases: Annotated[int, Field(ge=1, le=1_000, strict=True)]
    days: Days
    warn_first: bool = False


class AbuseRules(Value):
    """`answer` is the window in which the marketplace answers a recommendation."""

    limits: Annotated[tuple[ClaimLimit, ...], Field(max_length=10)] = ()
    thresholds: Annotated[tuple[Threshold, ...], Field(max_length=10)] = ()
    answer: Window = Window(amount=10, unit="business_days")

    def limits_on(self, side: Side) -> Sequence[ClaimLimit]:
        return [limit for limit in self.limits if limit.of is side]

    def counts(self, side: Side, ground: Ground) -> bool:
        """Whether any limit or threshold depends on how many such cases there are."""
        limited = ground == "found_vexatious" and any(limit.vexatious for limit in self.limits_on(side))
        return limited or any((t.of, t.ground) == (side, ground) for t in self.thresholds)
