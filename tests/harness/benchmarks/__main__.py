"""`make bench` runs every benchmark, or those named in ONLY (separated by commas). QUICK=1 is a short run; LONG=1 adds
logs of 2 million events.

A whole run writes `docs/benchmarks.md`. A partial or quick run only shows its results.
"""

import asyncio
import logging
import os
import sys
from collections.abc import Awaitable, Callable, Mapping
from time import monotonic

import structlog
import uvloop

from api.cli.terminal import collect_rarely
from mediation.store.postgres.migrate import migrate
from tests.harness.benchmarks.append import append
from tests.harness.benchmarks.bench import DEFAULT, LONG, QUICK, Bench, bench
from tests.harness.benchmarks.calls import calls
from tests.harness.benchmarks.commitments import owed
from tests.harness.benchmarks.console import console
from tests.harness.benchmarks.deadlines import due_at_once
from tests.harness.benchmarks.dispute_list import lists
from tests.harness.benchmarks.fast_lane import fast_lane
from tests.harness.benchmarks.file_dispute import file_dispute
from tests.harness.benchmarks.findings import Findings
from tests.harness.benchmarks.language import language
from tests.harness.benchmarks.limit import limit
from tests.harness.benchmarks.memory import memory
from tests.harness.benchmarks.notices import notices
from tests.harness.benchmarks.own_write import own_write
from tests.harness.benchmarks.proof import proof
from tests.harness.benchmarks.report import show, write
from tests.harness.benchmarks.scale import log_size, workers, writers
from tests.harness.benchmarks.streams import streams
from tests.harness.benchmarks.views import views
from tests.harness.benchmarks.warm import warm
from tests.harness.benchmarks.webhooks import webhooks

BENCHMARKS: Mapping[str, Callable[[Bench], Awaitable[Findings]]] = {
    "append": append,
    "file_dispute": file_dispute,
    "calls": calls,
    "views": views,
    "own_write": own_write,
    "owed": owed,
    "lists": lists,
    "console": console,
    "streams": streams,
    "deadlines": due_at_once,
    "fast": fast_lane,
    "warm": warm,
    "memory": memory,
    "proof": proof,
    "language": language,
    "notices": notices,
    "webhooks": webhooks,
    "writers": writers,
    "workers": workers,
    "log_size": log_size,
    "limit": limit,
}


async def run(place: Bench, names: list[str]) -> list[Findings]:
    await migrate(place.server.conninfo)
    found = []
    for name in names:
        found.append(await BENCHMARKS[name](place))
        show(found[-1])
    return found


def main() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    only = os.environ.get("ONLY", "")
    names = only.split(",") if only else list(BENCHMARKS)
    if unknown := set(names) - BENCHMARKS.keys():
        sys.exit(f"no such benchmark: {', '.join(sorted(unknown))}; there are {', '.join(BENCHMARKS)}")
    quick = os.environ.get("QUICK") == "1"
    effort = QUICK if quick else LONG if os.environ.get("LONG") == "1" else DEFAULT
    collect_rarely()
    began = monotonic()
    with bench(effort) as place, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        found = runner.run(run(place, names))
    if not (only or quick):
        write(found, effort, (monotonic() - began) / 60)


if __name__ == "__main__":
    main()
