"""Rotations: after an erasure, a new master key is made and the former one destroyed.

Wrapping a hundred thousand keys again takes seconds, too much for each single erasure. So it is done at most once every
`every` seconds, and completes the erasures of that time together. The person is unreadable before that; the rotation
only makes backups of the key store useless for what was erased. When it is done, the log records it for each person.
"""

import asyncio

import structlog
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from domain.privacy.erasure import RecordCompleted
from mediation.engine import Engine
from mediation.processes import ENGINE
from mediation.store.clocks import Clocks
from mediation.store.keys import rotation
from mediation.store.keys.masters import Masters
from mediation.store.keys.rotation import AlreadyRotating

_PAUSE = 5.0
"""Seconds between two looks."""

_log = structlog.get_logger(__name__)


class Rotations:
    """`every` is in seconds. `keys` is the pool of the key store. Masters that cannot be destroyed here are left alone."""

    name = "rotations"

    def __init__(
        self,
        keys: AsyncConnectionPool[AsyncConnection],
        masters: Masters,
        engine: Engine,
        clocks: Clocks,
        *,
        every: float,
    ) -> None:
        self._keys = keys
        self._masters = masters
        self._engine = engine
        self._clocks = clocks
        self._every = every

    async def run(self) -> None:
        """Runs until cancelled."""
        while True:
            await self.work()
            await asyncio.sleep(_PAUSE)

    async def work(self) -> int:
        """Rotates if that is due, and records whose erasure is complete; returns how many."""
        if self._masters.destroys and await rotation.due(self._keys, self._every):
            try:
                rotated = await rotation.rotate(self._keys, self._masters)
            except AlreadyRotating:
                return 0
            _log.info("master_rotated", keys=rotated.keys)
        return await self.record()

    async def record(self) -> int:
        complete = await rotation.untold(self._keys)
        for one in complete:
            command = RecordCompleted.model_validate(
                {
                    "marketplace": one.marketplace,
                    "actor": ENGINE,
                    "now": await self._clocks.now(one.marketplace),
                    "subject": one.subject,
                    "number": one.number,
                    "completed_at": one.completed_at,
                }
            )
            outcome = await self._engine.handle(command)
            if one.number in outcome.case.person.erased:  # otherwise the log does not record the erasure yet
                await rotation.tell(self._keys, one)
        return len(complete)
