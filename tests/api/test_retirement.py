"""A path that will be removed says so in each answer, and in the OpenAPI document."""

from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime

import pytest
from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from httpx import ASGITransport, AsyncClient, Headers

from api.acts.declare import Acts
from api.acts.routes import router_of
from api.app import ROUTERS, routes_of
from api.disputes.settlement.negotiation import RejectOffer
from api.http.access import OPEN, ROLES_BY_ROUTE
from api.http.auth import Tokens
from api.http.documentation import document_of
from api.http.middleware import Reception
from api.http.rates import Rates
from api.http.request_log import RequestLog
from api.http.retirement import NOTICE, retiring
from api.metrics.requests import RequestCounts
from domain.kernel.base import Role

SINCE, UNTIL = date(2027, 1, 1), date(2027, 9, 1)
GONE = retiring(SINCE, UNTIL, instead="/new", requestBody={"required": False})


@pytest.fixture(scope="module")
def app() -> FastAPI:
    """An application of two routes, with the layers that each request passes. None of the engine's own paths is retired."""
    router = APIRouter()

    @router.get("/old", name="health", **GONE)
    async def old(number: int = 1) -> dict[str, int]:
        """The old number."""
        return {"number": number}

    @router.get("/new", name="ready")
    async def new() -> dict[str, int]:
        return {"number": 2}

    app = FastAPI()
    app.router.routes.extend(router.routes)
    rates = Rates({"read": 0, "write": 0, "bulk": 0}, [])
    app.add_middleware(
        Reception,
        routes=[],
        tokens=Tokens(bytes(32)),
        rates=rates,
        max_file=1,
        max_mail=1,
        now=lambda: datetime.now(UTC),
    )
    app.add_middleware(RequestLog, counts=RequestCounts([]), written=False)
    return app


async def _headers(app: FastAPI, path: str) -> Headers:
    async with AsyncClient(transport=ASGITransport(app), base_url="http://testserver") as http:
        return (await http.get(path)).headers


@pytest.mark.asyncio
@pytest.mark.parametrize("path", ["/old", "/old?number=none"])
async def test_every_answer_of_the_old_path_says_until_when_it_is_there(app: FastAPI, path: str) -> None:
    """RFC 9745 writes the day as a structured date, RFC 8594 as an HTTP date. A refusal says it too."""
    headers = await _headers(app, path)
    assert datetime.fromtimestamp(int(headers["Deprecation"].removeprefix("@")), UTC).date() == SINCE
    assert parsedate_to_datetime(headers["Sunset"]) == datetime(2027, 9, 1, tzinfo=UTC)
    assert headers["Sunset"].endswith(" GMT")
    assert headers["Link"] == '</new>; rel="successor-version"'


@pytest.mark.asyncio
async def test_other_paths_say_nothing_of_it(app: FastAPI) -> None:
    for path in ("/new", "/nowhere"):
        assert not {"deprecation", "sunset", "link"} & (await _headers(app, path)).keys()


def test_the_document_shows_it(app: FastAPI) -> None:
    found = [route for route in app.routes if isinstance(route, APIRoute)]
    paths = document_of(found, "1")["paths"]
    old, new = paths["/old"]["get"], paths["/new"]["get"]
    assert old["deprecated"] is True
    assert (old["x-deprecated-since"], old["x-sunset"]) == ("2027-01-01", "2027-09-01")
    assert old["description"].startswith(
        "Deprecated since 2027-01-01. It may be removed from 2027-09-01 on. Use `/new`"
    )
    assert old["requestBody"] == {"required": False}, "what the document said besides stays"
    assert "deprecated" not in new


def test_an_act_is_retired_where_it_is_declared() -> None:
    acts = Acts("Negotiation")
    acts.act("/offers/{number}/undoing", "Takes it back.", by={Role.BUYER}, retiring=GONE)(RejectOffer)
    (route,) = routes_of([router_of(acts)])
    assert (route.deprecated, route.openapi_extra) == (True, GONE["openapi_extra"])


def test_nobody_is_given_less_time_than_was_promised() -> None:
    with pytest.raises(ValueError, match="180 days"):
        retiring(SINCE, SINCE + NOTICE - timedelta(days=1))


def test_each_retired_path_of_the_engine_says_until_when() -> None:
    """`deprecated` alone would break the headers."""
    for route in routes_of(ROUTERS):
        assert not route.deprecated or "x-sunset" in (route.openapi_extra or {}), route.name
    assert {"health", "ready"} <= OPEN | ROLES_BY_ROUTE.keys(), "the names that this test lends to its routes"
