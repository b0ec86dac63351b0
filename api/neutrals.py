"""Who the neutral of a dispute is: assignment, reassignment, recusal."""

from uuid import UUID

from fastapi import APIRouter

from api.problems import ON_DISPUTE, documented
from api.schemas.answers import Done
from api.schemas.neutrals import AssignNeutral, ReassignNeutral, Recuse
from api.writing import WriteOnDispute

router = APIRouter(tags=["Neutrals"])


@router.post("/v1/disputes/{dispute_id}/assignment", responses=documented(*ON_DISPUTE))
async def assign_neutral(dispute_id: UUID, body: AssignNeutral, writing: WriteOnDispute) -> Done:
    """Gives the dispute to a neutral. A neutral may only take it for themselves."""
    return await writing.done(await writing.act(body, dispute_id=dispute_id), Done)


@router.post("/v1/disputes/{dispute_id}/reassignment", responses=documented(*ON_DISPUTE))
async def reassign_neutral(dispute_id: UUID, body: ReassignNeutral, writing: WriteOnDispute) -> Done:
    """Moves the dispute to another neutral, or back to wait for one. An open proposal falls; promises move along."""
    return await writing.done(await writing.act(body, dispute_id=dispute_id), Done)


@router.post("/v1/disputes/{dispute_id}/recusal", responses=documented(*ON_DISPUTE))
async def recuse(dispute_id: UUID, body: Recuse, writing: WriteOnDispute) -> Done:
    """The neutral steps down for good. The dispute waits to be assigned, and the supervisor owes what the neutral promised."""
    return await writing.done(await writing.act(body, dispute_id=dispute_id), Done)
