"""Sends one request after another on several connections, in a process of its own:

    python -m tests.harness.benchmarks.sender PORT CONNECTIONS SECONDS FIRST

Standard input holds a token, and below it the body of request number 0. Each connection sends its next request when the
last one is answered. It works below asyncio's streams and without a client library, because both take longer than the
servers under test. It loads nothing of the engine, because that import takes longer than a short round.
"""

import asyncio
import json
import sys
from collections import Counter
from time import perf_counter
from typing import cast

import httptools
import uvloop

SELLERS = 200
DIGITS = 9


class Requests:
    """The bytes of one request after another, made from that of number 0. The cost of the sender must not be
    measured."""

    def __init__(self, token: str, body: bytes, first: int) -> None:
        self._number = first
        zero = b"0" * DIGITS
        for name in (b"O-", b"MP-", b"b-"):
            body = body.replace(name + zero, name + b"%(number)s")
        body = body.replace(b"s-" + zero, b"s-%(seller)s")
        length = len(body % {b"number": zero, b"seller": zero})
        head = (
            "POST /v1/disputes HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            f"Authorization: Bearer {token}\r\nContent-Length: {length}\r\nIdempotency-Key: "
        )
        self._template = head.encode() + b"k-%(number)s\r\n\r\n" + body

    def next(self) -> bytes:
        number, self._number = self._number, self._number + 1
        numbers = {b"number": b"%0*d" % (DIGITS, number), b"seller": b"%0*d" % (DIGITS, number % SELLERS)}
        return self._template % numbers


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


async def _main(port: int, connections: int, seconds: float, first: int, token: str, body: str) -> None:
    began = perf_counter()
    run = _Run(Requests(token, body.encode(), first), began + seconds)
    loop = asyncio.get_running_loop()
    opened = [await loop.create_connection(lambda: _Connection(run), "127.0.0.1", port) for _ in range(connections)]
    await asyncio.gather(*(protocol.over for _, protocol in opened))
    elapsed = perf_counter() - began
    print(json.dumps({"elapsed": elapsed, "statuses": run.statuses, "latencies": run.latencies}))


if __name__ == "__main__":
    _, at, wide, length, number = sys.argv
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_main(int(at), int(wide), float(length), int(number), *sys.stdin.read().splitlines()))
