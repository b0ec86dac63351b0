"""Who the caller is, and what a neutral may do today."""

from datetime import date
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import Field

from api.http.bodies import Answer, example
from api.http.parts import DISPUTE_ID
from api.http.relative import ahead, date_ahead
from domain.kernel.base import Instant, Role
from domain.kernel.money import Money
from domain.kernel.people import Side
from domain.kernel.places import LanguageTag
from domain.kernel.windows import local_day
from domain.neutral.mandate_facts import Mandate
from domain.policy.policy import DeskName, Policy, Tier

_AUTHORITY: dict[str, Any] = {
    "currency": "EUR",
    "per_ruling": {"amount": "500.00", "currency": "EUR"},
    "per_day": {"amount": "5000.00", "currency": "EUR"},
    "used_today": {"amount": "320.00", "currency": "EUR"},
}
_MANDATE: dict[str, Any] = {
    "languages": ["pt", "en"],
    "desk": "emea",
    "tiers": [],
    "cases": 12,
    "most_cases": 40,
    "on_leave": False,
    "leave_until": None,
    "closed": False,
    "today": date_ahead(0),
    "authority": [_AUTHORITY],
}


class AuthorityToday(Answer):
    """What a neutral's rulings may divide without a co-signature, in one currency."""

    model_config = example(_AUTHORITY)

    currency: str
    per_ruling: Annotated[Money | None, Field(description="The most in one ruling. Null: nothing.")]
    per_day: Annotated[Money | None, Field(description="The most in one day. Null: any sum.")]
    used_today: Annotated[Money, Field(description="By rulings without a co-signature.")]


class OwnMandate(Answer):
    """The caller's mandate in this marketplace, as of now."""

    model_config = example(_MANDATE)

    languages: Annotated[list[LanguageTag], Field(description="Those that the neutral reads.")]
    desk: Annotated[DeskName | None, Field(description="The neutral's team.")]
    tiers: Annotated[list[Tier], Field(description="The buyers' tiers whose disputes the neutral may get. Empty: all.")]
    cases: Annotated[int, Field(description="Disputes held now.")]
    most_cases: Annotated[int | None, Field(description="Disputes that may be held at once. Null: any number.")]
    on_leave: bool
    leave_until: Annotated[Instant | None, Field(description="Null if no end was given.")]
    closed: Annotated[bool, Field(description="Whether the mandate has ended.")]
    today: Annotated[date, Field(description="The date at the marketplace's desk, on which authority is counted.")]
    authority: list[AuthorityToday]

    @classmethod
    def of(cls, mandate: Mandate, policy: Policy, now: Instant) -> Self:
        """Under the policy that is in force now: it says what holds for currencies that the mandate does not list."""
        today = local_day(now, policy.desk.time_zone)
        return cls(
            languages=list(mandate.languages),
            desk=mandate.desk,
            tiers=list(mandate.tiers),
            cases=len(mandate.cases),
            most_cases=mandate.most_cases,
            on_leave=mandate.on_leave(now),
            leave_until=mandate.leave.until if mandate.leave and mandate.on_leave(now) else None,
            closed=mandate.closed,
            today=today,
            authority=[_authority(mandate, policy, currency, today) for currency in mandate.currencies(policy)],
        )


def _authority(mandate: Mandate, policy: Policy, currency: str, today: date) -> AuthorityToday:
    per_ruling, per_day = mandate.limits(currency, policy)
    used = mandate.spent_on(today, currency)
    return AuthorityToday(currency=currency, per_ruling=per_ruling, per_day=per_day, used_today=used)


class Me(Answer):
    """Who calls, as the token says it; and the mandate of a neutral."""

    model_config = example({
        "subject": "0f4c5f6e-52a6-4d1c-9d0a-3f1f3f6c2a11", "role": "buyer", "marketplace": "bazaar",
        "dispute_id": DISPUTE_ID, "speaks_for": None, "expires_at": ahead(minutes=15), "mandate": None,
    })  # fmt: skip

    subject: Annotated[UUID, Field(description="The person's id in the engine: for a mandate, or a revocation.")]
    role: Role
    marketplace: Annotated[str | None, Field(description="None for an auditor of the whole cell.")]
    dispute_id: Annotated[UUID | None, Field(description="The one dispute that a party's token is good for.")]
    speaks_for: Annotated[Side | None, Field(description="The side in `Mediation-As`.")]
    expires_at: Instant
    mandate: Annotated[
        OwnMandate | None,
        Field(description="A neutral's mandate in this marketplace. Null for others, or without one."),
    ]
