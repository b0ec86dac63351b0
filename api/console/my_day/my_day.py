"""My day: what waits for the reader, in the order in which it is due."""

from starlette.responses import Response

from api.console.visit import Visit
from api.disputes.dispute_list import list_disputes


async def my_day(visit: Visit) -> Response:
    """The queue of the reader."""
    reading = await visit.reading("list_disputes")
    disputes = await list_disputes(reading, Response(), sort="due")
    return visit.page("my_day/my_day.html", disputes=disputes, now=reading.caller.at)
