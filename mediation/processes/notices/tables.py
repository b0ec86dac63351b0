"""The tables of notices that are to be made, and of mails that are to leave. Both are schedules: the log says what was done.

`due_at` is by the clock of the marketplace, which may be turned. `claimed_until` is by the clock of the database.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

TABLES = """CREATE TABLE IF NOT EXISTS notice_task (
  position bigint NOT NULL, side text NOT NULL, dispute_id uuid NOT NULL, marketplace text NOT NULL, correlation_id uuid,
  due_at timestamptz NOT NULL DEFAULT 'epoch', claimed_until timestamptz NOT NULL DEFAULT 'epoch',
  since timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (position, side));
CREATE INDEX IF NOT EXISTS notice_task_next ON notice_task (due_at);
CREATE INDEX IF NOT EXISTS notice_task_of ON notice_task (dispute_id, side);
CREATE TABLE IF NOT EXISTS notice_mail (
  notice_id uuid PRIMARY KEY, dispute_id uuid NOT NULL, marketplace text NOT NULL, correlation_id uuid,
  due_at timestamptz NOT NULL DEFAULT 'epoch', claimed_until timestamptz NOT NULL DEFAULT 'epoch',
  failures int NOT NULL DEFAULT 0, tried boolean NOT NULL DEFAULT false, sent boolean NOT NULL DEFAULT false,
  since timestamptz NOT NULL DEFAULT now());
CREATE INDEX IF NOT EXISTS notice_mail_next ON notice_mail (due_at)"""

GIVEN_UP_AFTER = timedelta(days=1).total_seconds()
"""Seconds after which nobody waits for a mail server any more: somebody is to reach the party otherwise."""

CLAIMED = 120
"""Seconds for which a worker has what it claimed. Longer than one mail may take."""

_PUT_TASKS = """INSERT INTO notice_task (position, side, dispute_id, marketplace, correlation_id)
SELECT * FROM unnest(%s::bigint[], %s::text[], %s::uuid[], %s::text[], %s::uuid[]) ON CONFLICT DO NOTHING"""

_CLAIM_TASKS = f"""UPDATE notice_task SET claimed_until = now() + interval '{CLAIMED} seconds' WHERE (dispute_id, side) IN (
  SELECT dispute_id, side FROM notice_task first
  WHERE claimed_until <= now() AND (due_at <= %s OR marketplace = ANY(%s))
    AND NOT EXISTS (SELECT FROM notice_task other WHERE other.dispute_id = first.dispute_id AND other.side = first.side
      AND (other.claimed_until > now() OR other.position < first.position))
  ORDER BY due_at LIMIT %s FOR UPDATE SKIP LOCKED)
RETURNING position, side, dispute_id, marketplace, correlation_id, due_at, extract(epoch FROM now() - since)::float8"""
"""All that waits for one party of one dispute is claimed together, by its first row."""

_PUT_MAILS = """INSERT INTO notice_mail (notice_id, dispute_id, marketplace, correlation_id)
SELECT * FROM unnest(%s::uuid[], %s::uuid[], %s::text[], %s::uuid[]) ON CONFLICT DO NOTHING"""

_CLAIM_MAILS = f"""UPDATE notice_mail SET claimed_until = now() + interval '{CLAIMED} seconds' WHERE notice_id IN (
  SELECT notice_id FROM notice_mail WHERE claimed_until <= now() AND (due_at <= %s OR marketplace = ANY(%s))
  ORDER BY due_at LIMIT %s FOR UPDATE SKIP LOCKED)
RETURNING notice_id, dispute_id, marketplace, correlation_id, due_at, failures, tried,
  extract(epoch FROM now() - since)::float8"""


@dataclass(frozen=True, slots=True)
class Waiting:
    """The facts, by their positions in the log, of which one party of a dispute may have to be told. `since` are the seconds
    for which the oldest has been in the table.
    """

    positions: Sequence[int]
    side: str
    dispute_id: UUID
    marketplace: str
    correlation_id: UUID | None
    due_at: datetime
    since: float


@dataclass(frozen=True, slots=True)
class MailTask:
    """`tried`: it went to the mail server, and nobody knows what the server did. `since` are the seconds for which it has been
    in the table.
    """

    notice_id: UUID
    dispute_id: UUID
    marketplace: str
    correlation_id: UUID | None
    due_at: datetime
    failures: int
    tried: bool
    since: float


class NoticeTasks:
    def __init__(self, pool: AsyncConnectionPool[AsyncConnection]) -> None:
        self._pool = pool

    async def put(self, conn: AsyncConnection, rows: Iterable[tuple[int, str, UUID, str, UUID | None]]) -> bool:
        """Rows of position, side, dispute, marketplace, correlation. Whether there was one."""
        return await _put(conn, _PUT_TASKS, rows)

    async def claim(self, now: datetime, turned: Mapping[str, datetime], most: int) -> list[Waiting]:
        """At most so many that are due, the earliest first."""
        async with self._pool.connection() as conn:
            rows = await (await conn.execute(_CLAIM_TASKS, (now, list(turned), most))).fetchall()
        groups: dict[tuple[UUID, str], list[tuple[int, str, UUID, str, UUID | None, datetime, float]]] = {}
        for row in sorted(rows):
            groups.setdefault((row[2], row[1]), []).append(row)
        return [
            Waiting(
                [row[0] for row in group], *group[0][1:5], min(row[5] for row in group), max(row[6] for row in group)
            )
            for group in groups.values()
        ]

    async def done(self, waiting: Waiting) -> None:
        await self._execute("DELETE FROM notice_task WHERE position = ANY(%s) AND side = %s", waiting)

    async def later(self, waiting: Waiting, due_at: datetime | None, seconds: float = 0.0) -> None:
        """Nobody claims it before `due_at`, or before so many seconds have passed."""
        change = "due_at = coalesce(%s, due_at), claimed_until = now() + make_interval(secs => %s)"
        statement = f"UPDATE notice_task SET {change} WHERE position = ANY(%s) AND side = %s"
        await self._execute(statement, waiting, due_at, seconds)

    async def _execute(self, statement: str, waiting: Waiting, *values: object) -> None:
        async with self._pool.connection() as conn:
            await conn.execute(statement, (*values, list(waiting.positions), waiting.side))


class MailTasks:
    def __init__(self, pool: AsyncConnectionPool[AsyncConnection]) -> None:
        self._pool = pool

    async def put(self, conn: AsyncConnection, rows: Iterable[tuple[UUID, UUID, str, UUID | None]]) -> bool:
        """Rows of notice, dispute, marketplace, correlation. Whether there was one."""
        return await _put(conn, _PUT_MAILS, rows)

    async def claim(self, now: datetime, turned: Mapping[str, datetime], most: int) -> list[MailTask]:
        """At most so many that are due, the earliest first."""
        async with self._pool.connection() as conn:
            rows = await (await conn.execute(_CLAIM_MAILS, (now, list(turned), most))).fetchall()
        return [MailTask(*row) for row in rows]

    async def done(self, task: MailTask) -> None:
        async with self._pool.connection() as conn:
            await conn.execute("DELETE FROM notice_mail WHERE notice_id = %s", (task.notice_id,))

    async def later(self, task: MailTask, due_at: datetime | None, seconds: float = 0.0) -> None:
        """Nobody claims it before `due_at`, or before so many seconds have passed."""
        change = "due_at = coalesce(%s, due_at), claimed_until = now() + make_interval(secs => %s)"
        await self._set(task, change, due_at, seconds)

    async def goes_out(self, task: MailTask) -> None:
        """Call it before the mail server has it."""
        await self._set(task, "tried = true")

    async def not_taken(self, task: MailTask, seconds: float, *, failed: bool) -> None:
        """The mail server did not take it. Nobody claims it before so many seconds have passed."""
        change = "tried = false, failures = failures + %s, claimed_until = now() + make_interval(secs => %s)"
        await self._set(task, change, int(failed), seconds)

    async def went_out(self, task: MailTask) -> None:
        """The mail server took it, and the log says so. It is looked at again at once."""
        await self._set(task, "sent = true, claimed_until = now()")

    async def _set(self, task: MailTask, change: str, *values: object) -> None:
        async with self._pool.connection() as conn:
            await conn.execute(f"UPDATE notice_mail SET {change} WHERE notice_id = %s", (*values, task.notice_id))


async def _put(conn: AsyncConnection, statement: str, rows: Iterable[tuple[object, ...]]) -> bool:
    columns = [list(column) for column in zip(*rows, strict=True)]
    if columns:
        await conn.execute(statement, columns)
    return bool(columns)


@dataclass(frozen=True, slots=True)
class Backlog:
    """How many facts and mails wait, and for how many seconds the oldest has waited."""

    facts: int
    mails: int
    oldest: float


_BACKLOG = """SELECT (SELECT count(*) FROM notice_task), (SELECT count(*) FROM notice_mail WHERE NOT sent),
  coalesce(extract(epoch FROM now() - least((SELECT min(since) FROM notice_task),
    (SELECT min(since) FROM notice_mail WHERE NOT sent)))::float8, 0)"""


async def backlog(pool: AsyncConnectionPool[AsyncConnection]) -> Backlog:
    async with pool.connection() as conn:
        row = await (await conn.execute(_BACKLOG)).fetchone()
    assert row is not None, "it counts"
    return Backlog(*row)
