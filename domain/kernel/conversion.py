"""A sum that is paid out in another currency. The rate, its source and the residue of rounding are on record.

The refund and every limit on it stay in the currency of the order. Only what the recipient gets is in another currency.
"""

from decimal import Context, Decimal, localcontext
from typing import Annotated

from pydantic import StringConstraints

from domain.kernel.base import Instant, Value
from domain.kernel.disclosure import Told
from domain.kernel.money import EXPONENTS, Money
from domain.kernel.refusals import Malformed

# --- types ---

Rate = Annotated[str, StringConstraints(pattern=r"^(0|[1-9][0-9]{0,11})(\.[0-9]{1,12})?$")]
"""The units of one currency for one unit of the other: a plain decimal, at most 12 digits on either side."""

RateSource = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._/-]{0,39}$")]


class Quote(Value):
    """`paid` is what the recipient got. `rate`, from `source`, is units of its currency for one of the refund's."""

    paid: Told[Money]
    rate: Told[Rate]
    source: Told[RateSource]
    quoted_at: Told[Instant]


class Payout(Quote):
    """`residue` is what the rate gives beyond `paid`, in its currency: less than one minor unit, negative if rounded
    up.
    """

    residue: Told[str]


class SameCurrency(Malformed):
    """`payout` has a rate, but `paid` is in the same currency as the refund.

    Why: A rate describes a payment in another currency. In the same currency it could only hide a difference.

    What to do: Leave out `payout`. If another sum was paid than the one owed, say so in `paid`.

    Example: {"currency": "EUR"}
    """

    pointer = "/payout/paid/currency"


class RateDoesNotFit(Malformed):
    """`paid` differs from what the `rate` gives by one minor unit or more.

    Why: The record must allow anybody to calculate the payout again. A difference of a minor unit or more means that
    the rate or the sum is wrong.

    What to do: Send the rate that was really used, with all its digits, and the sum that was really paid. `gives` is
    what the rate gives.

    Example: {"gives": "140.123130", "paid": "140.99 USD"}
    """

    pointer = "/payout/paid"


# --- decisions ---

_EXACT = Context(prec=60)


def converted(amount: Money, quote: Quote | None) -> Payout | None:
    """The quote with its residue. Raises SameCurrency, RateDoesNotFit."""
    if quote is None:
        return None
    if quote.paid.currency == amount.currency:
        raise SameCurrency(currency=amount.currency)
    with localcontext(_EXACT):
        exact = Decimal(amount.amount) * Decimal(quote.rate)
        residue = exact - Decimal(quote.paid.amount)
        if abs(residue) >= Decimal(1).scaleb(-EXPONENTS[quote.paid.currency]):
            raise RateDoesNotFit(gives=format(exact, "f"), paid=str(quote.paid))
        left = format(residue.normalize(), "f") if residue else "0"
    return Payout(paid=quote.paid, rate=quote.rate, source=quote.source, quoted_at=quote.quoted_at, residue=left)
