"""Outages: the engine records that it was away before anything lapses by it.

All workers share one heartbeat, on the database's clock. A worker that finds the heartbeat older than `LEAST` records
the outage for every marketplace, by the engine's clock. A worker that returns at the same moment waits for that.
`domain.silence` decides what follows from an outage.

Each worker remembers up to when it knows of no gap, and asks again before it decides anything more than `LEAST` later.
Both instants come from the clock from which the worker also takes the `now` of its commands. So a worker that was
suspended, or whose clock jumped, lets nothing lapse by that: whichever comes first afterwards, the clock, a process or
a person. A monotonic clock would not do: it stands still while the machine is suspended.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from math import inf
from time import time

import structlog
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from domain.policy.outage_facts import Outage
from domain.policy.outages import LEAST, RecordOutage
from mediation.processes import ENGINE
from mediation.store.clocks import Clocks
from mediation.store.tasks import run_together

TABLE = """CREATE TABLE IF NOT EXISTS heartbeat (
  one boolean PRIMARY KEY DEFAULT true CHECK (one), at timestamptz NOT NULL);
INSERT INTO heartbeat (at) VALUES (clock_timestamp()) ON CONFLICT DO NOTHING"""

_LAST = "SELECT at, clock_timestamp() FROM heartbeat FOR UPDATE"
_BEAT = "UPDATE heartbeat SET at = %s"
_MARKETPLACES = """WITH RECURSIVE known AS (
  SELECT min(marketplace) AS marketplace FROM fact
  UNION ALL SELECT (SELECT min(e.marketplace) FROM fact e WHERE e.marketplace > k.marketplace) FROM known k
  WHERE k.marketplace IS NOT NULL)
SELECT marketplace FROM known WHERE marketplace IS NOT NULL"""
"""Jumps from one marketplace to the next in the index."""

PACE = 5.0
"""Seconds between two beats of a worker."""

_LEAST = LEAST.total_seconds()
_AT_ONCE = 64
"""How many marketplaces are told side by side: the log stores what they decide in one batch."""

Record = Callable[[RecordOutage], Awaitable[object]]

_log = structlog.get_logger(__name__)


class Heartbeat:
    """One per worker. `record` of its methods carries out a command."""

    def __init__(self, pool: AsyncConnectionPool[AsyncConnection], clocks: Clocks) -> None:
        self._pool = pool
        self._clocks = clocks
        self._turn = asyncio.Lock()
        self._known = -inf  # what this machine's clock showed when the heartbeat was last known to have no gap

    async def beat(self, record: Record, *, pace: float = PACE) -> Outage | None:
        """Renews the heartbeat, unless that was done `pace` seconds ago; returns the outage that ends with it, if any.

        If the worker is killed before it commits, the next worker finds the same outage, a little longer. Nothing moves
        twice.
        """
        return None if self._knows(pace) else await self._look(record, pace, renew=True)

    async def notice(self, record: Record) -> None:
        """Call it before a decision: an outage of which this worker does not know yet is recorded first.

        It only compares two numbers unless this worker's last beat is more than `LEAST` ago.
        """
        if not self._knows(_LEAST):
            await self._look(record, _LEAST, renew=False)

    def _knows(self, seconds: float) -> bool:
        """Whether at most so much of the past is unknown. Nothing is known after the clock was set back."""
        return 0 <= time() - self._known < seconds

    async def _look(self, record: Record, within: float, *, renew: bool) -> Outage | None:
        async with self._turn:  # those who wait hold no connection: whoever records needs some
            if self._knows(within):
                return None
            asked_at = time()
            async with self._pool.connection() as conn, conn.transaction():
                row = await (await conn.execute(_LAST)).fetchone()
                assert row is not None, "made with its table"
                began_at, ended_at = row
                outage = self._outage(began_at, ended_at)
                if outage is not None:
                    await self._record(conn, outage, record)
                if outage is not None or renew:
                    await conn.execute(_BEAT, (ended_at,))
                    began_at = ended_at
            self._known = asked_at - (ended_at - began_at).total_seconds()
            return outage

    def _outage(self, began_at: datetime, ended_at: datetime) -> Outage | None:
        """The outage between two readings of the database's clock, by the engine's clock."""
        if ended_at - began_at <= LEAST:
            return None
        apart = self._apart(ended_at)
        return Outage(began_at=began_at + apart, ended_at=ended_at + apart)

    def _apart(self, at: datetime) -> timedelta:
        """By how much the engine's clock is set ahead (`MEDIATION_MINUTES_AHEAD`) of the database's.

        `at` is what the database's clock just read. Rounding to minutes removes the time that passed since, and the
        difference between the clocks of two machines.
        """
        return timedelta(minutes=round((self._clocks.real() - at) / timedelta(minutes=1)))

    async def _record(self, conn: AsyncConnection, outage: Outage, record: Record) -> None:
        rows = await (await conn.execute(_MARKETPLACES)).fetchall()
        _log.warning("outage", began_at=outage.began_at.isoformat(), ended_at=outage.ended_at.isoformat())
        for first in range(0, len(rows), _AT_ONCE):
            some = rows[first : first + _AT_ONCE]
            await run_together(*(self._record_in(marketplace, outage, record) for (marketplace,) in some))

    async def _record_in(self, marketplace: str, outage: Outage, record: Record) -> None:
        ahead = await self._clocks.ahead(marketplace)
        there = Outage(began_at=outage.began_at + ahead, ended_at=outage.ended_at + ahead)
        await record(RecordOutage(marketplace=marketplace, actor=ENGINE, now=there.ended_at, outage=there))
