"""How each event changes the state of a dispute."""

from collections.abc import Mapping
from typing import assert_never
from uuid import UUID

from domain.clocks import deadline_facts, names, stay_facts
from domain.clocks.deadline_facts import DeadlineEvent, Deadlines, Whose
from domain.clocks.stay_facts import StayEvent
from domain.commitments import state as commitment_state
from domain.commitments.events import CommitmentEvent, Participant
from domain.commitments.reminder_facts import Reminded
from domain.dispute import overturning, telling
from domain.dispute.events import DisputeEvent, MovePassed, OtherEvent
from domain.dispute.outcome import DECIDING, outcome_after
from domain.dispute.state import Dispute
from domain.evidence import exhibit_facts, request_facts
from domain.evidence.exhibit_facts import ExhibitAdded, ExhibitEvent
from domain.evidence.request_facts import EvidenceRequestEvent
from domain.filing import (
    delivery_facts,
    key_question_facts,
    pleading_facts,
    representation_facts,
    review_facts,
    set_aside_facts,
)
from domain.filing.admissibility_facts import DeclaredInadmissible
from domain.filing.claim_facts import ClaimBeyondLimit
from domain.filing.delivery_facts import DeliveryReported
from domain.filing.fast_lane_facts import FastLaneContested, FastLaneEvent, FastLaneGranted
from domain.filing.filing_facts import DisputeFiled
from domain.filing.key_question_facts import KeyQuestionAnswered
from domain.filing.pleading_facts import PleadingEvent
from domain.filing.representation_facts import RepresentationEvent
from domain.filing.resolution_facts import ResolutionGranted
from domain.filing.response_facts import Answer, DefaultDeclined, DefaultGranted, ResponseEvent, ResponseGiven
from domain.filing.review_facts import ReviewEvent
from domain.filing.set_aside_facts import DefaultSetAside, SetAsideEvent
from domain.filing.vexatious_facts import Finding, VexatiousEvent
from domain.incidents import membership_facts
from domain.incidents.membership_facts import MembershipEvent
from domain.kernel.base import Instant
from domain.kernel.frozen import replace
from domain.kernel.people import Outcome, Side
from domain.neutral import escalation_facts, independence_facts
from domain.neutral.escalation_facts import EscalationEvent
from domain.neutral.independence_facts import IndependenceEvent
from domain.payments import execution_facts
from domain.payments.execution_facts import ExecutionEvent
from domain.policy.reasons import ClaimReason
from domain.privacy.rectification_facts import RecordRectified
from domain.remedies import goods_facts, recovery_facts
from domain.remedies.closure_facts import ClaimWithdrawn, ClosureEvent, DisputeCancelled, DisputeClosed
from domain.remedies.elsewhere_facts import RefundedElsewhere
from domain.remedies.goods_facts import GoodsEvent
from domain.remedies.recovery_facts import AwardOverturned, RecoveryEvent
from domain.remedies.reopening_facts import DisputeReopened, HandlingRated, ReopeningEvent
from domain.ruling import ruling_facts
from domain.ruling.ruling_facts import (
    AppealSentBack,
    CoSignatureRefused,
    RulingBecameFinal,
    RulingCoSigned,
    RulingEvent,
    RulingIssued,
)
from domain.settlement import caucus_facts, negotiation_facts, party_request_facts, proposal_facts
from domain.settlement.caucus_facts import CaucusEvent, CaucusMessagePosted
from domain.settlement.negotiation_facts import NegotiationEvent, SettlementReached
from domain.settlement.party_request_facts import PartyRequestEvent
from domain.settlement.proposal_facts import ProposalEvent, ProposalMade

_ANSWERING: Mapping[str, Whose] = {names.Answers(Side.BUYER): "buyer", names.Answers(Side.SELLER): "seller"}


def filed(event: DisputeFiled, at: Instant) -> Dispute:
    """The first state of a dispute. `at` is when it was filed."""
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
        goods_claimed=event.goods_claimed,
        deadlines=Deadlines(
            quiet={deadline.name: deadline for deadline in event.answers_due},
            whose=_ANSWERING,
        ),
        telling=telling.FILED,
    )


def evolve(dispute: Dispute, event: DisputeEvent) -> Dispute:
    """The state after one more event, and what the parties were told by then."""
    told = telling.evolve(dispute.telling, event)
    if isinstance(event, DeadlineEvent):  # one new state for the most frequent events, not two
        return replace(dispute, deadlines=deadline_facts.evolve(dispute.deadlines, event), telling=told)
    return replace(_evolved(dispute, event), telling=told)


def _evolved(dispute: Dispute, event: OtherEvent) -> Dispute:  # noqa: C901 - one arm a stage
    """One arm for each stage, which changes that stage's part of the state. Functions below change other parts.

    The most frequent events come first, because each arm that does not match takes time.
    """
    if isinstance(event, MovePassed):
        return replace(dispute, stage=event.stage, awaiting=event.awaiting)
    if isinstance(event, DisputeFiled):
        return dispute  # only the first event of a stream: see `filed`
    if isinstance(event, DeclaredInadmissible):
        return replace(dispute, outcome=_outcome(dispute, event))
    if isinstance(event, ResponseEvent):
        return _answered(dispute, event)
    if isinstance(event, ExhibitEvent):
        return _in_evidence(dispute, event)
    if isinstance(event, EvidenceRequestEvent):
        return replace(dispute, evidence_requests=request_facts.evolve(dispute.evidence_requests, event))
    if isinstance(event, KeyQuestionAnswered):
        return replace(dispute, key_questions=key_question_facts.evolve(dispute.key_questions, event))
    if isinstance(event, CaucusEvent):
        return _in_caucus(dispute, event)
    if isinstance(event, PleadingEvent):
        return replace(dispute, pleadings=pleading_facts.evolve(dispute.pleadings, event))
    if isinstance(event, NegotiationEvent):
        return _negotiated(dispute, event)
    if isinstance(event, EscalationEvent):
        return replace(dispute, escalation=escalation_facts.evolve(dispute.escalation, event))
    if isinstance(event, IndependenceEvent):
        return replace(dispute, independence=independence_facts.evolve(dispute.independence, event))
    if isinstance(event, RepresentationEvent):
        return replace(dispute, representation=representation_facts.evolve(dispute.representation, event))
    if isinstance(event, PartyRequestEvent):
        return replace(dispute, party_requests=party_request_facts.evolve(dispute.party_requests, event))
    if isinstance(event, ProposalEvent):
        return _proposed(dispute, event)
    if isinstance(event, RulingEvent):
        return _ruled(dispute, event)
    if isinstance(event, FastLaneEvent):
        return _in_fast_lane(dispute, event)
    if isinstance(event, SetAsideEvent):
        return _set_aside(dispute, event)
    if isinstance(event, ExecutionEvent):
        return replace(dispute, commitments=execution_facts.evolve(dispute.commitments, event))
    if isinstance(event, CommitmentEvent):
        owed = commitment_state.evolve(dispute.commitments, event)
        return replace(dispute, commitments=owed, goods=goods_facts.promised(dispute.goods, event))
    if isinstance(event, StayEvent):
        return replace(dispute, stay=stay_facts.evolve(dispute.stay, event))
    if isinstance(event, ReopeningEvent):
        return _afterwards(dispute, event)
    if isinstance(event, MembershipEvent):
        return replace(dispute, membership=membership_facts.evolve(dispute.membership, event))
    if isinstance(event, ClaimBeyondLimit):
        return replace(dispute, for_a_person=True)
    if isinstance(event, VexatiousEvent):
        return _found_vexatious(dispute, event)
    if isinstance(event, RefundedElsewhere):
        return _refunded_elsewhere(dispute, event)
    if isinstance(event, DeliveryReported):
        return _delivered(dispute, event)
    if isinstance(event, RecoveryEvent):
        return _recovered(dispute, event)
    if isinstance(event, GoodsEvent):
        return replace(dispute, goods=goods_facts.evolve(dispute.goods, event))
    if isinstance(event, Reminded):
        return _reminded(dispute, event)
    if isinstance(event, ClosureEvent):
        return _ended(dispute, event)
    if isinstance(event, RecordRectified):
        return replace(dispute, rectified=event.number)
    if isinstance(event, ReviewEvent):
        return replace(dispute, machine=review_facts.evolve(dispute.machine, event))
    assert_never(event)


# --- what an event changes outside its own part ---


def _outcome(dispute: Dispute, event: DECIDING) -> Outcome | None:
    return outcome_after(event, dispute.outcome, dispute.adjudication.said_by)


def _in_evidence(dispute: Dispute, event: ExhibitEvent) -> Dispute:
    exhibits = exhibit_facts.evolve(dispute.exhibits, event)
    if not isinstance(event, ExhibitAdded):
        return replace(dispute, exhibits=exhibits)
    requests = request_facts.answered(dispute.evidence_requests, event.answers_request)
    return replace(dispute, exhibits=exhibits, evidence_requests=requests)


def _in_caucus(dispute: Dispute, event: CaucusEvent) -> Dispute:
    dispute = replace(dispute, caucus=caucus_facts.evolve(dispute.caucus, event))
    return _involving(dispute, event.neutral) if isinstance(event, CaucusMessagePosted) else dispute


def _negotiated(dispute: Dispute, event: NegotiationEvent) -> Dispute:
    dispute = replace(dispute, offers=negotiation_facts.evolve(dispute.offers, event))
    return replace(dispute, outcome=_outcome(dispute, event)) if isinstance(event, SettlementReached) else dispute


def _proposed(dispute: Dispute, event: ProposalEvent) -> Dispute:
    dispute = replace(dispute, proposals=proposal_facts.evolve(dispute.proposals, event))
    return _involving(dispute, dispute.escalation.neutral) if isinstance(event, ProposalMade) else dispute


def _set_aside(dispute: Dispute, event: SetAsideEvent) -> Dispute:
    dispute = replace(dispute, set_aside=set_aside_facts.evolve(dispute.set_aside, event))
    return replace(dispute, outcome=_outcome(dispute, event)) if isinstance(event, DefaultSetAside) else dispute


def _refunded_elsewhere(dispute: Dispute, event: RefundedElsewhere) -> Dispute:
    if event.resolves:
        return replace(dispute, outcome=_outcome(dispute, event))
    if not (part := event.off_claim).is_zero:
        return replace(dispute, claimed=dispute.claimed - part, in_dispute=dispute.in_dispute - part)
    return replace(dispute, elsewhere=(*dispute.elsewhere, event.amount))


def _delivered(dispute: Dispute, event: DeliveryReported) -> Dispute:
    arrived = event.delivered_at is not None and dispute.reason == ClaimReason.ITEM_NOT_RECEIVED
    return replace(
        dispute,
        delivery=delivery_facts.evolve(dispute.delivery, event),
        contradicted_by_record=dispute.contradicted_by_record or arrived,
    )


def _recovered(dispute: Dispute, event: RecoveryEvent) -> Dispute:
    advance = recovery_facts.evolve(dispute.advance, event)
    if not isinstance(event, AwardOverturned):
        return replace(dispute, advance=advance)
    marked = commitment_state.mark_overturned(dispute.commitments, overturning.overturnable(dispute))
    return replace(dispute, advance=advance, commitments=marked)


def _ended(dispute: Dispute, event: ClosureEvent) -> Dispute:
    match event:
        case ClaimWithdrawn() | DisputeCancelled():
            return replace(dispute, outcome=_outcome(dispute, event))
        case DisputeClosed():
            return replace(dispute, closed=True, outcome=_outcome(dispute, event))
        case _:
            assert_never(event)


def _afterwards(dispute: Dispute, event: ReopeningEvent) -> Dispute:
    match event:
        case DisputeReopened():
            return _reopened(dispute, event)
        case HandlingRated(by=by, rating=rating):
            return replace(dispute, rated={**dispute.rated, by: rating})
        case _:
            assert_never(event)


def _reopened(dispute: Dispute, event: DisputeReopened) -> Dispute:
    """After a bounced refund the outcome stands. A claim that was never heard is heard from the beginning. Otherwise a
    neutral must be assigned, who rules again.
    """
    if event.bounced is not None:
        return replace(dispute, closed=False, commitments=commitment_state.unpaid(dispute.commitments, event.bounced))
    if event.ground == "review" and dispute.outcome is Outcome.INADMISSIBLE:
        return replace(dispute, closed=False, outcome=_outcome(dispute, event))
    return replace(
        dispute,
        closed=False,
        outcome=_outcome(dispute, event),
        vexatious=None,
        adjudication=ruling_facts.overturned(dispute.adjudication),
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
        case ResolutionGranted(charged_to=charged, agent=agent):
            funder = Participant.MARKETPLACE if charged == "seller" else None
            advance = recovery_facts.funded(dispute.advance, funder)
            granted = replace(dispute, outcome=_outcome(dispute, event), advance=advance, fast_lane=True)
            return replace(granted, resolved_by=agent, involved=granted.involved | {agent})
        case FastLaneContested():
            return replace(dispute, outcome=_outcome(dispute, event))
        case _:
            assert_never(event)


def _ruled(dispute: Dispute, event: RulingEvent) -> Dispute:
    dispute = replace(dispute, adjudication=ruling_facts.evolve(dispute.adjudication, event))
    match event:
        case RulingIssued(neutral=who, awaits_co_signature=unsigned):
            return _involving(dispute if unsigned else _met_late(dispute), who)
        case AppealSentBack(neutral=who):
            return _involving(dispute, who)
        case RulingCoSigned(supervisor=who):
            return _involving(_signed(dispute, event), who)
        case CoSignatureRefused(supervisor=who):
            return _involving(dispute, who)
        case RulingBecameFinal():
            return replace(dispute, outcome=_outcome(dispute, event))
        case _:
            return dispute


def _found_vexatious(dispute: Dispute, event: VexatiousEvent) -> Dispute:
    """A ruling that awaits its co-signature finds nothing yet, and leaves an earlier finding as it is."""
    if event.ruling is None or not event.awaits_co_signature:
        return replace(dispute, vexatious=Finding(event.ruling))
    return replace(dispute, adjudication=ruling_facts.found_vexatious(dispute.adjudication, event.ruling))


def _signed(dispute: Dispute, event: RulingCoSigned) -> Dispute:
    in_effect, ruling = _met_late(dispute), dispute.adjudication.ruling
    if ruling is None or not ruling.vexatious:
        return in_effect
    return replace(in_effect, vexatious=Finding(event.number))


def _met_late(dispute: Dispute) -> Dispute:
    return replace(dispute, deadlines=deadline_facts.forgotten(dispute.deadlines, names.Ruling()))


def _reminded(dispute: Dispute, event: Reminded) -> Dispute:
    """Keeps only the reminders that come after this one."""
    if event.commitment_id is not None:
        promised = dispute.commitments.get(event.commitment_id)
        left = _left(promised.remind_at if promised else (), event.again_at)
        return replace(dispute, commitments=commitment_state.reminded(dispute.commitments, event.commitment_id, left))
    name = event.name or ""
    left = _left(dispute.deadlines.remind_at.get(name, ()), event.again_at)
    return replace(dispute, deadlines=deadline_facts.reminded(dispute.deadlines, name, left))


def _left(instants: tuple[Instant, ...], again_at: Instant | None) -> tuple[Instant, ...]:
    return tuple(at for at in instants if again_at is not None and at >= again_at)


def _involving(dispute: Dispute, who: UUID | None) -> Dispute:
    return dispute if who is None else replace(dispute, involved=dispute.involved | {who})
