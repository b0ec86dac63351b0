"""Finds the route of an address by its last word. The framework alone tries one route after the other."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Literal
from uuid import UUID

from fastapi.routing import APIRoute
from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

FORM: Literal["multipart/form-data"] = "multipart/form-data"
NDJSON = "application/x-ndjson"
MAIL = "message/rfc822"


class Addresses(BaseRoute):
    """All the given routes as one. A last word that is fixed in one route wins over a parameter of another, also for a method
    that only the other one takes, if that parameter is an id: no id is such a word. A name may be: `validation` of a policy.
    """

    def __init__(self, routes: Iterable[APIRoute]) -> None:
        self._by_last: defaultdict[str, list[APIRoute]] = defaultdict(list)
        self._others: list[APIRoute] = []
        for route in routes:
            last = last_word(route.path)
            (self._others if "{" in last else self._by_last[last]).append(route)
        self._named = [route for route in self._others if not ends_in_id(route)]

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        fixed = _best(self._by_last.get(last_word(scope["path"]), ()), scope)
        if fixed[0] is Match.FULL:
            return fixed
        other = _best(self._others if fixed[0] is Match.NONE else self._named, scope)
        return other if fixed[0] is Match.NONE or other[0] is Match.FULL else fixed

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hands the request to the route that was found, which refuses a wrong method."""
        route: APIRoute = scope["route"]
        await route.handle(scope, receive, send)


def _best(routes: Iterable[APIRoute], scope: Scope) -> tuple[Match, Scope]:
    """The first route that takes the request, or else the first one that takes its path with another method."""
    found: tuple[Match, Scope] = Match.NONE, {}
    for route in routes:
        match, child = route.matches(scope)
        if match is Match.FULL:
            return match, child
        if match is Match.PARTIAL and found[0] is Match.NONE:
            found = match, child
    return found


def of_path(routes: Iterable[APIRoute], path: str) -> Iterator[APIRoute]:
    """The routes that take this path, each for its methods."""
    found = [route for route in routes if route.path_regex.fullmatch(path)]
    fixed = any(last_word(route.path) == last_word(path) for route in found)
    return (route for route in found if not (fixed and ends_in_id(route)))


def ends_in_id(route: APIRoute) -> bool:
    """Whether the last word of the route's path is a parameter that is an id."""
    ids = (field.name for field in route.dependant.path_params if field.field_info.annotation is UUID)
    return last_word(route.path) in {f"{{{name}}}" for name in ids}


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
