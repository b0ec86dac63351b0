"""A date or an amount as its reader writes it: `3 novembre 2026` is `2026年11月3日` for a Chinese reader.

An engine that translates never sees them, so this is made from CLDR. What can be read in two ways gets no other form: a date
such as 03/11/2026, and a number such as 1.299, which is one and a bit or more than a thousand.
"""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import product
from typing import Literal

from babel.core import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton, get_day_names, get_month_names
from babel.numbers import format_currency, format_decimal

from mediation.language.tokens import DATE_LANGUAGES

_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_CHINESE = re.compile(r"(?:(\d{4})年)?(\d{1,2})月(\d{1,2})[日号]?")
_LEAP_YEAR = 2000
"""Of a date without a year, so that there is a 29 February."""

_WIDTHS: tuple[Literal["wide", "abbreviated"], ...] = ("wide", "abbreviated")
_CONTEXTS: tuple[Literal["format", "stand-alone"], ...] = ("format", "stand-alone")

_NUMBER = re.compile(r"\d[\d.,'’٬٫ \u00a0\u202f]*")
_SEPARATORS = re.compile(r"[.,٬٫]")
_TIMES: Mapping[str, int] = {"百": 100, "千": 1_000, "万": 10_000, "萬": 10_000, "亿": 10**8, "億": 10**8}
_CODES: Mapping[str, str] = {
    "€": "EUR", "US$": "USD", "HK$": "HKD", "NT$": "TWD", "R$": "BRL", "A$": "AUD", "S$": "SGD", "₽": "RUB", "руб": "RUB",
    "₹": "INR", "₩": "KRW", "₺": "TRY", "TL": "TRY", "₴": "UAH", "грн": "UAH", "₪": "ILS", "₫": "VND", "zł": "PLN",
    "Kč": "CZK", "Ft": "HUF", "人民币": "CNY", "円": "JPY",
}  # fmt: skip
"""Signs of one currency only. `¥`, `元`, `$`, `£` and `kr` are signs of several, and stay as they are."""


def own_form(token: str, language: str) -> str | None:
    """How a reader of the language (BCP 47) writes the date or the amount. None if it is neither, if it is not clear, or if
    they write it just so.
    """
    locale = _locale(language)
    if locale is None:
        return None
    found = _date(token.strip(), locale) or _amount(token.strip(), locale)
    return None if found is None or _same(found, token) else found


@cache
def _locale(language: str) -> Locale | None:
    try:
        found = Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return None
    return None if found.language in ("und", "root") or language.startswith("und") else found


def _same(found: str, token: str) -> bool:
    return "".join(found.split()) == "".join(token.split())


# --- dates ---


def _date(token: str, locale: Locale) -> str | None:
    if found := _ISO.fullmatch(token):
        year, month, day = map(int, found.groups())
    elif found := _CHINESE.fullmatch(token):
        year, month, day = (int(part or 0) for part in found.groups())
    elif (in_words := _in_words(token)) is not None:
        year, month, day = in_words
    else:
        return None
    try:
        at = date(year or _LEAP_YEAR, month, day)
    except ValueError:
        return None
    return str(format_date(at, "long", locale) if year else format_skeleton("MMMMd", at, locale=locale))


def _in_words(token: str) -> tuple[int, int, int] | None:
    """Year (0 if there is none), month and day, if the month has this name in one language or in several."""
    numbers = [int(number) for number in re.findall(r"\d+", token)]
    months = {month for word in re.findall(r"[^\W\d_]+", token) for month in _months().get(word.casefold(), ())}
    days = [number for number in numbers if number <= 31]
    years = [number for number in numbers if number >= 1_000]
    if len(months) != 1 or len(days) != 1 or len(days) + len(years) != len(numbers) or len(years) > 1:
        return None
    return (years[0] if years else 0), months.pop(), days[0]


@cache
def _months() -> Mapping[str, frozenset[int]]:
    """The numbers of the months that have this name. `mar` is also a day of the week, and says nothing."""
    found, days = dict[str, set[int]](), set[str]()
    for language, width, context in product(DATE_LANGUAGES, _WIDTHS, _CONTEXTS):
        locale = Locale.parse(language)
        days |= {_plain(name) for name in get_day_names(width, context, locale).values()}
        for number, name in get_month_names(width, context, locale).items():
            found.setdefault(_plain(name), set()).add(number)
    return {name: frozenset(numbers) for name, numbers in found.items() if name not in days}


def _plain(name: str) -> str:
    return name.rstrip(".").casefold()


# --- amounts ---


def _amount(token: str, locale: Locale) -> str | None:
    found = _NUMBER.search(token)
    if found is None:
        return None
    around = f"{token[: found.start()]} {token[found.end() :]}"
    value = _value(found[0].strip())
    for sign, times in _TIMES.items():
        if sign in around:
            value, around = value and value * times, around.replace(sign, "")
    sign = around.strip().rstrip(".").strip()
    if value is None or not sign or any(map(str.isdigit, sign)):
        return None
    code = _CODES.get(sign, sign)
    if code in locale.currencies:
        return str(format_currency(value, code, locale=locale, decimal_quantization=False))
    return f"{format_decimal(value, locale=locale, decimal_quantization=False)} {sign}" if _one(sign) else None


def _one(sign: str) -> bool:
    return sign in ("¥", "￥", "元", "块", "块钱", "$", "£", "kr")


def _value(number: str) -> Decimal | None:
    """None if the number can be read in two ways."""
    plain = re.sub(r"['’ \u00a0\u202f]", "", number)
    signs = _SEPARATORS.findall(plain)
    if not signs:
        return Decimal(plain)
    last = signs[-1]
    if signs.count(last) > 1:
        whole, part = plain, ""
    else:
        whole, _, part = plain.rpartition(last)
        if len(signs) == 1 and len(part) == 3 and len(whole) <= 3:
            return None
    groups = _SEPARATORS.split(whole)
    if len({*_SEPARATORS.findall(whole)}) > 1 or any(len(group) not in (2, 3) for group in groups[1:]):
        return None
    return Decimal(f"{''.join(groups)}.{part}")
