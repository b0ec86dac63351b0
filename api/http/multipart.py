"""A form with a file (multipart/form-data, RFC 7578), read as it arrives. No part of it is written to a disk unencrypted."""

import re
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal
from urllib.parse import unquote_to_bytes

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import Request

from api.http.problem_kinds import BodyTooLarge, UnreadableForm, UnsupportedContent

if TYPE_CHECKING:  # declared for type checkers alone
    from python_multipart.multipart import MultipartCallbacks

MAX_FIELD = 128 * 1024
"""The most bytes of a field that is no file. Its schema limits it further."""

_MAX_HEADERS = 8 * 1024
_EXTENDED = re.compile(rb"; *filename\* *= *(?P<charset>UTF-8|ISO-8859-1)'[^']*'(?P<value>[^ ;\"]*)", re.IGNORECASE)

_Event = tuple[Literal["headers", "data", "end"], bytes]


@dataclass(frozen=True, slots=True)
class Part:
    """One field of the form. `filename` is None for a field that is no file."""

    name: str
    filename: str | None
    content: AsyncIterator[bytes]

    async def text(self) -> str:
        """Raises BodyTooLarge, UnreadableForm."""
        whole = bytearray()
        async for piece in self.content:
            whole += piece
            if len(whole) > MAX_FIELD:
                raise BodyTooLarge(limit=MAX_FIELD)
        try:
            return whole.decode()
        except UnicodeDecodeError:
            raise UnreadableForm from None


@dataclass(slots=True)
class Form:
    """The parts of a form, one after the other. The content of a part is read before the next part, or skipped."""

    _chunks: AsyncIterator[bytes]
    _parser: "_Parser"

    @classmethod
    def of(cls, request: Request) -> "Form":
        """Raises UnsupportedContent for a body that is no form, UnreadableForm for a boundary that is too long."""
        kind, options = parse_options_header(request.headers.get("content-type"))
        boundary = options.get(b"boundary")
        if kind != b"multipart/form-data" or not boundary:
            raise UnsupportedContent(expected="multipart/form-data")
        return cls(request.stream(), _Parser(boundary))

    async def parts(self) -> AsyncIterator[Part]:
        """Raises UnreadableForm, also for a form that ends too early."""
        while (event := await self._next()) is not None:
            kind, value = event
            if kind != "headers":
                continue  # content of a part that was not read
            name, filename = _disposition(value)
            yield Part(name, filename, self._content())

    async def _content(self) -> AsyncIterator[bytes]:
        while (event := await self._next()) is not None and event[0] == "data":
            yield event[1]

    async def _next(self) -> _Event | None:
        events = self._parser.events
        while not events and not self._parser.ended:
            chunk = await anext(self._chunks, None)
            if chunk is None:
                raise UnreadableForm
            self._parser.feed(chunk)
        return events.popleft() if events else None


@dataclass(slots=True)
class _Parser:
    """Turns the parser's callbacks into events. Of a part's headers only Content-Disposition is kept."""

    boundary: bytes
    events: deque[_Event] = field(default_factory=deque)
    ended: bool = False
    _name: bytes = b""
    _value: bytes = b""
    _disposition: bytes = b""
    _headers: int = 0
    _machine: MultipartParser = field(init=False)

    def __post_init__(self) -> None:
        callbacks: MultipartCallbacks = {
            "on_part_begin": self._begin,
            "on_header_field": self._on_name,
            "on_header_value": self._on_value,
            "on_header_end": self._on_header,
            "on_headers_finished": lambda: self.events.append(("headers", self._disposition)),
            "on_part_data": lambda data, start, end: self.events.append(("data", data[start:end])),
            "on_part_end": lambda: self.events.append(("end", b"")),
            "on_end": self._end,
        }
        try:
            self._machine = MultipartParser(self.boundary, callbacks)
        except FormParserError:  # the boundary is too long
            raise UnreadableForm from None

    def feed(self, chunk: bytes) -> None:
        try:
            self._machine.write(chunk)
        except FormParserError:
            raise UnreadableForm from None

    def _begin(self) -> None:
        self._name = self._value = self._disposition = b""
        self._headers = 0

    def _on_name(self, data: bytes, start: int, end: int) -> None:
        self._name += self._counted(data[start:end])

    def _on_value(self, data: bytes, start: int, end: int) -> None:
        self._value += self._counted(data[start:end])

    def _on_header(self) -> None:
        if self._name.lower() == b"content-disposition":
            self._disposition = self._value
        self._name = self._value = b""

    def _counted(self, piece: bytes) -> bytes:
        self._headers += len(piece)
        if self._headers > _MAX_HEADERS:
            raise UnreadableForm
        return piece

    def _end(self) -> None:
        self.ended = True


def _disposition(header: bytes) -> tuple[str, str | None]:
    """The field's name, and the name of its file without the folders that some browsers send."""
    kind, options = parse_options_header(header)
    name, filename = options.get(b"name"), options.get(b"filename")
    if kind != b"form-data" or name is None:
        raise UnreadableForm
    try:
        told = filename.decode() if filename is not None else _extended(header)
        return name.decode(), None if told is None else told.replace("\\", "/").rpartition("/")[2]
    except UnicodeDecodeError:
        raise UnreadableForm from None


def _extended(header: bytes) -> str | None:
    """The file name given only in the extended notation (RFC 5987), as some senders do; "" for an unreadable one."""
    told = _EXTENDED.search(header)
    if told is None:
        return None
    try:
        return unquote_to_bytes(told["value"]).decode(told["charset"].decode())
    except (LookupError, UnicodeDecodeError):
        return ""
