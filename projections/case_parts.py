"""The parts of a case file: for each thing that was done in a dispute, the fact and what became of it.

Personal texts are sealed. `at` is when it happened.
"""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from domain.clocks.deadline_facts import Whose
from domain.commitments.events import CommitmentClass, KeptBy, Participant, Promise
from domain.evidence.exhibit_facts import File
from domain.filing import admissibility_facts
from domain.filing.fast_lane_facts import ShownBy
from domain.filing.pleading_facts import OnCounterclaim, Relief
from domain.filing.representation_facts import Capacity
from domain.filing.response_facts import Answer
from domain.kernel.base import Instant, Role, Value
from domain.kernel.conversion import Payout
from domain.kernel.money import Money
from domain.kernel.people import Outcome, Party, Side, Text
from domain.kernel.windows import DeadlineProof
from domain.neutral import independence_facts
from domain.neutral.escalation_facts import WhyReleased
from domain.payments import refund_facts
from domain.policy.outage_facts import Outage
from domain.policy.reasons import Forum
from domain.remedies.division_facts import Division
from domain.remedies.elsewhere_facts import How
from domain.remedies.goods_facts import Goods, Shipment
from domain.ruling import ruling_facts
from domain.ruling.ruling_facts import Status


class Parties(Value):
    buyer: Party
    seller: Party


# --- people ---


class Representative(Value):
    side: Side
    subject: UUID
    id: str
    name: str | None
    capacity: Capacity
    by: Role
    named_at: Instant
    ended_at: Instant | None
    ended_by: Role | None


class Tenure(Value):
    """The time for which a neutral was assigned to the dispute."""

    neutral: UUID
    by: Role
    assigned_at: Instant
    released_at: Instant | None
    why: WhyReleased | None
    released_by: Role | None
    reason: Text | None


class Declaration(Value):
    neutral: UUID
    disclosed: Text | None
    at: Instant


class Challenge(Value):
    number: int
    by: Side
    neutral: UUID
    ground: independence_facts.Ground
    reason: Text
    granted: bool | None
    decided_by: Role | None
    reasons: Text | None
    made_at: Instant
    decided_at: Instant | None


# --- filing ---


class Response(Value):
    answer: Answer
    by: Side
    conceded: Money | None
    statement: Text | None
    goods: Goods | None
    given_at: Instant


class Default(Value):
    """What the respondent's silence led to."""

    granted: bool
    claimant_receives: Money | None
    reason: str | None
    at: Instant


class FastLane(Value):
    clause: str
    shown_by: ShownBy
    claimant_receives: Money
    up_to: Money
    funded_by: Participant | None
    at: Instant
    contested_at: Instant | None


class SetAside(Value):
    by: Side
    cause: Text
    requested_at: Instant
    decided: Literal["set_aside", "refused"] | None
    decided_by: Role | None
    reasons: Text | None
    decided_at: Instant | None


class Inadmissible(Value):
    ground: admissibility_facts.Ground
    by: Role
    clause: str | None
    reasons: Text | None
    may_file_from: Instant | None
    at: Instant


class BeyondLimit(Value):
    """The limit of the policy that gave the claim to a person."""

    what: Literal["claims", "amounts", "vexatious"]
    days: int
    most: str


class KeyAnswer(Value):
    """One edition of an answer to a key question."""

    question: str
    by: Side
    edition: int
    answer: Text
    at: Instant


class Rebuttal(Value):
    statement: Text
    given_at: Instant


class Counterclaim(Value):
    relief: Relief
    amount: Money | None
    statement: Text
    raised_at: Instant


# --- evidence ---


class ExhibitAnswer(Value):
    by: Side
    message: Text | None
    at: Instant


class Exhibit(Value):
    number: int
    by: Role
    description: Text
    file: File | None
    citable_at: Instant | None
    answers_request: int | None
    shows: str | None
    added_at: Instant
    withdrawn: bool
    withdrawn_at: Instant | None
    answers: tuple[ExhibitAnswer, ...]


class EvidenceRequest(Value):
    number: int
    of: Side
    fact: Text
    status: Literal["open", "answered", "inferred"]
    asked_at: Instant
    due_at: Instant | None
    ended_at: Instant | None


# --- settlement ---


class CaucusMessage(Value):
    number: int
    side: Side
    by: Role
    neutral: UUID
    message: Text
    file: File | None
    posted_at: Instant


class Consent(Value):
    by: Side
    neutral: UUID
    at: Instant


class Offer(Value):
    number: int
    by: Side
    terms: Division
    counters: int | None
    message: Text | None
    status: Literal["open", "accepted", "rejected", "expired"]
    why: Literal["lapsed", "superseded", "moot"] | None
    answer: Text | None
    made_at: Instant
    reply_by: Instant | None
    ended_at: Instant | None


class Proposal(Value):
    number: int
    terms: Division
    reasons: Text
    accepted_by: tuple[Side, ...]
    status: Literal["open", "accepted", "refused", "lapsed"]
    why: Literal["lapsed", "moot"] | None
    refused_by: Side | None
    answer: Text | None
    made_at: Instant
    reply_by: dict[Side, Instant | None]
    ended_at: Instant | None


class Impasse(Value):
    reasons: Text | None
    at: Instant


class Settlement(Value):
    terms: Division
    by: Literal["offer", "proposal"]
    number: int
    at: Instant


# --- the neutral's part ---


class Joined(Value):
    by: Side
    reason: Text | None
    at: Instant


class Escalation(Value):
    by: Literal["buyer", "seller", "silence", "policy"]
    offers_standing: tuple[int, ...]
    reason: Text | None
    at: Instant
    joined: tuple[Joined, ...]


class Referral(Value):
    reason: Literal["ruling_overdue"]
    at: Instant


class CoSignatureRefused(Value):
    by: UUID
    reasons: Text
    at: Instant


class Ruling(Value):
    """`appealable_by` are the sides that may still appeal. `vexatious` is why the claim was found vexatious."""

    number: int
    neutral: UUID
    award: Division
    outcome: Outcome
    cites_exhibits: tuple[int, ...]
    cites_shared: tuple[int, ...]
    cites_clauses: tuple[str, ...]
    reasons: Text
    appealable_by: tuple[Side, ...]
    awaits_co_signature: bool
    on_appeal: Literal["affirms", "replaces"] | None
    addresses_inferences: tuple[int, ...]
    counterclaim: OnCounterclaim | None
    status: Status
    final: bool
    co_signed_by: UUID | None
    co_signature_refused: CoSignatureRefused | None
    vexatious: Text | None
    issued_at: Instant
    final_at: Instant | None


class Appeal(Value):
    """`number` is the number of the ruling."""

    number: int
    by: Side
    ground: ruling_facts.Ground
    statement: Text
    decided: Literal["affirms", "replaces", "sent_back", "withdrawn"] | None
    reasons: Text | None
    lodged_at: Instant
    decided_at: Instant | None


# --- what is owed, and how it ends ---


class Commitment(Promise):
    id: UUID
    number: int
    of_class: Annotated[CommitmentClass, Field(alias="class")]
    arises_from: str
    because_of: UUID | None
    message: int | None
    status: Literal["pending", "overdue", "kept", "kept_late", "waived", "replaced", "discharged"]
    refund_id: UUID | None
    replaced_by: UUID | None
    by: Role | None
    made_at: Instant
    end_note: Text | None
    kept_by: KeptBy | None
    ended_at: Instant | None


class Refund(Value):
    id: UUID
    commitment_id: UUID
    recipient: Side
    recipient_subject: UUID
    funded_by: str
    amount: Money
    status: refund_facts.Status
    reason: str | None
    provider_reference: str | None
    payout: Payout | None
    instructed_at: Instant
    changed_at: Instant


class RefundElsewhere(Value):
    payment_key: UUID
    amount: Money
    off_claim: Money
    how: How
    resolves: bool
    excess: Money | None
    at: Instant


class EarlyExecution(Value):
    number: int
    funded_by: Participant
    at: Instant


class Overturned(Value):
    to_buyer: Money
    to_seller: Money
    at: Instant


class GoodsSent(Value):
    commitment_id: UUID
    by: Side
    shipment: Shipment | None
    statement: Text | None
    at: Instant


class GoodsContest(Value):
    commitment_id: UUID
    by: Role
    ground: str
    statement: Text
    at: Instant


class GoodsDecision(Value):
    to_buyer: Money
    to_seller: Money
    by: Role
    reasons: Text
    at: Instant


class GoodsEnd(Value):
    how: str
    to_buyer: Money
    to_seller: Money
    at: Instant


class GoodsGoing(Value):
    goods: Goods
    at_stake: Money
    arises_from: str
    step: str
    commitment_id: UUID
    since: Instant
    sent: GoodsSent | None
    contest: GoodsContest | None
    decision: GoodsDecision | None
    ended: GoodsEnd | None


class Withdrawal(Value):
    """`terms` say what becomes of the money in escrow."""

    reason: Text | None
    terms: Division | None
    at: Instant


class Cancellation(Value):
    reason: Text
    terms: Division | None
    at: Instant


class Reopening(Value):
    ground: str
    by: Role
    reasons: Text
    bounced: UUID | None
    at: Instant


class Rating(Value):
    by: Side
    rating: int
    text: Text | None
    at: Instant


# --- clocks ---


class ProofWithOutages(DeadlineProof):
    outages: tuple[Outage, ...]


class DueDate(Value):
    """A `quiet` deadline stays `running`: no event ends the windows for answers to key questions."""

    name: str
    whose: Whose
    due_at: Instant
    proof: ProofWithOutages
    status: Literal["running", "met", "moot", "lapsed"]
    moved: tuple[Literal["stay", "extension", "outage"], ...]
    remind_at: tuple[Instant, ...]
    ended_at: Instant | None
    recorded_at: Instant | None
    quiet: bool = False


class Stay(Value):
    by: Role
    until: Instant
    reasons: Text
    at: Instant


class Proceeding(Value):
    """`end` is the statement made when it ended."""

    number: int
    what: Forum
    by: Role
    statement: Text
    at: Instant
    end: Text | None
    ended_at: Instant | None


# --- the incident ---


class PartOfIncident(Value):
    id: UUID
    joined_at: Instant


class SharedAnswer(Value):
    incident_id: UUID
    number: int
    by: Side
    message: Text | None
    at: Instant
