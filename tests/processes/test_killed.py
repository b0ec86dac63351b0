"""Refunds on a real database, with a provider that ignores keys: workers killed between any two steps, and many at once."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import time
from typing import Any
from uuid import UUID

import pytest

from domain.commands import AnyCommand
from domain.commitments.events import refund_id_of
from domain.filing.response import Respond
from domain.filing.response_facts import Answer
from domain.kernel.base import Role
from domain.kernel.money import Money
from domain.payments.execution import ConfirmRefund, InstructRefund
from mediation.engine import ALONE, Engine, Handled, Request
from mediation.gateways.payments import Gateways, MarketplaceGateway, NoAnswer, Payment, Wanted
from mediation.processes import refunds
from mediation.processes.attempts import Attempts
from mediation.processes.refunds import RefundProcess
from mediation.store import clocks
from mediation.store.clocks import Clocks
from mediation.store.follow.follow import Follow
from mediation.store.keys.blind import Blind
from mediation.store.log.log import EventLog
from mediation.store.tasks import end
from tests import today
from tests.postgres import each_version
from tests.worlds import MARKETPLACE, World, actor, euros, filing, order, world

POINTS = ("before storing", "before asking", "before paying", "after paying", "before recording", "after recording")


@dataclass
class Provider(MarketplaceGateway):
    """Ignores keys, and pays every request. `hangs` is the point at which one worker waits for ever, once."""

    hangs: str | None = None
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    paid: list[Payment] = field(default_factory=list)
    asked = True

    async def at(self, point: str) -> None:
        if self.hangs == point:
            self.hangs = None
            self.reached.set()
            await asyncio.Event().wait()
        await asyncio.sleep(0)

    async def find(self, wanted: Wanted) -> Sequence[Payment]:
        await self.at("before asking")
        return [payment for payment in self.paid if payment.refund_id == wanted.refund_id]

    async def pay(self, wanted: Wanted) -> Payment:
        await self.at("before paying")
        reference = f"re_{len(self.paid)}"
        self.paid.append(Payment(reference, wanted.refund_id, "paid", wanted.amount, today.now(), wanted.attempt))
        await self.at("after paying")
        return self.paid[-1]


class Dying(Engine):
    """An engine whose worker may hang before or after it stores something about a refund."""

    def __init__(self, world: World, provider: Provider) -> None:
        super().__init__(world.log, world.heartbeat)
        self._provider = provider

    async def handle(self, command: AnyCommand, request: Request = ALONE) -> Handled:
        if isinstance(command, InstructRefund):
            await self._provider.at("before storing")
        if isinstance(command, ConfirmRefund):
            await self._provider.at("before recording")
        outcome = await super().handle(command, request)
        if isinstance(command, ConfirmRefund):
            await self._provider.at("after recording")
        return outcome


@dataclass
class Worker:
    """`ahead` is how far its clock is turned forward."""

    engine: Engine
    process: RefundProcess
    follow: Follow
    log: EventLog
    ahead: timedelta

    async def caught_up(self) -> None:
        assert await self.follow.caught_up(RefundProcess.name, await self.log.last_position(), 60)

    async def settle(self) -> None:
        await self.caught_up()
        while await self.process.work():
            await self.caught_up()

    async def owed(self, line: str = "129.90") -> tuple[UUID, UUID]:
        """A conceded dispute, and its refund."""
        now = today.now()
        filed = await self.engine.handle(filing(order(line, now=now), now=now))
        conceded = await self.engine.handle(Respond(**_about(filed.dispute.id), answer=Answer.CONCEDE))
        (owed,) = conceded.dispute.commitments.open_remedies()
        return filed.dispute.id, refund_id_of(owed.id)


def _about(dispute_id: UUID) -> dict[str, Any]:
    actor_ = actor(Role.SELLER)
    return {"marketplace": MARKETPLACE, "actor": actor_, "now": today.now(), "dispute_id": dispute_id}


@asynccontextmanager
async def worker(conninfo: str, provider: Provider, ahead: timedelta = timedelta()) -> AsyncIterator[Worker]:
    async with world(conninfo) as w:
        async with w.pool.connection() as conn:
            await conn.execute(clocks.TABLE)
            await conn.execute(refunds.TABLE)
        engine = Dying(w, provider)

        def now() -> datetime:
            return today.now() + ahead

        attempts = Attempts(engine, Gateways({}, provider), w.log, w.codec, Blind(bytes(32)), Clocks(w.pool, real=now))
        process = RefundProcess(w.pool, engine, attempts)
        follow = Follow(w.log, w.pool, [process])
        task = asyncio.create_task(follow.run())
        try:
            yield Worker(engine, process, follow, w.log, ahead)
        finally:
            await end([task])


async def _working(worker: Worker) -> None:
    await worker.process.work()


@pytest.mark.parametrize("point", POINTS)
async def test_killed_between_any_two_steps(database: str, point: str) -> None:
    """The next worker finds the attempt on record, asks the provider first, and pays only if the provider does not
    know of it.
    """
    provider = Provider(hangs=point)
    async with worker(database, provider) as first:
        dispute_id, refund_id = await first.owed()
        await first.caught_up()
        working = asyncio.create_task(_working(first))
        await asyncio.wait_for(provider.reached.wait(), 60)
        await end([working])
    for minutes in (0, 2):
        async with worker(database, provider, timedelta(minutes=minutes)) as second:
            await second.settle()
            assert len(provider.paid) <= 1
    async with worker(database, provider, timedelta(minutes=10)) as last:
        await last.settle()
        assert [(p.refund_id, p.amount) for p in provider.paid] == [(refund_id, euros("129.90"))]
        assert (await last.engine.dispute(dispute_id, MARKETPLACE))[0].closed
        assert (await last.engine.refund(refund_id, MARKETPLACE)).status == "confirmed"


async def test_suspended_between_asking_and_paying(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Days later the provider has forgotten the key of the attempt, and another worker may have paid. So it asks again."""

    class Sleepy(Provider):
        async def find(self, wanted: Wanted) -> Sequence[Payment]:
            found = await super().find(wanted)
            monkeypatch.setattr("mediation.processes.attempts.time", lambda: time() + 6 * 24 * 3600, raising=False)
            return found

    sleepy = Sleepy()
    async with worker(database, sleepy) as first:
        _, refund_id = await first.owed()
        await first.settle()
        assert sleepy.paid == []
    monkeypatch.undo()
    provider = Provider()
    async with worker(database, provider, timedelta(minutes=2)) as later:
        await later.settle()
        assert [payment.refund_id for payment in provider.paid] == [refund_id]


async def test_nothing_is_tried_before_the_last_attempt_had_its_time(database: str) -> None:
    """However often a worker looks."""

    class Silent(Provider):
        async def pay(self, wanted: Wanted) -> Payment:
            self.asks += 1
            raise NoAnswer

        asks = 0

    provider = Silent()
    async with worker(database, provider) as first:
        _, refund_id = await first.owed()
        for _ in range(3):
            await first.settle()
        assert provider.asks == 1
        assert (await first.engine.refund(refund_id, MARKETPLACE)).attempts == 1
    for minutes, attempts in ((2, 2), (3, 2), (10, 3), (60, 4), (240, 5), (720, 6), (1200, 6)):
        async with worker(database, provider, timedelta(minutes=minutes)) as later:
            await later.settle()
            assert provider.asks == attempts
            refund = await later.engine.refund(refund_id, MARKETPLACE)
            dispute, _, _ = await later.engine.dispute(refund.dispute_id, MARKETPLACE)
            assert (len(dispute.commitments.open) == 2) is (minutes == 1200), "in the end a person decides"


@each_version
async def test_workers_side_by_side(database: str) -> None:
    """Many refunds of equal amounts, and three workers with the same work: each refund is paid once."""
    provider = Provider()
    async with (
        worker(database, provider) as one,
        worker(database, provider) as two,
        worker(database, provider) as three,
    ):
        owed = [await one.owed("10.00") for _ in range(12)]
        for each in (one, two, three):
            await each.caught_up()
        await asyncio.gather(*(each.process.work() for each in (one, two, three) for _ in range(2)))
        await one.settle()
        assert sorted(str(p.refund_id) for p in provider.paid) == sorted(str(refund_id) for _, refund_id in owed)
        assert Money.total((p.amount for p in provider.paid), "EUR") == euros("120.00")
        for dispute_id, _ in owed:
            assert (await two.engine.dispute(dispute_id, MARKETPLACE))[0].closed
