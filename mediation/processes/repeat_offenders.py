"""Repeat offenders: counts final and overturned rulings for each side, and claims inadmissible as vexatious.

The count, and what is recommended to the marketplace, are decided on the stream of that buyer or seller. The stream
knows which cases it has counted, so each case counts once, even if a worker dies. Each side of such a dispute is a row
here until its count is decided.
"""

from collections.abc import Sequence

import structlog
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from domain.filing.recommendations import CountCase
from domain.filing.vexatious_facts import ClaimFoundVexatious
from domain.kernel.base import Event
from domain.kernel.people import Side
from domain.remedies.reopening_facts import DisputeReopened
from domain.ruling.ruling_facts import RulingBecameFinal
from mediation.engine import Engine, Request
from mediation.processes import ENGINE
from mediation.processes.tasks import TaskProcess
from mediation.store.clocks import Clocks
from mediation.store.follow.consumer import PASSING, describe
from mediation.store.log.recorded import Recorded

TABLE = """CREATE TABLE IF NOT EXISTS case_to_count (
  dispute_id uuid NOT NULL, side text NOT NULL, position bigint NOT NULL, at timestamptz NOT NULL, marketplace text NOT NULL,
  correlation_id uuid, not_before timestamptz NOT NULL DEFAULT '-infinity',
  PRIMARY KEY (dispute_id, side));
CREATE INDEX IF NOT EXISTS case_to_count_next ON case_to_count (not_before, position)"""

_SET = """INSERT INTO case_to_count (dispute_id, side, position, at, marketplace, correlation_id)
SELECT %s, unnest(%s::text[]), %s, %s, %s, %s ON CONFLICT (dispute_id, side)
DO UPDATE SET position = excluded.position, at = excluded.at, not_before = '-infinity'"""
_DUE = """SELECT dispute_id, side, position, at, marketplace, correlation_id FROM case_to_count
WHERE not_before <= now() ORDER BY not_before, position, side LIMIT 500"""
_DONE = "DELETE FROM case_to_count WHERE dispute_id = %s AND side = %s AND position = %s"
"""Keeps the row if another fact about the same dispute has arrived since."""
_LATER = """UPDATE case_to_count SET not_before = now() + interval '1 minute'
WHERE dispute_id = %s AND side = %s AND position = %s"""

_SIDES = [side.value for side in Side]

_log = structlog.get_logger(__name__)


def _settles(event: Event) -> bool:
    """Whether the event makes a finding about a side final, or takes it back. A vexatious claim that is inadmissible
    gets no ruling, so it counts at once."""
    if isinstance(event, ClaimFoundVexatious):
        return event.ruling is None
    return isinstance(event, RulingBecameFinal | DisputeReopened)


class RepeatOffenders(TaskProcess):
    name = "repeat_offenders@1"
    tables = ("case_to_count",)
    concerns = frozenset(event.kind for event in (ClaimFoundVexatious, RulingBecameFinal, DisputeReopened))

    def __init__(self, pool: AsyncConnectionPool[AsyncConnection], engine: Engine, clocks: Clocks) -> None:
        super().__init__(pool)
        self._engine = engine
        self._clocks = clocks

    async def apply(self, conn: AsyncConnection, batch: Sequence[Recorded]) -> None:
        for recorded in batch:
            if _settles(recorded.event):
                when = (recorded.position, recorded.occurred_at)
                about = (recorded.marketplace, recorded.correlation_id)
                await conn.execute(_SET, (recorded.dispute_id, _SIDES, *when, *about))
                self._wake.set()

    async def work(self) -> int:
        """Counts the due rows and returns how many it handled. One that fails is tried again later; the others go on."""
        async with self._pool.connection() as conn:
            tasks = await (await conn.execute(_DUE)).fetchall()
        for dispute_id, side, position, at, marketplace, correlation_id in tasks:
            now = await self._clocks.now(marketplace)
            about = {"marketplace": marketplace, "actor": ENGINE, "now": now}
            command = CountCase.model_validate({**about, "dispute_id": dispute_id, "side": side, "since": at})
            try:
                await self._engine.handle(command, Request(correlation_id=correlation_id))
            except PASSING:
                raise
            except Exception as error:
                _log.error("counting_failed", dispute_id=str(dispute_id), error=describe(error))
                await self._execute(_LATER, (dispute_id, side, position))
            else:
                await self._execute(_DONE, (dispute_id, side, position))
        return len(tasks)
