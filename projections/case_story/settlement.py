"""Offers of the parties, and proposals of the neutral."""

from typing import assert_never

from domain.kernel.people import Side
from domain.settlement.negotiation_facts import (
    NegotiationEvent,
    OfferAccepted,
    OfferExpired,
    OfferMade,
    OfferRejected,
    SettlementReached,
)
from domain.settlement.proposal_facts import (
    ImpasseDeclared,
    ProposalAccepted,
    ProposalEvent,
    ProposalLapsed,
    ProposalMade,
    ProposalRefused,
)
from mediation.store.log.recorded import Recorded
from projections.case_story.items import changed, instant, item
from projections.view import Doc


def bargained(doc: Doc, event: NegotiationEvent, recorded: Recorded) -> Doc:
    at, offers = instant(recorded.occurred_at), doc["offers"]
    match event:
        case OfferMade():
            made = item(event, status="open", why=None, answer=None, made_at=at, reply_by=None, ended_at=None)
            return {"offers": [*offers, made]}
        case OfferAccepted(number=number):
            return {"offers": changed(offers, "number", number, status="accepted", ended_at=at)}
        case OfferRejected(number=number):
            answer = item(event)["message"]
            return {"offers": changed(offers, "number", number, status="rejected", answer=answer, ended_at=at)}
        case OfferExpired(number=number):
            return {"offers": changed(offers, "number", number, status="expired", why=event.why, ended_at=at)}
        case SettlementReached():
            return {"settlement": item(event, at=at)}
        case _:
            assert_never(event)


def proposed(doc: Doc, event: ProposalEvent, recorded: Recorded) -> Doc:
    at, proposals = instant(recorded.occurred_at), doc["proposals"]
    match event:
        case ProposalMade():
            replies = dict.fromkeys(side.value for side in Side)
            answers: Doc = {"accepted_by": [], "status": "open", "why": None, "refused_by": None, "answer": None}
            return {"proposals": [*proposals, item(event, **answers, made_at=at, reply_by=replies, ended_at=None)]}
        case ProposalAccepted(number=number, by=by):
            accepted = [by.value] + [side for p in proposals if p["number"] == number for side in p["accepted_by"]]
            ended = {"status": "accepted", "ended_at": at} if len(accepted) == len(Side) else {}
            return {"proposals": changed(proposals, "number", number, accepted_by=sorted(accepted), **ended)}
        case ProposalRefused(number=number, by=by):
            refused = {"status": "refused", "refused_by": by.value, "answer": item(event)["message"], "ended_at": at}
            return {"proposals": changed(proposals, "number", number, **refused)}
        case ProposalLapsed(number=number):
            return {"proposals": changed(proposals, "number", number, status="lapsed", why=event.why, ended_at=at)}
        case ImpasseDeclared():
            return {"impasse": item(event, at=at)}
        case _:
            assert_never(event)
