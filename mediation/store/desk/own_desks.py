"""How a person has arranged their desk: saved filters, and how far they are in the tour of the console.

It is a table without a history. The filters are sealed under the person's own key. `tag` names one state of them: no other
state ever has the same.
"""

from collections.abc import Collection
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from mediation.store.keys.keys import KeyStore

Pool = AsyncConnectionPool[AsyncConnection]

_FIRST = """INSERT INTO own_desk (subject, marketplace, tag, key_id, sealed) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (subject, marketplace) DO UPDATE SET tag = excluded.tag, key_id = excluded.key_id, sealed = excluded.sealed
WHERE own_desk.tag IS NULL"""
_REPLACE = (
    "UPDATE own_desk SET tag = %s, key_id = %s, sealed = %s WHERE subject = %s AND marketplace = %s AND tag = ANY(%s)"
)
_READ = "SELECT tag, key_id, sealed FROM own_desk WHERE subject = %s AND marketplace = %s AND tag IS NOT NULL"
_TOUR = "SELECT tour FROM own_desk WHERE subject = %s AND marketplace = %s"
_KEEP_TOUR = """INSERT INTO own_desk (subject, marketplace, tour) VALUES (%s, %s, %s)
ON CONFLICT (subject, marketplace) DO UPDATE SET tour = excluded.tour"""
_FORGET = "DELETE FROM own_desk WHERE subject = %s AND marketplace = %s"


@dataclass(frozen=True, slots=True)
class Saved:
    """`content` is as it was saved."""

    tag: str
    content: bytes


@dataclass(frozen=True, slots=True)
class OwnDesk:
    """The desk of one person in one marketplace. An auditor of all marketplaces has one under the empty name."""

    pool: Pool
    keys: KeyStore
    marketplace: str
    subject: UUID

    async def filters(self) -> Saved | None:
        """None also for filters whose key is destroyed."""
        async with self.pool.connection() as connection:
            row = await (await connection.execute(_READ, (self.subject, self.marketplace))).fetchone()
        if row is None:
            return None
        tag, key_id, sealed = row
        key = (await self.keys.load({key_id}))[key_id]
        return None if key is None else Saved(tag, key.open(sealed, self._bound_to))

    async def save_filters(self, content: bytes, *, read: Collection[str]) -> str | None:
        """The tag of the new state. None, and nothing saved, if the filters are in none of the states `read`; without any, if
        there are filters.
        """
        key = (await self.keys.ensure({self.subject}))[self.subject]
        sealed = key.seal(content, self._bound_to)
        tag = sha256(sealed).hexdigest()[:32]
        whose = (self.subject, self.marketplace)
        async with self.pool.connection() as connection:
            if read:
                found = await connection.execute(_REPLACE, (tag, key.id, sealed, *whose, [*read]))
            else:
                found = await connection.execute(_FIRST, (*whose, tag, key.id, sealed))
        return tag if found.rowcount else None

    async def tour(self) -> int | None:
        """How far the person is in the tour; None: they have not seen that there is one."""
        async with self.pool.connection() as connection:
            row = await (await connection.execute(_TOUR, (self.subject, self.marketplace))).fetchone()
        return row[0] if row else None

    async def keep_tour(self, step: int) -> None:
        async with self.pool.connection() as connection:
            await connection.execute(_KEEP_TOUR, (self.subject, self.marketplace, step))

    @property
    def _bound_to(self) -> bytes:
        return b"saved filters" + self.subject.bytes


async def forget(connection: AsyncConnection, subject: UUID, marketplace: str) -> None:
    """Deletes what a person who was erased had arranged."""
    await connection.execute(_FORGET, (subject, marketplace))
