"""What the attacks in `test_held_*` share. The routes come from the application, so a new route is attacked too."""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from typing import Any

from fastapi.routing import APIRoute
from httpx import Response

from api.http.access import ROLES_BY_ROUTE
from domain.kernel.base import Role
from mediation.processes import ENGINE
from tests.api.house import House
from tests.api.test_access import GUARDED, PARTIES, ROUTES, Sample

INJECTIONS = (
    "' OR '1'='1",
    "x'); DROP TABLE event; --${jndi:ldap://x}{{7*7}}<script>alert(1)</script>%00%s%n",
    "../../../../etc/passwd",
    "a\r\nSet-Cookie: x=1",
    "nul\x00byte",
    "\ud800" + "9" * 400,
)
LEAKS = ("Traceback", "psycopg", "syntax error", "/site-packages/", "uid=")


def holds(response: Response, what: object = "") -> None:
    """No fault of the server, and nothing of its inside is told."""
    assert response.status_code < 500, (response.status_code, response.request.url, what)
    if response.status_code >= 400:
        assert response.headers["Content-Type"] == "application/problem+json"
    assert not [leak for leak in LEAKS if leak in response.text], (response.text[:500], what)


def one_role(name: str) -> Role:
    """One of the roles that may use this route, a backend or a party if possible."""
    return min(ROLES_BY_ROUTE[name], key=lambda role: (role is not Role.MARKETPLACE, role not in PARTIES, role.value))


def method(route: APIRoute) -> str:
    return next(iter(route.methods or ()))


def operation(house: House, name: str) -> dict[str, Any]:
    """What the OpenAPI document says about this route."""
    route = ROUTES[name]
    found: dict[str, Any] = house.app.openapi()["paths"][route.path][method(route).lower()]
    return found


def query_names(house: House, name: str) -> list[str]:
    return [one["name"] for one in operation(house, name).get("parameters", ()) if one["in"] == "query"]


def bodies(sample: Sample) -> Iterator[tuple[str, Any]]:
    """The routes that take JSON, each with the example of the documentation."""
    for name in GUARDED:
        if "application/json" in operation(sample.house, name).get("requestBody", {}).get("content", {}):
            yield name, sample.example(ROUTES[name])


async def send(sample: Sample, name: str, body: Any) -> Response:
    changed = replace(sample, bodies={**sample.bodies, name: body})
    return await changed.request(ROUTES[name], sample.sender(one_role(name)))


async def position(house: House) -> int:
    """The position of the last fact that a person caused. The engine may still be at work on what came before."""
    (last,) = await house.services.log.where("actor <> %s", [ENGINE.subject], 1, newest=True)
    return last.position


def leaves(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The places of all texts in a body."""
    match value:
        case dict():
            for key, inner in value.items():
                yield from leaves(inner, (*at, key))
        case list():
            for index, inner in enumerate(value):
                yield from leaves(inner, (*at, index))
        case str():
            yield at
        case _:
            pass


def with_value(body: Any, at: tuple[Any, ...], value: Any) -> Any:
    changed = deepcopy(body)
    inner = changed
    for step in at[:-1]:
        inner = inner[step]
    inner[at[-1]] = value
    return changed
