"""The log: what an operator reads, and what a program reads."""

import asyncio
import json
import logging
import re
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import httpx
import pytest
import structlog

from api.cli.logs import write_logs
from api.settings import LogSettings
from tests.api.house import filing
from tests.api.terminal import Done, environment, mediation, serving
from tests.api.test_cli import free_port


@pytest.fixture
def logged(capsys: pytest.CaptureFixture[str]) -> Iterator[Callable[[], str]]:
    """Returns what was written to the log. Before that, libraries asked in vain whether they may write. Afterwards logs are
    as before."""
    before, root = structlog.get_config(), logging.getLogger()
    handlers, level = root.handlers, root.level
    root.setLevel(logging.CRITICAL)
    assert not logging.getLogger("asyncio").isEnabledFor(logging.ERROR)
    yield lambda: capsys.readouterr().err
    structlog.configure(**before)
    root.handlers = handlers
    root.setLevel(level)


def _served(database: str, folder: Path, **settings: str) -> tuple[Done, dict[str, str]]:
    """The log of a server that was asked a few things, and the correlation ids of its answers by what was asked."""
    env = environment(folder, database) | settings
    with serving("--demo", "--port", free_port(), env=env) as served, httpx.Client(base_url=served.url) as http:
        backend = {"Authorization": f"Bearer {served.token('BACKEND')}", "Idempotency-Key": "one"}
        answers = {
            "filed": http.post("/v1/disputes", json=filing(order="O-very-private"), headers=backend, timeout=60),
            "no token": http.get("/v1/claim-histories/maria-rossi"),
            "no route": http.get("/maria-rossi"),
            "preflight": http.options("/v1/disputes", headers={"Origin": "https://shop.example"}),
            "health": http.get("/health"),
        }
        assert answers["filed"].status_code == 201
        return served.interrupt(), {what: answer.headers["Correlation-Id"] for what, answer in answers.items()}


def test_a_program_reads_json_with_the_id_of_the_request_in_every_line(database: str, tmp_path: Path) -> None:
    done, ids = _served(database, tmp_path, MEDIATION_LOG_FORMAT="json", MEDIATION_LOG_LEVEL="INFO")
    assert done.code == 0
    lines: list[dict[str, Any]] = [json.loads(line) for line in done.err.splitlines()]
    for line in lines:
        assert list(line)[:4] == ["timestamp", "level", "logger", "event"]
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line["timestamp"])
    of = {what: [line for line in lines if line.get("correlation_id") == id] for what, id in ids.items()}
    (filed,) = of["filed"]
    assert (filed["event"], filed["method"], filed["route"], filed["status"]) == (
        "request",
        "POST",
        "/v1/disputes",
        201,
    )
    assert (filed["role"], filed["marketplace"]) == ("marketplace", "demo")
    assert 0 < filed["duration_ms"] < 60_000
    assert {line["event"] for line in of["no token"]} == {"access_refused", "request"}
    assert [(line["route"], line["status"]) for line in of["no route"]] == [(None, 404)]
    assert of["health"] == [], "it is asked for every few seconds"
    for private in ("maria-rossi", "O-very-private", "b-77", "Vaso"):
        assert private not in done.err


def test_a_person_reads_a_line_for_each_request(database: str, tmp_path: Path) -> None:
    done, ids = _served(database, tmp_path, MEDIATION_LOG_LEVEL="debug")
    assert "\x1b" not in done.err
    said = done.err.splitlines()
    (filed,) = [line for line in said if ids["filed"] in line]
    assert re.fullmatch(
        rf"\S+Z \[info\] request correlation_id={ids['filed']} method=POST route=/v1/disputes status=201 "
        r"duration_ms=\d+\.\d role=marketplace marketplace=demo \[api\.http\.request_log\]",
        re.sub(r"(request)(.*)( correlation_id=\S+)", r"\1\3\2", filed),
    )
    assert any(ids["health"] in line and "[debug]" in line for line in said)


@pytest.mark.parametrize(("name", "value"), [("LOG_FORMAT", "xml"), ("LOG_LEVEL", "loud")])
def test_a_setting_that_makes_no_sense_is_told_in_a_line(tmp_path: Path, name: str, value: str) -> None:
    (tmp_path / "postgres").mkdir()
    for command in (["serve"], ["views"]):
        done = mediation(*command, env=environment(tmp_path) | {f"MEDIATION_{name}": value})
        assert (done.code, done.out) == (1, "")
        assert re.fullmatch(rf"mediation: a setting makes no sense: MEDIATION_{name}: Input should be .*\n", done.err)


@pytest.mark.parametrize("format", ["json", "text"])
def test_an_unexpected_error_is_told_without_what_it_says(logged: Callable[[], str], format: str) -> None:
    """Its message may quote a person's text. A library's line is cut after its first line for the same reason."""
    write_logs(LogSettings.model_validate({"log_format": format}))
    try:
        raise ValueError("Ada Rossi lives here")
    except ValueError:
        structlog.get_logger("mediation.x").exception("restarting", what="follow")
    logging.getLogger("asyncio").error("Task exception was never retrieved\nfuture: <Task exception=ValueError('Ada')>")
    # Not a logger of psycopg: `eventsourcing.postgres`, once imported, lets those write errors only.
    logging.getLogger("httpcore").warning("pool is \u2028 slow\nDETAIL: Ada")
    said = logged()
    assert "Ada" not in said
    first, second, third = said.splitlines() if format == "text" else said.strip().split("\n")
    assert "ValueError" in first
    assert "test_logs.py" in first
    assert "Task exception was never retrieved" in second
    assert "slow" in third


def test_a_value_cannot_begin_a_line(logged: Callable[[], str]) -> None:
    write_logs(LogSettings(log_format="text"))
    structlog.get_logger("api.x").warning("refused", route="a b\n2027-01-01 [info] forged", sum=1, none=None)
    (line,) = logged().splitlines()
    assert 'route="a b\\n2027-01-01 [info] forged" sum=1 [api.x]' in line


@pytest.mark.parametrize(("level", "seen"), [("debug", 4), ("info", 3), ("warning", 2), ("error", 1)])
def test_the_level_counts(logged: Callable[[], str], level: str, seen: int) -> None:
    """A library's line below a warning is never written: the client for HTTP writes addresses."""
    write_logs(LogSettings.model_validate({"log_level": level}))
    log = structlog.get_logger("mediation.x")
    for method in (log.debug, log.info, log.warning, log.error):
        method("said")
    logging.getLogger("httpx").info("HTTP Request: GET https://provider.example/refunds?charge=ch_1")
    assert len(logged().splitlines()) == seen


def test_a_log_that_nobody_reads_any_more_stops_nothing(
    monkeypatch: pytest.MonkeyPatch, logged: Callable[[], str]
) -> None:
    write_logs(LogSettings())
    gone = StringIO()
    gone.close()
    monkeypatch.setattr("sys.stderr", gone)
    structlog.get_logger("api.x").error("said")


async def test_each_request_has_its_own_id_also_where_many_are_under_way(anew: Any) -> None:
    answers = await asyncio.gather(*(anew.backend.get("/v1/disputes") for _ in range(20)))
    assert len({answer.headers["Correlation-Id"] for answer in answers}) == 20
