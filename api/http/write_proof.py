"""Whether the database and the place of the evidence files take writes: the parts of readiness that cost a write."""

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Generic, Literal, TypeVar

import structlog
from psycopg import AsyncConnection, Error
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from mediation.store.files.evidence import Evidence
from mediation.store.files.place import EvidenceUnavailable, Why
from mediation.store.postgres import probe

PATIENCE = 2.0
"""Seconds that a proof may take."""

EVERY, EVERY_FILE = 1.0, 10.0
"""Seconds for which one proof of a write counts, in the database and among the files. Anybody may ask, so asking often
must cost nothing."""

T = TypeVar("T")

Standing = Literal["ok"] | Why

_log = structlog.get_logger(__name__)


class Proof(Generic[T]):
    """What was found at most `every` seconds ago. One per worker."""

    def __init__(self, every: float) -> None:
        self._every = every
        self._turn = asyncio.Lock()
        self._found: T | None = None
        self._at = 0.0

    async def of(self, find: Callable[[], Awaitable[T]]) -> T:
        async with self._turn:
            if self._found is None or monotonic() - self._at >= self._every:
                self._found = await find()
                self._at = monotonic()
            return self._found


async def takes_writes(pool: AsyncConnectionPool[AsyncConnection]) -> bool:
    """Whether the database takes one."""
    try:
        async with asyncio.timeout(PATIENCE):
            await probe.prove(pool, timeout=PATIENCE)
    except (Error, PoolTimeout, TimeoutError) as error:
        _log.error("no_writes", error=type(error).__name__, sqlstate=getattr(error, "sqlstate", None))
        return False
    return True


async def standing_of(evidence: Evidence) -> Standing:
    """Whether the evidence files are there, and a folder takes another one."""
    try:
        async with asyncio.timeout(PATIENCE):
            await evidence.check(marks=False)
            await asyncio.to_thread(evidence.place.try_writing)
    except EvidenceUnavailable as error:
        return error.why
    except TimeoutError:
        return "unreachable"
    return "ok"
