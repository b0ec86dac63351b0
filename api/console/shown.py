"""How values look on a screen: money, instants, countries, languages, and the engine's own terms, in the reader's language.

What has a direction of its own (a number, a reference) is isolated, so that it does not turn round inside of Arabic.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from babel.core import Locale, UnknownLocaleError
from babel.dates import format_skeleton, format_time, format_timedelta
from babel.numbers import parse_pattern
from babel.units import format_unit
from markupsafe import Markup

from api.words import terms
from api.words.catalogue import Catalogue
from domain.clocks import names

CONTEXT = "console"
"""The context of the console's texts in the catalogues."""

THERE_NOW = "{time} there now"


@dataclass(frozen=True, slots=True)
class Shown:
    """For a reader of this language whose clock is in `zone`."""

    words: Catalogue
    zone: ZoneInfo

    @property
    def _locale(self) -> Locale:
        return Locale.parse(self.words.language, sep="-")

    def money(self, money: Any) -> Markup:
        """An amount with its currency, to the last unit: `{"amount": "129.90", "currency": "EUR"}`, or `Money`."""
        return Markup('<bdi class="money">{}</bdi>').format(self.plain_money(money))

    def plain_money(self, money: Any) -> str:
        """The same, where no element can stand."""
        told = money if isinstance(money, Mapping) else {"amount": money.amount, "currency": money.currency}
        value = Decimal(str(told["amount"]))
        pattern = parse_pattern(self._locale.currency_formats["standard"].pattern)
        digits = max(0, -int(value.as_tuple().exponent))  # those of the currency, also where CLDR does not know it
        pattern.frac_prec = (digits, digits)
        return str(pattern.apply(value, self._locale, currency=str(told["currency"]), currency_digits=False))

    def instant(self, at: datetime | str) -> Markup:
        """Day and time on the reader's clock; the exact instant with its zone is the title."""
        then = instant(at)
        return self._time(then, self._short(then, self.zone))

    def relative(self, at: datetime | str, now: datetime, clocks: Sequence[tuple[str, str]] = ()) -> Markup:
        """How far away it is (`in 3 hours`); the exact instant is the title, also on these clocks: whose, and the time zone."""
        then = instant(at)
        text = format_timedelta(then - now, add_direction=True, locale=self._locale, threshold=2)
        return self._time(then, text, clocks)

    def _short(self, at: datetime, zone: ZoneInfo) -> str:
        """Day and time, without the year."""
        day = format_skeleton("MMMd", at, tzinfo=zone, locale=self._locale)
        time = format_time(at, "short", tzinfo=zone, locale=self._locale)
        return str(self._locale.datetime_formats["medium"]).replace("{0}", time).replace("{1}", day)

    def _time(self, at: datetime, text: str, clocks: Sequence[tuple[str, str]] = ()) -> Markup:
        there = [f"{self.term('roles', whose)}: {self.words.instant(at, zone)}" for whose, zone in clocks]
        exact = "\n".join([self.words.instant(at, self.zone.key), *there])
        return Markup('<time datetime="{}" title="{}">{}</time>').format(at.isoformat(), exact, text)

    def country(self, code: str | None) -> str:
        """The name of a country (ISO 3166-1)."""
        return "" if code is None else str(self._locale.territories.get(code, code))

    def language(self, tag: str) -> str:
        """The name of a language (BCP 47)."""
        try:
            return str(Locale.parse(tag, sep="-").get_display_name(self._locale) or tag)
        except (UnknownLocaleError, ValueError):
            return tag

    def term(self, kind: str, value: str) -> str:
        """What the engine calls this value: one of `api.words.terms.KINDS`."""
        return self.words.say(kind, terms.KINDS[kind][value])

    def fact(self, kind: str) -> str:
        """What happened, for a kind of fact."""
        return self.words.say("facts", terms.of_fact(kind))

    def input_instant(self, at: datetime) -> str:
        """The instant on the reader's clock, as a field for an instant takes it."""
        return at.astimezone(self.zone).strftime("%Y-%m-%dT%H:%M")

    def deadline(self, name: str) -> str:
        """What must be done by the deadline of this name."""
        return self.words.say("deadlines", terms.DEADLINES[names.named(name).about])

    def local(self, local: Any) -> Markup:
        """An instant on the clock of a party: `LocalTime`."""
        zone = ZoneInfo(str(local.time_zone))
        then = datetime.fromisoformat(local.time)
        exact = self.words.instant(then, zone.key)
        return Markup('<time datetime="{}" title="{}">{}</time>').format(
            then.isoformat(), exact, self._short(then, zone)
        )

    def now_there(self, now: datetime, zone: str) -> str:
        """The time of day in another zone."""
        return self.words.say(
            CONTEXT, THERE_NOW, time=format_time(now, "short", tzinfo=ZoneInfo(zone), locale=self._locale)
        )

    def size(self, size: int) -> str:
        """The size of a file, given in bytes."""
        if size < 1024 * 1024:
            return format_unit(max(1, round(size / 1024)), "digital-kilobyte", "short", locale=self._locale)
        return format_unit(round(size / 1024 / 1024, 1), "digital-megabyte", "short", locale=self._locale)

    def reference(self, text: str) -> Markup:
        """A number or a reference: it runs from left to right also inside of Arabic."""
        return Markup('<bdi dir="ltr">{}</bdi>').format(text)


def instant(at: datetime | str) -> datetime:
    return datetime.fromisoformat(at) if isinstance(at, str) else at
