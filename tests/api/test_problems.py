"""Every refusal has a status, a fixed name and an explanation. A failure shows only its number."""

import psycopg
import pytest
from pydantic import TypeAdapter
from structlog.testing import capture_logs

from api.cli.logs import with_correlation
from api.http.problems import STATUS, catalogue, status_of
from domain.kernel.refusals import Refusal
from mediation.engine import Contended, Engine
from mediation.store.log.requests import ClockAstray, Overloaded, Unavailable
from tests.api.house import House, done, filing, refused

pytestmark = pytest.mark.asyncio(loop_scope="module")

NAMES_FOR_EVER = {
    "OfferExceedsClaim": 422,
    "NotYourMove": 409,
    "MayNotCoSign": 403,
    "UnknownDispute": 404,
    "VersionIsStale": 412,
    "IfMatchMissing": 428,
    "IdempotencyKeyMissing": 400,
    "KeyReused": 422,
    "Unauthenticated": 401,
    "FileTooLarge": 413,
    "FileTypeNotAllowed": 415,
    "Overloaded": 503,
    "NoSuchMethod": 405,
    "FileErased": 410,
    "Unexpected": 500,
}


async def test_every_kind_has_its_own_name(at_home: House) -> None:
    kinds = [
        kind for kind in _all(Refusal) if kind.__module__.split(".")[0] in ("api", "domain", "mediation", "projections")
    ]
    sorting = {kind.__name__ for kind in STATUS if kind.__module__ == "domain.kernel.refusals"}
    names = [kind.__name__ for kind in kinds if kind is not Refusal and kind.__name__ not in sorting]
    assert sorted(names) == sorted(set(names))
    assert set(names) <= catalogue().keys()


async def test_what_each_means_can_be_looked_up(at_home: House) -> None:
    for code, kind in catalogue().items():
        explained = done(await at_home.http.get(f"/problems/{code}"))
        assert explained["code"] == code
        assert explained["status"] == status_of(kind)
        assert explained["title"].endswith(".")
        assert kind.__doc__ is not None
    assert {code: status_of(catalogue()[code]) for code in NAMES_FOR_EVER} == NAMES_FOR_EVER


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (Overloaded(), "Overloaded"),
        (Contended(), "Contended"),
        (ClockAstray(), "ClockAstray"),
        (Unavailable(), "Unavailable"),
        (psycopg.OperationalError("the connection to 10.0.0.1 is lost"), "Unavailable"),
    ],
)
async def test_what_may_pass_is_to_be_tried_again(
    at_home: House, monkeypatch: pytest.MonkeyPatch, error: Exception, code: str
) -> None:
    monkeypatch.setattr(Engine, "handle", _raising(error))
    response = await at_home.backend.post("/v1/disputes", filing())
    refused(response, 503, code)
    assert response.headers["Retry-After"] == "1"
    assert "10.0.0.1" not in response.text


async def test_a_failure_of_ours_is_on_record_under_its_number(at_home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the answer nor the record quotes the input."""
    monkeypatch.setattr(Engine, "handle", _raising(ValueError("Ada Rossi lives here")))
    with capture_logs([with_correlation]) as logs:
        response = await at_home.backend.post("/v1/disputes", filing())
    problem = refused(response, 500, "Unexpected")
    assert problem.keys() == {"type", "title", "status", "code", "correlation_id"}
    (record,) = [log for log in logs if log["event"] == "request_failed"]
    assert record["correlation_id"] == problem["correlation_id"] == response.headers["Correlation-Id"]
    assert (record["error"], record["route"]) == ("ValueError", "/v1/disputes")
    assert any("filing.py" in frame for frame in record["frames"])
    assert "Ada" not in str(logs) + response.text


async def test_every_answer_has_the_same_headers(at_home: House) -> None:
    for path in ("/v1/disputes", "/health", "/nowhere"):
        response = await at_home.backend.get(path)
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["Correlation-Id"]


def _raising(error: Exception) -> object:
    async def handle(*arguments: object) -> None:
        raise error

    return handle


def _all(kind: type[Refusal]) -> list[type[Refusal]]:
    return [kind, *(below for child in kind.__subclasses__() for below in _all(child))]


async def test_a_stored_fact_that_cannot_be_read_is_our_fault(at_home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not the fault of the sender, over HTTP or in a line of an import."""
    filed = await at_home.filed()

    async def unreadable(*about: object, **more: object) -> object:
        return TypeAdapter(int).validate_python("no number")

    monkeypatch.setattr(Engine, "dispute", unreadable)
    with capture_logs() as logs:
        refused(await at_home.backend.get(f"/v1/disputes/{filed['id']}"), 500, "Unexpected")
    assert [entry["error"] for entry in logs if entry["event"] == "request_failed"] == ["ValidationError"]
