"""The table of kinds: which story each fact is told in."""

from collections.abc import Callable, Mapping
from typing import Any

from domain.clocks.deadlines import DeadlineEvent
from domain.clocks.stay import StayEvent
from domain.commitments.events import CommitmentEvent
from domain.commitments.reminders import Reminded
from domain.dispute.events import MovePassed
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
from domain.neutral.escalation import EscalationEvent
from domain.neutral.independence import IndependenceEvent
from domain.payments.execution import RemedyEvent
from domain.payments.refund import RefundEvent
from domain.remedies.closure import ClosureEvent
from domain.remedies.elsewhere import RefundedElsewhere
from domain.remedies.goods import GoodsEvent
from domain.remedies.recovery import RecoveryEvent
from domain.remedies.reopening import AfterwardsEvent
from domain.ruling.state import AdjudicationEvent
from domain.settlement.caucus import CaucusEvent
from domain.settlement.negotiation import NegotiationEvent
from domain.settlement.proposal import ProposalEvent
from mediation.store.log.recorded import Recorded
from projections.case_story.bargaining import bargained, proposed
from projections.case_story.clocks import reminded, stayed, timed
from projections.case_story.course import ended, grouped, moved, reopened
from projections.case_story.filing import answered, at_once, beyond_limit, not_heard, refiled
from projections.case_story.hearing import asked, confided, evidenced, pleaded, told_of_question
from projections.case_story.people import doubted, escalated, represented
from projections.case_story.remedies import handled, owed, paid, recovered, refunded_elsewhere
from projections.case_story.rulings import contested, found_vexatious, ruled
from projections.view import Doc, kinds


def told(doc: Doc, recorded: Recorded) -> Doc:
    """The document after one more fact. It shares what has not changed with the one before."""
    changes = _STORIES[recorded.kind](doc, recorded.event, recorded)
    if recorded.event.stream == "dispute":
        changes["version"] = recorded.version
    return {**doc, **changes}


_STORIES: Mapping[str, Callable[[Doc, Any, Recorded], Doc]] = {
    kind: story
    for events, story in (
        (DisputeFiled, refiled),
        (DeclaredInadmissible, not_heard),
        (FastLaneEvent, at_once),
        (ResponseEvent, answered),
        (EvidenceEvent, evidenced),
        (EvidenceRequestEvent, asked),
        (KeyQuestionAnswered, told_of_question),
        (PleadingEvent, pleaded),
        (CaucusEvent, confided),
        (NegotiationEvent, bargained),
        (EscalationEvent, escalated),
        (IndependenceEvent, doubted),
        (RepresentationEvent, represented),
        (ProposalEvent, proposed),
        (AdjudicationEvent, ruled),
        (SetAsideEvent, contested),
        (CommitmentEvent | RemedyEvent, owed),
        (GoodsEvent, handled),
        (StayEvent, stayed),
        (AfterwardsEvent, reopened),
        (MembershipEvent, grouped),
        (RefundedElsewhere, refunded_elsewhere),
        (RecoveryEvent, recovered),
        (DeadlineEvent, timed),
        (Reminded, reminded),
        (ClosureEvent, ended),
        (MovePassed, moved),
        (ClaimBeyondLimit, beyond_limit),
        (ClaimFoundVexatious, found_vexatious),
        (RefundEvent, paid),
    )
    for kind in kinds(events)
}
