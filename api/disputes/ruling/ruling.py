"""The ruling, its co-signature, and the appeal."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Body

from api.disputes.ruling.ruling_schemas import (
    Appeal,
    CoSignRuling,
    IssueRuling,
    RefuseCoSignature,
    SendBack,
    WaiveAppeal,
    WithdrawAppeal,
)
from api.http.answers import Done, Numbered
from api.http.bodies import Number
from api.http.exact_json import ExactRoute
from api.http.problems import ON_DISPUTE, ON_VERSION, documented
from api.http.writes import WriteOnDispute, WriteOnVersion

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


@router.post("/v1/disputes/{dispute_id}/rulings/{number}/co-signature", responses=documented(*ON_VERSION))
async def co_sign_ruling(
    dispute_id: UUID,
    number: Number,
    writing: WriteOnVersion,
    body: Annotated[CoSignRuling, Body(default_factory=CoSignRuling)],
) -> Done:
    """Signs a ruling above the neutral's authority. With that it takes effect."""
    return await writing.done(await writing.act(body, dispute_id=dispute_id, number=number), Done)


@router.post("/v1/disputes/{dispute_id}/rulings/{number}/co-signature-refusal", responses=documented(*ON_DISPUTE))
async def refuse_co_signature(
    dispute_id: UUID, number: Number, body: RefuseCoSignature, writing: WriteOnDispute
) -> Done:
    """Does not sign it, with a reason. The neutral rules anew."""
    return await writing.done(await writing.act(body, dispute_id=dispute_id, number=number), Done)


@router.post("/v1/disputes/{dispute_id}/appeal", responses=documented(*ON_DISPUTE))
async def appeal(dispute_id: UUID, body: Appeal, writing: WriteOnDispute) -> Done:
    """Brings the ruling before a neutral who took no part in it. Each side once, within its window, on a ground."""
    return await writing.done(await writing.act(body, dispute_id=dispute_id), Done)


@router.post("/v1/disputes/{dispute_id}/appeal/return", responses=documented(*ON_DISPUTE))
async def send_back(dispute_id: UUID, body: SendBack, writing: WriteOnDispute) -> Done:
    """On appeal: the ruling falls, and goes back to adjudication."""
    return await writing.done(await writing.act(body, dispute_id=dispute_id), Done)


@router.post("/v1/disputes/{dispute_id}/appeal-waiver", responses=documented(*ON_DISPUTE))
async def waive_appeal(
    dispute_id: UUID, writing: WriteOnDispute, body: Annotated[WaiveAppeal, Body(default_factory=WaiveAppeal)]
) -> Done:
    """Gives up the right to appeal. When nobody is left who could, the ruling executes."""
    return await writing.done(await writing.act(body, dispute_id=dispute_id), Done)


@router.post("/v1/disputes/{dispute_id}/appeal/withdrawal", responses=documented(*ON_DISPUTE))
async def withdraw_appeal(
    dispute_id: UUID, writing: WriteOnDispute, body: Annotated[WithdrawAppeal, Body(default_factory=WithdrawAppeal)]
) -> Done:
    """Withdraws one's appeal before it is decided: the ruling is final, unless the other side could still appeal."""
    return await writing.done(await writing.act(body, dispute_id=dispute_id), Done)
