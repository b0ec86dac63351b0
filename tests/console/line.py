"""A line between a browser and the console, which can be cut."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass(slots=True)
class Line:
    """`home` is the address at which the browser finds the console. Whoever asks while the line is cut is refused."""

    to: str
    home: str = ""
    _ends: set[asyncio.StreamWriter] = field(default_factory=set)
    _server: asyncio.Server | None = None

    async def mend(self) -> None:
        self._server = await asyncio.start_server(self._pass, "127.0.0.1", urlsplit(self.home).port or 0)
        self.home = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def cut(self) -> None:
        """Also in the middle of an answer."""
        assert self._server is not None
        self._server.close()
        for end in self._ends:
            end.transport.abort()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        at = urlsplit(self.to)
        there, back = await asyncio.open_connection(at.hostname, at.port)
        ends = {writer, back}
        self._ends |= ends
        try:
            async with asyncio.TaskGroup() as ways:
                ways.create_task(_pump(reader, back))
                ways.create_task(_pump(there, writer))
        finally:
            self._ends -= ends


async def _pump(source: asyncio.StreamReader, end: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while piece := await source.read(65536):
            end.write(piece)
            await end.drain()
    end.transport.abort()


@asynccontextmanager
async def line(to: str) -> AsyncIterator[Line]:
    """A line to the console at this address."""
    laid = Line(to)
    await laid.mend()
    try:
        yield laid
    finally:
        laid.cut()
