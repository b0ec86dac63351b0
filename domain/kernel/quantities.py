"""How much of something: an exact decimal above zero. It is text in JSON and in memory, and is never a float."""

import re
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from domain.kernel.base import Value
from domain.kernel.disclosure import Told
from domain.kernel.money import Money
from domain.kernel.refusals import Malformed

_PLAIN_DECIMAL = r"^(0|[1-9][0-9]{0,8})(\.[0-9]{1,6})?$"

Unit = Literal["kg", "g", "l", "ml", "m", "cm", "m2"]


def _plain(text: str) -> str:
    """Without zeros at the end, so that equal quantities are equal texts. The ValueError names the broken rule."""
    if re.fullmatch(_PLAIN_DECIMAL, text, re.ASCII) is None:
        raise ValueError(
            'a quantity is a plain decimal such as "2" or "0.5": at most nine digits before the point and six after it'
        )
    return text.rstrip("0").rstrip(".") if "." in text else text


def _canonical(text: str) -> str:
    if not Fraction(quantity := _plain(text)):
        raise ValueError("a quantity is more than zero")
    return quantity


Quantity = Annotated[
    str,
    AfterValidator(_canonical),
    Field(
        description="A decimal string above zero, with at most nine digits before the point and six after it.",
        json_schema_extra={"pattern": _PLAIN_DECIMAL, "maxLength": 16, "examples": ["2"]},
    ),
]

QuantityReceived = Annotated[
    str,
    AfterValidator(_plain),
    Field(
        description="A decimal string, with at most nine digits before the point and six after it. Zero: nothing came.",
        json_schema_extra={"pattern": _PLAIN_DECIMAL, "maxLength": 16, "examples": ["2"]},
    ),
]
"""A quantity, or nothing."""


class PiecesNotWhole(Malformed):
    """`quantity` has a fraction, but the order line is sold by the piece.

    Why: Half a vase is no vase. Only goods that are sold by weight, volume, length or area have fractions.

    What to do: Send a whole number of pieces. If the goods are sold by weight, volume, length or area, give the line a
    `measure` when you file.

    Example: {"quantity": "0.5"}
    """


class Measure(Value):
    """How much an order line is, where its goods are sold by weight, volume, length or area."""

    quantity: Told[Quantity]
    unit: Told[Unit]


def total(quantities: list[Quantity]) -> Fraction:
    return sum((Fraction(quantity) for quantity in quantities), Fraction(0))


def shown(quantity: Fraction) -> str:
    """The decimal, exact: quantities and their sums and differences have at most six digits after the point."""
    millionths = int(quantity * 10**6)
    return f"{millionths // 10**6}.{millionths % 10**6:06}".rstrip("0").rstrip(".")


def worth(amount: Money, quantity: Quantity, whole: Quantity) -> Money:
    """What this part of a line costs, if the whole costs `amount`.

    Rounded down to the minor unit, so that the parts of a line never cost more than the line together, whatever their
    order.
    """
    return Money(amount.minor * Fraction(quantity) // Fraction(whole), amount.currency)
