"""One consumer of the log: its batches, each in one transaction with its position, and the subjects it can't take."""

from collections.abc import Iterable, Sequence
from traceback import extract_tb
from typing import Protocol
from uuid import UUID

import structlog
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from mediation.store.follow.progress import Fenced, Lease
from mediation.store.log.recorded import Fact, Recorded, Unreadable
from mediation.store.log.requests import ClockAstray, Overloaded, Unavailable
from mediation.store.postgres.pool import TRANSIENT

PASSING = (*TRANSIENT, Overloaded, Unavailable, ClockAstray)
"""Errors that say nothing about the event: the same batch is worth another try."""

_PARKED = """SELECT subject FROM unnest(%b::uuid[]) s (subject)
WHERE EXISTS (SELECT FROM parked p WHERE p.consumer = %b AND p.subject = s.subject)"""
_PARK = """INSERT INTO parked (consumer, subject, position, error)
SELECT %b, * FROM unnest(%b::uuid[], %b::bigint[], %b::text[])"""

_log = structlog.get_logger(__name__)


class Consumer(Protocol):
    """Whoever reads the log in order. `name` is that of its row in `progress`, with the version of what it makes; `concerns`
    are the kinds of facts that it takes, None for all."""

    @property
    def name(self) -> str: ...

    @property
    def concerns(self) -> frozenset[str] | None: ...

    async def apply(self, connection: AsyncConnection, batch: Sequence[Recorded]) -> None:
        """Writes what follows from a batch, inside the transaction that also moves the position on.

        Facts come in order of position; those that don't concern it, and those of a parked subject, are missing. An
        exception parks the subject of the fact that causes it, except `PASSING` ones, after which the batch is repeated.
        """


class Feed:
    """Hands a consumer its batches, as long as the lease holds."""

    def __init__(self, pool: AsyncConnectionPool[AsyncConnection], consumer: Consumer, lease: Lease) -> None:
        self.lease = lease
        self._pool = pool
        self._consumer = consumer

    async def take(self, batch: Sequence[Fact]) -> None:
        """Raises `Fenced`, or one of `PASSING`; then part of the batch may be taken, and `lease.position` says which.

        Any other error is traced to the facts that cause it by halving, and parks their subjects.
        """
        try:
            await self._commit(batch)
        except (Fenced, *PASSING):
            raise
        except Exception as error:
            if len(batch) > 1:
                half = len(batch) // 2
                await self.take(batch[:half])
                await self.take(batch[half:])
            else:
                await self._park(batch[0], error)

    async def stay(self) -> None:
        """When there is nothing to take: renews the lease. Raises `Fenced`, also where the server has crashed and forgotten
        the last batch: then it has to be taken again, though nothing new comes."""
        async with self._pool.connection() as connection:
            await self.lease.move(connection, self.lease.position)

    async def _commit(self, batch: Sequence[Fact]) -> None:
        position, mine = batch[-1].position, concerning(self._consumer, batch)
        async with self._pool.connection() as connection:
            if mine:
                async with connection.transaction():
                    await self.lease.move(connection, position)
                    await self._hand_over(connection, mine)
            else:
                await self.lease.move(connection, position)
        self.lease.position = position

    async def _hand_over(self, connection: AsyncConnection, mine: Sequence[Fact]) -> None:
        if held := await self._held(connection, mine):
            await self._write_parked(connection, [fact for fact in mine if fact.subject in held], None)
            mine = [fact for fact in mine if fact.subject not in held]
        if mine:
            await self._consumer.apply(connection, [readable(fact) for fact in mine])

    async def _held(self, connection: AsyncConnection, batch: Sequence[Fact]) -> set[UUID]:
        """Which of its subjects are parked now; a retry elsewhere may have freed some since the last batch."""
        if not self.lease.parked:
            return set()
        subjects = list({fact.subject for fact in batch})
        rows = await (await connection.execute(_PARKED, (subjects, self._consumer.name), binary=True)).fetchall()
        return {subject for (subject,) in rows}

    async def _park(self, fact: Fact, error: Exception) -> None:
        _log.error("event_parked", consumer=self._consumer.name, position=fact.position, error=describe(error))
        async with self._pool.connection() as connection, connection.transaction():
            await self.lease.move(connection, fact.position)
            await self._write_parked(connection, [fact], describe(error))
        self.lease.position = fact.position
        self.lease.parked = True

    async def _write_parked(self, connection: AsyncConnection, facts: Sequence[Fact], error: str | None) -> None:
        subjects, positions = [fact.subject for fact in facts], [fact.position for fact in facts]
        parameters = (self._consumer.name, subjects, positions, [error] * len(facts))
        await connection.execute(_PARK, parameters, binary=True)


def describe(error: Exception) -> str:
    """Its type, and the innermost calls. Not its message, which may quote what it failed on."""
    calls = [f"{frame.name}, line {frame.lineno}" for frame in extract_tb(error.__traceback__)[-3:]]
    return f"{type(error).__name__} in {' < '.join(reversed(calls))}"


def concerning(consumer: Consumer, facts: Iterable[Fact]) -> list[Fact]:
    """Those that a consumer takes. What can't be decoded may concern any."""
    kinds = consumer.concerns
    return [fact for fact in facts if isinstance(fact, Unreadable) or kinds is None or fact.kind in kinds]


def readable(fact: Fact) -> Recorded:
    """Raises what made it unreadable."""
    if isinstance(fact, Unreadable):
        raise fact.error
    return fact
