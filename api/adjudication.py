"""The ruling, and what becomes of the right to appeal."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body

from api.problems import ON_DISPUTE, ON_VERSION, documented
from api.schemas.adjudication import IssueRuling, WaiveAppeal
from api.schemas.answers import Done, Numbered
from api.writing import WriteOnDispute, WriteOnVersion

router = APIRouter(tags=["Adjudication"])


@router.post("/v1/disputes/{dispute_id}/rulings", status_code=201, responses=documented(*ON_VERSION))
async def issue_ruling(dispute_id: UUID, body: IssueRuling, writing: WriteOnVersion) -> Numbered:
    """Rules: with reasons that cite exhibits and clauses, and an award that adds up to what is in dispute, to the last unit."""
    outcome = await writing.act(body, dispute_id=dispute_id, claimant=await writing.claimant(dispute_id))
    ruling = outcome.dispute.adjudication.ruling
    assert ruling is not None, "it has just been issued"
    return await writing.done(outcome, Numbered, number=ruling.number)


@router.post("/v1/disputes/{dispute_id}/appeal-waiver", responses=documented(*ON_DISPUTE))
async def waive_appeal(
    dispute_id: UUID, writing: WriteOnDispute, body: Annotated[WaiveAppeal, Body(default_factory=WaiveAppeal)]
) -> Done:
    """Gives up the right to appeal. When nobody is left who could, the ruling executes."""
    return await writing.done(await writing.act(body, dispute_id=dispute_id), Done)
