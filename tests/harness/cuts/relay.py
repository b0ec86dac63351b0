"""A connection that can be cut: between a worker and PostgreSQL, or between a worker and the payment provider.

The relay looks for a mark in the data that the worker sends. Then it cuts: `before` any of the data arrives, `within`
it, or `after` the other side has answered but before the worker has read the answer. It can also kill the worker at
that moment.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from random import Random
from typing import Literal

When = Literal["before", "within", "after"]
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]

_CHUNK = 1 << 16
_READY = b"Z\x00\x00\x00\x05I"
"""PostgreSQL's ReadyForQuery outside a transaction: the work is committed.
https://www.postgresql.org/docs/18/protocol-message-formats.html"""


def committed(answer: bytes) -> bool:
    return answer.endswith(_READY)


def answered(answer: bytes) -> bool:
    """Any answer over HTTP means that the request was carried out."""
    return bool(answer)


@dataclass(frozen=True, slots=True)
class Cut:
    when: When
    strike: Callable[[], None] = lambda: None


@dataclass
class Relay:
    """`connect` reaches the other side. `over` says, from the answer, whether the other side is done with the
    request."""

    connect: Callable[[], Awaitable[Streams]]
    over: Callable[[bytes], bool]
    random: Random
    marks: dict[bytes, Cut] = field(default_factory=dict)
    made: int = 0

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[int]:
        """Yields the port on which it accepts connections."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        try:
            yield server.sockets[0].getsockname()[1]
        finally:
            server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            far_reader, far_writer = await self.connect()
            wire = _Wire(self, writer, far_writer)
            try:
                await asyncio.gather(wire.there(reader), wire.back(far_reader))
            finally:
                wire.end()


@dataclass
class _Wire:
    relay: Relay
    near: asyncio.StreamWriter
    far: asyncio.StreamWriter
    due: Cut | None = None
    withheld: bytes = b""
    tail: bytes = b""

    async def there(self, reader: asyncio.StreamReader) -> None:
        while data := await reader.read(_CHUNK):
            cut = self._marked(data)
            if cut is None or cut.when == "after":
                self.due = cut or self.due
                self.far.write(data)
                await self.far.drain()
                continue
            if cut.when == "within":
                self.far.write(data[: self.relay.random.randrange(len(data))])
                await self.far.drain()
            self._strike(cut)
            return
        self.end()

    async def back(self, reader: asyncio.StreamReader) -> None:
        while data := await reader.read(_CHUNK):
            if self.due is None:
                self.near.write(data)
                await self.near.drain()
                continue
            self.withheld += data
            if self.relay.over(self.withheld):
                self._strike(self.due)
                return
        self.end()

    def end(self) -> None:
        for writer in (self.near, self.far):
            writer.transport.abort()

    def _strike(self, cut: Cut) -> None:
        self.relay.made += 1
        cut.strike()
        self.end()

    def _marked(self, data: bytes) -> Cut | None:
        """A mark may arrive in two pieces."""
        marks = self.relay.marks
        if not marks:
            self.tail = b""
            return None
        seen = self.tail + data
        self.tail = seen[-max(map(len, marks)) :]
        return next((marks.pop(mark) for mark in [*marks] if mark in seen), None)
