"""Workers are killed between any two steps of a webhook, and several work at once: each arrives, and no number is left out."""

import asyncio
import json
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from ipaddress import ip_network
from typing import Any
from uuid import UUID

import pytest
from psycopg import AsyncConnection

from domain.filing.response import Respond
from domain.filing.response_facts import Answer
from domain.kernel.base import Role
from mediation.engine import Request
from mediation.gateways.webhooks.addresses import Addresses
from mediation.gateways.webhooks.counts import WebhookCounts
from mediation.gateways.webhooks.post import Answer as Answered
from mediation.gateways.webhooks.post import Post
from mediation.processes.webhooks.deliveries import Deliveries, Delivery
from mediation.processes.webhooks.endpoints import About, Endpoint, Endpoints
from mediation.processes.webhooks.making import WebhookMaking
from mediation.processes.webhooks.record import Record
from mediation.processes.webhooks.sending import WebhookSending
from mediation.store.clocks import TABLE, Clocks
from mediation.store.follow.follow import Follow
from mediation.store.keys.blind import Blind
from mediation.store.log.recorded import Recorded
from mediation.store.tasks import end
from tests import today
from tests.harness.webhook_receiver import Receiver, receiver
from tests.processes.deaths import Dies
from tests.worlds import MARKETPLACE, World, actor, filing, order, world

POINTS = ("while making", "before writing", "before sending", "after sending", "after recording")
BLIND = Blind(bytes(range(32)))
HERE = Addresses([ip_network("127.0.0.0/8")])


class Making(WebhookMaking):
    def __init__(self, w: World, worker: Dies) -> None:
        super().__init__(w.pool, w.log, BLIND)
        self._worker = worker

    async def _make(self, conn: AsyncConnection, endpoints: Sequence[Any], facts: Sequence[Recorded]) -> None:
        await super()._make(conn, endpoints, facts)
        made = await (await conn.execute("SELECT EXISTS (SELECT FROM webhook_delivery)")).fetchone()
        if made == (True,):
            await self._worker.at("while making")


class Sends(Post):
    def __init__(self, worker: Dies) -> None:
        super().__init__(HERE, WebhookCounts())
        self._worker = worker

    async def send(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answered:
        await self._worker.at("before sending")
        answer = await super().send(url, body, headers)
        await self._worker.at("after sending")
        return answer


class Recording(Deliveries):
    def __init__(self, w: World, worker: Dies) -> None:
        super().__init__(w.pool)
        self._worker = worker

    async def settle(self, attempts: Sequence[Any]) -> Any:
        settled = await super().settle(attempts)
        await self._worker.at("after recording")
        return settled


class Tells:
    def __init__(self, worker: Dies) -> None:
        self._worker = worker

    async def bodies(self, deliveries: Sequence[Delivery]) -> Mapping[UUID, str]:
        await self._worker.at("before writing")
        return {
            one.id: json.dumps(
                {"dispute": str(one.dispute_id), "number": one.sequence, "of": one.series, "position": one.position}
            )
            for one in deliveries
        }


def endpoints_of(w: World) -> Endpoints:
    return Endpoints(w.pool, w.keys, BLIND, WebhookMaking.name)


async def endpoint(w: World, there: Receiver, path: str = "/", key: bytes = b"one") -> Endpoint:
    about = About(there.url(path), "", (), in_order=False)
    return await endpoints_of(w).make(MARKETPLACE, about, today.now(), 0, Request(key=key, fingerprint=key))


@asynccontextmanager
async def working(w: World, worker: Dies, *, follows: bool = True) -> AsyncIterator[list[asyncio.Task[None]]]:
    """All processes of one worker, each in a task."""
    making, post = Making(w, worker), Sends(worker)
    clocks = Clocks(w.pool, real=today.now)
    sending = WebhookSending(Recording(w, worker), endpoints_of(w), clocks, Tells(worker), post, making.made)
    tasks = [asyncio.create_task(one.run()) for one in (making, sending)]
    if follows:
        tasks.append(asyncio.create_task(Follow(w.log, w.pool, [making]).run()))
    try:
        yield tasks
    finally:
        await end(tasks)
        post.close()


async def contested(w: World, *, minute: int) -> UUID:
    """A dispute, and the seller's answer: two facts of which an endpoint is told, and whatever follows from them."""
    now = today.now() + timedelta(minutes=minute)
    filed = filing(order("129.90", now=now), now=now)
    await w.engine.handle(filed)
    by: dict[str, Any] = {"marketplace": MARKETPLACE, "actor": actor(Role.SELLER), "now": now + timedelta(seconds=1)}
    await w.engine.handle(Respond(**by, dispute_id=filed.dispute_id, answer=Answer.CONTEST))
    return filed.dispute_id


async def all_arrived(w: World, number: int, endpoint_id: UUID) -> None:
    """As soon as so many deliveries are on record, and none waits."""
    record = Record(w.pool)
    async with asyncio.timeout(30):
        while True:
            page = await record.page(endpoint_id, before=None, dispute_id=None, state=None, limit=100)
            if len(page) >= number and all(one.state == "delivered" for one in page):
                return
            await asyncio.sleep(0.02)


def numbers(there: Receiver, path: str = "/") -> dict[str, list[int]]:
    """The numbers that came of each dispute, in order, each once."""
    came: dict[str, set[int]] = defaultdict(set)
    for got in there.at(path):
        came[got.said["dispute"]].add(got.said["number"])
    return {dispute: sorted(them) for dispute, them in came.items()}


@pytest.mark.parametrize("point", POINTS)
async def test_each_webhook_arrives_whoever_is_killed(database: str, point: str) -> None:
    """One worker dies at the point, and two go on. A webhook comes twice only if its worker died between the receiver's answer
    and the record of it. Then it has the same id, number and body.
    """
    async with world(database) as w, receiver() as there:
        async with w.pool.connection() as connection:
            await connection.execute(TABLE.encode())
        told = await endpoint(w, there)
        disputes = [await contested(w, minute=minute) for minute in range(3)]
        first = Dies(point)
        async with working(w, first) as tasks:
            async with asyncio.timeout(30):
                await first.reached.wait()
            await end(tasks)
        async with w.pool.connection() as connection:  # nobody waits until the dead worker's claims are over
            await connection.execute("UPDATE webhook_delivery SET claimed_until = 'epoch'")
        async with working(w, Dies()), working(w, Dies(), follows=False):
            disputes.append(await contested(w, minute=9))
            await all_arrived(w, 8, told.id)
        came = numbers(there)
        assert {UUID(dispute) for dispute in came} == {*disputes}
        assert all(them == list(range(1, len(them) + 1)) for them in came.values())
        times = Counter(got.headers["webhook-id"] for got in there.got)
        assert max(times.values()) == (2 if point == "after sending" else 1)
        assert len({got.body for got in there.got}) == len(times)


async def test_facts_that_are_taken_again_are_not_told_again(database: str) -> None:
    """As after a restore: the process begins at the start of the log. What is on record stays, with its numbers."""
    async with world(database) as w, receiver() as there:
        async with w.pool.connection() as connection:
            await connection.execute(TABLE.encode())
        told = await endpoint(w, there)
        dispute_id = await contested(w, minute=0)
        async with working(w, Dies()):
            await all_arrived(w, 2, told.id)
        before = len(there.got)
        async with w.pool.connection() as connection:
            await connection.execute("DELETE FROM progress")
        assert await endpoints_of(w).restored() == 0
        async with working(w, Dies()):
            await contested(w, minute=5)
            await all_arrived(w, before + 2, told.id)
        assert len(there.got) == before + 2
        assert numbers(there)[str(dispute_id)] == list(range(1, before + 1))
        assert {(got.said["of"]) for got in there.got[:before]} == {1}
        assert {(got.said["of"]) for got in there.got[before:]} == {2}


async def test_after_a_restore_an_endpoint_without_secrets_is_gone(database: str) -> None:
    """Nothing could be signed for it. The others stay."""
    async with world(database) as w, receiver() as there:
        kept, lost = [await endpoint(w, there, key=key) for key in (b"one", b"two")]
        await w.keys.destroy(lost.id, today.now() + timedelta(days=1), living=True)
        assert await endpoints_of(w).restored() == 1
        assert [one.id for one in await endpoints_of(w).all(MARKETPLACE)] == [kept.id]
