"""Drafts of rulings: one for each neutral of a dispute, in a table without a history. Nobody is told that there is one.

The content is sealed under the neutral's own key. `tag` names one state of the draft: no other state ever has the same.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from mediation.store.keys.keys import KeyStore

Pool = AsyncConnectionPool[AsyncConnection]

_ADD = """INSERT INTO ruling_draft (dispute_id, subject, marketplace, tag, key_id, sealed, saved_at)
VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING"""
_REPLACE = """UPDATE ruling_draft SET tag = %s, key_id = %s, sealed = %s, saved_at = %s, stored_at = clock_timestamp()
WHERE dispute_id = %s AND subject = %s AND tag = ANY(%s)"""
_READ = "SELECT tag, key_id, sealed, saved_at FROM ruling_draft WHERE dispute_id = %s AND subject = %s"
_DELETE = "DELETE FROM ruling_draft WHERE dispute_id = %s AND subject = %s"
_END = "DELETE FROM ruling_draft WHERE dispute_id = %s AND stored_at <= %s"
_FORGET = "DELETE FROM ruling_draft WHERE subject = %s AND marketplace = %s"


@dataclass(frozen=True, slots=True)
class Draft:
    """`content` is as it was saved."""

    tag: str
    content: bytes
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class Drafts:
    """The drafts of one neutral."""

    pool: Pool
    keys: KeyStore
    marketplace: str
    neutral: UUID

    async def read(self, dispute_id: UUID) -> Draft | None:
        """None also for a draft whose key is destroyed."""
        async with self.pool.connection() as connection:
            row = await (await connection.execute(_READ, (dispute_id, self.neutral))).fetchone()
        if row is None:
            return None
        tag, key_id, sealed, saved_at = row
        key = (await self.keys.load({key_id}))[key_id]
        return None if key is None else Draft(tag, key.open(sealed, self._bound_to(dispute_id)), saved_at)

    async def save(self, dispute_id: UUID, content: bytes, at: datetime, *, read: Collection[str]) -> str | None:
        """The tag of the new state. None, and nothing saved, if the draft is in none of the states `read`; without any, if
        there is a draft.
        """
        key = (await self.keys.ensure({self.neutral}))[self.neutral]
        sealed = key.seal(content, self._bound_to(dispute_id))
        tag = sha256(sealed).hexdigest()[:32]
        async with self.pool.connection() as connection:
            if read:
                found = await connection.execute(_REPLACE, (tag, key.id, sealed, at, dispute_id, self.neutral, [*read]))
            else:
                found = await connection.execute(
                    _ADD, (dispute_id, self.neutral, self.marketplace, tag, key.id, sealed, at)
                )
        return tag if found.rowcount else None

    async def delete(self, dispute_id: UUID) -> None:
        async with self.pool.connection() as connection:
            await connection.execute(_DELETE, (dispute_id, self.neutral))

    def _bound_to(self, dispute_id: UUID) -> bytes:
        return b"ruling draft" + dispute_id.bytes + self.neutral.bytes


async def end(connection: AsyncConnection, dispute_id: UUID, at: datetime) -> None:
    """Deletes what was drafted in a dispute by the instant of a fact that ends its drafts; not what was drafted after it."""
    await connection.execute(_END, (dispute_id, at))


async def forget(connection: AsyncConnection, subject: UUID, marketplace: str) -> None:
    """Deletes the drafts of a person who was erased."""
    await connection.execute(_FORGET, (subject, marketplace))
