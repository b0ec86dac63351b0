"""The results of fast-lane claims, for those who answer for the policy."""

from fastapi import APIRouter

from api.http.problems import ON_READ, documented
from api.http.reads import Read
from api.marketplace.claim_histories import FiledAfter, FiledBefore
from api.marketplace.fast_lane_schemas import FastLaneReport
from projections import fast_lane
from projections.claim_history import CLAIM_HISTORY

router = APIRouter(tags=["Claim histories"])


@router.get("/v1/fast-lane", responses=documented(*ON_READ))
async def report_fast_lane(
    reading: Read, filed_after: FiledAfter = None, filed_before: FiledBefore = None
) -> FastLaneReport:
    """What the policy granted at filing in a period, and the share that stood: by clause and currency."""
    pool, marketplace = reading.http.services.pool, reading.caller.marketplace
    tallies = await reading.see(
        CLAIM_HISTORY, fast_lane.granted, pool, marketplace, filed_after=filed_after, filed_before=filed_before
    )
    return FastLaneReport.of(tallies)
