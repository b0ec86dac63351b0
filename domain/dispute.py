"""The state of a dispute: only what a decision needs, folded from its events."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
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
    goods,
    independence,
    key_questions,
    membership,
    negotiation,
    pleadings,
    proposal,
    recovery,
    remedy,
    representation,
    set_aside,
)
from domain import stay as stays
from domain.adjudication import (
    Adjudication,
    AdjudicationEvent,
    AppealLodged,
    AppealSentBack,
    AppealWaived,
    AppealWindowLapsed,
    AppealWithdrawn,
    CoSignatureRefused,
    RulingBecameFinal,
    RulingCoSigned,
    RulingIssued,
)
from domain.admissibility import DeclaredInadmissible
from domain.base import Actor, Event, Instant, Role
from domain.caucus import Caucus, CaucusConsentGiven, CaucusEvent, CaucusMessagePosted
from domain.claims import ClaimBeyondLimit
from domain.closure import ClaimWithdrawn, ClosureEvent, DisputeClosed
from domain.commitments import (
    Bearer,
    CommitmentBreached,
    CommitmentDeferred,
    CommitmentDischarged,
    CommitmentEvent,
    CommitmentKept,
    CommitmentMade,
    CommitmentPassed,
    CommitmentReplaced,
    Commitments,
    CommitmentWaived,
)
from domain.deadlines import DeadlineEnded, DeadlineEvent, DeadlineLapsed, DeadlineMoved, Deadlines, DeadlineSet
from domain.elsewhere import RefundedElsewhere
from domain.escalation import (
    Escalated,
    Escalation,
    EscalationEvent,
    EscalationJoined,
    NeutralAssigned,
    NeutralReleased,
    Referred,
)
from domain.evidence import EvidenceEvent, ExhibitAdded, ExhibitAnswered, Exhibits, ExhibitWithdrawn
from domain.evidence_requests import (
    AdverseInferenceRecorded,
    EvidenceRequested,
    EvidenceRequestEvent,
    EvidenceRequests,
)
from domain.filing import DisputeFiled
from domain.goods import Goods, GoodsAwaited, GoodsContested, GoodsDecided, GoodsEnded, GoodsEvent, GoodsSent, Handling
from domain.independence import (
    ChallengeDecided,
    Independence,
    IndependenceEvent,
    InterestsDeclared,
    NeutralChallenged,
)
from domain.key_questions import KeyQuestionAnswered, KeyQuestions
from domain.membership import (
    BulkActNotReached,
    BulkActReached,
    IncidentJoined,
    IncidentLeft,
    Membership,
    MembershipEvent,
    SharedAnswered,
    SharedCited,
)
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
from domain.recovery import Advance, AwardOverturned, RecoveryEvent, RulingExecuted
from domain.remedy import (
    Division,
    Instalment,
    RefundReferred,
    RefundReturned,
    RefundStalled,
    RefundUnderway,
    RemedyEvent,
)
from domain.reopening import AfterwardsEvent, DisputeReopened, HandlingRated
from domain.representation import Representation, RepresentationEnded, RepresentationEvent, RepresentativeNamed
from domain.response import Answer, DefaultDeclined, DefaultGranted, ResponseEvent, ResponseGiven
from domain.set_aside import DefaultSetAside, SetAside, SetAsideEvent, SetAsideRefused, SetAsideRequested
from domain.stay import (
    DisputeResumed,
    DisputeStayed,
    ParallelProceedingEnded,
    ParallelProceedingRecorded,
    Stay,
    StayEvent,
    StayLifted,
    StayOrdered,
)
from domain.vexatious import ClaimFoundVexatious, Finding

# --- types ---


class MovePassed(Event, kind="MovePassed", stream="dispute"):
    """The dispute entered another stage, or the move passed to somebody else."""

    stage: Stage
    awaiting: Awaiting


DisputeEvent = (
    DisputeFiled
    | DeclaredInadmissible
    | ResponseEvent
    | EvidenceEvent
    | EvidenceRequestEvent
    | KeyQuestionAnswered
    | PleadingEvent
    | CaucusEvent
    | NegotiationEvent
    | EscalationEvent
    | IndependenceEvent
    | RepresentationEvent
    | ProposalEvent
    | AdjudicationEvent
    | SetAsideEvent
    | RemedyEvent
    | GoodsEvent
    | RecoveryEvent
    | StayEvent
    | RefundedElsewhere
    | AfterwardsEvent
    | MembershipEvent
    | CommitmentEvent
    | DeadlineEvent
    | ClosureEvent
    | ClaimBeyondLimit
    | ClaimFoundVexatious
    | MovePassed
)


# --- state ---


@dataclass(frozen=True, slots=True)
class Dispute:
    """`claimed` is what the claimant wants, `in_dispute` what is to be divided; a part conceded leaves both.

    `goods_value` is what the claim's lines cost, `elsewhere` what was paid there of what was owed here. `response` is the
    respondent's answer and what it conceded. `involved` are the neutrals and supervisors who may not hear an appeal. `outcome`
    is set as soon as it is certain; `closed` when nothing is owed any more. `for_a_person`: silence decides nothing in it.
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
    reason: str
    goods_value: Money
    stage: Stage = Stage.NEGOTIATION
    awaiting: Awaiting = Awaiting.RESPONDENT
    outcome: Outcome | None = None
    closed: bool = False
    response: tuple[Answer, Money | None] | None = None
    exhibits: Exhibits = Exhibits()
    evidence_requests: EvidenceRequests = EvidenceRequests()
    key_questions: KeyQuestions = KeyQuestions()
    pleadings: Pleadings = Pleadings()
    caucus: Caucus = Caucus()
    offers: Offers = Offers()
    escalation: Escalation = Escalation()
    independence: Independence = Independence()
    representation: Representation = Representation()
    proposals: Proposals = Proposals()
    adjudication: Adjudication = Adjudication()
    involved: frozenset[UUID] = frozenset()
    set_aside: SetAside = SetAside()
    commitments: Commitments = Commitments()
    goods: Handling | None = None
    advance: Advance = Advance()
    stay: Stay = Stay()
    elsewhere: tuple[Money, ...] = ()
    rated: Mapping[Side, int] = field(default_factory=dict)
    membership: Membership = Membership()
    deadlines: Deadlines = Deadlines()
    for_a_person: bool = False
    vexatious: Finding | None = None

    @property
    def undecided(self) -> bool:
        """Neither ruled nor ended: the parties may still answer, bargain, bring evidence or withdraw."""
        return self.outcome is None and self.adjudication.ruling is None

    @property
    def to_be_ruled(self) -> bool:
        """Undecided, or appealed: evidence is taken, and who is to rule may be challenged."""
        return self.undecided or self.adjudication.appeal is not None

    def party(self, side: Side) -> Member:
        return self.buyer if side is Side.BUYER else self.seller

    @property
    def takes_evidence(self) -> bool:
        """While it is to be ruled, or contested goods are to be decided."""
        return self.to_be_ruled or self.goods_contested

    @property
    def goods_contested(self) -> bool:
        """Whether a decision about goods is awaited."""
        return self.goods is not None and not self.goods.ended and self.goods.step == "decision"

    def division(
        self, to_claimant: Money, goods: Goods | None = None, instalments: tuple[Instalment, ...] = ()
    ) -> Division:
        rest = self.in_dispute - to_claimant
        return Division(claimant=to_claimant, respondent=rest, goods=goods, instalments=instalments)

    def took_part(self, side: Side) -> bool:
        """Whether a side has bargained, accepted a proposal, put in evidence, answered a key question, or asked to be heard."""
        offers = any(o.by is side or o.status in ("accepted", "rejected") for o in self.offers.made)
        proposals = any(side in p.accepted_by for p in self.proposals.made)
        asked = self.set_aside.requested and side is self.claimant.other
        told = side in self.key_questions.by
        return asked or told or offers or proposals or Role(side.value) in self.exhibits.by.values()

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
        buyer=event.buyer.member(Side.BUYER),
        seller=event.seller.member(Side.SELLER),
        claimant=event.claimant,
        claimed=claim.amount,
        in_dispute=event.in_dispute,
        held=bool(event.order.held),
        contradicted_by_record=claim.reason == "item_not_received" and event.order.tracked_as_delivered,
        reason=claim.reason.value,
        goods_value=event.goods_value,
        deadlines=Deadlines(quiet={deadline.name: deadline for deadline in event.answers_due}),
    )


def evolve(dispute: Dispute, event: DisputeEvent) -> Dispute:  # noqa: C901 - one arm a kind of event, so that none is forgotten
    match event:
        case DisputeFiled():
            return dispute  # the first of its stream: see `filed`
        case DeclaredInadmissible():
            return replace(dispute, outcome=Outcome.INADMISSIBLE)
        case ResponseGiven() | DefaultGranted() | DefaultDeclined():
            return _answered(dispute, event)
        case ExhibitAdded(answers_request=number):
            requests = evidence_requests.answered(dispute.evidence_requests, number)
            exhibits = evidence.evolve(dispute.exhibits, event)
            return replace(dispute, exhibits=exhibits, evidence_requests=requests)
        case EvidenceRequested() | AdverseInferenceRecorded():
            requests = evidence_requests.evolve(dispute.evidence_requests, event)
            return replace(dispute, evidence_requests=requests)
        case KeyQuestionAnswered():
            return replace(dispute, key_questions=key_questions.evolve(dispute.key_questions, event))
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
        case Escalated() | EscalationJoined() | NeutralAssigned() | NeutralReleased() | Referred():
            return replace(dispute, escalation=escalation.evolve(dispute.escalation, event))
        case InterestsDeclared() | NeutralChallenged() | ChallengeDecided():
            return replace(dispute, independence=independence.evolve(dispute.independence, event))
        case RepresentativeNamed() | RepresentationEnded():
            return replace(dispute, representation=representation.evolve(dispute.representation, event))
        case ProposalMade():
            made = proposal.evolve(dispute.proposals, event)
            return _involving(replace(dispute, proposals=made), dispute.escalation.neutral)
        case ProposalAccepted() | ProposalRefused() | ProposalLapsed() | ImpasseDeclared():
            return replace(dispute, proposals=proposal.evolve(dispute.proposals, event))
        case AppealWaived() | AppealWindowLapsed() | AppealLodged() | AppealWithdrawn():
            return replace(dispute, adjudication=adjudication.evolve(dispute.adjudication, event))
        case RulingIssued() | RulingCoSigned() | CoSignatureRefused() | AppealSentBack():
            return _ruled(dispute, event)
        case RulingBecameFinal():
            final = adjudication.evolve(dispute.adjudication, event)
            return replace(dispute, adjudication=final, outcome=final.ruling.outcome if final.ruling else None)
        case SetAsideRequested() | SetAsideRefused():
            return replace(dispute, set_aside=set_aside.evolve(dispute.set_aside, event))
        case DefaultSetAside():
            return replace(dispute, outcome=None, set_aside=set_aside.evolve(dispute.set_aside, event))
        case RefundUnderway() | RefundStalled() | RefundReferred() | RefundReturned():
            return replace(dispute, commitments=remedy.evolve(dispute.commitments, event))
        case (
            CommitmentMade()
            | CommitmentDeferred()
            | CommitmentBreached()
            | CommitmentKept()
            | CommitmentWaived()
            | CommitmentReplaced()
            | CommitmentPassed()
            | CommitmentDischarged()
        ):
            owed = commitments.evolve(dispute.commitments, event)
            return replace(dispute, commitments=owed, goods=goods.promised(dispute.goods, event))
        case (
            DisputeStayed()
            | StayOrdered()
            | StayLifted()
            | ParallelProceedingRecorded()
            | ParallelProceedingEnded()
            | DisputeResumed()
        ):
            return replace(dispute, stay=stays.evolve(dispute.stay, event))
        case DisputeReopened():
            return _reopened(dispute, event)
        case (
            IncidentJoined()
            | IncidentLeft()
            | SharedAnswered()
            | SharedCited()
            | BulkActReached()
            | BulkActNotReached()
        ):
            return replace(dispute, membership=membership.evolve(dispute.membership, event))
        case ClaimBeyondLimit():
            return replace(dispute, for_a_person=True)
        case ClaimFoundVexatious(ruling=number):
            return replace(dispute, vexatious=Finding(number))
        case HandlingRated(by=by, rating=rating):
            return replace(dispute, rated={**dispute.rated, by: rating})
        case RefundedElsewhere(resolves=True):
            return replace(dispute, outcome=Outcome.RESOLVED_ELSEWHERE)
        case RefundedElsewhere(off_claim=part) if not part.is_zero:
            return replace(dispute, claimed=dispute.claimed - part, in_dispute=dispute.in_dispute - part)
        case RefundedElsewhere(amount=amount):
            return replace(dispute, elsewhere=(*dispute.elsewhere, amount))
        case RulingExecuted():
            return replace(dispute, advance=recovery.evolve(dispute.advance, event))
        case AwardOverturned():
            fallen = commitments.fallen(dispute.commitments, recovery.overturnable(dispute))
            return replace(dispute, advance=recovery.evolve(dispute.advance, event), commitments=fallen)
        case GoodsAwaited() | GoodsSent() | GoodsContested() | GoodsDecided() | GoodsEnded():
            return replace(dispute, goods=goods.evolve(dispute.goods, event))
        case DeadlineSet() | DeadlineEnded() | DeadlineLapsed() | DeadlineMoved():
            return replace(dispute, deadlines=deadlines.evolve(dispute.deadlines, event))
        case ClaimWithdrawn():
            return replace(dispute, outcome=Outcome.WITHDRAWN)
        case DisputeClosed():
            return replace(dispute, closed=True)
        case MovePassed(stage=stage, awaiting=awaiting):
            return replace(dispute, stage=stage, awaiting=awaiting)
        case _:
            assert_never(event)


def _reopened(dispute: Dispute, event: DisputeReopened) -> Dispute:
    """Where a refund bounced the outcome stands; otherwise a neutral, who is to be assigned, rules anew."""
    if event.bounced is not None:
        return replace(dispute, closed=False, commitments=commitments.unpaid(dispute.commitments, event.bounced))
    return replace(
        dispute,
        closed=False,
        outcome=None,
        vexatious=None,
        adjudication=adjudication.overturned(dispute.adjudication),
        escalation=replace(dispute.escalation, escalated=True),
        proposals=replace(dispute.proposals, impasse=True),
    )


def _answered(dispute: Dispute, event: ResponseEvent) -> Dispute:
    match event:
        case ResponseGiven(answer=Answer.CONCEDE):
            return replace(dispute, response=(event.answer, event.conceded), outcome=Outcome.CONCEDED)
        case ResponseGiven(answer=Answer.CONCEDE_PART, conceded=part) if part is not None:
            claimed, in_dispute = dispute.claimed - part, dispute.in_dispute - part
            advance = recovery.conceded(dispute.advance, dispute.claimant, part)
            answered = replace(dispute, response=(event.answer, part), advance=advance)
            return replace(answered, claimed=claimed, in_dispute=in_dispute)
        case ResponseGiven():
            return replace(dispute, response=(event.answer, None))
        case DefaultGranted():
            return replace(dispute, outcome=Outcome.GRANTED_BY_DEFAULT)
        case DefaultDeclined():
            return dispute
        case _:
            assert_never(event)


def _ruled(dispute: Dispute, event: RulingIssued | RulingCoSigned | CoSignatureRefused | AppealSentBack) -> Dispute:
    dispute = replace(dispute, adjudication=adjudication.evolve(dispute.adjudication, event))
    match event:
        case RulingIssued(neutral=who) | AppealSentBack(neutral=who):
            return _involving(dispute, who)
        case RulingCoSigned(supervisor=who) | CoSignatureRefused(supervisor=who):
            return _involving(dispute, who)
        case _:
            assert_never(event)


def _involving(dispute: Dispute, who: UUID | None) -> Dispute:
    return dispute if who is None else replace(dispute, involved=dispute.involved | {who})
