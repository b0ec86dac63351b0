"""The clock: sends `RecordLapses` to a dispute when something in it falls due, or when a reminder is due.

Timers are set from events, so they survive a restart. A lapse takes effect at its due instant, even if the clock gets
to it later: a late clock only delays when people learn of the lapse. After an outage of the engine, the clock records
the outage first, so that what fell due during the outage moves on (`mediation.processes.outages`). Then everything
overdue lapses, in order.

All workers share the work, because thousands of windows end at the same midnight. Each worker takes the first few
timers that no other worker has. It holds row locks that end with its connection: if a worker is killed, its timers are
free at once. The consumer of the log may wait for such a lock. The clock never waits for the consumer.
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
from mediation.store.follow import progress
from mediation.store.follow.catch_up import Source
from mediation.store.follow.consumer import PASSING, describe
from mediation.store.log.recorded import Recorded
from mediation.store.log.requests import ClockAstray
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
"""Only the first timer of each dispute: the worker that holds it holds the dispute."""
_BESIDE = """SELECT t.dispute_id, name, marketplace FROM timer t
JOIN unnest(%s::uuid[], %s::timestamptz[]) taken (dispute_id, now) USING (dispute_id)
WHERE greatest(due_at, not_before) <= taken.now FOR UPDATE OF t SKIP LOCKED"""
"""The other timers of these disputes that are due by now: they are recorded together with the first one. Skips the rows
that the consumer is changing at this moment."""
_LATER = """UPDATE timer t SET not_before = s.later FROM unnest(%s::uuid[], %s::text[], %s::timestamptz[]) s (d, n, later)
WHERE t.dispute_id = s.d AND t.name = s.n"""
_NEXT = "SELECT min(greatest(due_at, not_before)) FROM timer"

_SHARE = 64
"""How many timers a worker takes at a time: few, so that other workers get some and the consumer waits only briefly."""
_AT_ONCE = 16
"""How many disputes a worker handles side by side: the log stores what they decide in one batch."""
_LONGEST_SLEEP = 0.5  # seconds; a timer that another worker set is seen after this time at the latest
_BREATH = 0.02  # seconds; other workers may have taken everything that is due
_AGAIN = timedelta(minutes=1)
"""If the lapses of a dispute could not be recorded, the clock tries that dispute again after this time."""

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

    async def apply(self, conn: AsyncConnection, batch: Sequence[Recorded]) -> None:
        """Keeps the timers. The last change of each name in the batch counts."""
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

    async def start_over(self, log: Source, pool: AsyncConnectionPool[AsyncConnection]) -> None:
        """See `mediation.store.follow.consumer.Consumer`. A timer that comes back although its deadline has ended leads to
        a command that finds nothing due."""
        async with pool.connection() as connection, connection.transaction():
            await progress.start_over(connection, self.name, ["timer"])

    async def run(self) -> None:
        """Runs until cancelled."""
        while True:
            self._armed.clear()
            pause = 0.0 if await self.fire() else await self._pause()
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._armed.wait()

    async def fire(self) -> int:
        """Records the first lapses that are due by now and that no other worker has taken.

        Returns how many disputes it handled. A dispute that fails is tried again later; the others go on.
        """
        await self._engine.beat()
        turned_by = await self._clocks.turned_by()
        async with self._pool.connection() as conn, conn.transaction():
            now = self._clocks.real()  # one reading for all: the clock may be set between two
            turned = {marketplace: now + ahead for marketplace, ahead in turned_by.items()}
            taken = await self._take(conn, now, turned)
            if not taken:
                return 0
            disputes = {dispute_id: marketplace for dispute_id, _, marketplace in taken}
            failed: dict[UUID, datetime] = {}
            left = iter(disputes.items())
            await run_together(
                *(self._work_through(left, now, turned, failed) for _ in range(min(_AT_ONCE, len(disputes))))
            )
            # Everything that was due by now is recorded, or was no longer due.
            done = [(d, n) for d, n, _ in taken if d not in failed]
            later = [(d, n, failed[d]) for d, n, _ in taken if d in failed]
            for statement, rows in ((_STOP, done), (_LATER, later)):
                if rows:
                    await conn.execute(statement, [list(column) for column in zip(*rows, strict=True)])
        return len(disputes)

    async def _take(
        self, conn: AsyncConnection, now: datetime, turned: Mapping[str, datetime]
    ) -> list[tuple[UUID, str, str]]:
        """The timers that are due and free, the earliest first: all due timers of each dispute."""
        taken = await (await conn.execute(_DUE, (now, _SHARE))).fetchall()
        for marketplace, then in turned.items():
            taken += await (await conn.execute(_DUE_THERE, (marketplace, then, _SHARE))).fetchall()
        if not taken:
            return []
        disputes = {dispute_id: turned.get(marketplace, now) for dispute_id, _, marketplace in taken}
        beside = await conn.execute(_BESIDE, (list(disputes), list(disputes.values())))
        return list(dict.fromkeys([*taken, *await beside.fetchall()]))

    async def _work_through(
        self,
        left: Iterator[tuple[UUID, str]],
        taken_at: datetime,
        turned: Mapping[str, datetime],
        failed: dict[UUID, datetime],
    ) -> None:
        """`turned` are the other clocks at `taken_at`, when the timers were taken.

        Raises ClockAstray if the clock was set back since: then nothing may be due, and the timers must stay.
        """
        for dispute_id, marketplace in left:
            if (since := self._clocks.real() - taken_at) < timedelta():
                raise ClockAstray("it was set back while timers were taken")
            now = turned.get(marketplace, taken_at) + since
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
    """The timers that an event sets, each with its due instant; None stops the timer. A reminder has a timer of its
    own, so that it delays no lapse."""
    match event:
        case DeadlineSet(deadline=deadline, awaits_notice=True):
            yield from _both(deadline.name, None)
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


async def seconds_late(pool: AsyncConnectionPool[AsyncConnection], now: datetime) -> float:
    """For how many seconds the earliest due timer has waited for the clock; 0 if none is due. For the metrics."""
    async with pool.connection() as conn:
        row = await (await conn.execute(_NEXT)).fetchone()
    next_due: datetime | None = row[0] if row else None
    return 0.0 if next_due is None else max((now - next_due).total_seconds(), 0.0)
