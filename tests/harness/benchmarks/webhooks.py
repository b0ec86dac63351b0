"""How many webhooks arrive in a second, alone and beside an endpoint that never answers."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any
from uuid import uuid4

from httpx import ASGITransport, AsyncClient

from api.app import create_app
from api.services import Services, services
from api.settings import Settings
from domain.kernel.base import Role
from mediation.processes.webhooks.types import TYPES
from tests.harness.benchmarks.bench import Bench
from tests.harness.benchmarks.filings import MARKETPLACE, filing
from tests.harness.benchmarks.findings import Findings, Row, Verdict, rate, times
from tests.harness.benchmarks.receiving import receiving

TARGET = 500
"""Webhooks a second."""

UNHINDERED = 0.9
"""What is left of that beside an endpoint that never answers: at least this part."""

_LOOK = 0.02
_AT_ONCE = 16
_AT = "/v1/webhook-endpoints"
_STATES = """SELECT count(*), count(*) FILTER (WHERE d.outcome = 'delivered'), e.reached IS NULL FROM webhook_endpoint e
LEFT JOIN webhook_delivery d ON d.endpoint_id = e.id WHERE e.id = %s GROUP BY e.reached"""


async def webhooks(bench: Bench) -> Findings:
    disputes = max(10, bench.effort.events // 16)
    alone, beside = list[float](), list[float]()
    with tempfile.TemporaryDirectory() as folder, bench.database() as conninfo:
        async with _engine(conninfo, Path(folder)) as (running, http), receiving() as there:
            await _filed(http, disputes)
            for _ in range(bench.effort.rounds):
                alone.append(await _speed(running, http, there.url("/")))
                async with _endpoint(http, there.url("/dead")) as dead:
                    await _until(running, dead, made=True)
                    beside.append(await _speed(running, http, there.url("/")))
    first, second = median(alone), median(beside)
    rows = [
        Row(
            "webhooks to one receiver",
            rate(first, "webhooks"),
            target=f"≥ {TARGET}/s",
            verdict=Verdict.of(first >= TARGET),
        ),
        Row(
            "the same, beside an endpoint that takes connections and never answers",
            rate(second, "webhooks"),
            f"{rate(first, 'webhooks')} (without it)",
            times(second / first),
            f"≥ {UNHINDERED:g}×",
            Verdict.of(second >= UNHINDERED * first),
        ),
    ]
    how = (
        f"One worker. {disputes:,} disputes are on record. An endpoint is made that is told of every fact from the beginning. "
        "The time runs from that request until each of its webhooks has arrived and this is stored: the log is read, numbers "
        "are given, bodies are written, signed twice (`v1`, `v1a`), sent, and recorded. The receiver is a process beside "
        "it on this machine. For the second row another endpoint has as many webhooks waiting, and its receiver never answers."
    )
    return Findings("Webhooks", how, rows)


@asynccontextmanager
async def _engine(conninfo: str, folder: Path) -> AsyncIterator[tuple[Services, AsyncClient]]:
    given: dict[str, Any] = {"webhook_networks": ["127.0.0.0/8"]}
    settings = Settings(database_url=conninfo, data_dir=folder, **given)
    async with services(settings) as running:
        token = running.tokens.mint(subject=uuid4(), role=Role.MARKETPLACE, marketplace=MARKETPLACE)
        headers = {"Authorization": f"Bearer {token}"}
        app = create_app(running, log_requests=False)
        async with AsyncClient(transport=ASGITransport(app), base_url="http://bench", headers=headers) as http:
            yield running, http


async def _filed(http: AsyncClient, number: int) -> None:
    numbers = iter(range(number))

    async def file() -> None:
        for one in numbers:
            await _post(http, "/v1/disputes", filing(one))

    await asyncio.gather(*(file() for _ in range(_AT_ONCE)))


async def _post(http: AsyncClient, path: str, body: Any) -> dict[str, Any]:
    answer = await http.post(path, json=body, headers={"Idempotency-Key": str(uuid4())})
    made: dict[str, Any] = answer.raise_for_status().json()
    return made


@asynccontextmanager
async def _endpoint(http: AsyncClient, url: str) -> AsyncIterator[str]:
    made = await _post(http, _AT, {"url": url, "types": sorted(TYPES), "begin": "start"})
    try:
        yield str(made["id"])
    finally:
        await http.delete(f"{_AT}/{made['id']}")


async def _speed(running: Services, http: AsyncClient, url: str) -> float:
    began = perf_counter()
    async with _endpoint(http, url) as made:
        number = await _until(running, made)
        return number / (perf_counter() - began)


async def _until(running: Services, endpoint_id: str, *, made: bool = False) -> int:
    """The number of its webhooks, as soon as all have arrived, or are `made`."""
    while True:
        async with running.pool.connection() as connection:
            row = await (await connection.execute(_STATES, (endpoint_id,))).fetchone()
        if row is not None and row[2] and (made or row[0] == row[1]):
            return int(row[0])
        await asyncio.sleep(_LOOK)
