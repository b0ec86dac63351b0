"""Whether the database takes writes: the part of readiness that costs a write."""

import asyncio
from time import monotonic

import structlog
from psycopg import AsyncConnection, Error
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from mediation.store.postgres import probe

_PATIENCE = 2.0
"""Seconds that a proof may take."""

_EVERY = 1.0
"""Seconds for which one proof of a write counts. Anybody may ask, so asking often must cost nothing."""

_log = structlog.get_logger(__name__)


class WriteProof:
    """Whether the database takes writes, as it was found at most `_EVERY` seconds ago. One per worker."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()
        self._found: bool | None = None
        self._at = 0.0

    async def holds(self, pool: AsyncConnectionPool[AsyncConnection]) -> bool:
        async with self._turn:
            if self._found is None or monotonic() - self._at >= _EVERY:
                self._found = await self._try(pool)
                self._at = monotonic()
            return self._found

    async def _try(self, pool: AsyncConnectionPool[AsyncConnection]) -> bool:
        try:
            async with asyncio.timeout(_PATIENCE):
                await probe.prove(pool, timeout=_PATIENCE)
        except (Error, PoolTimeout, TimeoutError) as error:
            _log.error("no_writes", error=type(error).__name__, sqlstate=getattr(error, "sqlstate", None))
            return False
        return True
