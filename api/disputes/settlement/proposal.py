"""Calling a neutral, and the neutral's proposals."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body

from api.disputes.settlement.proposal_schemas import (
    AcceptProposal,
    DeclareImpasse,
    Escalate,
    MakeProposal,
    RefuseProposal,
)
from api.http.answers import Done, Numbered
from api.http.bodies import Number
from api.http.exact_json import ExactRoute
from api.http.problems import ON_DISPUTE, ON_VERSION, documented
from api.http.writes import WriteOnDispute, WriteOnVersion

router = APIRouter(tags=["Mediation"], route_class=ExactRoute)


@router.post("/v1/disputes/{dispute_id}/escalation", responses=documented(*ON_DISPUTE))
async def escalate(
    dispute_id: UUID, writing: WriteOnDispute, body: Annotated[Escalate, Body(default_factory=Escalate)]
) -> Done:
    """Asks for a neutral, once the parties have had the time that the policy gives them; or joins whoever has asked."""
    return await writing.done(await writing.act(body, dispute_id=dispute_id), Done)


@router.post("/v1/disputes/{dispute_id}/proposals", status_code=201, responses=documented(*ON_DISPUTE))
async def make_proposal(dispute_id: UUID, body: MakeProposal, writing: WriteOnDispute) -> Numbered:
    """Proposes how to divide what is in dispute. It settles the dispute when both sides accept."""
    outcome = await writing.act(body, dispute_id=dispute_id, claimant=await writing.claimant(dispute_id))
    return await writing.done(outcome, Numbered, number=len(outcome.dispute.proposals.made))


@router.post("/v1/disputes/{dispute_id}/proposals/{number}/acceptance", responses=documented(*ON_VERSION))
async def accept_proposal(
    dispute_id: UUID,
    number: Number,
    writing: WriteOnVersion,
    body: Annotated[AcceptProposal, Body(default_factory=AcceptProposal)],
) -> Done:
    """One side's acceptance. With the second one the dispute is settled, and what was agreed is owed."""
    return await writing.done(await writing.act(body, dispute_id=dispute_id, number=number), Done)


@router.post("/v1/disputes/{dispute_id}/proposals/{number}/refusal", responses=documented(*ON_DISPUTE))
async def refuse_proposal(
    dispute_id: UUID,
    number: Number,
    writing: WriteOnDispute,
    body: Annotated[RefuseProposal, Body(default_factory=RefuseProposal)],
) -> Done:
    """One side's refusal. Mediation has then failed, and the neutral rules."""
    return await writing.done(await writing.act(body, dispute_id=dispute_id, number=number), Done)


@router.post("/v1/disputes/{dispute_id}/impasse", responses=documented(*ON_DISPUTE))
async def declare_impasse(
    dispute_id: UUID, writing: WriteOnDispute, body: Annotated[DeclareImpasse, Body(default_factory=DeclareImpasse)]
) -> Done:
    """The neutral sees no agreement to be had, and will rule."""
    return await writing.done(await writing.act(body, dispute_id=dispute_id), Done)
