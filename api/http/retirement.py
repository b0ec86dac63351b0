"""How a path of the API is retired. Its route says so in one place, and everything else follows from that.

    @router.get("/v1/old", **retiring(date(2027, 1, 1), date(2027, 9, 1), instead="/v1/new"))

Every answer then has `Deprecation` (RFC 9745) and `Sunset` (RFC 8594). With `instead`, `Link` names the path that replaces it.
In the OpenAPI document the operation is `deprecated`. An act takes the same as `retiring` of its declaration.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from typing import Any

NOTICE = timedelta(days=180)
"""The least time from the day on which a path is deprecated to the day on which it may be removed."""

_SINCE, _UNTIL, _INSTEAD = "x-deprecated-since", "x-sunset", "x-instead"


def retiring(since: date, until: date, *, instead: str | None = None, **more: Any) -> dict[str, Any]:
    """The options of a route that is deprecated from the day `since`, and may be removed on the day `until`. Both begin at
    midnight UTC. `more` is what its `openapi_extra` holds besides. Raises ValueError if there is too little time between.
    """
    if until - since < NOTICE:
        raise ValueError(f"a path is removed {NOTICE.days} days after it was deprecated, or later")
    said = {_SINCE: since.isoformat(), _UNTIL: until.isoformat()} | ({_INSTEAD: instead} if instead else {})
    return {"deprecated": True, "openapi_extra": {**more, **said}}


def headers(route: Any) -> Sequence[tuple[bytes, bytes]]:
    """The headers of each answer of this route, if it is retired."""
    if not getattr(route, "deprecated", None):
        return ()
    said = route.openapi_extra
    told = [
        (b"deprecation", f"@{_midnight(said[_SINCE]).timestamp():.0f}".encode()),
        (b"sunset", format_datetime(_midnight(said[_UNTIL]), usegmt=True).encode()),
    ]
    if _INSTEAD in said:
        told.append((b"link", f'<{said[_INSTEAD]}>; rel="successor-version"'.encode()))
    return told


def in_words(operation: Mapping[str, Any]) -> str:
    """For the documentation of an operation that is retired."""
    instead = f" Use `{operation[_INSTEAD]}` instead." if _INSTEAD in operation else ""
    return f"Deprecated since {operation[_SINCE]}. It may be removed from {operation[_UNTIL]} on.{instead}"


def _midnight(day: str) -> datetime:
    return datetime.fromisoformat(day).replace(tzinfo=UTC)
