"""Goods on their way: sent, contested, decided. That they arrived is told by keeping the commitment of that step."""

from uuid import UUID

from fastapi import APIRouter

from api.disputes.remedies.goods_schemas import ContestGoods, DecideGoods, SendGoods
from api.http.answers import Done
from api.http.exact_json import ExactRoute
from api.http.problems import ON_DISPUTE, documented
from api.http.writes import WriteOnDispute

router = APIRouter(tags=["Goods"], route_class=ExactRoute)

_COMMITMENT = "/v1/disputes/{dispute_id}/commitments/{commitment_id}"


@router.post(_COMMITMENT + "/dispatch", responses=documented(*ON_DISPUTE))
async def send_goods(dispute_id: UUID, commitment_id: UUID, body: SendGoods, writing: WriteOnDispute) -> Done:
    """Says that goods are on their way, with a carrier and a number; or shows that they were destroyed."""
    return await writing.done(await writing.act(body, dispute_id=dispute_id, commitment_id=commitment_id), Done)


@router.post(_COMMITMENT + "/contest", responses=documented(*ON_DISPUTE))
async def contest_goods(dispute_id: UUID, commitment_id: UUID, body: ContestGoods, writing: WriteOnDispute) -> Done:
    """Contests what came, or that it came. A neutral, or a supervisor where there is none, decides."""
    return await writing.done(await writing.act(body, dispute_id=dispute_id, commitment_id=commitment_id), Done)


@router.post("/v1/disputes/{dispute_id}/goods-decision", responses=documented(*ON_DISPUTE))
async def decide_goods(dispute_id: UUID, body: DecideGoods, writing: WriteOnDispute) -> Done:
    """Divides what is at stake over contested goods. It is final."""
    return await writing.done(await writing.act(body, dispute_id=dispute_id), Done)
