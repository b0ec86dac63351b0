"""Stripe over HTTP: which payments are found again, how often a refund is paid, and in which units."""

import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from domain.kernel.money import Money
from domain.kernel.people import Side
from mediation.gateways.payments import Declined, NoAnswer, Payment, UntrustedNotice, Wanted, where_it_stands
from mediation.gateways.stripe.gateway import StripeGateway
from mediation.gateways.stripe.units import NotExpressible, from_stripe, to_stripe
from tests.gateways.localstripe import SECRET_KEY, StripeServer, stripe_server

NOTICES = "whsec_of_an_endpoint"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StripeServer]:
    with stripe_server(tmp_path_factory.mktemp("stripe")) as running:
        yield running


def gateway(server: StripeServer) -> StripeGateway:
    return StripeGateway(SECRET_KEY, NOTICES, server.address)


def wanted(source: str, amount: str = "29.90", currency: str = "EUR") -> Wanted:
    refund_id = uuid4()
    return Wanted(refund_id, Money.of(amount, currency), Side.BUYER, source, 1, f"{refund_id}-0")


async def test_what_was_paid_is_found_by_our_id(server: StripeServer) -> None:
    """Among other refunds of the same charge, also of the same amount."""
    stripe, charge = gateway(server), server.charge(12990, "eur")
    one, other = wanted(charge), wanted(charge)
    assert await stripe.find(one) == []
    paid = await stripe.pay(one)
    await stripe.pay(other)
    (found,) = await stripe.find(one)
    assert found == paid
    assert (found.refund_id, found.status, found.amount) == (one.refund_id, "paid", one.amount)
    assert (found.attempt, found.reference[:3]) == (1, "re_")


async def test_keys_are_not_relied_on(server: StripeServer) -> None:
    """This server pays twice under one key, and more than was charged. So the gateway asks first, and the engine
    keeps the sums.
    """
    stripe, charge = gateway(server), server.charge(3000, "eur")
    twice = wanted(charge)
    await stripe.pay(twice)
    await stripe.pay(twice)
    found = await stripe.find(twice)
    assert [payment.status for payment in found] == ["paid", "paid"]
    assert sum(payment.amount.minor for payment in found) > 3000
    assert (standing := where_it_stands(found)) is not None
    assert standing.status == "paid"


@pytest.mark.parametrize(("amount", "currency"), [("5800", "JPY"), ("41.750", "KWD"), ("129.90", "EUR")])
async def test_each_currency_in_its_own_units(server: StripeServer, amount: str, currency: str) -> None:
    """Elsewhere ¥5,800 has been paid out as ¥58."""
    stripe = gateway(server)
    asked = wanted(server.charge(to_stripe(Money.of(amount, currency)), currency.lower()), amount, currency)
    assert (await stripe.pay(asked)).amount == Money.of(amount, currency)


async def test_its_own_list(server: StripeServer) -> None:
    stripe = gateway(server)
    made = [await stripe.pay(wanted(server.charge(3000, "eur"))) for _ in range(3)]
    listed = [payment async for payment in stripe.payments(datetime.now(UTC) - timedelta(hours=1))]
    assert {payment.reference for payment in made} <= {payment.reference for payment in listed}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"source": None}, "not_possible"),
        ({"source": "PAY-77"}, "not_possible"),
        ({"recipient": Side.SELLER}, "not_possible"),
        ({"source": "ch_nobody"}, "not_possible"),
        ({"amount": Money.of("0.00100000", "XBT")}, "currency_not_supported"),
        ({"amount": Money.of("41.755", "KWD")}, "currency_not_supported"),
    ],
)
async def test_what_stripe_cannot_pay(server: StripeServer, changes: dict[str, object], reason: str) -> None:
    """Nothing is paid, and that is definite."""
    asked = replace(wanted("ch_1"), **changes)  # type: ignore[arg-type]
    with pytest.raises(Declined) as declined:
        await gateway(server).pay(asked)
    assert declined.value.reason == reason


async def test_a_server_that_is_away(server: StripeServer) -> None:
    """Without an answer the result is unknown. If the question about earlier payments is refused, that is unknown too."""
    away = StripeGateway(SECRET_KEY, NOTICES, "http://127.0.0.1:9")
    with pytest.raises(NoAnswer):
        await away.pay(wanted("ch_1"))
    with pytest.raises(NoAnswer):
        await away.find(wanted("ch_1"))
    with pytest.raises(NoAnswer):
        await gateway(server).find(wanted("ch_nobody"))


def test_units() -> None:
    """https://docs.stripe.com/currencies: without decimals, with three of which the last is 0, and two that are sent
    with two.
    """
    of = Money.of
    given = {
        of("5800", "JPY"): 5800, of("41.750", "KWD"): 41750, of("12.34", "USD"): 1234, of("500", "ISK"): 50000,
        of("5", "UGX"): 500, of("7.00", "MGA"): 7,
    }  # fmt: skip
    for money, amount in given.items():
        assert to_stripe(money) == amount
        assert from_stripe(amount, money.currency.lower()) == money
    for money in (of("41.755", "KWD"), of("7.50", "MGA"), of("0.00000001", "XBT")):
        with pytest.raises(NotExpressible):
            to_stripe(money)
    with pytest.raises(NotExpressible):
        from_stripe(150, "isk")


def signed(body: bytes, secret: str = NOTICES, at: float | None = None) -> dict[str, str]:
    now = int(at or time.time())
    signature = hmac.new(secret.encode(), f"{now}.".encode() + body, hashlib.sha256).hexdigest()
    return {"stripe-signature": f"t={now},v1={signature}"}


def notice(**about: object) -> bytes:
    refund = {
        "object": "refund", "id": "re_1", "amount": 5800, "currency": "jpy", "status": "failed", "created": 1_790_000_000,
        "failure_reason": "expired_or_canceled_card",
        "metadata": {"mediation_refund": str(UUID(int=7)), "mediation_attempt": "2"},
    }  # fmt: skip
    event = {"object": "event", "id": "evt_1", "type": "refund.failed", "data": {"object": {**refund, **about}}}
    return json.dumps(event).encode()


def test_a_notice() -> None:
    stripe, body = StripeGateway(SECRET_KEY, NOTICES), notice()
    assert stripe.notice(signed(body), body) == Payment(
        reference="re_1",
        refund_id=UUID(int=7),
        status="failed",
        amount=Money.of("5800", "JPY"),
        made_at=datetime.fromtimestamp(1_790_000_000, UTC),
        attempt=2,
        reason="account_closed",
    )
    charge = notice(object="charge")
    assert stripe.notice(signed(charge), charge) is None


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"stripe-signature": "nonsense"},
        signed(notice(), "whsec_of_somebody_else"),
        signed(notice(amount=1)),
        signed(notice(), at=time.time() - 3600),
        signed(notice(), at=time.time() + 3600),
        signed(notice(), at=time.time() + 86_400),
    ],
)
def test_a_notice_that_is_not_to_be_believed(headers: dict[str, str]) -> None:
    with pytest.raises(UntrustedNotice):
        StripeGateway(SECRET_KEY, NOTICES).notice(headers, notice())
    with pytest.raises(UntrustedNotice):
        StripeGateway(SECRET_KEY).notice(signed(notice()), notice())
