"""Rulings owed: disputes from before there was a commitment to rule get it, once.

An earlier release set the time to rule and made no commitment. Where the log shows such a window and no commitment
after it, the dispute is a row here until `RecordLapses` is decided, which makes what is missing: due as the stored
deadline says, and known from now. If no ruling is due any more, nothing follows.
"""

from collections.abc import Sequence
from uuid import UUID

import structlog
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from domain.clocks import names
from domain.clocks.deadline_facts import DeadlineSet
from domain.commitments.events import CommitmentMade
from domain.remedies.closure_facts import DisputeClosed
from domain.silence import RecordLapses
from mediation.engine import Engine
from mediation.processes import ENGINE
from mediation.processes.tasks import TaskProcess
from mediation.store.clocks import Clocks
from mediation.store.follow.consumer import PASSING, describe
from mediation.store.log.recorded import Recorded

TABLE = """CREATE TABLE IF NOT EXISTS ruling_owed_task (
  dispute_id uuid PRIMARY KEY, marketplace text NOT NULL, not_before timestamptz NOT NULL DEFAULT '-infinity');
CREATE INDEX IF NOT EXISTS ruling_owed_task_next ON ruling_owed_task (not_before)"""

_SET = """INSERT INTO ruling_owed_task (dispute_id, marketplace) SELECT * FROM unnest(%s::uuid[], %s::text[])
ON CONFLICT (dispute_id) DO UPDATE SET not_before = '-infinity'"""
_DROP = "DELETE FROM ruling_owed_task WHERE dispute_id = ANY(%s)"
_DUE = "SELECT dispute_id, marketplace FROM ruling_owed_task WHERE not_before <= now() ORDER BY not_before LIMIT 500"
_LATER = "UPDATE ruling_owed_task SET not_before = now() + interval '1 minute' WHERE dispute_id = %s"

_log = structlog.get_logger(__name__)


class RulingsOwed(TaskProcess):
    name = "rulings_owed@1"
    tables = ("ruling_owed_task",)
    concerns = frozenset(event.kind for event in (DeadlineSet, CommitmentMade, DisputeClosed))

    def __init__(self, pool: AsyncConnectionPool[AsyncConnection], engine: Engine, clocks: Clocks) -> None:
        super().__init__(pool)
        self._engine = engine
        self._clocks = clocks

    async def apply(self, conn: AsyncConnection, batch: Sequence[Recorded]) -> None:
        """The last fact of each dispute in the batch counts: the window and its commitment are stored together."""
        lacking: dict[UUID, str | None] = {}
        for recorded in batch:
            if recorded.dispute_id is None:
                continue
            match recorded.event:
                case DeadlineSet(deadline=deadline) if deadline.name == names.Ruling():
                    lacking[recorded.dispute_id] = recorded.marketplace
                case CommitmentMade(is_ruling=True) | DisputeClosed():
                    lacking[recorded.dispute_id] = None
                case _:
                    pass
        owing = [(dispute, where) for dispute, where in lacking.items() if where is not None]
        if owing:
            await conn.execute(_SET, [list(column) for column in zip(*owing, strict=True)])
            self._wake.set()
        if done := [dispute for dispute, where in lacking.items() if where is None]:
            await conn.execute(_DROP, (done,))

    async def work(self) -> int:
        """Looks at the due disputes; returns how many those were. One that fails is tried again later."""
        async with self._pool.connection() as conn:
            tasks = await (await conn.execute(_DUE)).fetchall()
        for dispute_id, marketplace in tasks:
            now = await self._clocks.now(marketplace)
            command = RecordLapses(marketplace=marketplace, actor=ENGINE, now=now, dispute_id=dispute_id)
            try:
                await self._engine.handle(command)
            except PASSING:
                raise
            except Exception as error:
                _log.error("ruling_owed_failed", dispute_id=str(dispute_id), error=describe(error))
                await self._execute(_LATER, (dispute_id,))
            else:
                await self._execute(_DROP, ([dispute_id],))
        return len(tasks)
