"""The outermost layer: gives each request its id, counts it, and writes a line about it into the log.

The line has the path of the route and never the address, which may name a person.
"""

from collections.abc import MutableMapping
from time import perf_counter
from typing import Any
from uuid import uuid4

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.http.correlation import CORRELATION
from api.metrics.requests import RequestCounts

_ASKED_BY_MACHINES = frozenset({"/health", "/ready", "/v1/presence", "/v1/disputes/{dispute_id}/presence"})
"""Somebody asks for these every few seconds: as long as all is well, only the level `debug` shows it."""

_WELL = (200, 204)

BY_ITSELF = "by_itself"
"""In the state of a request that a page sends by itself every few seconds. It is written like those of `_ASKED_BY_MACHINES`."""

_log = structlog.get_logger(__name__)


class RequestLog:
    """`written` is False where requests are counted and no line is wanted, as in a command that replays cases."""

    def __init__(self, app: ASGIApp, *, counts: RequestCounts, written: bool) -> None:
        self._app = app
        self._counts = counts
        self._log = _log.bind() if written else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        state: MutableMapping[str, Any] = scope.setdefault("state", {})
        status = 0

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        begun = perf_counter()
        outside = CORRELATION.set(uuid4())
        try:
            await self._app(scope, receive, noting)
        finally:
            seconds = perf_counter() - begun
            route: Any = scope.get("route")
            path, method = route and route.path, scope["method"]
            self._counts.note("GET" if method == "HEAD" else method, path, status, seconds)
            if self._log is not None:
                receipt: Any = state.get("receipt")
                sender = receipt and receipt.sender
                by_itself = path in _ASKED_BY_MACHINES or state.get(BY_ITSELF)
                tell = self._log.debug if by_itself and status in _WELL else self._log.info
                tell(
                    "request",
                    method=method,
                    route=path,
                    status=status or None,
                    duration_ms=round(1000 * seconds, 1),
                    role=sender and sender.role.value,
                    marketplace=sender and sender.marketplace,
                )
            CORRELATION.reset(outside)
