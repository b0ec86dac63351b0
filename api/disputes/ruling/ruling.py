"""The ruling, which may wait for a co-signature. All other acts about it are declared in `ruling_schemas`."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter

from api.disputes.ruling.ruling_schemas import (
    IssueRuling,
)
from api.http.answers import Numbered
from api.http.exact_json import ExactRoute
from api.http.problems import ON_VERSION, documented
from api.http.writes import WriteOnVersion

router = APIRouter(tags=["Adjudication"], route_class=ExactRoute)

_WAITING: dict[int | str, dict[str, Any]] = {
    202: {"model": Numbered, "description": "Above your authority: it takes effect when a supervisor has co-signed it."}
}


@router.post("/v1/disputes/{dispute_id}/rulings", status_code=201, responses=_WAITING | documented(*ON_VERSION))
async def issue_ruling(dispute_id: UUID, body: IssueRuling, writing: WriteOnVersion) -> Numbered:
    """Rules: with reasons that cite exhibits and clauses, and an award that adds up to what is in dispute, to the last unit.

    On an appeal, the ruling affirms the one before it or replaces it, and is final.
    """
    outcome = await writing.act(body, dispute_id=dispute_id, claimant=await writing.claimant(dispute_id))
    ruling = outcome.dispute.adjudication.rulings[-1]
    if ruling.status == "awaits_co_signature":
        writing.response.status_code = 202
    return await writing.done(outcome, Numbered, number=ruling.number)
