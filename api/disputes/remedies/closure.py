"""How a claim ends without being decided: taken back, cancelled, not heard. Otherwise a dispute closes when nothing is owed."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body

from api.disputes.remedies.closure_schemas import CancelDispute, DeclareInadmissible, Withdraw
from api.http.answers import Done
from api.http.exact_json import ExactRoute
from api.http.problems import ON_DISPUTE, documented
from api.http.writes import WriteOnDispute

router = APIRouter(tags=["Disputes"], route_class=ExactRoute)


@router.post("/v1/disputes/{dispute_id}/withdrawal", responses=documented(*ON_DISPUTE))
async def withdraw(
    dispute_id: UUID, writing: WriteOnDispute, body: Annotated[Withdraw, Body(default_factory=Withdraw)]
) -> Done:
    """The claimant takes the claim back. What was conceded before stays owed."""
    return await writing.done(await writing.act(body, dispute_id=dispute_id), Done)


@router.post("/v1/disputes/{dispute_id}/cancellation", responses=documented(*ON_DISPUTE))
async def cancel_dispute(dispute_id: UUID, body: CancelDispute, writing: WriteOnDispute) -> Done:
    """The marketplace ends the dispute, while it is undecided, with a reason that both sides read. Nobody is found right."""
    return await writing.done(await writing.act(body, dispute_id=dispute_id), Done)


@router.post("/v1/disputes/{dispute_id}/inadmissibility", responses=documented(*ON_DISPUTE))
async def declare_inadmissible(dispute_id: UUID, body: DeclareInadmissible, writing: WriteOnDispute) -> Done:
    """The claim is not heard, on a ground and with reasons that both sides read. Only before anything is ruled or paid."""
    return await writing.done(await writing.act(body, dispute_id=dispute_id), Done)
