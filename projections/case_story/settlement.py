"""Offers of the parties, proposals of the neutral, and what is said in caucus."""

from typing import Annotated, Literal, assert_never
from uuid import UUID

from pydantic import Field

from domain.kernel.base import Instant
from domain.kernel.money import Money
from domain.kernel.people import Side
from domain.settlement.caucus_facts import CaucusConsentGiven, CaucusEvent, CaucusMessagePosted
from domain.settlement.negotiation_facts import (
    NegotiationEvent,
    OfferAccepted,
    OfferExpired,
    OfferMade,
    OfferRejected,
    SettlementReached,
)
from domain.settlement.party_request_facts import (
    AsksFor,
    PartyRequestAnswered,
    PartyRequestDeclined,
    PartyRequestEvent,
    PartyRequestMade,
    PartyRequestWithdrawn,
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
from projections.case_story.evidence import FileShown
from projections.case_story.items import changed, instant, item
from projections.case_story.parts import Divided, GoodsTerms, InstalmentShown, Part, Said, awarded
from projections.table import Doc


class OfferShown(Part):
    number: int
    by: Side
    amount: Annotated[Money, Field(description="The amount that the claimant would get.")]
    goods: GoodsTerms | None = None
    instalments: tuple[InstalmentShown, ...] = ()
    counters: int | None
    message: Said | None
    status: Literal["open", "accepted", "rejected", "expired"]
    why: Annotated[str | None, Field(description="Why it expired: `lapsed`, `superseded` or `moot`.")]
    answer: Said | None
    made_at: Instant
    reply_by: Instant | None
    ended_at: Instant | None


class ProposalShown(Part):
    number: int
    award: Divided
    reasons: Said
    accepted_by: list[Side]
    status: Literal["open", "accepted", "refused", "lapsed"]
    why: Annotated[str | None, Field(description="Why it lapsed: `lapsed` or `moot`.")]
    refused_by: Side | None
    answer: Said | None
    made_at: Instant
    reply_by: dict[Side, Instant | None]
    ended_at: Instant | None


class PartyRequestShown(Part):
    """What a party asked of the other one. The commitment `commitment_id` shows until when the answer is owed."""

    number: int
    by: Side
    asks_for: AsksFor
    text: Said
    days: Annotated[int | None, Field(description="The time that was asked for; none: the window of the policy.")]
    commitment_id: UUID
    status: Annotated[
        Literal["open", "unanswered", "answered", "declined", "withdrawn", "over"],
        Field(description="`unanswered`: no answer came in time. It is still owed until the dispute is `over`."),
    ]
    due_at: Instant | None
    answer: Annotated[Said | None, Field(description="The answer, or why it was declined.")]
    exhibits: Annotated[list[int], Field(description="The numbers of the evidence that the answer points to.")]
    asked_at: Instant
    ended_at: Instant | None


class ImpasseShown(Part):
    reasons: Said | None
    at: Instant


class SettlementShown(Part):
    award: Divided
    by: Literal["offer", "proposal"]
    number: int
    at: Instant


class CaucusMessageShown(Part):
    """A confidential message between one party and the neutral."""

    number: int
    side: Side
    by: str
    message: Said
    file: FileShown | None
    posted_at: Instant


class ConsentShown(Part):
    """A side agreed that this neutral rules although they heard a caucus."""

    by: Side
    neutral: UUID
    at: Instant


def bargained(doc: Doc, event: NegotiationEvent, recorded: Recorded) -> Doc:
    at, offers = instant(recorded.occurred_at), doc["offers"]
    match event:
        case OfferMade():
            begun = {"status": "open", "why": None, "answer": None, "made_at": at, "reply_by": None, "ended_at": None}
            return {"offers": [*offers, {**_offered(item(event)), **begun}]}
        case OfferAccepted(number=number):
            return {"offers": changed(offers, "number", number, status="accepted", ended_at=at)}
        case OfferRejected(number=number):
            answer = item(event)["message"]
            return {"offers": changed(offers, "number", number, status="rejected", answer=answer, ended_at=at)}
        case OfferExpired(number=number):
            return {"offers": changed(offers, "number", number, status="expired", why=event.why, ended_at=at)}
        case SettlementReached():
            return {"settlement": awarded(item(event, at=at), doc["claimant"])}
        case _:
            assert_never(event)


def _offered(told: Doc) -> Doc:
    """An offer names the part of the claimant alone."""
    terms = told.pop("terms")
    return {**told, "amount": terms["claimant"], "goods": terms["goods"], "instalments": terms["instalments"]}


def proposed(doc: Doc, event: ProposalEvent, recorded: Recorded) -> Doc:
    at, proposals = instant(recorded.occurred_at), doc["proposals"]
    match event:
        case ProposalMade():
            replies = dict.fromkeys(side.value for side in Side)
            answers: Doc = {"accepted_by": [], "status": "open", "why": None, "refused_by": None, "answer": None}
            made = item(event, **answers, made_at=at, reply_by=replies, ended_at=None)
            return {"proposals": [*proposals, awarded(made, doc["claimant"])]}
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


def requested(doc: Doc, event: PartyRequestEvent, recorded: Recorded) -> Doc:
    at, requests = instant(recorded.occurred_at), doc["party_requests"]
    match event:
        case PartyRequestMade():
            begun: Doc = {
                "status": "open",
                "due_at": None,
                "answer": None,
                "exhibits": [],
                "asked_at": at,
                "ended_at": None,
            }
            return {"party_requests": [*requests, item(event, **begun)]}
        case PartyRequestAnswered(number=number):
            shown = {"answer": item(event)["text"], "exhibits": list(event.exhibits)}
            return {"party_requests": changed(requests, "number", number, status="answered", ended_at=at, **shown)}
        case PartyRequestDeclined(number=number):
            why = item(event)["text"]
            return {"party_requests": changed(requests, "number", number, status="declined", ended_at=at, answer=why)}
        case PartyRequestWithdrawn(number=number):
            return {"party_requests": changed(requests, "number", number, status="withdrawn", ended_at=at)}
        case _:
            assert_never(event)


def confided(doc: Doc, event: CaucusEvent, recorded: Recorded) -> Doc:
    at = instant(recorded.occurred_at)
    match event:
        case CaucusMessagePosted():
            return {"caucus": [*doc["caucus"], item(event, posted_at=at)]}
        case CaucusConsentGiven():
            return {"consents": [*doc["consents"], item(event, at=at)]}
        case _:
            assert_never(event)
