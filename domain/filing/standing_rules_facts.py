"""Facts about a seller's standing rules: set, replaced and withdrawn, version by version."""

from collections.abc import Sequence
from typing import Annotated, Literal, Self, assert_never
from uuid import UUID

from pydantic import Field, model_validator

from domain.kernel.base import Event, Role, Value
from domain.kernel.disclosure import Told
from domain.kernel.frozen import frozen
from domain.kernel.money import Money
from domain.kernel.places import Country
from domain.policy.reasons import ClaimReason

# --- types ---

WHOLE = 10_000
MAX_RULES = 50


class StandingRule(Value):
    """What answers a claim for one of the `reasons`, of at most `up_to`, by a buyer in one of the `countries`; none: in any.

    `up_to` fits claims in its own currency alone. `share` is what is offered of the claimed amount, in hundredths of a
    percent; None if the claim is conceded. With `return_freight`, which is what a return costs, the goods come back.
    """

    reasons: Annotated[tuple[ClaimReason, ...], Field(min_length=1, max_length=len(ClaimReason))]
    countries: Annotated[
        tuple[Country, ...], Field(max_length=250, description="The countries of the buyers. Left out: any.")
    ] = ()
    up_to: Annotated[Money, Field(description="The largest claim that the rule fits, and the only currency.")]
    answer: Annotated[
        Literal["concede", "offer"],
        Field(description="`concede` grants the whole claim. `offer` offers the `share` of it."),
    ]
    share: Annotated[
        int | None,
        Field(ge=1, le=WHOLE, description="Of the claimed amount, in hundredths of a percent: 3000 is 30 %."),
    ] = None
    return_freight: Annotated[
        Money | None,
        Field(
            description="The goods come back, and this is about what the return costs. Left out: the buyer keeps them."
        ),
    ] = None

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        if (self.answer == "offer") != (self.share is not None):
            raise ValueError("an offer has a `share`, and a concession has none")
        if self.up_to.is_zero:
            raise ValueError("`up_to` is zero, so the rule fits no claim")
        if self.return_freight is not None and self.return_freight.currency != self.up_to.currency:
            raise ValueError("`return_freight` is in another currency than `up_to`")
        return self

    def offered(self, claimed: Money) -> Money:
        """The share of the claimed amount. What is less than the smallest unit is rounded up, in the claimant's favour."""
        assert self.share is not None, "an offer has a share"
        return Money(-(-claimed.minor * self.share // WHOLE), claimed.currency)


class StandingRuleUsed(Value):
    """The standing rule by which a machine answered for the seller. `rule` is its place in that version, from 1."""

    version: Told[int]
    rule: Told[int]


class StandingRulesSet(Event, kind="StandingRulesSet", stream="standing_rules"):
    """The rules of a seller from now on, in the order in which they are tried. They replace all earlier ones."""

    version: int
    seller: UUID
    rules: Annotated[tuple[StandingRule, ...], Field(min_length=1, max_length=MAX_RULES)]
    by: Role


class StandingRulesWithdrawn(Event, kind="StandingRulesWithdrawn", stream="standing_rules"):
    """The seller has no rules from now on. That is a version too."""

    version: int
    seller: UUID
    by: Role


StandingRulesEvent = StandingRulesSet | StandingRulesWithdrawn


# --- state ---


@frozen
class StandingRules:
    """All versions; the last one is in force. A version without rules is a withdrawal."""

    versions: tuple[tuple[StandingRule, ...], ...] = ()

    @property
    def version(self) -> int:
        """The version in force; 0 if there was never any."""
        return len(self.versions)

    @property
    def in_force(self) -> Sequence[StandingRule]:
        return self.of(self.version)

    def of(self, version: int) -> Sequence[StandingRule]:
        """The rules of a version, in order; none of one that does not exist."""
        return self.versions[version - 1] if 1 <= version <= len(self.versions) else ()


# --- evolve ---


def evolve(known: StandingRules, event: StandingRulesEvent) -> StandingRules:
    match event:
        case StandingRulesSet(rules=rules):
            return StandingRules((*known.versions, rules))
        case StandingRulesWithdrawn():
            return StandingRules((*known.versions, ()))
        case _:
            assert_never(event)
