"""The parts of a case file, stage by stage."""

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
    """The result of the respondent's silence."""

    granted: bool
    claimant_receives: Money | None
    reason: str | None
    at: Instant


class FastLaneShown(Answer):
    """The claim was granted at filing, under a clause of the policy. The respondent can contest this by responding.

    `shown_by` is the part of the record that proves the claim, `up_to` the limit of the clause. Until the result stands,
    `funded_by` bears the cost.
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
    amount: Annotated[Money, Field(description="The amount that the claimant would get.")]
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
    joined: Annotated[list[JoinedShown], Field(description="The other side's request for a neutral, with its reason.")]


class TenureShown(Answer):
    """The time in which the dispute was assigned to one neutral. `why` is the reason for its end."""

    neutral: UUID
    by: Role
    assigned_at: Instant
    released_at: Instant | None
    why: WhyReleased | None
    released_by: Role | None
    reason: Said | None


class DeclarationShown(Answer):
    neutral: UUID
    disclosed: Annotated[Said | None, Field(description="Null: the neutral declared that there are no interests.")]
    at: Instant


class ChallengeShown(Answer):
    """A party's challenge of the neutral. `granted` is null until it is decided, and if it became moot."""

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
    """`number` is the number of the appealed ruling."""

    number: int
    by: Side
    ground: adjudication.Ground
    statement: Said
    decided: Literal["affirms", "replaces", "sent_back", "withdrawn"] | None
    reasons: Annotated[Said | None, Field(description="Why the ruling was sent back.")]
    lodged_at: Instant
    decided_at: Instant | None


class RulingShown(Answer):
    """A ruling. Parties do not see it while it awaits a co-signature, or if the co-signature was refused."""

    number: int
    neutral: UUID
    award: Divided
    outcome: Outcome
    reasons: Said
    cites_exhibits: list[int]
    cites_shared: list[int]
    cites_clauses: list[str]
    addresses_inferences: list[int]
    counterclaim: Annotated[OnCounterclaim | None, Field(description="The decision on the counterclaim.")]
    appealable_by: Annotated[list[Side], Field(description="The sides that can still appeal.")]
    status: Status
    on_appeal: Annotated[Literal["affirms", "replaces"] | None, Field(description="Its effect on the appealed ruling.")]
    awaits_co_signature: Annotated[
        bool, Field(description="Whether it was above the neutral's authority when it was issued.")
    ]
    co_signed_by: UUID | None
    co_signature_refused: CoSignatureRefusedShown | None
    vexatious: Annotated[Said | None, Field(description="Why the claim was found vexatious, if it was.")]
    final: bool
    issued_at: Instant
    final_at: Instant | None


class EvidenceRequestShown(Answer):
    """The neutral's request to a side for evidence. `inferred`: none came, and the ruling must address this."""

    number: int
    of: Side
    fact: Said
    status: Literal["open", "answered", "inferred"]
    asked_at: Instant
    due_at: Instant | None
    ended_at: Instant | None


class ConsentShown(Answer):
    """A side agreed that this neutral rules although they heard a caucus."""

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
    """The respondent's request to set the default aside, and the decision on it."""

    by: Side
    cause: Said
    requested_at: Instant
    decided: Literal["set_aside", "refused"] | None
    decided_by: str | None
    reasons: Said | None
    decided_at: Instant | None


class EarlyExecutionShown(Answer):
    """A ruling that was executed before it was final. `funded_by` bears the risk."""

    number: int
    funded_by: str
    at: Instant


class OverturnedShown(Answer):
    """The amounts that each side got under an outcome that was overturned. They count towards the next decision."""

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
    award: Annotated[Divided | None, Field(description="The division of the money in escrow.")] = None
    at: Instant


class CancellationShown(Answer):
    """The cancellation by the marketplace."""

    reason: Said
    award: Annotated[Divided | None, Field(description="The division of the money in escrow.")] = None
    at: Instant
