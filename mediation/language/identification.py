"""Which language a text is in, among the languages of a case. It says `und` rather than guess.

What is no language is taken out first: a text of amounts and references is in none. The first voice is `eldc`. Where that is
not sure, `lingua` must agree with it, restricted to the same languages.
"""

import re
from collections.abc import Collection
from functools import cache
from typing import Any

import eldc
from lingua import IsoCode639_1, LanguageDetector, LanguageDetectorBuilder

from mediation.language.masking import mask, private_sign

UNDETERMINED = "und"
"""ISO 639-2, for a text whose language is not known."""

_PRIVATE = re.compile("[\ue000-\uf8ff]")

_LETTERS = 12
"""A text with fewer letters is too short to be sure of."""

_IDEOGRAMS = 4
"""One Chinese or Japanese character says about as much as three letters."""

_NEAR = (
    frozenset({"bs", "hr", "sh", "sr", "me"}),
    frozenset({"da", "nb", "nn", "no", "sv"}),
    frozenset({"id", "ms"}),
    frozenset({"gl", "pt"}),
)
"""Languages that nobody tells apart for sure in a short text. Their speakers read each other."""

_SURE = 0.55
"""The share of the probability that the second voice must give to its language."""


def identify(text: str, among: Collection[str], names: Collection[str] = ()) -> str:
    """The primary subtag of the language (BCP 47), such as `it`; `und` if it is not reliable.

    `among` are the languages of the case: those of the parties and of the desk, as BCP 47 tags. `names` are the names of people
    and goods, which are in no language.
    """
    wanted = frozenset(map(_primary, among)) & _known()
    rest = _words(text, names)
    if not wanted or not _long_enough(rest):
        return UNDETERMINED
    if len(wanted) == 1:
        wanted |= {"en"} if "en" not in wanted else {"fr"}  # so that there is something that it is not
    first = _first_voice(wanted).detect_details(rest)
    if first.language == UNDETERMINED:
        return UNDETERMINED
    if first.reliable:
        return str(first.language)
    return str(first.language) if _second_voice(wanted, rest) == first.language else UNDETERMINED


def is_still(text: str, source: str, target: str, names: Collection[str] = ()) -> bool:
    """Whether a translation is surely in the language of its original: the first voice alone is asked, as the second takes
    much longer. False where one of the languages is not known. It may quote English, which is no fault.
    """
    wanted, rest = frozenset({_primary(source), _primary(target)}), _words(text, names)
    if len(wanted) == 1 or not wanted <= _known() or not _long_enough(rest):
        return False
    found = _first_voice(wanted | {"en"}).detect_details(rest)
    return bool(found.reliable) and found.language == _primary(source)


def detect(text: str, declared: str, among: Collection[str], names: Collection[str] = ()) -> str | None:
    """The language of the text if it is reliable and not what its author declared (`und` if nothing); None otherwise.

    To contradict the author, both voices must name the same other language, the first one also of all languages that it
    knows. The declared one must be among these, and not so near to the other that short texts are in both.
    """
    said = _primary(declared)
    found = identify(text, {*among, declared} - {UNDETERMINED}, names)
    if found in (UNDETERMINED, said):
        return None
    if said == UNDETERMINED:
        return found
    wanted = frozenset(map(_primary, {*among, declared})) & _known()
    if said not in wanted or any(said in near and found in near for near in _NEAR):
        return None
    rest = _words(text, names)
    sure = _first_voice(_known()).detect_details(rest).language == found and _second_voice(wanted, rest) == found
    return found if sure else None


def _words(text: str, names: Collection[str]) -> str:
    masked = mask(text, placeholder=private_sign, names=names)
    return _PRIVATE.sub(" ", masked.text)


def _long_enough(text: str) -> bool:
    ideograms = sum("\u3040" <= sign <= "\u9fff" for sign in text)
    return ideograms >= _IDEOGRAMS or sum(map(str.isalpha, text)) >= _LETTERS


@cache
def _first_voice(among: frozenset[str]) -> Any:
    _begin()
    made = eldc.instance()
    made.set_languages(sorted(among))
    return made


@cache
def _begin() -> None:
    eldc.init()


@cache
def _known() -> frozenset[str]:
    _begin()
    return frozenset(eldc.LANGUAGES)


def _second_voice(among: frozenset[str], text: str) -> str | None:
    found = _lingua(among).compute_language_confidence_values(text)
    if not found or found[0].value < _SURE:
        return None
    return str(found[0].language.iso_code_639_1.name).lower()


@cache
def _lingua(among: frozenset[str]) -> LanguageDetector:
    codes = [getattr(IsoCode639_1, code.upper()) for code in sorted(among) if hasattr(IsoCode639_1, code.upper())]
    return LanguageDetectorBuilder.from_iso_codes_639_1(*codes).build()


def _primary(tag: str) -> str:
    return tag.partition("-")[0].lower()
