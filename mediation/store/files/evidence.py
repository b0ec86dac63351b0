"""Whose evidence files a place holds: the database has an id, and the place of its files is marked with it.

The marker is written once, when the first worker of a new database starts, and compared at every start and before every
file that is stored. So a folder that is not mounted, or that another server has for itself, is noticed before a file
is written where nobody will look for it. The database knows that its place was marked: from then on a place without
marker is `missing`, and is not marked again.
"""

import asyncio
from uuid import UUID

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from domain.evidence.exhibit_facts import File
from domain.kernel.base import Event
from mediation.store.files.place import MARKER, EvidenceUnavailable, Place, path_of
from mediation.store.log.arrays import Texts
from mediation.store.log.log import EventLog
from mediation.store.postgres.pool import fetch

_STANDS = "SELECT id, marked_at IS NOT NULL FROM evidence_store FOR UPDATE"
_MARKED = "UPDATE evidence_store SET marked_at = clock_timestamp()"
_NEWEST = "SELECT position FROM fact WHERE kind = ANY(%b) AND position < %b ORDER BY position DESC LIMIT 500"
_END = 2**62

_LOOKED_AT = 50
"""How many files of a database without a marked place are looked for: the newest."""


class Evidence:
    """The place of this database's evidence files. All methods raise EvidenceUnavailable."""

    def __init__(self, pool: AsyncConnectionPool[AsyncConnection], log: EventLog, place: Place) -> None:
        self._pool = pool
        self._log = log
        self.place = place
        self._owner: str | None = None

    async def check(self, *, marks: bool = True) -> None:
        """Returns if the place is this database's. With `marks`, the first call ever marks it."""
        if self._owner is None or await asyncio.to_thread(self.place.owner) != self._owner:
            await self._claim(marks=marks)

    async def take(self) -> None:
        """Marks the place to which the files of this database are copied back, unless it is another database's."""
        async with self._pool.connection() as connection, connection.transaction():
            owner, _ = await _stands(connection)
            if (found := await asyncio.to_thread(self.place.owner)) not in (None, str(owner)):
                raise self._of_another(found, owner)
            await asyncio.to_thread(self.place.mark, owner)
            await connection.execute(_MARKED)

    async def _claim(self, *, marks: bool) -> None:
        """One worker at a time: of two that start with different folders, the second learns that there is another."""
        async with self._pool.connection() as connection, connection.transaction():
            owner, marked = await _stands(connection)
            found = await asyncio.to_thread(self.place.owner)
            if found not in (None, str(owner)):
                raise self._of_another(found, owner)
            if found is None and (marked or await self._are_elsewhere()):
                raise self._missing(owner)
            if found is None and not marks:
                return
            if found is None:
                await asyncio.to_thread(self.place.mark, owner)
            if not marked:
                await connection.execute(_MARKED)
        self._owner = str(owner)

    async def _are_elsewhere(self) -> bool:
        """Whether a database of a release without markers has files, and none of the newest is here."""
        looked_at = 0
        kinds = [kind for kind, event in Event.registry.items() if "file" in event.model_fields]
        before = _END
        while looked_at < _LOOKED_AT:
            positions = [row[0] for row in await fetch(self._pool, _NEWEST, (Texts(kinds), before))]
            if not positions:
                break
            for recorded in reversed(await self._log.at(positions)):
                file = getattr(recorded.event, "file", None)
                if isinstance(file, File):
                    looked_at += 1
                    if await asyncio.to_thread(self._is_here, file.blob_id):
                        return False
            before = positions[-1]
        return looked_at > 0

    def _is_here(self, blob_id: UUID) -> bool:
        try:
            self.place.size(path_of(blob_id))
        except (FileNotFoundError, EvidenceUnavailable):
            return False
        return True

    def _missing(self, owner: UUID) -> EvidenceUnavailable:
        return EvidenceUnavailable(
            "missing",
            f"the evidence files of this database are not in {self.place.address}: mount that folder again, or say in "
            "MEDIATION_EVIDENCE_URL where they are (all servers of a database share one place). If they are lost, put them "
            f"back from a backup. To go on without them, write {owner} into {self.place.address}/{MARKER}",
        )

    def _of_another(self, found: str | None, owner: UUID) -> EvidenceUnavailable:
        return EvidenceUnavailable(
            "another_database",
            f"{self.place.address} holds the evidence files of another database: its {MARKER} says {found}, and this "
            f"database is {owner}. Give each database a place of its own in MEDIATION_EVIDENCE_URL",
        )


async def _stands(connection: AsyncConnection) -> tuple[UUID, bool]:
    row = await (await connection.execute(_STANDS)).fetchone()
    assert row is not None, "made with its table"
    return row[0], row[1]
