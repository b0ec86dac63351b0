"""A standby is promoted while the engine serves. What it lacks is lost, and told; nothing that is left is wrong."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import pytest
from httpx import Response
from structlog.testing import capture_logs

from mediation.store.follow.parking import parked
from mediation.store.postgres.pool import fetch
from projections import VIEWS
from tests.api.house import House, done, euros, filing, house, refused
from tests.harness.soak.run import ground
from tests.standby import Pair

pytestmark = pytest.mark.timeout(120)

_END = "SELECT max(position) FROM event"
_SEALED = "SELECT max(size) FROM proof.checkpoint"
_THERE = "SELECT count(*) FROM progress WHERE position = (SELECT max(position) FROM event)"
_FILED = "SELECT count(*) FROM event WHERE kind = 'DisputeFiled'"


@asynccontextmanager
async def served() -> AsyncIterator[tuple[Pair, House, list[Any]]]:
    with ground() as folder, Pair(folder) as pair, capture_logs() as lines:
        async with house(pair.conninfo, folder / "data") as running:
            yield pair, running, lines


async def promoted(pair: Pair) -> None:
    await asyncio.to_thread(pair.kill)
    await asyncio.to_thread(pair.promote)


async def answered(send: Callable[[], Awaitable[Response]]) -> Response:
    """The answer, as a patient caller gets it: who is told to try again later does."""
    while True:
        response = await send()
        if response.status_code != 503:
            return response
        await asyncio.sleep(0.1)


async def until(holds: Callable[[], Awaitable[Any]]) -> None:
    async with asyncio.timeout(30):
        while True:
            if await holds():
                return
            await asyncio.sleep(0.05)


async def one(home: House, query: str) -> Any:
    return (await fetch(home.services.pool, query))[0][0]


async def is_sealed(home: House, size: int) -> bool:
    return bool(await one(home, _SEALED) == size)


async def rows(home: House, table: str) -> list[Any]:
    return sorted(map(repr, await fetch(home.services.pool, f"SELECT * FROM {table}")))


async def assert_views_are_right(home: House) -> None:
    """Each has the whole log, nothing is parked, and building it anew gives the same rows."""

    async def are_there() -> bool:
        return bool(await one(home, _THERE) == len(home.services.consumers) + 1)  # and the sealer

    await until(are_there)
    assert await parked(home.services.pool) == []
    for view in VIEWS:
        live = await rows(home, view.table)
        await view.rebuild(home.services.log, home.services.pool, afresh=True)
        assert await rows(home, view.table) == live, view.title


async def test_what_a_standby_lacked_is_lost_and_told_and_all_else_goes_on() -> None:
    async with served() as (pair, home, lines):
        buyer, seller = home.speaking_for("buyer"), home.speaking_for("seller")
        kept = await home.filed()
        offers = f"/v1/disputes/{kept['id']}/offers"
        done(await seller.post(offers, {"amount": euros("20.00")}), 201)
        await asyncio.to_thread(pair.in_step)
        await asyncio.to_thread(pair.lag)
        end = await asyncio.to_thread(pair.last_of_standby)

        body, counter = filing(), {"amount": euros("80.00"), "counters": 1}
        lost = done(await home.backend.post("/v1/disputes", body, key="filed"), 201)
        done(await buyer.post(offers, counter, key="countered"), 201)
        await home.seen(lost["id"], lost["position"])
        gone = await one(home, _END)
        await until(lambda: is_sealed(home, gone))
        await promoted(pair)

        # What was acknowledged and is gone is unknown, and can be sent again under the same keys.
        by_id = f"/v1/disputes/{lost['id']}"
        refused(await answered(lambda: home.backend.get(by_id)), 404, "UnknownDispute")
        again = done(await answered(lambda: home.backend.post("/v1/disputes", body, key="filed")), 201)
        countered = done(await answered(lambda: buyer.post(offers, counter, key="countered")), 201)
        assert countered["number"] == 2
        case = await home.seen(again["id"], again["position"])
        assert case["buyer"]["name"] == "Name of b-77", "its key is one that the key store has"
        # A position that lost facts had is another fact's now.
        for _ in range(3):
            filed = done(await answered(lambda: home.backend.post("/v1/disputes", filing())), 201)
            await home.seen(filed["id"], filed["position"])
        assert await one(home, _END) > gone
        await assert_views_are_right(home)

        told = [line for line in lines if line["event"] == "facts_lost"]
        assert [(line["seen"], line["log_ends_at"], line["log_level"]) for line in told] == [(gone, end, "error")]
        await until(lambda: fetch(home.services.pool, "SELECT FROM proof.lost_checkpoint"))
        checkpoints = done(await home.sender("auditor").get("/v1/audit/checkpoints"))
        latest = checkpoints["lost"][0]
        assert latest["size"] == gone, "an auditor may have it, and it fits no log any more"
        assert latest["note"] not in {one["note"] for one in checkpoints["items"]}


async def test_with_a_synchronous_standby_nothing_that_was_acknowledged_is_lost() -> None:
    async with served() as (pair, home, lines):
        kept = await home.filed()
        await asyncio.to_thread(pair.synchronise)
        before = done(await home.backend.post("/v1/disputes", filing()), 201)
        bodies = {str(uuid4()): filing() for _ in range(8)}

        async def send(key: str) -> dict[str, Any]:
            return done(await answered(lambda: home.backend.post("/v1/disputes", bodies[key], key=key)), 201)

        async with asyncio.TaskGroup() as sending:
            under_way = [sending.create_task(send(key)) for key in bodies]
            await promoted(pair)
        for dispute in (kept, before, *(task.result() for task in under_way)):
            by_id = f"/v1/disputes/{dispute['id']}"
            headers = {"At-Least": dispute["position"]}
            assert done(await answered(lambda: home.backend.get(by_id, headers=headers)))["id"] == dispute["id"]  # noqa: B023
        assert await one(home, _FILED) == 2 + len(bodies)
        await assert_views_are_right(home)
        assert [line for line in lines if line["event"] in ("facts_lost", "checkpoint_lost")] == []


_BEYOND = """UPDATE progress SET position = position + 1000, epoch = epoch + 1, lease_until = NULL, holder = NULL
WHERE name <> 'sealer@1' RETURNING name"""
_TIMERS = "SELECT dispute_id, name, due_at FROM timer ORDER BY 1, 2"


async def test_what_is_beyond_the_end_of_the_log_starts_over_and_nothing_is_done_twice(anew: House) -> None:
    """An earlier release let views and processes go on to positions of lost facts."""
    seller, conceded = anew.speaking_for("seller"), await anew.filed()
    done(await seller.post(f"/v1/disputes/{conceded['id']}/response", {"answer": "concede"}))
    await anew.refunds(1)
    await anew.filed()
    await assert_views_are_right(anew)
    facts, timers = await one(anew, _END), await fetch(anew.services.pool, _TIMERS)
    assert timers
    with capture_logs() as lines:
        names = {name for (name,) in await fetch(anew.services.pool, _BEYOND)}
        await assert_views_are_right(anew)
    told = {line["consumer"] for line in lines if line["event"] == "consumer_starts_over"}
    assert told == names == {consumer.name for consumer in anew.services.consumers}
    assert await one(anew, _END) == facts
    assert await fetch(anew.services.pool, _TIMERS) == timers
