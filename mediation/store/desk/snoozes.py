"""The disputes that a person has put aside until an instant: the person's own mark, in a table without a history."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

Pool = AsyncConnectionPool[AsyncConnection]

_PUT = """INSERT INTO snooze (subject, marketplace, dispute_id, until, snoozed_at) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (subject, dispute_id) DO UPDATE SET until = excluded.until, snoozed_at = excluded.snoozed_at"""
_CLEAR = "DELETE FROM snooze WHERE subject = %s AND marketplace = %s AND until <= %s"
_END = "DELETE FROM snooze WHERE subject = %s AND marketplace = %s AND dispute_id = %s"
_OF_PERSON = (
    "SELECT dispute_id, until, snoozed_at FROM snooze WHERE subject = %s AND marketplace = %s ORDER BY dispute_id"
)
_FORGET = "DELETE FROM snooze WHERE subject = %s AND marketplace = %s"


class Snooze(NamedTuple):
    """Both instants are on the clock of the marketplace."""

    until: datetime
    snoozed_at: datetime


async def put(pool: Pool, *, subject: UUID, marketplace: str, dispute_id: UUID, snooze: Snooze) -> None:
    """Puts the dispute aside, or changes until when. The person's snoozes that are over are deleted."""
    async with pool.connection() as connection:
        await connection.execute(_CLEAR, (subject, marketplace, snooze.snoozed_at))
        await connection.execute(_PUT, (subject, marketplace, dispute_id, *snooze))


async def end(pool: Pool, *, subject: UUID, marketplace: str, dispute_id: UUID) -> None:
    async with pool.connection() as connection:
        await connection.execute(_END, (subject, marketplace, dispute_id))


async def of_person(pool: Pool, subject: UUID, marketplace: str) -> dict[UUID, Snooze]:
    """The person's snoozes, each with its dispute; also those that are over and not yet deleted."""
    async with pool.connection() as connection:
        rows = await (await connection.execute(_OF_PERSON, (subject, marketplace))).fetchall()
    return {dispute_id: Snooze(*row) for dispute_id, *row in rows}


async def forget(connection: AsyncConnection, subject: UUID, marketplace: str) -> None:
    """Deletes the snoozes of a person who was erased."""
    await connection.execute(_FORGET, (subject, marketplace))
