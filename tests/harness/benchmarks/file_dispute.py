"""Filing a dispute over HTTP: one worker process, one process that sends, and PostgreSQL."""

import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from statistics import median

from tests.harness.benchmarks.bench import Bench
from tests.harness.benchmarks.findings import Findings, Row, Verdict, milliseconds, rate, times
from tests.harness.benchmarks.load import load
from tests.harness.benchmarks.rounds import Timed, alternate, middle_percentile, middle_rate
from tests.harness.benchmarks.serving import Worker, serving

CONNECTIONS = 32
ARMS = ("ours", "ours+views", "ours", "ours-engine", "plain", "nothing")


@dataclass(frozen=True, slots=True)
class Served:
    """One round: the answers, and the worker's seconds of processor time for each request."""

    timed: Timed
    busy: float


async def file_dispute(bench: Bench) -> Findings:
    seconds = bench.effort.seconds
    numbers = count(1)

    async def arm(worker: Worker) -> Served:
        before = worker.busy()
        timed = await load(worker, CONNECTIONS, seconds, first=next(numbers) * 1_000_000)
        return Served(timed, (worker.busy() - before) / len(timed.latencies))

    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        databases = [stack.enter_context(bench.database()) for _ in ARMS]
        started = [
            stack.enter_context(serving(what, database, folder)) for what, database in zip(ARMS, databases, strict=True)
        ]
        stack.enter_context(serving("ours+views", databases[2], folder))  # without requests of its own
        for worker in started:
            await load(worker, CONNECTIONS, min(seconds, 1.0), first=0)
        without, with_views, beside, front, plain, nothing = await alternate(
            bench.effort.rounds, *(lambda worker=worker: arm(worker) for worker in started)
        )
    return Findings(
        "Filing a dispute over HTTP",
        f"`POST /v1/disputes` on {CONNECTIONS} connections, each request about a new order of a new buyer: five events, "
        "sealed. The plain application has the same token, models and number of events; the other does nothing with them. The "
        "engine and the plain application write a line about each request into their logs. "
        "Each is one process; what it takes of a processor for one request is told beside.",
        [
            _against("file a dispute, views off", without, "plain application", plain, 3.5),
            _against("file a dispute, views off", without, "doing nothing", nothing, 1 / 2),
            _against("file a dispute, views on", with_views, "doing nothing", nothing, 1 / 3),
            _against("file a dispute, views off", without, "the HTTP layer alone", front),
            _against("file a dispute, views kept by a second process", beside, "doing nothing", nothing),
        ],
    )


def _against(what: str, ours: list[Served], name: str, theirs: list[Served], least: float | None = None) -> Row:
    factor = middle_rate([one.timed for one in ours]) / middle_rate([one.timed for one in theirs])
    return Row(
        what,
        _told(ours),
        f"{_told(theirs)} ({name})",
        times(factor),
        "–" if least is None else times(least),
        Verdict.NO_TARGET if least is None else Verdict.of(factor >= least),
    )


def _told(served: list[Served]) -> str:
    rounds = [one.timed for one in served]
    busy = median(one.busy for one in served)
    p99 = milliseconds(middle_percentile(rounds, 99))
    return f"{rate(middle_rate(rounds), 'requests')}, p99 {p99}, {1000 * busy:.2f} ms of processor"
