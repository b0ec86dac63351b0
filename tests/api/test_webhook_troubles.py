"""Receivers that fail, are dead for days, or say that they are gone. The clock is turned, so nothing is waited for."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio

from domain.kernel.base import Role
from mediation.processes.webhooks.deliveries import AT_ONCE, Deliveries
from mediation.processes.webhooks.schedule import WAITS
from tests.api.house import PLAYGROUND, House, done, filing, house
from tests.api.test_translations import until
from tests.harness.webhook_receiver import HANG, Receiver, receiver

pytestmark = pytest.mark.asyncio(loop_scope="module")

AT = "/v1/webhook-endpoints"
A_BIT_MORE = 1.11
"""A wait is made longer by a tenth at most."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def home(shared_database: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    folder = tmp_path_factory.mktemp("webhooks")
    async with house(shared_database, folder, webhook_networks=["127.0.0.0/8"]) as running:
        yield running


class Desk:
    """An endpoint in the test marketplace, and its receiver."""

    def __init__(self, home: House, there: Receiver) -> None:
        self.home, self.there = home, there
        self.backend = home.backend_of(PLAYGROUND)
        self.administrator = home.sender(Role.ADMINISTRATOR, marketplace=PLAYGROUND)
        self.id = ""

    async def endpoint(self, path: str = "/", **more: Any) -> str:
        body = {"url": self.there.url(path), "types": ["dispute.filed", "dispute.response_given"], **more}
        self.id = str(done(await self.administrator.post(AT, body), 201)["id"])
        return self.id

    async def filed(self) -> str:
        now = datetime.fromisoformat(done(await self.backend.get("/v1/sandbox/clock"))["now"])
        return str(done(await self.backend.post("/v1/disputes", filing(now=now)), 201)["id"])

    async def contested(self, dispute_id: str) -> None:
        seller = self.home.speaking_for("seller", PLAYGROUND)
        done(await seller.post(f"/v1/disputes/{dispute_id}/response", {"answer": "contest"}))

    async def turned(self, by: timedelta) -> None:
        now = datetime.fromisoformat(done(await self.backend.get("/v1/sandbox/clock"))["now"])
        body = {"now": (now + by).isoformat()}
        done(await self.backend.send("PUT", "/v1/sandbox/clock", json=body))
        self.home.services.webhooks.sending.wake()

    async def shown(self, endpoint_id: str | None = None) -> dict[str, Any]:
        return done(await self.administrator.get(f"{AT}/{endpoint_id or self.id}"))

    async def record(self) -> list[dict[str, Any]]:
        return list(done(await self.administrator.get(f"{AT}/{self.id}/deliveries"))["items"])

    async def tried(self, times: int) -> dict[str, Any]:
        """The one delivery, as soon as it was tried so many times."""
        (one,) = await until(self.record, lambda items: bool(items) and len(items[0]["attempts"]) >= times)
        return dict(one)


@pytest_asyncio.fixture(loop_scope="module")
async def desk(home: House) -> AsyncIterator[Desk]:
    async with receiver() as there:
        one = Desk(home, there)
        yield one
        for endpoint in done(await one.administrator.get(AT))["items"]:
            await one.administrator.send("DELETE", f"{AT}/{endpoint['id']}")


async def test_a_webhook_is_sent_again_for_three_days(desk: Desk) -> None:
    """At the intervals of the specification and a bit more, each time with the same id and body. Then it has failed."""
    desk.there.says = lambda got: (500, {})
    await desk.endpoint()
    await desk.filed()
    for number, wait in enumerate(WAITS[1:], start=1):
        one = await desk.tried(number)
        said = datetime.fromisoformat(one["next_at"]) - datetime.fromisoformat(one["attempts"][-1]["at"])
        assert wait <= said <= wait * A_BIT_MORE
        await desk.turned(said)
    one = await desk.tried(len(WAITS))
    assert (one["state"], one["next_at"]) == ("failed", None)
    assert sum(WAITS, timedelta()) == timedelta(hours=75, minutes=35, seconds=5)
    assert len({got.headers["webhook-id"] for got in desk.there.got}) == len({got.body for got in desk.there.got}) == 1
    desk.there.says = None
    assert done(await desk.administrator.post(f"{AT}/{desk.id}/replay", {"failed": True}))["webhooks"] == 1
    await until(desk.record, lambda items: items[0]["state"] == "delivered")


async def test_a_receiver_that_was_dead_for_a_day_gets_everything(desk: Desk) -> None:
    desk.there.says = lambda got: (503, {})
    await desk.endpoint()
    disputes = [await desk.filed() for _ in range(5)]
    await until(desk.record, lambda items: sum(bool(one["attempts"]) for one in items) == 5)
    await desk.turned(timedelta(days=1))
    warned = await until(desk.shown, lambda shown: shown["warned_at"] is not None)
    assert (warned["state"], warned["waiting"]) == ("failing", 5)
    desk.there.says, before = None, len(desk.there.got)
    await desk.turned(timedelta(days=1))
    well = await until(desk.shown, lambda shown: shown["waiting"] == 0)
    assert (well["state"], well["failing_since"], well["warned_at"]) == ("well", None, None)
    got = desk.there.got[before:]
    assert sorted(one.said["data"]["dispute_id"] for one in got) == sorted(disputes)


async def test_after_five_days_without_success_it_is_disabled_and_nothing_is_lost(desk: Desk) -> None:
    """Never without a warning, and never while something arrives. What came meanwhile is sent when it is enabled."""
    desk.there.says = lambda got: (503, {})
    await desk.endpoint()
    await desk.turned(timedelta(days=6))  # nothing was sent meanwhile, so nothing failed
    disputes = [await desk.filed()]
    await desk.tried(1)
    assert (await desk.shown())["warned_at"] is None
    for day in range(1, 5):
        await desk.turned(timedelta(days=1))
        disputes.append(await desk.filed())
        shown = await until(desk.shown, lambda shown: shown["warned_at"] is not None)
        assert shown["state"] == "failing", day
        await until(desk.record, lambda items: bool(items[0]["attempts"]))
    await desk.turned(timedelta(days=1))
    disputes.append(await desk.filed())
    disabled = await until(desk.shown, lambda shown: shown["state"] == "disabled")
    assert (disabled["disabled_why"], disabled["last_success_at"]) == ("failing", None)
    desk.there.says = None
    before = len(desk.there.got)
    disputes.append(await desk.filed())
    kept = await until(desk.record, lambda items: len(items) == len(disputes))
    assert kept[0]["attempts"] == []
    assert len(desk.there.got) == before
    enabled = done(await desk.administrator.send("PATCH", f"{AT}/{desk.id}", json={"enabled": True}))
    assert (enabled["state"], enabled["disabled_why"]) == ("well", None)
    got = (await desk.there.until(before + len(disputes)))[before:]
    assert sorted(one.said["data"]["dispute_id"] for one in got) == sorted(disputes)


async def test_a_receiver_that_is_gone_is_left_alone_at_once(desk: Desk) -> None:
    desk.there.says = lambda got: (410, {})
    await desk.endpoint()
    await desk.filed()
    shown = await until(desk.shown, lambda shown: shown["state"] == "disabled")
    assert (shown["disabled_why"], shown["waiting"]) == ("gone", 1)
    assert len(desk.there.got) == 1


async def test_what_is_claimed_is_given_back_when_the_receiver_is_gone(desk: Desk) -> None:
    """Of many that are due at once, no more are sent than had begun."""
    disputes = [await desk.filed() for _ in range(AT_ONCE + 8)]
    desk.there.says = lambda got: (410, {})
    await desk.endpoint(begin="start", types=["dispute.filed"])
    await until(desk.shown, lambda shown: shown["state"] == "disabled")
    assert len(desk.there.got) <= AT_ONCE
    desk.there.says = None
    done(await desk.administrator.send("PATCH", f"{AT}/{desk.id}", json={"enabled": True}))
    shown = await until(desk.shown, lambda shown: shown["waiting"] == 0, within=20)
    assert shown["state"] == "well"
    assert {*disputes} <= {one.said["data"]["dispute_id"] for one in desk.there.got}


async def test_a_receiver_that_asks_for_time_gets_it(desk: Desk) -> None:
    """Nothing at all is sent to it meanwhile."""
    desk.there.says = lambda got: (429, {"retry-after": "3600"})
    await desk.endpoint()
    await desk.filed()
    one = await desk.tried(1)
    said = datetime.fromisoformat(one["next_at"]) - datetime.fromisoformat(one["attempts"][0]["at"])
    assert timedelta(hours=1) <= said < timedelta(hours=1, minutes=1)
    second = await desk.filed()
    desk.there.says = None
    other = await desk.endpoint("/other")
    await desk.filed()
    await desk.there.until(1, "/other")
    assert len(desk.there.at("/")) == 1
    await desk.turned(timedelta(hours=1, minutes=2))
    got = await desk.there.until(4)
    assert second in {one.said["data"]["dispute_id"] for one in got}
    assert (await desk.shown(other))["state"] == "well"


async def test_in_order_later_ones_wait_for_their_dispute_alone(desk: Desk) -> None:
    waits = ""
    desk.there.says = lambda got: (503 if got.said["data"]["dispute_id"] == waits else 204, {})
    await desk.endpoint("/ordered", in_order=True)
    await desk.endpoint("/any")
    waits = await desk.filed()
    await desk.contested(waits)
    other = await desk.filed()
    await desk.contested(other)
    await desk.there.until(4, "/any")
    got = [one.said for one in await desk.there.until(3, "/ordered")]
    assert [said["sequence"] for said in got if said["data"]["dispute_id"] == other] == [1, 2]
    assert [said["sequence"] for said in got if said["data"]["dispute_id"] == waits] == [1]
    waits = ""
    await desk.turned(timedelta(seconds=6))
    got = [one.said for one in await desk.there.until(5, "/ordered")][3:]
    assert [said["sequence"] for said in got] == [1, 2]


async def test_one_dead_endpoint_slows_no_other(desk: Desk) -> None:
    """It takes connections and never answers. The other one has everything before the first of these is given up."""
    desk.there.says = lambda got: (HANG if got.path == "/dead" else 204, {})
    dead = await desk.endpoint("/dead")
    await desk.endpoint("/alive")
    disputes = [await desk.filed() for _ in range(10)]
    got = await desk.there.until(10, "/alive")
    assert {one.said["data"]["dispute_id"] for one in got} == {*disputes}
    assert (await desk.shown(dead))["failing_since"] is None


async def test_attempts_are_on_record_for_30_days(desk: Desk, home: House) -> None:
    await desk.endpoint()
    await desk.filed()
    one = await desk.tried(1)
    at = datetime.fromisoformat(one["attempts"][0]["at"])
    deliveries = Deliveries(home.services.pool)
    await deliveries.sweep(at + timedelta(days=29))
    assert len((await desk.tried(1))["attempts"]) == 1
    await deliveries.sweep(at + timedelta(days=31))
    (kept,) = await desk.record()
    assert (kept["state"], kept["attempts"]) == ("delivered", [])
