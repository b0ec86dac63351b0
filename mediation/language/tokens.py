"""What of a text no translation may touch: amounts, dates, numbers, references, addresses, names, markup, emoji."""

import re
from collections.abc import Collection, Iterator
from functools import cache

from babel.core import Locale
from babel.dates import get_month_names

_LETTER = r"[^\W\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
"""A letter or digit that belongs to a word beside it. In Thai, Chinese, Japanese and Korean a name or a number stands between
other signs without a space: `单号LP00123456789CN已签收`.
"""

_BEGINS, _ENDS = rf"(?<!{_LETTER})", rf"(?!{_LETTER})"

_CURRENCIES = (
    r"(?:US\$|HK\$|NT\$|R\$|C\$|A\$|S\$|[$€£¥￥₽₹₩₺₴₪₫฿₱₦]|(?:CN|JP)[¥￥]|(?<![A-Za-z])[A-Z]{3}(?![A-Za-z])"
    r"|元|人民币|块钱|块|円|руб\.?|грн\.?|zł|kr\.?|lei|TL|Kč|Ft|лв\.?|د\.إ|ر\.س|ج\.م|درهم|ريال|دينار|جنيه)"
)
_NUMBER = r"[+\-−±]?(?:\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?!\d)(?:[.,]\d+)?|\d(?:[\d.,'’٬٫]*\d)?)(?:\s?[百千万萬亿億]+)?"
"""`1.2万` is 12,000: an engine that is shown `万` alone makes "million" of it."""

_URL = r"(?:https?://|www\.)[^\s<>\"'，。；、]+[^\s<>\"'，。；、.,;:!?)\]]"
_MAIL = r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+"
_IBAN = rf"{_BEGINS}[A-Z]{{2}}\d{{2}}(?:[ \u00a0]?[A-Z0-9]{{4}}){{2,7}}(?:[ \u00a0]?[A-Z0-9]{{1,4}})?{_ENDS}"
_PHONE = r"\+\d[\d \u00a0()/.-]{6,}\d"
_REFERENCE = (
    rf"#?\d+(?:-\d+)+|#\d+|{_BEGINS}(?<!#)#?(?=[A-Za-z0-9/_-]*\d)(?=[A-Za-z0-9/_-]*[A-Za-z_/-])"
    rf"[A-Za-z0-9]+(?:[-_/][A-Za-z0-9]+)*{_ENDS}"
)
_AMOUNT = rf"{_CURRENCIES}\s?{_NUMBER}|{_NUMBER}\s?(?:{_CURRENCIES}|%|‰)"
_HALF_OF_DAY = rf"[AaPp]\.?[Mm]{_ENDS}\.?"
_CLOCK = (
    r"\d{1,2}(?::\d{2}){1,2}(?:[ \u00a0\u202f]?" + _HALF_OF_DAY + r")?(?:[ ]?(?:UTC|GMT|CET|CEST)\b)?"
    r"|\d{1,2}\s?"
    + _HALF_OF_DAY
    + r"|(?:上午|下午|晚上|凌晨|中午|早上|午前|午後)?\d{1,2}(?:点|點|时|時)(?:半|\d{1,2}分)?"
)
_DAY = (
    r"\d{4}-\d{1,2}-\d{1,2}(?:T[\d:.]+(?:Z|[+-]\d{2}:?\d{2})?)?|\d{1,4}[./-]\d{1,2}[./-]\d{1,4}\.?"
    r"|\d{4}年(?:\d{1,2}月(?:\d{1,2}[日号])?)?|\d{1,2}月\d{1,2}[日号]?"
)
_MARKUP = r"</?[A-Za-z][^<>\n]{0,200}>|&(?:[A-Za-z]{2,30}|#\d{1,7});"
_EMOJI = (
    "(?:[\U0001f1e6-\U0001f1ff]{2}|[\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff\u2300-\u23ff]"
    "[\ufe0f\U0001f3fb-\U0001f3ff]*(?:\u200d[\U0001f000-\U0001faff\u2600-\u27bf][\ufe0f\U0001f3fb-\U0001f3ff]*)*)+"
)

DATE_LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "ru", "ar", "nl", "pl", "tr", "uk")
"""Languages in which a date in words is recognised. Chinese and Japanese dates are digits and signs."""


@cache
def _patterns() -> re.Pattern[str]:
    """The first alternative that fits wins, so the longer kinds come first."""
    numbers = (_IBAN, _date_in_words(), _DAY, _CLOCK, _AMOUNT, _PHONE, _REFERENCE, _NUMBER)
    kinds = (_MARKUP, _URL, _MAIL, *numbers, _EMOJI)
    return re.compile("|".join(f"(?:{kind})" for kind in kinds))


def _date_in_words() -> str:
    """`3 novembre 2026`, `November 3rd, 2026`, `3 de noviembre de 2026`. The year may be missing."""
    months = {
        name.rstrip(".")
        for language in DATE_LANGUAGES
        for width in ("wide", "abbreviated")
        for context in ("format", "stand-alone")
        for name in get_month_names(width, context, Locale.parse(language)).values()
        if len(name) > 2 and not name[0].isdigit()
    }
    month = "(?:" + "|".join(re.escape(name) for name in sorted(months, key=len, reverse=True)) + r")\.?"
    of, nth = r"(?:\s+(?:de|of|do|da|di|del))?", r"(?:st|nd|rd|th|er|º|ª|\.)?"
    year = rf"(?:{of},?\s+\d{{4}}(?:\s?(?:г\.?|г|року|року))?)?"
    return (
        rf"(?i:{_BEGINS}\d{{1,2}}{nth}{of}\s+{month}{year}|{_BEGINS}{month}\s+\d{{1,2}}{nth}(?:,?\s+\d{{4}})?){_ENDS}"
    )


def tokens(text: str, names: Collection[str] = ()) -> Iterator[tuple[int, int]]:
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
        for match in re.finditer(rf"{_BEGINS}(?:{either}){_ENDS}", text, re.IGNORECASE):
            yield match.span()


def kept(text: str) -> Iterator[tuple[str, bool]]:
    """The pieces of a text, and whether each is an amount, a date, a number, a reference or an address."""
    at = 0
    for start, end in tokens(text):
        if text[start] not in "<&" and any(map(str.isalnum, text[start:end])):
            yield text[at:start], False
            yield text[start:end], True
            at = end
    yield text[at:], False
