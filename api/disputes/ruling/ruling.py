"""The route of the ruling, which may wait for a co-signature. All other acts on rulings are declared in
`ruling_schemas`."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter

from api.disputes.ruling.ruling_schemas import (
    IssueRuling,
)
from api.http.act_route import ActRoute
from api.http.answers import Numbered
from api.http.problems import ON_VERSION, documented
from api.http.writes import WriteOnVersion

router = APIRouter(tags=["Adjudication"], route_class=ActRoute)

_WAITING: dict[int | str, dict[str, Any]] = {
    202: {
        "model": Numbered,
        "description": "The ruling is above your authority. It takes effect when a supervisor has co-signed it.",
    }
}


@router.post("/v1/disputes/{dispute_id}/rulings", status_code=201, responses=_WAITING | documented(*ON_VERSION))
async def issue_ruling(dispute_id: UUID, body: IssueRuling, writing: WriteOnVersion) -> Numbered:
    """Issues a ruling. Its reasons cite exhibits and clauses. Its award adds up exactly to the amount in dispute.

    On appeal, the ruling affirms or replaces the ruling before it, and is final.
    """
    outcome = await writing.act(body, dispute_id=dispute_id, claimant=await writing.claimant(dispute_id))
    ruling = outcome.dispute.adjudication.rulings[-1]
    if ruling.status == "awaits_co_signature":
        writing.response.status_code = 202
    return await writing.done(outcome, Numbered, number=ruling.number)
