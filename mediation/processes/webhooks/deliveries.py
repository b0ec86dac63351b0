"""The deliveries: which of them are due, what became of an attempt, and which are sent again."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from mediation.gateways.webhooks.post import PATIENCE, Answer
from mediation.processes.webhooks import schedule

Pool = AsyncConnectionPool[AsyncConnection]

KEPT = timedelta(days=30)
"""For so long an attempt is on record."""

CLAIMS, WHILE_FAILING = 256, 2
"""Deliveries to one endpoint that one worker has claimed: usually, and while none arrives there."""

AT_ONCE = 32
"""Of those, how many it sends at the same time. The others wait."""

CLAIMED, BEGUN_WITHIN = 60, 30
"""Seconds for which a worker has what it claimed, and after which it does not begin to send it any more."""

assert BEGUN_WITHIN + PATIENCE < CLAIMED, "two workers never send one delivery at the same time"

_OF = "d.id, d.endpoint_id, d.series, d.dispute_id, d.sequence, d.position, d.type, d.recorded_at, d.body, d.attempts"
_CLAIM = f"""WITH quick AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true)),
busy (endpoint_id, n) AS (SELECT * FROM unnest(%(busy)s::uuid[], %(counts)s::int[])),
turned (marketplace, now) AS (SELECT * FROM unnest(%(marketplaces)s::text[], %(times)s::timestamptz[])),
open AS (SELECT e.id, e.in_order, coalesce(t.now, %(now)s) AS now,
    CASE WHEN e.failing_since IS NULL THEN {CLAIMS} ELSE {WHILE_FAILING} END - coalesce(b.n, 0) AS slots
  FROM webhook_endpoint e LEFT JOIN busy b ON b.endpoint_id = e.id LEFT JOIN turned t USING (marketplace)
  WHERE e.disabled_why IS NULL AND e.paused_until <= coalesce(t.now, %(now)s)),
due AS (SELECT c.id FROM open CROSS JOIN LATERAL (SELECT d.id FROM webhook_delivery d
    WHERE d.endpoint_id = open.id AND d.outcome IS NULL AND d.next_at <= open.now AND d.claimed_until <= now()
      AND NOT (open.in_order AND EXISTS (SELECT FROM webhook_delivery before WHERE before.endpoint_id = d.endpoint_id
        AND before.dispute_id = d.dispute_id AND before.position < d.position AND before.outcome IS NULL))
    ORDER BY d.next_at, d.position LIMIT greatest(open.slots, 0) FOR UPDATE SKIP LOCKED) c)
UPDATE webhook_delivery d SET claimed_until = now() + interval '{CLAIMED} seconds'
FROM due, webhook_endpoint e, quick WHERE d.id = due.id AND e.id = d.endpoint_id
RETURNING {_OF}, e.marketplace, e.url, e.key_id, e.sealed, e.previous_until, e.version"""
"""If the server crashes, what it forgets of claims and of attempts is only claimed and sent again. So neither waits for its
disk."""

_RELEASE = "UPDATE webhook_delivery SET claimed_until = 'epoch' WHERE id = ANY(%s) AND outcome IS NULL"
_QUICK = "SET LOCAL synchronous_commit = off"
_WRITE = """UPDATE webhook_delivery d SET body = new.body FROM unnest(%s::uuid[], %s::text[]) new (id, body)
WHERE d.id = new.id AND d.body IS NULL"""

_ENDPOINTS = (
    "SELECT id, version, failing_since, warned_at FROM webhook_endpoint WHERE id = ANY(%s) ORDER BY id FOR UPDATE"
)
_NOTE = """INSERT INTO webhook_attempt (delivery_id, at, status, why, milliseconds)
SELECT a.* FROM unnest(%s::uuid[], %s::timestamptz[], %s::int[], %s::text[], %s::int[]) a (delivery_id)
WHERE EXISTS (SELECT FROM webhook_delivery d WHERE d.id = a.delivery_id)"""
_SETTLE = """UPDATE webhook_delivery d SET claimed_until = 'epoch', attempts = coalesce(new.attempts, d.attempts),
  outcome = new.outcome, ended_at = CASE WHEN new.outcome IS NULL THEN NULL ELSE new.at END,
  next_at = coalesce(new.next_at, d.next_at)
FROM unnest(%s::uuid[], %s::int[], %s::text[], %s::timestamptz[], %s::timestamptz[]) new (id, attempts, outcome, at, next_at)
WHERE d.id = new.id AND d.outcome IS NULL"""
_WELL = """UPDATE webhook_endpoint SET failing_since = NULL, warned_at = NULL, last_success_at = %s WHERE id = %s"""
_ILL = """UPDATE webhook_endpoint SET failing_since = %s, warned_at = %s, paused_until = greatest(paused_until, %s),
  disabled_why = coalesce(disabled_why, %s), disabled_since = CASE WHEN disabled_why IS NULL AND %s::text IS NOT NULL
    THEN %s ELSE disabled_since END WHERE id = %s"""

_SWEEP = "DELETE FROM webhook_attempt WHERE at < %s"
_BACKLOG = """SELECT count(*), coalesce(extract(epoch FROM now() - min(d.recorded_at))::float8, 0) FROM webhook_delivery d
JOIN webhook_endpoint e ON e.id = d.endpoint_id WHERE d.outcome IS NULL AND e.disabled_why IS NULL"""
_STATES = """SELECT CASE WHEN disabled_why IS NOT NULL THEN 'disabled' WHEN failing_since IS NOT NULL THEN 'failing'
  ELSE 'well' END AS state, count(*) FROM webhook_endpoint GROUP BY 1"""


@dataclass(frozen=True, slots=True)
class Delivery:
    """`body` is None until it is sent for the first time. `attempts` are those since it was made or sent again. `version` is
    that of its endpoint when it was claimed."""

    id: UUID
    endpoint_id: UUID
    series: int
    dispute_id: UUID
    sequence: int
    position: int
    type: str
    recorded_at: datetime
    body: str | None
    attempts: int
    marketplace: str
    url: str
    key_id: UUID
    sealed: bytes
    previous_until: datetime | None
    version: int


@dataclass(frozen=True, slots=True)
class Attempt:
    """`at` is by the clock of the marketplace."""

    delivery: Delivery
    answer: Answer
    at: datetime

    def settled(self, version: int | None) -> tuple[UUID, int | None, str | None, datetime, datetime | None]:
        """What is to be stored of the delivery: its attempts, its outcome, when, and when it is tried again. `version` is that
        of the endpoint now. If somebody changed it meanwhile, a failure says nothing about how it is now.
        """
        attempts = self.delivery.attempts + 1
        if self.answer.delivered:
            return self.delivery.id, attempts, "delivered", self.at, None
        if self.delivery.version != version:
            return self.delivery.id, None, None, self.at, None
        next_at = schedule.next_at(attempts, self.at, schedule.pause_of(self.answer.again_after))
        if self.answer.status == _GONE:
            return self.delivery.id, attempts, None, self.at, next_at
        return self.delivery.id, attempts, None if next_at else "failed", self.at, next_at


_GONE = 410
"""The receiver says that nobody is there for good."""


@dataclass(frozen=True, slots=True)
class Troubled:
    """An endpoint that is to be warned about, or that was disabled: `why`."""

    endpoint_id: UUID
    why: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Backlog:
    """How many deliveries to enabled endpoints wait, for how many seconds the oldest has, and how many endpoints are well,
    failing, and disabled."""

    deliveries: int
    oldest: float
    endpoints: Mapping[str, int]


class Deliveries:
    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def claim(self, now: datetime, turned: Mapping[str, datetime], busy: Mapping[UUID, int]) -> list[Delivery]:
        """What is due, for each endpoint as many as it may have. `busy` are how many each has already."""
        values = {
            "now": now,
            "marketplaces": list(turned),
            "times": list(turned.values()),
            "busy": list(busy),
            "counts": list(busy.values()),
        }
        async with self._pool.connection() as connection:
            return [Delivery(*row) for row in await (await connection.execute(_CLAIM.encode(), values)).fetchall()]

    async def release(self, deliveries: Collection[UUID]) -> None:
        """What was claimed and is not sent now."""
        async with self._pool.connection() as connection:
            await connection.execute(_RELEASE, (list(deliveries),))

    async def write(self, bodies: Mapping[UUID, str]) -> None:
        """What is about to be sent for the first time."""
        if bodies:
            async with self._pool.connection() as connection:
                await connection.execute(_WRITE, (list(bodies), list(bodies.values())))

    async def settle(self, attempts: Sequence[Attempt]) -> list[Troubled]:
        """Stores what became of these attempts, together."""
        notes = [
            (one.delivery.id, one.at, one.answer.status, one.answer.why, int(one.answer.seconds * 1000))
            for one in attempts
        ]
        by_endpoint: dict[UUID, list[Attempt]] = {}
        for one in attempts:
            by_endpoint.setdefault(one.delivery.endpoint_id, []).append(one)
        troubled: list[Troubled] = []
        async with self._pool.connection() as connection, connection.transaction():
            await connection.execute(_QUICK)
            found = await (await connection.execute(_ENDPOINTS, (list(by_endpoint),))).fetchall()
            versions = {endpoint_id: version for endpoint_id, version, *_ in found}
            settled = [one.settled(versions.get(one.delivery.endpoint_id)) for one in attempts]
            await connection.execute(_SETTLE, _apart(settled))
            await connection.execute(_NOTE, _apart(notes))
            for endpoint_id, version, failing_since, warned_at in found:
                if telling := [one for one in by_endpoint[endpoint_id] if one.delivery.version == version]:
                    troubled += await _judge(connection, telling, failing_since, warned_at)
        return troubled

    async def sweep(self, now: datetime) -> None:
        """Deletes attempts that are older than `KEPT`."""
        async with self._pool.connection() as connection:
            await connection.execute(_SWEEP, (now - KEPT,))


async def _judge(
    connection: AsyncConnection, attempts: Sequence[Attempt], failing_since: datetime | None, warned_at: datetime | None
) -> list[Troubled]:
    """What these attempts say about their endpoint. One success is enough."""
    endpoint_id, at = attempts[0].delivery.endpoint_id, max(one.at for one in attempts)
    gone = any(one.answer.status == _GONE for one in attempts)
    if any(one.answer.delivered for one in attempts) and not gone:
        await connection.execute(_WELL, (at, endpoint_id))
        return []
    since, troubled = failing_since or at, list[Troubled]()
    why = "gone" if gone else "failing" if schedule.is_to_be_disabled(since, warned_at, at) else None
    if why is not None:
        troubled.append(Troubled(endpoint_id, why, since))
    elif schedule.is_to_be_warned_about(since, warned_at, at):
        troubled.append(Troubled(endpoint_id, "warned", since))
        warned_at = at
    pause = at + max(schedule.pause_of(one.answer.again_after) for one in attempts)
    await connection.execute(_ILL, (since, warned_at, pause, why, why, at, endpoint_id))
    return troubled


async def backlog(pool: Pool) -> Backlog:
    async with pool.connection() as connection:
        row = await (await connection.execute(_BACKLOG)).fetchone()
        states = await (await connection.execute(_STATES)).fetchall()
    assert row is not None, "it counts"
    return Backlog(row[0], row[1], dict(states))


def _apart(rows: Collection[Sequence[Any]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]
