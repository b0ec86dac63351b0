"""Many windows end at one instant, as at midnight: measures how late the lapses are recorded."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from statistics import median

from domain.kernel.base import Instant
from mediation.processes import deadlines
from mediation.processes.deadlines import DeadlineClock
from mediation.store import clocks
from mediation.store.clocks import Clocks
from mediation.store.follow.follow import Follow
from mediation.store.tasks import end
from tests import today
from tests.harness.benchmarks.bench import Bench
from tests.harness.benchmarks.findings import Findings, Row, Verdict, milliseconds
from tests.harness.benchmarks.rounds import Timed, alternate
from tests.processes.clockwork import begin, workers
from tests.worlds import World, filing, order, world

_FILED_AT = datetime(2026, 3, 2, 10, tzinfo=UTC)
_LEAD = timedelta(seconds=1.5)
"""Time for the ready workers before the deadlines are due."""

_AT_MOST = 1.0  # seconds
_LAPSED = "SELECT recorded_at FROM event WHERE kind = 'DeadlineLapsed'"


async def due_at_once(bench: Bench) -> Findings:
    usual, many = bench.effort.due
    arms = [(usual, 1), (usual, 3), (many, 1), (many, 3)]
    found = await alternate(bench.effort.rounds, *(partial(_late, bench, *arm) for arm in arms))
    table = []
    for (disputes, working), rounds in zip(arms, found, strict=True):
        last = median(max(timed.latencies) for timed in rounds)
        middle = median(median(timed.latencies) for timed in rounds)
        wanted = disputes == usual
        table.append(
            Row(
                f"{disputes:,} at one instant, {working} worker{'s' if working > 1 else ''}: the last lapse on record",
                f"{milliseconds(last)}, the median {milliseconds(middle)}",
                target=f"≤ {milliseconds(_AT_MOST)}" if wanted else "–",
                verdict=Verdict.of(last <= _AT_MOST) if wanted else Verdict.NO_TARGET,
            )
        )
    return Findings(
        "Deadlines at one instant",
        "Disputes whose response windows end at the same instant; each lapse decides a default, a commitment to refund and "
        "what follows. Workers are processes that only keep the clock. Late is `recorded_at` against the instant it was due.",
        table,
    )


async def _late(bench: Bench, disputes: int, working: int) -> Timed:
    """How late each lapse was recorded."""
    with bench.database() as conninfo:
        async with _armed(conninfo, disputes) as (w, due), workers(working, conninfo) as there:
            ahead = due - today.now() - _LEAD
            begin(there, ahead)
            recorded: list[datetime] = []
            while len(recorded) < disputes:
                await asyncio.sleep(0.2)
                async with w.pool.connection() as conn:
                    recorded = [at for (at,) in await (await conn.execute(_LAPSED)).fetchall()]
    assert len(recorded) == disputes, "each once"
    late = [(at + ahead - due).total_seconds() for at in recorded]
    return Timed(max(late), late)


@asynccontextmanager
async def _armed(conninfo: str, disputes: int) -> AsyncIterator[tuple[World, Instant]]:
    """Files disputes at one instant and sets their timers. Returns the instant at which all are due."""
    async with world(conninfo) as w:
        async with w.pool.connection() as conn:
            await conn.execute(clocks.TABLE)
            await conn.execute(deadlines.TABLE)
        left = iter(range(disputes))
        due: set[Instant] = set()

        async def file() -> None:
            for _ in left:
                filed = await w.engine.handle(filing(order("10.00", now=_FILED_AT), now=_FILED_AT))
                due.add(filed.dispute.deadlines.running["response"].due_at)

        await asyncio.gather(*(file() for _ in range(64)))
        follow = Follow(w.log, w.pool, [DeadlineClock(w.pool, w.engine, Clocks(w.pool, real=today.now))])
        following = asyncio.create_task(follow.run())
        assert await follow.caught_up(DeadlineClock.name, await w.log.last_position(), 60)
        await end([following])
        (instant,) = due
        yield w, instant
