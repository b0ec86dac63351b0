"""One consumer of the log: its batches, each in one transaction with its position, and its parked subjects."""

from collections.abc import Iterable, Sequence
from traceback import extract_tb
from typing import Protocol
from uuid import UUID

import structlog
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from mediation.store.follow.catch_up import Source
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
    """A reader of the log in order. `name` is its name in `progress`, with the version of what it makes. `concerns` are
    the kinds of facts that it takes; None for all."""

    @property
    def name(self) -> str: ...

    @property
    def concerns(self) -> frozenset[str] | None: ...

    async def apply(self, connection: AsyncConnection, batch: Sequence[Recorded]) -> None:
        """Writes what follows from a batch, inside the transaction that also moves the position on.

        The facts are in order of position. Facts of other kinds and of parked subjects are left out. An exception parks
        the subject of the fact that causes it; after a `PASSING` exception the batch is repeated instead.
        """

    async def start_over(self, log: Source, pool: AsyncConnectionPool[AsyncConnection]) -> None:
        """Makes everything anew from the start of the log. Called when the consumer is beyond the end of the log.

        What it made of lost facts cannot be told from the rest, and other facts may have their positions. So no later
        position is safe to go back to.
        """


class Feed:
    """Gives a consumer its batches, as long as the lease holds."""

    def __init__(self, pool: AsyncConnectionPool[AsyncConnection], consumer: Consumer, lease: Lease) -> None:
        self.lease = lease
        self._pool = pool
        self._consumer = consumer

    async def take(self, batch: Sequence[Fact]) -> None:
        """Takes facts that were read one after the other. Raises `Fenced`, or one of `PASSING`. Then part of the batch may
        be taken; `lease.position` says how much.

        For any other error it halves the batch until it finds the facts that cause the error, and parks their subjects.
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
        """Renews the lease when there is nothing to take. Raises `Fenced`, also if the server has crashed and lost the
        last batch: then the batch must be taken again, even if nothing new comes."""
        async with self._pool.connection() as connection:
            await self.lease.move(connection, self.lease.position)

    async def _commit(self, batch: Sequence[Fact]) -> None:
        last, mine = batch[-1].identity, concerning(self._consumer, batch)
        async with self._pool.connection() as connection:
            if mine:
                async with connection.transaction():
                    await self.lease.move(connection, last.position, last)
                    await self._hand_over(connection, mine)
            else:
                await self.lease.move(connection, last.position, last)
        self.lease.position = last.position

    async def _hand_over(self, connection: AsyncConnection, mine: Sequence[Fact]) -> None:
        if held := await self._held(connection, mine):
            await self._write_parked(connection, [fact for fact in mine if fact.subject in held], None)
            mine = [fact for fact in mine if fact.subject not in held]
        if mine:
            await self._consumer.apply(connection, [readable(fact) for fact in mine])

    async def _held(self, connection: AsyncConnection, batch: Sequence[Fact]) -> set[UUID]:
        """The batch's subjects that are parked now. A retry in another process may have freed some."""
        if not self.lease.parked:
            return set()
        subjects = list({fact.subject for fact in batch})
        rows = await (await connection.execute(_PARKED, (subjects, self._consumer.name), binary=True)).fetchall()
        return {subject for (subject,) in rows}

    async def _park(self, fact: Fact, error: Exception) -> None:
        _log.error("event_parked", consumer=self._consumer.name, position=fact.position, error=describe(error))
        async with self._pool.connection() as connection, connection.transaction():
            await self.lease.move(connection, fact.position, fact.identity)
            await self._write_parked(connection, [fact], describe(error))
        self.lease.position = fact.position
        self.lease.parked = True

    async def _write_parked(self, connection: AsyncConnection, facts: Sequence[Fact], error: str | None) -> None:
        subjects, positions = [fact.subject for fact in facts], [fact.position for fact in facts]
        parameters = (self._consumer.name, subjects, positions, [error] * len(facts))
        await connection.execute(_PARK, parameters, binary=True)


def describe(error: Exception) -> str:
    """The type of the error and its innermost calls. The message is left out: it may quote the data."""
    calls = [f"{frame.name}, line {frame.lineno}" for frame in extract_tb(error.__traceback__)[-3:]]
    return f"{type(error).__name__} in {' < '.join(reversed(calls))}"


def concerning(consumer: Consumer, facts: Iterable[Fact]) -> list[Fact]:
    """The facts that a consumer takes. A fact that cannot be decoded may concern any consumer."""
    kinds = consumer.concerns
    return [fact for fact in facts if isinstance(fact, Unreadable) or kinds is None or fact.kind in kinds]


def readable(fact: Fact) -> Recorded:
    """Raises the error that made the fact unreadable."""
    if isinstance(fact, Unreadable):
        raise fact.error
    return fact
