"""Offers between the parties, and the answers to them."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body

from api.disputes.settlement.negotiation_schemas import AcceptOffer, MakeOffer, RejectOffer
from api.http.answers import Done, Numbered
from api.http.bodies import Number
from api.http.exact_json import ExactRoute
from api.http.problems import ON_DISPUTE, ON_VERSION, documented
from api.http.writes import WriteOnDispute, WriteOnVersion

router = APIRouter(tags=["Negotiation"], route_class=ExactRoute)


@router.post("/v1/disputes/{dispute_id}/offers", status_code=201, responses=documented(*ON_DISPUTE))
async def make_offer(dispute_id: UUID, body: MakeOffer, writing: WriteOnDispute) -> Numbered:
    """Offers what the claimant is to receive. It replaces your own open offer, and rejects the one that it `counters`."""
    outcome = await writing.act(body, dispute_id=dispute_id)
    mine = [offer.number for offer in outcome.dispute.offers.made if offer.by is writing.caller.side]
    return await writing.done(outcome, Numbered, number=mine[-1])


@router.post("/v1/disputes/{dispute_id}/offers/{number}/acceptance", responses=documented(*ON_VERSION))
async def accept_offer(
    dispute_id: UUID,
    number: Number,
    writing: WriteOnVersion,
    body: Annotated[AcceptOffer, Body(default_factory=AcceptOffer)],
) -> Done:
    """Accepts the other side's offer: the dispute is settled, and what was agreed is owed."""
    return await writing.done(await writing.act(body, dispute_id=dispute_id, number=number), Done)


@router.post("/v1/disputes/{dispute_id}/offers/{number}/rejection", responses=documented(*ON_DISPUTE))
async def reject_offer(
    dispute_id: UUID,
    number: Number,
    writing: WriteOnDispute,
    body: Annotated[RejectOffer, Body(default_factory=RejectOffer)],
) -> Done:
    """Turns the other side's offer down."""
    return await writing.done(await writing.act(body, dispute_id=dispute_id, number=number), Done)
