"""Events that nobody gives a command for. They follow from an act or from the passing of time.

The simulation leaves them out, because the rules decide them again. See `domain.simulation.reconstruction`.
"""

from domain.clocks import deadline_facts, stay_facts
from domain.commitments import events as commitment_events
from domain.dispute.events import MovePassed
from domain.evidence.request_facts import AdverseInferenceRecorded
from domain.filing.claim_facts import ClaimBeyondLimit
from domain.filing.fast_lane_facts import FastLaneContested, FastLaneGranted
from domain.filing.response_facts import DefaultDeclined, DefaultGranted
from domain.filing.vexatious_facts import ClaimFoundVexatious
from domain.incidents import membership_facts
from domain.kernel.base import Event
from domain.neutral.escalation_facts import Referred
from domain.payments.execution_facts import RefundReferred, RefundStalled, RefundUnderway
from domain.remedies.closure_facts import DisputeClosed
from domain.remedies.goods_facts import GoodsAwaited, GoodsEnded
from domain.remedies.recovery_facts import AwardOverturned, RulingExecuted
from domain.ruling.ruling_facts import AppealWindowLapsed, RulingBecameFinal
from domain.settlement.negotiation_facts import OfferExpired, SettlementReached
from domain.settlement.proposal_facts import ProposalLapsed

CONSEQUENCES: frozenset[type[Event]] = frozenset(
    {
        # A window ends without an act.
        AdverseInferenceRecorded,
        AppealWindowLapsed,
        DefaultDeclined,
        DefaultGranted,
        OfferExpired,  # also follows from an act that makes the offer moot
        ProposalLapsed,  # also follows from an act that makes the proposal moot
        Referred,
        RulingBecameFinal,  # also follows when both sides waive the appeal
        commitment_events.CommitmentBreached,
        deadline_facts.DeadlineLapsed,
        # The filing decides these.
        ClaimBeyondLimit,
        FastLaneGranted,
        # They follow from an act of a party, of a neutral, or of a supervisor. The act has an event of its own.
        AwardOverturned,  # a dispute is reopened, or another outcome takes the place of the first
        ClaimFoundVexatious,  # part of a ruling, or of declaring a dispute inadmissible
        FastLaneContested,  # the respondent answers after the grant
        RulingExecuted,  # the ruling
        SettlementReached,  # an offer or a proposal is accepted
        # They follow when a commitment or a deadline begins, ends, moves or changes hands.
        MovePassed,
        DisputeClosed,
        GoodsAwaited,
        GoodsEnded,
        commitment_events.CommitmentDeferred,
        commitment_events.CommitmentDischarged,
        commitment_events.CommitmentPassed,
        deadline_facts.DeadlineEnded,
        deadline_facts.DeadlineSet,
        # A stay is ordered, lifted, or at its end; so is a proceeding elsewhere.
        stay_facts.DisputeResumed,
        stay_facts.DisputeStayed,
        # A refund is submitted, or fails. The event in the stream of the refund stands for the command.
        RefundReferred,  # the commitment to decide on the refund comes before it
        RefundStalled,
        RefundUnderway,
        # The act concerns several disputes. The simulation keeps its facts as they were.
        membership_facts.BulkActNotReached,
        membership_facts.BulkActReached,
        membership_facts.IncidentJoined,
        membership_facts.IncidentLeft,
        membership_facts.SharedAnswered,
        membership_facts.SharedCited,
    }
)
