"""Comparisons of the ledger with the payment provider's list, and the differences they found."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from api.http.act_route import ActRoute
from api.http.answers import Recorded
from api.http.problems import ON_READ, ON_WRITE, documented
from api.http.reads import Cursor, Limit, Read
from api.http.writes import Write
from api.marketplace.reconciliation_schemas import Comparisons, Differences, ExplainDifference
from projections import reconciliations
from projections.reconciliations import RECONCILIATIONS, DifferenceStatus

router = APIRouter(tags=["Refunds"], route_class=ActRoute)


@router.get("/v1/reconciliations", responses=documented(*ON_READ))
async def list_reconciliations(reading: Read, limit: Limit = 50, cursor: Cursor = None) -> Comparisons:
    """When the ledger was compared with the provider's own list, and how many differences were open then."""
    page = await reading.page(RECONCILIATIONS, reconciliations.comparisons, limit, cursor)
    items = [{**row.told, "compared_at": row.found_at} for row in page.rows]
    return Comparisons.model_validate({"items": items, "next": page.next})


@router.get("/v1/reconciliations/differences", responses=documented(*ON_READ))
async def list_differences(
    reading: Read,
    status: Annotated[DifferenceStatus | None, Query(description="`open`: somebody must look at it.")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Differences:
    """The differences between the ledger and the provider's own list; each difference once."""
    page = await reading.page(RECONCILIATIONS, reconciliations.differences, limit, cursor, status=status)
    names = ("number", "status", "found_at", "ended_at", "note")
    shown = [{**row.told, **{name: getattr(row, name) for name in names}} for row in page.rows]
    return Differences.model_validate({"items": await reading.open(shown), "next": page.next})


@router.post("/v1/reconciliations/differences/{number}/explanation", responses=documented(*ON_WRITE))
async def explain_difference(
    number: Annotated[int, Path(ge=1, le=1_000_000_000)], body: ExplainDifference, writing: Write
) -> Recorded:
    """Explains a difference. It is not reported again."""
    return Recorded(position=await writing.position(await writing.act(body, number=number)))
