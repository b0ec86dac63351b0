"""Movements of money. The marketplace moves the money, and reports the result here."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from api.http.problems import ON_READ, documented
from api.http.reads import Cursor, Limit, Read, ReadAsOf
from api.marketplace.refund_schemas import (
    Refunds,
    RefundWithSteps,
)
from domain.payments.refunds import UnknownRefund
from projections import filings, refund_ledger
from projections.refund_ledger import REFUND_LEDGER, RefundStatus

router = APIRouter(tags=["Refunds"])

_TO_BE_PAID = frozenset({"instructed", "submitted"})


@router.get("/v1/refunds", responses=documented(*ON_READ))
async def list_refunds(
    reading: ReadAsOf,
    status: RefundStatus | None = None,
    dispute_id: UUID | None = None,
    imported: Annotated[
        bool | None,
        Query(
            description="Only refunds of imported past cases, or only those of living cases. Left out: all; but with "
            "the status `instructed` or `submitted` only those of living cases, because what was paid "
            "long ago is not paid again."
        ),
    ] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Refunds:
    """The state of each movement of money, in the order in which they began."""
    if imported is None and status in _TO_BE_PAID:
        imported = False
    page = await reading.page(
        REFUND_LEDGER,
        refund_ledger.refunds,
        limit,
        cursor,
        status=status,
        dispute_id=dispute_id,
        imported=imported,
        asked=reading.asked,
    )
    filed = await filings.filings(reading.http.services.log, {row.dispute_id for row in page.rows})
    shown = [reading.viewer.refund(row, filed[row.dispute_id]) for row in page.rows]
    items = await reading.open([one for one in shown if imported in (None, one["imported"])])
    return Refunds(items=items, next=page.next)


@router.get("/v1/refunds/{refund_id}", responses=documented(*ON_READ))
async def get_refund(refund_id: UUID, reading: Read) -> RefundWithSteps:
    """One movement of money, step by step."""
    pool, marketplace = reading.http.services.pool, reading.caller.marketplace
    steps = await reading.see(REFUND_LEDGER, refund_ledger.refund, pool, marketplace, refund_id)
    if not steps:
        raise UnknownRefund(refund_id=str(refund_id))
    filed = await filings.filings(reading.http.services.log, {steps[0].dispute_id})
    shown = await reading.open([reading.viewer.refund(step, filed[step.dispute_id]) for step in steps])
    return RefundWithSteps(**shown[-1], steps=shown)
