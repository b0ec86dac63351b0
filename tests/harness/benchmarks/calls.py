"""How many Python functions one filing calls. It is the same on any machine, so that a change of it is seen."""

import json
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr
from pathlib import Path
from types import FrameType
from typing import Any
from uuid import uuid4

import structlog
from fastapi import FastAPI

from api.app import create_app
from api.cli.logs import write_logs
from api.http.auth import Tokens
from api.services import services
from api.settings import LogSettings, Settings
from domain.kernel.base import Role
from tests.harness.benchmarks.bench import Bench
from tests.harness.benchmarks.filings import MARKETPLACE, filing
from tests.harness.benchmarks.findings import Findings, Row
from tests.harness.benchmarks.plain_http import doing_nothing
from tests.harness.benchmarks.serving import LIFE, without_engine

_ROOT = Path(__file__).parents[3]
_WARM, _COUNTED = 20, 50
_FLOORS = ("api", "projections", "mediation", "domain")


async def calls(bench: Bench) -> Findings:
    """Views and processes are off: what they call, no filing waits for."""
    with bench.database() as conninfo, tempfile.TemporaryDirectory() as folder, _logs_as_in_use():
        settings = Settings(database_url=conninfo, data_dir=Path(folder))
        tokens = Tokens(settings.secret.token)
        token = tokens.mint(subject=uuid4(), role=Role.MARKETPLACE, marketplace=MARKETPLACE, life=LIFE)
        async with services(settings, works=False) as running:
            whole = await _calls(create_app(running), token, 0)
            front = await _calls(create_app(await without_engine(running)), token, 1)
        nothing = await _calls(doing_nothing(tokens), token, 2)
    floors = ", ".join(f"{floor} {whole[floor]:,}" for floor in _FLOORS if whole[floor])
    return Findings(
        "Python calls of a filing",
        f"`POST /v1/disputes` in one process, by `sys.setprofile`: the calls of Python functions in {_COUNTED} filings "
        f"after {_WARM}, divided by {_COUNTED}. Calls of functions in C are not counted.",
        [
            Row("file a dispute", f"{whole.total():,} ({floors})", f"{nothing.total():,} (doing nothing)"),
            Row("the HTTP layer alone", f"{front.total():,}", f"{nothing.total():,} (doing nothing)"),
        ],
    )


@contextmanager
def _logs_as_in_use() -> Iterator[None]:
    """With a line about each request, which goes nowhere."""
    before = structlog.get_config()
    with open(os.devnull, "w") as nowhere, redirect_stderr(nowhere):
        write_logs(LogSettings())
        try:
            yield
        finally:
            structlog.configure(**before)


async def _calls(app: FastAPI, token: str, series: int) -> Counter[str]:
    """The calls of one filing, by the folder of the function's file; elsewhere "libraries"."""
    numbers = iter(range(1_000 * series, 1_000 * (series + 1)))
    for _ in range(_WARM):
        await _file(app, token, next(numbers))
    found = Counter[str]()

    def count(frame: FrameType, event: str, _: object) -> None:
        if event == "call":
            found[_floor(frame.f_code.co_filename)] += 1

    sys.setprofile(count)
    try:
        for _ in range(_COUNTED):
            await _file(app, token, next(numbers))
    finally:
        sys.setprofile(None)
    return Counter({floor: round(number / _COUNTED) for floor, number in found.items()})


def _floor(file: str) -> str:
    path = Path(file)
    return path.relative_to(_ROOT).parts[0] if path.is_relative_to(_ROOT) and ".venv" not in path.parts else "libraries"


async def _file(app: FastAPI, token: str, number: int) -> None:
    body = json.dumps(filing(number)).encode()
    headers = {"authorization": f"Bearer {token}", "content-type": "application/json", "idempotency-key": f"k{number}"}
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/v1/disputes",
        "raw_path": b"/v1/disputes",
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 1),
    }
    answered: list[Mapping[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Mapping[str, Any]) -> None:
        answered.append(message)

    await app(scope, receive, send)
    assert answered[0]["status"] == 201
