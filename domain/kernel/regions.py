"""Parts of a country, by their code in ISO 3166-2, and which of them the package `holidays` knows.

Malformed
├── UnknownRegion
└── RegionOfAnotherCountry
"""

from functools import lru_cache
from typing import Annotated

import holidays
import pycountry
from pydantic import Field, StringConstraints

from domain.kernel.places import Country
from domain.kernel.refusals import Malformed

# --- types ---

Region = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}-[A-Z0-9]{1,3}$"), Field(examples=["GB-SCT"])]
"""A code of ISO 3166-2. The type checks its form alone: codes are withdrawn, and a stored one stays readable."""


class UnknownRegion(Malformed):
    """The region is no code of ISO 3166-2. `known` lists the parts of that country that have holidays of their own.

    Why: Holidays differ inside a country. A region that does not exist has no holidays, and the deadline could be
    wrong.

    What to do: Use a code of ISO 3166-2, such as one of `known`, or leave the region out.

    Example: {"region": "GB-XYZ", "known": ["GB-ENG", "GB-NIR", "GB-SCT", "GB-WLS"]}
    """


class RegionOfAnotherCountry(Malformed):
    """The region is not a part of the `country` beside it.

    Why: The code of a region begins with its country. Two countries for one person would give two calendars.

    What to do: Correct the region or the `country`, so that both begin alike.

    Example: {"region": "GB-SCT", "country": "IT"}
    """


# --- decisions ---


def check_region(region: Region, country: Country | None, *, at: str) -> None:
    """Raises UnknownRegion, RegionOfAnotherCountry. `at` points to the field."""
    for fault in faults(region, country, at=at):
        raise fault


def faults(region: Region, country: Country | None, *, at: str) -> list[Malformed]:
    if region[:2] != country:
        return [RegionOfAnotherCountry(at=at, region=region, country=country)]
    if not _exists(region):
        return [UnknownRegion(at=at, region=region, known=sorted(_codes(region[:2])))]
    return []


@lru_cache(maxsize=4096)
def part_with_holidays(region: Region) -> str | None:
    """The part by which `holidays` knows the region, or the larger part that it belongs to: ENG for London (GB-LND).

    None if it knows neither. The region then has the holidays of the whole country.
    """
    country, _, part = region.partition("-")
    if part in (parts := _parts(country)):
        return part
    if (listed := _listed(region)) is None:
        return None
    name, larger = listed
    if name in (aliases := _aliases(country)):
        return aliases[name]
    return part_with_holidays(larger) if larger and parts else None


def _exists(region: Region) -> bool:
    """Some codes are newer than one of the two packages."""
    country, _, part = region.partition("-")
    return part in _parts(country) or _listed(region) is not None


def _listed(region: Region) -> tuple[str, Region | None] | None:
    """Its name in ISO 3166-2, and the larger region that it lies in."""
    found = pycountry.subdivisions.get(code=region)  # type: ignore[no-untyped-call]  # typed in part
    return None if found is None else (found.name, found.parent_code)


def _codes(country: Country) -> list[str]:
    return [f"{country}-{part}" for part in _parts(country) if part.isalnum() and part.isascii() and len(part) <= 3]


@lru_cache(maxsize=512)
def _parts(country: Country) -> frozenset[str]:
    return frozenset(holidays.list_supported_countries(include_aliases=False).get(country, ()))


@lru_cache(maxsize=512)
def _aliases(country: Country) -> dict[str, str]:
    return dict(holidays.country_holidays(country).subdivisions_aliases)
