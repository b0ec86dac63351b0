"""What can happen to a dispute: the union of all events on its stream."""

from domain.clocks.deadlines import DeadlineEvent
from domain.clocks.stay import StayEvent
from domain.commitments.events import CommitmentEvent
from domain.commitments.reminders import Reminded
from domain.evidence.exhibits import EvidenceEvent
from domain.evidence.requests import EvidenceRequestEvent
from domain.filing.admissibility import DeclaredInadmissible
from domain.filing.claims import ClaimBeyondLimit
from domain.filing.fast_lane import FastLaneEvent
from domain.filing.filing import DisputeFiled
from domain.filing.key_questions import KeyQuestionAnswered
from domain.filing.pleadings import PleadingEvent
from domain.filing.representation import RepresentationEvent
from domain.filing.response import ResponseEvent
from domain.filing.set_aside import SetAsideEvent
from domain.filing.vexatious import ClaimFoundVexatious
from domain.incidents.membership import MembershipEvent
from domain.kernel.base import Event
from domain.kernel.people import Awaiting, Stage
from domain.neutral.escalation import EscalationEvent
from domain.neutral.independence import IndependenceEvent
from domain.payments.execution import RemedyEvent
from domain.remedies.closure import ClosureEvent
from domain.remedies.elsewhere import RefundedElsewhere
from domain.remedies.goods import GoodsEvent
from domain.remedies.recovery import RecoveryEvent
from domain.remedies.reopening import AfterwardsEvent
from domain.ruling.state import AdjudicationEvent
from domain.settlement.caucus import CaucusEvent
from domain.settlement.negotiation import NegotiationEvent
from domain.settlement.proposal import ProposalEvent


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
