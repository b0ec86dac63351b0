"""The table of event kinds: which story handles each fact."""

from collections.abc import Callable, Mapping
from typing import Any

from domain.clocks.deadline_facts import DeadlineEvent
from domain.clocks.stay_facts import StayEvent
from domain.commitments.events import CommitmentEvent
from domain.commitments.reminder_facts import Reminded
from domain.dispute.events import MovePassed
from domain.dispute.outcome import DECIDING
from domain.evidence.exhibit_facts import ExhibitEvent
from domain.evidence.request_facts import EvidenceRequestEvent
from domain.filing.admissibility_facts import DeclaredInadmissible
from domain.filing.claim_facts import ClaimBeyondLimit
from domain.filing.delivery_facts import DeliveryReported
from domain.filing.fast_lane_facts import FastLaneEvent
from domain.filing.key_question_facts import KeyQuestionAnswered
from domain.filing.pleading_facts import PleadingEvent
from domain.filing.representation_facts import RepresentationEvent
from domain.filing.response_facts import ResponseEvent
from domain.filing.review_facts import ReviewEvent
from domain.filing.set_aside_facts import SetAsideEvent
from domain.filing.vexatious_facts import ClaimFoundVexatious
from domain.incidents.membership_facts import MembershipEvent
from domain.neutral.escalation_facts import EscalationEvent
from domain.neutral.independence_facts import IndependenceEvent
from domain.payments.execution_facts import RefundReferred
from domain.payments.refund_facts import RefundEvent
from domain.privacy.rectification_facts import RecordRectified
from domain.remedies.closure_facts import ClosureEvent
from domain.remedies.elsewhere_facts import RefundedElsewhere
from domain.remedies.goods_facts import GoodsEvent
from domain.remedies.recovery_facts import RecoveryEvent
from domain.remedies.reopening_facts import ReopeningEvent
from domain.ruling.ruling_facts import RulingEvent
from domain.settlement.caucus_facts import CaucusEvent
from domain.settlement.negotiation_facts import NegotiationEvent
from domain.settlement.party_request_facts import PartyRequestEvent
from domain.settlement.proposal_facts import ProposalEvent
from mediation.store.log.recorded import Recorded
from projections.case_story.clocks import reminded, stayed, timed
from projections.case_story.commitments import OnMoney, owed
from projections.case_story.evidence import asked, evidenced
from projections.case_story.filing import at_once, beyond_limit, delivered, not_heard, rectified, represented
from projections.case_story.incidents import grouped
from projections.case_story.neutral import doubted, escalated
from projections.case_story.payments import handed_over, paid
from projections.case_story.remedies import ended, handled, recovered, refunded_elsewhere, reopened
from projections.case_story.response import answered, contested, pleaded, told_of_question
from projections.case_story.reviews import decided
from projections.case_story.ruling import found_vexatious, ruled
from projections.case_story.settlement import bargained, confided, proposed, requested
from projections.outcomes import outcome_of
from projections.table import Doc
from projections.view import kinds


def told(doc: Doc, recorded: Recorded) -> Doc:
    """The document after one more fact. It shares its unchanged parts with the document before."""
    changes = _STORIES[recorded.kind](doc, recorded.event, recorded)
    if recorded.event.stream == "dispute":
        changes["version"] = recorded.version
    if recorded.kind in _DECIDING:
        changes["outcome"] = outcome_of(
            recorded.event, doc["outcome"], {r["number"]: r["outcome"] for r in doc["rulings"]}
        )
    return {**doc, **changes}


def moved(doc: Doc, event: MovePassed, recorded: Recorded) -> Doc:
    return {"stage": event.stage.value, "awaiting": event.awaiting.value}


_DECIDING = kinds(DECIDING)

_STORIES: Mapping[str, Callable[[Doc, Any, Recorded], Doc]] = {
    kind: story
    for events, story in (
        (DeclaredInadmissible, not_heard),
        (FastLaneEvent, at_once),
        (ResponseEvent, answered),
        (ExhibitEvent, evidenced),
        (EvidenceRequestEvent, asked),
        (KeyQuestionAnswered, told_of_question),
        (PleadingEvent, pleaded),
        (CaucusEvent, confided),
        (NegotiationEvent, bargained),
        (EscalationEvent, escalated),
        (IndependenceEvent, doubted),
        (RepresentationEvent, represented),
        (ProposalEvent, proposed),
        (PartyRequestEvent, requested),
        (RulingEvent, ruled),
        (SetAsideEvent, contested),
        (CommitmentEvent | OnMoney, owed),
        (RefundReferred, handed_over),
        (GoodsEvent, handled),
        (StayEvent, stayed),
        (ReopeningEvent, reopened),
        (MembershipEvent, grouped),
        (RefundedElsewhere, refunded_elsewhere),
        (DeliveryReported, delivered),
        (RecoveryEvent, recovered),
        (DeadlineEvent, timed),
        (Reminded, reminded),
        (ClosureEvent, ended),
        (MovePassed, moved),
        (ClaimBeyondLimit, beyond_limit),
        (ClaimFoundVexatious, found_vexatious),
        (ReviewEvent, decided),
        (RecordRectified, rectified),
        (RefundEvent, paid),
    )
    for kind in kinds(events)
}
