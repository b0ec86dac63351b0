"""Offers of the parties, and proposals of the neutral."""

from typing import assert_never

from api.audit.story.about import About
from api.audit.story.phrases import OVER, says
from domain.settlement import negotiation, proposal


def bargained(about: About, event: negotiation.NegotiationEvent) -> str:
    match event:
        case negotiation.OfferMade(number=number, by=by):
            counters = f", against offer {event.counters}" if event.counters else ""
            return f"offer {number} by the {by}{counters}: {about.division(event.terms)}{says(event.message)}"
        case negotiation.OfferAccepted(number=number, by=by):
            return f"the {by} accepts offer {number}"
        case negotiation.OfferRejected(number=number, by=by):
            return f"the {by} rejects offer {number}{says(event.message)}"
        case negotiation.OfferExpired(number=number, why=why):
            return f"offer {number} is over: {OVER[why]}"
        case negotiation.SettlementReached(terms=terms, by=by, number=number):
            return f"settled by {by} {number}: {about.division(terms)}"
        case _:
            assert_never(event)


def mediated(about: About, event: proposal.ProposalEvent) -> str:
    match event:
        case proposal.ProposalMade(number=number, terms=terms, reasons=reasons):
            return f"proposal {number} of the neutral: {about.division(terms)}{says(reasons)}"
        case proposal.ProposalAccepted(number=number, by=by):
            return f"the {by} accepts proposal {number}"
        case proposal.ProposalRefused(number=number, by=by, message=message):
            return f"the {by} refuses proposal {number}{says(message)}"
        case proposal.ProposalLapsed(number=number, why=why):
            return f"proposal {number} is over: {OVER[why]}"
        case proposal.ImpasseDeclared(reasons=reasons):
            return f"the neutral sees no agreement, and will rule{says(reasons)}"
        case _:
            assert_never(event)
