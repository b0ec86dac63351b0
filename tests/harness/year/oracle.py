"""Calculates a second time when a window ends: day by day, with the standard library's time zones and no code of the
engine.

Both calculations share only the tables of holidays (`holidays`), of time zones (tzdata) and of where people live.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import count, islice
from typing import Literal
from zoneinfo import ZoneInfo

import holidays

from domain.kernel.populations import POPULATIONS

Unit = Literal["hours", "calendar_days", "business_days"]
Period = tuple[date, date]
"""First and last day."""

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Place:
    """The place of the person who must act. Without a country, Saturday and Sunday are days off. Without a `part` of the
    country, its own holidays count; with `most`, also those that most of its people have."""

    country: str | None
    zone: str
    shut: Sequence[Period] = ()
    part: str | None = None
    most: bool = False

    def ends(self, amount: int, unit: Unit, start: datetime) -> datetime:
        """The instant in UTC. Only the desk has windows of hours, and no closed period stops it."""
        if unit == "hours":
            assert not self.shut
            return start + timedelta(hours=amount)
        local = start.astimezone(ZoneInfo(self.zone))
        day, clock = local.date(), local.time()
        if self._shut(day):
            day = next(d for d in _days(day) if not self._shut(d))
            # The time at which the day begins there. That need not be midnight.
            clock = datetime.combine(day, time(), local.tzinfo).astimezone(UTC).astimezone(local.tzinfo).time()
        skipped = self._shut if unit == "calendar_days" else self._idle
        *_, last = islice((d for d in _days(day + _DAY) if not skipped(d)), amount)
        day = next(d for d in _days(last) if not self._idle(d))
        # If the clock skips this time, the zone before the change counts. If the time comes twice, the first counts (PEP 495).
        return datetime.combine(day, clock, ZoneInfo(self.zone)).astimezone(UTC)

    def stood_still(self, due: datetime, since: datetime, until: datetime, unit: Unit) -> datetime:
        """The instant at which the open time since `until` equals the open time that was left at `since`. Unless the
        unit is hours, it rolls to a working day."""
        zone = ZoneInfo(self.zone)
        left, at = sum((length for _, length in self._open(since, due)), timedelta()), until
        for begins, length in self._open(until, until + timedelta(days=800)):
            at = begins + min(left, length)
            left -= min(left, length)
            if not left:
                break
        if unit == "hours":
            return at
        local = at.astimezone(zone)
        day = next(d for d in _days(local.date()) if not self._idle(d))
        return datetime.combine(day, local.time(), zone).astimezone(UTC)

    def _open(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, timedelta]]:
        """The open times, day by day in the local zone: the instant at which each begins, and its length."""
        zone = ZoneInfo(self.zone)
        for day in _days(start.astimezone(zone).date()):
            begins, ends = (datetime.combine(d, time(), zone).astimezone(UTC) for d in (day, day + _DAY))
            if begins >= end:
                return
            if not self._shut(day):
                yield max(begins, start), min(ends, end) - max(begins, start)

    def offset(self, instant: datetime) -> timedelta | None:
        return instant.astimezone(ZoneInfo(self.zone)).utcoffset()

    def meets_a_closed_period(self, start: datetime, end: datetime) -> bool:
        first, last = (instant.astimezone(ZoneInfo(self.zone)).date() for instant in (start, end))
        return any(begins <= last and ends >= first for begins, ends in self.shut)

    def _shut(self, day: date) -> bool:
        return any(first <= day <= last for first, last in self.shut)

    def _idle(self, day: date) -> bool:
        if self.country is None:
            return self._shut(day) or day.weekday() >= 5
        return self._shut(day) or _free(self.country, self.part, day) or (self.most and _most_rest(self.country, day))


def _days(first: date) -> Iterator[date]:
    """All days from this one on, without end."""
    return (first + n * _DAY for n in count())


@lru_cache(maxsize=100_000)
def _free(country: str, part: str | None, day: date) -> bool:
    """Whether it is a holiday, or a day of the weekend that is not declared a working day."""
    known = _calendar(country, part)
    return day in known or (day.weekday() in known.weekend and day not in known.weekend_workdays)


@lru_cache(maxsize=100_000)
def _most_rest(country: str, day: date) -> bool:
    """Whether more than half of the people live where it is free."""
    if (census := POPULATIONS.get(country)) is None:
        return False
    return sum(people for part, people in census.people.items() if _free(country, part, day)) > census.total / 2


@lru_cache(maxsize=512)
def _calendar(country: str, part: str | None) -> holidays.HolidayBase:
    return holidays.country_holidays(country, subdiv=part, years=range(2024, 2028))
