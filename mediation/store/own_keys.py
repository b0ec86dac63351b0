"""Keys of single items, such as a mail or a notice that arrived, until it is known whom the item is about.

What is sealed under such a key is gone when the key is destroyed, also from backups, as with the keys of persons.
"""

import asyncio
from collections.abc import Collection
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

from mediation.store.keys.keys import DataKey, KeyStore

_ANY_TIME = datetime(9999, 1, 1, tzinfo=UTC)


class Sealed(NamedTuple):
    key_id: UUID
    bytes: bytes


class OwnKeys:
    def __init__(self, keys: KeyStore) -> None:
        self._keys = keys

    async def seal(self, item_id: UUID, of: UUID, plain: bytes, bound_to: bytes) -> Sealed:
        """Seals under the item's own key. `of` stands for who sent the item."""
        return await self._sealed((await self._keys.ensure({item_id}, {item_id: of}))[item_id], plain, bound_to)

    async def seal_for(self, subject: UUID, plain: bytes, bound_to: bytes) -> Sealed:
        """Seals under the key of a person."""
        return await self._sealed((await self._keys.ensure({subject}))[subject], plain, bound_to)

    async def readable(self, subject: UUID) -> bool:
        """Whether something may be sealed for this person. False for one who was erased."""
        return await self._keys.readable(subject)

    async def key(self, key_id: UUID) -> DataKey | None:
        """None if the key was destroyed."""
        return (await self._keys.load({key_id}))[key_id]

    async def lost(self, key_ids: Collection[UUID]) -> set[UUID]:
        """Those of these keys that were destroyed, of items and of persons."""
        keys = await self._keys.load(set(key_ids))
        return {key_id for key_id in key_ids if keys[key_id] is None}

    async def open(self, key_id: UUID, sealed: bytes, bound_to: bytes) -> bytes | None:
        """None if the key was destroyed."""
        key = await self.key(key_id)
        return await asyncio.to_thread(key.open, sealed, bound_to) if key is not None else None

    async def destroy(self, item_id: UUID) -> None:
        await self._keys.destroy(item_id, _ANY_TIME, living=True)

    async def _sealed(self, key: DataKey, plain: bytes, bound_to: bytes) -> Sealed:
        return Sealed(key.id, await asyncio.to_thread(key.seal, plain, bound_to))
