"""How each event changes the state of a dispute."""

from dataclasses import replace
from typing import assert_never
from uuid import UUID

from domain.clocks import deadline_facts, names, stay_facts
from domain.clocks.deadline_facts import DeadlineEnded, DeadlineLapsed, DeadlineMoved, Deadlines, DeadlineSet
from domain.clocks.stay_facts import (
    DisputeResumed,
    DisputeStayed,
    ParallelProceedingEnded,
    ParallelProceedingRecorded,
    StayLifted,
    StayOrdered,
)
from domain.commitments import state as commitments
from domain.commitments.events import (
    CommitmentBreached,
    CommitmentDeferred,
    CommitmentDischarged,
    CommitmentKept,
    CommitmentMade,
    CommitmentPassed,
    CommitmentReplaced,
    CommitmentWaived,
)
from domain.commitments.reminder_facts import Reminded
from domain.dispute import overturning
from domain.dispute.events import DisputeEvent, MovePassed
from domain.dispute.outcome import DECIDING, outcome_after
from domain.dispute.state import Dispute
from domain.evidence import exhibit_facts, request_facts
from domain.evidence.exhibit_facts import ExhibitAdded, ExhibitAnswered, ExhibitWithdrawn
from domain.evidence.request_facts import AdverseInferenceRecorded, EvidenceRequested
from domain.filing import (
    key_question_facts,
    pleading_facts,
    representation_facts,
    set_aside_facts,
)
from domain.filing.admissibility_facts import DeclaredInadmissible
from domain.filing.claim_facts import ClaimBeyondLimit
from domain.filing.fast_lane_facts import FastLaneContested, FastLaneEvent, FastLaneGranted
from domain.filing.filing_facts import DisputeFiled
from domain.filing.key_question_facts import KeyQuestionAnswered
from domain.filing.pleading_facts import CounterclaimRaised, RebuttalGiven
from domain.filing.representation_facts import RepresentationEnded, RepresentativeNamed
from domain.filing.response_facts import Answer, DefaultDeclined, DefaultGranted, ResponseEvent, ResponseGiven
from domain.filing.set_aside_facts import DefaultSetAside, SetAsideRefused, SetAsideRequested
from domain.filing.vexatious_facts import ClaimFoundVexatious, Finding
from domain.incidents import membership_facts
from domain.incidents.membership_facts import (
    BulkActNotReached,
    BulkActReached,
    IncidentJoined,
    IncidentLeft,
    SharedAnswered,
    SharedCited,
)
from domain.kernel.base import Instant
from domain.kernel.people import Outcome, Side
from domain.neutral import escalation_facts, independence_facts
from domain.neutral.escalation_facts import Escalated, EscalationJoined, NeutralAssigned, NeutralReleased, Referred
from domain.neutral.independence_facts import ChallengeDecided, InterestsDeclared, NeutralChallenged
from domain.payments import execution_facts
from domain.payments.execution_facts import RefundReferred, RefundReturned, RefundStalled, RefundUnderway
from domain.remedies import goods_facts, recovery_facts
from domain.remedies.closure_facts import ClaimWithdrawn, DisputeCancelled, DisputeClosed
from domain.remedies.elsewhere_facts import RefundedElsewhere
from domain.remedies.goods_facts import GoodsAwaited, GoodsContested, GoodsDecided, GoodsEnded, GoodsSent
from domain.remedies.recovery_facts import AwardOverturned, RulingExecuted
from domain.remedies.reopening_facts import DisputeReopened, HandlingRated
from domain.ruling import ruling_facts as adjudication
from domain.ruling.ruling_facts import (
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
from domain.settlement import caucus_facts, negotiation_facts, proposal_facts
from domain.settlement.caucus_facts import CaucusConsentGiven, CaucusMessagePosted
from domain.settlement.negotiation_facts import OfferAccepted, OfferExpired, OfferMade, OfferRejected, SettlementReached
from domain.settlement.proposal_facts import (
    ImpasseDeclared,
    ProposalAccepted,
    ProposalLapsed,
    ProposalMade,
    ProposalRefused,
)


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
        deadlines=Deadlines(
            quiet={deadline.name: deadline for deadline in event.answers_due},
            whose={names.Answers(side): side.value for side in Side},
        ),
    )


def evolve(dispute: Dispute, event: DisputeEvent) -> Dispute:  # noqa: C901, PLR0915 - one arm a kind of event
    match event:
        case DisputeFiled():
            return dispute  # the first of its stream: see `filed`
        # What nearly every act leads to stands first: each arm that does not fit takes its time.
        case DeadlineSet() | DeadlineEnded() | DeadlineLapsed() | DeadlineMoved():
            return replace(dispute, deadlines=deadline_facts.evolve(dispute.deadlines, event))
        case MovePassed(stage=stage, awaiting=awaiting):
            return replace(dispute, stage=stage, awaiting=awaiting)
        case DeclaredInadmissible() | SettlementReached() | ClaimWithdrawn() | DisputeCancelled():
            return replace(dispute, outcome=_outcome(dispute, event))
        case ResponseGiven() | DefaultGranted() | DefaultDeclined():
            return _answered(dispute, event)
        case ExhibitAdded(answers_request=number):
            requests = request_facts.answered(dispute.evidence_requests, number)
            exhibits = exhibit_facts.evolve(dispute.exhibits, event)
            return replace(dispute, exhibits=exhibits, evidence_requests=requests)
        case EvidenceRequested() | AdverseInferenceRecorded():
            requests = request_facts.evolve(dispute.evidence_requests, event)
            return replace(dispute, evidence_requests=requests)
        case KeyQuestionAnswered():
            return replace(dispute, key_questions=key_question_facts.evolve(dispute.key_questions, event))
        case CaucusMessagePosted(neutral=neutral):
            return _involving(replace(dispute, caucus=caucus_facts.evolve(dispute.caucus, event)), neutral)
        case CaucusConsentGiven():
            return replace(dispute, caucus=caucus_facts.evolve(dispute.caucus, event))
        case RebuttalGiven() | CounterclaimRaised():
            return replace(dispute, pleadings=pleading_facts.evolve(dispute.pleadings, event))
        case ExhibitWithdrawn() | ExhibitAnswered():
            return replace(dispute, exhibits=exhibit_facts.evolve(dispute.exhibits, event))
        case OfferMade() | OfferAccepted() | OfferRejected() | OfferExpired():
            return replace(dispute, offers=negotiation_facts.evolve(dispute.offers, event))
        case Escalated() | EscalationJoined() | NeutralAssigned() | NeutralReleased() | Referred():
            return replace(dispute, escalation=escalation_facts.evolve(dispute.escalation, event))
        case InterestsDeclared() | NeutralChallenged() | ChallengeDecided():
            return replace(dispute, independence=independence_facts.evolve(dispute.independence, event))
        case RepresentativeNamed() | RepresentationEnded():
            return replace(dispute, representation=representation_facts.evolve(dispute.representation, event))
        case ProposalMade():
            made = proposal_facts.evolve(dispute.proposals, event)
            return _involving(replace(dispute, proposals=made), dispute.escalation.neutral)
        case ProposalAccepted() | ProposalRefused() | ProposalLapsed() | ImpasseDeclared():
            return replace(dispute, proposals=proposal_facts.evolve(dispute.proposals, event))
        case AppealWaived() | AppealWindowLapsed() | AppealLodged() | AppealWithdrawn():
            return replace(dispute, adjudication=adjudication.evolve(dispute.adjudication, event))
        case RulingIssued() | RulingCoSigned() | CoSignatureRefused() | AppealSentBack():
            return _ruled(dispute, event)
        case RulingBecameFinal():
            final = adjudication.evolve(dispute.adjudication, event)
            return replace(dispute, adjudication=final, outcome=_outcome(dispute, event))
        case FastLaneGranted() | FastLaneContested():
            return _in_fast_lane(dispute, event)
        case SetAsideRequested() | SetAsideRefused():
            return replace(dispute, set_aside=set_aside_facts.evolve(dispute.set_aside, event))
        case DefaultSetAside():
            set_aside = set_aside_facts.evolve(dispute.set_aside, event)
            return replace(dispute, outcome=_outcome(dispute, event), set_aside=set_aside)
        case RefundUnderway() | RefundStalled() | RefundReferred() | RefundReturned():
            return replace(dispute, commitments=execution_facts.evolve(dispute.commitments, event))
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
            return replace(dispute, commitments=owed, goods=goods_facts.promised(dispute.goods, event))
        case (
            DisputeStayed()
            | StayOrdered()
            | StayLifted()
            | ParallelProceedingRecorded()
            | ParallelProceedingEnded()
            | DisputeResumed()
        ):
            return replace(dispute, stay=stay_facts.evolve(dispute.stay, event))
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
            return replace(dispute, membership=membership_facts.evolve(dispute.membership, event))
        case ClaimBeyondLimit():
            return replace(dispute, for_a_person=True)
        case ClaimFoundVexatious(ruling=number):
            return replace(dispute, vexatious=Finding(number))
        case HandlingRated(by=by, rating=rating):
            return replace(dispute, rated={**dispute.rated, by: rating})
        case RefundedElsewhere(resolves=True):
            return replace(dispute, outcome=_outcome(dispute, event))
        case RefundedElsewhere(off_claim=part) if not part.is_zero:
            return replace(dispute, claimed=dispute.claimed - part, in_dispute=dispute.in_dispute - part)
        case RefundedElsewhere(amount=amount):
            return replace(dispute, elsewhere=(*dispute.elsewhere, amount))
        case RulingExecuted():
            return replace(dispute, advance=recovery_facts.evolve(dispute.advance, event))
        case AwardOverturned():
            fallen = commitments.fallen(dispute.commitments, overturning.overturnable(dispute))
            return replace(dispute, advance=recovery_facts.evolve(dispute.advance, event), commitments=fallen)
        case GoodsAwaited() | GoodsSent() | GoodsContested() | GoodsDecided() | GoodsEnded():
            return replace(dispute, goods=goods_facts.evolve(dispute.goods, event))
        case Reminded():
            return _reminded(dispute, event)
        case DisputeClosed():
            return replace(dispute, closed=True, outcome=_outcome(dispute, event))
        case _:
            assert_never(event)


def _outcome(dispute: Dispute, event: DECIDING) -> Outcome | None:
    return outcome_after(event, dispute.outcome, dispute.adjudication.said_by)


def _reopened(dispute: Dispute, event: DisputeReopened) -> Dispute:
    """Where a refund bounced the outcome stands; otherwise a neutral, who is to be assigned, rules anew."""
    if event.bounced is not None:
        return replace(dispute, closed=False, commitments=commitments.unpaid(dispute.commitments, event.bounced))
    return replace(
        dispute,
        closed=False,
        outcome=_outcome(dispute, event),
        vexatious=None,
        adjudication=adjudication.overturned(dispute.adjudication),
        escalation=replace(dispute.escalation, escalated=True),
        proposals=replace(dispute.proposals, impasse=True),
    )


def _answered(dispute: Dispute, event: ResponseEvent) -> Dispute:
    match event:
        case ResponseGiven(answer=Answer.CONCEDE):
            return replace(dispute, response=(event.answer, event.conceded), outcome=_outcome(dispute, event))
        case ResponseGiven(answer=Answer.CONCEDE_PART, conceded=part) if part is not None:
            claimed, in_dispute = dispute.claimed - part, dispute.in_dispute - part
            advance = recovery_facts.conceded(dispute.advance, dispute.claimant, part)
            answered = replace(dispute, response=(event.answer, part), advance=advance)
            return replace(answered, claimed=claimed, in_dispute=in_dispute)
        case ResponseGiven():
            return replace(dispute, response=(event.answer, None))
        case DefaultGranted():
            return replace(dispute, outcome=_outcome(dispute, event))
        case DefaultDeclined():
            return dispute
        case _:
            assert_never(event)


def _in_fast_lane(dispute: Dispute, event: FastLaneEvent) -> Dispute:
    match event:
        case FastLaneGranted(funded_by=funder):
            advance = recovery_facts.funded(dispute.advance, funder)
            return replace(dispute, outcome=_outcome(dispute, event), advance=advance, fast_lane=True)
        case FastLaneContested():
            return replace(dispute, outcome=_outcome(dispute, event))
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


def _reminded(dispute: Dispute, event: Reminded) -> Dispute:
    """Those that come after it are left."""
    if event.commitment_id is not None:
        promised = dispute.commitments.get(event.commitment_id)
        left = _left(promised.remind_at if promised else (), event.again_at)
        return replace(dispute, commitments=commitments.reminded(dispute.commitments, event.commitment_id, left))
    name = event.name or ""
    left = _left(dispute.deadlines.remind_at.get(name, ()), event.again_at)
    return replace(dispute, deadlines=deadline_facts.reminded(dispute.deadlines, name, left))


def _left(instants: tuple[Instant, ...], again_at: Instant | None) -> tuple[Instant, ...]:
    return tuple(at for at in instants if again_at is not None and at >= again_at)


def _involving(dispute: Dispute, who: UUID | None) -> Dispute:
    return dispute if who is None else replace(dispute, involved=dispute.involved | {who})
