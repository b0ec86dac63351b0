"""A marketplace's policies, and the mandates of its neutrals."""

from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import AfterValidator, Field

from api.schemas.base import Act, Answer, Context, example, writable
from domain import mandate, policy
from domain.mandate import Authority
from domain.people import Side
from domain.places import LanguageTag
from domain.policy import CLAUSES, FIRST_POLICY, ClauseName, ClauseText, Desk, Funder, Tier, VersionName, Windows

_POLICY: dict[str, Any] = {
    "version": "autumn-2026",
    "windows": {"response": {"amount": 7, "unit": "calendar_days"}},
    "tiers": ["standard", "silver", "gold"],
    "clauses": dict(CLAUSES),
    "desk": {"country": "DE", "time_zone": "Europe/Berlin"},
    "return_freight": "seller",
    "early_execution": "marketplace",
}


def _distinct_tiers(tiers: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(tiers)) != len(tiers):
        raise ValueError("a tier is listed twice")
    return tiers


def _one_a_currency(authority: Authority) -> Authority:
    if len({limit.currency for limit in authority}) != len(authority):
        raise ValueError("a currency is listed twice")
    return authority


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
    early_execution: Annotated[
        Funder | None, Field(description="Who funds a refund ruled for before the ruling is final; none: nobody does.")
    ] = None
    return_freight: Annotated[Side, Field(description="Who pays the way back of goods.")] = Side.SELLER

    def command(self, at: Context) -> policy.PublishPolicy:
        published = policy.Policy(
            version=self.version,
            windows=self.windows,
            tiers=self.tiers,
            clauses=self.clauses,
            desk=self.desk,
            return_freight=self.return_freight,
            early_execution=self.early_execution,
        )
        return policy.PublishPolicy(**at.common(), policy=published)


class GrantMandate(Act):
    """Makes somebody a neutral of this marketplace. Granting again replaces languages and authority."""

    model_config = example(
        {
            "neutral": "0f4c5f6e-52a6-4d1c-9d0a-3f1f3f6c2a11",
            "languages": ["en", "it"],
            "authority": [{"amount": "500.00", "currency": "EUR"}],
        }
    )

    neutral: Annotated[UUID, Field(description="The neutral's subject, as their token names it (`sub`).")]
    languages: Annotated[list[LanguageTag], Field(min_length=1, max_length=50)]
    authority: Annotated[
        Authority,
        AfterValidator(_one_a_currency),
        Field(description="The largest amount in dispute that one ruling may divide, one per currency."),
    ]

    def command(self, at: Context) -> mandate.GrantMandate:
        return mandate.GrantMandate(
            **at.common(), neutral=self.neutral, languages=tuple(self.languages), authority=self.authority
        )


class ShownPolicy(Answer):
    """One published version of a marketplace's rules. `tiers` are in ascending order; the last one is the top tier."""

    model_config = example({**_POLICY, "windows": Windows().model_dump(mode="json")})

    version: VersionName
    windows: Windows
    tiers: tuple[Tier, ...]
    clauses: dict[str, str]
    desk: Desk
    return_freight: Side
    early_execution: Funder | None

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
