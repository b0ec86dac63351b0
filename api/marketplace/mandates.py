"""The mandates of a marketplace's neutrals: granted, on leave, closed; and how many disputes each neutral holds."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Query

from api.http.act_route import ActRoute
from api.http.answers import Recorded
from api.http.problems import ON_READ, ON_WRITE, documented
from api.http.reads import Cursor, Limit, Read
from api.http.writes import Write
from api.marketplace.mandate_schemas import BeginLeave, CloseMandate, EndLeave, GrantMandate, Mandates
from domain.policy.policy import DeskName
from projections import mandates
from projections.mandates import MANDATES

router = APIRouter(tags=["Neutrals"], route_class=ActRoute)


@router.post("/v1/mandates", status_code=201, responses=documented(*ON_WRITE))
async def grant_mandate(body: GrantMandate, writing: Write) -> Recorded:
    """Makes somebody a neutral of this marketplace, or changes which disputes they may get."""
    return Recorded(position=await writing.position(await writing.act(body)))


@router.get("/v1/mandates", responses=documented(*ON_READ))
async def list_mandates(
    reading: Read,
    desk: DeskName | None = None,
    closed: Annotated[bool, Query(description="The neutrals who have left, instead of those in office.")] = False,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Mandates:
    """The neutrals: languages, authority, tiers, how many disputes each holds, and who is on leave."""
    page = await reading.page(MANDATES, mandates.mandates, limit, cursor, desk=desk, closed=closed)
    items = await reading.open([reading.viewer.mandate(row) for row in page.rows])
    return Mandates(items=items, next=page.next)


@router.post("/v1/mandates/{neutral}/leave", responses=documented(*ON_WRITE))
async def begin_leave(
    neutral: UUID, writing: Write, body: Annotated[BeginLeave, Body(default_factory=BeginLeave)]
) -> Recorded:
    """Begins a leave: no new disputes. Those held stay, and a supervisor may hand them over."""
    return Recorded(position=await writing.position(await writing.act(body, neutral=neutral)))


@router.post("/v1/mandates/{neutral}/return", responses=documented(*ON_WRITE))
async def end_leave(
    neutral: UUID, writing: Write, body: Annotated[EndLeave, Body(default_factory=EndLeave)]
) -> Recorded:
    """Ends a leave."""
    return Recorded(position=await writing.position(await writing.act(body, neutral=neutral)))


@router.post("/v1/mandates/{neutral}/closure", responses=documented(*ON_WRITE))
async def close_mandate(neutral: UUID, body: CloseMandate, writing: Write) -> Recorded:
    """Closes a mandate: the neutral has left. Each dispute they held waits to be assigned, and the supervisor owes
    their commitments.
    """
    return Recorded(position=await writing.position(await writing.act(body, neutral=neutral)))
