"""A reader of a live stream, in this process: it has each event as soon as it is sent."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from starlette.types import Message

from tests.api.house import House, Sender

STREAMS = frozenset({"follow_desk", "follow_dispute"})
"""Routes whose answers have no end. `test_live` tells what they show to whom."""


@dataclass(frozen=True, slots=True)
class Event:
    """`data` is None where a comment came."""

    name: str
    id: str | None
    data: Any


@dataclass(slots=True)
class Stream:
    """`status` is that of the answer, and `body` the whole of one that is no stream."""

    status: int = 0
    body: bytes = b""
    _parts: asyncio.Queue[bytes | None] = field(default_factory=asyncio.Queue)

    async def event(self) -> Event:
        """The next event. Raises EOFError at the end of the stream."""
        async with asyncio.timeout(20):
            while (part := await self._parts.get()) is not None:
                lines = dict(line.split(": ", 1) for line in part.decode().strip().splitlines())
                if "event" in lines:
                    return Event(lines["event"], lines.get("id"), json.loads(lines["data"]))
        raise EOFError

    def take(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        else:
            self.body += message.get("body", b"")
            self._parts.put_nowait(message.get("body", b"") or None)


@asynccontextmanager
async def stream(house: House, sender: Sender, path: str, headers: Mapping[str, str] = {}) -> AsyncIterator[Stream]:
    """The stream, from when the answer has begun. The client goes away at the end."""
    read, begun, gone = Stream(), asyncio.Event(), asyncio.Event()
    asked: list[bool] = []
    own = {"Authorization": f"Bearer {sender.token}", **headers}
    if sender.speaks_for is not None:
        own["Mediation-As"] = sender.speaks_for

    async def receive() -> Message:
        if not asked:
            asked.append(True)
            return {"type": "http.request", "body": b"", "more_body": False}
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        read.take(message)
        begun.set()

    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [(name.lower().encode(), value.encode()) for name, value in own.items()],
        "client": ("test", 1),
        "server": ("testserver", 80),
    }
    answering = asyncio.create_task(house.app(scope, receive, send))
    try:
        async with asyncio.timeout(20):
            await begun.wait()
        yield read
    finally:
        gone.set()
        with suppress(TimeoutError):
            async with asyncio.timeout(5):
                await answering
