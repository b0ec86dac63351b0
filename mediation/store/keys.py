"""Data keys, one living key per person, wrapped by a master key; and the keyed hash behind derived ids and look-ups.

Destroying a key is how a person is erased: its row stays, the key in it goes, and what was sealed under it reads "[erased]".
"""

import hmac
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID, uuid4

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from mediation.store.arrays import Bytes, Uuids
from mediation.store.cache import Cache, Rounds
from mediation.store.pool import fetch

NONCE = 12
"""Bytes of the random number under which AES-256-GCM seals one text; never used twice."""

_LIVING = "SELECT id, subject, wrapped FROM keys.data_key WHERE subject = ANY(%b) AND destroyed_at IS NULL"
_BY_ID = "SELECT id, subject, wrapped FROM keys.data_key WHERE id = ANY(%b)"
_MADE_OR_LIVING = f"""WITH made AS (
  INSERT INTO keys.data_key (id, subject, wrapped) SELECT * FROM unnest(%b, %b, %b)
  ON CONFLICT (subject) WHERE destroyed_at IS NULL DO NOTHING RETURNING id, subject, wrapped)
SELECT * FROM made UNION ALL {_LIVING}"""
"""Waits for the disk before anything is sealed under what it made: a key that a crash forgets would take the texts with it."""

_DESTROY = """UPDATE keys.data_key SET wrapped = NULL, destroyed_at = clock_timestamp()
WHERE subject = %b AND destroyed_at IS NULL AND created_at <= %b RETURNING id"""
_ERASURES = "SELECT subject, number, marketplace, ground, erased_at, completed_at FROM keys.erasure"
_NOTE = """WITH noted AS (INSERT INTO keys.erasure (subject, number, marketplace, ground, erased_at)
  VALUES (%b, %b, %b, %b, coalesce(%b, clock_timestamp())) ON CONFLICT (subject, number) DO NOTHING RETURNING erased_at)
SELECT erased_at FROM noted UNION ALL SELECT erased_at FROM keys.erasure WHERE (subject, number) = (%b, %b)"""


class WrongMasterKey(Exception):
    """The stored data keys were wrapped by another master key."""


@dataclass(frozen=True, slots=True)
class DataKey:
    """One person's key, unwrapped. AES-256-GCM with a random nonce, which stands before the ciphertext."""

    id: UUID
    subject: UUID
    cipher: AESGCM

    def seal(self, plain: bytes, bound_to: bytes, nonce: bytes | None = None) -> bytes:
        """`nonce`: a fresh one, where somebody draws those of many texts together; each draw is a call of the system."""
        nonce = nonce or secrets.token_bytes(NONCE)
        return nonce + self.cipher.encrypt(nonce, plain, bound_to)

    def open(self, sealed: bytes, bound_to: bytes) -> bytes:
        """Raises `InvalidTag` for anything but what this key sealed, bound to just this."""
        return self.cipher.decrypt(sealed[:NONCE], sealed[NONCE:], bound_to)


@dataclass(frozen=True, slots=True)
class Erasure:
    """That a person was erased: the `number`-th time, on what ground, and when. Kept beside the keys, and for ever.

    `completed_at` is when the last master key was destroyed that could open a copy of the person's key in some backup.
    """

    subject: UUID
    number: int
    marketplace: str
    ground: str
    erased_at: datetime | None = None
    completed_at: datetime | None = None


class KeyStore:
    """The data keys, with a cache in front.

    `ttl` (seconds) is how long a key destroyed by another worker may still be used by this one; `bound` is the number of keys
    remembered. Look-ups made while one is under way share the next statement.
    """

    def __init__(
        self, pool: AsyncConnectionPool[AsyncConnection], master: bytes, *, ttl: float = 60.0, bound: int = 20_000
    ) -> None:
        if len(master) != 32:
            raise ValueError("the master key has 32 bytes")
        self._pool = pool
        self._master = AESGCM(master)
        self._living = Cache[DataKey](ttl, bound)
        self._by_id = Cache[DataKey | None](ttl, bound)
        self._subjects = Rounds[Collection[UUID], None](self._fetch_living)
        self._ids = Rounds[Collection[UUID], None](self._fetch_by_id)

    async def ensure(self, subjects: Collection[UUID]) -> None:
        """Afterwards `of` knows a living key of each subject; one who has none gets one, whoever else is making it."""
        if missing := self._living.missing(subjects):
            await self._subjects.ask(missing)

    def of(self, subject: UUID) -> DataKey:
        """The key ensured before; `KeyError` when it was not."""
        return self._living[subject]

    def by_id(self, id: UUID) -> DataKey | None:
        """The key loaded before; None when it is destroyed."""
        return self._by_id[id]

    async def load(self, ids: Collection[UUID]) -> dict[UUID, DataKey | None]:
        """The keys with these ids; None for one destroyed. `KeyError` for one that never was."""
        if missing := self._by_id.missing(ids):
            await self._ids.ask(missing)
        return {id: self._by_id[id] for id in ids}

    async def erase(self, erasure: Erasure) -> datetime:
        """Erases a person: nothing sealed under their key until then can be opened again. Says when that was.

        Notes it beside the keys, before the key goes; repeated, it finds the note, and destroys only what is older than that:
        a person who came back meanwhile has another key, and a key that a backup brought back goes again.
        """
        about = (erasure.subject, erasure.number)
        parameters = (*about, erasure.marketplace, erasure.ground, erasure.erased_at, *about)
        ((erased_at,),) = await fetch(self._pool, _NOTE, parameters)
        destroyed = await fetch(self._pool, _DESTROY, [erasure.subject, erased_at])
        self._living.forget(erasure.subject)
        for (id,) in destroyed:
            self._by_id.put(id, None)
        return cast(datetime, erased_at)

    async def erasures(self) -> list[Erasure]:
        """Everybody who was ever erased, in the order in which that happened."""
        return [Erasure(*row) for row in await fetch(self._pool, f"{_ERASURES} ORDER BY erased_at, subject")]

    async def readable(self, subject: UUID) -> bool:
        """Whether there is a key under which something of theirs may be sealed."""
        return bool(await fetch(self._pool, _LIVING, [Uuids([subject])]))

    async def _fetch_by_id(self, asked: Sequence[Collection[UUID]]) -> list[None]:
        ids = set().union(*asked)
        self._remember(await fetch(self._pool, _BY_ID, [Uuids(ids)]))
        return [None] * len(asked)

    async def _fetch_living(self, asked: Sequence[Collection[UUID]]) -> list[None]:
        subjects = set().union(*asked)
        new = {subject: uuid4() for subject in subjects}
        wrapped = Bytes(self._wrap(id, subject) for subject, id in new.items())
        parameters = [Uuids(new.values()), Uuids(new), wrapped, Uuids(new)]
        found = self._remember(await fetch(self._pool, _MADE_OR_LIVING, parameters))
        if without := subjects - found:  # made by another worker meanwhile
            self._remember(await fetch(self._pool, _LIVING, [Uuids(without)]))
        return [None] * len(asked)

    def _remember(self, rows: list[tuple[UUID, UUID, bytes | None]]) -> set[UUID]:
        """The subjects whose keys are living."""
        living = set()
        for id, subject, wrapped in rows:
            if wrapped is None:
                self._by_id.put(id, None)
                continue
            key = DataKey(id, subject, AESGCM(self._unwrap(id, subject, wrapped)))
            self._by_id.put(id, key)
            self._living.put(subject, key)
            living.add(subject)
        return living

    def _wrap(self, id: UUID, subject: UUID) -> bytes:
        nonce = secrets.token_bytes(NONCE)
        return nonce + self._master.encrypt(nonce, AESGCM.generate_key(256), id.bytes + subject.bytes)

    def _unwrap(self, id: UUID, subject: UUID, wrapped: bytes) -> bytes:
        try:
            return self._master.decrypt(wrapped[:NONCE], wrapped[NONCE:], id.bytes + subject.bytes)
        except InvalidTag:
            raise WrongMasterKey(f"data key {id} does not open") from None


class Blind:
    """A keyed hash (HMAC-SHA256) over length-prefixed parts.

    A plain hash would let anybody test whether an order, say, is in the log.
    """

    def __init__(self, secret: bytes) -> None:
        if len(secret) < 32:
            raise ValueError("the secret of a keyed hash has at least 32 bytes")
        self._keyed = hmac.new(secret, digestmod="sha256")

    def digest(self, *parts: bytes | str) -> bytes:
        """32 bytes."""
        hashed = self._keyed.copy()
        for part in parts:
            encoded = part.encode() if isinstance(part, str) else part
            hashed.update(len(encoded).to_bytes(8, "big") + encoded)
        return hashed.digest()

    def uuid(self, *parts: str) -> UUID:
        """The first 128 bits as a UUID of version 8 (RFC 9562: the bits are ours to choose)."""
        bits = bytearray(self.digest(*parts)[:16])
        bits[6] = bits[6] & 0x0F | 0x80
        bits[8] = bits[8] & 0x3F | 0x80
        return UUID(bytes=bytes(bits))
