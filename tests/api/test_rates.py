"""A caller may send so many requests in a minute, and every answer says how many are left."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
import pytest_asyncio
from httpx import ASGITransport, AsyncClient, Response

from api.app import ROUTERS, create_app, routes_of
from api.http.auth import Principal
from api.http.problem_kinds import TooManyRequests
from api.http.rates import BULK, Headers, Rates
from domain.kernel.base import Role
from tests import today
from tests.api.house import House, Sender, done, filing, refused

pytestmark = pytest.mark.asyncio(loop_scope="module")

ROUTES = routes_of(ROUTERS)
ALL_SENT = 3
"""Of so many requests at least two are sent in the same minute."""


class _Seconds:
    now = 6_000.0

    def __call__(self) -> float:
        return self.now


_Counted = tuple[Headers, TooManyRequests | None]


def _rates(**limits: int) -> tuple[Rates, _Seconds]:
    seconds = _Seconds()
    return Rates({"read": 0, "write": 0, "bulk": 0, **limits}, ROUTES, seconds), seconds  # type: ignore[dict-item] # their names


def _somebody(role: Role = Role.MARKETPLACE, subject: UUID | None = None, marketplace: str = "bazaar") -> Principal:
    return Principal(subject or uuid4(), role, marketplace, None, today.now() + timedelta(hours=1))


def _count(rates: Rates, sender: Principal, method: str = "POST", path: str = "/v1/disputes") -> _Counted:
    return rates.count(sender, {"type": "http", "method": method, "path": path})


def _told(counted: _Counted) -> dict[str, str]:
    return {name.decode(): value.decode() for name, value in counted[0]}


def _over(counted: _Counted) -> bool:
    return counted[1] is not None


async def test_the_last_request_of_a_minute_and_the_first_of_the_next() -> None:
    rates, seconds = _rates(write=2)
    sender = _somebody()
    seconds.now += 17.5
    assert _told(_count(rates, sender)) == {"ratelimit-policy": '"write";q=2;w=60', "ratelimit": '"write";r=1;t=43'}
    assert not _over(_count(rates, sender))
    above = _count(rates, sender)
    assert above[1] is not None
    assert above[1].facts == {"limit": 2, "retry_after": 43}
    assert _told(above)["ratelimit"] == '"write";r=0;t=43'
    seconds.now += 43
    assert not _over(_count(rates, sender))


async def test_each_caller_and_each_class_counts_alone() -> None:
    """A fresh token of the same caller goes on with the count; what a caller may do elsewhere is another count."""
    rates, _ = _rates(read=1, write=1, bulk=1)
    sender = _somebody()
    kinds = [("GET", "/v1/disputes"), ("POST", "/v1/disputes"), ("GET", "/v1/extract"), ("POST", "/v1/imports")]
    assert [_over(_count(rates, sender, *kind)) for kind in kinds] == [False, False, False, True]
    fresh = replace(sender, expires_at=sender.expires_at + timedelta(hours=1))
    assert _over(_count(rates, fresh))
    for another in (
        _somebody(),
        replace(sender, role=Role.ADMINISTRATOR),
        replace(sender, marketplace="elsewhere"),
    ):
        assert not _over(_count(rates, another))


async def test_which_requests_are_reads() -> None:
    rates, _ = _rates(read=9)
    assert '"read"' in _told(_count(rates, _somebody(), "HEAD", "/v1/no/such/address"))["ratelimit"]
    assert not _told(_count(rates, _somebody(), "PUT", "/v1/sandbox/clock")), "0 is no limit"


async def test_the_routes_in_bulk_exist() -> None:
    assert {route.name for route in ROUTES} >= BULK


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def narrow(at_home: House) -> AsyncIterator[AsyncClient]:
    """The same application with room for one write and one read a minute."""
    settings = at_home.services.settings.model_copy(update={"reads_per_minute": 1, "writes_per_minute": 1})
    app = create_app(replace(at_home.services, settings=settings))
    async with AsyncClient(transport=ASGITransport(app), base_url="http://testserver") as http:
        yield http


async def test_a_request_above_the_limit(at_home: House, narrow: AsyncClient) -> None:
    """It is refused before it is looked at, and is done later under the same key."""
    backend = at_home.sender(Role.MARKETPLACE)
    hasty = Sender(narrow, backend.token)
    key, body = str(uuid4()), filing()
    answers = [await hasty.post("/v1/disputes", body, key=key) for _ in range(ALL_SENT)]
    problem = _refused(answers)
    left = _refused([await hasty.get("/v1/disputes", headers={"Accept-Language": "ar"}) for _ in range(ALL_SENT)])
    assert problem["title"] != left["title"], "each reads it in their language"
    assert done(await backend.post("/v1/disputes", body, key=key), 201)["version"] == answers[0].json()["version"]


def _refused(answers: list[Response]) -> dict[str, str]:
    above = next(answer for answer in answers if answer.status_code == 429)
    problem = refused(above, 429, "TooManyRequests")
    seconds = problem["facts"]["retry_after"]
    assert 1 <= seconds <= 60
    assert problem["facts"]["limit"] == 1
    assert above.headers["Retry-After"] == str(seconds)
    assert re.fullmatch(rf'"(read|write)";r=0;t={seconds}', above.headers["RateLimit"])
    return problem


async def test_what_is_not_counted(at_home: House, narrow: AsyncClient) -> None:
    """Without a token nobody is known who could be counted."""
    for path, status in (("/health", 200), ("/v1/disputes", 401), ("/openapi.json", 200)):
        answers = [await narrow.get(path) for _ in range(ALL_SENT)]
        assert {answer.status_code for answer in answers} == {status}
        assert not any("RateLimit" in answer.headers for answer in answers)


async def test_every_route_under_v1_documents_it() -> None:
    shown = [route for route in ROUTES if route.path.startswith("/v1/") and route.include_in_schema]
    assert [route.name for route in shown if 429 not in route.responses] == []
