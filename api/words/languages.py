"""The languages that the engine speaks, and which of several languages a reader gets."""

from collections.abc import Iterable
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


def language_of(accept_language: str | None) -> str:
    """The tag of the language for this `Accept-Language` (RFC 9110, section 12.5.4); English if none of its fits."""
    return best(asked_for(accept_language), LANGUAGES)


def best(wanted: Iterable[str], known: tuple[str, ...]) -> str:
    """The tag among the known ones for a reader who wants these languages, the most wanted first.

    If none of them is near enough, it is English. If English is not known, it is the first one.
    """
    for tag in (*wanted, ENGLISH):
        if (found := nearest(tag, known)) is not None:
            return found
    return known[0]


@lru_cache(maxsize=4096)
def nearest(wanted: str, known: tuple[str, ...]) -> str | None:
    """The known tag that serves a reader of this language, by CLDR's matching. None if there is none.

    A language in another script serves too: a reader of traditional Chinese gets simplified Chinese.
    """
    try:
        found = closest_supported_match(wanted, [*known], max_distance=_FAR)
    except (LanguageTagError, ValueError):
        return None
    return found or next((tag for tag in known if primary(tag) == primary(wanted)), None)


def primary(tag: str) -> str:
    """The language of a tag (BCP 47) without its region and script."""
    return tag.partition("-")[0].lower()


@lru_cache(maxsize=1024)
def asked_for(accept_language: str | None) -> tuple[str, ...]:
    """The tags of an `Accept-Language`, the most wanted first.

    A tag with `q=0` is not wanted, and neither is one with a `q` that is no number.
    """
    weighed = []
    for item in (accept_language or "").split(",")[:_MANY]:
        tag, _, parameter = item.partition(";")
        name, _, value = parameter.partition("=")
        try:
            weight = float(value) if name.strip().lower() == "q" else 1.0
        except ValueError:
            weight = 0.0
        if 0 < weight <= 1 and tag.strip() not in ("", "*"):
            weighed.append((-weight, tag.strip()))
    return tuple(tag for _, tag in sorted(weighed, key=lambda one: one[0]))
