"""How many requests a caller may send in a minute, and how every answer under `/v1` says so.

The answer has the headers `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers). A request above the limit
is refused with 429 and `Retry-After`, before its body is read. How many messages somebody may write in a dispute is a rule of
`domain.settlement.conversation`; it is refused with the same status and the same header.

Each worker counts alone, in its memory: no request waits for another process. With N workers a caller may send up to N times
as many, and after a restart the counts begin anew.
"""

from collections.abc import Callable, Iterable, Mapping
from math import ceil
from time import monotonic
from typing import Literal
from uuid import UUID

from fastapi.routing import APIRoute
from starlette.types import Scope

from api.http.addresses import last_word
from api.http.auth import Principal
from api.http.problem_kinds import TooManyRequests
from domain.kernel.base import Role

Kind = Literal["read", "write", "bulk"]
"""The classes of routes. What is not in bulk is a read or a write by its method."""

BULK = frozenset({"import_cases", "extract", "get_access_answer", "get_bundle"})
"""Routes of which one request costs as much as hundreds of others."""

WINDOW = 60
"""Seconds."""

_READS = ("GET", "HEAD")
_Holder = tuple[Kind, UUID, Role, str | None]
Headers = tuple[tuple[bytes, bytes], ...]


class Rates:
    """The counts of one worker. `limits` are requests a minute for each class; 0 is no limit.

    A caller is whoever holds the token, in a role and a marketplace: a fresh token does not begin a new count. The minute is
    the same for all callers. So one table of numbers is enough, and it is emptied when a minute begins.
    """

    def __init__(
        self, limits: Mapping[Kind, int], routes: Iterable[APIRoute], seconds: Callable[[], float] = monotonic
    ) -> None:
        self._limits = limits
        self._policies = {kind: f'"{kind}";q={limit};w={WINDOW}'.encode() for kind, limit in limits.items()}
        bulk = [route for route in routes if route.name in BULK]
        self._bulk = [(route.path_regex, route.methods or ()) for route in bulk]
        self._ends = {last_word(route.path) for route in bulk}
        self._seconds = seconds
        self._minute = 0
        self._sent: dict[_Holder, int] = {}

    def count(self, sender: Principal, scope: Scope) -> tuple[Headers, TooManyRequests | None]:
        """Counts a request. Returns the headers of its answer, and the refusal if it is above the limit."""
        kind = self._kind(scope["method"], scope["path"])
        if not (limit := self._limits[kind]):
            return (), None
        minute, begun = divmod(self._seconds(), WINDOW)
        if minute != self._minute:
            self._minute, self._sent = int(minute), {}
        holder = (kind, sender.subject, sender.role, sender.marketplace)
        sent = self._sent[holder] = self._sent.get(holder, 0) + 1
        left, rest = limit - sent, ceil(WINDOW - begun)
        told = f'"{kind}";r={left if left > 0 else 0};t={rest}'.encode()
        headers = (b"ratelimit-policy", self._policies[kind]), (b"ratelimit", told)
        return headers, TooManyRequests(limit=limit, retry_after=rest) if left < 0 else None

    def _kind(self, method: str, path: str) -> Kind:
        if last_word(path) in self._ends and any(one.match(path) and method in by for one, by in self._bulk):
            return "bulk"
        return "read" if method in _READS else "write"
