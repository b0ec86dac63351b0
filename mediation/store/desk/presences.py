"""Who looks at a dispute now, and what they write there: a row for each open page, in a table without a history.

A page renews its row, and it is good for `LASTS` each time. So a row ends by itself when the page, its network or its worker is
gone. Every change is told on `CHANNEL` to all workers. A renewal is no change.
"""

import asyncio
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

Pool = AsyncConnectionPool[AsyncConnection]

CHANNEL = "presence_changed"
LASTS = timedelta(seconds=30)
"""For how long a row is good. A page renews it more than twice in that time, so that one lost request changes nothing."""

_SWEPT = 5.0  # seconds
_UUID = 36  # characters

_RENEW = """WITH was AS (SELECT writing FROM presence
  WHERE dispute_id = %(dispute_id)s AND subject = %(subject)s AND page = %(page)s AND until > %(at)s),
renewed AS (INSERT INTO presence (dispute_id, subject, page, marketplace, role, writing, until)
  VALUES (%(dispute_id)s, %(subject)s, %(page)s, %(marketplace)s, %(role)s, %(writing)s, %(until)s)
  ON CONFLICT (dispute_id, subject, page) DO UPDATE
  SET role = excluded.role, writing = excluded.writing, until = excluded.until)
SELECT pg_notify(%(channel)s, %(told)s)
WHERE NOT EXISTS (SELECT FROM was WHERE writing IS NOT DISTINCT FROM %(writing)s::text)"""
_END = """WITH gone AS (DELETE FROM presence
  WHERE dispute_id = %s AND subject = %s AND page = coalesce(%s, page) RETURNING page)
SELECT pg_notify(%s, %s) FROM gone"""
_SWEEP = """WITH gone AS (DELETE FROM presence WHERE until <= %s RETURNING dispute_id, subject, marketplace)
SELECT pg_notify(%s, concat(dispute_id, subject, marketplace)) FROM gone"""
_OTHERS = """SELECT dispute_id, subject, (array_agg(role ORDER BY until DESC))[1],
  coalesce(array_agg(DISTINCT writing) FILTER (WHERE writing IS NOT NULL), '{}')
FROM presence WHERE dispute_id = ANY(%s) AND marketplace = %s AND until > %s AND subject <> %s
GROUP BY dispute_id, subject ORDER BY subject"""
_OF_PERSON = """SELECT dispute_id, writing, until FROM presence
WHERE subject = %s AND marketplace = %s AND until > %s ORDER BY dispute_id, page"""
_FORGET = "DELETE FROM presence WHERE subject = %s AND marketplace = %s"
_ROWS = "SELECT count(*) FROM presence"


class Present(NamedTuple):
    """A person at a dispute, however many pages they have open. `writing` are the acts whose forms they fill in."""

    subject: UUID
    role: str
    writing: list[str]


class Changed(NamedTuple):
    """Somebody came to a dispute, left it, or writes something else there."""

    dispute_id: UUID
    subject: UUID
    marketplace: str

    def __str__(self) -> str:
        return f"{self.dispute_id}{self.subject}{self.marketplace}"

    @classmethod
    def read(cls, text: str) -> "Changed":
        """What was told on `CHANNEL`."""
        return cls(UUID(text[:_UUID]), UUID(text[_UUID : 2 * _UUID]), text[2 * _UUID :])


async def renew(pool: Pool, one: Changed, *, page: UUID, role: str, writing: str | None, at: datetime) -> None:
    """The person has this page open, and fills in the form of the act `writing`."""
    values = {**one._asdict(), "page": page, "role": role, "writing": writing, "at": at, "until": at + LASTS}
    async with pool.connection() as connection:
        await connection.execute(_RENEW, values | {"channel": CHANNEL, "told": str(one)})


async def end(pool: Pool, one: Changed, page: UUID | None) -> None:
    """The person has closed this page; None: all of their pages at the dispute."""
    async with pool.connection() as connection:
        await connection.execute(_END, (one.dispute_id, one.subject, page, CHANNEL, str(one)))


async def others(
    pool: Pool, marketplace: str, dispute_ids: Collection[UUID], me: UUID, at: datetime
) -> dict[UUID, list[Present]]:
    """Who is at these disputes, but for one person. A dispute at which nobody is is left out."""
    found: dict[UUID, list[Present]] = {}
    async with pool.connection() as connection:
        async for dispute_id, *row in await connection.execute(_OTHERS, (list(dispute_ids), marketplace, at, me)):
            found.setdefault(dispute_id, []).append(Present(*row))
    return found


async def of_person(
    pool: Pool, subject: UUID, marketplace: str, at: datetime
) -> list[tuple[UUID, str | None, datetime]]:
    """The person's open pages: the dispute, the act that they write, and until when the row is good."""
    async with pool.connection() as connection:
        return await (await connection.execute(_OF_PERSON, (subject, marketplace, at))).fetchall()


async def forget(connection: AsyncConnection, subject: UUID, marketplace: str) -> None:
    """Deletes the rows of a person who was erased."""
    await connection.execute(_FORGET, (subject, marketplace))


async def rows(pool: Pool) -> int:
    """How many pages are open."""
    async with pool.connection() as connection:
        row = await (await connection.execute(_ROWS)).fetchone()
    return row[0] if row else 0


class Sweeper:
    """Deletes what was not renewed, and tells of it. `now` is the engine's clock."""

    def __init__(self, pool: Pool, now: Callable[[], datetime]) -> None:
        self._pool = pool
        self._now = now

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await self.sweep()
            await asyncio.sleep(_SWEPT)

    async def sweep(self) -> None:
        async with self._pool.connection() as connection:
            await connection.execute(_SWEEP, (self._now(), CHANNEL))
