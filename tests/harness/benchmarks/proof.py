"""Sealing a log, answering with proofs of it, and verifying all of it elsewhere."""

import asyncio
import resource
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from random import Random
from statistics import median
from time import perf_counter

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from mediation.proof import export
from mediation.proof.sealer import Sealer
from mediation.proof.signing import Signer
from mediation.proof.tree import consistency, inclusion
from mediation.proof.verify import Key, verify_log
from mediation.store.log.recorded import COLUMNS
from mediation.store.postgres.pool import open_pool
from tests.harness.benchmarks.bench import Bench, name_of
from tests.harness.benchmarks.fill import fill, multiply
from tests.harness.benchmarks.findings import Findings, Row, Verdict, milliseconds, rate, times
from tests.harness.benchmarks.rounds import Timed, alternate, drive, middle_percentile

Pool = AsyncConnectionPool[AsyncConnection]

PACE = 20_000
"""Events per second that the sealer must keep up with, on `SHARE` of a core."""

SHARE = 0.2
LATENCY = 0.005
"""Seconds within which a proof must be answered."""

VERIFIED = 100_000
"""Events per second: a million within ten seconds."""

_SIGNER = Signer.of("log.example", bytes(range(32)))
_ROWS = f"SELECT {COLUMNS} FROM event WHERE position > %b AND position <= %b ORDER BY position"
_BATCH = 5_000


async def proof(bench: Bench) -> Findings:
    with bench.database() as small:
        await fill(small, min(bench.effort.events, bench.effort.sealed))
        with bench.database(name_of(small)) as conninfo:
            events = await asyncio.to_thread(multiply, conninfo, bench.effort.sealed)
            pool = await open_pool(conninfo)
            try:
                reading = await _timed(lambda: _read(pool, events))
                sealing = await _timed(lambda: _seal(pool, events))
                verified = await _verified(bench, pool)
                proofs = await _proofs(bench, pool, events)
            finally:
                await pool.close()
    return Findings(
        "Proof",
        f"A log of {events:,} events: sealed from its start by one sealer in this process; proven, each proof with all that "
        "the database is asked for it; exported to a file, and verified from there on one core. Beside it, the same rows read "
        "from the database and nothing done with them. The share of a core is the worker's own; PostgreSQL works beside it.",
        [*_sealed(events, sealing, reading), *proofs, verified],
    )


def _sealed(events: int, sealing: "Spent", reading: "Spent") -> list[Row]:
    share = PACE * sealing.processor / events
    return [
        Row(
            "sealing",
            rate(events / sealing.elapsed, "events"),
            f"{rate(events / reading.elapsed, 'events')} (reading the rows)",
            times(reading.elapsed / sealing.elapsed),
            f"{PACE:,} events/s",
            Verdict.of(events / sealing.elapsed >= PACE),
        ),
        Row(
            f"the sealer's share of a core at {PACE:,} events/s",
            f"{share:.2f}",
            f"{PACE * reading.processor / events:.2f} (reading the rows)",
            target=f"{SHARE:.2f}",
            verdict=Verdict.of(share <= SHARE),
        ),
    ]


class Spent:
    """Seconds on the clock, and seconds of this process's processor time."""

    def __init__(self) -> None:
        self._began, self._used = perf_counter(), _processor()
        self.elapsed = self.processor = 0.0

    def stop(self) -> "Spent":
        self.elapsed, self.processor = perf_counter() - self._began, _processor() - self._used
        return self


def _processor() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


async def _timed(act: Callable[[], Awaitable[None]]) -> Spent:
    spent = Spent()
    await act()
    return spent.stop()


async def _read(pool: Pool, events: int) -> None:
    async with pool.connection() as connection:
        for first in range(0, events, _BATCH):
            await (await connection.execute(_ROWS, (first, first + _BATCH), binary=True)).fetchall()


async def _seal(pool: Pool, events: int) -> None:
    sealing = asyncio.create_task(Sealer(pool, [_SIGNER]).run())
    async with pool.connection() as connection:
        size = 0
        while size < events:
            await asyncio.sleep(0.05)
            with suppress(export.NothingSealed):
                size, _ = await export.latest(connection)
    sealing.cancel()
    with suppress(asyncio.CancelledError):
        await sealing


async def _proofs(bench: Bench, pool: Pool, events: int) -> list[Row]:
    random = Random(1)

    async def included() -> Timed:
        return await drive(1, bench.effort.seconds, lambda _: ask([inclusion(random.randrange(events), events)]))

    async def consistent() -> Timed:
        return await drive(1, bench.effort.seconds, lambda _: ask([consistency(random.randrange(1, events), events)]))

    async def ask(spans: list[list[tuple[int, int]]]) -> None:
        async with pool.connection() as connection:
            await export.proofs(connection, spans)

    found = await alternate(bench.effort.rounds, included, consistent)
    return [
        Row(
            f"{what} proof",
            f"p50 {milliseconds(middle_percentile(arm, 50))}, p99 {milliseconds(middle_percentile(arm, 99))}",
            target=f"{milliseconds(LATENCY)}",
            verdict=Verdict.of(middle_percentile(arm, 99) <= LATENCY),
        )
        for what, arm in zip(("inclusion", "consistency"), found, strict=True)
    ]


async def _verified(bench: Bench, pool: Pool) -> Row:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "log"
        with path.open("wb") as file:
            async with pool.connection() as connection:
                events = await export.whole(connection, file)
        verifying, reading = await alternate(
            min(bench.effort.rounds, 3), lambda: asyncio.to_thread(_verify, path), lambda: _timed_read(pool, events)
        )
    ours, theirs = median(verifying), median(reading)
    return Row(
        f"verifying {events:,} events from a file",
        f"{ours:.1f} s, {rate(events / ours, 'events')}",
        f"{theirs:.1f} s (reading the rows)",
        times(theirs / ours),
        f"{VERIFIED:,} events/s",
        Verdict.of(events / ours >= VERIFIED),
    )


async def _timed_read(pool: Pool, events: int) -> float:
    return (await _timed(lambda: _read(pool, events))).elapsed


def _verify(path: Path) -> float:
    began = perf_counter()
    with path.open("rb") as file:
        verify_log(file, [Key.of(_SIGNER.vkey)])
    return perf_counter() - began
