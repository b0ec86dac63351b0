"""Many readers of live streams, in a process of its own, so that what they cost is not measured:

    python -m tests.harness.benchmarks.stream_readers PORT

The first line of standard input is a JSON list of paths and tokens, one for each reader. It prints `open` when all streams are.
Each further line holds how many readers will hear of the next message. It prints when each of them heard of it, as a JSON list
of seconds of the clock `monotonic`, which all processes of a machine share. It ends with its input.
"""

import asyncio
import json
import sys
from collections.abc import Callable
from time import monotonic
from typing import cast

import uvloop

from api.http.connections import allow_descriptors

_HOUSES = 8
"""Addresses that the readers come from: one address may have half of a worker's connections."""

_AT_ONCE = 50
"""Streams that are opened at the same time."""


class _Reader(asyncio.Protocol):
    def __init__(self, path: str, token: str, heard: Callable[[], None]) -> None:
        self._asked = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n"
        self._heard = heard
        self._kept = b""
        self.begun: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        cast(asyncio.Transport, transport).write(self._asked.encode())

    def data_received(self, data: bytes) -> None:
        *whole, self._kept = (self._kept + data).split(b"\n\n")
        for event in whole:
            if b"retry:" in event and not self.begun.done():
                self.begun.set_result(None)
            elif b"MessagePosted" in event:
                self._heard()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.begun.done():
            self.begun.set_exception(ConnectionError(f"no stream: {self._kept[:200]!r}"))
        else:
            print("a stream has ended", file=sys.stderr, flush=True)


async def _main(port: int) -> None:
    heard = list[float]()
    came = asyncio.Event()

    def hear() -> None:
        heard.append(monotonic())
        came.set()

    asked = json.loads(sys.stdin.readline())
    for first in range(0, len(asked), _AT_ONCE):
        opening = [
            _opened(port, number, _Reader(path, token, hear))
            for number, (path, token) in enumerate(asked[first : first + _AT_ONCE], first)
        ]
        await asyncio.gather(*opening)
    print("open", flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        while len(heard) < int(line):
            came.clear()
            await came.wait()
        print(json.dumps(heard), flush=True)
        heard.clear()


async def _opened(port: int, number: int, reader: _Reader) -> None:
    house = f"127.0.0.{2 + number % _HOUSES}"
    await asyncio.get_running_loop().create_connection(lambda: reader, "127.0.0.1", port, local_addr=(house, 0))
    await reader.begun


if __name__ == "__main__":
    allow_descriptors()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_main(int(sys.argv[1])))
