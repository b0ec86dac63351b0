"""Finds the route of an address by its last word. The framework alone tries one route after the other."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any, Literal

from fastapi.routing import APIRoute
from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

FORM: Literal["multipart/form-data"] = "multipart/form-data"
NDJSON = "application/x-ndjson"


class Addresses(BaseRoute):
    """All the given routes as one. A last word that is fixed in one route wins over a parameter of another."""

    def __init__(self, routes: Iterable[APIRoute]) -> None:
        self._by_last: defaultdict[str, list[APIRoute]] = defaultdict(list)
        self._others: list[APIRoute] = []
        for route in routes:
            last = last_word(route.path)
            (self._others if "{" in last else self._by_last[last]).append(route)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        found: tuple[Match, Scope] = Match.NONE, {}
        for route in (*self._by_last.get(last_word(scope["path"]), ()), *self._others):
            match, child = route.matches(scope)
            if match is Match.FULL:
                return match, child
            if match is Match.PARTIAL and found[0] is Match.NONE:
                found = match, child
        return found

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hands the request to the route that was found, which refuses a wrong method."""
        route: APIRoute = scope["route"]
        await route.handle(scope, receive, send)


def media_types(route: APIRoute) -> Collection[str]:
    """The media types of a body that the route reads by itself, as its documentation names them. The framework reads the
    JSON of all other routes, also where the documentation of an act names its form too: see `act_route.FormRoute`.
    """
    if route.body_field is not None:
        return ()
    body: Mapping[str, Any] = (route.openapi_extra or {}).get("requestBody", {})
    types: Collection[str] = body.get("content", {}).keys()
    return types


def is_form(scope: Scope) -> bool:
    """Whether the request says that its body is a form with files."""
    sent = next((value for name, value in scope["headers"] if name == b"content-type"), b"")
    return bool(sent.partition(b";")[0].strip().lower() == FORM.encode())


def last_word(path: str) -> str:
    return path.rpartition("/")[2]
