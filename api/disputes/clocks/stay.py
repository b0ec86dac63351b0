"""Stays, extensions, and what goes on elsewhere: proceedings about the same money, and refunds that were made there."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body

from api.disputes.clocks.stay_schemas import (
    EndParallelProceeding,
    ExtendDeadline,
    LiftStay,
    OrderStay,
    RecordParallelProceeding,
    RecordRefundElsewhere,
)
from api.http.answers import Done, Numbered
from api.http.bodies import Number
from api.http.exact_json import ExactRoute
from api.http.problems import ON_DISPUTE, documented
from api.http.writes import WriteOnDispute

router = APIRouter(tags=["Stays"], route_class=ExactRoute)

_AT = "/v1/disputes/{dispute_id}"


@router.post(_AT + "/stay", responses=documented(*ON_DISPUTE))
async def order_stay(dispute_id: UUID, body: OrderStay, writing: WriteOnDispute) -> Done:
    """Stops every clock until an instant. Nothing lapses, nothing is decided, no refund begins."""
    return await writing.done(await writing.act(body, dispute_id=dispute_id), Done)


@router.post(_AT + "/resumption", responses=documented(*ON_DISPUTE))
async def lift_stay(
    dispute_id: UUID, writing: WriteOnDispute, body: Annotated[LiftStay, Body(default_factory=LiftStay)]
) -> Done:
    """Lifts a stay. Every clock moves on by the time for which it stood still."""
    return await writing.done(await writing.act(body, dispute_id=dispute_id), Done)


@router.post(_AT + "/extensions", responses=documented(*ON_DISPUTE))
async def extend_deadline(dispute_id: UUID, body: ExtendDeadline, writing: WriteOnDispute) -> Done:
    """Gives whoever must act more time, within the longest that the policy allows; a neutral's own only by a supervisor."""
    return await writing.done(await writing.act(body, dispute_id=dispute_id), Done)


@router.post(_AT + "/parallel-proceedings", status_code=201, responses=documented(*ON_DISPUTE))
async def record_parallel_proceeding(
    dispute_id: UUID, body: RecordParallelProceeding, writing: WriteOnDispute
) -> Numbered:
    """A chargeback or a court case about the same money: the dispute is stayed, and refunds that have not begun are held."""
    outcome = await writing.act(body, dispute_id=dispute_id)
    return await writing.done(outcome, Numbered, number=outcome.dispute.stay.recorded)


@router.post(_AT + "/parallel-proceedings/{number}/end", responses=documented(*ON_DISPUTE))
async def end_parallel_proceeding(
    dispute_id: UUID,
    number: Number,
    writing: WriteOnDispute,
    body: Annotated[EndParallelProceeding, Body(default_factory=EndParallelProceeding)],
) -> Done:
    """It has ended; with the last one the dispute resumes."""
    return await writing.done(await writing.act(body, dispute_id=dispute_id, number=number), Done)


@router.post(_AT + "/refunds-elsewhere", responses=documented(*ON_DISPUTE))
async def record_refund_elsewhere(dispute_id: UUID, body: RecordRefundElsewhere, writing: WriteOnDispute) -> Done:
    """The buyer got money back in another way. It lowers the claim, or what is owed; paid in full it closes the dispute."""
    return await writing.done(await writing.act(body, dispute_id=dispute_id), Done)
