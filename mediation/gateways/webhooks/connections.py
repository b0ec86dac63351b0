"""Connections to receivers: each goes to an address that was checked, and is kept for the next request to the same place.

HTTP/1.1 by h11. The pool of httpx looks at every connection for every request: where this sends 900 requests a second over 30
connections, it sent 60.
"""

import asyncio
import ssl
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from time import monotonic
from urllib.parse import urlsplit

import h11
from ssrfguard import Policy, Target, resolve

_KEPT = 20.0
"""Seconds for which a connection that nobody uses is kept: most servers keep it for longer."""

_LOOKUPS = 16
"""Names that are looked up at the same time. A look-up cannot be ended; a slow one takes one of these places."""

_READ = 64 * 1024
"""Bytes of an answer that are read, so that the connection can be used again. A longer answer ends it."""

Answered = tuple[int, Mapping[str, str]]
"""The status, and the headers by their names in small letters."""


class NoAnswer(Exception):
    """The receiver ended the connection, or sent what is no HTTP."""


@dataclass
class _Open:
    """One connection. `since` is when it was last used."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    protocol: h11.Connection = field(default_factory=lambda: h11.Connection(h11.CLIENT))
    since: float = 0.0

    @property
    def usable(self) -> bool:
        return not self.reader.at_eof() and not self.writer.is_closing() and monotonic() - self.since < _KEPT

    async def ask(self, target: str, headers: Mapping[str, str], body: bytes) -> Answered:
        """Raises NoAnswer, OSError."""
        told = [*headers.items(), ("content-length", str(len(body)))]
        parts = (h11.Request(method="POST", target=target, headers=told), h11.Data(data=body), h11.EndOfMessage())
        self.writer.write(b"".join(self.protocol.send(part) or b"" for part in parts))
        await self.writer.drain()
        while True:
            match await self._next():
                case h11.Response() as answer:
                    return answer.status_code, {
                        name.decode(): value.decode("latin-1") for name, value in answer.headers
                    }
                case h11.InformationalResponse():
                    pass
                case _:
                    raise NoAnswer

    async def over(self) -> bool:
        """Reads the rest of the answer. Returns whether the connection can be used again."""
        left = _READ
        while left > 0:
            match await self._next():
                case h11.Data() as data:
                    left -= len(data.data)
                case h11.EndOfMessage():
                    break
                case _:
                    return False
        if self.protocol.our_state is not h11.DONE or self.protocol.their_state is not h11.DONE:
            return False
        self.protocol.start_next_cycle()
        self.since = monotonic()
        return True

    async def _next(self) -> h11.Event | type[h11.NEED_DATA] | type[h11.PAUSED]:
        try:
            while (event := self.protocol.next_event()) is h11.NEED_DATA:
                self.protocol.receive_data(await self.reader.read(_READ))
        except h11.RemoteProtocolError:
            raise NoAnswer from None
        return event


class Connections:
    def __init__(self) -> None:
        self._idle: dict[tuple[str, str, int], list[_Open]] = defaultdict(list)
        self._trusted = ssl.create_default_context()
        self._lookups = ThreadPoolExecutor(_LOOKUPS, "webhook-lookup")

    def close(self) -> None:
        for connections in self._idle.values():
            for one in connections:
                one.writer.close()
        self._idle.clear()
        self._lookups.shutdown(wait=False, cancel_futures=True)

    @asynccontextmanager
    async def answer(
        self, url: str, policy: Policy, headers: Mapping[str, str], body: bytes
    ) -> AsyncIterator[Answered]:
        """What is answered to a POST. The rest of the answer is thrown away when the caller leaves.

        Raises SSRFGuardError for an address that the policy refuses, NoAnswer, OSError, UnicodeError.
        """
        target = policy.check_url(url)
        parts = urlsplit(url)
        path = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
        told = {"host": parts.netloc, **headers}
        used = self._taken(target)
        answered = None
        if used is not None:
            try:
                answered = await used.ask(path, told, body)
            except (NoAnswer, OSError):  # it was closed while nobody used it, so the request may not have arrived
                used.writer.close()
        connection = used if used is not None and answered is not None else await self._opened(target, policy)
        again = False
        try:
            yield answered if answered is not None else await connection.ask(path, told, body)
            again = await connection.over()
        finally:
            if again:
                self._idle[_place(target)].append(connection)
            else:
                connection.writer.close()

    def _taken(self, target: Target) -> _Open | None:
        """A connection that is kept, if there is one. Those that were kept for too long are closed, also to other places."""
        for place, connections in list(self._idle.items()):
            while connections and not connections[0].usable:
                connections.pop(0).writer.close()
            if not connections:
                del self._idle[place]
        there = self._idle.get(_place(target))
        return there.pop() if there else None

    async def _opened(self, target: Target, policy: Policy) -> _Open:
        loop = asyncio.get_running_loop()
        addresses = await loop.run_in_executor(self._lookups, lambda: resolve(target, policy=policy))
        trusted, name = (self._trusted, target.host) if target.scheme == "https" else (None, None)
        failed: OSError | None = None
        for address in addresses:
            try:
                made = await asyncio.open_connection(str(address.ip), target.port, ssl=trusted, server_hostname=name)
                return _Open(*made)
            except ssl.SSLError:
                raise
            except OSError as error:
                failed = error
        raise failed or NoAnswer


def _place(target: Target) -> tuple[str, str, int]:
    return target.scheme, target.host, target.port
