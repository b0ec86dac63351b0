"""The sandbox provider and its gateway, over HTTP within this process; once over a socket, with notices."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from domain.kernel.money import Money
from domain.kernel.people import Side
from mediation.gateways.payments import Declined, NoAnswer, Wanted
from mediation.gateways.sandbox.gateway import SandboxGateway
from mediation.gateways.sandbox.provider import create_provider
from mediation.gateways.sandbox.schemas import Faults, PaidOutIn
from mediation.gateways.sandbox.store import Store

KEY, NOTICES = "key", "whsec_c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0"


@asynccontextmanager
async def sandbox(store: Store, key: str = KEY) -> AsyncIterator[SandboxGateway]:
    app = create_provider(store, key=KEY, notice_secret=NOTICES)
    gateway = SandboxGateway("http://sandbox", key, NOTICES, transport=httpx.ASGITransport(app))
    try:
        yield gateway
    finally:
        await gateway.close()


def wanted(amount: str = "29.90", currency: str = "EUR", key: str | None = None) -> Wanted:
    refund_id = uuid4()
    return Wanted(refund_id, Money.of(amount, currency), Side.BUYER, "PAY-1", 1, key or f"{refund_id}-0")


async def test_it_honours_keys() -> None:
    """The same request under the same key is answered, and not paid again. Another request under the key is refused."""
    async with sandbox(Store()) as gateway:
        asked = wanted()
        assert await gateway.pay(asked) == await gateway.pay(asked)
        assert len(await gateway.find(asked)) == 1
        with pytest.raises(Declined):
            await gateway.pay(wanted(key=asked.key))


@pytest.mark.parametrize(("amount", "currency"), [("5800", "JPY"), ("41.755", "KWD"), ("0.00100000", "XBT")])
async def test_every_currency_to_its_last_unit(amount: str, currency: str) -> None:
    async with sandbox(Store()) as gateway:
        assert (await gateway.pay(wanted(amount, currency))).amount == Money.of(amount, currency)


async def test_it_is_told_what_to_do_wrong() -> None:
    store = Store()
    async with sandbox(store) as gateway:
        store.faults = Faults(unanswered=1)
        asked = wanted()
        with pytest.raises(NoAnswer):
            await gateway.pay(asked)
        assert [p.status for p in await gateway.find(asked)] == ["paid"], "it paid, and did not say so"
        store.faults = Faults(lost=1)
        asked = wanted()
        with pytest.raises(NoAnswer):
            await gateway.pay(asked)
        assert await gateway.find(asked) == []
        store.faults = Faults(decline="insufficient_funds")
        with pytest.raises(Declined) as declined:
            await gateway.pay(asked)
        assert declined.value.reason == "insufficient_funds"
        store.faults = Faults(down=True)
        for question in (gateway.pay(asked), gateway.find(asked)):
            with pytest.raises(NoAnswer):
                await question
        store.faults = Faults(pay_twice=1)
        await gateway.pay(asked)
        assert len(await gateway.find(asked)) == 2


async def test_what_is_pending_settles() -> None:
    store = Store()
    async with sandbox(store) as gateway:
        for faults, status in ((Faults(pending=True), "paid"), (Faults(fails="account_closed"), "failed")):
            store.faults, asked = faults, wanted()
            assert (await gateway.pay(asked)).status == "pending"
            (settled,) = await gateway.find(asked)
            assert settled.status == status


async def test_what_was_paid_comes_back() -> None:
    store = Store()
    store.faults = Faults(bounces="account_closed")
    async with sandbox(store) as gateway:
        asked = wanted()
        paid = await gateway.pay(asked)
        (back,) = await gateway.find(asked)
    assert (paid.status, paid.reason) == ("paid", None)
    assert (back.status, back.reason, back.reference) == ("failed", "account_closed", paid.reference)


async def test_paid_out_in_another_currency() -> None:
    store = Store()
    store.faults = Faults(paid_out_in=PaidOutIn(currency="JPY", rate="162.554"))
    async with sandbox(store) as gateway:
        payment = await gateway.pay(wanted("129.90"))
    assert payment.amount == Money.of("129.90", "EUR")
    assert payment.payout is not None
    assert payment.payout.paid == Money.of("21115", "JPY")


async def test_its_list_has_no_end_that_is_missed() -> None:
    """Page by page."""
    store = Store()
    async with sandbox(store) as gateway:
        for _ in range(205):
            await gateway.pay(wanted("0.01"))
        listed = [p async for p in gateway.payments(datetime.now(UTC) - timedelta(hours=1))]
        assert len({p.reference for p in listed}) == 205


async def test_a_wrong_key_says_nothing_of_what_was_paid() -> None:
    async with sandbox(Store(), key="wrong") as gateway:
        with pytest.raises(NoAnswer):
            await gateway.find(wanted())
        with pytest.raises(Declined):
            await gateway.pay(wanted())


async def test_what_it_paid_outlives_it(tmp_path: Path) -> None:
    asked, file = wanted(), str(tmp_path / "sandbox.sqlite")
    for _ in range(2):
        store = Store(file)
        async with sandbox(store) as gateway:
            if not await gateway.find(asked):
                await gateway.pay(asked)
            assert len(await gateway.find(asked)) == 1
        store.close()
