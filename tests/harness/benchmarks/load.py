"""Load over HTTP, from a process of its own for each round."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

from tests.harness.benchmarks.filings import filing
from tests.harness.benchmarks.rounds import Timed
from tests.harness.benchmarks.serving import Worker

_ROOT = Path(__file__).parents[3]
_CREATED = 201


async def load(worker: Worker, connections: int, seconds: float, *, first: int) -> Timed:
    """Files disputes for so many seconds. `first` is the number of the first one: each round needs numbers of its own.

    Raises RuntimeError on any answer but "created".
    """
    return await asyncio.to_thread(_load, worker, connections, seconds, first)


def _load(worker: Worker, connections: int, seconds: float, first: int) -> Timed:
    arguments = [str(argument) for argument in (worker.port, connections, seconds, first)]
    done = subprocess.run(
        [sys.executable, "-m", "tests.harness.benchmarks.sender", *arguments],
        cwd=_ROOT,
        env=dict(os.environ),
        input=f"{worker.token}\n{json.dumps(filing(0), ensure_ascii=False)}",
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(done.stdout)
    if set(found["statuses"]) != {str(_CREATED)}:
        raise RuntimeError(f"the worker answered {found['statuses']}")
    return Timed(found["elapsed"], found["latencies"])
