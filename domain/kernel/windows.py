"""Windows of time and the deadlines at their ends. Each deadline has the proof of how it was computed.

A window of days ends at the local time at which it began, on the clock of the person who must act. If a clock change
skips that time, the window ends later by as much as the clock jumped. If the time comes twice, it ends at the first.

    Malformed
    └── BeyondCalendar   the window begins where no calendar of holidays is known
"""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator
from whenever import Date, ZonedDateTime
from whenever import Instant as Exact

from domain.kernel.base import Instant, Value
from domain.kernel.calendars import Calendar, CountedBy, calendar, days_off
from domain.kernel.disclosure import Told
from domain.kernel.frozen import frozen
from domain.kernel.places import TZDATA, TimeZone
from domain.kernel.refusals import Malformed
from domain.kernel.regions import Region

FIRST_YEAR, LAST_YEAR = 1970, 2100
_DAY = timedelta(days=1)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


class BeyondCalendar(Malformed):
    """The window begins before `first_year` or after `last_year`, where no holidays are known.

    Why: Deadlines are calculated with the holidays of the country. Outside of these years no holidays are known, and
    the deadline could be wrong.

    What to do: Check the date that begins the window, such as the delivery. It must be from `first_year` to
    `last_year`.

    Example: {"starts_at": "1989-12-31T23:00:00+00:00", "first_year": 1990, "last_year": 2100}
    """


class Window(Value):
    """A length of time, at most a year.

    `hours` are exact elapsed hours. `calendar_days` end at the same local time so many dates later; if the person who
    must act does not work on that date, on their next business day. `business_days` end at the same local time on the
    last of so many business days. The day of the start does not count.
    """

    amount: Told[int] = Field(ge=1, le=366 * 24, strict=True)
    unit: Told[Literal["hours", "calendar_days", "business_days"]]

    def __str__(self) -> str:
        """In words: "5 calendar days", "1 hour"."""
        unit = self.unit.replace("_", " ")
        return f"{self.amount} {unit.removesuffix('s') if self.amount == 1 else unit}"

    @model_validator(mode="after")
    def _at_most_a_year(self) -> Self:
        if self.unit != "hours" and self.amount > 366:
            raise ValueError("a window is at most 366 days long")
        return self


class Period(Value):
    """A length of time that a law gives, at most 30 years. The day of its start does not count. It ends when its last day
    ends; if that day is a day off, when the next working day ends: Article 3 of Regulation (EEC, Euratom) 1182/71.
    """

    amount: Told[int] = Field(ge=1, le=360, strict=True)
    unit: Told[Literal["calendar_days", "months"]]

    def __str__(self) -> str:
        """In words: "14 calendar days", "1 month"."""
        unit = self.unit.replace("_", " ")
        return f"{self.amount} {unit.removesuffix('s') if self.amount == 1 else unit}"


def _day(value: Any) -> Any:
    if not isinstance(value, date) and (not isinstance(value, str) or _DATE.fullmatch(value) is None):
        raise ValueError(
            f"a date is written as in ISO 8601, such as 2027-02-05, in a year from {FIRST_YEAR} to {LAST_YEAR}"
        )
    return value


Day = Annotated[
    date,
    BeforeValidator(_day),
    Field(ge=date(FIRST_YEAR, 1, 1), le=date(LAST_YEAR, 12, 31)),
    WithJsonSchema({"type": "string", "format": "date", "description": f"In a year from {FIRST_YEAR} to {LAST_YEAR}."}),
]
"""A date on the calendar of the person who must act. JSON Schema has no bounds for dates; words say them."""


class ClosedPeriod(Value):
    """Local dates, the last included, on which policy stops the clock of a window (such as Chinese New Year)."""

    name: Told[str] = Field(min_length=1, max_length=100, pattern=r"^\w[\w .,'()/-]*$")
    first: Told[Day]
    last: Told[Day]

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        if not self.first <= self.last <= self.first + timedelta(days=60):
            raise ValueError("a closed period ends on or after the day it begins, and lasts at most 60 days")
        return self


class DeadlineProof(Value):
    """Everything that a deadline was computed from. The same inputs and packages give the same instant again.

    `rule` is the policy version and clause. `calendar` is the package of holidays, its version and the country, or the
    part of the country; or "weekends only" (Saturday and Sunday) if the country is not known. `counted_by` says why
    these holidays count. It is missing in proofs of earlier versions, which counted holidays of the whole country only.
    `region` is where the person lives, or what policy names instead. `population` is the source of the figures that say
    where most people live. `closed` are the closed periods that fall into the window.
    """

    rule: Told[str]
    window: Told[Window]
    starts_at: Told[Instant]
    calendar: Told[str]
    time_zone: Told[TimeZone]
    tzdata: Told[str]
    closed: Told[tuple[ClosedPeriod, ...]] = ()
    region: Told[Region | None] = None
    counted_by: Told[CountedBy | None] = None
    population: Told[str | None] = None

    @property
    def days(self) -> Calendar:
        """The calendar of the deadline, with the package of holidays that is installed now."""
        name, _, place = self.calendar.rpartition(" ")
        if not name.startswith("holidays"):  # "weekends only", or a stay "by order"
            return calendar(None)
        country, _, part = place.partition("-")
        return calendar(country, self.region, part or None, self.counted_by)


class Deadline(Value):
    """The instant at which a right ends, by name."""

    name: Told[str]
    due_at: Told[Instant]
    proof: Told[DeadlineProof]


def due(
    window: Window,
    *,
    starts_at: Instant,
    days: Calendar,
    time_zone: TimeZone,
    rule: str,
    closed: Sequence[ClosedPeriod] = (),
) -> tuple[Instant, DeadlineProof]:
    """When a window ends for a person who lives by the calendar `days` and the clocks of `time_zone`; and the proof.

    A window that begins inside a closed period begins instead when the first open day does. Raises BeyondCalendar.
    """
    if not FIRST_YEAR <= starts_at.year <= LAST_YEAR:
        raise BeyondCalendar(starts_at=starts_at.isoformat(), first_year=FIRST_YEAR, last_year=LAST_YEAR)
    local_start = Exact(starts_at).to_tz(time_zone)
    agenda = _Agenda(days, tuple(closed))
    if window.unit == "hours":
        end = agenda.after_hours(local_start, window.amount)
    elif window.unit == "calendar_days":
        end = agenda.after_calendar_days(local_start, window.amount)
    else:
        end = agenda.after_business_days(local_start, window.amount)
    first, last = _date(local_start), _date(end)
    proof = DeadlineProof(
        rule=rule,
        window=window,
        starts_at=starts_at,
        calendar=days.name,
        time_zone=time_zone,
        tzdata=TZDATA,
        closed=tuple(period for period in closed if period.first <= last and period.last >= first),
        region=days.region,
        counted_by=days.counted_by,
        population=days.population,
    )
    return end.to_instant().to_stdlib(), proof


def end_of(period: Period, *, starts_at: Instant, days: Calendar, time_zone: TimeZone) -> Instant:
    """When a period of the law ends for a person who lives by the calendar `days` and the clocks of `time_zone`.

    A month ends on the day of the same number, or else on its last day. Raises BeyondCalendar.
    """
    if not FIRST_YEAR <= starts_at.year <= LAST_YEAR:
        raise BeyondCalendar(starts_at=starts_at.isoformat(), first_year=FIRST_YEAR, last_year=LAST_YEAR)
    local_start = Exact(starts_at).to_tz(time_zone)
    if period.unit == "months":
        last = local_start.date().add(months=period.amount).to_stdlib()
    else:
        last = _date(local_start) + timedelta(days=period.amount)
    agenda = _Agenda(days, ())
    while not agenda.works(local_start, last):
        last += _DAY
    return _midnight(local_start, last + _DAY).to_instant().to_stdlib()


def postponed(
    due_at: Instant, *, since: Instant, until: Instant, proof: DeadlineProof, closed: Sequence[ClosedPeriod] = ()
) -> Instant:
    """A due instant after its clock stood still from `since` to `until`. The time left at `since` is left at `until`.

    Closed periods stop the clock again. A window of days ends on a working day.
    """
    agenda = _Agenda(proof.days, tuple(closed))
    left = agenda.open_between(Exact(since).to_tz(proof.time_zone), Exact(due_at).to_tz(proof.time_zone))
    clock = agenda.after(Exact(until).to_tz(proof.time_zone), left)
    if proof.window.unit == "hours":
        return clock.to_instant().to_stdlib()
    day = _date(clock)
    while not agenda.works(clock, day):
        day += _DAY
    return _on(clock, day).to_instant().to_stdlib()


def extended(due_at: Instant, by: Window, proof: DeadlineProof, closed: Sequence[ClosedPeriod] = ()) -> Instant:
    """A due instant moved later by another window on the same calendar. Closed periods stop that window."""
    later, _ = due(
        by,
        starts_at=due_at,
        days=proof.days,
        time_zone=proof.time_zone,
        rule=proof.rule,
        closed=closed,
    )
    return later


def a_month_after(instant: Instant, zone: TimeZone) -> Instant:
    """The same day and time in the next calendar month, in `zone`; in a shorter month, its last day. As for the days of
    a window, a clock change moves the end.
    """
    return Exact(instant).to_tz(zone).add(months=1, disambiguation="compatible").to_instant().to_stdlib()


def local(instant: Instant, zone: TimeZone) -> str:
    """The instant as local time in `zone`, with its offset, in ISO 8601."""
    return Exact(instant).to_tz(zone).to_fixed_offset().format_iso()


def local_day(instant: Instant, zone: TimeZone) -> date:
    """The local date of the instant in `zone`."""
    return _date(Exact(instant).to_tz(zone))


@frozen
class _Agenda:
    """The days on which a person works. Every method takes and gives the person's local time."""

    calendar: Calendar
    closed: tuple[ClosedPeriod, ...]

    def after_hours(self, start: ZonedDateTime, amount: int) -> ZonedDateTime:
        return self.after(start, timedelta(hours=amount))

    def open_between(self, start: ZonedDateTime, end: ZonedDateTime) -> timedelta:
        """How much of this time lies outside closed periods."""
        stood, reached = timedelta(), start
        for period in sorted(self.closed, key=lambda period: period.first):
            shut = max(reached, _midnight(start, period.first))
            reached = min(end, max(shut, _midnight(start, period.last + _DAY)))
            stood += max((reached - shut).to_stdlib(), timedelta())
        return (end - start).to_stdlib() - stood

    def after(self, start: ZonedDateTime, left: timedelta) -> ZonedDateTime:
        """The instant when `left` has passed outside closed periods. If nothing is left, the first open instant."""
        for period in sorted(self.closed, key=lambda period: period.first):
            shut = max(start, _midnight(start, period.first))
            open_for = (shut - start).to_stdlib()
            if open_for > left or open_for == left != timedelta():
                break
            left -= open_for
            start = max(shut, _midnight(start, period.last + _DAY))
        return start.add(seconds=int(left.total_seconds()), microseconds=left.microseconds)

    def after_calendar_days(self, start: ZonedDateTime, amount: int) -> ZonedDateTime:
        start = self._opened(start)
        day = _date(start)
        if self.closed:
            for _ in range(amount):
                day += _DAY
                while self._is_closed(day):
                    day += _DAY
        else:
            day += timedelta(days=amount)
        day = _date(_on(start, day))
        while not self.works(start, day):
            day += _DAY
        return _on(start, day)

    def after_business_days(self, start: ZonedDateTime, amount: int) -> ZonedDateTime:
        start = self._opened(start)
        day = _date(start)
        for _ in range(amount):
            day += _DAY
            while not self.works(start, day):
                day += _DAY
        return _on(start, day)

    def _opened(self, start: ZonedDateTime) -> ZonedDateTime:
        day = _date(start)
        if not self._is_closed(day):
            return start
        while self._is_closed(day):
            day += _DAY
        return _midnight(start, day)

    def _is_closed(self, day: date) -> bool:
        return bool(self.closed) and any(period.first <= day <= period.last for period in self.closed)

    def works(self, clock: ZonedDateTime, day: date) -> bool:
        # A place that crosses the date line may skip a date (Samoa, 30 December 2011).
        its = self.calendar
        rests = day in days_off(its.country, its.part, its.counted_by, day.year)
        return not rests and not self._is_closed(day) and _date(_on(clock, day)) == day


def _date(clock: ZonedDateTime) -> date:
    return clock.date().to_stdlib()


def _on(clock: ZonedDateTime, day: date) -> ZonedDateTime:
    return clock.replace_date(Date(day), disambiguation="compatible")


def _midnight(clock: ZonedDateTime, day: date) -> ZonedDateTime:
    return _on(clock, day).start_of("day")
