"""The clock: sends `RecordLapses` to a dispute when something in it falls due.

Armed from events, so that a restart forgets nothing. A lapse takes effect at the instant it was due, whenever the clock gets
to it, so being late changes nothing but when people learn of it. After an outage of ours that is recorded first, so that
what was due meanwhile moves on instead (`mediation.processes.outages`); then what is overdue lapses, in order.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from domain.commitments import (
    CommitmentBreached,
    CommitmentDeferred,
    CommitmentDischarged,
    CommitmentKept,
    CommitmentMade,
    CommitmentReplaced,
    CommitmentWaived,
)
from domain.deadlines import DeadlineEnded, DeadlineLapsed, DeadlineMoved, DeadlineSet
from domain.silence import RecordLapses
from mediation.engine import Engine
from mediation.processes import ENGINE, outages
from mediation.store.clocks import Clocks
from mediation.store.consumer import PASSING, describe
from mediation.store.log import Recorded

TABLE = (
    """CREATE TABLE IF NOT EXISTS timer (
  dispute_id uuid NOT NULL, name text NOT NULL, marketplace text NOT NULL, due_at timestamptz NOT NULL,
  PRIMARY KEY (dispute_id, name));
ALTER TABLE timer ADD COLUMN IF NOT EXISTS not_before timestamptz NOT NULL DEFAULT '-infinity';
CREATE INDEX IF NOT EXISTS timer_next ON timer (greatest(due_at, not_before));
"""
    + outages.TABLE
)

_SET = """INSERT INTO timer (dispute_id, name, marketplace, due_at)
SELECT * FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::timestamptz[])
ON CONFLICT (dispute_id, name) DO UPDATE SET due_at = excluded.due_at"""
_STOP = "DELETE FROM timer t USING unnest(%s::uuid[], %s::text[]) s (d, n) WHERE t.dispute_id = s.d AND t.name = s.n"
_DUE = """SELECT dispute_id, marketplace, min(due_at) FROM (
  SELECT dispute_id, marketplace, due_at FROM timer WHERE greatest(due_at, not_before) <= %(now)s
  UNION ALL
  SELECT dispute_id, marketplace, due_at FROM timer JOIN turned_clock USING (marketplace)
  WHERE greatest(due_at, not_before) <= %(now)s + ahead) t
GROUP BY 1, 2 ORDER BY 3 LIMIT 500"""
_DONE = "DELETE FROM timer WHERE dispute_id = %s AND due_at <= %s"
_LATER = "UPDATE timer SET not_before = %s WHERE dispute_id = %s AND due_at <= %s"
_NEXT = "SELECT min(greatest(due_at, not_before)) FROM timer"

_LONGEST_SLEEP = 0.5  # seconds; a timer that another worker set shows at the latest after this
_AGAIN = timedelta(minutes=1)
"""After which a dispute is looked at again whose lapses could not be recorded."""

_log = structlog.get_logger(__name__)


class DeadlineClock:
    name = "deadlines@1"

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
            if recorded.dispute_id is not None and (change := _timer(recorded)) is not None:
                name, due_at = change
                timers[recorded.dispute_id, name] = (recorded.marketplace, due_at)
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
            await self.fire()
            pause = await self._pause()
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._armed.wait()

    async def returned(self) -> None:
        """Before anybody is served: an outage of ours that ends now is put on record."""
        await self._heartbeat.beat()

    async def fire(self) -> int:
        """Records everything that is due by now; how many disputes were looked at.

        One that fails waits for another try, and the others go on.
        """
        await self._heartbeat.beat()
        async with self._pool.connection() as conn:
            due = await (await conn.execute(_DUE, {"now": self._clocks.real()})).fetchall()
        for dispute_id, marketplace, _ in due:
            now = await self._clocks.now(marketplace)
            try:
                await self._engine.handle(
                    RecordLapses(marketplace=marketplace, actor=ENGINE, now=now, dispute_id=dispute_id)
                )
            except PASSING:
                raise
            except Exception as error:
                _log.error("lapse_failed", dispute_id=str(dispute_id), error=describe(error))
                await self._execute(_LATER, (now + _AGAIN, dispute_id, now))
            else:
                # Whatever was due by now is on record, or turned out not to be due any more.
                await self._execute(_DONE, (dispute_id, now))
        return len(due)

    async def _execute(self, statement: str, parameters: Sequence[object]) -> None:
        async with self._pool.connection() as conn:
            await conn.execute(statement, parameters)

    async def _pause(self) -> float:
        async with self._pool.connection() as conn:
            row = await (await conn.execute(_NEXT)).fetchone()
        next_due: datetime | None = row[0] if row else None
        if next_due is None:
            return _LONGEST_SLEEP
        return min(max((next_due - self._clocks.real()).total_seconds(), 0.0), _LONGEST_SLEEP)


def _timer(recorded: Recorded) -> tuple[str, datetime | None] | None:
    """Which timer an event sets, and for when; None for when stops it."""
    match recorded.event:
        case DeadlineSet(deadline=deadline):
            return deadline.name, deadline.due_at
        case DeadlineMoved(name=name, due_at=due_at):
            return name, due_at
        case CommitmentDeferred(commitment_id=cid, due_at=due_at):
            return str(cid), due_at
        case DeadlineEnded(name=name) | DeadlineLapsed(name=name):
            return name, None
        case CommitmentMade(commitment_id=cid, promise=promise):
            return str(cid), promise.due_at
        case (
            CommitmentBreached(commitment_id=cid)
            | CommitmentKept(commitment_id=cid)
            | CommitmentWaived(commitment_id=cid)
            | CommitmentReplaced(commitment_id=cid)
            | CommitmentDischarged(commitment_id=cid)
        ):
            return str(cid), None
        case _:
            return None
