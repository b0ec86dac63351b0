"""What can happen to a dispute: the union of all events on its stream."""

from domain.adjudication import AdjudicationEvent
from domain.admissibility import DeclaredInadmissible
from domain.base import Event
from domain.caucus import CaucusEvent
from domain.claims import ClaimBeyondLimit
from domain.closure import ClosureEvent
from domain.commitment_events import CommitmentEvent
from domain.deadlines import DeadlineEvent
from domain.elsewhere import RefundedElsewhere
from domain.escalation import EscalationEvent
from domain.evidence import EvidenceEvent
from domain.evidence_requests import EvidenceRequestEvent
from domain.fast_lane import FastLaneEvent
from domain.filing import DisputeFiled
from domain.goods import GoodsEvent
from domain.independence import IndependenceEvent
from domain.key_questions import KeyQuestionAnswered
from domain.membership import MembershipEvent
from domain.negotiation import NegotiationEvent
from domain.people import Awaiting, Stage
from domain.pleadings import PleadingEvent
from domain.proposal import ProposalEvent
from domain.recovery import RecoveryEvent
from domain.refund_execution import RemedyEvent
from domain.reminders import Reminded
from domain.reopening import AfterwardsEvent
from domain.representation import RepresentationEvent
from domain.response import ResponseEvent
from domain.set_aside import SetAsideEvent
from domain.stay import StayEvent
from domain.vexatious import ClaimFoundVexatious


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
    | FastLaneEvent
    | RemedyEvent
    | GoodsEvent
    | RecoveryEvent
    | StayEvent
    | RefundedElsewhere
    | AfterwardsEvent
    | MembershipEvent
    | CommitmentEvent
    | DeadlineEvent
    | Reminded
    | ClosureEvent
    | ClaimBeyondLimit
    | ClaimFoundVexatious
    | MovePassed
)
