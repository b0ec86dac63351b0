"""Counts of the pools of connections to PostgreSQL."""

import asyncio
from collections.abc import Mapping
from typing import Any

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from mediation.counts import Cells

Pool = AsyncConnectionPool[AsyncConnection]

POOLS = ("log", "keys")
MOST, OPEN, IDLE, WAITING, WAITED, SECONDS, FAILED = range(7)
_EACH = 7
_NOW = ((MOST, "pool_max"), (OPEN, "pool_size"), (IDLE, "pool_available"), (WAITING, "requests_waiting"))
_EVERY = 1.0
"""Seconds. Another worker may be asked for the metrics, and sees what was noted last."""


class PoolCounts:
    """The numbers of one worker, as the pools had them when `note` was called last.

    For each pool: how many connections it may have, has, and has idle; how many requests wait for one now. Then what only
    grows: how many requests had to wait, for how many seconds in all, and how many got none.
    """

    SIZE = _EACH * len(POOLS)

    def __init__(self, pools: Mapping[str, Pool], cells: Cells) -> None:
        self._pools = [(place(name), pool) for name, pool in pools.items()]
        self._cells = cells

    async def run(self) -> None:
        """Runs until cancelled."""
        while True:
            self.note()
            await asyncio.sleep(_EVERY)

    def note(self) -> None:
        for at, pool in self._pools:
            known: Mapping[str, Any] = pool.pop_stats()
            for number, name in _NOW:
                self._cells[at + number] = known.get(name, 0)
            self._cells[at + WAITED] += known.get("requests_queued", 0)
            self._cells[at + SECONDS] += known.get("requests_wait_ms", 0) / 1000
            self._cells[at + FAILED] += known.get("requests_errors", 0)


def place(pool: str) -> int:
    """Where the numbers of a pool begin."""
    return POOLS.index(pool) * _EACH
