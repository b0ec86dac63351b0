"""The stored document of one dispute: its fields, and which of them are visible to everybody who may read the dispute.

Personal texts are sealed, money is {"amount", "currency"}, instants are in ISO 8601 (UTC). `api.acts.visibility`
decides who sees a field that is not `Told`.
"""

from functools import cache
from typing import Any
from uuid import UUID

from domain.filing.filing_facts import Claim, Order
from domain.kernel.base import Instant, Value
from domain.kernel.disclosure import Told
from domain.kernel.money import Money
from domain.kernel.people import Awaiting, Outcome, Side, Stage
from domain.policy.reasons import Forum
from projections import case_parts as parts
from projections.view import Doc


class CaseDocument(Value):
    """`version` is the version of the dispute's stream. `claimed` and `in_dispute` are what is left after a part was
    conceded or refunded elsewhere. `seller_contacted_at` and `other_forum` are what the marketplace stated about the
    time before the filing. `neutrals` are all that were ever assigned. `cancellation` is the marketplace's. `stay` is
    the ordered one.
    """

    id: Told[UUID]
    marketplace: Told[str]
    reference: str
    reference_key: UUID
    policy_version: Told[str]
    imported: Told[bool]
    version: Told[int]
    order: Order
    parties: parts.Parties
    claimant: Told[Side]
    claim: Claim
    seller_contacted_at: Told[Instant | None]
    other_forum: Told[Forum | None]
    claimed: Told[Money]
    in_dispute: Told[Money]
    stage: Told[Stage]
    awaiting: Told[Awaiting]
    filed_at: Told[Instant]
    follows: Told[UUID | None]

    # fields that are empty at the filing
    outcome: Told[Outcome | None] = None
    closed_at: Told[Instant | None] = None
    neutral: Told[UUID | None] = None
    assigned_at: Told[Instant | None] = None
    neutrals: Told[tuple[parts.Tenure, ...]] = ()
    representatives: tuple[parts.Representative, ...] = ()
    declarations: Told[tuple[parts.Declaration, ...]] = ()
    challenges: Told[tuple[parts.Challenge, ...]] = ()
    response: Told[parts.Response | None] = None
    default: Told[parts.Default | None] = None
    fast_lane: Told[parts.FastLane | None] = None
    set_aside: Told[parts.SetAside | None] = None
    inadmissible: Told[parts.Inadmissible | None] = None
    beyond_limit: parts.BeyondLimit | None = None
    answers: tuple[parts.KeyAnswer, ...] = ()
    exhibits: tuple[parts.Exhibit, ...] = ()
    evidence_requests: Told[tuple[parts.EvidenceRequest, ...]] = ()
    rebuttal: Told[parts.Rebuttal | None] = None
    counterclaim: Told[parts.Counterclaim | None] = None
    caucus: tuple[parts.CaucusMessage, ...] = ()
    consents: Told[tuple[parts.Consent, ...]] = ()
    offers: tuple[parts.Offer, ...] = ()
    proposals: tuple[parts.Proposal, ...] = ()
    impasse: Told[parts.Impasse | None] = None
    settlement: parts.Settlement | None = None
    escalation: Told[parts.Escalation | None] = None
    referral: Told[parts.Referral | None] = None
    rulings: tuple[parts.Ruling, ...] = ()
    appeals: Told[tuple[parts.Appeal, ...]] = ()
    withdrawal: parts.Withdrawal | None = None
    cancellation: parts.Cancellation | None = None
    commitments: tuple[parts.Commitment, ...] = ()
    refunds: tuple[parts.Refund, ...] = ()
    refunds_elsewhere: Told[tuple[parts.RefundElsewhere, ...]] = ()
    early_execution: Told[parts.EarlyExecution | None] = None
    overturned: Told[parts.Overturned | None] = None
    goods: Told[parts.GoodsGoing | None] = None
    reopenings: Told[tuple[parts.Reopening, ...]] = ()
    ratings: tuple[parts.Rating, ...] = ()
    stayed: Told[bool] = False
    stayed_since: Told[Instant | None] = None
    stay: Told[parts.Stay | None] = None
    proceedings: Told[tuple[parts.Proceeding, ...]] = ()
    deadlines: tuple[parts.DueDate, ...] = ()
    incident: parts.PartOfIncident | None = None
    shared_answers: tuple[parts.SharedAnswer, ...] = ()


@cache
def _defaults() -> dict[str, Any]:
    return {name: field.default for name, field in CaseDocument.model_fields.items() if not field.is_required()}


def beginning() -> Doc:
    """The fields that the filing does not fill, as JSON."""
    return {name: [] if value == () else value for name, value in _defaults().items()}
