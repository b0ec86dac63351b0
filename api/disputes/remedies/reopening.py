"""After closure: reopening, and how the parties rate the handling. Messages stay possible too."""

from uuid import UUID

from fastapi import APIRouter

from api.disputes.remedies.reopening_schemas import RateHandling, Reopen
from api.http.answers import Done
from api.http.exact_json import ExactRoute
from api.http.problems import ON_DISPUTE, documented
from api.http.writes import WriteOnDispute

router = APIRouter(tags=["Disputes"], route_class=ExactRoute)


@router.post("/v1/disputes/{dispute_id}/reopening", responses=documented(*ON_DISPUTE))
async def reopen(dispute_id: UUID, body: Reopen, writing: WriteOnDispute) -> Done:
    """Reopens a closed dispute, by a supervisor, with a ground. What was paid counts against what is decided then."""
    return await writing.done(await writing.act(body, dispute_id=dispute_id), Done)


@router.post("/v1/disputes/{dispute_id}/rating", responses=documented(*ON_DISPUTE))
async def rate_handling(dispute_id: UUID, body: RateHandling, writing: WriteOnDispute) -> Done:
    """Says how the dispute was handled; once by each party, after closure."""
    return await writing.done(await writing.act(body, dispute_id=dispute_id), Done)
