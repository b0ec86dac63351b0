"""Filing a dispute over HTTP: one worker process, one process that sends, and PostgreSQL."""

import tempfile
from contextlib import ExitStack
from itertools import count
from pathlib import Path

from tests.benchmarks.bench import Bench
from tests.benchmarks.findings import Findings, Row, Verdict, milliseconds, rate, times
from tests.benchmarks.load import load
from tests.benchmarks.rounds import Timed, alternate, middle_percentile, middle_rate
from tests.benchmarks.serving import Worker, serving

CONNECTIONS = 32
ARMS = ("ours", "ours+views", "plain", "nothing")


async def file_dispute(bench: Bench) -> Findings:
    seconds = bench.effort.seconds
    numbers = count(1)

    async def arm(worker: Worker) -> Timed:
        return await load(worker, CONNECTIONS, seconds, first=next(numbers) * 1_000_000)

    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        workers = [stack.enter_context(serving(what, stack.enter_context(bench.database()), folder)) for what in ARMS]
        for worker in workers:
            await load(worker, CONNECTIONS, min(seconds, 1.0), first=0)
        without, with_views, plain, nothing = await alternate(
            bench.effort.rounds, *(lambda worker=worker: arm(worker) for worker in workers)
        )
    return Findings(
        "Filing a dispute over HTTP",
        f"`POST /v1/disputes` on {CONNECTIONS} connections, each request about a new order of a new buyer: five events, "
        "sealed. The plain application has the same token, models and number of events; the other does nothing with them.",
        [
            _against("file a dispute, views off", without, "plain application", plain, 5),
            _against("file a dispute, views off", without, "doing nothing", nothing, 1 / 2),
            _against("file a dispute, views on", with_views, "doing nothing", nothing, 1 / 3),
        ],
    )


def _against(what: str, ours: list[Timed], name: str, theirs: list[Timed], least: float) -> Row:
    factor = middle_rate(ours) / middle_rate(theirs)
    return Row(
        what,
        f"{rate(middle_rate(ours), 'requests')}, p99 {milliseconds(middle_percentile(ours, 99))}",
        f"{rate(middle_rate(theirs), 'requests')}, p99 {milliseconds(middle_percentile(theirs, 99))} ({name})",
        times(factor),
        times(least),
        Verdict.of(factor >= least),
    )
