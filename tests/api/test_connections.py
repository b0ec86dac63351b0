"""What comes before a body is limited: in size, in time, and in the number of connections."""

import asyncio
import resource
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from threading import Thread

import pytest
import uvicorn
from starlette.requests import Request
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.types import Receive, Scope, Send

from api.http import connections
from api.http.connections import MAX_HEAD, Connection

pytestmark = pytest.mark.asyncio

GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


LONG = b"GET /long HTTP/1.1\r\nHost: x\r\n\r\n"
_PIECE = b"x" * 65_536
_LENGTH = 512 * len(_PIECE)
"""More than fits between the application and a client that does not read."""


@dataclass(frozen=True)
class Served:
    """A server in a thread."""

    port: int
    stops: uvicorn.Server
    thread: Thread


async def _app(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["path"] == "/long":
        await StreamingResponse(_long())(scope, receive, send)
        return
    body = await Request(scope, receive).body()
    await PlainTextResponse(f"{len(body)} bytes")(scope, receive, send)


async def _long() -> AsyncIterator[bytes]:
    for _ in range(_LENGTH // len(_PIECE)):
        yield _PIECE


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """On the loop of `mediation serve`."""
    monkeypatch.setattr(connections, "HEAD_PATIENCE", 0.3)
    monkeypatch.setattr(connections, "TAKING_PATIENCE", 0.3)
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(_app, http=Connection, loop="uvloop", log_config=None, lifespan="off"))
    serving = Thread(target=server.run, args=([listening],))
    serving.start()
    try:
        yield Served(listening.getsockname()[1], server, serving)
    finally:
        server.force_exit = server.should_exit = True
        serving.join()


@pytest.fixture
def port(server: Served) -> int:
    return server.port


@asynccontextmanager
async def _connected(port: int) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield reader, writer
    finally:
        writer.close()


async def _all(reader: asyncio.StreamReader) -> bytes:
    """What the server says until it closes the connection."""
    said = b""
    try:
        async with asyncio.timeout(5):
            while piece := await reader.read(65_536):
                said += piece
    except ConnectionError:
        pass
    return said


async def _flood(port: int, beginning: bytes, piece: bytes) -> bytes:
    async with _connected(port) as (reader, writer):
        writer.write(beginning)
        answer = asyncio.create_task(_all(reader))
        sent = 0
        while not answer.done() and sent < 64 * 1024 * 1024:
            writer.write(piece)
            sent += len(piece)
            try:
                await writer.drain()
            except ConnectionError:
                break
        assert sent < 16 * 1024 * 1024, "the server went on taking it"
        return await answer


async def test_a_head_that_is_too_long(port: int) -> None:
    said = await _flood(port, b"GET / HTTP/1.1\r\nX-Long: ", b"x" * 65_536)
    assert said == b"" or said.startswith(b"HTTP/1.1 431 ")  # a reset may overtake the answer


async def test_a_head_just_too_long_is_told_so(port: int) -> None:
    async with _connected(port) as (reader, writer):
        for piece in (b"GET / HTTP/1.1\r\nX-Long: ", b"x" * MAX_HEAD):
            writer.write(piece)
            await asyncio.sleep(0.05)
        assert (await _all(reader)).startswith(b"HTTP/1.1 431 Request Header Fields Too Large\r\n")


async def test_blank_lines_and_fields_after_a_body_without_end(port: int) -> None:
    await _flood(port, b"", b"\r\n" * 32_768)
    chunked = b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n"
    await _flood(port, chunked, b"X-Trailer: " + b"x" * 1_000 + b"\r\n")


@pytest.mark.parametrize("beginning", [b"", b"G", b"GET / HTTP/1.1\r\nHost: ", b"\r\n", GET, GET + b"GET / HT"])
async def test_a_head_that_does_not_end(port: int, beginning: bytes) -> None:
    async with _connected(port) as (reader, writer):
        writer.write(beginning)
        if beginning == GET:
            await reader.readuntil(b"0 bytes")
            writer.write(b"\r\n")
        said = await _all(reader)
    assert said.rpartition(b"HTTP/1.1 ")[2].startswith(b"408 Request Timeout\r\n")


async def test_a_slow_body_has_its_own_time(port: int) -> None:
    async with _connected(port) as (reader, writer):
        writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 200000\r\n\r\n" + b"x" * 100_000)
        await asyncio.sleep(0.6)
        writer.write(b"x" * 100_000 + GET)
        assert (await reader.readuntil(b"200000 bytes")).startswith(b"HTTP/1.1 200 OK")
        await reader.readuntil(b"0 bytes")


async def test_a_connection_may_be_used_again(port: int) -> None:
    async with _connected(port) as (reader, writer):
        for _ in range(3):
            writer.write(GET)
            await reader.readuntil(b"0 bytes")
            await asyncio.sleep(0.2)


async def test_who_does_not_read_is_cut_off(port: int) -> None:
    async with _connected(port) as (reader, writer):
        writer.write(LONG)
        assert (await reader.readuntil(b"\r\n")).startswith(b"HTTP/1.1 200 OK")
        await asyncio.sleep(0.6)  # in which nothing is read
        assert len(await _all(reader)) < _LENGTH


async def test_who_reads_slowly_gets_all(port: int) -> None:
    async with _connected(port) as (reader, writer):
        writer.write(LONG)
        said = 0
        while said < _LENGTH:
            said += len(await reader.read(_LENGTH // 8))
            await asyncio.sleep(0.01)


async def test_who_does_not_read_does_not_hold_up_the_end(
    server: Served, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "TAKING_PATIENCE", 60.0)
    monkeypatch.setattr(connections, "LEAVING_PATIENCE", 0.1)
    async with _connected(port) as (reader, writer):
        writer.write(LONG)
        await reader.readuntil(b"\r\n")
        server.stops.should_exit = True
        await asyncio.to_thread(server.thread.join, 5)
        assert not server.thread.is_alive()


async def test_connections_have_a_number(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "most_connections", lambda: 4)
    monkeypatch.setattr(connections, "HEAD_PATIENCE", 30.0)
    async with _connected(port), _connected(port):
        await asyncio.sleep(0.05)
        async with _connected(port) as (reader, _):
            assert await _all(reader) == b""
    await asyncio.sleep(0.05)
    async with _connected(port) as (reader, writer):
        writer.write(GET)
        await reader.readuntil(b"0 bytes")


async def test_two_thousand_open_pages_leave_connections_for_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (8_192, 8_192))
    assert connections.most_connections.__wrapped__() >= 4_000


async def test_a_server_allows_itself_enough_connections() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (512, hard))
    try:
        connections.allow_descriptors()
        assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] > 512
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
