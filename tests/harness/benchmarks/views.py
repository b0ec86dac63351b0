"""Views that catch up with a log from its start: all of the engine's together, and one of the library's."""

import asyncio
from contextlib import suppress
from statistics import median
from time import perf_counter
from uuid import uuid4

from eventsourcing.projection import ProjectionRunner

from mediation.store.follow.catch_up import CatchUpBuffer
from mediation.store.follow.follow import Follow
from mediation.store.postgres.pool import open_pool
from projections import VIEWS
from projections.table import create_tables
from tests.harness.benchmarks.append import TEXT, opened
from tests.harness.benchmarks.bench import Bench, name_of
from tests.harness.benchmarks.filings import filing
from tests.harness.benchmarks.fill import fill, multiply
from tests.harness.benchmarks.findings import Findings, Row, Verdict, rate, times
from tests.harness.benchmarks.plain import CaseFiles, CaseFilesProjection, Dispute, Disputes, environment
from tests.harness.benchmarks.rounds import alternate

_PATIENCE = 3600.0

LEAST = 16_000
"""Events per second."""


async def ours(bench: Bench, filled: str) -> float:
    """Events per second, from the start of the log until every view has taken the last one."""
    with bench.database(name_of(filled)) as conninfo:
        pool = await open_pool(conninfo)
        try:
            async with opened(conninfo) as log:
                await create_tables(pool, VIEWS)
                last = await log.last_position()
                follow = Follow(log, pool, VIEWS)
                began = perf_counter()
                following = asyncio.create_task(follow.run())
                for view in VIEWS:
                    assert await follow.caught_up(view.name, last, _PATIENCE)
                elapsed = perf_counter() - began
                following.cancel()
                with suppress(asyncio.CancelledError):
                    await following
        finally:
            await pool.close()
    return last / elapsed


def filled_by_library(conninfo: str, key: dict[str, str], events: int) -> None:
    """Disputes of ten events: five of the filing, and five messages."""
    with Disputes({**environment(conninfo), **key}) as disputes:
        for number in range(max(events // 10, 1)):
            dispute_id = disputes.file(filing(number), {"response": "2026-11-06", "negotiation": "2026-11-11"})
            dispute: Dispute = disputes.repository.get(dispute_id)
            for _ in range(5):
                dispute.post_message("buyer", uuid4(), TEXT, "en", "web")
            disputes.save(dispute)


def theirs(bench: Bench, filled: str, key: dict[str, str]) -> float:
    with bench.database(name_of(filled)) as conninfo:
        env = {**environment(conninfo), **key}
        began = perf_counter()
        with ProjectionRunner(
            application_class=Disputes, projection_class=CaseFilesProjection, view_class=CaseFiles, env=env
        ) as runner:
            last = runner.app.recorder.max_notification_id()
            assert last is not None
            runner.wait(last, timeout=_PATIENCE)
            elapsed = perf_counter() - began
    return float(last / elapsed)


async def views(bench: Bench) -> Findings:
    with bench.database() as filled, bench.database() as other:
        events = await fill(filled, bench.effort.events)
        key = {"CIPHER_KEY": environment(other)["CIPHER_KEY"]}
        await asyncio.to_thread(filled_by_library, other, key, max(bench.effort.events // 8, 50))
        engine, library = await alternate(
            bench.effort.rounds, lambda: ours(bench, filled), lambda: asyncio.to_thread(theirs, bench, other, key)
        )
        rebuilt = await rebuild(bench, filled)
    factor = median(engine) / median(library)
    return Findings(
        "Views",
        f"Catching up from the start of a log of {events:,} events: all {len(VIEWS)} views beside each other, "
        "and the library's projection runner with one view in PostgreSQL that is tracked as its documentation shows.",
        [
            Row(
                f"all {len(VIEWS)} views together",
                rate(median(engine), "events"),
                f"{rate(median(library), 'events')} (one view)",
                times(factor),
                f"{LEAST:,} events/s",
                Verdict.of(median(engine) >= LEAST),
            ),
            rebuilt,
        ],
    )


async def rebuild(bench: Bench, filled: str) -> Row:
    """All views are rebuilt beside the live ones, as by `mediation rebuild`."""
    with bench.database(name_of(filled)) as conninfo:
        events = await asyncio.to_thread(multiply, conninfo, bench.effort.sizes[-1])
        pool = await open_pool(conninfo)
        try:
            async with opened(conninfo) as log:
                await create_tables(pool, VIEWS)
                began = perf_counter()
                past = CatchUpBuffer(log, batch=1000, kept=4)
                await asyncio.gather(*(view.rebuild(past.reader(), pool) for view in VIEWS))
                elapsed = perf_counter() - began
        finally:
            await pool.close()
    return Row(f"rebuild of all views over {events:,} events", f"{elapsed:,.0f} s, {rate(events / elapsed, 'events')}")
