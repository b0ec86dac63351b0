"""A page of an origin that the settings name may use the API from a browser. No other page may."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio
from fastapi.routing import APIRoute
from httpx import ASGITransport, AsyncClient

from api.app import ROUTERS, create_app, routes_of
from api.http.cors import ALLOWED
from api.http.middleware import _SINGLE
from tests.api.house import House, done, filing, house, refused
from tests.api.terminal import Typed, environment

pytestmark = pytest.mark.asyncio(loop_scope="module")

SHOP, OTHER = "https://shop.example", "https://evil.example"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(shared_database: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    origins = (SHOP, "http://localhost:3000")
    async with house(shared_database, tmp_path_factory.mktemp("house"), cors_origins=origins) as running:
        yield running


def _preflight(origin: str, method: str = "POST", headers: str = "authorization,content-type") -> dict[str, str]:
    asked = {"Access-Control-Request-Method": method, "Access-Control-Request-Headers": headers}
    return {"Origin": origin, **asked}


async def test_a_preflight_needs_no_token(shop: House) -> None:
    """A browser sends none with it."""
    every = ",".join(sorted(name.lower() for name in ALLOWED["allow_headers"]))
    answer = await shop.http.options("/v1/disputes", headers=_preflight(SHOP, headers=every))
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == SHOP
    assert "POST" in answer.headers["Access-Control-Allow-Methods"]
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert "Origin" in answer.headers["Vary"]


async def test_a_page_of_another_origin_gets_no_leave(shop: House) -> None:
    answer = await shop.http.options("/v1/disputes", headers=_preflight(OTHER))
    assert answer.status_code == 400
    assert "Access-Control-Allow-Origin" not in answer.headers
    read = await shop.backend.get("/v1/disputes", headers={"Origin": OTHER})
    assert "Access-Control-Allow-Origin" not in read.headers


async def test_a_script_may_read_the_headers_of_an_answer(shop: House) -> None:
    filed = await shop.backend.post("/v1/disputes", filing(), headers={"Origin": SHOP})
    done(filed, 201)
    shown = {name.strip() for name in filed.headers["Access-Control-Expose-Headers"].split(",")}
    assert {"ETag", "Location", "Retry-After", "Correlation-Id"} <= shown
    assert filed.headers["Access-Control-Allow-Origin"] == SHOP
    assert filed.headers["Vary"] == "Origin"


async def test_a_script_may_read_why_it_was_refused(shop: House) -> None:
    """Also what is refused before any route is found."""
    answer = await shop.http.get("/v1/disputes", headers={"Origin": SHOP})
    refused(answer, 401, "Unauthenticated")
    assert answer.headers["Access-Control-Allow-Origin"] == SHOP


async def test_every_header_that_a_route_takes_may_be_sent() -> None:
    """Whoever adds a header to a route names it here too; so with the methods."""
    routes = routes_of(ROUTERS)
    taken = {header for route in routes for header in _headers_of(route)}
    allowed = {name.lower() for name in ALLOWED["allow_headers"]}
    assert {name.lower() for name in taken | set(_SINGLE)} - {"content-length"} <= allowed
    assert {method for route in routes for method in route.methods or ()} <= set(ALLOWED["allow_methods"])


def _headers_of(route: APIRoute) -> list[str]:
    found, left = list[str](), [route.dependant]
    while left:
        dependant = left.pop()
        found += [header.alias for header in dependant.header_params]
        left += dependant.dependencies
    return found


async def test_it_is_off_unless_an_origin_is_named(shop: House) -> None:
    settings = shop.services.settings.model_copy(update={"cors_origins": ()})
    app = create_app(replace(shop.services, settings=settings))
    async with AsyncClient(transport=ASGITransport(app), base_url="http://testserver") as http:
        answer = await http.options("/v1/disputes", headers=_preflight(SHOP))
        read = await http.get("/v1/disputes", headers={"Origin": SHOP, "Authorization": f"Bearer {shop.backend.token}"})
    refused(answer, 401, "Unauthenticated")
    done(read)
    assert not [name for name in read.headers if name.lower().startswith("access-control-")]


@pytest.mark.parametrize(
    ("origin", "told"),
    [
        ("*", "name each origin: * would open the API to the pages of everybody"),
        ("https://shop.example/", "'https://shop.example/' is no origin: write scheme, host, and the port"),
        ("https://Shop.example", "is no origin"),
        ("shop.example", "is no origin"),
        ("null", "is no origin"),
        ("https://maria@shop.example", "is no origin"),
        ("https://shop.example:443", "would never match, because a browser leaves out the usual port"),
        ("https://shop.example:70000", "is no origin"),
    ],
)
async def test_an_origin_that_cannot_be_one_is_refused_at_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], origin: str, told: str
) -> None:
    setting = {"MEDIATION_CORS_ORIGINS": f'["{origin}"]'}
    done = Typed(environment(tmp_path) | setting, monkeypatch, capsys)("serve")
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("mediation: a setting makes no sense: MEDIATION_CORS_ORIGINS.0: ")
    assert told in done.err
