"""What a receiver may do with a request, and what the engine makes of it."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from ipaddress import ip_network
from pathlib import Path

import pytest

from mediation.gateways.webhooks.addresses import Addresses
from mediation.gateways.webhooks.counts import OUTCOMES, WebhookCounts
from mediation.gateways.webhooks.post import Answer, Post
from tests.harness.certificates import Authority
from tests.harness.webhook_receiver import receiver

HERE = Addresses([ip_network("127.0.0.0/8")])


@asynccontextmanager
async def posting(patience: float = 5.0, cells: list[float] | None = None) -> AsyncIterator[Post]:
    post = Post(HERE, WebhookCounts(cells), patience)
    try:
        yield post
    finally:
        post.close()


async def answered(raw: bytes, *, patience: float = 5.0, tls: ssl.SSLContext | None = None) -> Answer:
    """What is made of a receiver that sends these bytes, and then nothing, on a connection that stays open."""
    over = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"{}")
        writer.write(raw)
        await over.wait()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    port = server.sockets[0].getsockname()[1]
    async with posting(patience) as post:
        answer = await post.send(f"http{'s' if tls else ''}://127.0.0.1:{port}/", b"{}", {})
    over.set()
    server.close()
    return answer


@pytest.mark.parametrize(
    ("status", "why"),
    [(200, "delivered"), (204, "delivered"), (299, "delivered"), (304, "redirect"), (400, "status"), (503, "status")],
)
async def test_only_2xx_counts(status: int, why: str) -> None:
    answer = await answered(f"HTTP/1.1 {status} X\r\ncontent-length: 0\r\n\r\n".encode())
    assert (answer.why, answer.status) == (why, status)


async def test_a_redirect_is_a_failure_and_is_not_followed() -> None:
    async with receiver() as there, posting() as post:
        there.says = lambda got: (307, {"location": there.url("/elsewhere")})
        answer = await post.send(there.url(), b"{}", {})
        assert (answer.why, answer.status) == ("redirect", 307)
        assert [one.path for one in there.got] == ["/"]


async def test_who_never_answers_is_waited_for_so_long_and_no_longer() -> None:
    cells = [0.0] * WebhookCounts.SIZE
    async with receiver() as there, posting(0.2, cells) as post:
        there.says = lambda got: (0, {})
        answer = await post.send(there.url(), b"{}", {})
    assert (answer.why, answer.status) == ("timeout", None)
    assert 0.2 <= answer.seconds < 5
    assert dict(zip(OUTCOMES, cells, strict=False))["timeout"] == 1


async def test_an_answer_that_trickles_in_is_given_up() -> None:
    """Without a status it has failed. With one, what comes after it is of no interest."""
    assert (await answered(b"HTTP/1.1 20", patience=0.2)).why == "timeout"
    begun = b"HTTP/1.1 200 X\r\ncontent-length: 1000000\r\n\r\nand "
    assert (await answered(begun, patience=0.2)).why == "delivered"


async def test_an_answer_without_end_is_not_read_to_its_end() -> None:
    endless = b"HTTP/1.1 200 X\r\ncontent-length: 100000000\r\n\r\n" + bytes(1_000_000)
    answer = await answered(endless, patience=10)
    assert answer.why == "delivered"
    assert answer.seconds < 5


@pytest.mark.parametrize("raw", [b"nonsense\r\n\r\n", b"HTTP/1.1 abc X\r\n\r\n"])
async def test_nonsense_is_no_answer(raw: bytes) -> None:
    assert (await answered(raw)).why == "connection"


async def test_nobody_listens() -> None:
    async with receiver() as there:
        url = there.url()
    async with posting() as post:
        assert (await post.send(url, b"{}", {})).why == "connection"


async def test_a_certificate_that_is_not_trusted(tmp_path: Path) -> None:
    answer = await answered(b"HTTP/1.1 204 X\r\n\r\n", tls=Authority(tmp_path).server("127.0.0.1"))
    assert (answer.why, answer.status) == ("tls", None)


async def test_how_long_a_receiver_wants_to_be_left_alone() -> None:
    """As a number of seconds, or as a date."""
    at = format_datetime(datetime.now(UTC) + timedelta(hours=2), usegmt=True)
    for told, least, most in (("120", 120, 120), (at, 7_000, 7_200), ("soon", 0, 0)):
        answer = await answered(f"HTTP/1.1 503 X\r\nretry-after: {told}\r\ncontent-length: 0\r\n\r\n".encode())
        assert least <= (answer.again_after or 0) <= most
