"""What was done at each stage of a dispute, as its case file shows it."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from api.http.bodies import Answer
from api.http.parts import Divided, GoodsTerms, InstalmentShown, Said
from domain.filing.fast_lane_facts import ShownBy
from domain.filing.pleading_facts import OnCounterclaim, Relief
from domain.filing.response_facts import Answer as Answered
from domain.kernel.base import Instant, Role
from domain.kernel.money import Money
from domain.kernel.people import Outcome, Side
from domain.neutral import independence_facts
from domain.neutral.escalation_facts import WhyReleased
from domain.ruling import ruling_facts as adjudication
from domain.ruling.ruling_facts import Status


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


class FastLaneShown(Answer):
    """What the policy granted when it was filed, under which clause; the respondent may contest it by answering.

    `shown_by` is what of the record shows the claim, `up_to` the clause's limit. `funded_by` bears it until it stands.
    """

    clause: str
    shown_by: ShownBy
    claimant_receives: Money
    up_to: Money
    funded_by: str | None
    at: Instant
    contested_at: Instant | None


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


class JoinedShown(Answer):
    by: Side
    reason: Said | None
    at: Instant


class EscalationShown(Answer):
    by: Literal["buyer", "seller", "silence", "policy"]
    at: Instant
    reason: Said | None
    offers_standing: list[int]
    joined: Annotated[list[JoinedShown], Field(description="Who wanted a neutral too, and why.")]


class TenureShown(Answer):
    """A neutral's time with the dispute. `why` tells for what reason they have it no longer."""

    neutral: UUID
    by: Role
    assigned_at: Instant
    released_at: Instant | None
    why: WhyReleased | None
    released_by: Role | None
    reason: Said | None


class DeclarationShown(Answer):
    neutral: UUID
    disclosed: Annotated[Said | None, Field(description="Null: nothing that might make somebody doubt.")]
    at: Instant


class ChallengeShown(Answer):
    """A party's challenge of the neutral. `granted` is null until it is decided, or where it became moot."""

    number: int
    by: Side
    neutral: UUID
    ground: independence_facts.Ground
    reason: Said
    granted: bool | None
    decided_by: Role | None
    reasons: Said | None
    made_at: Instant
    decided_at: Instant | None


class ReferralShown(Answer):
    reason: str
    at: Instant


class ImpasseShown(Answer):
    reasons: Said | None
    at: Instant


class CoSignatureRefusedShown(Answer):
    by: UUID
    reasons: Said
    at: Instant


class AppealShown(Answer):
    """`number` is that of the ruling that was appealed."""

    number: int
    by: Side
    ground: adjudication.Ground
    statement: Said
    decided: Literal["affirms", "replaces", "sent_back", "withdrawn"] | None
    reasons: Annotated[Said | None, Field(description="Why it was sent back.")]
    lodged_at: Instant
    decided_at: Instant | None


class RulingShown(Answer):
    """One that awaits a co-signature, or did not get it, is not shown to the parties."""

    number: int
    neutral: UUID
    award: Divided
    outcome: Outcome
    reasons: Said
    cites_exhibits: list[int]
    cites_shared: list[int]
    cites_clauses: list[str]
    addresses_inferences: list[int]
    counterclaim: Annotated[OnCounterclaim | None, Field(description="What it says on the counterclaim.")]
    appealable_by: Annotated[list[Side], Field(description="Who still may appeal.")]
    status: Status
    on_appeal: Annotated[
        Literal["affirms", "replaces"] | None, Field(description="What it did to the ruling that was appealed.")
    ]
    awaits_co_signature: Annotated[bool, Field(description="It was above the neutral's authority when it was issued.")]
    co_signed_by: UUID | None
    co_signature_refused: CoSignatureRefusedShown | None
    vexatious: Annotated[Said | None, Field(description="Why the claim was found vexatious, where it was.")]
    final: bool
    issued_at: Instant
    final_at: Instant | None


class EvidenceRequestShown(Answer):
    """What the neutral asked a side to show. `inferred`: it did not, and the ruling must address that."""

    number: int
    of: Side
    fact: Said
    status: Literal["open", "answered", "inferred"]
    asked_at: Instant
    due_at: Instant | None
    ended_at: Instant | None


class ConsentShown(Answer):
    """A side has nothing against the ruling of this neutral, who heard a caucus."""

    by: Side
    neutral: UUID
    at: Instant


class RebuttalShown(Answer):
    statement: Said
    given_at: Instant


class CounterclaimShown(Answer):
    relief: Relief
    amount: Money | None
    statement: Said
    raised_at: Instant


class SetAsideShown(Answer):
    """The respondent's request to be heard after all, and what became of it."""

    by: Side
    cause: Said
    requested_at: Instant
    decided: Literal["set_aside", "refused"] | None
    decided_by: str | None
    reasons: Said | None
    decided_at: Instant | None


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


class CancellationShown(Answer):
    """By the marketplace."""

    reason: Said
    award: Annotated[Divided | None, Field(description="What becomes of what is held.")] = None
    at: Instant
