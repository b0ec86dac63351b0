"""Stripe's smallest units, which sometimes differ from ISO 4217's.

Source: https://docs.stripe.com/currencies, "Zero-decimal currencies", "Three-decimal currencies", "Special cases".
"""

from collections.abc import Mapping

from domain.kernel.money import EXPONENTS, Money

_ZERO = frozenset(
    {"BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"}
)
_THREE = frozenset({"BHD", "JOD", "KWD", "OMR", "TND"})
_MULTIPLE_OF: Mapping[str, int] = {**dict.fromkeys(_THREE, 10), "ISK": 100, "UGX": 100}
"""With three digits, the last must be 0. ISK and UGX have no decimals, but are sent with two."""


class NotExpressible(ValueError):
    """Stripe has no such amount of this currency."""


def digits(currency: str) -> int:
    return 0 if currency in _ZERO else 3 if currency in _THREE else 2


def to_stripe(money: Money) -> int:
    """Raises NotExpressible: no amount is ever rounded here."""
    if len(money.currency) != 3 or EXPONENTS[money.currency] > 3:
        raise NotExpressible(money.currency)
    shift = digits(money.currency) - EXPONENTS[money.currency]
    if shift >= 0:
        amount = money.minor * int(10**shift)
    else:
        amount, left = divmod(money.minor, 10**-shift)
        if left:
            raise NotExpressible(str(money))
    if amount % _MULTIPLE_OF.get(money.currency, 1):
        raise NotExpressible(str(money))
    return amount


def from_stripe(amount: int, currency: str) -> Money:
    """Raises NotExpressible for less than the currency's own smallest unit."""
    code = currency.upper()
    if code not in EXPONENTS:
        raise NotExpressible(code)
    shift = EXPONENTS[code] - digits(code)
    if shift >= 0:
        return Money(amount * int(10**shift), code)
    minor, left = divmod(amount, 10**-shift)
    if left:
        raise NotExpressible(f"{amount} {code}")
    return Money(minor, code)
