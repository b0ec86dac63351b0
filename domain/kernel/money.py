"""Money: a whole number of minor units in one currency. No fraction is rounded away, and currencies never mix.

ISO 4217 gives the number of minor unit digits. (CLDR disagrees on 13 currencies; it is for display only.) Assets
outside ISO have a registered number of digits.

    Malformed
    ├── CurrencyMismatch   two currencies in one sum or comparison
    ├── BelowZero          more was taken away than there was
    └── AmountTooLarge     more than 18 digits of minor units
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import total_ordering
from types import MappingProxyType
from typing import Annotated, Any, Self

from iso4217 import Currency as Iso4217
from pydantic import AfterValidator, Field, GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationInfo, create_model
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from domain.kernel.base import Value
from domain.kernel.frozen import frozen
from domain.kernel.refusals import Malformed

REGISTERED: Mapping[str, int] = MappingProxyType({"XBT": 8, "XMR": 12})
"""Assets outside ISO 4217, with the digits of their smallest unit."""

WITHDRAWN: Mapping[str, int] = MappingProxyType({"ANG": 2, "BGN": 2, "CUC": 2, "HRK": 2, "SLL": 2, "ZWL": 2})
"""Currencies that left ISO 4217 since 2020, with their digits: stored and imported history still uses them."""

EXPONENTS: Mapping[str, int] = MappingProxyType(
    {currency.code: currency.exponent for currency in Iso4217 if currency.exponent is not None}
    | dict(REGISTERED)
    | dict(WITHDRAWN)
)
"""Minor unit digits by currency. Codes to which ISO 4217 gives none (metals, fund units, tests) are not money here."""

MAX_MINOR = 10**18 - 1
"""The largest amount, in minor units: 18 digits, so that it fits a bigint."""

_PLAIN_DECIMAL = re.compile(r"(0|[1-9][0-9]*)(?:\.([0-9]+))?")
_MAX_TEXT = 19  # 18 digits and a point


class CurrencyMismatch(Malformed, ValueError):
    """The amount is in the currency `found`, where the currency is `expected`.

    Why: Sums in two currencies are added or compared only at a recorded rate. Here there is none.

    What to do: Send the sum in the currency `expected`, which is that of the order.

    Example: {"expected": "USD", "found": "EUR"}
    """


class BelowZero(Malformed, ValueError):
    """The amount is below zero.

    Why: Money is owed, paid or divided in parts that are zero or more. The direction is said by who pays whom.

    What to do: Send the sum without a sign, and name payer and recipient in their fields.

    Example: {"currency": "EUR"}
    """


class AmountTooLarge(Malformed, ValueError):
    """The amount has more than 18 digits of minor units.

    Why: Larger sums cannot be stored exactly, and no real order has one.

    What to do: Check the amount: perhaps it is in minor units where major units are expected. `129.90` is written with
    a point.

    Example: {"currency": "EUR"}
    """


def _known(code: str) -> str:
    if code not in EXPONENTS:
        raise ValueError(
            "not the code of a currency with minor units in ISO 4217 (such as EUR), nor of a registered asset"
        )
    return code


def _minor(text: str, currency: str) -> int:
    """Reads a plain decimal. The ValueError names the broken rule."""
    digits = EXPONENTS[currency]
    plain = _PLAIN_DECIMAL.fullmatch(text) if len(text) <= _MAX_TEXT else None
    if plain is None:
        raise ValueError(
            'an amount is a plain decimal such as "129.90", not negative, of at most 18 digits: '
            "ASCII digits without sign, exponent, leading zeros or separators"
        )
    fraction = plain[2] or ""
    if digits == 0 and plain[2] is not None:
        raise ValueError(f"{currency} has no minor unit digits: write whole units, without a decimal point")
    if len(fraction) > digits:
        raise ValueError(f"{currency} has {digits} minor unit digits, this amount has {len(fraction)}")
    minor = int(plain[1] + fraction.ljust(digits, "0"))
    if minor > MAX_MINOR:
        raise ValueError(
            f"an amount has at most 18 digits of minor units, {digits} of them after the point in {currency}"
        )
    return minor


def _read(amount: str, info: ValidationInfo) -> str | int:
    """In minor units. Without a valid currency the text stays: the error is about the currency then."""
    return _minor(amount, info.data["currency"]) if "currency" in info.data else amount


Currency = Annotated[
    str, AfterValidator(_known), Field(json_schema_extra={"pattern": "^[A-Z]{3}$", "examples": ["EUR"]})
]
"""An ISO 4217 code with minor units, or a registered asset; upper case."""

_Amount = Annotated[
    str,
    AfterValidator(_read),
    Field(
        description="A decimal string with no more digits after the point than the currency has; at most 18 digits in all.",
        json_schema_extra={"pattern": r"^(0|[1-9][0-9]*)(\.[0-9]+)?$", "maxLength": _MAX_TEXT, "examples": ["129.90"]},
    ),
]

# The JSON form. `currency` comes first because reading `amount` needs its digits. OpenAPI shows the name "Money".
_Form = create_model("Money", __base__=Value, __module__=__name__, currency=(Currency, ...), amount=(_Amount, ...))


@total_ordering
@frozen
class Money:
    """An amount of `minor` units (cents, satoshi), never negative. JSON: {"amount": "129.90", "currency": "EUR"}.

    Raises ValueError for an unknown currency. Arithmetic raises the refusals of this module.
    """

    minor: int
    currency: str

    def __post_init__(self) -> None:
        _known(self.currency)
        if type(self.minor) is not int:
            raise TypeError("minor units are a whole number")
        if self.minor < 0:
            raise BelowZero(currency=self.currency)
        if self.minor > MAX_MINOR:
            raise AmountTooLarge(currency=self.currency)

    @classmethod
    def of(cls, amount: str, currency: str) -> Self:
        """Reads a decimal string. The ValueError names the broken rule."""
        return cls(_minor(amount, _known(currency)), currency)

    @classmethod
    def zero(cls, currency: str) -> Self:
        return cls(0, currency)

    @classmethod
    def total(cls, amounts: Iterable["Money"], currency: str) -> "Money":
        """The sum; zero if there are no amounts. Every amount must be in `currency`."""
        result: Money = cls.zero(currency)
        for amount in amounts:
            result += amount
        return result

    @property
    def amount(self) -> str:
        """The canonical decimal, with as many digits after the point as the currency has."""
        digits = EXPONENTS[self.currency]
        if digits == 0:
            return str(self.minor)
        text = str(self.minor).rjust(digits + 1, "0")
        return f"{text[:-digits]}.{text[-digits:]}"

    @property
    def is_zero(self) -> bool:
        return self.minor == 0

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._same(other).minor, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._same(other).minor, self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.minor < self._same(other).minor

    def split(self, weights: Sequence[int]) -> tuple["Money", ...]:
        """Splits by largest remainder, the earlier of equals first. The parts always add up to the whole.

        Weights are whole numbers, none negative and not all zero; otherwise ValueError.
        """
        whole = sum(weights)
        if whole <= 0 or min(weights) < 0:
            raise ValueError("weights are whole numbers, none negative and not all zero")
        shares, remainders = zip(*(divmod(self.minor * weight, whole) for weight in weights), strict=True)
        by_remainder = sorted(range(len(weights)), key=lambda n: -remainders[n])
        raised = set(by_remainder[: self.minor - sum(shares)])
        return tuple(Money(share + (n in raised), self.currency) for n, share in enumerate(shares))

    def _same(self, other: "Money") -> "Money":
        if other.currency != self.currency:
            raise CurrencyMismatch(expected=self.currency, found=other.currency)
        return other

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        def read(value: Any, form: core_schema.ValidatorFunctionWrapHandler) -> Money:
            if isinstance(value, Money):
                return value
            valid = form(value)
            return cls(valid.amount, valid.currency)

        return core_schema.no_info_wrap_validator_function(
            read,
            handler.generate_schema(_Form),
            serialization=core_schema.plain_serializer_function_ser_schema(
                lambda money: {"amount": money.amount, "currency": money.currency}
            ),
            ref=f"{__name__}.{cls.__qualname__}:{id(cls)}",  # one component in OpenAPI, not a copy at every use
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return handler(_Form.__pydantic_core_schema__)
