"""Reading one's own write: the time from sending a command until a view shows its result, while others write too."""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any
from uuid import UUID, uuid4

from eventsourcing.projection import ProjectionRunner

from api.services import Services, services
from api.settings import Settings
from domain.kernel.base import Role
from domain.kernel.people import Words
from domain.settlement.conversation import PostMessage
from mediation.engine import Handled
from projections import case_file, conversations
from projections.conversations import CONVERSATIONS
from projections.view import View
from tests import today
from tests.harness.benchmarks.append import TEXT
from tests.harness.benchmarks.bench import Bench
from tests.harness.benchmarks.filings import filing as body
from tests.harness.benchmarks.findings import Findings, Row, Verdict, milliseconds, times
from tests.harness.benchmarks.plain import CaseFiles, CaseFilesProjection, Disputes, environment
from tests.harness.benchmarks.rounds import Timed, alternate, middle_percentile, middle_rate
from tests.worlds import MARKETPLACE, actor, filing, order

EVENTS = 500
"""Per second."""

_MESSAGES = 5
_VISITS = EVENTS / (5 + _MESSAGES)
_PATIENCE = 10.0


class Visitors:
    """Each files a dispute and writes messages, and after every act reads its result."""

    def __init__(self, running: Services) -> None:
        self._running = running
        self.answered: list[float] = []
        self.seen: list[float] = []

    async def visit(self) -> None:
        running = self._running
        engine, pool = running.engine, running.pool
        file = filing(order("129.90", now=today.now()))

        async def read_case(outcome: Handled) -> None:
            doc = await case_file.get(pool, running.log, MARKETPLACE, file.dispute_id)
            assert doc is not None
            assert doc["version"] == outcome.versions["dispute"]

        async def read_messages(outcome: Handled) -> None:
            page = await conversations.messages(pool, MARKETPLACE, file.dispute_id)
            assert len(page.rows) == outcome.versions["conversation"]

        await self._act(lambda: engine.handle(file), None, read_case)
        for _ in range(_MESSAGES):
            write = _message(file.dispute_id)
            await self._act(lambda write=write: engine.handle(write), CONVERSATIONS, read_messages)  # type: ignore[misc]

    async def _act(
        self, act: Callable[[], Awaitable[Handled]], view: View[Any] | None, read: Callable[[Handled], Awaitable[None]]
    ) -> None:
        began = perf_counter()
        outcome = await act()
        answered = perf_counter()
        assert outcome.position is not None
        if view is not None:  # a case file is folded on by whoever reads it
            assert await self._running.follow.caught_up(view.name, outcome.position, _PATIENCE)
        await read(outcome)
        seen = perf_counter()
        self.answered.append(seen - answered)
        self.seen.append(seen - began)


def _message(dispute_id: UUID) -> PostMessage:
    return PostMessage(
        marketplace=MARKETPLACE,
        actor=actor(Role.BUYER),
        now=today.now(),
        dispute_id=dispute_id,
        message=Words(text=TEXT, language="en"),
        channel="web",
    )


async def ours(running: Services, seconds: float, random: Random) -> tuple[Timed, Timed]:
    """The time from the command until the read, and from its answer until the read. Visitors come at random, even if
    others wait."""
    visitors = Visitors(running)
    began = perf_counter()
    async with asyncio.TaskGroup() as visits:
        next_at = began
        while (next_at := next_at + random.expovariate(_VISITS)) < began + seconds:
            await asyncio.sleep(max(next_at - perf_counter(), 0))
            visits.create_task(visitors.visit())
    elapsed = perf_counter() - began
    return Timed(elapsed, visitors.seen), Timed(elapsed, visitors.answered)


def theirs(runner: "ProjectionRunner[Disputes, CaseFiles]", seconds: float) -> tuple[Timed, Timed]:
    """One client alone: save, then wait."""
    latencies = []
    began = perf_counter()
    while perf_counter() < began + seconds:
        before = perf_counter()
        runner.app.file(body(uuid4().int % 10**9), {"response": "2026-11-06", "negotiation": "2026-11-11"})
        runner.wait(runner.app.recorder.max_notification_id(), timeout=_PATIENCE)
        latencies.append(perf_counter() - before)
    timed = Timed(perf_counter() - began, latencies)
    return timed, timed


async def own_write(bench: Bench) -> Findings:
    seconds, random = bench.effort.seconds, Random(18)
    with bench.database() as conninfo, bench.database() as other, tempfile.TemporaryDirectory() as folder:
        settings = Settings(database_url=conninfo, data_dir=Path(folder))
        with ProjectionRunner(
            application_class=Disputes,
            projection_class=CaseFilesProjection,
            view_class=CaseFiles,
            env=environment(other),
        ) as runner:
            async with services(settings) as running:
                await ours(running, min(seconds, 1.0), random)
                engine, library = await alternate(
                    bench.effort.rounds,
                    lambda: ours(running, seconds, random),
                    lambda: asyncio.to_thread(theirs, runner, seconds),
                )
    whole, reading = [seen for seen, _ in engine], [answered for _, answered in engine]
    alone = [seen for seen, _ in library]
    p50, p99 = middle_percentile(whole, 50), middle_percentile(whole, 99)
    return Findings(
        "Reading one's own write",
        f"One worker with all views and processes on. Visitors come at random, in all {EVENTS} events/s: each files a dispute "
        f"and writes {_MESSAGES} messages, and after every act reads the case file or the conversation, as `At-Least` does. "
        "From the sending of the command until its result is read. The library: one client alone saves and waits.",
        [
            Row(
                "command sent to result read, p50",
                milliseconds(p50),
                milliseconds(middle_percentile(alone, 50)),
                times(middle_percentile(alone, 50) / p50),
                "10 ms",
                Verdict.of(p50 <= 0.010),
            ),
            Row(
                "command sent to result read, p99",
                milliseconds(p99),
                milliseconds(middle_percentile(alone, 99)),
                times(middle_percentile(alone, 99) / p99),
                "50 ms",
                Verdict.of(p99 <= 0.050),
            ),
            Row(
                "of which after the answer, p50 and p99",
                f"{milliseconds(middle_percentile(reading, 50))}, {milliseconds(middle_percentile(reading, 99))}",
            ),
            Row("commands answered", f"{middle_rate(whole):,.0f}/s"),
        ],
    )
