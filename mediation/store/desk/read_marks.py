"""How far each person has read each dispute: its conversation, and what happened in it. A table without a history.

The two marks move apart. Reading the conversation moves the mark of messages. The mark of facts moves when the person says so.
Only the first sight of a message whose answer is owed is a fact (`domain.settlement.replies`).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

Pool = AsyncConnectionPool[AsyncConnection]

_MARK = """INSERT INTO read_mark (subject, marketplace, dispute_id, number, read_at) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (subject, dispute_id) DO UPDATE SET number = excluded.number, read_at = excluded.read_at
WHERE read_mark.number < excluded.number"""
_MARK_FACTS = """INSERT INTO read_mark (subject, marketplace, dispute_id, position, position_read_at)
VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (subject, dispute_id) DO UPDATE SET position = excluded.position, position_read_at = excluded.position_read_at
WHERE coalesce(read_mark.position, 0) < excluded.position"""
_READ = "SELECT number, read_at, position, position_read_at FROM read_mark WHERE subject = %s AND dispute_id = %s"
_OF_EACH = """SELECT m.dispute_id, m.number FROM read_mark m
JOIN unnest(%s::uuid[], %s::uuid[]) reader (subject, dispute_id) USING (subject, dispute_id)"""
_OF_PERSON = """SELECT dispute_id, number, read_at, position, position_read_at FROM read_mark
WHERE subject = %s AND marketplace = %s ORDER BY dispute_id"""
_FORGET = "DELETE FROM read_mark WHERE subject = %s AND marketplace = %s"


class Mark(NamedTuple):
    """`message` is the number of the last message that the person was shown, 0 before the first. `position` is that of the
    last fact that they marked as read, 0 before the first.
    """

    message: int = 0
    message_read_at: datetime | None = None
    position: int = 0
    position_read_at: datetime | None = None


async def of(pool: Pool, subject: UUID, dispute_id: UUID) -> Mark:
    """How far the person has read one dispute."""
    async with pool.connection() as connection:
        row = await (await connection.execute(_READ, (subject, dispute_id))).fetchone()
    return _mark(*row) if row else Mark()


async def of_each(pool: Pool, readers: Mapping[UUID, UUID]) -> dict[UUID, int]:
    """The marks of messages in some disputes, each with the person who reads it. A dispute without a mark is left out."""
    async with pool.connection() as connection:
        found = await connection.execute(_OF_EACH, (list(readers.values()), list(readers)))
        return dict(await found.fetchall())


async def mark(pool: Pool, *, subject: UUID, marketplace: str, dispute_id: UUID, number: int, at: datetime) -> None:
    """The person was shown the messages up to `number`. A mark never goes back."""
    async with pool.connection() as connection:
        await connection.execute(_MARK, (subject, marketplace, dispute_id, number, at))


async def mark_facts(
    pool: Pool, *, subject: UUID, marketplace: str, dispute_id: UUID, position: int, at: datetime
) -> bool:
    """The person has read what happened up to `position`. False, and nothing changed, if their mark was there already, or
    further on.
    """
    async with pool.connection() as connection:
        found = await connection.execute(_MARK_FACTS, (subject, marketplace, dispute_id, position, at))
    return found.rowcount > 0


async def of_person(pool: Pool, subject: UUID, marketplace: str) -> list[tuple[UUID, Mark]]:
    """The person's marks, each with its dispute."""
    async with pool.connection() as connection:
        rows = await (await connection.execute(_OF_PERSON, (subject, marketplace))).fetchall()
    return [(dispute_id, _mark(*row)) for dispute_id, *row in rows]


def _mark(message: int, read_at: datetime | None, position: int | None, position_read_at: datetime | None) -> Mark:
    return Mark(message, read_at, position or 0, position_read_at)


async def forget(connection: AsyncConnection, subject: UUID, marketplace: str) -> None:
    """Deletes the marks of a person who was erased."""
    await connection.execute(_FORGET, (subject, marketplace))
