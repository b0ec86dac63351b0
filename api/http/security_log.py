"""The security log: a line for each request that was refused for want of a right. It never holds a token, nor anything
that the sender wrote.
"""

import re
from http import HTTPStatus
from typing import Any

import structlog
from starlette.types import Scope

from api.http.auth import Unauthenticated

_NOTED = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
_PLACE = re.compile(r"/v1/[a-z-]{1,40}")

_log = structlog.get_logger(__name__)


def note(error: Exception, status: int, scope: Scope) -> None:
    """Writes `access_refused` for the statuses 401 and 403, and nothing otherwise."""
    if status not in _NOTED:
        return
    receipt: Any = scope["state"].get("receipt")
    sender = receipt and receipt.sender
    _log.warning(
        "access_refused",
        status=status,
        code=type(error).__name__,
        reason=error.reason if isinstance(error, Unauthenticated) else None,
        method=scope["method"],
        route=_route(scope),
        subject=sender and str(sender.subject),
        role=sender and sender.role.value,
        marketplace=sender and sender.marketplace,
    )


def _route(scope: Scope) -> str | None:
    """The route's path with the names of its parameters. Before the routing, the beginning of the address: a later
    part may name a person."""
    if (route := scope.get("route")) is not None:
        return str(route.path)
    place = _PLACE.match(scope["path"])
    return place and f"{place[0]}\N{HORIZONTAL ELLIPSIS}"
