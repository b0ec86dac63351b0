"""A worker is killed between two steps of a notice: the next one loses nothing and does nothing twice."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from domain.clocks.proceedings import RecordParallelProceeding
from domain.clocks.stay_facts import ParallelProceedingEnded, ParallelProceedingRecorded
from domain.commands import AnyCommand
from domain.filing.filing_facts import DisputeFiled
from domain.remedies.elsewhere import RecordRefundElsewhere
from domain.remedies.elsewhere_facts import RefundedElsewhere
from mediation.engine import ALONE, Engine, Handled, Request
from mediation.processes.provider_notices import tables
from mediation.processes.provider_notices.process import ProviderNotices
from mediation.store.clocks import Clocks
from mediation.store.keys.blind import Blind
from mediation.store.notice_in import Opened, Quarantine
from mediation.store.tasks import end
from tests import today
from tests.gateways.notices import stripe_event
from tests.processes.deaths import Dies
from tests.worlds import MARKETPLACE, World, filing, order, world

POINTS = ("before folding", "after folding", "before the stay", "after the stay", "after sealing", "before the refund",
          "after the refund")  # fmt: skip


class Dying(Engine):
    def __init__(self, w: World, dies: Dies) -> None:
        super().__init__(w.log, w.heartbeat)
        self._dies = dies

    async def handle(self, command: AnyCommand, request: Request = ALONE) -> Handled:
        what = {RecordParallelProceeding: "the stay", RecordRefundElsewhere: "the refund"}.get(type(command), "nothing")
        await self._dies.at(f"before {what}")
        outcome = await super().handle(command, request)
        await self._dies.at(f"after {what}")
        return outcome


class DyingQuarantine(Quarantine):
    def __init__(self, w: World, blind: Blind, dies: Dies) -> None:
        super().__init__(w.pool, w.keys, blind)
        self._dies = dies

    async def open(self, notice_id: UUID, marketplace: str) -> Opened | None:
        opened = await super().open(notice_id, marketplace)
        if opened is not None:
            await self._dies.at("before folding" if opened.item.status == "new" else "after folding")
        return opened

    async def _destroy_key(self, notice_id: UUID) -> None:
        await self._dies.at("after sealing")
        await super()._destroy_key(notice_id)


@asynccontextmanager
async def working(w: World, dies: Dies) -> AsyncIterator[tuple[ProviderNotices, asyncio.Task[None]]]:
    blind, times = Blind(bytes(range(32))), Clocks(w.pool, real=today.now)
    process = ProviderNotices(w.pool, Dying(w, dies), w.log, w.codec, times, DyingQuarantine(w, blind, dies))
    filed = await w.log.where("kind = %s", (DisputeFiled.kind,), 10)
    async with w.pool.connection() as connection:
        await connection.execute(tables.TABLES)
        await process.apply(connection, filed)
    task = asyncio.create_task(process.run())
    try:
        yield process, task
    finally:
        await end([task])


@pytest.mark.parametrize("point", POINTS)
async def test_nothing_is_lost_and_nothing_is_done_twice(database: str, point: str) -> None:
    async with world(database) as w:
        now = today.now()
        paid = order("129.90", now=now).model_copy(update={"payment_reference": "pi_123"})
        filed = filing(paid, now=now - timedelta(days=2))
        await w.engine.handle(filed)
        quarantine, dies = Quarantine(w.pool, w.keys, Blind(bytes(range(32)))), Dies(point)
        bodies = [stripe_event("created", 1_700_000_000), stripe_event("closed", 1_700_000_009, status="lost")]
        told = [await quarantine.take(MARKETPLACE, "stripe", {}, body, now) for body in bodies]
        for notice_id in told:
            await quarantine.verified(notice_id, None)
        async with working(w, dies) as (_, task), asyncio.timeout(30):
            if "refund" in point:
                await _until(w, filed.dispute_id, lambda happened: ParallelProceedingRecorded in happened)
                await _a_day_passes(w)
            await dies.reached.wait()
            await end([task])
        async with w.pool.connection() as connection:  # nobody waits until the dead worker's claims are over
            await connection.execute("UPDATE notice_in SET claimed_until = now()")
            await connection.execute("UPDATE provider_dispute SET not_before = now()")
        async with working(w, Dies()), asyncio.timeout(30):
            await _until(w, filed.dispute_id, lambda happened: ParallelProceedingRecorded in happened)
            await _a_day_passes(w)
            happened = await _until(w, filed.dispute_id, lambda happened: ParallelProceedingEnded in happened)
        for kind in (ParallelProceedingRecorded, RefundedElsewhere, ParallelProceedingEnded):
            assert happened.count(kind) == 1, kind
        while await quarantine.sweep(now):
            pass
        for notice_id, body in zip(told, bodies, strict=True):
            opened = await quarantine.open(notice_id, MARKETPLACE)
            assert opened is not None
            assert (opened.raw, opened.item.status) == (body, "matched")
            assert not await w.keys.readable(notice_id), "the key of the item is destroyed"


async def test_what_no_dispute_is_about_is_destroyed_after_thirty_days(database: str) -> None:
    """Its key too. What is not rightly signed goes after a day."""
    async with world(database) as w:
        quarantine, now = Quarantine(w.pool, w.keys, Blind(bytes(32))), today.now()
        old, new, forged = [
            await quarantine.take(MARKETPLACE, "adyen", {}, b"%d" % days, now - timedelta(days=days))
            for days in (31, 29, 2)
        ]
        for notice_id in (old, new):
            await quarantine.verified(notice_id, None)
        await quarantine.verified(forged, "the signature is another one")
        assert await quarantine.sweep(now) == 2
        assert [await quarantine.open(one, MARKETPLACE) is None for one in (old, new, forged)] == [True, False, True]
        assert [await w.keys.readable(one) for one in (old, new, forged)] == [False, True, False]


async def test_a_backup_does_not_bring_back_what_was_destroyed(database: str) -> None:
    """The rows come back, and the keys do not. Nobody waits for a notice that nobody can read."""
    async with world(database) as w:
        quarantine, now = Quarantine(w.pool, w.keys, Blind(bytes(32))), today.now()
        kept, gone = [await quarantine.take(MARKETPLACE, "adyen", {}, body, now) for body in (b"kept", b"gone")]
        for notice_id in (kept, gone):
            await quarantine.verified(notice_id, None)
        await w.keys.destroy(gone, now + timedelta(days=1), living=True)
        await quarantine.forget_unreadable()
        assert [one.id for one in await quarantine.page(MARKETPLACE, None, None, None, 9)] == [kept]
        assert await quarantine.open(kept, MARKETPLACE) is not None


async def _a_day_passes(w: World) -> None:
    async with asyncio.timeout(30):
        while True:
            async with w.pool.connection() as connection:
                unread = await connection.execute("SELECT FROM notice_in WHERE status = 'new' LIMIT 1")
                if not unread.rowcount:
                    break
            await asyncio.sleep(0.05)
    async with w.pool.connection() as connection:
        await connection.execute("UPDATE provider_dispute SET quiet_since = quiet_since - interval '25 hours'")


async def _until(w: World, dispute_id: UUID, holds: Any) -> list[type]:
    """The kinds of facts of the dispute, as soon as it is so."""
    while True:
        stream = (await w.log.read([(dispute_id, 0)])).streams[dispute_id]
        happened = [type(fact.event) for fact in stream]
        if holds(happened):
            return happened
        await asyncio.sleep(0.05)
