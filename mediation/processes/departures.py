"""Departures: when a mandate is closed, every case that its neutral holds is handed over at once.

`MandateClosed` names the cases, at a version of the mandate to which no more cases can be added. Each case is a row
here until its `HandOver` is decided, so no case is lost when a worker dies.
"""

from collections.abc import Sequence

import structlog
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from domain.neutral.assignment import HandOver
from domain.neutral.mandate_facts import MandateClosed
from mediation.engine import Engine, Request
from mediation.processes import ENGINE
from mediation.processes.tasks import TaskProcess
from mediation.store.clocks import Clocks
from mediation.store.follow.consumer import PASSING, describe
from mediation.store.log.recorded import Recorded

TABLE = """CREATE TABLE IF NOT EXISTS departure_task (
  mandate_id uuid NOT NULL, dispute_id uuid NOT NULL, marketplace text NOT NULL, neutral uuid NOT NULL, correlation_id uuid,
  not_before timestamptz NOT NULL DEFAULT '-infinity',
  PRIMARY KEY (mandate_id, dispute_id));
CREATE INDEX IF NOT EXISTS departure_task_next ON departure_task (not_before)"""

_SET = """INSERT INTO departure_task (mandate_id, dispute_id, marketplace, neutral, correlation_id)
SELECT %s, unnest(%s::uuid[]), %s, %s, %s ON CONFLICT (mandate_id, dispute_id) DO UPDATE SET not_before = '-infinity'"""
_DUE = """SELECT mandate_id, dispute_id, marketplace, neutral, correlation_id FROM departure_task
WHERE not_before <= now() ORDER BY not_before LIMIT 500"""
_DONE = "DELETE FROM departure_task WHERE mandate_id = %s AND dispute_id = %s"
_LATER = """UPDATE departure_task SET not_before = now() + interval '1 minute'
WHERE mandate_id = %s AND dispute_id = %s"""


_log = structlog.get_logger(__name__)


class Departures(TaskProcess):
    name = "departures@1"
    tables = ("departure_task",)
    concerns = frozenset({MandateClosed.kind})

    def __init__(self, pool: AsyncConnectionPool[AsyncConnection], engine: Engine, clocks: Clocks) -> None:
        super().__init__(pool)
        self._engine = engine
        self._clocks = clocks

    async def apply(self, conn: AsyncConnection, batch: Sequence[Recorded]) -> None:
        for recorded in batch:
            if isinstance(event := recorded.event, MandateClosed) and event.cases:
                about = (recorded.marketplace, event.neutral, recorded.correlation_id)
                await conn.execute(_SET, (recorded.stream_id, list(event.cases), *about))
                self._wake.set()

    async def work(self) -> int:
        """Hands over the due cases; returns how many it handled. One that fails is tried again later."""
        async with self._pool.connection() as conn:
            tasks = await (await conn.execute(_DUE)).fetchall()
        for mandate_id, dispute_id, marketplace, neutral, correlation_id in tasks:
            command = HandOver(
                marketplace=marketplace,
                actor=ENGINE,
                now=await self._clocks.now(marketplace),
                dispute_id=dispute_id,
                neutral=neutral,
            )
            try:
                await self._engine.handle(command, Request(correlation_id=correlation_id))
            except PASSING:
                raise
            except Exception as error:
                _log.error("hand_over_failed", dispute_id=str(dispute_id), error=describe(error))
                await self._execute(_LATER, (mandate_id, dispute_id))
            else:
                await self._execute(_DONE, (mandate_id, dispute_id))
        return len(tasks)
