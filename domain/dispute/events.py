"""All events that can happen to a dispute, as one union."""

from domain.clocks.deadline_facts import DeadlineEvent
from domain.clocks.stay_facts import StayEvent
from domain.commitments.events import CommitmentEvent
from domain.commitments.reminder_facts import Reminded
from domain.evidence.exhibit_facts import ExhibitEvent
from domain.evidence.request_facts import EvidenceRequestEvent
from domain.filing.admissibility_facts import DeclaredInadmissible
from domain.filing.claim_facts import ClaimBeyondLimit
from domain.filing.delivery_facts import DeliveryReported
from domain.filing.fast_lane_facts import FastLaneEvent
from domain.filing.filing_facts import DisputeFiled
from domain.filing.key_question_facts import KeyQuestionAnswered
from domain.filing.pleading_facts import PleadingEvent
from domain.filing.representation_facts import RepresentationEvent
from domain.filing.response_facts import ResponseEvent
from domain.filing.review_facts import ReviewEvent
from domain.filing.set_aside_facts import SetAsideEvent
from domain.filing.vexatious_facts import ClaimFoundVexatious
from domain.incidents.membership_facts import MembershipEvent
from domain.kernel.base import Event
from domain.kernel.disclosure import Audience, Told
from domain.kernel.people import Awaiting, Stage
from domain.neutral.escalation_facts import EscalationEvent
from domain.neutral.independence_facts import IndependenceEvent
from domain.payments.execution_facts import ExecutionEvent
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


class MovePassed(
    Event, kind="MovePassed", stream="dispute", told_to=Audience.ALL_AS_SHOWN, consequence=True, bookkeeping=True
):
    """The dispute entered another stage, or somebody else has the next move, or seems to have it."""

    stage: Told[Stage]
    awaiting: Told[Awaiting]


OtherEvent = (
    DisputeFiled
    | DeclaredInadmissible
    | ResponseEvent
    | ExhibitEvent
    | EvidenceRequestEvent
    | KeyQuestionAnswered
    | PleadingEvent
    | CaucusEvent
    | NegotiationEvent
    | EscalationEvent
    | IndependenceEvent
    | RepresentationEvent
    | ProposalEvent
    | PartyRequestEvent
    | RulingEvent
    | SetAsideEvent
    | FastLaneEvent
    | ExecutionEvent
    | GoodsEvent
    | RecoveryEvent
    | StayEvent
    | RefundedElsewhere
    | DeliveryReported
    | ReopeningEvent
    | MembershipEvent
    | CommitmentEvent
    | Reminded
    | ClosureEvent
    | ClaimBeyondLimit
    | ClaimFoundVexatious
    | ReviewEvent
    | RecordRectified
    | MovePassed
)
"""All but those of deadlines, which are the most frequent."""

DisputeEvent = DeadlineEvent | OtherEvent
