"""The story of one dispute in words: each event in a sentence, with local times, amounts, deadlines and causes.

It takes events whose personal texts are readable, and returns plain text without control characters.
"""

from api.audit.story.about import About
from api.audit.story.clocks import reminded, stayed, timed
from api.audit.story.commitments import promised
from api.audit.story.contacts import tried
from api.audit.story.evidence import asked, exhibited
from api.audit.story.filing import at_once, delivered, filed, limited, not_heard, rectified, represented
from api.audit.story.incidents import grouped
from api.audit.story.neutral import called, doubted
from api.audit.story.notices import noticed
from api.audit.story.payments import paid
from api.audit.story.remedies import ended, handled, paid_elsewhere, recovered, reopened
from api.audit.story.response import answered, contested, pleaded, questioned
from api.audit.story.reviews import reviewed
from api.audit.story.ruling import ruled
from api.audit.story.settlement import bargained, beside, confided, mediated, requested, written
from domain.clocks import deadline_facts, stay_facts
from domain.commitments import events as commitment_events
from domain.commitments import reminder_facts
from domain.contacts.contact_facts import ContactEvent
from domain.dispute.events import DisputeEvent
from domain.evidence import exhibit_facts, request_facts
from domain.filing import (
    admissibility_facts,
    claim_facts,
    delivery_facts,
    fast_lane_facts,
    key_question_facts,
    pleading_facts,
    representation_facts,
    response_facts,
    review_facts,
    set_aside_facts,
    vexatious_facts,
)
from domain.filing.filing_facts import DisputeFiled
from domain.incidents import membership_facts
from domain.neutral import escalation_facts, independence_facts
from domain.notices import notices_facts
from domain.payments import execution_facts, refund_facts
from domain.privacy import rectification_facts
from domain.remedies import (
    closure_facts,
    elsewhere_facts,
    goods_facts,
    recovery_facts,
    reopening_facts,
)
from domain.ruling import ruling_facts
from domain.settlement import (
    caucus_facts,
    conversation_facts,
    negotiation_facts,
    notes_facts,
    party_request_facts,
    proposal_facts,
    replies_facts,
)

BesideTalk = notes_facts.NoteWritten | replies_facts.MessageSeen | notices_facts.NoticeEvent
StoryEvent = DisputeEvent | conversation_facts.ConversationEvent | BesideTalk | refund_facts.RefundEvent | ContactEvent


class Story(About):
    """The story of one dispute, event by event."""

    def tell(self, event: StoryEvent) -> str:  # noqa: C901 - one arm a union of events
        """One event in a sentence or two."""
        if isinstance(event, DisputeFiled):
            return filed(self, event)
        if isinstance(event, admissibility_facts.DeclaredInadmissible):
            return not_heard(self, event)
        if isinstance(event, key_question_facts.KeyQuestionAnswered):
            return questioned(event)
        if isinstance(event, fast_lane_facts.FastLaneEvent):
            return at_once(self, event)
        if isinstance(event, response_facts.ResponseEvent):
            return answered(event)
        if isinstance(event, exhibit_facts.ExhibitEvent):
            return exhibited(event)
        if isinstance(event, caucus_facts.CaucusEvent):
            return confided(event)
        if isinstance(event, request_facts.EvidenceRequestEvent):
            return asked(event)
        if isinstance(event, pleading_facts.PleadingEvent):
            return pleaded(event)
        if isinstance(event, negotiation_facts.NegotiationEvent):
            return bargained(self, event)
        if isinstance(event, escalation_facts.EscalationEvent):
            return called(event)
        if isinstance(event, independence_facts.IndependenceEvent):
            return doubted(event)
        if isinstance(event, representation_facts.RepresentationEvent):
            return represented(event)
        if isinstance(event, proposal_facts.ProposalEvent):
            return mediated(self, event)
        if isinstance(event, party_request_facts.PartyRequestEvent):
            return requested(event)
        if isinstance(event, ruling_facts.RulingEvent):
            return ruled(self, event)
        if isinstance(event, set_aside_facts.SetAsideEvent):
            return contested(self, event)
        if isinstance(event, commitment_events.CommitmentEvent | execution_facts.ExecutionEvent):
            return promised(self, event)
        if isinstance(event, reopening_facts.ReopeningEvent):
            return reopened(event)
        if isinstance(event, membership_facts.MembershipEvent):
            return grouped(event)
        if isinstance(event, stay_facts.StayEvent):
            return stayed(self, event)
        if isinstance(event, elsewhere_facts.RefundedElsewhere):
            return paid_elsewhere(event)
        if isinstance(event, delivery_facts.DeliveryReported):
            return delivered(self, event)
        if isinstance(event, recovery_facts.RecoveryEvent):
            return recovered(event)
        if isinstance(event, claim_facts.ClaimBeyondLimit | vexatious_facts.ClaimFoundVexatious):
            return limited(event)
        if isinstance(event, rectification_facts.RecordRectified):
            return rectified(event)
        if isinstance(event, review_facts.ReviewEvent):
            return reviewed(self, event)
        if isinstance(event, goods_facts.GoodsEvent):
            return handled(event)
        if isinstance(event, deadline_facts.DeadlineEvent):
            return timed(self, event)
        if isinstance(event, reminder_facts.Reminded):
            return reminded(self, event)
        if isinstance(event, refund_facts.RefundEvent):
            return paid(event)
        if isinstance(event, closure_facts.ClosureEvent):
            return ended(self, event)
        if isinstance(event, conversation_facts.ConversationEvent):
            return written(self, event)
        if isinstance(event, notices_facts.NoticeEvent):
            return noticed(event)
        if isinstance(event, BesideTalk):
            return beside(event)
        if isinstance(event, ContactEvent):
            return tried(self, event)
        return f"now in {event.stage}, awaiting {event.awaiting}"
