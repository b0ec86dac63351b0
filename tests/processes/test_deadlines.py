"""Several clocks over one database, killed at any time: each deadline lapses once, in order, at its due instant."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from domain.clocks.deadline_facts import DeadlineLapsed
from domain.commands import AnyCommand
from domain.policy.outages import LEAST
from domain.silence import RecordLapses
from mediation.engine import ALONE, Engine, Handled, Request
from mediation.processes.deadlines import DeadlineClock
from mediation.store.clocks import Clocks
from mediation.store.tasks import end
from tests import today
from tests.postgres import each_version
from tests.processes.clockwork import begin, workers
from tests.processes.test_processes import LONG_AGO, Running, running
from tests.worlds import World, filing, heartbeat, order

_LAPSED = "SELECT count(*) FROM event WHERE kind = 'DefaultGranted'"
_LEFT = "SELECT count(*) FROM timer"
_LAST_SEEN = "UPDATE heartbeat SET at = %s"


class Watched(Engine):
    """Records the disputes it was asked about. With `hangs`, it never returns from the last of so many."""

    def __init__(self, world: World, hangs: int | None = None, *, stored: bool = False) -> None:
        super().__init__(world.log, heartbeat(world.pool))
        self.asked: list[UUID] = []
        self.reached = asyncio.Event()
        self._hangs = hangs
        self._stored = stored

    async def handle(self, command: AnyCommand, request: Request = ALONE) -> Handled:
        if not isinstance(command, RecordLapses):
            return await super().handle(command, request)
        self.asked.append(command.dispute_id)
        last = len(self.asked) == self._hangs
        if last and not self._stored:
            await self._hang()
        outcome = await super().handle(command, request)
        if last:
            await self._hang()
        return outcome

    async def _hang(self) -> None:
        self.reached.set()
        await asyncio.Event().wait()


async def test_three_clocks_and_one_is_killed(database: str) -> None:
    """Three processes; one is killed without a shutdown. Hundreds of windows end at one instant, and each lapses once."""
    async with running(database) as r:
        due = await _armed(r, [LONG_AGO] * 300)
        async with workers(3, database) as clocks:
            begin(clocks)
            await _until(r, _LAPSED, lambda lapsed: lapsed > 0)
            clocks[0].kill()
            await clocks[0].wait()
            assert await _number(r, _LAPSED) < len(due), "in the middle"
            await _until(r, _LEFT, lambda left: left == 0)
        await _each_lapsed_once(r, due)


@each_version
@pytest.mark.parametrize("stored", [False, True])
async def test_what_one_has_taken_is_free_again_when_it_is_gone(database: str, stored: bool) -> None:
    """While the first clock lives, no other takes it. Afterwards nothing that was done is done again."""
    async with running(database) as r:
        due = await _armed(r, [LONG_AGO] * 20)
        watched = Watched(r.world, hangs=7, stored=stored)
        taking = asyncio.create_task(_fire(_clock(r, watched)))
        await asyncio.wait_for(watched.reached.wait(), 60)
        other = _clock(r, Watched(r.world))
        assert await other.fire() == 0
        await end([taking])
        async with asyncio.timeout(60):  # the database releases it when the connection ends
            while (
                await _number(r, _LEFT) > 0
            ):  # what had been stored is stopped by the follower, the rest by this clock
                await other.fire()
        await _each_lapsed_once(r, due)


async def test_clocks_side_by_side_share_the_work(database: str) -> None:
    """No clock takes what another has taken, so three are faster than one."""
    async with running(database) as r:
        due = await _armed(r, [LONG_AGO] * 150)
        engines = [Watched(r.world) for _ in range(3)]
        await asyncio.gather(*(_fire(_clock(r, engine)) for engine in engines))
        # Once each; except where a batch of the log ends between setting a deadline and ending it.
        assert sum(len(engine.asked) for engine in engines) < 1.2 * len(due)
        await _each_lapsed_once(r, due)


async def test_after_an_outage_the_earliest_due_comes_first(database: str) -> None:
    """First what had to lapse before it, in the order of due instants, and marked with the instant of recording."""
    days = [-45, -15, 0, -60, -30]  # further apart than any holidays that windows roll over
    async with running(database) as r:
        due = await _armed(r, [LONG_AGO + timedelta(days=day) for day in days])
        missed = max(due, key=lambda dispute_id: due[dispute_id])
        async with r.world.pool.connection() as conn:
            await conn.execute(_LAST_SEEN, (due[missed] - LEAST - today.AHEAD,))
        watched = Watched(r.world)
        returned = today.now()
        await _fire(_clock(r, watched))
        assert watched.asked == sorted(due, key=lambda dispute_id: due[dispute_id])
        assert (await r.state(missed)).deadlines.running["response"].due_at > returned, "moved on, as nobody was there"
        del due[missed]
        await _each_lapsed_once(r, due, recorded_after=returned - timedelta(seconds=1))


async def _armed(r: Running, filed_at: Sequence[datetime]) -> dict[UUID, datetime]:
    """Disputes, and the ends of their response windows. Their timers are set."""
    due = {}
    for at in filed_at:
        filed = await r.world.engine.handle(filing(order("10.00", now=at), now=at))
        due[filed.dispute.id] = filed.dispute.deadlines.running["response"].due_at
    assert await r.follow.caught_up(DeadlineClock.name, await r.world.log.last_position(), 60)
    return due


def _clock(r: Running, engine: Engine) -> DeadlineClock:
    return DeadlineClock(r.world.pool, engine, Clocks(r.world.pool, real=today.now))


async def _fire(clock: DeadlineClock) -> None:
    while await clock.fire():
        pass


async def _number(r: Running, query: str) -> int:
    async with r.world.pool.connection() as conn:
        (row,) = await (await conn.execute(query.encode())).fetchall()
    return int(row[0])


async def _until(r: Running, query: str, there: Callable[[int], bool]) -> None:
    async with asyncio.timeout(60):
        while True:
            if there(await _number(r, query)):
                return
            await asyncio.sleep(0.01)


async def _each_lapsed_once(r: Running, due: dict[UUID, datetime], recorded_after: datetime = LONG_AGO) -> None:
    lapsed: Counter[UUID] = Counter()
    for dispute_id, due_at in due.items():
        for fact in await r.world.log.of_dispute(dispute_id):
            if isinstance(fact.event, DeadlineLapsed) and fact.event.name == "response":
                lapsed[dispute_id] += 1
                assert fact.occurred_at == due_at
                assert fact.recorded_at + today.AHEAD > recorded_after
    assert lapsed == Counter(due.keys())
