"""Amounts as people write them in their language: `1.129,90` in German. The API takes `1129.90`."""

import re
import unicodedata

from babel.core import Locale
from babel.numbers import get_decimal_symbol, get_group_symbol

_BLANKS = re.compile(r"[\s\u00a0\u202f'’]")
_BETWEEN_ARABIC_DIGITS = str.maketrans({"٫": ".", "٬": ""})
_ONLY_A_FRACTION = re.compile(r"\d+[.,](?:\d{1,2}|\d{4,})")
"""No group of thousands has one, two or four digits: such a separator is a decimal point in any language."""


def plain(typed: str, language: str) -> str:
    """The amount as a plain decimal. What can be read in two ways stays as it was typed, and is refused."""
    text = _BLANKS.sub("", digits(typed))
    if "٫" in text or "٬" in text:
        return text.translate(_BETWEEN_ARABIC_DIGITS)
    decimal, group = (re.escape(symbol) for symbol in _symbols(language))
    if re.fullmatch(rf"\d{{1,3}}(?:{group}\d{{3}})+(?:{decimal}\d+)?", text):
        return re.sub(group, "", text).replace(_symbols(language)[0], ".")
    if re.fullmatch(rf"\d+(?:{decimal}\d+)?", text) or _ONLY_A_FRACTION.fullmatch(text):
        return text.replace(",", ".")
    return text


def written(amount: str, language: str) -> str:
    """A plain decimal, as it is written in this language."""
    return amount.replace(".", decimal_of(language))


def digits(text: str) -> str:
    """The digits of any script as those of ASCII."""
    return "".join(str(unicodedata.digit(one)) if one.isdecimal() and not one.isascii() else one for one in text)


def decimal_of(language: str) -> str:
    return _symbols(language)[0]


def _symbols(language: str) -> tuple[str, str]:
    """The decimal point, and what stands between thousands."""
    locale = Locale.parse(language, sep="-")
    return str(get_decimal_symbol(locale)), str(get_group_symbol(locale))
