"""What the routes share: services, action links, the seal for places in the log, and the query parameters of each route."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from starlette.requests import Request

from api.acts.offered import Actions
from api.http.opaque import Opaque
from api.http.write_proof import EVERY, EVERY_FILE, Proof, Standing
from api.live.hub import Hub
from api.services import Services


@dataclass(frozen=True, slots=True)
class HttpContext:
    """`queries` holds the names of the query parameters of each route, and whether each may appear twice."""

    services: Services
    actions: Actions
    opaque: Opaque
    queries: Mapping[str, Mapping[str, bool]]
    live: Hub
    write_proof: Proof[bool] = field(default_factory=lambda: Proof(EVERY))
    file_proof: Proof[Standing] = field(default_factory=lambda: Proof(EVERY_FILE))


def http_context(request: Request) -> HttpContext:
    http: HttpContext = request.app.state.http
    return http
