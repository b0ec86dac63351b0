"""One request to a receiver. Only its status counts, and how long it waits if it says so; its words are thrown away.

Redirects are not followed. A connection goes to an address that was checked (`mediation.gateways.webhooks.addresses`).
"""

import asyncio
import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from time import monotonic

import httpx
from ssrfguard import Policy, SSRFGuardError
from ssrfguard.httpx import AsyncClient

from mediation.gateways.webhooks.addresses import Addresses
from mediation.gateways.webhooks.counts import WebhookCounts

PATIENCE = 15.0
"""Seconds that a receiver has to answer."""

_CONNECTIONS = 1024
_READ = 64 * 1024
"""Bytes of an answer that are read, so that the connection can be used again. A longer answer ends it."""

_LOOKUPS = 64
"""Names that are looked up at the same time. A look-up cannot be ended; a slow one takes one of these places."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a request. `why` is one of `counts.OUTCOMES`. `again_after` are the seconds for which the receiver wants
    to be left alone."""

    why: str
    seconds: float
    status: int | None = None
    again_after: float | None = None

    @property
    def delivered(self) -> bool:
        return self.why == "delivered"


class Post:
    def __init__(self, addresses: Addresses, counts: WebhookCounts, patience: float = PATIENCE) -> None:
        self.addresses = addresses
        self._counts = counts
        self._patience = patience
        self._clients: dict[int, AsyncClient] = {}

    async def close(self) -> None:
        for client in self._clients.values():
            await client.aclose()

    async def send(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Never raises but when it is cancelled."""
        begun = monotonic()
        why, status, again_after = "timeout", None, None
        try:
            async with asyncio.timeout(self._patience):
                client = self._client(self.addresses.policy(url))
                async with client.stream("POST", url, content=body, headers=dict(headers)) as response:
                    status, again_after = response.status_code, _again_after(response)
                    why = "delivered" if response.is_success else "redirect" if 300 <= status < 400 else "status"
                    with suppress(httpx.HTTPError, TimeoutError):
                        await _read(response)
        except TimeoutError:
            pass  # a status that came before counts: the rest of the answer is thrown away
        except SSRFGuardError:
            why = "address"
        except (httpx.HTTPError, httpx.InvalidURL, OSError, UnicodeError) as error:
            why = _why(error)
        answer = Answer(why, monotonic() - begun, status, again_after)
        self._counts.note(why, answer.seconds)
        return answer

    def _client(self, policy: Policy) -> AsyncClient:
        if id(policy) not in self._clients:
            self._clients[id(policy)] = AsyncClient(
                policy=policy,
                follow_redirects=False,
                trust_env=False,
                timeout=self._patience,
                limits=httpx.Limits(max_connections=_CONNECTIONS, max_keepalive_connections=128, keepalive_expiry=30.0),
                resolver_slots=_LOOKUPS,
            )
        return self._clients[id(policy)]


async def _read(response: httpx.Response) -> None:
    read = 0
    async for piece in response.aiter_raw():
        read += len(piece)
        if read > _READ:
            return


def _why(error: Exception) -> str:
    if isinstance(error, httpx.TimeoutException):
        return "timeout"
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return "tls"
        cause = cause.__cause__ or cause.__context__
    return "connection"


def _again_after(response: httpx.Response) -> float | None:
    """Seconds, from a number or a date (RFC 9110, 10.2.3)."""
    told = response.headers.get("retry-after", "").strip()
    if told.isascii() and told.isdigit():
        return float(told[:9])
    try:
        at = parsedate_to_datetime(told)
    except (TypeError, ValueError):
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max(0.0, (at - datetime.now(UTC)).total_seconds())
