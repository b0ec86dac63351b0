"""The respondent's first answer."""

from uuid import UUID

from fastapi import APIRouter

from api.problems import ON_DISPUTE, documented
from api.schemas.answers import Done
from api.schemas.response import Respond
from api.writing import WriteOnDispute

router = APIRouter(tags=["Response"])


@router.post("/v1/disputes/{dispute_id}/response", responses=documented(*ON_DISPUTE))
async def respond(dispute_id: UUID, body: Respond, writing: WriteOnDispute) -> Done:
    """Concedes, concedes a part, or contests. What is conceded is owed at once; only the rest goes on."""
    return await writing.done(await writing.act(body, dispute_id=dispute_id), Done)
