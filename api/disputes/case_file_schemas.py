"""The case file of one dispute as its viewer may see it. A field that the viewer may not see is null."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from api.disputes.clocks.deadline_schemas import DueDate
from api.disputes.clocks.stay import ProceedingShown, StayShown
from api.disputes.commitments.commitment_schemas import CommitmentOfDispute
from api.disputes.evidence.exhibit_schemas import Exhibit
from api.disputes.filing.admissibility import InadmissibleShown
from api.disputes.filing.filing_schemas import EXAMPLE
from api.disputes.filing.key_questions import CalledForShown, KeyQuestionShown, MissingShown
from api.disputes.remedies.elsewhere import RefundElsewhereShown
from api.disputes.remedies.goods import GoodsShown
from api.disputes.remedies.reopening import RatingShown, ReopeningShown
from api.disputes.settlement.caucus_schemas import CaucusMessage
from api.disputes.stage_schemas import (
    AppealShown,
    CancellationShown,
    ChallengeShown,
    ConsentShown,
    CounterclaimShown,
    DeclarationShown,
    DefaultShown,
    EarlyExecutionShown,
    EscalationShown,
    EvidenceRequestShown,
    FastLaneShown,
    ImpasseShown,
    OfferShown,
    OverturnedShown,
    ProposalShown,
    RebuttalShown,
    ReferralShown,
    ResponseShown,
    RulingShown,
    SetAsideShown,
    SettlementShown,
    TenureShown,
    WithdrawalShown,
)
from api.http.answers import DONE, ActionWithExample
from api.http.bodies import Answer, Page, example
from api.http.parts import Said
from api.http.relative import ago, ahead
from api.marketplace.claim_history_schemas import BeyondLimitShown, HistoriesInShort
from api.marketplace.incident_answers import PartOfIncident, SharedInCase
from api.marketplace.refund_schemas import RefundOfDispute
from domain.filing.filing_facts import ReliefSought
from domain.filing.representation_facts import Capacity
from domain.kernel.base import Instant, Role
from domain.kernel.money import Money
from domain.kernel.people import Awaiting, Outcome, Side, Stage
from domain.kernel.places import Country, LanguageTag, TimeZone
from domain.policy.reasons import ClaimReason, Forum

_HIDDEN = "Not shown to the other party."
_INTERNAL = "A party sees only its own."


class PartyShown(Answer):
    """A buyer or a seller. Of the other party, each sees name, country, language and time zone."""

    id: Annotated[str | None, Field(description=_INTERNAL)]
    name: str | None
    email: Annotated[str | None, Field(description=_HIDDEN)]
    country: Country
    language: LanguageTag
    time_zone: TimeZone
    tier: Annotated[str | None, Field(description=_HIDDEN)]


class RepresentativeShown(Answer):
    """A person who acts for a party. In the dispute's history, `subject` is the `actor` of this person's acts."""

    side: Side
    subject: UUID
    id: Annotated[str | None, Field(description=_INTERNAL)]
    name: str | None
    capacity: Capacity
    by: Role
    named_at: Instant
    ended_at: Instant | None
    ended_by: Role | None


class LineShown(Answer):
    id: str
    title: str
    quantity: int
    amount: Money


class HeldShown(Answer):
    by: Side
    amount: Money


class ChargeShown(Answer):
    label: str
    amount: Money


class TrackingShown(Answer):
    carrier: str
    number: str
    status: str
    at: Instant


class TransactionShown(Answer):
    """The order, as it was described at filing."""

    order_id: str
    payment_reference: Annotated[str | None, Field(description="Not shown to the parties.")]
    paid: Money
    paid_at: Instant
    delivered_at: Instant | None
    latest_delivery_at: Instant | None
    lines: list[LineShown]
    held: list[HeldShown]
    charges: list[ChargeShown]
    tracking: list[TrackingShown]


class ClaimShown(Answer):
    reason: ClaimReason
    lines: list[str]
    amount: Money
    relief_sought: ReliefSought
    statement: Said


_FILED_AT = ago(days=2)
_OF_BUYER = {"of": "claimant", "side": "buyer", "until": ahead(days=5)}
_ASKED = {**_OF_BUYER, "name": "difference", "text": "What exactly is different from what was ordered?"}
_PHOTOS = {**_OF_BUYER, "name": "photos", "text": "Photographs of the goods that show the fault, and of the label."}
_CASE: dict[str, Any] = {
    "id": DONE["id"],
    "version": 3,
    "marketplace": "bazaar",
    "marketplace_reference": "MP-2026-000123",
    "policy_version": "first-2026",
    "imported": False,
    "stage": "negotiation",
    "awaiting": "respondent",
    "outcome": None,
    "filed_at": ago(days=2),
    "closed_at": None,
    "transaction": EXAMPLE["transaction"],
    "buyer": EXAMPLE["buyer"],
    "seller": EXAMPLE["seller"] | {"id": None, "email": None, "tier": None},
    "representatives": [],
    "claimant": "buyer",
    "claim": EXAMPLE["claim"],
    "seller_contacted_at": EXAMPLE["seller_contacted_at"],
    "other_forum": None,
    "claimed": EXAMPLE["claim"]["amount"],
    "in_dispute": EXAMPLE["claim"]["amount"],
    "neutral": None,
    "assigned_at": None,
    "neutrals": [],
    "declarations": [],
    "challenges": [],
    "response": None,
    "default": None,
    "fast_lane": None,
    "key_questions": [
        {**_ASKED, "answers": [{"edition": 1, "answer": {"text": "Il colore.", "language": "it"}, "at": _FILED_AT}]}
    ],
    "evidence_called_for": [{**_PHOTOS, "exhibits": [], "by_tracking": False}],
    "missing": [{**_PHOTOS, "what": "evidence"}],
    "exhibits": [],
    "incident": None,
    "shared": [],
    "offers": [],
    "escalation": None,
    "referral": None,
    "proposals": [],
    "impasse": None,
    "set_aside": None,
    "evidence_requests": [],
    "rebuttal": None,
    "counterclaim": None,
    "caucus": [],
    "consents": [],
    "rulings": [],
    "appeals": [],
    "settlement": None,
    "withdrawal": None,
    "cancellation": None,
    "inadmissible": None,
    "commitments": [],
    "follows": None,
    "reopenings": [],
    "ratings": [],
    "stayed": False,
    "stayed_since": None,
    "stay": None,
    "proceedings": [],
    "refunds_elsewhere": [],
    "early_execution": None,
    "overturned": None,
    "goods": None,
    "deadlines": [],
    "refunds": [],
    "beyond_limit": None,
    "claim_histories": None,
    "actions": [{**DONE["actions"][0], "example": {"amount": {"amount": "65.00", "currency": "EUR"}}}],
}


class CaseFile(Answer):
    """One dispute. If you ask for an earlier instant, `actions` is empty."""

    model_config = example(_CASE)

    id: UUID
    version: Annotated[int, Field(description="Also sent as the ETag.")]
    marketplace: str
    marketplace_reference: Annotated[str | None, Field(description="Not shown to the parties.")]
    policy_version: str
    imported: bool
    stage: Stage
    awaiting: Annotated[Awaiting, Field(description="Whose move it is.")]
    outcome: Outcome | None
    filed_at: Instant
    closed_at: Instant | None
    transaction: TransactionShown
    buyer: PartyShown
    seller: PartyShown
    representatives: Annotated[
        list[RepresentativeShown], Field(description="The people who act for a party, or did earlier.")
    ]
    claimant: Side
    claim: ClaimShown
    seller_contacted_at: Annotated[Instant | None, Field(description="As stated at filing.")]
    other_forum: Annotated[
        Forum | None, Field(description="As stated at filing: the other forum that deals with the same money.")
    ]
    claimed: Annotated[Money, Field(description="The claim, less the part that was conceded.")]
    in_dispute: Annotated[Money, Field(description="The amount to be divided.")]
    neutral: UUID | None
    assigned_at: Instant | None
    neutrals: Annotated[
        list[TenureShown], Field(description="All neutrals of the dispute, in order, and why each one left it.")
    ]
    declarations: Annotated[list[DeclarationShown], Field(description="The interests that the neutrals declared.")]
    challenges: list[ChallengeShown]
    response: ResponseShown | None
    default: DefaultShown | None
    fast_lane: FastLaneShown | None
    key_questions: Annotated[
        list[KeyQuestionShown], Field(description="The questions that the policy asks for this claim.")
    ]
    evidence_called_for: list[CalledForShown]
    missing: Annotated[
        list[MissingShown],
        Field(description="Answers and evidence that have not come yet: which, from whom, until when."),
    ]
    exhibits: list[Exhibit]
    incident: Annotated[PartOfIncident | None, Field(description="The incident that groups this dispute with others.")]
    shared: Annotated[
        list[SharedInCase], Field(description="The items that the incident shares with all its disputes.")
    ]
    offers: list[OfferShown]
    escalation: EscalationShown | None
    referral: ReferralShown | None
    proposals: list[ProposalShown]
    impasse: ImpasseShown | None
    set_aside: SetAsideShown | None
    evidence_requests: list[EvidenceRequestShown]
    rebuttal: RebuttalShown | None
    counterclaim: CounterclaimShown | None
    caucus: Annotated[
        list[CaucusMessage],
        Field(description="Only the caucus in which you take part, with both its participants' messages."),
    ]
    consents: list[ConsentShown]
    rulings: list[RulingShown]
    appeals: list[AppealShown]
    settlement: SettlementShown | None
    withdrawal: WithdrawalShown | None
    cancellation: CancellationShown | None
    inadmissible: Annotated[InadmissibleShown | None, Field(description="Why the claim is not heard.")]
    commitments: list[CommitmentOfDispute]
    follows: Annotated[UUID | None, Field(description="The closed dispute on the same order that this one continues.")]
    reopenings: list[ReopeningShown]
    ratings: Annotated[list[RatingShown], Field(description="Ratings of the handling. A party sees only its own.")]
    stayed: Annotated[bool, Field(description="During a stay nothing lapses, and nothing is decided or paid.")]
    stayed_since: Instant | None
    stay: Annotated[StayShown | None, Field(description="The stay that somebody ordered.")]
    proceedings: list[ProceedingShown]
    refunds_elsewhere: list[RefundElsewhereShown]
    early_execution: EarlyExecutionShown | None
    overturned: OverturnedShown | None
    goods: Annotated[
        GoodsShown | None,
        Field(
            description="Goods that must be returned, destroyed, fetched or replaced before part of the money is owed."
        ),
    ]
    deadlines: list[DueDate]
    refunds: list[RefundOfDispute]
    beyond_limit: Annotated[
        BeyondLimitShown | None,
        Field(
            description="The limit on claims because of which a person decides. Shown to the same roles as `claim_histories`."
        ),
    ]
    claim_histories: Annotated[
        HistoriesInShort | None,
        Field(description="The present numbers. Only neutrals, supervisors, administrators and auditors see them."),
    ]
    actions: Annotated[list[ActionWithExample], Field(description="The acts that are open to you now.")]


_STANDING: dict[str, Any] = {
    "id": DONE["id"],
    "marketplace_reference": "MP-2026-000123",
    "reason": "not_as_described",
    "claimant": "buyer",
    "in_dispute": EXAMPLE["claim"]["amount"],
    "stage": "negotiation",
    "awaiting": "respondent",
    "outcome": None,
    "neutral": None,
    "imported": False,
    "filed_at": ago(days=2),
    "changed_at": ago(days=2, milliseconds=-3.215),
}


class DisputeInList(Answer):
    """The state of a dispute, in short."""

    model_config = example(_STANDING)

    id: UUID
    marketplace_reference: Annotated[str | None, Field(description="Not shown to the parties.")]
    reason: ClaimReason
    claimant: Side
    in_dispute: Money
    stage: Stage
    awaiting: Awaiting
    outcome: Outcome | None
    neutral: UUID | None
    imported: bool
    filed_at: Instant
    changed_at: Annotated[Instant, Field(description="When the engine last learned something about the dispute.")]


class Disputes(Page[DisputeInList]):
    model_config = example({"items": [_STANDING], "next": None})
