"""Percentages that are typed for the two parts of the amount in dispute, instead of the amounts.

A percentage of a part stands beside the input of its amount, and counts in place of both amounts. The part whose percentage was
typed is rounded to the last unit, a half up. The other part is the rest: so the two always add up.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from api.console.acts import amounts
from api.console.acts.clocks import Astray
from api.console.acts.fields import Field
from api.console.acts.typed import AMOUNT, CURRENCY, Typed
from domain.kernel.money import Money

PERCENT = ":percent"
"""The name of the input, after the place of the part."""

_SIDES = ("buyer", "seller")
_MOST = 12
"""So many characters a percentage has at most."""


def divides(fields: Iterable[Field]) -> bool:
    """Whether these fields are the two parts of the amount in dispute."""
    return {*_SIDES} <= {one.name for one in fields if one.kind == "money"}


def divided(typed: Typed, fields: Sequence[Field], whole: Money, language: str) -> tuple[Typed, dict[str, Astray]]:
    """With the amounts that the percentages mean; and the percentages that mean none, by the place of the input."""
    astray: dict[str, Astray] = {}
    for at in _divisions(fields, ""):
        written = {side: typed.one(f"{at}/{side}{PERCENT}").strip() for side in _SIDES}
        parts = {side: _percentage(text, language) for side, text in written.items() if text}
        wrong = {f"{at}/{side}": Astray("no_percentage") for side, part in parts.items() if part is None}
        known = {side: part for side, part in parts.items() if part is not None}
        if not wrong and len(known) == len(_SIDES) and sum(known.values()) != 100:
            wrong = {f"{at}/{side}": Astray("not_a_whole") for side in _SIDES}
        if wrong:
            astray |= wrong
        elif known:
            side, part = next(iter(known.items()))
            typed = _with(typed, at, _amounts(whole, side, part), language)
    return typed, astray


def shown(typed: Typed, fields: Sequence[Field], whole: Money, language: str) -> Typed:
    """What the form shows: the amounts in place of the percentages that could be read."""
    counted, astray = divided(typed, fields, whole, language)
    if astray:
        return counted
    return Typed({name: values for name, values in counted.inputs.items() if not name.endswith(PERCENT)})


def share(typed: str, whole: Money, language: str) -> str:
    """How much of the whole an amount is, in percent, to two digits. Empty if it is no amount."""
    try:
        part = Money.of(amounts.plain(typed.strip(), language), whole.currency)
    except ValueError:
        return ""
    if not whole.minor or part.minor > whole.minor:
        return ""
    hundredths = round(Fraction(part.minor * 10_000, whole.minor))
    return amounts.written(f"{Decimal(hundredths).scaleb(-2).normalize():f}", language)


def _divisions(fields: Sequence[Field], at: str) -> Iterator[str]:
    for one in fields:
        if one.kind == "group":
            if divides(one.inner):
                yield f"{at}/{one.name}"
            yield from _divisions(one.inner, f"{at}/{one.name}")


def _percentage(text: str, language: str) -> Fraction | None:
    plain = amounts.plain(text.rstrip("%٪").strip(), language)
    if len(plain) > _MOST or not plain.isascii() or not plain.replace(".", "", 1).isdigit():
        return None
    part = Fraction(plain)
    return part if part <= 100 else None


def _amounts(whole: Money, side: str, part: Fraction) -> Mapping[str, Money]:
    exact = whole.minor * part / 100
    rounded = Money((exact.numerator * 2 + exact.denominator) // (exact.denominator * 2), whole.currency)
    return {one: rounded if one == side else whole - rounded for one in _SIDES}


def _with(typed: Typed, at: str, parts: Mapping[str, Money], language: str) -> Typed:
    new = {
        name: [value]
        for side, part in parts.items()
        for name, value in (
            (f"{at}/{side}{AMOUNT}", amounts.written(part.amount, language)),
            (f"{at}/{side}{CURRENCY}", part.currency),
        )
    }
    return Typed({**typed.inputs, **new})
