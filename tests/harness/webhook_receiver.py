"""A receiver of webhooks in this process: an HTTP server that answers as a test says."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

HANG = 0
"""The status that stands for no answer at all."""


@dataclass(frozen=True, slots=True)
class Got:
    """One request. `path` tells endpoints of one receiver apart."""

    path: str
    headers: Mapping[str, str]
    body: str

    @property
    def said(self) -> dict[str, Any]:
        said: dict[str, Any] = json.loads(self.body)
        return said


Answer = tuple[int, Mapping[str, str]]


@dataclass
class Receiver:
    """`says` decides the answer to each request; without one it is 204. `came` is set with each request."""

    port: int = 0
    got: list[Got] = field(default_factory=list)
    says: Callable[[Got], Answer] | None = None
    came: asyncio.Event = field(default_factory=asyncio.Event)

    def url(self, path: str = "/") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def at(self, path: str) -> list[Got]:
        return [one for one in self.got if one.path == path]

    async def until(self, number: int, path: str = "/") -> list[Got]:
        """The requests to this path, as soon as there are so many."""
        async with asyncio.timeout(30):
            while len(found := self.at(path)) < number:
                self.came.clear()
                await self.came.wait()
        return found

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
                headers = {
                    name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)
                }
                body = (await reader.readexactly(int(headers.get("content-length", 0)))).decode()
                one = Got(head[0].split(" ")[1], headers, body)
                self.got.append(one)
                self.came.set()
                status, more = self.says(one) if self.says is not None else (204, {})
                if status == HANG:
                    await reader.read()
                    return
                lines = [f"HTTP/1.1 {status} X", "content-length: 0", *(f"{k}: {v}" for k, v in more.items())]
                writer.write("\r\n".join([*lines, "", ""]).encode())
                await writer.drain()
        writer.close()


@asynccontextmanager
async def receiver() -> AsyncIterator[Receiver]:
    known = Receiver()
    server = await asyncio.start_server(known.serve, "127.0.0.1", 0)
    known.port = server.sockets[0].getsockname()[1]
    try:
        yield known
    finally:
        server.close()
