"""What is recommended to the marketplace about a buyer or seller, the cases behind it, and the marketplace's answer."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias, assert_never
from uuid import UUID

from domain.filing.claim_facts import ActionRecommended, RecommendationAnswered, RecommendationWithdrawn
from mediation.store.log.recorded import Recorded
from projections.paging import Page, Where, page, select
from projections.table import Doc, Pool
from projections.view import Rows, View, kinds, revised


@dataclass(frozen=True, kw_only=True)
class Recommendation:
    """`cases` are the disputes behind it. The answer is owed in the last of them, `dispute_id`. `reason` is sealed."""

    recommendation_id: UUID
    stream_id: UUID
    marketplace: str
    dispute_id: UUID
    side: str
    action: str
    ground: str
    cases: Doc
    days: int
    made_at: datetime
    due_at: datetime
    answer: str | None = None
    reason: Doc | None = None
    answered_at: datetime | None = None
    withdrawn_at: datetime | None = None


_Event: TypeAlias = ActionRecommended | RecommendationAnswered | RecommendationWithdrawn


def _fold(rows: Rows[Recommendation], recorded: Recorded) -> Iterable[Recommendation]:
    event = recorded.event
    assert isinstance(event, _Event), "a fact that this view concerns"
    match event:
        case ActionRecommended():
            made = Recommendation(
                recommendation_id=event.recommendation_id,
                stream_id=recorded.stream_id,
                marketplace=recorded.marketplace,
                dispute_id=event.dispute_id,
                side=event.side.value,
                action=event.action,
                ground=event.ground,
                cases={"disputes": [str(case) for case in event.cases]},
                days=event.days,
                made_at=recorded.occurred_at,
                due_at=event.due_at,
            )
            return [made]
        case RecommendationAnswered(recommendation_id=rid, answer=answer, reason=said):
            reason = said.model_dump(mode="json") if said else None
            return [revised(rows[rid], answer=answer, reason=reason, answered_at=recorded.occurred_at)]
        case RecommendationWithdrawn(recommendation_id=rid):
            return [revised(rows[rid], withdrawn_at=recorded.occurred_at)]
        case _:
            assert_never(event)


RECOMMENDATIONS = View(
    title="recommendations",
    version=2,
    row=Recommendation,
    key=("recommendation_id",),
    concerns=kinds(_Event),
    fold=_fold,
    indexes=("(stream_id)", "(marketplace, due_at, recommendation_id)"),
    of_each="stream_id",
)


async def recommendations(
    pool: Pool, marketplace: str, *, answered: bool | None = None, limit: int = 50, cursor: str | None = None
) -> Page[Recommendation]:
    """The recommendations that were `answered`, those that wait for an answer, or all; the first due first."""
    where = Where()
    where.equal(marketplace=marketplace)
    where.filled(answer=answered)
    if answered is False:
        where.filled(withdrawn_at=False)
    order = ("due_at", "recommendation_id")
    return await page(pool, RECOMMENDATIONS, where, order=order, limit=limit, cursor=cursor)


async def recommendation(pool: Pool, marketplace: str, recommendation_id: UUID) -> Recommendation | None:
    where = Where()
    where.equal(marketplace=marketplace, recommendation_id=recommendation_id)
    view = RECOMMENDATIONS
    rows = await select(pool, view, f"SELECT {view.selected} FROM {view.table} WHERE {where.sql}", where.values)
    return rows[0] if rows else None
