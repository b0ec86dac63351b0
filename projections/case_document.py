"""The fields of a case file. The stored document and the answer of the API are made from this one model.

In the stored document personal texts are sealed, money is {"amount", "currency"}, instants are in ISO 8601 (UTC).
A `Told` field is visible to everybody who may read the dispute. `api.acts.visibility` decides who sees the others.
"""

from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, Field

from domain.filing.filing_facts import DisputeFiled
from domain.kernel.base import Instant
from domain.kernel.disclosure import Told
from domain.kernel.money import Money
from domain.kernel.people import Awaiting, Outcome, Side, Stage
from domain.policy.reasons import Forum
from mediation.store.log.recorded import Recorded
from projections.case_story.clocks import DueDateShown, ProceedingShown, StayShown, running
from projections.case_story.commitments import CommitmentOfDispute
from projections.case_story.evidence import EvidenceRequestShown, ExhibitShown
from projections.case_story.filing import (
    BeyondLimitShown,
    ClaimShown,
    DeliveryShown,
    FastLaneShown,
    InadmissibleShown,
    PartyShown,
    RectificationShown,
    RepresentativeShown,
    ResolutionShown,
    TransactionShown,
)
from projections.case_story.incidents import PartOfIncident, SharedAnswer
from projections.case_story.items import as_json, instant
from projections.case_story.neutral import ChallengeShown, DeclarationShown, EscalationShown, ReferralShown, TenureShown
from projections.case_story.parts import Part
from projections.case_story.payments import RefundOfDispute
from projections.case_story.remedies import (
    CancellationShown,
    EarlyExecutionShown,
    GoodsShown,
    OverturnedShown,
    RatingShown,
    RefundElsewhereShown,
    ReopeningShown,
    WithdrawalShown,
)
from projections.case_story.response import (
    CounterclaimShown,
    DefaultShown,
    KeyAnswer,
    RebuttalShown,
    ResponseShown,
    SetAsideShown,
)
from projections.case_story.reviews import MachineDecisionShown
from projections.case_story.ruling import AppealShown, RulingShown
from projections.case_story.settlement import (
    CaucusMessageShown,
    ConsentShown,
    ImpasseShown,
    OfferShown,
    PartyRequestShown,
    ProposalShown,
    SettlementShown,
)
from projections.table import Doc


class CaseFields(Part):
    """A new field needs a default: documents that were stored before it are read with that."""

    id: Told[UUID]
    version: Told[Annotated[int, Field(description="Also sent as the ETag. A party counts what it was told.")]]
    marketplace: Told[str]
    marketplace_reference: Annotated[str | None, Field(description="Not shown to the parties.")]
    policy_version: Told[str]
    imported: Told[bool]
    stage: Told[Stage]
    awaiting: Told[Annotated[Awaiting, Field(description="Whose move it is.")]]
    outcome: Told[Outcome | None] = None
    filed_at: Told[Instant]
    closed_at: Told[Instant | None] = None
    transaction: TransactionShown
    buyer: PartyShown
    seller: PartyShown
    representatives: Annotated[
        tuple[RepresentativeShown, ...], Field(description="The people who act for a party, or did earlier.")
    ] = ()
    claimant: Told[Side]
    claim: Told[ClaimShown]
    seller_contacted_at: Told[Annotated[Instant | None, Field(description="As stated at filing.")]]
    other_forum: Told[
        Annotated[
            Forum | None, Field(description="As stated at filing: the other forum that deals with the same money.")
        ]
    ]
    claimed: Told[Annotated[Money, Field(description="The claim, less the part that was conceded.")]]
    in_dispute: Told[Annotated[Money, Field(description="The amount to be divided.")]]
    neutral: Told[UUID | None] = None
    assigned_at: Told[Instant | None] = None
    neutrals: Told[
        Annotated[
            tuple[TenureShown, ...],
            Field(description="All neutrals of the dispute, in order, and why each one left it."),
        ]
    ] = ()
    declarations: Told[
        Annotated[tuple[DeclarationShown, ...], Field(description="The interests that the neutrals declared.")]
    ] = ()
    challenges: Told[tuple[ChallengeShown, ...]] = ()
    response: Told[ResponseShown | None] = None
    default: Told[DefaultShown | None] = None
    fast_lane: Told[FastLaneShown | None] = None
    resolution: Told[ResolutionShown | None] = None
    key_questions: Annotated[
        tuple[BaseModel, ...], Field(description="The questions that the policy asks for this claim.")
    ] = ()
    evidence_called_for: tuple[BaseModel, ...] = ()
    missing: Annotated[
        tuple[BaseModel, ...],
        Field(description="Answers and evidence that have not come yet: which, from whom, until when."),
    ] = ()
    exhibits: tuple[ExhibitShown, ...] = ()
    incident: Annotated[
        PartOfIncident | None, Field(description="The incident that groups this dispute with others.")
    ] = None
    shared: Annotated[
        tuple[BaseModel, ...], Field(description="The items that the incident shares with all its disputes.")
    ] = ()
    offers: Told[tuple[OfferShown, ...]] = ()
    escalation: Told[EscalationShown | None] = None
    referral: Told[ReferralShown | None] = None
    proposals: Told[tuple[ProposalShown, ...]] = ()
    impasse: Told[ImpasseShown | None] = None
    set_aside: Told[SetAsideShown | None] = None
    evidence_requests: Told[tuple[EvidenceRequestShown, ...]] = ()
    party_requests: Told[
        Annotated[tuple[PartyRequestShown, ...], Field(description="What the parties asked of each other, in order.")]
    ] = ()
    rebuttal: Told[RebuttalShown | None] = None
    counterclaim: Told[CounterclaimShown | None] = None
    caucus: Annotated[
        tuple[CaucusMessageShown, ...],
        Field(description="Only the caucus in which you take part, with both its participants' messages."),
    ] = ()
    consents: Told[tuple[ConsentShown, ...]] = ()
    rulings: tuple[RulingShown, ...] = ()
    appeals: Told[tuple[AppealShown, ...]] = ()
    settlement: Told[SettlementShown | None] = None
    withdrawal: Told[WithdrawalShown | None] = None
    cancellation: Told[CancellationShown | None] = None
    inadmissible: Told[Annotated[InadmissibleShown | None, Field(description="Why the claim is not heard.")]] = None
    decisions: Annotated[
        tuple[MachineDecisionShown, ...],
        Field(description="What the engine decided alone. A party sees only what burdens it."),
    ] = ()
    rectifications: Annotated[
        tuple[RectificationShown, ...],
        Field(description="What a party corrected. What it corrects stays beside it. A party sees only its own."),
    ] = ()
    commitments: tuple[CommitmentOfDispute, ...] = ()
    follows: Told[
        Annotated[UUID | None, Field(description="The closed dispute on the same order that this one continues.")]
    ]
    reopenings: Told[tuple[ReopeningShown, ...]] = ()
    ratings: Annotated[
        tuple[RatingShown, ...], Field(description="Ratings of the handling. A party sees only its own.")
    ] = ()
    stayed: Told[
        Annotated[bool, Field(description="During a stay nothing lapses, and nothing is decided or paid.")]
    ] = False
    stayed_since: Told[Instant | None] = None
    stay: Told[Annotated[StayShown | None, Field(description="The stay that somebody ordered.")]] = None
    proceedings: Told[tuple[ProceedingShown, ...]] = ()
    deliveries: Told[
        Annotated[
            tuple[DeliveryShown, ...], Field(description="What became known about the delivery after filing, in order.")
        ]
    ] = ()
    refunds_elsewhere: Told[tuple[RefundElsewhereShown, ...]] = ()
    early_execution: Told[EarlyExecutionShown | None] = None
    overturned: Told[OverturnedShown | None] = None
    goods: Told[
        Annotated[
            GoodsShown | None,
            Field(
                description="Goods that must be returned, destroyed, fetched or replaced before part of the money is owed."
            ),
        ]
    ] = None
    deadlines: tuple[DueDateShown, ...] = ()
    refunds: tuple[RefundOfDispute, ...] = ()
    beyond_limit: Annotated[
        BeyondLimitShown | None,
        Field(
            description="The limit on claims because of which a person decides. Shown to the same roles as `claim_histories`."
        ),
    ] = None


ADDED_WHEN_READ = ("key_questions", "evidence_called_for", "missing", "shared")
"""What the reader adds from the policy and from the incident. It is not stored."""


class CaseDocument(CaseFields):
    """The stored document. No answer contains the fields that it adds as they are."""

    reference_key: UUID
    filed_position: int
    answers: tuple[KeyAnswer, ...] = ()
    shared_answers: tuple[SharedAnswer, ...] = ()


@cache
def _defaults() -> dict[str, Any]:
    fields = CaseDocument.model_fields.items()
    return {name: field.default for name, field in fields if not field.is_required() and name not in ADDED_WHEN_READ}


def beginning() -> Doc:
    """The fields that the filing does not fill, as JSON."""
    return {name: [] if value == () else value for name, value in _defaults().items()}


def filed(event: DisputeFiled, recorded: Recorded) -> Doc:
    """The document at the filing."""
    in_dispute = as_json(event.in_dispute)
    told = event.model_dump(mode="json")
    order = told["order"]
    ids = {line["key"]: line["id"] for line in order["lines"]}
    return {
        "id": told["dispute_id"],
        "filed_position": recorded.position,
        "marketplace": recorded.marketplace,
        "version": recorded.version,
        "marketplace_reference": told["reference"],
        "reference_key": told["reference_key"],
        "policy_version": told["policy_version"],
        "imported": told["imported"],
        "follows": told["follows"],
        "seller_contacted_at": told["seller_contacted_at"],
        "other_forum": told["other_forum"],
        "transaction": order,
        "buyer": told["buyer"],
        "seller": told["seller"],
        "claimant": told["claimant"],
        "claim": _with_ids(told["claim"], ids),
        "claimed": told["claim"]["amount"],
        "in_dispute": in_dispute,
        "stage": Stage.NEGOTIATION.value,
        "awaiting": Awaiting.RESPONDENT.value,
        "filed_at": instant(recorded.occurred_at),
        **beginning(),
        "deadlines": [_quiet(due) for due in told["answers_due"]],
    }


def _with_ids(claim: Doc, ids: Mapping[str, str]) -> Doc:
    """The claim with the ids of its order lines in place of their keys."""
    parts = [{**part, "line": ids[part["line"]]} for part in claim["parts"]]
    return {**claim, "lines": [ids[key] for key in claim["lines"]], "parts": parts}


def _quiet(due: Doc) -> Doc:
    """A window for answers to key questions. No event says when it ends, so the reader has to compare its due instant."""
    side = due["name"].removeprefix("answers-")
    return {**running(due, side), "quiet": True}
