"""Instants in examples, written as a distance from the instant at which the example is shown. No example goes stale.

  example({"until": ahead(days=3)})

Such an example holds a mark in the place of the instant. `resolved` puts the instant there when the example is shown. A
null is marked too: the framework leaves out every field of the document that is None, also those of an example.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

_NULL = "{null}"
_MARK = re.compile(r"\{now([+-]\d+)us(?: ([\w/+-]+))?\}|\{today([+-]\d+)d\}")


def ahead(zone: str | None = None, **distance: float) -> str:
    """The instant so many `days`, `hours` … after now; in UTC, or with the offset of a time zone."""
    return _mark(timedelta(**distance), zone)


def ago(zone: str | None = None, **distance: float) -> str:
    """The instant so many `days`, `hours` … before now."""
    return _mark(-timedelta(**distance), zone)


def date_ahead(days: int) -> str:
    """The date so many days after today, in UTC."""
    return f"{{today{days:+}d}}"


def marked(value: Any) -> Any:
    """The same JSON value, with marks in the place of nulls."""
    match value:
        case None:
            return _NULL
        case dict():
            return {name: marked(inner) for name, inner in value.items()}
        case list():
            return [marked(inner) for inner in value]
        case _:
            return value


def resolved(value: Any, now: datetime) -> Any:
    """The same JSON value, with nulls, and with the instants as they are at `now`. A mark of an instant may stand inside a
    longer text.
    """
    match value:
        case str() if value == _NULL:
            return None
        case str():
            return _MARK.sub(lambda mark: _written(mark, now), value)
        case dict():
            return {name: resolved(inner, now) for name, inner in value.items()}
        case list():
            return [resolved(inner, now) for inner in value]
        case _:
            return value


def _mark(distance: timedelta, zone: str | None) -> str:
    return f"{{now{distance // timedelta(microseconds=1):+}us{f' {zone}' if zone else ''}}}"


def _written(mark: re.Match[str], now: datetime) -> str:
    distance, zone, days = mark.groups()
    if days is not None:
        return (now.astimezone(UTC).date() + timedelta(days=int(days))).isoformat()
    instant = now + timedelta(microseconds=int(distance))
    if zone is not None:
        return instant.astimezone(ZoneInfo(zone)).isoformat()
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")
