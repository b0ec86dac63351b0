"""Outages: when the engine returns after an outage, this records the outage before anything lapses.

All workers share one heartbeat, on the database's clock. The outage is recorded by the engine's clock. A worker that
finds the heartbeat older than `LEAST` records the outage for every marketplace. A worker that returns at the same
moment waits for that. `domain.silence` decides what follows from an outage.
"""

from datetime import datetime, timedelta
from time import monotonic

import structlog
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from domain.policy.outage_facts import Outage
from domain.policy.outages import LEAST, RecordOutage
from mediation.engine import Engine
from mediation.processes import ENGINE
from mediation.store.clocks import Clocks

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

_PACE = 5.0  # seconds between two beats of a worker

_log = structlog.get_logger(__name__)


class Heartbeat:
    def __init__(self, pool: AsyncConnectionPool[AsyncConnection], engine: Engine, clocks: Clocks) -> None:
        self._pool = pool
        self._engine = engine
        self._clocks = clocks
        self._again = 0.0

    async def beat(self) -> Outage | None:
        """Renews the heartbeat; returns the outage that ends with it, if any.

        If the worker is killed before it commits, the next worker finds the same outage, a little longer. Nothing moves
        twice.
        """
        if monotonic() < self._again:
            return None
        async with self._pool.connection() as conn, conn.transaction():
            row = await (await conn.execute(_LAST)).fetchone()
            assert row is not None, "made with its table"
            began_at, ended_at = row
            apart = self._apart(ended_at)
            outage = Outage(began_at=began_at + apart, ended_at=ended_at + apart)
            ours = ended_at - began_at > LEAST
            if ours:
                await self._record(conn, outage)
            await conn.execute(_BEAT, (ended_at,))
        self._again = monotonic() + _PACE
        return outage if ours else None

    def _apart(self, at: datetime) -> timedelta:
        """By how much the engine's clock is set ahead (`MEDIATION_MINUTES_AHEAD`) of the database's.

        `at` is what the database's clock just read. Rounding to minutes removes the time that passed since, and the
        difference between the clocks of two machines.
        """
        return timedelta(minutes=round((self._clocks.real() - at) / timedelta(minutes=1)))

    async def _record(self, conn: AsyncConnection, outage: Outage) -> None:
        marketplaces = await (await conn.execute(_MARKETPLACES)).fetchall()
        _log.warning("outage", began_at=outage.began_at.isoformat(), ended_at=outage.ended_at.isoformat())
        for (marketplace,) in marketplaces:
            ahead = await self._clocks.ahead(marketplace)
            there = Outage(began_at=outage.began_at + ahead, ended_at=outage.ended_at + ahead)
            command = RecordOutage(marketplace=marketplace, actor=ENGINE, now=there.ended_at, outage=there)
            await self._engine.handle(command)
