"""Makes deliveries: for each fact, one for each endpoint that is told of it, with the next number of its dispute there.

Numbers, deliveries and the position in the log are stored in one transaction. A fact that is taken again has its delivery
already. So no number is left out, and none is given twice.

An endpoint may begin at an earlier fact. Then the log is read for it alone, until it has caught up with the others.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from mediation.processes.tasks import TaskProcess
from mediation.processes.webhooks.endpoints import NEW_SERIES
from mediation.processes.webhooks.types import KINDS, passes, told_as
from mediation.store.follow import progress
from mediation.store.follow.catch_up import Source
from mediation.store.keys.blind import Blind
from mediation.store.log.log import EventLog
from mediation.store.log.recorded import Fact, Recorded

_BATCH = 500
"""Facts that are read at a time for an endpoint that begins in the past."""

_ENDPOINTS = """SELECT id, marketplace, types, series, start_position, reached FROM webhook_endpoint
WHERE marketplace = ANY(%s) ORDER BY id FOR UPDATE"""
"""Locks them: nobody changes a filter, and no endpoint catches up, in the middle of a batch."""

_BEHIND = """SELECT id, marketplace, types, series, start_position, reached FROM webhook_endpoint
WHERE reached IS NOT NULL ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED"""
_REACHED = "UPDATE webhook_endpoint SET reached = %s WHERE id = %s"
_PARKED = "SELECT position FROM parked WHERE consumer = %s AND position = ANY(%s)"

_MADE = "SELECT endpoint_id, position FROM webhook_delivery WHERE endpoint_id = ANY(%s) AND position = ANY(%s)"
_NUMBER = """INSERT INTO webhook_sequence AS s (endpoint_id, series, dispute_id, last)
SELECT * FROM unnest(%s::uuid[], %s::int[], %s::uuid[], %s::int[])
ON CONFLICT (endpoint_id, series, dispute_id) DO UPDATE SET last = s.last + excluded.last
RETURNING endpoint_id, dispute_id, last"""
_PUT = """INSERT INTO webhook_delivery (id, endpoint_id, series, dispute_id, sequence, position, type, recorded_at)
SELECT * FROM unnest(%s::uuid[], %s::uuid[], %s::int[], %s::uuid[], %s::int[], %s::bigint[], %s::text[], %s::timestamptz[])"""

_LOST = """DELETE FROM webhook_delivery d WHERE NOT EXISTS (SELECT FROM event e
  WHERE e.position = d.position AND e.recorded_at = d.recorded_at AND e.dispute_id = d.dispute_id)"""


class _Told(NamedTuple):
    id: UUID
    marketplace: str
    types: Sequence[str]
    series: int
    start_position: int
    reached: int | None

    def type_of(self, fact: Recorded) -> str | None:
        """As what it is told of a fact; None if it is not, or if the log is yet to be read for it so far."""
        if fact.marketplace != self.marketplace or fact.position <= self.start_position or fact.dispute_id is None:
            return None
        if self.reached is not None and fact.position > self.reached:
            return None
        name = told_as(fact.event)
        return name if name is not None and passes(name, self.types) else None


class WebhookMaking(TaskProcess):
    """`made` is set when there is something to send."""

    name = "webhooks@1"
    tables = ()
    concerns = KINDS

    def __init__(self, pool: AsyncConnectionPool[AsyncConnection], log: EventLog, blind: Blind) -> None:
        super().__init__(pool)
        self._log = log
        self._blind = blind
        self.made = asyncio.Event()

    async def apply(self, conn: AsyncConnection, batch: Sequence[Recorded]) -> None:
        rows = await (await conn.execute(_ENDPOINTS, ([*{fact.marketplace for fact in batch}],))).fetchall()
        await self._make(conn, [_Told(*row) for row in rows], batch)

    def wake(self) -> None:
        """An endpoint was made, for which the log is to be read."""
        self._wake.set()

    async def work(self) -> int:
        """Reads on for one endpoint that is behind. Returns how many facts it read."""
        async with self._pool.connection() as conn, conn.transaction():
            row = await (await conn.execute(_BEHIND)).fetchone()
            if row is None:
                return 0
            endpoint = _Told(*row)
            assert endpoint.reached is not None, "it is behind"
            facts = await self._log.facts_after(endpoint.reached, _BATCH)
            last = facts[-1].position if facts else endpoint.reached
            await self._make(conn, [endpoint._replace(reached=None)], await self._not_parked(conn, facts))
            caught_up = last >= await progress.position_of(conn, self.name)
            await conn.execute(_REACHED, (None if caught_up else last, endpoint.id))
        if not caught_up:
            self._wake.set()
        return len(facts)

    async def start_over(self, log: Source, pool: AsyncConnectionPool[AsyncConnection]) -> None:
        """What was made of facts that the log has is kept; a fact that is taken again has its delivery. What was made of lost
        facts is deleted, and every endpoint begins a new series."""
        async with pool.connection() as conn, conn.transaction():
            await progress.forget(conn, self.name)
            await conn.execute(_LOST)
            await conn.execute(NEW_SERIES)

    async def _not_parked(self, conn: AsyncConnection, facts: Sequence[Fact]) -> list[Recorded]:
        """Without those that the consumer has parked: it takes them itself, once somebody retries them."""
        positions = [fact.position for fact in facts]
        rows = await (await conn.execute(_PARKED, (self.name, positions))).fetchall()
        parked = {position for (position,) in rows}
        return [fact for fact in facts if isinstance(fact, Recorded) and fact.position not in parked]

    async def _make(self, conn: AsyncConnection, endpoints: Sequence[_Told], facts: Sequence[Recorded]) -> None:
        told = [
            (endpoint, fact, name)
            for endpoint in endpoints
            for fact in facts
            if (name := endpoint.type_of(fact)) is not None
        ]
        if not told:
            return
        made = {
            *await (await conn.execute(_MADE, _apart([(one.id, fact.position) for one, fact, _ in told]))).fetchall()
        }
        told = [one for one in told if (one[0].id, one[1].position) not in made]
        counts = Counter((endpoint.id, endpoint.series, fact.dispute_id) for endpoint, fact, _ in told)
        if not counts:
            return
        keys = sorted((*key, count) for key, count in counts.items())
        rows = await (await conn.execute(_NUMBER, _apart(keys))).fetchall()
        last = {(endpoint_id, dispute_id): n for endpoint_id, dispute_id, n in rows}
        deliveries = []
        for endpoint, fact, name in reversed(told):
            about = endpoint.id, fact.dispute_id
            deliveries.append((self._id(endpoint, fact), endpoint.id, endpoint.series, fact.dispute_id, last[about],
                               fact.position, name, fact.recorded_at))  # fmt: skip
            last[about] -= 1
        await conn.execute(_PUT, _apart(deliveries))
        self.made.set()

    def _id(self, endpoint: _Told, fact: Recorded) -> UUID:
        """The same if a crash of the server makes it be made again."""
        about = (str(endpoint.series), str(fact.position), fact.recorded_at.isoformat())
        return self._blind.uuid("webhook delivery", str(endpoint.id), *about)


def _apart(rows: Sequence[tuple[object, ...]]) -> list[list[object]]:
    return [list(column) for column in zip(*rows, strict=True)]
