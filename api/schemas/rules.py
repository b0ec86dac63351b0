"""A marketplace's policies."""

from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field

from api.schemas.base import Act, Answer, Context, example, writable
from domain import policy
from domain.abuse import AbuseRules
from domain.consequences import Consequence
from domain.people import Side
from domain.policy import (
    CLAUSES,
    FIRST_POLICY,
    ClauseName,
    ClauseText,
    Desk,
    Funder,
    NeutralReads,
    Tier,
    VersionName,
    Windows,
)

_POLICY: dict[str, Any] = {
    "version": "autumn-2026",
    "windows": {"response": {"amount": 7, "unit": "calendar_days"}},
    "tiers": ["standard", "silver", "gold"],
    "clauses": dict(CLAUSES),
    "desk": {"country": "DE", "time_zone": "Europe/Berlin"},
    "neutral_reads": "either_side",
    "declaration_before_ruling": True,
    "return_freight": "seller",
    "early_execution": "marketplace",
    "abuse": {
        "limits": [{"of": "buyer", "days": 30, "claims": 5, "amounts": [], "vexatious": 2, "beyond": "review"}],
        "thresholds": [{"of": "seller", "ground": "ruled_against", "cases": 3, "days": 90}],
        "answer": {"amount": 10, "unit": "business_days"},
    },
    "on_breach": [
        {
            "commitment_class": "remedy",
            "owed_by": ["seller"],
            "then_owed_by": "marketplace",
            "kind": "decide",
            "window": {"amount": 2, "unit": "business_days"},
        }
    ],
}


def _distinct_tiers(tiers: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(tiers)) != len(tiers):
        raise ValueError("a tier is listed twice")
    return tiers


class PublishPolicy(Act):
    """A new version of the rules, for the disputes filed from now on. What is left out is as in the first policy."""

    model_config = example(_POLICY)

    version: VersionName
    windows: Windows = Windows()
    tiers: Annotated[tuple[Tier, ...], Field(min_length=1, max_length=10), AfterValidator(_distinct_tiers)] = (
        FIRST_POLICY.tiers
    )
    clauses: Annotated[
        dict[ClauseName, Annotated[ClauseText, AfterValidator(writable)]],
        Field(max_length=200),
    ] = Field(default_factory=lambda: dict(CLAUSES))
    desk: Desk = Desk()
    neutral_reads: Annotated[
        NeutralReads,
        Field(description="Whose language a neutral reads; `translations`: nobody's, both sides are translated."),
    ] = FIRST_POLICY.neutral_reads
    declaration_before_ruling: Annotated[
        bool, Field(description="Whether a neutral declares interests, or that there are none, before ruling.")
    ] = FIRST_POLICY.declaration_before_ruling
    return_freight: Annotated[Side, Field(description="Who pays the way back of goods.")] = FIRST_POLICY.return_freight
    early_execution: Annotated[
        Funder | None, Field(description="Who funds a refund ruled for before the ruling is final; none: nobody does.")
    ] = FIRST_POLICY.early_execution
    abuse: Annotated[
        AbuseRules, Field(description="Limits on claims, and when the marketplace is told of a repeat offender.")
    ] = FIRST_POLICY.abuse
    on_breach: Annotated[
        tuple[Consequence, ...],
        Field(
            max_length=20, description="What follows from a broken promise, as a promise; the first that fits applies."
        ),
    ] = FIRST_POLICY.on_breach

    def command(self, at: Context) -> policy.PublishPolicy:
        published = policy.Policy(**dict(self))
        return policy.PublishPolicy(**at.common(), policy=published)


class ShownPolicy(Answer):
    """One published version of a marketplace's rules. `tiers` are in ascending order; the last one is the top tier."""

    model_config = example({**_POLICY, "windows": Windows().model_dump(mode="json")})

    version: VersionName
    windows: Windows
    tiers: tuple[Tier, ...]
    clauses: dict[str, str]
    desk: Desk
    neutral_reads: NeutralReads
    declaration_before_ruling: bool
    return_freight: Side
    early_execution: Funder | None
    abuse: AbuseRules
    on_breach: tuple[Consequence, ...]

    @classmethod
    def of(cls, published: policy.Policy) -> Self:
        return cls(**dict(published))


class Policies(Answer):
    """Every published version; `current` applies to new disputes."""

    model_config = example(
        {"items": [{**_POLICY, "windows": Windows().model_dump(mode="json")}], "current": "autumn-2026"}
    )

    items: list[ShownPolicy]
    current: str
