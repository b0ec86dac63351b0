"""One request to a receiver. Only its status counts, and how long it waits if it says so; its words are thrown away.

Redirects are not followed. A connection goes to an address that was checked (`mediation.gateways.webhooks.connections`).
"""

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from time import monotonic

from ssrfguard import SSRFGuardError

from mediation.gateways.webhooks.addresses import Addresses
from mediation.gateways.webhooks.connections import Connections, NoAnswer
from mediation.gateways.webhooks.counts import WebhookCounts

PATIENCE = 15.0
"""Seconds that a receiver has to answer."""


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
        self._connections = Connections()

    def close(self) -> None:
        self._connections.close()

    async def send(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Never raises but when it is cancelled."""
        begun = monotonic()
        why, status, again_after = "timeout", None, None
        try:
            async with asyncio.timeout(self._patience):
                async with self._connections.answer(url, self.addresses.policy(url), headers, body) as answered:
                    status, again_after = answered[0], _again_after(answered[1].get("retry-after", ""))
                    why = "delivered" if 200 <= status < 300 else "redirect" if 300 <= status < 400 else "status"
        except SSRFGuardError:
            why = "address"
        except ssl.SSLError:
            why = "tls"
        except (TimeoutError, NoAnswer, OSError, UnicodeError) as error:
            if status is None and not isinstance(error, TimeoutError):  # the rest of an answer is of no interest
                why = "connection"
        answer = Answer(why, monotonic() - begun, status, again_after)
        self._counts.note(why, answer.seconds)
        return answer


def _again_after(told: str) -> float | None:
    """Seconds, from a number or a date (RFC 9110, 10.2.3)."""
    told = told.strip()
    if told.isascii() and told.isdigit():
        return float(told[:9])
    try:
        at = parsedate_to_datetime(told)
    except (TypeError, ValueError):
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max(0.0, (at - datetime.now(UTC)).total_seconds())
