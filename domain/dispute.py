"""The state of a dispute: only what a decision needs, folded from its events."""

from dataclasses import dataclass, replace
from typing import assert_never, overload
from uuid import UUID

from domain import (
    adjudication,
    caucus,
    commitments,
    deadlines,
    escalation,
    evidence,
    evidence_requests,
    negotiation,
    pleadings,
    proposal,
    remedy,
    set_aside,
)
from domain.adjudication import (
    Adjudication,
    AdjudicationEvent,
    AppealLodged,
    AppealSentBack,
    AppealWaived,
    AppealWindowLapsed,
    CoSignatureRefused,
    RulingBecameFinal,
    RulingCoSigned,
    RulingIssued,
)
from domain.base import Actor, Event, Instant, Role
from domain.caucus import Caucus, CaucusConsentGiven, CaucusEvent, CaucusMessagePosted
from domain.closure import ClaimWithdrawn, ClosureEvent, DisputeClosed
from domain.commitments import (
    Bearer,
    CommitmentBreached,
    CommitmentDischarged,
    CommitmentEvent,
    CommitmentKept,
    CommitmentMade,
    CommitmentReplaced,
    Commitments,
    CommitmentWaived,
)
from domain.deadlines import DeadlineEnded, DeadlineEvent, DeadlineLapsed, Deadlines, DeadlineSet
from domain.escalation import Escalated, Escalation, EscalationEvent, NeutralAssigned, Referred
from domain.evidence import EvidenceEvent, ExhibitAdded, ExhibitAnswered, Exhibits, ExhibitWithdrawn
from domain.evidence_requests import (
    AdverseInferenceRecorded,
    EvidenceRequested,
    EvidenceRequestEvent,
    EvidenceRequests,
)
from domain.filing import DisputeFiled
from domain.money import Money
from domain.negotiation import (
    NegotiationEvent,
    OfferAccepted,
    OfferExpired,
    OfferMade,
    OfferRejected,
    Offers,
    SettlementReached,
)
from domain.people import Awaiting, Member, Outcome, Side, Stage, Text, Words
from domain.pleadings import CounterclaimRaised, PleadingEvent, Pleadings, RebuttalGiven
from domain.proposal import (
    ImpasseDeclared,
    ProposalAccepted,
    ProposalEvent,
    ProposalLapsed,
    ProposalMade,
    ProposalRefused,
    Proposals,
)
from domain.remedy import Division, RefundStalled, RefundUnderway, RemedyEvent
from domain.response import Answer, DefaultDeclined, DefaultGranted, ResponseEvent, ResponseGiven
from domain.set_aside import DefaultSetAside, SetAside, SetAsideEvent, SetAsideRefused, SetAsideRequested

# --- types ---


class MovePassed(Event, kind="MovePassed", stream="dispute"):
    """The dispute entered another stage, or the move passed to somebody else."""

    stage: Stage
    awaiting: Awaiting


DisputeEvent = (
    DisputeFiled
    | ResponseEvent
    | EvidenceEvent
    | EvidenceRequestEvent
    | PleadingEvent
    | CaucusEvent
    | NegotiationEvent
    | EscalationEvent
    | ProposalEvent
    | AdjudicationEvent
    | SetAsideEvent
    | RemedyEvent
    | CommitmentEvent
    | DeadlineEvent
    | ClosureEvent
    | MovePassed
)


# --- state ---


@dataclass(frozen=True, slots=True)
class Dispute:
    """`claimed` is what the claimant wants, `in_dispute` what is to be divided; a part conceded leaves both.

    `response` is the respondent's answer and what it conceded. `involved` are the neutrals and supervisors who may not hear an
    appeal. `outcome` is set as soon as it is certain; `closed` when
    nothing is owed any more.
    """

    id: UUID
    transaction_id: UUID
    policy_version: str
    filed_at: Instant
    imported: bool
    buyer: Member
    seller: Member
    claimant: Side
    claimed: Money
    in_dispute: Money
    held: bool
    contradicted_by_record: bool
    stage: Stage = Stage.NEGOTIATION
    awaiting: Awaiting = Awaiting.RESPONDENT
    outcome: Outcome | None = None
    closed: bool = False
    response: tuple[Answer, Money | None] | None = None
    exhibits: Exhibits = Exhibits()
    evidence_requests: EvidenceRequests = EvidenceRequests()
    pleadings: Pleadings = Pleadings()
    caucus: Caucus = Caucus()
    offers: Offers = Offers()
    escalation: Escalation = Escalation()
    proposals: Proposals = Proposals()
    adjudication: Adjudication = Adjudication()
    involved: frozenset[UUID] = frozenset()
    set_aside: SetAside = SetAside()
    commitments: Commitments = Commitments()
    deadlines: Deadlines = Deadlines()

    @property
    def undecided(self) -> bool:
        """Neither ruled nor ended: the parties may still answer, bargain, bring evidence or withdraw."""
        return self.outcome is None and self.adjudication.ruling is None

    @property
    def record_open(self) -> bool:
        """Evidence is still taken: until the ruling, and again while an appeal is heard."""
        return self.undecided or self.adjudication.appeal is not None

    def party(self, side: Side) -> Member:
        return self.buyer if side is Side.BUYER else self.seller

    def division(self, to_claimant: Money) -> Division:
        return Division(claimant=to_claimant, respondent=self.in_dispute - to_claimant)

    def took_part(self, side: Side) -> bool:
        """Whether a side has made or answered an offer, accepted a proposal, put in evidence, or asked to be heard."""
        offers = any(o.by is side or o.status in ("accepted", "rejected") for o in self.offers.made)
        proposals = any(side in p.accepted_by for p in self.proposals.made)
        asked = self.set_aside.requested and side is self.claimant.other
        return asked or offers or proposals or Role(side.value) in self.exhibits.by.values()

    def subject_of(self, actor: Actor) -> UUID:
        """Whom a text by this actor is about: the party it speaks for, or else the person who acts."""
        return self.party(Side(actor.role.value)).subject if actor.role in (Role.BUYER, Role.SELLER) else actor.subject

    @overload
    def text(self, words: Words, actor: Actor) -> Text: ...
    @overload
    def text(self, words: Words | None, actor: Actor) -> Text | None: ...
    def text(self, words: Words | None, actor: Actor) -> Text | None:
        """Words as they are kept: as those of the person whose they are."""
        return words.of(self.subject_of(actor)) if words else None

    def subject_of_bearer(self, bearer: Bearer) -> UUID | None:
        match bearer:
            case Bearer.BUYER | Bearer.SELLER:
                return self.party(Side(bearer.value)).subject
            case Bearer.NEUTRAL:
                return self.escalation.neutral
            case _:
                return None


# --- evolve ---


def filed(event: DisputeFiled, at: Instant) -> Dispute:
    """The state that a stream begins with. `at` is when it was filed."""
    claim = event.claim
    return Dispute(
        id=event.dispute_id,
        transaction_id=event.order.transaction_id,
        policy_version=event.policy_version,
        filed_at=at,
        imported=event.imported,
        buyer=event.buyer.member(),
        seller=event.seller.member(),
        claimant=event.claimant,
        claimed=claim.amount,
        in_dispute=event.in_dispute,
        held=bool(event.order.held),
        contradicted_by_record=claim.reason == "item_not_received" and event.order.tracked_as_delivered,
    )


def evolve(dispute: Dispute, event: DisputeEvent) -> Dispute:  # noqa: C901 - one arm a kind of event, so that none is forgotten
    match event:
        case DisputeFiled():
            return dispute  # the first of its stream: see `filed`
        case ResponseGiven() | DefaultGranted() | DefaultDeclined():
            return _answered(dispute, event)
        case ExhibitAdded(answers_request=number):
            requests = evidence_requests.answered(dispute.evidence_requests, number)
            exhibits = evidence.evolve(dispute.exhibits, event)
            return replace(dispute, exhibits=exhibits, evidence_requests=requests)
        case EvidenceRequested() | AdverseInferenceRecorded():
            requests = evidence_requests.evolve(dispute.evidence_requests, event)
            return replace(dispute, evidence_requests=requests)
        case CaucusMessagePosted(neutral=neutral):
            return _involving(replace(dispute, caucus=caucus.evolve(dispute.caucus, event)), neutral)
        case CaucusConsentGiven():
            return replace(dispute, caucus=caucus.evolve(dispute.caucus, event))
        case RebuttalGiven() | CounterclaimRaised():
            return replace(dispute, pleadings=pleadings.evolve(dispute.pleadings, event))
        case ExhibitWithdrawn() | ExhibitAnswered():
            return replace(dispute, exhibits=evidence.evolve(dispute.exhibits, event))
        case OfferMade() | OfferAccepted() | OfferRejected() | OfferExpired():
            return replace(dispute, offers=negotiation.evolve(dispute.offers, event))
        case SettlementReached():
            return replace(dispute, outcome=Outcome.SETTLED)
        case Escalated() | NeutralAssigned() | Referred():
            return replace(dispute, escalation=escalation.evolve(dispute.escalation, event))
        case ProposalMade():
            made = proposal.evolve(dispute.proposals, event)
            return _involving(replace(dispute, proposals=made), dispute.escalation.neutral)
        case ProposalAccepted() | ProposalRefused() | ProposalLapsed() | ImpasseDeclared():
            return replace(dispute, proposals=proposal.evolve(dispute.proposals, event))
        case AppealWaived() | AppealWindowLapsed():
            return replace(dispute, adjudication=adjudication.evolve(dispute.adjudication, event))
        case RulingIssued() | RulingCoSigned() | CoSignatureRefused() | AppealLodged() | AppealSentBack():
            return _ruled(dispute, event)
        case RulingBecameFinal():
            final = adjudication.evolve(dispute.adjudication, event)
            return replace(dispute, adjudication=final, outcome=final.ruling.outcome if final.ruling else None)
        case SetAsideRequested() | SetAsideRefused():
            return replace(dispute, set_aside=set_aside.evolve(dispute.set_aside, event))
        case DefaultSetAside():
            undone = replace(dispute, outcome=None, commitments=commitments.fallen(dispute.commitments))
            return replace(undone, set_aside=set_aside.evolve(dispute.set_aside, event))
        case RefundUnderway() | RefundStalled():
            return replace(dispute, commitments=remedy.evolve(dispute.commitments, event))
        case (
            CommitmentMade()
            | CommitmentBreached()
            | CommitmentKept()
            | CommitmentWaived()
            | CommitmentReplaced()
            | CommitmentDischarged()
        ):
            return replace(dispute, commitments=commitments.evolve(dispute.commitments, event))
        case DeadlineSet() | DeadlineEnded() | DeadlineLapsed():
            return replace(dispute, deadlines=deadlines.evolve(dispute.deadlines, event))
        case ClaimWithdrawn():
            return replace(dispute, outcome=Outcome.WITHDRAWN)
        case DisputeClosed():
            return replace(dispute, closed=True)
        case MovePassed(stage=stage, awaiting=awaiting):
            return replace(dispute, stage=stage, awaiting=awaiting)
        case _:
            assert_never(event)


def _answered(dispute: Dispute, event: ResponseEvent) -> Dispute:
    match event:
        case ResponseGiven(answer=Answer.CONCEDE):
            return replace(dispute, response=(event.answer, event.conceded), outcome=Outcome.CONCEDED)
        case ResponseGiven(answer=Answer.CONCEDE_PART, conceded=part) if part is not None:
            claimed, in_dispute = dispute.claimed - part, dispute.in_dispute - part
            return replace(dispute, response=(event.answer, part), claimed=claimed, in_dispute=in_dispute)
        case ResponseGiven():
            return replace(dispute, response=(event.answer, None))
        case DefaultGranted():
            return replace(dispute, outcome=Outcome.GRANTED_BY_DEFAULT)
        case DefaultDeclined():
            return dispute
        case _:
            assert_never(event)


def _ruled(
    dispute: Dispute, event: RulingIssued | RulingCoSigned | CoSignatureRefused | AppealLodged | AppealSentBack
) -> Dispute:
    dispute = replace(dispute, adjudication=adjudication.evolve(dispute.adjudication, event))
    match event:
        case RulingIssued(neutral=neutral):
            return _involving(dispute, neutral)
        case RulingCoSigned(supervisor=supervisor):
            return _involving(dispute, supervisor)
        case CoSignatureRefused(supervisor=supervisor):
            rules_anew = replace(dispute.escalation, referred=False)
            return _involving(replace(dispute, escalation=rules_anew), supervisor)
        case AppealLodged():
            return replace(dispute, escalation=escalation.vacated(dispute.escalation))
        case AppealSentBack(neutral=neutral):
            return _involving(replace(dispute, escalation=escalation.vacated(dispute.escalation)), neutral)
        case _:
            assert_never(event)


def _involving(dispute: Dispute, who: UUID | None) -> Dispute:
    return dispute if who is None else replace(dispute, involved=dispute.involved | {who})
