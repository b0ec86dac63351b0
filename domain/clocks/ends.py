"""How each deadline ends: when it is over early, and what follows when it lapses. Every name has both."""

from typing import Literal, assert_never

from domain.clocks import names
from domain.clocks.deadline_facts import DeadlineLapsed
from domain.clocks.stay_facts import StayLifted
from domain.dispute.events import DisputeEvent
from domain.dispute.state import Dispute
from domain.evidence import requests as evidence_requests
from domain.filing import fast_lane, response, response_facts
from domain.kernel.base import Instant, Role
from domain.kernel.people import Outcome
from domain.kernel.windows import Deadline
from domain.neutral.escalation import escalated
from domain.neutral.escalation_facts import Referred
from domain.policy.policy import Policy
from domain.ruling.ruling_facts import AppealWindowLapsed
from domain.ruling.rulings import forgone
from domain.settlement.negotiation_facts import OfferExpired
from domain.settlement.proposal_facts import ProposalLapsed

# --- decisions ---


def over(dispute: Dispute, name: str) -> Literal["met", "moot"] | None:  # noqa: C901 - one arm a kind of deadline
    """Whether a running deadline is over, and how; None while it runs."""
    decided = dispute.closed or dispute.outcome is not None
    match names.named(name):
        case names.Response():
            if dispute.response:
                return "met"
            ruled = dispute.adjudication.ruling is not None
            return _moot_if((decided and not fast_lane.may_be_contested(dispute)) or ruled)
        case names.Negotiation():
            return _moot_if(decided or dispute.escalation.escalated)
        case names.OfferReply(number=number):
            offer = dispute.offers.get(number)
            if offer.status in ("accepted", "rejected"):
                return "met"
            # an offer that was open when a neutral was called has no deadline any more: it stands until the ruling
            return _moot_if(offer.status == "expired" or number in dispute.escalation.offers_standing)
        case names.ProposalReply(number=number, side=side):
            proposal = dispute.proposals.get(number)
            return "met" if side in proposal.accepted_by else _moot_if(proposal.status != "open")
        case names.Stay():
            return _moot_if(dispute.closed or not dispute.stay.ordered)
        case names.Ruling():
            return _moot_if(decided) if dispute.adjudication.awaited else "met"
        case names.Evidence(number=number):
            if dispute.evidence_requests.get(number).status == "answered":
                return "met"
            return _moot_if(not dispute.to_be_ruled)
        case names.SetAside():
            requested = dispute.set_aside.requested
            return "met" if requested else _moot_if(dispute.outcome is not Outcome.GRANTED_BY_DEFAULT)
        case names.Appeal(side=side):
            ruling = dispute.adjudication.ruling
            return _moot_if(ruling is None or side not in ruling.appealable_by)
        case names.Answers():
            raise AssertionError(f"the deadline {name!r} is quiet: it never runs")
        case unknown:
            assert_never(unknown)


def lapsed(dispute: Dispute, policy: Policy, deadline: Deadline) -> list[DisputeEvent]:
    """What follows when nobody acted in time. The lapse comes first."""
    lapse = DeadlineLapsed(name=deadline.name)
    match names.named(deadline.name):
        case names.Response() if fast_lane.may_be_contested(dispute):
            return [lapse]
        case names.Response():
            return [lapse, *_unanswered(dispute, policy, deadline.due_at)]
        case names.Negotiation():
            return [lapse, escalated(dispute, None)]
        case names.OfferReply(number=number):
            return [lapse, OfferExpired(number=number, why="lapsed")]
        case names.ProposalReply(number=number):
            return [lapse, ProposalLapsed(number=number, why="lapsed")]
        case names.Evidence(number=number):
            return [lapse, evidence_requests.unanswered(dispute, number)]
        case names.SetAside():
            return [lapse]  # the default stands
        case names.Stay():
            return [lapse, StayLifted(by=Role.ENGINE)]
        case names.Ruling():
            return [lapse, Referred(reason="ruling_overdue")]
        case names.Appeal(number=number, side=side):
            waived = AppealWindowLapsed(number=number, by=side)
            return [lapse, *forgone(dispute, policy, waived, deadline.due_at)]
        case names.Answers():
            raise AssertionError(f"the deadline {deadline.name!r} is quiet: it never runs")
        case unknown:
            assert_never(unknown)


def _unanswered(dispute: Dispute, policy: Policy, at: Instant) -> list[DisputeEvent]:
    """The claim is granted by default. If the record or the rules speak against that, a neutral looks at it.

    A respondent who takes part was not silent: then the dispute goes on to the end of its other windows.
    """
    events: list[DisputeEvent] = [*response.default(dispute, policy, at)]
    for_neutral = any(
        isinstance(e, response_facts.DefaultDeclined) and e.reason != "respondent_takes_part" for e in events
    )
    if for_neutral and not dispute.escalation.escalated:
        events.append(escalated(dispute, None))
    return events


def _moot_if(condition: bool) -> Literal["moot"] | None:
    return "moot" if condition else None
