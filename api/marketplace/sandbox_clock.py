"""The clock of a test marketplace, for trials."""

from fastapi import APIRouter
from starlette.requests import Request

from api.http.context import http_context
from api.http.exact_json import ExactRoute
from api.http.identity import Calling
from api.http.problems import ON_READ, ON_WRITE, documented
from api.marketplace.sandbox_clock_schemas import Clock, TurnClock

router = APIRouter(tags=["Sandbox"], route_class=ExactRoute)


@router.get("/v1/sandbox/clock", responses=documented(*ON_READ))
async def read_clock(request: Request, caller: Calling) -> Clock:
    """The time in the marketplace. Outside of test marketplaces it is the real time."""
    ahead = await http_context(request).services.clocks.ahead(caller.marketplace)
    return Clock(now=caller.at, ahead_seconds=int(ahead.total_seconds()))


@router.put("/v1/sandbox/clock", responses=documented(*ON_WRITE))
async def turn_clock(body: TurnClock, request: Request, caller: Calling) -> Clock:
    """Turns the clock of a test marketplace forwards; it runs on from there. Windows lapse, commitments are broken, and
    refunds move as if the time had passed.
    """
    ahead = await http_context(request).services.clocks.turn(caller.marketplace, body.now)
    return Clock(now=body.now, ahead_seconds=int(ahead.total_seconds()))
