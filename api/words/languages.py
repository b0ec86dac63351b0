"""The languages that the engine speaks, and which of them a reader gets."""

from collections.abc import Iterator
from functools import lru_cache

from langcodes import closest_supported_match
from langcodes.tag_parser import LanguageTagError

ENGLISH = "en"

LANGUAGES = (ENGLISH, "zh-Hans", "de", "fr", "es", "it", "ru", "pt", "ar")
"""BCP 47 tags. English is the language of the source."""

_FAR = 20
"""The greatest distance, by CLDR, of a language that still serves: a reader of Swiss German gets German, one of Catalan
Spanish."""

_MANY = 20
"""No more languages of one header are looked at."""


@lru_cache(maxsize=1024)
def language_of(accept_language: str | None) -> str:
    """The tag of the language for this `Accept-Language` (RFC 9110, section 12.5.4); English if none of its fits."""
    for tag in by_preference(accept_language or ""):
        if (found := _nearest(tag)) is not None:
            return found
    return ENGLISH


def _nearest(tag: str) -> str | None:
    """A language in another script serves too: a reader of traditional Chinese gets simplified Chinese."""
    try:
        found = closest_supported_match(tag, LANGUAGES, max_distance=_FAR)
    except (LanguageTagError, ValueError):
        return None
    return found or next((known for known in LANGUAGES if primary(known) == primary(tag)), None)


def primary(tag: str) -> str:
    """The language of a tag (BCP 47) without its region and script."""
    return tag.partition("-")[0].lower()


def by_preference(accept_language: str) -> Iterator[str]:
    """The tags, the most wanted first. A tag with `q=0` is not wanted, and neither is one with a `q` that is no number."""
    weighed = []
    for item in accept_language.split(",")[:_MANY]:
        tag, _, parameter = item.partition(";")
        name, _, value = parameter.partition("=")
        try:
            weight = float(value) if name.strip().lower() == "q" else 1.0
        except ValueError:
            weight = 0.0
        if 0 < weight <= 1 and tag.strip() not in ("", "*"):
            weighed.append((-weight, tag.strip()))
    return (tag for _, tag in sorted(weighed, key=lambda one: one[0]))
