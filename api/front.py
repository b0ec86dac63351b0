"""What the routes work with: the services, the addresses of acts, and the seal for places in the log."""

from dataclasses import dataclass

from starlette.requests import Request

from api.actions import Actions
from api.bootstrap import Services
from api.opaque import Opaque


@dataclass(frozen=True, slots=True)
class Front:
    services: Services
    actions: Actions
    opaque: Opaque


def front_of(request: Request) -> Front:
    front: Front = request.app.state.front
    return front
