"""The table of notices: which fact is told to which party, and with which words.

It holds what burdens a party and what affects it. Whoever did it is not told of it, and no party is told of what is hidden from
it. The words of each template are in `api.notices.sentences`. A notice about several facts begins with the one that comes first
in this table.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from domain.clocks import names
from domain.clocks.deadline_facts import DeadlineMoved
from domain.clocks.stay_facts import DisputeResumed, DisputeStayed
from domain.commitments.events import CommitmentBreached, CommitmentMade, Origin, Participant
from domain.commitments.reminder_facts import Reminded
from domain.commitments.state import Commitment
from domain.dispute.state import Dispute
from domain.evidence.exhibit_facts import ExhibitAdded
from domain.evidence.request_facts import EvidenceRequested
from domain.filing.admissibility_facts import DeclaredInadmissible
from domain.filing.fast_lane_facts import FastLaneGranted
from domain.filing.filing_facts import DisputeFiled
from domain.filing.pleading_facts import CounterclaimRaised, RebuttalGiven
from domain.filing.resolution_facts import ResolutionGranted
from domain.filing.response_facts import DefaultGranted, ResponseGiven
from domain.filing.review_facts import MachineDecided, ReviewAnswered
from domain.filing.set_aside_facts import DefaultSetAside, SetAsideRefused, SetAsideRequested
from domain.kernel.base import Event
from domain.kernel.people import Side
from domain.kernel.windows import Deadline
from domain.neutral.escalation_facts import Escalated, NeutralAssigned
from domain.payments.refund_facts import RefundConfirmed
from domain.remedies.closure_facts import ClaimWithdrawn, DisputeCancelled, DisputeClosed
from domain.remedies.goods_facts import GoodsContested, GoodsDecided, GoodsSent
from domain.remedies.reopening_facts import DisputeReopened
from domain.ruling.ruling_facts import AppealLodged, AppealSentBack, RulingBecameFinal, RulingCoSigned, RulingIssued
from domain.settlement.caucus_facts import CaucusMessagePosted
from domain.settlement.conversation_facts import MessagePosted
from domain.settlement.negotiation_facts import OfferAccepted, OfferMade, OfferRejected, SettlementReached
from domain.settlement.proposal_facts import ImpasseDeclared, ProposalMade, ProposalRefused

Told = Iterable[tuple[Side, str]]
"""Each party that is told of a fact, and the template of the words."""

Rule = Callable[[Any, Dispute], Told]


def to_both(template: str) -> Rule:
    return lambda event, dispute: [(side, template) for side in Side]


def to_other(template: str) -> Rule:
    """Told to the sides that did not do it."""
    return lambda event, dispute: [(side, template) for side in Side if side.value != event.by]


def to_claimant(template: str) -> Rule:
    return lambda event, dispute: [(dispute.claimant, template)]


def to_respondent(template: str) -> Rule:
    return lambda event, dispute: [(dispute.claimant.other, template)]


def to_burdened(template: str) -> Rule:
    return lambda event, dispute: [(event.burdens, template)]


def _granted_at_once(event: FastLaneGranted, dispute: Dispute) -> Told:
    return [(dispute.claimant.other, "granted_at_once"), (dispute.claimant, "claim_granted")]


def _resolved(event: ResolutionGranted, dispute: Dispute) -> Told:
    """What the seller does not bear is told to the buyer alone."""
    to_seller: Told = [(dispute.claimant.other, "granted_on_phone")] if event.charged_to == "seller" else []
    return [*to_seller, (dispute.claimant, "claim_granted")]


def _ruled(event: RulingIssued, dispute: Dispute) -> Told:
    """One that awaits its signature is told of when it takes effect."""
    return [] if event.awaits_co_signature else [(side, "ruling_issued") for side in Side]


def _promised(event: CommitmentMade, dispute: Dispute) -> Told:
    """An answer that a message waits for is told of with the message."""
    owed_by = event.promise.owed_by.value
    if owed_by not in set(Side) or event.arises_from is Origin.MESSAGE:
        return []
    return [(Side(owed_by), "request_of_party" if event.arises_from is Origin.REQUEST else "promise_owed")]


def _broken(event: CommitmentBreached, dispute: Dispute) -> Told:
    owed = dispute.commitments.open.get(event.commitment_id)
    if owed is None:
        return []
    told = [(_side(owed.owed_by), "promise_overdue"), (_side(owed.owed_to), "promise_to_you_overdue")]
    return [(side, template) for side, template in told if side is not None]


def _reminded(event: Reminded, dispute: Dispute) -> Told:
    return [(side, "reminder") for side in Side if event.to in (side.value, "both")]


def _written(event: MessagePosted, dispute: Dispute) -> Told:
    """What is written to everybody is told to the sides that did not write it."""
    if event.to is None:
        return [(side, "message") for side in Side if side.value != event.by.value]
    return [(Side(event.to), "message_to_you")] if event.to in set(Side) else []


def _confided(event: CaucusMessagePosted, dispute: Dispute) -> Told:
    return [] if event.by.value == event.side.value else [(event.side, "message_in_confidence")]


def _moved(event: DeadlineMoved, dispute: Dispute) -> Told:
    """After a stay, the parties are told that the dispute goes on."""
    whose = dispute.deadlines.whose.get(event.name)
    if event.why == "stay" or whose is None:
        return []
    return [(side, "deadline_moved") for side in Side if whose in (side.value, "both")]


CAUSES: Mapping[type[Event], Rule] = {
    EvidenceRequested: lambda event, dispute: [(event.of, "evidence_asked")],
    DisputeFiled: to_respondent("claim_filed"),
    FastLaneGranted: _granted_at_once,
    ResolutionGranted: _resolved,
    DefaultGranted: to_both("granted_by_default"),
    RulingIssued: _ruled,
    RulingCoSigned: to_both("ruling_issued"),
    ProposalMade: to_both("proposal_made"),
    OfferMade: to_other("offer_made"),
    CommitmentBreached: _broken,
    Reminded: _reminded,
    AppealLodged: to_other("appeal_lodged"),
    SetAsideRequested: to_claimant("set_aside_asked"),
    CounterclaimRaised: to_claimant("counterclaim_raised"),
    SettlementReached: to_both("settled"),
    MachineDecided: to_burdened("machine_decided"),
    ReviewAnswered: to_burdened("review_answered"),
    DeclaredInadmissible: to_both("not_heard"),
    ResponseGiven: to_claimant("claim_answered"),
    CommitmentMade: _promised,
    MessagePosted: _written,
    CaucusMessagePosted: _confided,
    DefaultSetAside: to_both("default_set_aside"),
    SetAsideRefused: to_respondent("set_aside_refused"),
    GoodsSent: to_other("goods_sent"),
    GoodsContested: to_other("goods_contested"),
    GoodsDecided: to_both("goods_decided"),
    AppealSentBack: to_both("appeal_sent_back"),
    RulingBecameFinal: to_both("ruling_final"),
    ProposalRefused: to_other("proposal_refused"),
    ImpasseDeclared: to_both("no_agreement"),
    OfferAccepted: to_other("offer_accepted"),
    OfferRejected: to_other("offer_rejected"),
    RefundConfirmed: lambda event, dispute: [(Side.BUYER, "refund_paid")],
    Escalated: to_other("mediator_called"),
    NeutralAssigned: to_both("mediator_assigned"),
    RebuttalGiven: to_respondent("reply_given"),
    ExhibitAdded: to_other("evidence_shown"),
    DisputeStayed: to_both("paused"),
    DisputeResumed: to_both("resumed"),
    DeadlineMoved: _moved,
    DisputeReopened: to_both("reopened"),
    ClaimWithdrawn: to_respondent("claim_withdrawn"),
    DisputeCancelled: to_both("cancelled"),
    DisputeClosed: to_both("closed"),
}

_NUMBERED = (EvidenceRequested, ProposalMade, OfferMade, OfferAccepted, OfferRejected, ProposalRefused, ExhibitAdded)
"""Facts whose numbers both parties know. Those of rulings and commitments would show how many are hidden."""

_WHILE_OPEN = frozenset(
    {
        "claim_filed",
        "counterclaim_raised",
        "claim_answered",
        "reply_given",
        "evidence_shown",
        "mediator_called",
        "mediator_assigned",
        "goods_sent",
        "goods_contested",
        "offer_rejected",
        "proposal_refused",
        "no_agreement",
    }
)
"""What nobody needs to know any more once the dispute is closed: how it was closed is told then."""


def told_of(event: Event, dispute: Dispute) -> dict[Side, str]:
    """The template for each party that is told of the fact, which the dispute already holds."""
    rule = CAUSES.get(type(event))
    if rule is None:
        return {}
    hidden = getattr(event, "commitment_id", None)
    told = rule(event, dispute)
    return {side: template for side, template in told if (hidden, side) not in dispute.telling.hidden}


def number_of(event: Event) -> int | None:
    return event.number if isinstance(event, _NUMBERED) else None


def rank(kind: str) -> int:
    """The place of a fact in the table. What comes first matters most to whoever is told."""
    return _RANKS[kind]


def still_matters(template: str, number: int | None, side: Side, dispute: Dispute, now: datetime) -> bool:
    """Whether the party still needs to be told, as the dispute stands now."""
    match template:
        case "offer_made":
            return any(offer.number == number for offer in dispute.offers.open())
        case "proposal_made":
            return dispute.proposals.open is not None and dispute.proposals.open.number == number
        case "evidence_asked":
            return any(request.number == number for request in dispute.evidence_requests.unanswered)
        case "set_aside_asked":
            return dispute.set_aside.pending
        case "appeal_lodged":
            return dispute.adjudication.appeal is not None
        case "paused":
            return dispute.stay.since is not None
        case "resumed":
            return dispute.stay.since is None and not dispute.closed
        case "reminder" | "deadline_moved":
            return bool(running(dispute, side, now) or owed_by(dispute, side))
        case "promise_owed" | "promise_overdue" | "request_of_party":
            return bool(owed_by(dispute, side))
        case "promise_to_you_overdue":
            return any(owed.overdue and _side(owed.owed_to) is side for owed in dispute.commitments.open.values())
        case _ if template in _WHILE_OPEN:
            return not dispute.closed
        case _:
            return True


def running(dispute: Dispute, side: Side, now: datetime) -> list[Deadline]:
    """The deadlines before which this party can or must act, the first due first. None during a stay. A window that waits for
    a notice is among them, however late the notice is.
    """
    if dispute.stay.since is not None:
        return []
    whose = dispute.deadlines.whose
    known = [one for name, one in dispute.deadlines.running.items() if whose[name] in (side.value, "both")]
    if dispute.undecided:
        known += [one for name, one in dispute.deadlines.quiet.items() if name == names.Answers(side)]
    waiting = dispute.deadlines.awaiting_notice
    return sorted(
        (one for one in known if one.due_at > now or one.name in waiting), key=lambda one: (one.due_at, one.name)
    )


def owed_by(dispute: Dispute, side: Side) -> list[Commitment]:
    """What this party owes, the first due first."""
    owed = [one for one in dispute.commitments.open.values() if _side(one.owed_by) is side]
    return sorted(owed, key=lambda one: (one.due_at, one.number))


def _side(who: Participant) -> Side | None:
    return Side(who.value) if who.value in set(Side) else None


_RANKS = {event.kind: place for place, event in enumerate(CAUSES)}
