"""The days on which somebody does not work: the weekend and the public holidays of where they live.

Many countries have holidays that only a part of them keeps: Easter Monday is none in Scotland, and Good Friday none in
two cantons of Switzerland. Somebody whose region is known has the holidays of that region. For somebody else, a day
counts that is a holiday in the whole country or where most people of the country live (`domain.kernel.populations`).
Policy may say otherwise.
"""

from collections import defaultdict
from datetime import date, timedelta
from functools import lru_cache
from importlib.metadata import version
from typing import Literal

import holidays

from domain.kernel.frozen import frozen
from domain.kernel.places import Country
from domain.kernel.populations import POPULATIONS
from domain.kernel.regions import Region, part_with_holidays

# --- types ---

HOLIDAYS = f"holidays {version('holidays')}"

CountedBy = Literal["own_region", "policy_region", "policy_national", "most_people", "national"]
"""Why these holidays count: the region of whoever must act, a region that policy names for the country, policy's word
that only holidays of the whole country count, those of most people, or that all of the country has the same holidays.
"""

Otherwise = Literal["most_people", "national_only"]

_WEEKEND = (5, 6)


@frozen
class Calendar:
    """The holidays that count for somebody.

    `country` and `part` are as `holidays` knows them. Without a country, only Saturday and Sunday are days off. `name`
    is what a deadline's proof gives. `population` is the source of the figures that say where most people live.
    """

    name: str
    country: Country | None
    region: Region | None
    part: str | None
    counted_by: CountedBy | None
    population: str | None


# --- decisions ---


@lru_cache(maxsize=4096)
def calendar(
    country: Country | None,
    region: Region | None = None,
    part: str | None = None,
    counted_by: CountedBy | None = None,
) -> Calendar:
    """Deadlines of earlier versions of the engine have no `counted_by`: only holidays of the whole country counted."""
    if country is None:
        return Calendar("weekends only", None, None, None, None, None)
    name = f"{HOLIDAYS} {country}-{part}" if part else f"{HOLIDAYS} {country}"
    census = POPULATIONS.get(country) if counted_by == "most_people" else None
    return Calendar(name, country, region, part, counted_by, census.source if census else None)


@lru_cache(maxsize=4096)
def calendar_of(
    country: Country | None, region: Region | None, otherwise: Otherwise | Region = "most_people"
) -> Calendar:
    """The calendar of somebody who lives there. `otherwise` is what policy says about those whose region is unknown."""
    if region is not None:
        return calendar(country, region, part_with_holidays(region), "own_region")
    match otherwise:
        case "most_people":
            return calendar(country, counted_by="most_people" if country in POPULATIONS else "national")
        case "national_only":
            return calendar(country, counted_by="policy_national")
        case named:
            return calendar(country, named, part_with_holidays(named), "policy_region")


@lru_cache(maxsize=1024)
def days_off(country: Country | None, part: str | None, counted_by: CountedBy | None, year: int) -> frozenset[date]:
    """Holidays and weekend days of a year, without weekend days that the state declared working days (as in China)."""
    if country is None:
        return frozenset(day for day in _days_of(year) if day.weekday() in _WEEKEND)
    days = _days_off(country, part, year)
    return days | _where_most_live(country, year, days) if counted_by == "most_people" else days


def _where_most_live(country: Country, year: int, everywhere: frozenset[date]) -> frozenset[date]:
    if (census := POPULATIONS.get(country)) is None:
        return frozenset()
    resting = defaultdict[date, float](float)
    for part, people in census.people.items():
        for day in _days_off(country, part, year) - everywhere:
            resting[day] += people
    return frozenset(day for day, people in resting.items() if 2 * people > census.total)


def _days_off(country: Country, part: str | None, year: int) -> frozenset[date]:
    # A holiday may be observed across the turn of the year, so the neighbouring years are needed too.
    known = holidays.country_holidays(country, subdiv=part, years=(year - 1, year, year + 1))
    return frozenset(day for day in _days_of(year) if not known.is_working_day(day))


def _days_of(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)]
