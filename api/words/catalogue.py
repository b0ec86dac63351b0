"""A catalogue holds the engine's words in one language. It is a gettext file, and Babel reads it.

    catalogue("de").say("stage", "Negotiation")

The English text is the key, together with its context: the same English word may need two words elsewhere. A text that is
not translated is said in English. `python -m tests.api.words.catalogues` writes new texts into the files.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel.core import Locale
from babel.dates import format_date, format_datetime, format_time
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

from api.words.languages import ENGLISH, language_of

_SECONDS = re.compile("[:.]ss")

FOLDER = Path(__file__).parent / "catalogues"

_INSTANTS = 4_096
"""Instants whose texts are remembered. To write one takes a tenth of a millisecond, and a page of a case has two hundred."""


class Catalogue:
    """The words of one language. `direction` is `ltr` or `rtl`."""

    def __init__(self, language: str, translations: NullTranslations) -> None:
        self.language = language
        self.locale = Locale.parse(language, sep="-")
        self._translations = translations

    @property
    def direction(self) -> str:
        return self.locale.text_direction

    def say(self, context: str, text: str, /, **facts: Any) -> str:
        """The text in this language. `{name}` in it stands for a fact."""
        said = str(self._translations.pgettext(context, text))
        return said.format_map(facts) if facts else said

    def count(self, context: str, one: str, many: str, number: int, /, **facts: Any) -> str:
        """The text in the plural form that this language has for the number. `{number}` stands for it."""
        said = str(self._translations.npgettext(context, one, many, number))
        return said.format_map({"number": number, **facts})

    def listed(self, items: Sequence[str]) -> str:
        """The items one after the other, as the language writes a list (CLDR)."""
        return format_list(items, "standard", self.locale)

    def instant(self, at: datetime, zone: str, *, seconds: bool = True) -> str:
        """The exact instant on the clock of this time zone, which is named: nothing is rounded. Without seconds, they are
        left out.
        """
        return _in_full(at, zone, self.locale) if seconds else _to_the_minute(at, zone, self.locale)


@lru_cache(maxsize=_INSTANTS)
def _in_full(at: datetime, zone: str, locale: Locale) -> str:
    return format_datetime(at, "full", tzinfo=ZoneInfo(zone), locale=locale)


@lru_cache(maxsize=_INSTANTS)
def _to_the_minute(at: datetime, zone: str, locale: Locale) -> str:
    local = at.astimezone(ZoneInfo(zone))
    pattern = _SECONDS.sub("", locale.time_formats["full"].pattern)
    day, time = format_date(local, "full", locale), format_time(local, pattern, ZoneInfo(zone), locale)
    return str(locale.datetime_formats["full"]).replace("{0}", time).replace("{1}", day)


@cache
def catalogue(language: str) -> Catalogue:
    """The catalogue of one of `LANGUAGES`."""
    if language == ENGLISH:
        return Catalogue(language, NullTranslations())
    compiled = BytesIO()
    with path_of(language).open("rb") as file:
        write_mo(compiled, read_po(file, locale=language.replace("-", "_")))
    compiled.seek(0)
    return Catalogue(language, Translations(compiled))


def spoken_to(accept_language: str | None) -> Catalogue:
    """The catalogue for the reader who sent this `Accept-Language`."""
    return catalogue(language_of(accept_language))


def path_of(language: str) -> Path:
    return FOLDER / f"{language}.po"


def named(words: Catalogue, context: str, names: Mapping[str, str]) -> dict[str, str]:
    """The names of all values of one kind, in this language."""
    return {value: words.say(context, name) for value, name in names.items()}
