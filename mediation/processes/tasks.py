"""The base of processes that keep a table of tasks.

They look at it when an event adds a row, and also at intervals, because another worker may have added one.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import suppress

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from mediation.store.follow import progress
from mediation.store.follow.catch_up import Source

LONGEST_SLEEP = 0.5  # seconds
SOON = 0.02
"""Seconds before a second look when the first finds nothing: the batch that added the row may not be committed yet."""


class TaskProcess(ABC):
    """Set `_wake` after adding a row. `concerns` are the kinds of events that the process takes; None for all. `tables` are
    those that `apply` fills."""

    name: str
    tables: tuple[str, ...]
    concerns: frozenset[str] | None = None

    def __init__(self, pool: AsyncConnectionPool[AsyncConnection]) -> None:
        self._pool = pool
        self._wake = asyncio.Event()

    async def start_over(self, log: Source, pool: AsyncConnectionPool[AsyncConnection]) -> None:
        """See `mediation.store.follow.consumer.Consumer`. A task that comes back although it was done long ago leads to a
        command that finds everything already so: nothing is done twice."""
        async with pool.connection() as connection, connection.transaction():
            await progress.start_over(connection, self.name, self.tables)

    async def run(self) -> None:
        """Runs until cancelled."""
        while True:
            woken = self._wake.is_set()
            self._wake.clear()
            found = await self.work()
            with suppress(TimeoutError):
                async with asyncio.timeout(SOON if woken and not found else LONGEST_SLEEP):
                    await self._wake.wait()

    @abstractmethod
    async def work(self) -> int:
        """Does what is due and returns how much that was. What fails is tried again later; the rest goes on."""

    async def _execute(self, statement: str, parameters: Sequence[object]) -> None:
        async with self._pool.connection() as conn:
            await conn.execute(statement, parameters)
