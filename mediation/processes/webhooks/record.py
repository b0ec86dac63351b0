"""The record of an endpoint: what it was told, each attempt of the last 30 days, and sending it once more."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import class_row
from psycopg_pool import AsyncConnectionPool

State = Literal["waiting", "delivered", "failed"]

COUNTED = 1_000
"""Waiting deliveries are counted up to this."""

_PAGE = """SELECT id, series, dispute_id, sequence, position, type, recorded_at, coalesce(outcome, 'waiting') AS state,
  CASE WHEN outcome IS NULL THEN nullif(next_at, 'epoch') END AS next_at,
  (SELECT coalesce(jsonb_agg(jsonb_build_object('at', at, 'status', status, 'why', why, 'milliseconds', milliseconds)
    ORDER BY at), '[]') FROM webhook_attempt a WHERE a.delivery_id = d.id) AS attempts
FROM webhook_delivery d WHERE endpoint_id = %(endpoint_id)s AND (%(before)s::bigint IS NULL OR position < %(before)s)
  AND (%(dispute_id)s::uuid IS NULL OR dispute_id = %(dispute_id)s)
  AND (%(state)s::text IS NULL OR coalesce(outcome, 'waiting') = %(state)s)
ORDER BY position DESC LIMIT %(limit)s"""
_AGAIN = """UPDATE webhook_delivery SET outcome = NULL, ended_at = NULL, attempts = 0, next_at = 'epoch'
WHERE endpoint_id = %(endpoint_id)s AND outcome IS NOT NULL AND position > %(after)s
  AND (%(dispute_id)s::uuid IS NULL OR dispute_id = %(dispute_id)s)
  AND (%(types)s::text[] = '{}' OR type = ANY(%(types)s::text[]))
  AND (NOT %(failed)s OR outcome = 'failed')"""
_WAITING = """SELECT count(*) FROM (SELECT FROM webhook_delivery WHERE endpoint_id = %s AND outcome IS NULL LIMIT %s) waiting"""


@dataclass(frozen=True, slots=True)
class Told:
    """A delivery. `next_at` is when it is tried again; None if it is not, or at once. Each of its `attempts` has `at`, `status`
    (None if no answer came), `why` (`mediation.gateways.webhooks.counts.OUTCOMES`) and `milliseconds`.
    """

    id: UUID
    series: int
    dispute_id: UUID
    sequence: int
    position: int
    type: str
    recorded_at: datetime
    state: State
    next_at: datetime | None
    attempts: Sequence[Mapping[str, Any]]


class Record:
    def __init__(self, pool: AsyncConnectionPool[AsyncConnection]) -> None:
        self._pool = pool

    async def page(
        self, endpoint_id: UUID, *, before: int | None, dispute_id: UUID | None, state: State | None, limit: int
    ) -> list[Told]:
        """The newest first, from before this position of the log."""
        values = {
            "endpoint_id": endpoint_id,
            "before": before,
            "dispute_id": dispute_id,
            "state": state,
            "limit": limit,
        }
        async with self._pool.connection() as connection, connection.cursor(row_factory=class_row(Told)) as cursor:
            return await (await cursor.execute(_PAGE, values)).fetchall()

    async def again(
        self, endpoint_id: UUID, *, after: int, dispute_id: UUID | None, types: Sequence[str], failed: bool
    ) -> int:
        """Sends once more what was delivered or has failed, of facts after this position. Returns how many those are."""
        values = {
            "endpoint_id": endpoint_id,
            "after": after,
            "dispute_id": dispute_id,
            "types": list(types),
            "failed": failed,
        }
        async with self._pool.connection() as connection:
            return (await connection.execute(_AGAIN, values)).rowcount

    async def waiting(self, endpoint_id: UUID) -> int:
        """How many deliveries wait, counted up to `COUNTED`."""
        async with self._pool.connection() as connection:
            row = await (await connection.execute(_WAITING, (endpoint_id, COUNTED))).fetchone()
        assert row is not None, "it counts"
        return int(row[0])
