"""The story of one dispute in words: what each of its events says, with local times, amounts, deadlines and causes.

Takes events whose personal texts have been opened; what it returns is plain text, without any control characters.
"""

from api.audit.story.about import About
from api.audit.story.bargaining import bargained, mediated
from api.audit.story.clocks import reminded, stayed, timed
from api.audit.story.course import afterwards, grouped, otherwise
from api.audit.story.filing import answered, at_once, filed, not_heard
from api.audit.story.hearing import confided, exhibited, heard, questioned
from api.audit.story.people import called, doubted, represented
from api.audit.story.remedies import handled, paid, paid_elsewhere, promised, recovered
from api.audit.story.rulings import abused, defaulted, ruled
from domain.clocks import deadlines, stay
from domain.commitments import events as commitment_events
from domain.commitments import reminders
from domain.dispute.events import DisputeEvent
from domain.evidence import exhibits as evidence
from domain.evidence import requests as evidence_requests
from domain.filing import (
    admissibility,
    claims,
    fast_lane,
    key_questions,
    pleadings,
    representation,
    response,
    set_aside,
    vexatious,
)
from domain.filing.filing import DisputeFiled
from domain.incidents import membership
from domain.neutral import escalation, independence
from domain.payments import execution as refund_execution
from domain.payments import refund
from domain.remedies import elsewhere, goods, recovery, reopening
from domain.ruling import state as adjudication
from domain.settlement import caucus, conversation, negotiation, proposal

StoryEvent = DisputeEvent | conversation.ConversationEvent | refund.RefundEvent


class Story(About):
    """The story of one dispute, told event by event."""

    def tell(self, event: StoryEvent) -> str:  # noqa: C901 - one arm a union of events
        """One event in a sentence or two."""
        if isinstance(event, DisputeFiled):
            return filed(self, event)
        if isinstance(event, admissibility.DeclaredInadmissible):
            return not_heard(self, event)
        if isinstance(event, key_questions.KeyQuestionAnswered):
            return questioned(event)
        if isinstance(event, fast_lane.FastLaneEvent):
            return at_once(self, event)
        if isinstance(event, response.ResponseEvent):
            return answered(event)
        if isinstance(event, evidence.EvidenceEvent):
            return exhibited(event)
        if isinstance(event, caucus.CaucusEvent):
            return confided(event)
        if isinstance(event, evidence_requests.EvidenceRequestEvent | pleadings.PleadingEvent):
            return heard(event)
        if isinstance(event, negotiation.NegotiationEvent):
            return bargained(self, event)
        if isinstance(event, escalation.EscalationEvent):
            return called(event)
        if isinstance(event, independence.IndependenceEvent):
            return doubted(event)
        if isinstance(event, representation.RepresentationEvent):
            return represented(event)
        if isinstance(event, proposal.ProposalEvent):
            return mediated(self, event)
        if isinstance(event, adjudication.AdjudicationEvent):
            return ruled(self, event)
        if isinstance(event, set_aside.SetAsideEvent):
            return defaulted(self, event)
        if isinstance(event, commitment_events.CommitmentEvent | refund_execution.RemedyEvent):
            return promised(self, event)
        if isinstance(event, reopening.AfterwardsEvent):
            return afterwards(event)
        if isinstance(event, membership.MembershipEvent):
            return grouped(event)
        if isinstance(event, stay.StayEvent):
            return stayed(self, event)
        if isinstance(event, elsewhere.RefundedElsewhere):
            return paid_elsewhere(event)
        if isinstance(event, recovery.RecoveryEvent):
            return recovered(event)
        if isinstance(event, claims.ClaimBeyondLimit | vexatious.ClaimFoundVexatious):
            return abused(event)
        if isinstance(event, goods.GoodsEvent):
            return handled(event)
        if isinstance(event, deadlines.DeadlineEvent):
            return timed(self, event)
        if isinstance(event, reminders.Reminded):
            return reminded(self, event)
        if isinstance(event, refund.RefundEvent):
            return paid(event)
        return otherwise(self, event)
