"""A table with a row for each fact that a process has yet to look at, and how its rows are claimed, put off and ended."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from mediation.store.log.recorded import Recorded


@dataclass(frozen=True, slots=True)
class FactTask:
    """The fact at a position of the log, and the request that led to it."""

    position: int
    dispute_id: UUID
    marketplace: str
    correlation_id: UUID | None


def table_of(name: str) -> str:
    """The statements that make the table."""
    return f"""CREATE TABLE IF NOT EXISTS {name} (
  position bigint PRIMARY KEY, dispute_id uuid NOT NULL, marketplace text NOT NULL, correlation_id uuid,
  not_before timestamptz NOT NULL DEFAULT '-infinity');
CREATE INDEX IF NOT EXISTS {name}_next ON {name} (not_before, position)"""


class FactTasks:
    """`claimed_for` is how many minutes a worker has for a row before another one may claim it."""

    def __init__(self, pool: AsyncConnectionPool[AsyncConnection], table: str, *, claimed_for: int) -> None:
        self._pool = pool
        self._set = f"""INSERT INTO {table} (position, dispute_id, marketplace, correlation_id)
SELECT * FROM unnest(%s::bigint[], %s::uuid[], %s::text[], %s::uuid[]) ON CONFLICT DO NOTHING"""
        self._claim = f"""UPDATE {table} SET not_before = now() + interval '{claimed_for} minutes' WHERE position IN (
  SELECT position FROM {table} WHERE not_before <= now() ORDER BY not_before, position LIMIT %s FOR UPDATE SKIP LOCKED)
RETURNING position, dispute_id, marketplace, correlation_id"""
        self._done = f"DELETE FROM {table} WHERE position = %s"
        self._later = f"UPDATE {table} SET not_before = now() + make_interval(secs => %s) WHERE position = %s"

    async def put(self, conn: AsyncConnection, facts: Iterable[Recorded]) -> bool:
        """Adds a row for each of these facts that is about a dispute. Whether there was one."""
        rows = [
            (fact.position, fact.dispute_id, fact.marketplace, fact.correlation_id)
            for fact in facts
            if fact.dispute_id is not None
        ]
        if rows:
            await conn.execute(self._set, [list(column) for column in zip(*rows, strict=True)])
        return bool(rows)

    async def claim(self, number: int) -> list[FactTask]:
        """At most so many rows that are due, the earliest first."""
        if number == 0:
            return []
        async with self._pool.connection() as conn:
            return [FactTask(*row) for row in await (await conn.execute(self._claim, (number,))).fetchall()]

    async def done(self, task: FactTask) -> None:
        async with self._pool.connection() as conn:
            await conn.execute(self._done, (task.position,))

    async def later(self, task: FactTask, seconds: float) -> None:
        """Nobody claims the row before."""
        async with self._pool.connection() as conn:
            await conn.execute(self._later, (seconds, task.position))
