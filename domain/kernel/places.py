"""Where somebody is, which clock they live by and what they read: country, time zone, language.

Each is a checked `str`. A wrong one raises a ValueError that says what was expected.
"""

import re
from functools import lru_cache
from importlib.metadata import version
from importlib.resources import files
from typing import Annotated

import holidays
import langcodes
import whenever
from pydantic import AfterValidator, Field

TZDATA = version("tzdata")
"""The version of the time zone database in use, such as "2026.6" (IANA calls it 2026f)."""

# Zones come only from the installed package: machines with different system files would compute different deadlines.
whenever.reset_tzpath(())

COUNTRIES = frozenset(holidays.list_supported_countries(include_aliases=False))
"""ISO 3166-1 alpha-2, all 249, and XK (Kosovo)."""

TIME_ZONES = frozenset(files("tzdata").joinpath("zones").read_text(encoding="ascii").split()) - {"Factory"}

_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")
_MAX_TAG = 35  # RFC 5646, section 4.4.1
_NO_LANGUAGE = frozenset({"und", "mul", "mis", "zxx"})
_PRIVATE_LANGUAGE = re.compile(r"q[a-t][a-z]")
_PRIVATE_SCRIPT = re.compile(r"Qa(a[a-z]|b[a-x])")


def _country(code: str) -> str:
    if code not in COUNTRIES:
        raise ValueError("not a country: two capital letters of ISO 3166-1, such as IT (the United Kingdom is GB)")
    return code


def _time_zone(name: str) -> str:
    if name not in TIME_ZONES:
        raise ValueError(f"not a time zone of the IANA database (tzdata {TZDATA}), such as Europe/Rome")
    return name


@lru_cache(maxsize=4096)
def reads(wanted: str, known: str) -> bool:
    """Whether a reader of `known` reads `wanted`: at most 10 in CLDR's table, as langcodes documents (en-GB, en-US)."""
    return langcodes.tag_distance(wanted, known) <= 10


@lru_cache(maxsize=4096)
def language_tag(tag: str) -> str:
    """The tag in its canonical form. Raises ValueError if it names no language."""
    if len(tag) > _MAX_TAG or _TAG.fullmatch(tag) is None or not langcodes.tag_is_valid(tag):
        raise ValueError("not a language tag of BCP 47, such as it or zh-Hans, all of whose subtags are registered")
    canonical = langcodes.standardize_tag(tag)
    parts = langcodes.Language.get(canonical)
    if parts.language is None or parts.language in _NO_LANGUAGE:
        raise ValueError("this tag names no language; one is needed, such as it or zh-Hans")
    region_known = parts.territory is None or parts.territory.isdigit() or parts.territory in COUNTRIES
    private = (
        _PRIVATE_LANGUAGE.fullmatch(parts.language) or _PRIVATE_SCRIPT.fullmatch(parts.script or "") or parts.private
    )
    if private or not region_known:
        raise ValueError(
            "private or unregistered subtags mean nothing to a reader: use registered ones, such as zh-Hans"
        )
    return canonical


Country = Annotated[
    str, AfterValidator(_country), Field(json_schema_extra={"pattern": "^[A-Z]{2}$", "examples": ["IT"]})
]
"""An ISO 3166-1 alpha-2 code, upper case."""

TimeZone = Annotated[
    str, AfterValidator(_time_zone), Field(json_schema_extra={"maxLength": 40, "examples": ["Europe/Rome"]})
]
"""A name in the IANA time zone database, spelt as there."""

LanguageTag = Annotated[
    str,
    AfterValidator(language_tag),
    Field(json_schema_extra={"pattern": f"^{_TAG.pattern}$", "maxLength": _MAX_TAG, "examples": ["zh-Hans"]}),
]
"""A BCP 47 tag in its canonical form: `zh-hans` becomes `zh-Hans`, `iw` becomes `he`."""
