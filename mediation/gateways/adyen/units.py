"""Adyen's smallest units, where they differ from ISO 4217's: https://docs.adyen.com/development-resources/currency-codes."""

from collections.abc import Mapping

from domain.kernel.money import EXPONENTS, Money

_DIGITS: Mapping[str, int] = {"CLP": 2, "CVE": 0, "IDR": 0, "ISK": 2}


def from_adyen(amount: int, currency: str) -> Money:
    """Raises ValueError for an unknown currency, or less than its own smallest unit."""
    if currency not in EXPONENTS:
        raise ValueError("currency")
    shift = EXPONENTS[currency] - _DIGITS.get(currency, EXPONENTS[currency])
    if shift >= 0:
        return Money(amount * int(10**shift), currency)
    minor, left = divmod(amount, 10**-shift)
    if left:
        raise ValueError("amount")
    return Money(minor, currency)
