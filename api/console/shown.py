"""How values look on a screen: money, instants, countries, languages, and the engine's own terms, in the reader's language.

What has a direction of its own (a number, a reference) is isolated, so that it does not turn round inside of Arabic.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from babel.core import Locale, UnknownLocaleError
from babel.dates import format_datetime, format_skeleton, format_timedelta
from babel.numbers import format_currency
from markupsafe import Markup

from api.words import terms
from api.words.catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class Shown:
    """For a reader of this language whose clock is in `zone`."""

    words: Catalogue
    zone: ZoneInfo

    @property
    def _locale(self) -> Locale:
        return Locale.parse(self.words.language, sep="-")

    def money(self, money: Any) -> Markup:
        """An amount with its currency, to the last unit: `{"amount": "129.90", "currency": "EUR"}`, or a model of it."""
        amount, currency = (
            (money["amount"], money["currency"]) if isinstance(money, Mapping) else (money.amount, money.currency)
        )
        text = format_currency(Decimal(str(amount)), str(currency), locale=self._locale, currency_digits=True)
        return Markup('<bdi class="money">{}</bdi>').format(text)

    def instant(self, at: datetime | str) -> Markup:
        """Day and time on the reader's clock; the exact instant with its zone is the title."""
        then = instant(at)
        short = format_skeleton("MMMdHm", then, tzinfo=self.zone, locale=self._locale)
        return self._time(then, short)

    def relative(self, at: datetime | str, now: datetime) -> Markup:
        """How far away it is (`in 3 hours`); the exact instant is the title."""
        then = instant(at)
        text = format_timedelta(then - now, add_direction=True, locale=self._locale, threshold=1.1)
        return self._time(then, text)

    def _time(self, at: datetime, text: str) -> Markup:
        exact = self.words.instant(at, self.zone.key)
        return Markup('<time datetime="{}" title="{}">{}</time>').format(at.isoformat(), exact, text)

    def full(self, at: datetime | str) -> str:
        """The exact instant, in words, on the reader's clock."""
        return self.words.instant(instant(at), self.zone.key)

    def day(self, at: datetime | str) -> str:
        return format_datetime(instant(at), "EEEE d MMMM", tzinfo=self.zone, locale=self._locale)

    def country(self, code: str | None) -> str:
        """The name of a country (ISO 3166-1)."""
        return "" if code is None else str(self._locale.territories.get(code, code))

    def language(self, tag: str) -> str:
        """The name of a language (BCP 47)."""
        try:
            return str(Locale.parse(tag, sep="-").get_display_name(self._locale) or tag)
        except (UnknownLocaleError, ValueError):
            return tag

    def direction(self, tag: str) -> str:
        """`ltr` or `rtl`: how a text in this language runs."""
        try:
            return str(Locale.parse(tag, sep="-").text_direction)
        except (UnknownLocaleError, ValueError):
            return "auto"

    def term(self, kind: str, value: str) -> str:
        """What the engine calls this value: one of `api.words.terms.KINDS`."""
        return self.words.say(kind, terms.KINDS[kind][value])

    def fact(self, kind: str) -> str:
        """What happened, for a kind of fact."""
        return self.words.say("facts", terms.of_fact(kind))

    def reference(self, text: str) -> Markup:
        """A number or a reference: it runs from left to right also inside of Arabic."""
        return Markup('<bdi dir="ltr">{}</bdi>').format(text)


def instant(at: datetime | str) -> datetime:
    return datetime.fromisoformat(at) if isinstance(at, str) else at
