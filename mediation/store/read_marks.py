"""How far each person has read the conversation of each dispute: a table without a history.

Only the first sight of a message whose answer is owed is a fact (`domain.settlement.replies`). Everything else that is
read only moves the mark of one person in one dispute.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

_MARK = """INSERT INTO read_mark (subject, marketplace, dispute_id, number, read_at) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (subject, dispute_id) DO UPDATE SET number = excluded.number, read_at = excluded.read_at
WHERE read_mark.number < excluded.number"""
_READ = "SELECT number FROM read_mark WHERE subject = %s AND dispute_id = %s"
_OF_EACH = """SELECT m.dispute_id, m.number FROM read_mark m
JOIN unnest(%s::uuid[], %s::uuid[]) reader (subject, dispute_id) USING (subject, dispute_id)"""
_OF_PERSON = """SELECT dispute_id, number, read_at FROM read_mark
WHERE subject = %s AND marketplace = %s ORDER BY read_at, dispute_id"""
_FORGET = "DELETE FROM read_mark WHERE subject = %s AND marketplace = %s"
_ROWS = "SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE oid = 'public.read_mark'::regclass"


async def read_up_to(pool: AsyncConnectionPool[AsyncConnection], subject: UUID, dispute_id: UUID) -> int:
    """The number of the last message that the person was shown; 0 before the first."""
    async with pool.connection() as connection:
        row = await (await connection.execute(_READ, (subject, dispute_id))).fetchone()
    return row[0] if row else 0


async def of_each(pool: AsyncConnectionPool[AsyncConnection], readers: Mapping[UUID, UUID]) -> dict[UUID, int]:
    """The marks in some disputes, each with the person who reads it. A dispute without a mark is left out."""
    async with pool.connection() as connection:
        found = await connection.execute(_OF_EACH, (list(readers.values()), list(readers)))
        return dict(await found.fetchall())


async def mark(
    pool: AsyncConnectionPool[AsyncConnection],
    *,
    subject: UUID,
    marketplace: str,
    dispute_id: UUID,
    number: int,
    at: datetime,
) -> None:
    """The person was shown the messages up to `number`. A mark never goes back."""
    async with pool.connection() as connection:
        await connection.execute(_MARK, (subject, marketplace, dispute_id, number, at))


async def of_person(
    pool: AsyncConnectionPool[AsyncConnection], subject: UUID, marketplace: str
) -> list[tuple[UUID, int, datetime]]:
    """The person's marks: in which dispute, the number of the last message, and when it was read."""
    async with pool.connection() as connection:
        return await (await connection.execute(_OF_PERSON, (subject, marketplace))).fetchall()


async def forget(connection: AsyncConnection, subject: UUID, marketplace: str) -> None:
    """Deletes the marks of a person who was erased."""
    await connection.execute(_FORGET, (subject, marketplace))


async def rows(pool: AsyncConnectionPool[AsyncConnection]) -> int:
    """About how many marks there are, as PostgreSQL last estimated it."""
    async with pool.connection() as connection:
        row = await (await connection.execute(_ROWS)).fetchone()
    return row[0] if row else 0
