"""An outage of the engine: the first worker that returns records it, before anything lapses."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import time
from typing import Any
from uuid import UUID

import pytest

from domain.clocks.deadline_facts import DeadlineMoved
from domain.filing.response import Respond
from domain.filing.response_facts import Answer
from domain.kernel.base import Role
from domain.kernel.people import Outcome, Stage
from domain.policy.outages import LEAST
from domain.settlement.conversation import PostMessage
from domain.silence import RecordLapses
from mediation.engine import Engine
from mediation.processes import outages
from mediation.processes.deadlines import DeadlineClock
from mediation.store.clocks import Clocks
from mediation.store.log.requests import ClockAstray
from tests import today
from tests.postgres import each_version
from tests.processes.test_processes import LONG_AGO, Running, about, running
from tests.worlds import MARKETPLACE, WORDS, filing, order

_LAST_SEEN = "UPDATE heartbeat SET at = %s"
_SINCE_THEN = "UPDATE heartbeat SET at = at - %s"


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
        found = await asyncio.gather(*(r.world.another_worker().returned() for _ in range(3)))
        assert [outage for outage in found if outage] == [*(await r.world.engine.policies(MARKETPLACE)).outages]


async def test_a_short_absence_is_no_outage(database: str) -> None:
    """Such as a restart."""
    async with running(database) as r:
        await r.world.engine.handle(filing(order("10.00", now=LONG_AGO), now=LONG_AGO))
        await _last_seen(r, today.now() - LEAST + timedelta(minutes=1))
        assert await r.world.engine.returned() is None
        assert (await r.world.engine.policies(MARKETPLACE)).outages == ()


# --- machines that were suspended ---


@dataclass(frozen=True, slots=True)
class Suspended:
    """A dispute, and a machine that is suspended an hour before its response is due, and wakes long afterwards.

    The clocks of the engine and of PostgreSQL jump. All else, such as what the worker remembers, is as it was.
    """

    r: Running
    dispute_id: UUID
    due_at: datetime
    since: timedelta
    monkeypatch: pytest.MonkeyPatch

    async def wakes(self) -> None:
        async with self.r.world.pool.connection() as conn:
            await conn.execute(_SINCE_THEN, (self.since,))
        self.monkeypatch.setattr(outages, "time", time)

    async def message(self, engine: Engine) -> None:
        said = about(Role.SELLER, self.dispute_id, message=WORDS, channel="web")
        await engine.handle(PostMessage.model_validate(said))

    async def response(self, engine: Engine) -> None:
        await engine.handle(Respond(**about(Role.SELLER, self.dispute_id), answer=Answer.CONTEST))

    async def lapses(self, engine: Engine) -> None:
        """What processes send when they have a reason of their own to look at a dispute."""
        await engine.handle(RecordLapses(**about(Role.ENGINE, self.dispute_id)))

    async def clock(self, _: Engine) -> None:
        await self.r.clock.fire()

    async def nothing_lapsed(self) -> None:
        """Nor anything afterwards, when every process has done what is due. Exactly one outage is on record."""
        await self.r.settle()
        kinds = [recorded.kind for recorded in await self.r.world.log.of_dispute(self.dispute_id)]
        assert not {"DefaultGranted", "DeadlineLapsed", "RefundInstructed"} & set(kinds), kinds
        (outage,) = (await self.r.world.engine.policies(MARKETPLACE)).outages
        assert outage.began_at < self.due_at < outage.ended_at
        events = [recorded.event for recorded in await self.r.world.log.of_dispute(self.dispute_id)]
        moved = [e.due_at for e in events if isinstance(e, DeadlineMoved) and e.name == "response"]
        assert moved == [outage.due_at]


async def _suspended(r: Running, monkeypatch: pytest.MonkeyPatch) -> Suspended:
    filed = await r.world.engine.handle(filing(order("129.90", now=LONG_AGO), now=LONG_AGO))
    due_at = filed.dispute.deadlines.running["response"].due_at
    since = today.now() - (due_at - timedelta(hours=1))
    monkeypatch.setattr(outages, "time", lambda: time() - since.total_seconds(), raising=False)
    assert await r.follow.caught_up(DeadlineClock.name, await r.world.log.last_position(), 60)
    return Suspended(r, filed.dispute.id, due_at, since, monkeypatch)


First = Callable[[Suspended, Engine], Awaitable[None]]


@pytest.mark.parametrize("first", [Suspended.clock, Suspended.response, Suspended.message, Suspended.lapses])
async def test_who_comes_first_after_a_suspension(database: str, monkeypatch: pytest.MonkeyPatch, first: First) -> None:
    """The worker has renewed the heartbeat a moment before the machine was suspended, and would not do so again yet."""
    async with running(database) as r:
        machine = await _suspended(r, monkeypatch)
        await r.world.engine.beat()
        await machine.wakes()
        await first(machine, r.world.engine)
        await machine.nothing_lapsed()


@pytest.mark.parametrize("first", [Suspended.response, Suspended.message, Suspended.lapses])
async def test_another_worker_has_recorded_it(database: str, monkeypatch: pytest.MonkeyPatch, first: First) -> None:
    """Two workers on the machine; the one that returns second still remembers the time before."""
    async with running(database) as r:
        machine, second = await _suspended(r, monkeypatch), r.world.another_worker()
        await r.world.engine.beat()
        await second.returned()
        await machine.wakes()
        await r.world.engine.beat()
        await first(machine, second)
        await machine.nothing_lapsed()


async def test_workers_return_at_the_same_moment_with_acts(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with running(database) as r:
        machine, workers = await _suspended(r, monkeypatch), [r.world.another_worker() for _ in range(3)]
        await asyncio.gather(*(worker.returned() for worker in workers))
        await machine.wakes()
        await asyncio.gather(*(act(machine, w) for w in workers for act in (Suspended.message, Suspended.lapses)))
        await machine.nothing_lapsed()


async def test_the_machine_is_suspended_between_a_beat_and_a_lapse(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The clock has renewed the heartbeat, and then finds timers that are due."""
    async with running(database) as r:
        machine, turned_by = await _suspended(r, monkeypatch), Clocks.turned_by

        async def suspended_here(clocks: Clocks) -> Any:
            await machine.wakes()
            monkeypatch.setattr(Clocks, "turned_by", turned_by)
            return await turned_by(clocks)

        monkeypatch.setattr(Clocks, "turned_by", suspended_here)
        await r.clock.fire()
        await machine.nothing_lapsed()


@pytest.mark.parametrize("first", [Suspended.response, Suspended.lapses])
async def test_the_first_act_of_a_worker_that_renews_no_heartbeat(
    database: str, monkeypatch: pytest.MonkeyPatch, first: First
) -> None:
    """Such as a command on the command line, before the server is started again."""
    async with running(database) as r:
        machine = await _suspended(r, monkeypatch)
        await r.world.engine.beat()
        await machine.wakes()
        await first(machine, r.world.another_worker())
        await machine.nothing_lapsed()


async def test_only_those_who_serve_renew_the_heartbeat(database: str) -> None:
    """Otherwise a command every few minutes would hide that nobody serves."""
    async with running(database) as r:
        filed = await r.world.engine.handle(filing(order("10.00", now=today.now())))
        seen = today.now() - LEAST + timedelta(minutes=1)
        await _last_seen(r, seen)
        await r.world.engine.handle(RecordLapses(**about(Role.ENGINE, filed.dispute.id)))
        async with r.world.pool.connection() as conn:
            ((at,),) = await (await conn.execute("SELECT at FROM heartbeat")).fetchall()
        assert at == seen - today.AHEAD


async def test_the_clock_of_one_machine_alone_jumps(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The database says that there was no outage, and that this worker's clock is wrong. Nothing is stored by it."""
    async with running(database) as r:
        now = today.now()
        filed = await r.world.engine.handle(filing(order("10.00", now=now), now=now))
        await r.world.engine.beat()
        ahead = timedelta(days=30)
        for module in ("mediation.store.log.append", "mediation.processes.outages"):
            monkeypatch.setattr(f"{module}.time", lambda: time() + ahead.total_seconds())
        late: dict[str, Any] = {**about(Role.ENGINE, filed.dispute.id), "now": now + ahead}
        with pytest.raises(ClockAstray):
            await r.world.engine.handle(RecordLapses(**late))
        assert (await r.state(filed.dispute.id)).outcome is None
        assert (await r.world.engine.policies(MARKETPLACE)).outages == ()


@pytest.mark.parametrize("turned", [False, True])
async def test_a_clock_that_was_ahead_only_while_timers_were_taken(
    database: str, monkeypatch: pytest.MonkeyPatch, turned: bool
) -> None:
    """Nothing lapses by it, and the timers stay: the window lapses when it is over."""
    async with running(database, [MARKETPLACE]) as r:
        now, day = today.now(), timedelta(days=1)
        filed = await r.world.engine.handle(filing(order("10.00", now=now), now=now))
        due_at = filed.dispute.deadlines.running["response"].due_at
        if turned:
            await r.clocks.turn(MARKETPLACE, today.now() + timedelta(hours=1))
        assert await r.follow.caught_up(DeadlineClock.name, await r.world.log.last_position(), 60)
        take = DeadlineClock._take

        async def right_again(*about: Any) -> Any:
            taken = await take(*about)
            monkeypatch.setattr(r.clocks, "real", today.now)
            return taken

        monkeypatch.setattr(DeadlineClock, "_take", right_again)
        monkeypatch.setattr(r.clocks, "real", lambda: today.now() + 30 * day)
        with pytest.raises(ClockAstray):
            await r.clock.fire()
        assert (await r.state(filed.dispute.id)).outcome is None
        await r.clocks.turn(MARKETPLACE, due_at + day)
        await r.settle()
        assert (await r.state(filed.dispute.id)).outcome is Outcome.GRANTED_BY_DEFAULT


async def _last_seen(r: Running, at: datetime) -> None:
    async with r.world.pool.connection() as conn:
        await conn.execute(_LAST_SEEN, (at - today.AHEAD,))
