"""Takes out of a text what no translation may touch: amounts, dates, numbers, references, addresses, names, emoji.

A translation engine turned `¥1187` into `1187 euros`, and `R$5692` into `R$ 562`. With a placeholder in the place of each, it
kept everything in 300 sentences of 300. So a placeholder goes to the engine, and the original's own characters come back.

    masked = mask("Ho pagato 129,90 € il 3 novembre 2026.", placeholder=lambda n: f"XQ{n}")
    masked.text                             # "Ho pagato XQ1 il XQ2."
    unmasked = unmask(masked, "I paid XQ1 on XQ2.")
    unmasked.text                           # "I paid 129,90 € on 3 novembre 2026."
    unmasked.faults                         # (): it is safe
"""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from babel.core import Locale
from babel.dates import get_month_names

from domain.settlement.translation_facts import Fault

Placeholder = Callable[[int], str]
"""The form that one engine keeps, for the number of a token. No two are part of each other's end: `XQ1` and `XQ12` may not
both be matched in `XQ12`, and `unmask` takes the longest first."""


@dataclass(frozen=True, slots=True)
class Span:
    """Where the original's own characters stand in the translation: from `start`, `length` characters."""

    start: int
    length: int


@dataclass(frozen=True, slots=True)
class Masked:
    """`text` goes to the engine. `tokens` are what was taken out, in the order of their numbers, which begin with 1."""

    source: str
    text: str
    tokens: tuple[str, ...]
    placeholders: tuple[str, ...]
    shouted: bool

    @property
    def has_language(self) -> bool:
        """Whether there is anything to translate."""
        rest = self.text
        for placeholder in sorted(self.placeholders, key=len, reverse=True):
            rest = rest.replace(placeholder, " ")
        return any(map(str.isalpha, rest))


@dataclass(frozen=True, slots=True)
class Unmasked:
    """The translation with the original's own characters in it. It is safe if it has no faults."""

    text: str
    spans: tuple[Span, ...]
    faults: tuple[Fault, ...]

    @property
    def safe(self) -> bool:
        return not self.faults


# --- masking ---


def mask(text: str, *, placeholder: Placeholder, names: Collection[str] = ()) -> Masked:
    """`names` are the names of the parties and of the goods. A text in capitals is lowered, because engines take capitals for
    names and leave them as they are.
    """
    found = [*_tokens(text, names)]
    shouted = _shouted(_between(text, found))
    number, tokens, placeholders, pieces, at = 0, list[str](), list[str](), list[str](), 0
    for start, end in found:
        number += 1
        while placeholder(number) in text:  # somebody wrote exactly this
            number += 1
        tokens.append(text[start:end])
        placeholders.append(placeholder(number))
        pieces += [_lowered(text[at:start], shouted), placeholders[-1]]
        at = end
    pieces.append(_lowered(text[at:], shouted))
    return Masked(text, "".join(pieces), tuple(tokens), tuple(placeholders), shouted)


def has_language(text: str, names: Collection[str] = ()) -> bool:
    """Whether anything in the text is in a language. Amounts, references, names and emoji alone are the same in every one."""
    return mask(text, placeholder=lambda number: "\ue000", names=names).has_language


def unmask(masked: Masked, translation: str) -> Unmasked:
    """The tokens in the place of their placeholders. Where one is missing, `faults` says so, and the rest is put back."""
    tokens = dict(zip(masked.placeholders, masked.tokens, strict=True))
    faults = [*_faults(masked, translation)]
    pieces, spans, length = list[str](), list[Span](), 0
    for piece, is_token in _split(translation, masked.placeholders):
        said = tokens[piece] if is_token else piece.upper() if masked.shouted else piece
        if is_token:
            spans.append(Span(length, len(said)))
        pieces.append(said)
        length += len(said)
    return Unmasked("".join(pieces), tuple(spans), tuple(dict.fromkeys(faults)))


def _faults(masked: Masked, translation: str) -> Iterator[Fault]:
    if not translation.strip():
        yield "empty"
        return
    if translation == masked.text and masked.has_language:
        yield "not_translated"
    parts = [*_split(translation, masked.placeholders)]
    times = [sum(is_token and piece == placeholder for piece, is_token in parts) for placeholder in masked.placeholders]
    if 0 in times:
        yield "lost"
    if any(number > 1 for number in times):
        yield "doubled"
    if any(not is_token and any(map(str.isdigit, piece)) for piece, is_token in parts):
        yield "number_added"


def _split(text: str, placeholders: Sequence[str]) -> Iterator[tuple[str, bool]]:
    """The pieces of the text, and whether each is a placeholder."""
    if not placeholders:
        yield text, False
        return
    longest_first = "|".join(re.escape(one) for one in sorted(placeholders, key=len, reverse=True))
    for nth, piece in enumerate(re.split(f"({longest_first})", text)):
        yield piece, nth % 2 == 1


def _between(text: str, found: Sequence[tuple[int, int]]) -> str:
    starts, ends = [0, *(end for _, end in found)], [*(start for start, _ in found), len(text)]
    return " ".join(text[start:end] for start, end in zip(starts, ends, strict=True))


def _shouted(text: str) -> bool:
    """Whether it is written in capitals: at least two words, with hardly a small letter."""
    capitals, small = sum(map(str.isupper, text)), sum(map(str.islower, text))
    return len(text.split()) > 1 and capitals > 5 and capitals > 9 * small


def _lowered(text: str, shouted: bool) -> str:
    return text.lower() if shouted else text


# --- what no translation may touch ---

_CURRENCIES = (
    r"(?:US\$|HK\$|NT\$|R\$|C\$|A\$|S\$|[$€£¥￥₽₹₩₺₴₪₫฿₱₦]|\b[A-Z]{3}\b|元|人民币|块钱|块|円|руб\.?|грн\.?|zł|kr\.?|lei|TL|Kč|Ft|лв\.?"
    r"|د\.إ|ر\.س|ج\.م|درهم|ريال|دينار|جنيه)"
)
_NUMBER = r"[+\-−±]?(?:\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?!\d)(?:[.,]\d+)?|\d(?:[\d.,'’٬٫]*\d)?)"

_URL = r"(?:https?://|www\.)[^\s<>\"'，。；、]+[^\s<>\"'，。；、.,;:!?)\]]"
_MAIL = r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+"
_IBAN = r"\b[A-Z]{2}\d{2}(?:[ \u00a0]?[A-Z0-9]{4}){2,7}(?:[ \u00a0]?[A-Z0-9]{1,4})?\b"
_PHONE = r"\+\d[\d \u00a0()/.-]{6,}\d"
_REFERENCE = (
    r"#?\d+(?:-\d+)+|#\d+|(?<![\w#])#?(?=[\w/_-]*\d)(?=[\w/_-]*[A-Za-z_/-])[A-Za-z0-9]+(?:[-_/][A-Za-z0-9]+)*(?!\w)"
)
_AMOUNT = rf"{_CURRENCIES}\s?{_NUMBER}|{_NUMBER}\s?(?:{_CURRENCIES}|%|‰)"
_CLOCK = (
    r"\d{1,2}(?::\d{2}){1,2}(?:[ \u00a0\u202f]?[AaPp]\.?[Mm]\b\.?)?(?:[ ]?(?:UTC|GMT|CET|CEST)\b)?"
    r"|\d{1,2}\s?[AaPp]\.?[Mm]\b\.?|(?:上午|下午|晚上|凌晨|中午|早上|午前|午後)?\d{1,2}(?:点|點|时|時)(?:半|\d{1,2}分)?"
)
_DAY = (
    r"\d{4}-\d{1,2}-\d{1,2}(?:T[\d:.]+(?:Z|[+-]\d{2}:?\d{2})?)?|\d{1,4}[./-]\d{1,2}[./-]\d{1,4}\.?"
    r"|\d{4}年(?:\d{1,2}月(?:\d{1,2}[日号])?)?|\d{1,2}月\d{1,2}[日号]?"
)
_EMOJI = (
    "(?:[\U0001f1e6-\U0001f1ff]{2}|[\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff\u2300-\u23ff]"
    "[\ufe0f\U0001f3fb-\U0001f3ff]*(?:\u200d[\U0001f000-\U0001faff\u2600-\u27bf][\ufe0f\U0001f3fb-\U0001f3ff]*)*)+"
)

_LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "ru", "ar", "nl", "pl", "tr", "uk")
"""Languages in which a date in words is recognised. Chinese and Japanese dates are digits and signs."""


@cache
def _patterns() -> re.Pattern[str]:
    """The first alternative that fits wins, so the longer kinds come first."""
    kinds = (_URL, _MAIL, _IBAN, _date_in_words(), _DAY, _CLOCK, _AMOUNT, _PHONE, _REFERENCE, _NUMBER, _EMOJI)
    return re.compile("|".join(f"(?:{kind})" for kind in kinds))


def _date_in_words() -> str:
    """`3 novembre 2026`, `November 3rd, 2026`, `3 de noviembre de 2026`. The year may be missing."""
    months = {
        name.rstrip(".")
        for language in _LANGUAGES
        for width in ("wide", "abbreviated")
        for context in ("format", "stand-alone")
        for name in get_month_names(width, context, Locale.parse(language)).values()
        if len(name) > 2 and not name[0].isdigit()
    }
    month = "(?:" + "|".join(re.escape(name) for name in sorted(months, key=len, reverse=True)) + r")\.?"
    of, nth = r"(?:\s+(?:de|of|do|da|di|del))?", r"(?:st|nd|rd|th|er|º|ª|\.)?"
    year = rf"(?:{of},?\s+\d{{4}}(?:\s?(?:г\.?|г|року|року))?)?"
    return rf"(?i:\b\d{{1,2}}{nth}{of}\s+{month}{year}|\b{month}\s+\d{{1,2}}{nth}(?:,?\s+\d{{4}})?)(?!\w)"


def _tokens(text: str, names: Collection[str]) -> Iterator[tuple[int, int]]:
    """The places of what must stay, in order. A name wins over anything inside it."""
    taken = [*_named(text, names)]
    for match in _patterns().finditer(text):
        if not any(start < match.end() and match.start() < end for start, end in taken):
            taken.append(match.span())
    yield from sorted(taken)


def _named(text: str, names: Collection[str]) -> Iterator[tuple[int, int]]:
    known = sorted({name.strip() for name in names if len(name.strip()) > 1}, key=len, reverse=True)
    if known:
        either = "|".join(re.escape(name) for name in known)
        for match in re.finditer(rf"(?<!\w)(?:{either})(?!\w)", text, re.IGNORECASE):
            yield match.span()
