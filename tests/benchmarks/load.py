"""Load over HTTP from a process of its own: `python -m tests.benchmarks.load PORT CONNECTIONS SECONDS FIRST`, token on stdin.

Each connection sends its next request when the last one is answered. Beneath asyncio's streams and without a client library,
both of which take longer than the servers that are measured.
"""

import asyncio
import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from time import perf_counter
from typing import cast

import httptools
import uvloop

from tests.benchmarks.filings import Requests
from tests.benchmarks.rounds import Timed
from tests.benchmarks.serving import Worker

_ROOT = Path(__file__).parents[2]
_CREATED = 201


async def load(worker: Worker, connections: int, seconds: float, *, first: int) -> Timed:
    """Files disputes for so long. `first` is the number of the first one: each round needs its own.

    RuntimeError when anything but "created" was answered.
    """
    return await asyncio.to_thread(_load, worker, connections, seconds, first)


def _load(worker: Worker, connections: int, seconds: float, first: int) -> Timed:
    arguments = [str(argument) for argument in (worker.port, connections, seconds, first)]
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.load", *arguments],
        cwd=_ROOT,
        env=dict(os.environ),
        input=worker.token,
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(done.stdout)
    if set(found["statuses"]) != {str(_CREATED)}:
        raise RuntimeError(f"the worker answered {found['statuses']}")
    return Timed(found["elapsed"], found["latencies"])


class _Connection(asyncio.Protocol):
    def __init__(self, run: "_Run") -> None:
        self._run = run
        self._parser = httptools.HttpResponseParser(self)
        self.over: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._send()

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_message_complete(self) -> None:
        now = perf_counter()
        self._run.answered(self._parser.get_status_code(), now - self._sent)
        if now < self._run.until:
            self._send()
        else:
            self._transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        if error is None and perf_counter() < self._run.until:
            error = ConnectionError("the server closed a connection")
        if error is not None:
            self.over.set_exception(error)
        else:
            self.over.set_result(None)

    def _send(self) -> None:
        self._parser = httptools.HttpResponseParser(self)
        self._sent = perf_counter()
        self._transport.write(self._run.requests.next())


class _Run:
    def __init__(self, requests: Requests, until: float) -> None:
        self.requests = requests
        self.until = until
        self.latencies: list[float] = []
        self.statuses: Counter[int] = Counter()

    def answered(self, status: int, latency: float) -> None:
        self.statuses[status] += 1
        self.latencies.append(latency)


async def _main(port: int, connections: int, seconds: float, first: int, token: str) -> None:
    began = perf_counter()
    run = _Run(Requests(token, first), began + seconds)
    loop = asyncio.get_running_loop()
    opened = [await loop.create_connection(lambda: _Connection(run), "127.0.0.1", port) for _ in range(connections)]
    await asyncio.gather(*(protocol.over for _, protocol in opened))
    elapsed = perf_counter() - began
    print(json.dumps({"elapsed": elapsed, "statuses": run.statuses, "latencies": run.latencies}))


if __name__ == "__main__":
    _, at, wide, length, number = sys.argv
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_main(int(at), int(wide), float(length), int(number), sys.stdin.read()))
