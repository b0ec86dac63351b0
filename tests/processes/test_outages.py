"""An outage of the engine: the first worker that returns records it, before anything lapses."""

import asyncio
from datetime import datetime, timedelta

from domain.kernel.people import Outcome, Stage
from domain.policy.outages import LEAST
from mediation.processes.outages import Heartbeat
from mediation.store.clocks import Clocks
from tests import today
from tests.postgres import each_version
from tests.processes.test_processes import LONG_AGO, Running, running
from tests.worlds import MARKETPLACE, filing, order

_LAST_SEEN = "UPDATE heartbeat SET at = %s"


@each_version
async def test_what_was_due_while_nobody_was_there(database: str) -> None:
    """What was due before the outage lapses at its due instant. What fell due during it is due 24 hours after the return."""
    async with running(database) as r:
        engine, earlier = r.world.engine, LONG_AGO - timedelta(days=20)
        before = await engine.handle(filing(order("10.00", now=earlier), now=earlier))
        filed = await engine.handle(filing(order("129.90", now=LONG_AGO), now=LONG_AGO))
        began_at = filed.dispute.deadlines.running["response"].due_at - timedelta(hours=1)
        await _last_seen(r, began_at)
        await r.settle()
        (outage,) = (await engine.policies(MARKETPLACE)).outages
        assert outage.began_at == began_at
        dispute = await r.state(filed.dispute.id)
        assert (dispute.stage, dispute.deadlines.running["response"].due_at) == (Stage.NEGOTIATION, outage.due_at)
        lapsed = await r.state(before.dispute.id)
        assert lapsed.outcome is Outcome.GRANTED_BY_DEFAULT
        granted = [e for e in await r.world.log.of_dispute(before.dispute.id) if e.kind == "DefaultGranted"]
        assert [e.occurred_at for e in granted] == [before.dispute.deadlines.running["response"].due_at]


async def test_whoever_returns_at_the_same_moment(database: str) -> None:
    """They record it once, and no worker continues before it is recorded."""
    async with running(database) as r:
        filed = await r.world.engine.handle(filing(order("10.00", now=LONG_AGO), now=LONG_AGO))
        await _last_seen(r, filed.dispute.deadlines.running["response"].due_at - timedelta(hours=1))
        workers = [
            Heartbeat(r.world.pool, r.world.another_worker(), Clocks(r.world.pool, real=today.now)) for _ in range(3)
        ]
        found = await asyncio.gather(*(worker.beat() for worker in workers))
        assert [outage for outage in found if outage] == [*(await r.world.engine.policies(MARKETPLACE)).outages]


async def test_a_short_absence_is_no_outage(database: str) -> None:
    """Such as a restart."""
    async with running(database) as r:
        await r.world.engine.handle(filing(order("10.00", now=LONG_AGO), now=LONG_AGO))
        await _last_seen(r, today.now() - LEAST + timedelta(minutes=1))
        assert await Heartbeat(r.world.pool, r.world.engine, Clocks(r.world.pool, real=today.now)).beat() is None
        assert (await r.world.engine.policies(MARKETPLACE)).outages == ()


async def _last_seen(r: Running, at: datetime) -> None:
    async with r.world.pool.connection() as conn:
        await conn.execute(_LAST_SEEN, (at - today.AHEAD,))
