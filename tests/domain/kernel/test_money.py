"""Money neither appears nor disappears, whatever is done with it."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.kernel.base import Value
from domain.kernel.money import EXPONENTS, MAX_MINOR, AmountTooLarge, BelowZero, CurrencyMismatch, Money
from domain.kernel.refusals import Malformed

# Every currency that was ever accepted stays readable. Move one that a new edition of ISO 4217 drops to `WITHDRAWN`.
EVER_ACCEPTED = """
AED:2 AFN:2 ALL:2 AMD:2 ANG:2 AOA:2 ARS:2 AUD:2 AWG:2 AZN:2 BAM:2 BBD:2 BDT:2 BGN:2 BHD:3 BIF:0 BMD:2 BND:2 BOB:2
BOV:2 BRL:2 BSD:2 BTN:2 BWP:2 BYN:2 BZD:2 CAD:2 CDF:2 CHE:2 CHF:2 CHW:2 CLF:4 CLP:0 CNY:2 COP:2 COU:2 CRC:2 CUC:2
CUP:2 CVE:2 CZK:2 DJF:0 DKK:2 DOP:2 DZD:2 EGP:2 ERN:2 ETB:2 EUR:2 FJD:2 FKP:2 GBP:2 GEL:2 GHS:2 GIP:2 GMD:2 GNF:0
GTQ:2 GYD:2 HKD:2 HNL:2 HRK:2 HTG:2 HUF:2 IDR:2 ILS:2 INR:2 IQD:3 IRR:2 ISK:0 JMD:2 JOD:3 JPY:0 KES:2 KGS:2 KHR:2
KMF:0 KPW:2 KRW:0 KWD:3 KYD:2 KZT:2 LAK:2 LBP:2 LKR:2 LRD:2 LSL:2 LYD:3 MAD:2 MDL:2 MGA:2 MKD:2 MMK:2 MNT:2 MOP:2
MRU:2 MUR:2 MVR:2 MWK:2 MXN:2 MXV:2 MYR:2 MZN:2 NAD:2 NGN:2 NIO:2 NOK:2 NPR:2 NZD:2 OMR:3 PAB:2 PEN:2 PGK:2 PHP:2
PKR:2 PLN:2 PYG:0 QAR:2 RON:2 RSD:2 RUB:2 RWF:0 SAR:2 SBD:2 SCR:2 SDG:2 SEK:2 SGD:2 SHP:2 SLE:2 SLL:2 SOS:2 SRD:2
SSP:2 STN:2 SVC:2 SYP:2 SZL:2 THB:2 TJS:2 TMT:2 TND:3 TOP:2 TRY:2 TTD:2 TWD:2 TZS:2 UAH:2 UGX:0 USD:2 USN:2 UYI:0
UYU:2 UYW:4 UZS:2 VED:2 VES:2 VND:0 VUV:0 WST:2 XAD:2 XAF:0 XBT:8 XCD:2 XCG:2 XMR:12 XOF:0 XPF:0 YER:2 ZAR:2 ZMW:2
ZWG:2 ZWL:2
"""

PLAIN = (
    'an amount is a plain decimal such as "129.90", not negative, of at most 18 digits: '
    "ASCII digits without sign, exponent, leading zeros or separators"
)

monies = st.builds(Money, st.integers(0, MAX_MINOR), st.sampled_from(sorted(EXPONENTS)))


class Order(Value):
    paid: Money


def problems(amount: Any, currency: Any) -> list[tuple[tuple[str | int, ...], str]]:
    with pytest.raises(ValidationError) as refused:
        Order.model_validate({"paid": {"amount": amount, "currency": currency}})
    return [(error["loc"], error["msg"]) for error in refused.value.errors()]


@pytest.mark.parametrize(
    ("amount", "currency", "minor", "canonical"),
    [
        ("129.90", "EUR", 12990, "129.90"),
        ("10.5", "EUR", 1050, "10.50"),
        ("10", "EUR", 1000, "10.00"),
        ("0", "EUR", 0, "0.00"),
        ("0.07", "EUR", 7, "0.07"),
        ("5800", "JPY", 5800, "5800"),
        ("1.234", "KWD", 1234, "1.234"),
        ("0.00000001", "XBT", 1, "0.00000001"),
        ("20999999.9769", "XBT", 2_099_999_997_690_000, "20999999.97690000"),
        ("0.000000000001", "XMR", 1, "0.000000000001"),
        ("9999999999999999.99", "EUR", MAX_MINOR, "9999999999999999.99"),
        ("999999999999999999", "JPY", MAX_MINOR, "999999999999999999"),
    ],
)
def test_a_decimal_string_is_read_by_the_digits_of_its_currency(
    amount: str, currency: str, minor: int, canonical: str
) -> None:
    money = Order.model_validate({"paid": {"amount": amount, "currency": currency}}).paid
    assert money == Money(minor=minor, currency=currency) == Money.of(amount, currency)
    assert money.amount == canonical
    assert str(money) == f"{canonical} {currency}"


@pytest.mark.parametrize(
    ("amount", "currency", "rule"),
    [
        ("10.5", "JPY", "JPY has no minor unit digits: write whole units, without a decimal point"),
        ("10.0", "JPY", "JPY has no minor unit digits: write whole units, without a decimal point"),
        ("10.999", "EUR", "EUR has 2 minor unit digits, this amount has 3"),
        ("10.990", "EUR", "EUR has 2 minor unit digits, this amount has 3"),
        ("1.2345", "KWD", "KWD has 3 minor unit digits, this amount has 4"),
        ("0.123456789", "XBT", "XBT has 8 minor unit digits, this amount has 9"),
        ("99999999999999999", "EUR", "an amount has at most 18 digits of minor units, 2 of them after the point in EUR"),
        *(
            (amount, "EUR", PLAIN)
            for amount in (
                "", " ", "1 ", "1\n", "+1", "-1", "-0", "1e3", "1E3", "NaN", "Infinity", ".5", "5.", "1,5", "1_000", "007",
                "١٢", "\uff11\uff12", "½", "0x10", "1.2.3", "9" * 20, "9" * 100_000,
            )
        ),
    ],
)  # fmt: skip
def test_an_amount_that_breaks_a_rule_is_refused_by_that_rule(amount: str, currency: str, rule: str) -> None:
    ((where, message),) = problems(amount, currency)
    assert where == ("paid", "amount")
    assert message == f"Value error, {rule}"
    with pytest.raises(ValueError, match=f"^{re.escape(rule)}$"):
        Money.of(amount, currency)


@pytest.mark.parametrize("amount", [129.9, 129, True, None, ["1"]])
def test_a_json_number_is_no_amount(amount: Any) -> None:
    assert problems(amount, "EUR") == [(("paid", "amount"), "Input should be a valid string")]


@pytest.mark.parametrize("currency", ["XAU", "XXX", "XTS", "QQQ", "eur", "", "EURO", "BTC", "€"])
def test_a_code_without_minor_units_is_no_currency(currency: str) -> None:
    ((where, message),) = problems("1", currency)
    assert where == ("paid", "currency")
    assert message == (
        "Value error, not the code of a currency with minor units in ISO 4217 (such as EUR), nor of a registered asset"
    )


def test_the_form_has_two_members_and_no_other() -> None:
    with pytest.raises(ValidationError) as refused:
        Order.model_validate({"paid": {"amount": "1", "currency": "EUR", "minor": 100}})
    assert [error["loc"] for error in refused.value.errors()] == [("paid", "minor")]


def test_a_currency_once_accepted_keeps_its_digits_for_ever() -> None:
    accepted = {code: int(digits) for code, digits in (entry.split(":") for entry in EVER_ACCEPTED.split())}
    assert accepted.items() <= EXPONENTS.items()


@given(monies)
def test_json_and_back_is_the_same_money(money: Money) -> None:
    order = Order(paid=money)
    assert Order.model_validate_json(order.model_dump_json()) == order
    assert Order.model_validate(order.model_dump()) == order
    assert Money.of(money.amount, money.currency) == money


@given(monies, st.lists(st.integers(0, 10**18), min_size=1, max_size=12).filter(any))
def test_a_split_conserves_the_total(money: Money, weights: list[int]) -> None:
    """Every part is within one minor unit of its exact share, and a weight of zero gets nothing."""
    parts = money.split(weights)
    assert Money.total(parts, money.currency) == money
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part.minor * sum(weights) - money.minor * weight) < sum(weights)
        assert weight or part.is_zero


def test_what_is_left_over_goes_to_the_largest_remainder_then_to_the_first() -> None:
    assert [part.amount for part in Money.of("100", "EUR").split([1, 1, 1])] == ["33.34", "33.33", "33.33"]
    assert [part.amount for part in Money.of("1", "JPY").split([1, 2])] == ["0", "1"]
    assert [part.amount for part in Money.of("0.05", "EUR").split([7, 3])] == ["0.04", "0.01"]
    assert [part.amount for part in Money.of("0.05", "EUR").split([1])] == ["0.05"]


@pytest.mark.parametrize("weights", [[], [0], [0, 0], [2, -1], [-1]])
def test_a_split_needs_a_share_to_give(weights: list[int]) -> None:
    with pytest.raises(ValueError, match=r"^weights are whole numbers, none negative and not all zero$"):
        Money.of("1", "EUR").split(weights)


@given(monies, monies)
def test_two_currencies_never_mix(one: Money, other: Money) -> None:
    if one.currency == other.currency:
        assert (one < other) == (one.minor < other.minor)
        assert (one >= other) == (one.minor >= other.minor)
        return
    assert one != other
    for mixed in (one.__add__, one.__sub__, one.__lt__, one.__ge__):
        with pytest.raises(CurrencyMismatch) as refused:
            mixed(other)
        assert refused.value.facts == {"expected": one.currency, "found": other.currency}


def test_a_sum_of_nothing_is_zero_and_a_sum_stays_in_its_currency() -> None:
    assert Money.total([], "JPY") == Money.zero("JPY")
    assert Money.zero("JPY").is_zero
    with pytest.raises(CurrencyMismatch):
        Money.total([Money.of("1", "EUR")], "JPY")


def test_an_amount_goes_neither_below_zero_nor_beyond_a_bigint() -> None:
    """They are refusals for a decider, and values for a validator. Both can handle them."""
    with pytest.raises(BelowZero) as below:
        Money.of("1", "EUR") - Money.of("1.01", "EUR")
    with pytest.raises(AmountTooLarge) as above:
        Money(MAX_MINOR, "EUR") + Money(1, "EUR")
    assert below.value.facts == above.value.facts == {"currency": "EUR"}
    for refusal in (BelowZero, AmountTooLarge, CurrencyMismatch):
        assert issubclass(refusal, Malformed)
        assert issubclass(refusal, ValueError)


@pytest.mark.parametrize("minor", [1.0, True, "1", None])
def test_minor_units_are_whole_numbers(minor: Any) -> None:
    with pytest.raises(TypeError, match=r"^minor units are a whole number$"):
        Money(minor, "EUR")


def test_money_is_one_component_of_the_schema() -> None:
    class Basket(Value):
        first: Money
        more: tuple[Money, ...]

    schema = Basket.model_json_schema()
    assert set(schema["$defs"]) == {"Money"}
    assert schema["properties"]["more"]["items"] == {"$ref": "#/$defs/Money"}
    amount = schema["$defs"]["Money"]["properties"]["amount"]
    assert amount["type"] == "string"
    assert amount["pattern"]
    assert amount["examples"] == ["129.90"]
