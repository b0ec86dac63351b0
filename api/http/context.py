"""What the routes work with: the services, the addresses of acts, the seal for places in the log, the questions they take."""

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request

from api.acts.offered import Actions
from api.http.opaque import Opaque
from api.services import Services


@dataclass(frozen=True, slots=True)
class HttpContext:
    """`queries` are the names of the query's parameters, by route, and whether each may be there twice."""

    services: Services
    actions: Actions
    opaque: Opaque
    queries: Mapping[str, Mapping[str, bool]]


def http_context(request: Request) -> HttpContext:
    http: HttpContext = request.app.state.http
    return http
