"""What was done at each stage of a dispute, as its case file shows it."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from api.schemas.base import Answer
from api.schemas.parts import Divided, GoodsTerms, InstalmentShown, Said
from domain.base import Instant
from domain.money import Money
from domain.people import Outcome, Side
from domain.response import Answer as Answered


class ResponseShown(Answer):
    answer: Answered
    by: Side
    conceded: Money | None
    goods: GoodsTerms | None = None
    statement: Said | None
    given_at: Instant


class DefaultShown(Answer):
    """What the respondent's silence led to."""

    granted: bool
    claimant_receives: Money | None
    reason: str | None
    at: Instant


class OfferShown(Answer):
    number: int
    by: Side
    amount: Annotated[Money, Field(description="What the claimant would receive.")]
    goods: GoodsTerms | None = None
    instalments: tuple[InstalmentShown, ...] = ()
    counters: int | None
    message: Said | None
    status: Literal["open", "accepted", "rejected", "expired"]
    why: Annotated[str | None, Field(description="Why it expired: `lapsed`, `superseded` or `moot`.")]
    answer: Said | None
    made_at: Instant
    reply_by: Instant | None
    ended_at: Instant | None


class ProposalShown(Answer):
    number: int
    award: Divided
    reasons: Said
    accepted_by: list[Side]
    status: Literal["open", "accepted", "refused", "lapsed"]
    why: Annotated[str | None, Field(description="Why it lapsed: `lapsed` or `moot`.")]
    refused_by: Side | None
    answer: Said | None
    made_at: Instant
    reply_by: dict[Side, Instant | None]
    ended_at: Instant | None


class EscalationShown(Answer):
    by: Literal["buyer", "seller", "silence"]
    at: Instant
    reason: Said | None
    offers_standing: list[int]


class ReferralShown(Answer):
    reason: str
    at: Instant


class ImpasseShown(Answer):
    reasons: Said | None
    at: Instant


class RulingShown(Answer):
    number: int
    neutral: UUID
    award: Divided
    outcome: Outcome
    reasons: Said
    cites_exhibits: list[int]
    cites_clauses: list[str]
    appealable_by: Annotated[list[Side], Field(description="Who still may appeal.")]
    final: bool
    issued_at: Instant
    final_at: Instant | None


class EarlyExecutionShown(Answer):
    """A ruling that was executed before it was final, at whose risk."""

    number: int
    funded_by: str
    at: Instant


class OverturnedShown(Answer):
    """What either side had received under what counts no more; it counts against what is decided next."""

    to_buyer: Money
    to_seller: Money
    at: Instant


class SettlementShown(Answer):
    award: Divided
    by: Literal["offer", "proposal"]
    number: int
    at: Instant


class WithdrawalShown(Answer):
    reason: Said | None
    award: Annotated[Divided | None, Field(description="What becomes of what is held.")] = None
    at: Instant
