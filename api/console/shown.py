"""How values look on a screen: money, instants, countries, languages, and the engine's own terms, in the reader's language.

What has a direction of its own (a number, a reference) is isolated, so that it does not turn round inside of Arabic.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from babel.core import Locale, UnknownLocaleError
from babel.dates import format_skeleton, format_time, format_timedelta, get_timezone_name
from babel.numbers import parse_pattern
from babel.units import format_unit
from markupsafe import Markup, escape

from api.console import happened
from api.words import facts, terms
from api.words.catalogue import Catalogue
from domain.clocks import names
from domain.kernel.texts import revealed

CONTEXT = "console"
"""The context of the console's texts in the catalogues."""

BY_RULE = "By machine, under rule {rule} of version {version} of the seller's standing rules"

UNTOLD: Mapping[str, str] = {
    "buyer": "Waits until the buyer is told",
    "seller": "Waits until the seller is told",
    "both": "Waits until both sides are told",
}
"""In place of an instant, while a window waits until its party is told: by whose it is."""

WAYS: Mapping[str, str] = {
    "mail": "By mail",
    "marketplace": "Through the marketplace",
    "phone": "By telephone",
    "in_person": "In person",
    "chat": "In a chat",
    "post": "By letter",
    "other": "In another way",
}
"""How a party was told of something, or somebody tried to tell them."""

THERE_NOW = "{time} there now"

ACTS_OF: Mapping[tuple[str, str], str] = {("neutral", "post_in_caucus"): "Write privately to one side"}
"""What an act is called for one role, where it is another thing than for the others."""

_INSTANTS, _LANGUAGES = 4_096, 1_024
"""Texts that are remembered."""


@dataclass(frozen=True, slots=True)
class Shown:
    """For a reader of this language whose clock is in `zone`."""

    words: Catalogue
    zone: ZoneInfo

    @property
    def _locale(self) -> Locale:
        return self.words.locale

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
        return _instant(instant(at), self.zone, self.words)

    def untold(self, whose: str) -> str:
        """Where an instant would stand, if the window had begun."""
        return self.say(UNTOLD[whose])

    def by_rule(self, rule: int, version: int) -> str:
        """That a machine did it for the seller, and by which standing rule."""
        return self.say(BY_RULE, rule=rule, version=version)

    def way(self, way: str) -> str:
        """How a party was told."""
        return self.say(WAYS[way])

    def relative(self, at: datetime | str, now: datetime, local: Mapping[Any, Any] = MappingProxyType({})) -> Markup:
        """How far away it is (`in 3 hours`); the exact instant is the title, also on the clocks of the parties in `local`."""
        then = instant(at)
        text = format_timedelta(then - now, add_direction=True, locale=self._locale, threshold=2)
        there = (
            f"{self.term('roles', side)}: {self.words.instant(then, one.time_zone)}" for side, one in local.items()
        )
        return _time(then, text, "\n".join((self.words.instant(then, self.zone.key), *there)))

    def country(self, code: str | None) -> str:
        """The name of a country (ISO 3166-1)."""
        return "" if code is None else str(self._locale.territories.get(code, code))

    def language(self, tag: str) -> str:
        """The name of a language (BCP 47)."""
        return _name(tag, self._locale)

    def languages(self, tags: Iterable[str]) -> str:
        return self.words.listed([self.language(tag) for tag in tags])

    def term(self, kind: str, value: str) -> str:
        """What the engine calls this value: one of `api.words.terms.KINDS`."""
        return self.words.say(kind, terms.KINDS[kind][value])

    def act(self, name: str, role: str) -> str:
        """What an act is called, for whoever does it in this role."""
        own = ACTS_OF.get((role, name))
        return self.say(own) if own else self.term("acts", name)

    def say(self, text: str, **told: Any) -> str:
        """A text of the console."""
        return self.words.say(CONTEXT, text, **told)

    def list(self, items: Iterable[str]) -> Markup:
        """The items one after the other, with the commas of the language."""
        return Markup(self.words.listed([escape(one) for one in items]))

    def fact(self, kind: str) -> str:
        """What happened, for a kind of fact."""
        return facts.said(self.words, kind)

    def happened(self, fact: happened.Fact, case: Any) -> Markup:
        """What happened, and what it is about. `case` is the case file."""
        return Markup(" · ").join([self.fact(fact.kind), *happened.told(self, fact, case)])

    def titles(self, known: Sequence[Any]) -> Markup:
        """The titles of facts, without those that say nothing beside the others."""
        told = [one.kind for one in known if not facts.is_quiet(one.kind)] or [one.kind for one in known]
        return self.list(self.fact(kind) for kind in told)

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
        return _instant(then, zone, self.words)

    def clock(self, zone: str) -> str:
        """The name of a time zone, as people say it in this language."""
        return zone if zone == "UTC" else str(get_timezone_name(ZoneInfo(zone), locale=self._locale))

    def days_off(self, calendar: str) -> str:
        """The country whose days off count, for the calendar that a deadline's proof names; empty if only weekends count."""
        country = calendar.rpartition(" ")[2].partition("-")[0]
        return self.country(country) if len(country) == 2 else ""

    def now_there(self, now: datetime, zone: str) -> str:
        """The time of day in another zone."""
        return self.words.say(
            CONTEXT, THERE_NOW, time=format_time(now, "short", tzinfo=ZoneInfo(zone), locale=self._locale)
        )

    def duration(self, seconds: int) -> str:
        """How long something took, to the minute; to the second if it took less."""
        unit, count = ("second", seconds) if seconds < 60 else ("minute", round(seconds / 60))
        return format_unit(count, f"duration-{unit}", "long", locale=self._locale)

    def size(self, size: int) -> str:
        """The size of a file, given in bytes."""
        if size < 1024 * 1024:
            return format_unit(max(1, round(size / 1024)), "digital-kilobyte", "short", locale=self._locale)
        return format_unit(round(size / 1024 / 1024, 1), "digital-megabyte", "short", locale=self._locale)

    def isolated(self, name: str) -> str:
        """A name for the middle of a sentence, which may run in the other direction."""
        return f"\u2068{name}\u2069"

    def reference(self, text: str) -> Markup:
        """A number or a reference: it runs from left to right also inside of Arabic. What hides in it is shown."""
        return Markup('<bdi dir="ltr">{}</bdi>').format(revealed(text))


@lru_cache(maxsize=_INSTANTS)
def _instant(at: datetime, zone: ZoneInfo, words: Catalogue) -> Markup:
    return _time(at, _day_and_time(at, zone, words.locale), words.instant(at, zone.key))


def _time(at: datetime, text: str, exact: str) -> Markup:
    return Markup('<time datetime="{}" title="{}">{}</time>').format(at.astimezone(UTC).isoformat(), exact, text)


def _day_and_time(at: datetime, zone: ZoneInfo, locale: Locale) -> str:
    """Without the year."""
    day = format_skeleton("MMMd", at, tzinfo=zone, locale=locale)
    time = format_time(at, "short", tzinfo=zone, locale=locale)
    return str(locale.datetime_formats["medium"]).replace("{0}", time).replace("{1}", day)


@lru_cache(maxsize=_LANGUAGES)
def _name(tag: str, locale: Locale) -> str:
    try:
        return str(Locale.parse(tag, sep="-").get_display_name(locale) or tag)
    except (UnknownLocaleError, ValueError):
        return tag


def instant(at: datetime | str) -> datetime:
    return datetime.fromisoformat(at) if isinstance(at, str) else at
