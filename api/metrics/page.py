"""The page of metrics. It has a port of its own, so that a proxy in front of the API does not show it to everybody."""

from prometheus_client.exposition import choose_encoder
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.app import places
from api.metrics.families import Families
from api.metrics.sheet import Sheet
from api.metrics.state import StateReader
from api.services import Services

PATH = "/metrics"


def metrics_page(services: Services, sheet: Sheet) -> Starlette:
    """Answers `GET /metrics` for all workers of the sheet, and nothing else."""
    reader = StateReader(services)
    counted = places()

    async def page(request: Request) -> Response:
        services.pools.note()
        encode, media_type = choose_encoder(request.headers.get("accept", ""))
        shown = encode(Families(sheet, counted, await reader.state()))
        return Response(shown, headers={"Content-Type": media_type})

    return Starlette(routes=[Route(PATH, page)])
