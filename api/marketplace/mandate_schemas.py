"""The mandates of a marketplace's neutrals."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, Field

from api.http.bodies import Act, Answer, Context, Id, Page, Statement, When, example
from api.http.relative import ago, ahead
from domain.kernel.base import Instant
from domain.kernel.places import LanguageTag
from domain.neutral import mandate
from domain.neutral.mandate import MAX_CASES
from domain.neutral.mandate_facts import Authority
from domain.policy.policy import DeskName, Tier
from projections.case_story.parts import Said

_NEUTRAL = "0f4c5f6e-52a6-4d1c-9d0a-3f1f3f6c2a11"
_TERMS: dict[str, Any] = {
    "neutral": _NEUTRAL,
    "languages": ["en", "it"],
    "authority": [{"amount": "500.00", "currency": "EUR"}],
    "daily": [{"amount": "5000.00", "currency": "EUR"}],
    "most_cases": 40,
    "tiers": ["silver", "gold"],
    "desk": "emea",
}


def _one_a_currency(authority: Authority) -> Authority:
    if len({limit.currency for limit in authority}) != len(authority):
        raise ValueError("a currency is listed twice")
    return authority


class GrantMandate(Act):
    """Makes somebody a neutral of this marketplace. Granting again replaces everything except the disputes held."""

    model_config = example({**_TERMS, "conflicts": ["s-9"]})

    neutral: Annotated[UUID, Field(description="The neutral's subject, as their token names it (`sub`).")]
    languages: Annotated[list[LanguageTag], Field(min_length=1, max_length=50)]
    authority: Annotated[
        Authority,
        AfterValidator(_one_a_currency),
        Field(
            description="The largest amount in dispute that one ruling may divide without a co-signature, one for "
            "each currency."
        ),
    ]
    daily: Annotated[
        Authority,
        AfterValidator(_one_a_currency),
        Field(
            description="The total that all rulings of one day, by the desk's clock, may divide without a "
            "co-signature, one for each currency. A currency that is left out has no limit."
        ),
    ] = ()
    most_cases: Annotated[
        int | None, Field(ge=0, le=MAX_CASES, description="Disputes held at once. Left out: any number.")
    ] = None
    tiers: Annotated[
        list[Tier],
        Field(max_length=10, description="The buyers' tiers whose disputes the neutral may get. Left out: all."),
    ] = []  # noqa: RUF012 - pydantic copies it
    desk: Annotated[DeskName | None, Field(description="The neutral's team.")] = None
    conflicts: Annotated[
        list[Id],
        Field(max_length=200, description="The marketplace's ids of the parties in whom the neutral has an interest."),
    ] = []  # noqa: RUF012

    def command(self, at: Context) -> mandate.GrantMandate:
        return mandate.GrantMandate(
            **at.common(),
            neutral=self.neutral,
            languages=tuple(self.languages),
            authority=self.authority,
            daily=self.daily,
            most_cases=self.most_cases,
            tiers=tuple(self.tiers),
            desk=self.desk,
            conflicts=tuple(at.party(party_id) for party_id in self.conflicts),
        )


class BeginLeave(Act):
    """Begins a leave: the neutral gets no new disputes."""

    model_config = example({"until": ahead(days=14)})

    until: Annotated[
        When | None,
        Field(description="The instant at which the leave ends by itself. Left out: it ends when somebody says so."),
    ] = None

    def command(self, at: Context, *, neutral: UUID) -> mandate.BeginLeave:
        return mandate.BeginLeave(**at.common(), neutral=neutral, until=self.until)


class EndLeave(Act):
    """Ends a leave."""

    model_config = example({})

    def command(self, at: Context, *, neutral: UUID) -> mandate.EndLeave:
        return mandate.EndLeave(**at.common(), neutral=neutral)


class CloseMandate(Act):
    """Closes the mandate, at once: the neutral has left, and every dispute that they hold is handed over."""

    model_config = example({"reason": {"text": "Has left the company.", "language": "en"}})

    reason: Statement

    def command(self, at: Context, *, neutral: UUID) -> mandate.CloseMandate:
        return mandate.CloseMandate(**at.common(), neutral=neutral, reason=self.reason.words())


_SHOWN: dict[str, Any] = {
    **_TERMS,
    "conflicts": 1,
    "cases": 12,
    "on_leave": False,
    "leave_until": None,
    "granted_at": ago(days=60),
    "closed_at": None,
    "reason": None,
}


class MandateShown(Answer):
    """One neutral: which disputes they may get, and how many they hold."""

    model_config = example(_SHOWN)

    neutral: UUID
    desk: str | None
    languages: list[LanguageTag]
    authority: Authority
    daily: Authority
    most_cases: int | None
    tiers: list[str]
    conflicts: Annotated[int, Field(description="In how many parties the neutral is known to have an interest.")]
    cases: Annotated[
        int, Field(description="Disputes held: open ones, and closed ones with a commitment of the neutral.")
    ]
    on_leave: bool
    leave_until: Instant | None
    granted_at: Instant
    closed_at: Instant | None
    reason: Annotated[Said | None, Field(description="Why the mandate was closed.")]


class Mandates(Page[MandateShown]):
    model_config = example({"items": [_SHOWN], "next": None})
