"""The connections of the server: how many there are, and how much and how long a client may send before a body."""

import resource
from asyncio import TimerHandle, Transport
from functools import cache
from http import HTTPStatus

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

MAX_HEAD = 64 * 1024
"""Bytes that may come one after the other without any byte of a body: the head of a request, or the fields after its body.
One read of the socket may go beyond it.
"""

HEAD_PATIENCE = 10.0
"""Seconds in which the head of a request must be complete, counted from the connection or from the head's first byte."""

TAKING_PATIENCE = 60.0
"""Seconds in which a client must take something of an answer that waits for it. Until then no more than 64 kB of it wait."""

LEAVING_PATIENCE = 1.0
"""The same, when the server stops."""

MAX_CONNECTIONS = 4_000
"""Connections of one worker. Half of them may come from one address, which may be a proxy's. Each open page of the console
has one, for its stream: with 2,000 of them open, as many are left for requests.
"""

_DESCRIPTORS = 8_192

_ANSWER = (
    "HTTP/1.1 {status.value} {status.phrase}\r\nContent-Type: application/problem+json\r\nContent-Length: {length}\r\n"
    "Connection: close\r\n\r\n{body}"
)
_BODY = '{{"type":"about:blank","title":"{status.phrase}","status":{status.value}}}'


class Connection(HttpToolsProtocol):
    """A connection that gives its descriptor and its memory back when a request does not begin as it should.

    A head that is too long is answered with 431 (RFC 6585, section 5), one that does not end with 408. The application
    limits bodies: see `api.http.middleware`. Whoever does not read what they asked for is cut off.
    """

    _stuck: TimerHandle | None = None
    _leaving = False

    _due: TimerHandle | None = None
    _fruitless = 0
    _gained = False

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override] # as uvicorn narrows it
        super().connection_made(transport)
        of_address = sum(1 for other in self.connections if _address(other) == _address(self))
        if len(self.connections) > most_connections() or of_address > most_connections() // 2:
            transport.abort()
        else:
            self._wait_for_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        self._stop_waiting_for_taking()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._wait_for_taking()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._stop_waiting_for_taking()

    def shutdown(self) -> None:
        super().shutdown()
        self._leaving = True
        if self._stuck is not None:
            self._wait_for_taking()

    def data_received(self, data: bytes) -> None:
        if not self._busy:
            self._wait_for_head()
        self._gained = False
        super().data_received(data)
        self._fruitless = 0 if self._gained else self._fruitless + len(data)
        if self._fruitless > MAX_HEAD:
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._wait_for_head()

    def on_headers_complete(self) -> None:
        self._gained = True
        self._stop_waiting()
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._gained = True
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._gained = True
        super().on_message_complete()

    @property
    def _busy(self) -> bool:
        """A request is being answered."""
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is not None and not cycle.response_complete

    def _wait_for_head(self) -> None:
        if self._due is None:
            self._due = self.loop.call_later(HEAD_PATIENCE, self._refuse, HTTPStatus.REQUEST_TIMEOUT)

    def _stop_waiting(self) -> None:
        if self._due is not None:
            self._due.cancel()
            self._due = None

    def _wait_for_taking(self) -> None:
        self._stop_waiting_for_taking()
        patience = LEAVING_PATIENCE if self._leaving else TAKING_PATIENCE
        self._stuck = self.loop.call_later(patience, self.transport.abort)

    def _stop_waiting_for_taking(self) -> None:
        if self._stuck is not None:
            self._stuck.cancel()
            self._stuck = None

    def _refuse(self, status: HTTPStatus) -> None:
        """Closes the connection. The answer to an earlier request is cut off: its client does not keep to the protocol."""
        self._stop_waiting()
        if self.transport.is_closing():
            return
        if self._busy:
            self.transport.abort()
            return
        body = _BODY.format(status=status)
        self.transport.write(_ANSWER.format(status=status, length=len(body), body=body).encode("ascii"))
        self.transport.close()


def allow_descriptors() -> None:
    """Lets this process, and those that it starts, open as many files as it may allow itself: often it begins with 1,024."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = _DESCRIPTORS if hard == resource.RLIM_INFINITY else min(_DESCRIPTORS, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


@cache
def most_connections() -> int:
    """Half of the descriptors of this process are kept for files and the database."""
    descriptors, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MAX_CONNECTIONS if descriptors == resource.RLIM_INFINITY else min(MAX_CONNECTIONS, descriptors // 2)


def _address(connection: object) -> str | None:
    client: tuple[str, int] | None = getattr(connection, "client", None)
    return client[0] if client else None
