"""Times as they are typed: on the clock of the reader's time zone, which shows some times twice a year, and some never."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from babel.core import Locale
from babel.dates import get_timezone_name

SECOND: Literal["1"] = "1"


@dataclass(frozen=True, slots=True)
class Astray:
    """What cannot be read: a time that is not one instant, or a percentage that is none; or what is missing.

    `skipped`: the clock never showed the time, because it was put forward. `twice`: the clock showed it twice, because it was
    put back, and nobody said which one is meant. `not_a_whole`: two percentages that do not add up to 100.
    `missing`: nothing was typed, where this reader must say something.
    """

    why: Literal["unreadable", "skipped", "twice", "no_percentage", "not_a_whole", "missing"]


@dataclass(frozen=True, slots=True)
class ShownTime:
    """`second` is "1" for the second of two instants at which the clock shows the same time, "0" for the first one. It is empty
    for any other time.
    """

    typed: str
    second: str


def read(typed: str, zone: ZoneInfo, second: str = "") -> datetime | Astray:
    """The instant at which the clock of the zone shows what an input of the type `datetime-local` holds."""
    try:
        shown = datetime.fromisoformat(typed.strip())
    except ValueError:
        return Astray("unreadable")
    if shown.tzinfo is not None:
        return Astray("unreadable")
    try:
        first, last = (_instant(shown, zone, fold) for fold in (0, 1))
    except OverflowError:  # at the ends of the calendar
        return Astray("unreadable")
    if first is None or last is None:
        return Astray("skipped")
    if first != last and second not in ("0", SECOND):
        return Astray("twice")
    return last if second == SECOND else first


def _instant(shown: datetime, zone: ZoneInfo, fold: int) -> datetime | None:
    """None if the clock never shows it."""
    at = shown.replace(tzinfo=zone, fold=fold).astimezone(UTC)
    return at if at.astimezone(zone).replace(tzinfo=None) == shown else None


def shown(at: datetime, zone: ZoneInfo) -> ShownTime:
    local = at.astimezone(zone)
    typed = local.replace(tzinfo=None, fold=0).isoformat()
    twice = isinstance(read(typed, zone), Astray)
    return ShownTime(typed, str(local.fold) if twice else "")


def name_of(zone: ZoneInfo, language: str) -> str:
    """The name of a time zone as people say it in this language, and as the IANA calls it."""
    if zone.key == "UTC":
        return zone.key
    return f"{get_timezone_name(zone, locale=Locale.parse(language, sep='-'))} · {zone.key}"
