"""What processes share that keep a table of what they have to do: looking at it when a fact has put something there, and
besides now and then, as another worker may have."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import suppress

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

LONGEST_SLEEP = 0.5  # seconds
SOON = 0.02
"""Seconds until it is looked again for what somebody was woken for: the batch that put it there may not be committed yet."""


class TaskProcess(ABC):
    """Set `_wake` where something was put into the table. `concerns` are the kinds of facts that it takes, None for all."""

    concerns: frozenset[str] | None = None

    def __init__(self, pool: AsyncConnectionPool[AsyncConnection]) -> None:
        self._pool = pool
        self._wake = asyncio.Event()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            woken = self._wake.is_set()
            self._wake.clear()
            found = await self.work()
            with suppress(TimeoutError):
                async with asyncio.timeout(SOON if woken and not found else LONGEST_SLEEP):
                    await self._wake.wait()

    @abstractmethod
    async def work(self) -> int:
        """Does what there is to do; how much that was. What fails is tried again, and the rest goes on."""

    async def _execute(self, statement: str, parameters: Sequence[object]) -> None:
        async with self._pool.connection() as conn:
            await conn.execute(statement, parameters)
