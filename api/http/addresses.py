"""Which route an address means: found by its last word. The framework alone tries one route after the other."""

from collections import defaultdict
from collections.abc import Iterable

from fastapi.routing import APIRoute
from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send


class Addresses(BaseRoute):
    """All these routes as one. A last word that is one route's own and might be another's parameter is the former's."""

    def __init__(self, routes: Iterable[APIRoute]) -> None:
        self._by_last: defaultdict[str, list[APIRoute]] = defaultdict(list)
        self._others: list[APIRoute] = []
        for route in routes:
            last = _last(route.path)
            (self._others if "{" in last else self._by_last[last]).append(route)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        found: tuple[Match, Scope] = Match.NONE, {}
        for route in (*self._by_last.get(_last(scope["path"]), ()), *self._others):
            match, child = route.matches(scope)
            if match is Match.FULL:
                return match, child
            if match is Match.PARTIAL and found[0] is Match.NONE:
                found = match, child
        return found

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """By the route that was found; it refuses a method that is not its own."""
        route: APIRoute = scope["route"]
        await route.handle(scope, receive, send)


def _last(path: str) -> str:
    return path.rpartition("/")[2]
