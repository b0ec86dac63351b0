"""The console on a busy desk: its pages, what a browser makes of them, and 500 readers who follow one worker."""

import tempfile
from collections.abc import Sequence
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter

import httpx
import psycopg

from api.services import services
from api.settings import Settings
from domain.kernel.base import Role
from tests.harness.benchmarks import busy_desk
from tests.harness.benchmarks.bench import Bench
from tests.harness.benchmarks.busy_desk import BusyDesk
from tests.harness.benchmarks.console_server import Console, Place, opened, person
from tests.harness.benchmarks.findings import Findings, Row, Verdict, milliseconds
from tests.harness.benchmarks.on_screen import on_screen
from tests.harness.benchmarks.rounds import Timed, alternate, together
from tests.harness.benchmarks.watching import watched

ANSWER = 0.050
"""Seconds."""
PAGE = 100_000
"""Bytes of HTML."""

_CATCH_UP = 900.0


async def console(bench: Bench) -> Findings:
    disputes, times = bench.effort.disputes // 10, bench.effort.rounds * bench.effort.turns
    with bench.database() as conninfo, tempfile.TemporaryDirectory() as folder:
        settings = Settings(database_url=conninfo, data_dir=Path(folder))
        async with services(settings, works=False) as filling:
            desk = await busy_desk.fill(filling, conninfo, disputes)
        async with services(settings) as following:
            position = await following.log.last_position()
            for consumer in following.consumers:
                assert await following.follow.caught_up(consumer.name, position, _CATCH_UP)
        with psycopg.connect(conninfo, autocommit=True) as conn:
            conn.execute("VACUUM ANALYZE")  # as the server does by itself within a minute
        async with opened(conninfo, settings, desk) as shown:
            rows = [*await _pages(bench, shown), *await on_screen(bench, shown), *await watched(bench, shown)]
    return Findings(
        "The console",
        f"{disputes:,} disputes in the log. One neutral has some hundreds of open cases in many languages, with translations; "
        f"the full case has {busy_desk.MESSAGES} messages, {busy_desk.EXHIBITS} exhibits, offers, a ruling and an appeal. One "
        "worker, as `mediation serve` starts it, and one reader who asks for one page after another, "
        f"{times} times each. A page goes over the wire as it is. An event is stored when the database "
        "says so (`recorded_at`).",
        rows,
    )


def _paths(desk: BusyDesk) -> Sequence[tuple[str, Role, str]]:
    neutral, supervisor, auditor = Role.NEUTRAL, Role.SUPERVISOR, Role.AUDITOR
    case = f"/disputes/{desk.full}"
    return [
        *(
            (f"neutral, My day: {tab}", neutral, f"/?tab={tab}")
            for tab in ("move", "new", "promised", "others", "snoozed")
        ),
        *(
            (f"supervisor, My day: {tab}", supervisor, f"/?tab={tab}")
            for tab in ("supervisor", "promised", "open", "all")
        ),
        *((f"auditor, My day: {tab}", auditor, f"/?tab={tab}") for tab in ("open", "all")),
        ("neutral, the full case", neutral, case),
        ("supervisor, the full case", supervisor, case),
        ("auditor, the full case", auditor, case),
        ("neutral, the form of a ruling", neutral, f"/disputes/{desk.ruling}/ruling"),
        ("neutral, the form of a message", neutral, f"{case}/acts/post_message"),
        ("neutral, promises", neutral, "/promises"),
        ("supervisor, promises", supervisor, "/promises"),
    ]


async def _pages(bench: Bench, shown: Console) -> list[Row]:
    paths = _paths(shown.desk)
    async with AsyncExitStack() as stack:
        people = {
            role: await stack.enter_async_context(person(shown.place, secret)) for role, secret in shown.secrets.items()
        }
        sizes = [len((await _page(people[role], path)).content) for _, role, path in paths]
        found = await alternate(
            bench.effort.rounds,
            *(partial(_asked, shown.place, people[role], path, bench.effort.turns) for _, role, path in paths),
        )
    rows = []
    for (what, _, _), size, rounds in zip(paths, sizes, found, strict=True):
        timed, busy = together([timed for timed, _ in rounds]), median(busy for _, busy in rounds)
        p50, p95 = timed.percentile(50), timed.percentile(95)
        rows.append(
            Row(
                what,
                f"p50 {milliseconds(p50)}, p95 {milliseconds(p95)}; {milliseconds(busy)} of processor; {size / 1000:.0f} kB",
                target=f"p95 ≤ {milliseconds(ANSWER)}; {PAGE / 1000:.0f} kB",
                verdict=Verdict.of(p95 <= ANSWER and size <= PAGE),
            )
        )
    return rows


async def _asked(place: Place, http: httpx.AsyncClient, path: str, times: int) -> tuple[Timed, float]:
    """One round: the answers, and the worker's seconds of processor time for each."""
    began, busy, latencies = perf_counter(), place.busy(), list[float]()
    for _ in range(times):
        before = perf_counter()
        await _page(http, path)
        latencies.append(perf_counter() - before)
    return Timed(perf_counter() - began, latencies), (place.busy() - busy) / times


async def _page(http: httpx.AsyncClient, path: str) -> httpx.Response:
    answer = await http.get(path)
    if answer.status_code != httpx.codes.OK:
        raise RuntimeError(f"{path} was answered with {answer.status_code}")
    return answer
