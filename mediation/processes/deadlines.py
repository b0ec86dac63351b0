"""The clock: sends `RecordLapses` to a dispute when something in it falls due, or somebody is to be reminded of it.

Armed from events, so that a restart forgets nothing. A lapse takes effect at the instant it was due, whenever the clock gets
to it, so being late changes nothing but when people learn of it. After an outage of ours that is recorded first, so that
what was due meanwhile moves on instead (`mediation.processes.outages`); then what is overdue lapses, in order.

All workers share the work, as thousands of windows end at the same midnight. Each takes the first few that nobody else has,
under row locks that go with its connection: what a killed worker had taken is free at once. Whoever follows the log may wait
for such a lock, and never the other way round.
"""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from domain.clocks.deadline_facts import DeadlineEnded, DeadlineLapsed, DeadlineMoved, DeadlineSet
from domain.commitments.events import (
    CommitmentBreached,
    CommitmentDeferred,
    CommitmentDischarged,
    CommitmentKept,
    CommitmentMade,
    CommitmentReplaced,
    CommitmentWaived,
)
from domain.commitments.reminder_facts import Reminded
from domain.kernel.base import Event
from domain.silence import RecordLapses
from mediation.engine import Engine
from mediation.processes import ENGINE, outages
from mediation.store.clocks import Clocks
from mediation.store.follow.consumer import PASSING, describe
from mediation.store.log.recorded import Recorded
from mediation.store.tasks import run_together

TABLE = (
    """CREATE TABLE IF NOT EXISTS timer (
  dispute_id uuid NOT NULL, name text NOT NULL, marketplace text NOT NULL, due_at timestamptz NOT NULL,
  PRIMARY KEY (dispute_id, name));
ALTER TABLE timer ADD COLUMN IF NOT EXISTS not_before timestamptz NOT NULL DEFAULT '-infinity';
CREATE INDEX IF NOT EXISTS timer_next ON timer (greatest(due_at, not_before));
CREATE INDEX IF NOT EXISTS timer_next_there ON timer (marketplace, greatest(due_at, not_before));
"""
    + outages.TABLE
)

_SET = """INSERT INTO timer (dispute_id, name, marketplace, due_at)
SELECT * FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::timestamptz[])
ON CONFLICT (dispute_id, name) DO UPDATE SET due_at = excluded.due_at"""
_STOP = "DELETE FROM timer t USING unnest(%s::uuid[], %s::text[]) s (d, n) WHERE t.dispute_id = s.d AND t.name = s.n"
_FIRST = """AND name = (SELECT name FROM timer e WHERE e.dispute_id = t.dispute_id
  ORDER BY greatest(e.due_at, e.not_before), name LIMIT 1)
ORDER BY greatest(due_at, not_before) LIMIT %s FOR UPDATE SKIP LOCKED"""
_DUE = f"""SELECT dispute_id, name, marketplace FROM timer t WHERE greatest(due_at, not_before) <= %s {_FIRST}"""
_DUE_THERE = f"""SELECT dispute_id, name, marketplace FROM timer t WHERE marketplace = %s
AND greatest(due_at, not_before) <= %s {_FIRST}"""
"""Of each dispute its first timer: whoever has that one has the dispute."""
_BESIDE = """SELECT t.dispute_id, name, marketplace FROM timer t
JOIN unnest(%s::uuid[], %s::timestamptz[]) taken (dispute_id, now) USING (dispute_id)
WHERE greatest(due_at, not_before) <= taken.now FOR UPDATE OF t SKIP LOCKED"""
"""What else of these disputes is due by now, and will be on record with the first; but for what the log is just changing."""
_LATER = """UPDATE timer t SET not_before = s.later FROM unnest(%s::uuid[], %s::text[], %s::timestamptz[]) s (d, n, later)
WHERE t.dispute_id = s.d AND t.name = s.n"""
_NEXT = "SELECT min(greatest(due_at, not_before)) FROM timer"

_SHARE = 64
"""How many timers a worker takes at a time: few enough that others get theirs, and that whoever follows waits for a moment."""
_AT_ONCE = 16
"""How many disputes it looks at side by side: what they decide goes to the log in one batch."""
_LONGEST_SLEEP = 0.5  # seconds; a timer that another worker set shows at the latest after this
_BREATH = 0.02  # seconds; what is due may all be taken by other workers
_AGAIN = timedelta(minutes=1)
"""After which a dispute is looked at again whose lapses could not be recorded."""

_log = structlog.get_logger(__name__)


class DeadlineClock:
    name = "deadlines@1"
    concerns = None

    def __init__(
        self,
        pool: AsyncConnectionPool[AsyncConnection],
        engine: Engine,
        clocks: Clocks,
    ) -> None:
        self._pool = pool
        self._engine = engine
        self._clocks = clocks
        self._armed = asyncio.Event()
        self._heartbeat = outages.Heartbeat(pool, engine, clocks)

    async def apply(self, conn: AsyncConnection, batch: Sequence[Recorded]) -> None:
        """Keeps the timers; the last word on each name in the batch is what counts."""
        timers: dict[tuple[UUID, str], tuple[str, datetime | None]] = {}
        for recorded in batch:
            if recorded.dispute_id is not None:
                changes = {
                    (recorded.dispute_id, name): (recorded.marketplace, at) for name, at in _timers(recorded.event)
                }
                timers.update(changes)
        running = [(d, n, m, due) for (d, n), (m, due) in timers.items() if due is not None]
        stopped = [key for key, (_, due) in timers.items() if due is None]
        if running:
            await conn.execute(_SET, [list(column) for column in zip(*running, strict=True)])
        if stopped:
            await conn.execute(_STOP, [list(column) for column in zip(*stopped, strict=True)])
        self._armed.set()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            self._armed.clear()
            pause = 0.0 if await self.fire() else await self._pause()
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._armed.wait()

    async def returned(self) -> None:
        """Before anybody is served: an outage of ours that ends now is put on record."""
        await self._heartbeat.beat()

    async def fire(self) -> int:
        """Records the first of what is due by now and nobody else has taken; how many disputes were looked at.

        One that fails waits for another try, and the others go on.
        """
        await self._heartbeat.beat()
        turned = await self._clocks.turned()
        async with self._pool.connection() as conn, conn.transaction():
            taken = await self._take(conn, turned)
            if not taken:
                return 0
            disputes = {dispute_id: marketplace for dispute_id, _, marketplace in taken}
            failed: dict[UUID, datetime] = {}
            left = iter(disputes.items())
            await run_together(*(self._work_through(left, turned, failed) for _ in range(min(_AT_ONCE, len(disputes)))))
            # Whatever was due by now is on record, or turned out not to be due any more.
            done = [(d, n) for d, n, _ in taken if d not in failed]
            later = [(d, n, failed[d]) for d, n, _ in taken if d in failed]
            for statement, rows in ((_STOP, done), (_LATER, later)):
                if rows:
                    await conn.execute(statement, [list(column) for column in zip(*rows, strict=True)])
        return len(disputes)

    async def _take(self, conn: AsyncConnection, turned: Mapping[str, datetime]) -> list[tuple[UUID, str, str]]:
        """The timers that are due and free, the earliest first, of each dispute all."""
        now = self._clocks.real()
        taken = await (await conn.execute(_DUE, (now, _SHARE))).fetchall()
        for marketplace, then in turned.items():
            taken += await (await conn.execute(_DUE_THERE, (marketplace, then, _SHARE))).fetchall()
        if not taken:
            return []
        disputes = {dispute_id: turned.get(marketplace, now) for dispute_id, _, marketplace in taken}
        beside = await conn.execute(_BESIDE, (list(disputes), list(disputes.values())))
        return list(dict.fromkeys([*taken, *await beside.fetchall()]))

    async def _work_through(
        self, left: Iterator[tuple[UUID, str]], turned: Mapping[str, datetime], failed: dict[UUID, datetime]
    ) -> None:
        for dispute_id, marketplace in left:
            now = turned.get(marketplace) or self._clocks.real()
            try:
                await self._engine.handle(
                    RecordLapses(marketplace=marketplace, actor=ENGINE, now=now, dispute_id=dispute_id)
                )
            except PASSING:
                raise
            except Exception as error:
                _log.error("lapse_failed", dispute_id=str(dispute_id), error=describe(error))
                failed[dispute_id] = now + _AGAIN

    async def _pause(self) -> float:
        async with self._pool.connection() as conn:
            row = await (await conn.execute(_NEXT)).fetchone()
        next_due: datetime | None = row[0] if row else None
        if next_due is None:
            return _LONGEST_SLEEP
        return min(max((next_due - self._clocks.real()).total_seconds(), _BREATH), _LONGEST_SLEEP)


def _timers(event: Event) -> Iterator[tuple[str, datetime | None]]:
    """Which timers an event sets, and for when; None for when stops one. What reminds of something has a timer of its own, so
    that nothing lapses late because of it."""
    match event:
        case DeadlineSet(deadline=deadline, remind_at=remind_at):
            yield from _both(deadline.name, deadline.due_at, remind_at)
        case DeadlineMoved(name=name, due_at=due_at, remind_at=remind_at):
            yield from _both(name, due_at, remind_at)
        case CommitmentDeferred(commitment_id=cid, due_at=due_at, remind_at=remind_at):
            yield from _both(str(cid), due_at, remind_at)
        case CommitmentMade(commitment_id=cid, promise=promise, remind_at=remind_at):
            yield from _both(str(cid), promise.due_at, remind_at)
        case Reminded(name=name, commitment_id=cid, again_at=again_at):
            yield _reminder_of(name or str(cid)), again_at
        case DeadlineEnded(name=name) | DeadlineLapsed(name=name):
            yield from _both(name, None)
        case (
            CommitmentBreached(commitment_id=cid)
            | CommitmentKept(commitment_id=cid)
            | CommitmentWaived(commitment_id=cid)
            | CommitmentReplaced(commitment_id=cid)
            | CommitmentDischarged(commitment_id=cid)
        ):
            yield from _both(str(cid), None)
        case _:
            pass


def _both(
    name: str, due_at: datetime | None, remind_at: Sequence[datetime] = ()
) -> Iterator[tuple[str, datetime | None]]:
    yield name, due_at
    yield _reminder_of(name), next(iter(remind_at), None)


def _reminder_of(name: str) -> str:
    return f"{name} (reminder)"
