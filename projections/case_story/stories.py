"""The table of kinds: which story each fact is told in."""

from collections.abc import Callable, Mapping
from typing import Any

from domain.adjudication import AdjudicationEvent
from domain.admissibility import DeclaredInadmissible
from domain.caucus import CaucusEvent
from domain.claims import ClaimBeyondLimit
from domain.closure import ClosureEvent
from domain.commitment_events import CommitmentEvent
from domain.deadlines import DeadlineEvent
from domain.dispute_event import MovePassed
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
from domain.pleadings import PleadingEvent
from domain.proposal import ProposalEvent
from domain.recovery import RecoveryEvent
from domain.refund import RefundEvent
from domain.refund_execution import RemedyEvent
from domain.reminders import Reminded
from domain.reopening import AfterwardsEvent
from domain.representation import RepresentationEvent
from domain.response import ResponseEvent
from domain.set_aside import SetAsideEvent
from domain.stay import StayEvent
from domain.vexatious import ClaimFoundVexatious
from mediation.store.recorded import Recorded
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
