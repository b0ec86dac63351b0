"""Repeat offenders: recommendations to the marketplace, and its answers, which it owes."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from api.http.act_route import ActRoute
from api.http.answers import Done
from api.http.problems import ON_DISPUTE, ON_READ, documented
from api.http.reads import Cursor, Limit, Read
from api.http.writes import WriteOnDispute
from api.marketplace.recommendation_schemas import AnswerRecommendation, Recommendations
from domain.filing.recommendations import UnknownRecommendation
from domain.kernel.people import Side
from projections import filings, recommendations
from projections.recommendations import RECOMMENDATIONS

router = APIRouter(tags=["Recommendations"], route_class=ActRoute)


@router.get("/v1/recommendations", responses=documented(*ON_READ))
async def list_recommendations(
    reading: Read,
    answered: Annotated[
        bool | None,
        Query(description="Only recommendations that were answered, or only those that were not. Left out: all."),
    ] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Recommendations:
    """The recommendations about repeat offenders, with the disputes behind them; the first due comes first."""
    page = await reading.page(RECOMMENDATIONS, recommendations.recommendations, limit, cursor, answered=answered)
    filed = await filings.filings(reading.http.services.log, {row.dispute_id for row in page.rows})
    items = [reading.viewer.recommendation(row, filed[row.dispute_id].party(Side(row.side)).id) for row in page.rows]
    return Recommendations(items=await reading.open(items), next=page.next)


@router.post("/v1/recommendations/{recommendation_id}/answer", responses=documented(*ON_DISPUTE))
async def answer_recommendation(recommendation_id: UUID, body: AnswerRecommendation, writing: WriteOnDispute) -> Done:
    """Says what the marketplace did, or why it declines. The answer is then no longer owed."""
    services, calling = writing.http.services, writing.caller
    found = await recommendations.recommendation(services.pool, calling.marketplace, recommendation_id)
    if found is None:
        raise UnknownRecommendation(recommendation_id=str(recommendation_id))
    outcome = await writing.act(
        body, dispute_id=found.dispute_id, recommendation_id=recommendation_id, side=Side(found.side)
    )
    return await writing.done(outcome, Done)
