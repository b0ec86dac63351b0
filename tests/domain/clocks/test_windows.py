"""Deadlines on the hardest clocks and calendars."""

from datetime import UTC, date, datetime, timedelta
from importlib.metadata import version
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError
from whenever import ZonedDateTime

from domain.kernel.calendars import calendar_of
from domain.kernel.places import COUNTRIES, TIME_ZONES, Country, LanguageTag, TimeZone
from domain.kernel.windows import BeyondCalendar, ClosedPeriod, Deadline, Window, due, extended, local, postponed

HOURS, CALENDAR, BUSINESS = "hours", "calendar_days", "business_days"
ROME, NEW_YORK, SHANGHAI, LORD_HOWE = "Europe/Rome", "America/New_York", "Asia/Shanghai", "Australia/Lord_Howe"
NEW_YEAR_2026 = ClosedPeriod(name="Chinese New Year", first=date(2026, 2, 14), last=date(2026, 2, 24))


def at(text: str, zone: str) -> datetime:
    """A local time that exists once."""
    return ZonedDateTime.parse_iso(f"{text}[{zone}]").to_instant().to_stdlib()


def ends(
    amount: int, unit: Any, starts: str, zone: str, country: str | None, closed: tuple[ClosedPeriod, ...] = ()
) -> str:
    window = Window(amount=amount, unit=unit)
    instant, _ = due(
        window,
        starts_at=at(starts, zone),
        days=calendar_of(country, None),
        time_zone=zone,
        rule="policy 1 §4",
        closed=closed,
    )
    return local(instant, zone)


@pytest.mark.parametrize(
    ("amount", "starts", "zone", "expected"),
    [
        (24, "2026-03-28T12:00", ROME, "2026-03-29T13:00:00+02:00"),
        (24, "2026-10-24T12:00", ROME, "2026-10-25T11:00:00+01:00"),
        (24, "2026-10-03T12:00", LORD_HOWE, "2026-10-04T12:30:00+11:00"),
        (4, "2026-12-25T23:00", ROME, "2026-12-26T03:00:00+01:00"),
        (24, "2011-12-29T12:00", "Pacific/Apia", "2011-12-31T12:00:00+14:00"),
    ],
)
def test_hours_are_hours_whatever_the_clocks_and_the_calendar_do(
    amount: int, starts: str, zone: str, expected: str
) -> None:
    assert ends(amount, HOURS, starts, zone, "IT") == expected


@pytest.mark.parametrize(
    ("amount", "starts", "zone", "country", "expected"),
    [
        # the same wall time, though the day had 23 or 25 hours
        (5, "2026-03-26T10:00", ROME, "IT", "2026-03-31T10:00:00+02:00"),
        (4, "2026-10-23T10:00", ROME, "IT", "2026-10-27T10:00:00+01:00"),
        (5, "2026-11-25T10:00", SHANGHAI, "CN", "2026-11-30T10:00:00+08:00"),
        # the roll from a Sunday whose 02:30 was skipped goes back to 02:30
        (5, "2026-03-24T02:30", ROME, "IT", "2026-03-30T02:30:00+02:00"),
        (1, "2026-03-07T02:30", NEW_YORK, "US", "2026-03-09T02:30:00-04:00"),
        # Christmas, St Stephen's and a weekend in a row; New Year's Eve is a working day
        (10, "2026-12-15T18:00", ROME, "IT", "2026-12-28T18:00:00+01:00"),
        (10, "2026-12-22T18:00", ROME, "IT", "2027-01-04T18:00:00+01:00"),
        (1, "2026-12-30T18:00", ROME, "IT", "2026-12-31T18:00:00+01:00"),
        # Friday and Saturday are the weekend
        (1, "2026-11-19T10:00", "Asia/Riyadh", "SA", "2026-11-22T10:00:00+03:00"),
        # a Saturday in China rolls, one declared a working day doesn't
        (1, "2026-11-27T10:00", SHANGHAI, "CN", "2026-11-30T10:00:00+08:00"),
        (1, "2026-02-13T10:00", SHANGHAI, "CN", "2026-02-14T10:00:00+08:00"),
        # a Sunday that is made up for Golden Week
        (5, "2026-09-15T10:00", SHANGHAI, "CN", "2026-09-20T10:00:00+08:00"),
        # the leap day, and the year after it
        (1, "2028-02-28T10:00", ROME, "IT", "2028-02-29T10:00:00+01:00"),
        (366, "2028-02-29T10:00", ROME, "IT", "2029-03-01T10:00:00+01:00"),
        # Kazakhstan became one zone in between: the same wall time, 49 hours later
        (2, "2024-02-28T10:00", "Asia/Almaty", "KZ", "2024-03-01T10:00:00+05:00"),
        # the first and the last zone of the world: at the same instant it is Friday here, and still Wednesday there
        (1, "2026-11-06T00:30", "Pacific/Kiritimati", "KI", "2026-11-09T00:30:00+14:00"),
        (1, "2026-11-04T23:30", "Pacific/Pago_Pago", "AS", "2026-11-05T23:30:00-11:00"),
        # the country isn't known: Christmas is a Friday like any other
        (1, "2026-12-24T10:00", ROME, None, "2026-12-25T10:00:00+01:00"),
        (1, "2026-12-25T10:00", ROME, None, "2026-12-28T10:00:00+01:00"),
        # 30 December 2011 did not exist in Samoa; the 31st was a Saturday, and 2 January a holiday
        (1, "2011-12-29T10:00", "Pacific/Apia", "WS", "2012-01-03T10:00:00+14:00"),
    ],
)
def test_calendar_days_end_at_the_same_wall_time_and_roll_to_a_business_day(
    amount: int, starts: str, zone: str, country: str | None, expected: str
) -> None:
    assert ends(amount, CALENDAR, starts, zone, country) == expected


@pytest.mark.parametrize(
    ("amount", "starts", "zone", "country", "expected"),
    [
        (3, "2026-11-23T10:00", ROME, "IT", "2026-11-26T10:00:00+01:00"),
        (3, "2026-11-21T10:00", ROME, "IT", "2026-11-25T10:00:00+01:00"),
        (3, "2026-12-23T10:00", ROME, "IT", "2026-12-29T10:00:00+01:00"),
        (3, "2026-12-30T10:00", ROME, "IT", "2027-01-05T10:00:00+01:00"),
        # New Year 2022 fell on a Saturday, and was observed on Friday, 31 December
        (2, "2021-12-29T10:00", NEW_YORK, "US", "2022-01-03T10:00:00-05:00"),
        (3, "2026-11-18T10:00", "Asia/Riyadh", "SA", "2026-11-23T10:00:00+03:00"),
        # the Emirates moved their weekend from Friday and Saturday to Saturday and Sunday in 2022
        (3, "2021-11-10T10:00", "Asia/Dubai", "AE", "2021-11-15T10:00:00+04:00"),
        (3, "2022-06-01T10:00", "Asia/Dubai", "AE", "2022-06-06T10:00:00+04:00"),
        # Saturday, 14 February is made up for; then nine days of Spring Festival
        (3, "2026-02-12T10:00", SHANGHAI, "CN", "2026-02-24T10:00:00+08:00"),
        # after Golden Week, Saturday, 10 October is made up for
        (3, "2026-09-30T10:00", SHANGHAI, "CN", "2026-10-10T10:00:00+08:00"),
        (2, "2028-02-28T10:00", ROME, "IT", "2028-03-01T10:00:00+01:00"),
        (1, "2026-11-01T23:30", "Pacific/Pago_Pago", "AS", "2026-11-02T23:30:00-11:00"),
        # the Friday that Samoa skipped is no business day
        (2, "2011-12-28T10:00", "Pacific/Apia", "WS", "2012-01-03T10:00:00+14:00"),
        (3, "2026-12-24T10:00", ROME, None, "2026-12-29T10:00:00+01:00"),
    ],
)
def test_business_days_are_those_of_whoever_must_act_from_the_day_after(
    amount: int, starts: str, zone: str, country: str | None, expected: str
) -> None:
    assert ends(amount, BUSINESS, starts, zone, country) == expected


@pytest.mark.parametrize(
    ("starts", "zone", "expected"),
    [
        # a skipped time moves by the length of the jump
        ("2026-03-28T02:30", ROME, "2026-03-29T03:30:00+02:00"),
        ("2026-03-07T02:30", NEW_YORK, "2026-03-08T03:30:00-04:00"),
        ("2026-10-03T02:15", LORD_HOWE, "2026-10-04T02:45:00+11:00"),
        # a time that comes twice is the first one
        ("2026-10-24T02:30", ROME, "2026-10-25T02:30:00+02:00"),
        ("2026-10-31T01:30", NEW_YORK, "2026-11-01T01:30:00-04:00"),
        ("2026-04-04T01:45", LORD_HOWE, "2026-04-05T01:45:00+11:00"),
    ],
)
def test_a_wall_time_that_is_skipped_or_comes_twice(starts: str, zone: str, expected: str) -> None:
    """Clocks change on Sundays, which are business days in Saudi Arabia."""
    assert ends(1, CALENDAR, starts, zone, "SA") == expected
    assert ends(1, BUSINESS, starts, zone, "SA") == expected


@pytest.mark.parametrize(
    ("amount", "unit", "starts", "expected"),
    [
        (48, HOURS, "2026-02-13T12:00", "2026-02-26T12:00:00+08:00"),
        (48, HOURS, "2026-02-20T12:00", "2026-02-27T00:00:00+08:00"),
        (12, HOURS, "2026-02-13T12:00", "2026-02-14T00:00:00+08:00"),
        (5, CALENDAR, "2026-02-12T10:00", "2026-02-28T10:00:00+08:00"),
        (1, CALENDAR, "2026-02-20T10:00", "2026-02-26T00:00:00+08:00"),
        (3, BUSINESS, "2026-02-12T10:00", "2026-02-26T10:00:00+08:00"),
        (3, BUSINESS, "2026-02-20T10:00", "2026-02-28T00:00:00+08:00"),
        (2, CALENDAR, "2026-02-26T10:00", "2026-02-28T10:00:00+08:00"),
    ],
)
def test_a_closed_period_stops_the_window(amount: int, unit: str, starts: str, expected: str) -> None:
    """Its hours do not count. A window that begins inside begins again with the first open day."""
    assert ends(amount, unit, starts, SHANGHAI, "CN", (NEW_YEAR_2026,)) == expected


def test_golden_week_stops_the_window_and_its_make_up_days_count() -> None:
    """Two days before it, three after. The last is a Saturday that is a working day in China."""
    golden = ClosedPeriod(name="Golden Week", first=date(2026, 10, 1), last=date(2026, 10, 7))
    assert ends(5, CALENDAR, "2026-09-28T10:00", SHANGHAI, "CN", (golden,)) == "2026-10-10T10:00:00+08:00"


@pytest.mark.parametrize(
    ("unit", "since", "until", "expected"),
    [
        # two days were left before the stay, and two days are left after it
        (CALENDAR, "2026-02-10T10:00", "2026-02-11T10:00", "2026-02-13T10:00:00+08:00"),
        # one of these days comes after the New Year, which always stops the clock
        (CALENDAR, "2026-02-10T10:00", "2026-02-12T10:00", "2026-02-25T10:00:00+08:00"),
        (HOURS, "2026-02-10T10:00", "2026-02-12T22:00", "2026-02-25T22:00:00+08:00"),
        # the stay ends within the period
        (CALENDAR, "2026-02-10T10:00", "2026-02-20T10:00", "2026-02-27T00:00:00+08:00"),
        # onto Saturday, 28 February, a declared working day
        (CALENDAR, "2026-02-10T10:00", "2026-02-26T10:00", "2026-02-28T10:00:00+08:00"),
        (CALENDAR, "2026-02-10T10:00", "2026-03-05T10:00", "2026-03-09T10:00:00+08:00"),
    ],
)
def test_a_clock_that_stood_still_has_as_much_left(unit: Any, since: str, until: str, expected: str) -> None:
    """A closed period also stops the time that was left."""
    starts, window = at("2026-02-09T10:00", SHANGHAI), Window(amount=72 if unit == HOURS else 3, unit=unit)
    closed = (NEW_YEAR_2026,)
    due_at, proof = due(
        window, starts_at=starts, days=calendar_of("CN", None), time_zone=SHANGHAI, rule="r", closed=closed
    )
    stood, resumed = at(since, SHANGHAI), at(until, SHANGHAI)
    assert local(postponed(due_at, since=stood, until=resumed, proof=proof, closed=closed), SHANGHAI) == expected


def test_what_is_left_beyond_a_closed_period() -> None:
    """Closed days before the stay are not part of the time that was left."""
    starts = at("2026-02-12T10:00", SHANGHAI)
    window, closed = Window(amount=3, unit="calendar_days"), (NEW_YEAR_2026,)
    due_at, proof = due(
        window, starts_at=starts, days=calendar_of("CN", None), time_zone=SHANGHAI, rule="r", closed=closed
    )
    assert local(due_at, SHANGHAI) == "2026-02-26T10:00:00+08:00"
    stood, resumed = at("2026-02-13T10:00", SHANGHAI), at("2026-03-02T10:00", SHANGHAI)
    moved = postponed(due_at, since=stood, until=resumed, proof=proof, closed=closed)
    assert local(moved, SHANGHAI) == "2026-03-04T10:00:00+08:00"


@pytest.mark.parametrize(
    ("until", "expected"),
    [("2026-02-20T10:00", "2026-02-25T00:00:00+08:00"), ("2026-03-03T10:00", "2026-03-03T10:00:00+08:00")],
)
def test_nothing_is_left_beyond_a_closed_period(until: str, expected: str) -> None:
    """It was due as soon as the period was over. So it is again, or at the end of the stay."""
    starts, window, closed = at("2026-02-13T00:00", SHANGHAI), Window(amount=1, unit="calendar_days"), (NEW_YEAR_2026,)
    due_at, proof = due(
        window, starts_at=starts, days=calendar_of("CN", None), time_zone=SHANGHAI, rule="r", closed=closed
    )
    assert local(due_at, SHANGHAI) == "2026-02-25T00:00:00+08:00"
    stood, resumed = at("2026-02-16T10:00", SHANGHAI), at(until, SHANGHAI)
    assert local(postponed(due_at, since=stood, until=resumed, proof=proof, closed=closed), SHANGHAI) == expected


def test_closed_periods_may_touch_and_overlap() -> None:
    halves = (
        ClosedPeriod(name="b", first=date(2026, 2, 18), last=date(2026, 2, 24)),
        ClosedPeriod(name="a", first=date(2026, 2, 14), last=date(2026, 2, 20)),
    )
    for unit in (HOURS, CALENDAR, BUSINESS):
        whole = ends(30, unit, "2026-02-13T12:00", SHANGHAI, "CN", (NEW_YEAR_2026,))
        assert ends(30, unit, "2026-02-13T12:00", SHANGHAI, "CN", halves) == whole


def test_the_proof_names_everything_the_deadline_was_reckoned_from() -> None:
    window, starts = Window(amount=3, unit="business_days"), at("2026-02-12T10:00", SHANGHAI)
    autumn = ClosedPeriod(name="Golden Week", first=date(2026, 10, 1), last=date(2026, 10, 8))
    instant, proof = due(
        window,
        starts_at=starts,
        days=calendar_of("CN", None),
        time_zone=SHANGHAI,
        rule="policy 3 §2",
        closed=(NEW_YEAR_2026, autumn),
    )
    assert proof.model_dump() == {
        "rule": "policy 3 §2",
        "window": {"amount": 3, "unit": "business_days"},
        "starts_at": starts,
        "calendar": f"holidays {version('holidays')} CN",
        "time_zone": SHANGHAI,
        "tzdata": version("tzdata"),
        "closed": ({"name": "Chinese New Year", "first": date(2026, 2, 14), "last": date(2026, 2, 24)},),
        "region": None,
        "counted_by": "national",
        "population": None,
    }
    deadline = Deadline(name="response", due_at=instant, proof=proof)
    assert Deadline.model_validate_json(deadline.model_dump_json()) == deadline
    assert (
        due(window, starts_at=starts, days=calendar_of(None, None), time_zone=SHANGHAI, rule="r")[1].calendar
        == "weekends only"
    )


@given(
    st.integers(1, 60),
    st.sampled_from([HOURS, CALENDAR, BUSINESS]),
    st.datetimes(datetime(1971, 1, 1), datetime(2099, 1, 1), timezones=st.just(UTC)),
    st.sampled_from(sorted(TIME_ZONES)),
    st.sampled_from(["IT", "CN", "SA", "US", "NP", None]),
)
def test_no_window_is_shorter_than_it_says(
    amount: int, unit: Any, starts_at: datetime, zone: str, country: str | None
) -> None:
    """Exactly so many hours, or at least so many days, less the jump of a clock."""
    window = Window(amount=amount, unit=unit)
    instant, proof = due(window, starts_at=starts_at, days=calendar_of(country, None), time_zone=zone, rule="r")
    assert (instant, proof) == due(
        window, starts_at=starts_at, days=calendar_of(country, None), time_zone=zone, rule="r"
    )
    if unit == HOURS:
        assert instant == starts_at + timedelta(hours=amount)
    else:
        assert instant - starts_at >= timedelta(days=amount) - timedelta(hours=26)


@pytest.mark.parametrize("year", [1, 1969, 2101, 9999])
def test_a_window_beyond_every_calendar_is_refused(year: int) -> None:
    with pytest.raises(BeyondCalendar) as refused:
        due(
            Window(amount=1, unit="calendar_days"),
            starts_at=datetime(year, 6, 1, tzinfo=UTC),
            days=calendar_of("IT", None),
            time_zone=ROME,
            rule="r",
        )
    assert refused.value.facts == {
        "starts_at": f"{year:04}-06-01T00:00:00+00:00",
        "first_year": 1970,
        "last_year": 2100,
    }


@pytest.mark.parametrize("year", [1970, 2100])
def test_the_first_and_the_last_year_of_the_calendars(year: int) -> None:
    assert ends(1, HOURS, f"{year}-06-01T10:00", "UTC", "IT") == f"{year}-06-01T11:00:00+00:00"


@pytest.mark.parametrize(
    ("country", "starts", "amount", "unit", "expected"),
    [
        ("IT", "2026-12-04T10:00", 1, BUSINESS, "2026-12-09T10:00:00+01:00"),
        (None, "2026-12-04T10:00", 1, BUSINESS, "2026-12-08T10:00:00+01:00"),
        ("IT", "2026-12-04T10:00", 1, CALENDAR, "2026-12-09T10:00:00+01:00"),
        ("IT", "2026-12-04T10:00", 24, HOURS, "2026-12-08T10:00:00+01:00"),
    ],
)
def test_more_time_is_on_the_same_calendar(
    country: str | None, starts: str, amount: int, unit: Any, expected: str
) -> None:
    """The calendar of the person who must act: Monday is a working day, Tuesday the Immacolata. Hours are exact."""
    due_at, proof = due(
        Window(amount=1, unit="business_days"),
        starts_at=at(starts, ROME),
        days=calendar_of(country, None),
        time_zone=ROME,
        rule="r",
    )
    assert local(extended(due_at, Window(amount=amount, unit=unit), proof), ROME) == expected


@pytest.mark.parametrize(
    ("unit", "amount", "country", "expected"),
    [
        (CALENDAR, 1, "IT", "2026-12-09T10:00:00+01:00"),
        (CALENDAR, 1, None, "2026-12-08T10:00:00+01:00"),
        (HOURS, 24, "IT", "2026-12-08T10:00:00+01:00"),
    ],
)
def test_a_clock_that_stood_still_ends_on_a_day_of_work(
    unit: Any, amount: int, country: str | None, expected: str
) -> None:
    """On the calendar of the person who must act. A window of hours ends at its hour."""
    window, starts = Window(amount=amount, unit=unit), at("2026-12-03T10:00", ROME)
    due_at, proof = due(window, starts_at=starts, days=calendar_of(country, None), time_zone=ROME, rule="r")
    moved = postponed(due_at, since=starts, until=at("2026-12-07T10:00", ROME), proof=proof)
    assert local(moved, ROME) == expected


@pytest.mark.parametrize(
    ("amount", "unit"),
    [(0, HOURS), (-1, HOURS), (8785, HOURS), (367, CALENDAR), (367, BUSINESS), (1, "days"), ("3", HOURS)],
)
def test_a_window_has_a_unit_and_lasts_at_most_a_year(amount: Any, unit: Any) -> None:
    with pytest.raises(ValidationError):
        Window(amount=amount, unit=unit)


@pytest.mark.parametrize(("first", "last"), [("2026-02-02", "2026-02-01"), ("2026-01-01", "2026-04-01")])
def test_a_closed_period_is_bounded(first: str, last: str) -> None:
    with pytest.raises(ValidationError):
        ClosedPeriod.model_validate({"name": "x", "first": first, "last": last})


def test_local_time_carries_its_offset() -> None:
    assert local(datetime(2026, 10, 25, 0, 30, tzinfo=UTC), ROME) == "2026-10-25T02:30:00+02:00"
    assert local(datetime(2026, 10, 25, 1, 30, tzinfo=UTC), ROME) == "2026-10-25T02:30:00+01:00"
    assert local(datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "UTC") == "2026-10-25T01:30:00+00:00"


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("it", "it"), ("zh-hans", "zh-Hans"), ("PT-br", "pt-BR"), ("iw", "he"), ("es-419", "es-419"), ("de-1996", "de-1996"),
        ("yue-hant-hk", "yue-Hant-HK"), ("sh", "sr-Latn"), ("eng", "en"), ("sr-Cyrl", "sr-Cyrl"),
    ],
)  # fmt: skip
def test_a_language_tag_is_kept_in_its_canonical_form(written: str, canonical: str) -> None:
    assert TypeAdapter(LanguageTag).validate_python(written) == canonical
    assert TypeAdapter(LanguageTag).validate_python(canonical) == canonical


@pytest.mark.parametrize(
    "tag",
    [
        "", " ", "qq", "xx-yy", "english", "italian", "it-IT-", "it--IT", "en_US", "zh-Abcd", "zh-Hans-QQ", "en-ZZ", "en-EU",
        "und", "mul", "zxx", "und-US", "x-private", "en-x-secret", "qaa", "de-Qaaa", "i-klingon", "it\n", "en-" + "a" * 40,
    ],
)  # fmt: skip
def test_what_names_no_registered_language_is_refused(tag: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(LanguageTag).validate_python(tag)


def test_countries_and_zones_are_those_of_their_registries() -> None:
    assert len(COUNTRIES) == 250
    for country in ("IT", "CN", "GB", "XK", "AQ"):
        assert TypeAdapter(Country).validate_python(country) == country
    for unknown in ("UK", "it", "ITA", "EU", "AN", "ZZ", ""):
        with pytest.raises(ValidationError):
            TypeAdapter(Country).validate_python(unknown)
    for zone in (ROME, SHANGHAI, "UTC", "America/Argentina/Buenos_Aires", "Asia/Calcutta"):
        assert TypeAdapter(TimeZone).validate_python(zone) == zone
    for unknown in ("europe/rome", "Rome", "+02:00", "CEST", "", "../etc/passwd", "Factory", "posixrules"):
        with pytest.raises(ValidationError):
            TypeAdapter(TimeZone).validate_python(unknown)
