"""Sends one request to a translation service. The status says what went wrong, and not the text of the answer."""

import asyncio
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

import httpx

from mediation.gateways.translation.port import NotOffered, Spent, Unwell

PATIENCE = 20.0
"""Seconds within which the whole answer must be there, however slowly it drips."""

_SOON, _LATER = 5.0, 60.0
_LONGEST = 3_600.0
"""Seconds. A service that asks for a longer wait is asked again after this."""

_QUOTA_EXCEEDED = 456
"""DeepL's own status. https://developers.deepl.com/docs/best-practices/error-handling"""

_OVERLOADED = 529

_REFUSED = frozenset(
    {
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.NOT_FOUND,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        HTTPStatus.UNPROCESSABLE_ENTITY,
    }
)
"""The service does not translate this text, or this pair. It says the same when it is asked again."""


async def ask(http: httpx.AsyncClient, path: str, body: dict[str, Any]) -> Any:
    """The JSON of the answer. Raises NotOffered, Spent, Unwell."""
    try:
        async with asyncio.timeout(PATIENCE):
            answer = await http.post(path, json=body)
    except (httpx.HTTPError, TimeoutError) as error:
        raise Unwell(type(error).__name__, _SOON) from None
    match answer.status_code:
        case HTTPStatus.OK:
            try:
                return answer.json()
            except ValueError:
                raise Unwell("no JSON", _LATER) from None
        case status if status in _REFUSED:
            raise NotOffered(f"status {status}")
        case HTTPStatus.UNAUTHORIZED | HTTPStatus.FORBIDDEN | HTTPStatus.PAYMENT_REQUIRED:
            raise Spent(f"status {answer.status_code}", _LONGEST, busy=True)
        case status if status == _QUOTA_EXCEEDED:
            raise Spent("quota", _LONGEST, busy=True)
        case HTTPStatus.TOO_MANY_REQUESTS | HTTPStatus.SERVICE_UNAVAILABLE:
            wait = _wait(answer.headers.get("retry-after"), _SOON)
            raise Unwell(f"status {answer.status_code}", wait, busy=True)
        case status if status == _OVERLOADED:
            raise Unwell("overloaded", _SOON, busy=True)
        case status:
            raise Unwell(f"status {status}", _LATER)


def _wait(retry_after: str | None, otherwise: float) -> float:
    """Seconds, from `Retry-After` (RFC 9110, section 10.2.3): a number, or a date."""
    if retry_after is None:
        return otherwise
    try:
        wait = float(retry_after)
    except ValueError:
        try:
            wait = (parsedate_to_datetime(retry_after) - datetime.now(UTC)).total_seconds()
        except (ValueError, TypeError):
            return otherwise
    return min(max(wait, 0.0), _LONGEST) if wait == wait else otherwise
