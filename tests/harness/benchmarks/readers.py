"""Many readers of live streams, as browsers with an open page of the console are."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from time import time
from typing import Any, cast
from uuid import UUID

from api.console.signing_in.sessions import COOKIE

_EVENT = re.compile(rb"event: (\w+)\nid: [^\n]*\ndata: ([^\n]*)\n\n")
_HOUSES = 4
"""Addresses that the readers come from: one address may have half of a worker's connections."""

_PATIENCE = 20.0


@dataclass(frozen=True, slots=True)
class Heard:
    """`at` is in seconds since 1970."""

    at: float
    dispute_id: UUID
    kinds: Sequence[str]


@dataclass(slots=True)
class Reader(asyncio.Protocol):
    """One open stream. `path` is below `/console`."""

    path: str
    secret: str
    heard: list[Heard] = field(default_factory=list)
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    news: asyncio.Event = field(default_factory=asyncio.Event)
    over: bool = False
    _kept: bytes = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        asked = f"GET /console{self.path} HTTP/1.1\r\nHost: localhost\r\nCookie: {COOKIE}={self.secret}\r\n\r\n"
        cast(asyncio.Transport, transport).write(asked.encode())

    def data_received(self, data: bytes) -> None:
        at, self._kept = time(), self._kept + data
        if not self.begun.is_set():
            if not self._kept.startswith(b"HTTP/1.1 200"):
                raise RuntimeError(f"no stream: {self._kept[:200]!r}")
            if b"retry:" not in self._kept:
                return
            self.begun.set()
        end = 0
        for found in _EVENT.finditer(self._kept):
            told: Any = json.loads(found[2])
            if found[1] == b"reset":
                raise RuntimeError("a reader was told to read everything anew")
            if found[1] == b"changed":
                self.heard.append(Heard(at, UUID(told["dispute_id"]), told["kinds"]))
            end = found.end()
        if end:
            self._kept = self._kept[end:]
            self.news.set()

    def connection_lost(self, exc: Exception | None) -> None:
        self.over = True
        self.begun.set()
        self.news.set()

    async def hears(self, dispute_id: UUID, kind: str) -> float:
        """When it heard of the fact. Raises TimeoutError, and RuntimeError for a stream that has ended."""
        async with asyncio.timeout(_PATIENCE):
            while True:
                self.news.clear()
                for one in self.heard:
                    if one.dispute_id == dispute_id and kind in one.kinds:
                        return one.at
                if self.over:
                    raise RuntimeError("a stream has ended")
                await self.news.wait()


@asynccontextmanager
async def listening(port: int, readers: Sequence[Reader]) -> AsyncIterator[None]:
    """As long as this is open, all streams are."""
    loop, opened = asyncio.get_running_loop(), list[asyncio.BaseTransport]()
    try:
        for number, reader in enumerate(readers):
            house = f"127.0.0.{2 + number % _HOUSES}"
            transport, _ = await loop.create_connection(
                lambda reader=reader: reader,  # type: ignore[misc]
                "127.0.0.1",
                port,
                local_addr=(house, 0),
            )
            opened.append(transport)
            if number % 20 == 19:
                await _all_begun(readers[: number + 1])
        await _all_begun(readers)
        yield
    finally:
        for one in opened:
            one.close()


async def _all_begun(readers: Sequence[Reader]) -> None:
    async with asyncio.timeout(_PATIENCE):
        for reader in readers:
            await reader.begun.wait()
            if reader.over:
                raise RuntimeError("a stream was refused")
