"""The append with more writers, with more worker processes, and on larger logs."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median

import uvloop

from tests.harness.benchmarks.append import opened, ours
from tests.harness.benchmarks.bench import Bench, name_of
from tests.harness.benchmarks.fill import fill, multiply
from tests.harness.benchmarks.findings import Chart, Findings, Row, Series, milliseconds, rate
from tests.harness.benchmarks.rounds import Timed, alternate, middle_percentile, middle_rate

_ROOT = Path(__file__).parents[3]
_ROUNDS = 3


def _rounds(bench: Bench) -> int:
    return min(bench.effort.rounds, _ROUNDS)


async def writers(bench: Bench) -> Findings:
    """With 1, 2, 4 … writers in one worker."""
    numbers = bench.effort.writers
    seconds = bench.effort.seconds / 2
    with bench.database() as conninfo:
        async with opened(conninfo) as log:
            found = await alternate(_rounds(bench), *(lambda n=n: ours(log, n, seconds) for n in numbers))
    rates = [(float(n), middle_rate(arm)) for n, arm in zip(numbers, found, strict=True)]
    return Findings(
        "Writers",
        "The append as above, with more and more writers in one worker process.",
        [
            Row(
                f"{n} writer{'s' if n > 1 else ''}",
                rate(middle_rate(arm), "events"),
                f"p99 {milliseconds(middle_percentile(arm, 99))}",
            )
            for n, arm in zip(numbers, found, strict=True)
        ],
        [Chart("writers", "Append, by writers in one worker", "writers", "events/s", [Series("append", rates)])],
    )


async def workers(bench: Bench) -> Findings:
    """With more and more worker processes, each with 32 writers."""
    numbers = bench.effort.workers
    with bench.database() as conninfo:
        found = await alternate(
            _rounds(bench),
            *(lambda n=n: asyncio.to_thread(_in_processes, conninfo, n, bench.effort.seconds) for n in numbers),
        )
    rates = [
        (float(n), median(sum(timed.rate for timed in timeds) for timeds in arm))
        for n, arm in zip(numbers, found, strict=True)
    ]
    return Findings(
        "Worker processes",
        f"The same with several worker processes, each of {_WRITERS} writers, over one log.",
        [
            Row(
                f"{n:.0f} worker process{'es' if n > 1 else ''}",
                rate(events, "events"),
                f"p99 {milliseconds(median(max(timed.percentile(99) for timed in timeds) for timeds in arm))}",
            )
            for (n, events), arm in zip(rates, found, strict=True)
        ],
        [Chart("workers", "Append, by worker processes", "worker processes", "events/s", [Series("append", rates)])],
    )


async def log_size(bench: Bench) -> Findings:
    """On larger and larger logs."""
    rates: list[tuple[float, float]] = []
    rows: list[Row] = []
    with bench.database() as small:
        await fill(small, bench.effort.sizes[0])
        for size in bench.effort.sizes:
            with bench.database(name_of(small)) as conninfo:
                events = await asyncio.to_thread(multiply, conninfo, size)
                async with opened(conninfo) as log:
                    (found,) = await alternate(_rounds(bench), lambda: ours(log, _WRITERS, bench.effort.seconds))
            rates.append((float(events), middle_rate(found)))
            rows.append(
                Row(
                    f"{events:,} events",
                    rate(middle_rate(found), "events"),
                    f"p99 {milliseconds(middle_percentile(found, 99))}",
                )
            )
    return Findings(
        "Size of the log",
        f"The append with {_WRITERS} writers, on logs that already hold so many events.",
        rows,
        [
            Chart(
                "log_size",
                f"Append, {_WRITERS} writers, by events in the log",
                "events",
                "events/s",
                [Series("append", rates)],
            )
        ],
    )


_WRITERS = 32


def _in_processes(conninfo: str, workers: int, seconds: float) -> Sequence[Timed]:
    """All begin at once: each reports that it is ready, and then gets the start signal."""
    command = [sys.executable, "-m", "tests.harness.benchmarks.scale", conninfo, str(_WRITERS), str(seconds)]
    processes = [
        subprocess.Popen(
            command, cwd=_ROOT, env=dict(os.environ), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(workers)
    ]
    for process in processes:
        assert process.stdout is not None
        process.stdout.readline()
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    return [Timed(**json.loads(process.communicate()[0])) for process in processes]


async def _worker(conninfo: str, writers: int, seconds: float) -> None:
    async with opened(conninfo) as log:
        await ours(log, writers, 0.1)
        print("ready", flush=True)
        sys.stdin.readline()
        timed = await ours(log, writers, seconds)
    print(json.dumps({"elapsed": timed.elapsed, "latencies": timed.latencies}))


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_worker(sys.argv[1], int(sys.argv[2]), float(sys.argv[3])))
