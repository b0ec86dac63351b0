"""Offers of the parties, and proposals of the neutral."""

from typing import assert_never

from api.audit.story.about import About
from api.audit.story.phrases import OVER, says
from domain.settlement import negotiation_facts, proposal_facts


def bargained(about: About, event: negotiation_facts.NegotiationEvent) -> str:
    match event:
        case negotiation_facts.OfferMade(number=number, by=by):
            counters = f", against offer {event.counters}" if event.counters else ""
            return f"offer {number} by the {by}{counters}: {about.division(event.terms)}{says(event.message)}"
        case negotiation_facts.OfferAccepted(number=number, by=by):
            return f"the {by} accepts offer {number}"
        case negotiation_facts.OfferRejected(number=number, by=by):
            return f"the {by} rejects offer {number}{says(event.message)}"
        case negotiation_facts.OfferExpired(number=number, why=why):
            return f"offer {number} is over: {OVER[why]}"
        case negotiation_facts.SettlementReached(terms=terms, by=by, number=number):
            return f"settled by {by} {number}: {about.division(terms)}"
        case _:
            assert_never(event)


def mediated(about: About, event: proposal_facts.ProposalEvent) -> str:
    match event:
        case proposal_facts.ProposalMade(number=number, terms=terms, reasons=reasons):
            return f"proposal {number} of the neutral: {about.division(terms)}{says(reasons)}"
        case proposal_facts.ProposalAccepted(number=number, by=by):
            return f"the {by} accepts proposal {number}"
        case proposal_facts.ProposalRefused(number=number, by=by, message=message):
            return f"the {by} refuses proposal {number}{says(message)}"
        case proposal_facts.ProposalLapsed(number=number, why=why):
            return f"proposal {number} is over: {OVER[why]}"
        case proposal_facts.ImpasseDeclared(reasons=reasons):
            return f"the neutral sees no agreement, and will rule{says(reasons)}"
        case _:
            assert_never(event)
