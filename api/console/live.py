"""What the pages of the console follow: the streams of `/v1/live`, for whoever is signed in."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from starlette.responses import Response

from api.console.signing_in import sessions
from api.console.visit import Visit
from api.http.auth import Unauthenticated
from api.live.live import streamed


async def desk(visit: Visit) -> Response:
    """All disputes of the reader."""
    return await streamed(await visit.reading("follow_desk"), None, _last_event(visit), _still(visit))


async def dispute(visit: Visit) -> Response:
    """One dispute."""
    dispute_id: UUID = visit.request.path_params["dispute_id"]
    reading = await visit.reading("follow_dispute", dispute_id=dispute_id)
    return await streamed(reading, dispute_id, _last_event(visit), _still(visit))


def _last_event(visit: Visit) -> str | None:
    """Where the stream begins: after the last event, or after what the page showed when it was made (`after`)."""
    return visit.request.headers.get("last-event-id") or visit.request.query_params.get("after")


def _still(visit: Visit) -> Callable[[], Awaitable[object]]:
    still_in: sessions.StillIn = visit.request.app.state.still_in

    async def signed_in() -> None:
        if not await still_in.ask(visit.session):
            raise Unauthenticated("expired")

    return signed_in
