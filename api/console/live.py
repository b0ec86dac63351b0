"""What the pages of the console follow: the streams of `/v1/live`, for whoever is signed in."""

from uuid import UUID

from starlette.responses import Response

from api.console.visit import Visit
from api.live.live import streamed


async def desk(visit: Visit) -> Response:
    """All disputes of the reader."""
    return await streamed(await visit.reading("follow_desk"), None, _last_event(visit), visit.still)


async def dispute(visit: Visit) -> Response:
    """One dispute."""
    dispute_id: UUID = visit.request.path_params["dispute_id"]
    reading = await visit.reading("follow_dispute", dispute_id=dispute_id)
    return await streamed(reading, dispute_id, _last_event(visit), visit.still)


def _last_event(visit: Visit) -> str | None:
    return visit.request.headers.get("last-event-id")
