"""Each provider counts the smallest units of a currency in its own way. A yen has none, a dinar has a thousand."""

from typing import Any

import pytest

from domain.kernel.money import Money
from domain.payments.provider_disputes import Notice, Provider
from mediation.gateways.dispute_notices import Unknown
from mediation.gateways.notices_chosen import READERS
from tests.gateways.notices import adyen_item, adyen_post, paypal_event, stripe_event


def _body(provider: Provider, value: Any, currency: str) -> bytes:
    match provider:
        case "stripe":
            return stripe_event("created", 1_700_000_000, amount=value, currency=currency.lower())
        case "adyen":
            return adyen_post(adyen_item("CHARGEBACK", amount={"value": value, "currency": currency}))
        case "paypal":
            amount = {"value": value, "currency_code": currency}
            return paypal_event("CREATED", "2021-01-01T00:00:00Z", "OPEN", dispute_amount=amount)


@pytest.mark.parametrize(
    ("provider", "value", "amount"),
    [
        ("stripe", 5800, "5800 JPY"),
        ("stripe", 5120, "5.120 KWD"),
        ("stripe", 580_000, "5800 ISK"),
        ("adyen", 5800, "5800 JPY"),
        ("adyen", 5120, "5.120 KWD"),
        ("adyen", 580_000, "5800 ISK"),
        ("adyen", 58, "58.00 CVE"),
        ("paypal", "5800", "5800 JPY"),
        ("paypal", "5.120", "5.120 KWD"),
        ("paypal", "58.10", "58.10 EUR"),
    ],
)
def test_the_amount_is_the_one_that_was_charged_back(provider: Provider, value: Any, amount: str) -> None:
    (notice,) = READERS[provider](_body(provider, value, amount.split()[1]))
    assert isinstance(notice, Notice)
    assert notice.amount == Money.of(*amount.split())


@pytest.mark.parametrize(
    ("provider", "value", "currency"),
    [("stripe", "5800", "JPY"), ("stripe", -1, "EUR"), ("adyen", 580_050, "ISK"), ("adyen", 58.5, "JPY"),
     ("paypal", "5800.5", "JPY"), ("paypal", "1e3", "EUR"), ("adyen", 5800, "YEN")],
)  # fmt: skip
def test_what_the_currency_does_not_have_is_not_guessed(provider: Provider, value: Any, currency: str) -> None:
    (unknown,) = READERS[provider](_body(provider, value, currency))
    assert isinstance(unknown, Unknown)
