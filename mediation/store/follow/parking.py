"""What consumers could not take: list it, and try it again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from mediation.store.follow.consumer import PASSING, Consumer, concerning, describe, readable
from mediation.store.log.log import EventLog

_PARKED = """SELECT * FROM (
  SELECT DISTINCT ON (consumer, subject) consumer, subject, position, error, at,
    (count(*) OVER (PARTITION BY consumer, subject))::int AS facts
  FROM parked ORDER BY consumer, subject, position) first ORDER BY consumer, position"""
_SUBJECTS = "SELECT subject FROM parked WHERE consumer = %b GROUP BY subject ORDER BY min(position)"
_STAND_STILL = "SELECT FROM progress WHERE name = %b FOR UPDATE"
_POSITIONS = "SELECT position FROM parked WHERE consumer = %b AND subject = %b"
_FREE = "DELETE FROM parked WHERE consumer = %b AND subject = %b"
_AGAIN = """UPDATE parked SET error = %b, at = clock_timestamp() WHERE consumer = %b AND subject = %b
AND position = (SELECT min(position) FROM parked WHERE consumer = %b AND subject = %b)"""


_LACKS = """SELECT EXISTS (SELECT FROM parked p WHERE p.consumer = %b AND p.position <= %b AND (p.subject = %b OR p.subject IN (
  SELECT coalesce(e.dispute_id, e.stream_id) FROM event e WHERE e.position BETWEEN %b AND %b
  AND (e.position = %b OR e.causation_id = (SELECT causation_id FROM event WHERE position = %b)))))"""
_LONGEST_ACT = 1_000
"""The most facts of one act that are looked at. They are stored together."""
_COUNTS = "SELECT consumer, count(DISTINCT subject)::int FROM parked WHERE consumer = ANY(%b::text[]) GROUP BY consumer"


@dataclass(frozen=True, slots=True)
class Parked:
    """A subject that a consumer could not take from `position` on, and how many of its facts wait."""

    consumer: str
    subject: UUID
    position: int
    error: str
    at: datetime
    facts: int


async def parked(pool: AsyncConnectionPool[AsyncConnection]) -> list[Parked]:
    async with pool.connection() as connection:
        rows = await (await connection.execute(_PARKED, binary=True)).fetchall()
    return [Parked(*row) for row in rows]


async def lacks(
    pool: AsyncConnectionPool[AsyncConnection], consumer: str, position: int, subject: UUID | None = None
) -> bool:
    """Whether a consumer has parked, up to `position`, what the act that ended there is about; or the given subject."""
    parameters = (consumer, position, subject, position - _LONGEST_ACT, position, position, position)
    async with pool.connection() as connection:
        row = await (await connection.execute(_LACKS, parameters, binary=True)).fetchone()
    return bool(row and row[0])


async def counts(connection: AsyncConnection, consumers: Sequence[str]) -> dict[str, int]:
    """How many subjects each of these consumers has parked, without those that have parked none."""
    rows = await (await connection.execute(_COUNTS, (list(consumers),), binary=True)).fetchall()
    return dict(rows)


async def retry(
    log: EventLog, pool: AsyncConnectionPool[AsyncConnection], consumer: Consumer
) -> tuple[Sequence[UUID], Sequence[UUID]]:
    """Gives a consumer its parked facts, one subject at a time.

    Returns the subjects taken now, and those that still fail. It may run beside the worker that feeds the consumer: the
    consumer stands still during the transaction of each subject.
    """
    async with pool.connection() as connection:
        rows = await (await connection.execute(_SUBJECTS, (consumer.name,), binary=True)).fetchall()
        taken, left = [], []
        for (subject,) in rows:
            try:
                await _replay(log, connection, consumer, subject)
                taken.append(subject)
            except PASSING:
                raise
            except Exception as error:
                parameters = (describe(error), *(consumer.name, subject) * 2)
                await connection.execute(_AGAIN, parameters, binary=True)
                left.append(subject)
    return taken, left


async def _replay(log: EventLog, connection: AsyncConnection, consumer: Consumer, subject: UUID) -> None:
    async with connection.transaction():
        await connection.execute(_STAND_STILL, (consumer.name,), binary=True)
        rows = await (await connection.execute(_POSITIONS, (consumer.name, subject), binary=True)).fetchall()
        facts = concerning(consumer, await log.at([position for (position,) in rows]))
        if facts:
            await consumer.apply(connection, [readable(fact) for fact in facts])
        await connection.execute(_FREE, (consumer.name, subject), binary=True)
