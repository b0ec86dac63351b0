"""What the routes share: services, action links, the seal for places in the log, and the query parameters of each route."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from starlette.requests import Request

from api.acts.offered import Actions
from api.http.opaque import Opaque
from api.http.write_proof import WriteProof
from api.services import Services


@dataclass(frozen=True, slots=True)
class HttpContext:
    """`queries` holds the names of the query parameters of each route, and whether each may appear twice."""

    services: Services
    actions: Actions
    opaque: Opaque
    queries: Mapping[str, Mapping[str, bool]]
    write_proof: WriteProof = field(default_factory=WriteProof)


def http_context(request: Request) -> HttpContext:
    http: HttpContext = request.app.state.http
    return http
