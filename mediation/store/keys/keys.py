"""Data keys, one living key per person, wrapped by a master key.

A person may have keys of their own for single purposes too, such as the contacts about one order. Such a key can be destroyed
alone, and goes with the person's.

Destroying a key erases the person: its row stays, the key in it is deleted, and everything sealed under it reads
"[erased]". The key is retired first: workers remember keys for a while, and what a worker seals in that time must not
be lost with the key.
"""

import secrets
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from time import time
from typing import Any, cast
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from mediation.store.keys.cache import Cache, Coalescer
from mediation.store.keys.masters import Masters, WrongMasterKey
from mediation.store.log.arrays import Bytes, Uuids
from mediation.store.postgres.pool import fetch

_Row = tuple[UUID, UUID, bytes | None, str | None, bool]

NONCE = 12
"""Bytes of the random number with which AES-256-GCM seals one text; never used twice."""

_LATELY = 60.0
"""Seconds. Each check reads all keys destroyed or retired in this time, so that it misses none committed late."""
_MANY = 20_000
_ON_ITS_WAY = 1.0
"""Seconds that a text may take from its sealing until it is in the log."""
_ATTEMPTS = 5

_COLUMNS = "id, subject, wrapped, master, destroyed_at IS NULL AND retired_at IS NULL"
_LIVING = (
    f"SELECT {_COLUMNS} FROM keys.data_key WHERE subject = ANY(%b) AND destroyed_at IS NULL AND retired_at IS NULL"
)
BY_ID = f"SELECT {_COLUMNS} FROM keys.data_key WHERE id = ANY(%b)"
_MADE_OR_LIVING = f"""WITH current AS (SELECT id AS master FROM keys.master WHERE id = %b AND retired_at IS NULL FOR SHARE),
made AS (
  INSERT INTO keys.data_key (id, subject, wrapped, person, master)
  SELECT new.*, master FROM unnest(%b, %b, %b, %b) new CROSS JOIN current
  ON CONFLICT (subject) WHERE destroyed_at IS NULL AND retired_at IS NULL DO NOTHING RETURNING {_COLUMNS})
SELECT * FROM made UNION ALL {_LIVING}"""
"""Waits for the disk before the caller seals anything under a new key: if a crash lost the key, the texts would be lost
too. The lock keeps a master from retiring before the keys that it wrapped are visible and can be wrapped again."""

_ADOPT = """WITH first AS (INSERT INTO keys.master (id) SELECT %b WHERE NOT EXISTS (SELECT FROM keys.master)
  ON CONFLICT DO NOTHING RETURNING id)
UPDATE keys.data_key SET master = %b WHERE master IS NULL AND EXISTS (SELECT FROM first WHERE id = %b) RETURNING 1"""
_CURRENT = "SELECT id FROM keys.master WHERE retired_at IS NULL"

_RETIRE = """WITH retired AS (
  UPDATE keys.data_key SET retired_at = clock_timestamp()
  WHERE (subject = %b OR person = %b) AND destroyed_at IS NULL AND retired_at IS NULL RETURNING retired_at)
SELECT extract(epoch FROM clock_timestamp() - max(at))::float8 FROM (
  SELECT retired_at FROM retired
  UNION ALL SELECT retired_at FROM keys.data_key WHERE (subject = %b OR person = %b) AND destroyed_at IS NULL) k (at)"""
_READABLE = "SELECT EXISTS (SELECT FROM keys.data_key WHERE (subject = %b OR person = %b) AND destroyed_at IS NULL)"
_MET = "SELECT DISTINCT subject FROM keys.data_key WHERE subject = ANY(%b)"
_DESTROY = """UPDATE keys.data_key SET wrapped = NULL, destroyed_at = clock_timestamp()
WHERE (subject = %b OR person = %b) AND destroyed_at IS NULL AND created_at <= %b RETURNING id, subject, true"""
_DESTROY_ONE = """UPDATE keys.data_key SET wrapped = NULL, destroyed_at = clock_timestamp()
WHERE subject = %b AND person IS NOT NULL AND destroyed_at IS NULL AND created_at <= %b AND (retired_at IS NOT NULL OR %b)
RETURNING id, subject, true"""
_ENDED = """SELECT id, subject, destroyed_at IS NOT NULL FROM keys.data_key
WHERE destroyed_at > clock_timestamp() - make_interval(secs => %b)
OR retired_at > clock_timestamp() - make_interval(secs => %b) LIMIT %b"""
_ERASURES = "SELECT subject, number, marketplace, ground, erased_at, completed_at FROM keys.erasure"
_NOTE = """WITH noted AS (INSERT INTO keys.erasure (subject, number, marketplace, ground, erased_at, up_to)
  SELECT %b, %b, %b, %b, coalesce(told, clock_timestamp()), coalesce(told,
    (SELECT max(retired_at) FROM keys.data_key WHERE (subject = %b OR person = %b) AND destroyed_at IS NULL),
    clock_timestamp())
  FROM (SELECT %b::timestamptz) given (told)
  ON CONFLICT (subject, number) DO NOTHING RETURNING erased_at, up_to)
SELECT * FROM noted
UNION ALL SELECT erased_at, coalesce(up_to, erased_at) FROM keys.erasure WHERE (subject, number) = (%b, %b)"""


@dataclass(frozen=True, slots=True)
class DataKey:
    """One person's key, unwrapped. AES-256-GCM with a random nonce, which stands before the ciphertext.

    A cipher is made when it is needed, in a microsecond: kept, it would take 2.5 kB for each remembered key.
    """

    id: UUID
    subject: UUID
    secret: bytes = field(repr=False)

    def seal(self, plain: bytes, bound_to: bytes) -> bytes:
        return self.sealer()(plain, bound_to, secrets.token_bytes(NONCE))

    def sealer(self) -> Callable[[bytes, bytes, bytes], bytes]:
        """Returns a function that seals a text, bound to `bound_to`, under a fresh nonce that the caller gives."""
        encrypt = AESGCM(self.secret).encrypt
        return lambda plain, bound_to, nonce: nonce + encrypt(nonce, plain, bound_to)

    def open(self, sealed: bytes, bound_to: bytes) -> bytes:
        """Raises `InvalidTag` for anything that this key did not seal with the same `bound_to`."""
        return AESGCM(self.secret).decrypt(sealed[:NONCE], sealed[NONCE:], bound_to)


KeysById = dict[UUID, DataKey | None]
"""None for a destroyed key."""
LivingKeys = dict[UUID, DataKey]
"""By subject."""
Persons = Mapping[UUID, UUID | None]
"""The person of each subject that is a purpose; None for one that is a person itself."""
NOBODY: Mapping[UUID, UUID] = {}


@dataclass(frozen=True, slots=True)
class Erasure:
    """A person was erased: the `number`-th time, on what ground, and when. Kept beside the keys, for ever.

    `completed_at` is when the last master key was destroyed that could open a copy of the person's key in a backup.
    """

    subject: UUID
    number: int
    marketplace: str
    ground: str
    erased_at: datetime | None = None
    completed_at: datetime | None = None


class KeyStore:
    """The data keys, with a cache in front.

    `ttl` (seconds) is how long this worker may still use a key that another worker retired or destroyed. At this
    interval, before it answers from the cache, one statement reads which keys those are. `ttl` is the same in all
    workers. `bound` is how many keys are remembered. Look-ups made while one is under way share the next statement.
    """

    def __init__(
        self,
        pool: AsyncConnectionPool[AsyncConnection],
        masters: Masters,
        *,
        ttl: float = 2.0,
        bound: int = 5_000,
    ) -> None:
        self._pool = pool
        self._masters = masters
        self._ttl = ttl
        self._told = time()  # a monotonic clock stands still while the machine is suspended
        self._living = Cache[DataKey](bound)
        self._by_id = Cache[DataKey | None](bound)
        self._subjects = Coalescer[Persons, LivingKeys](self._fetch_living)
        self._ids = Coalescer[Collection[UUID], KeysById](self._fetch_by_id)
        self._checks = Coalescer[None, None](self._check)
        self._current: str | None = None
        self._dropped = 0

    def drop(self) -> None:
        """Forgets every key: the key store may lack some of them since a standby was promoted."""
        self._dropped += 1
        self._living.forget_all()
        self._by_id.forget_all()
        self._current = None

    async def ensure(self, subjects: Collection[UUID], persons: Mapping[UUID, UUID] = NOBODY) -> LivingKeys:
        """A living key of each subject. A subject without a key gets one, shared by all workers.

        `persons` names the person of each subject that is no person, but a purpose for which the person has a key of its own.
        """
        await self._be_told()
        keys = self._living.known(subjects)
        if missing := {*subjects} - keys.keys():
            keys |= await self._subjects.ask({subject: persons.get(subject) for subject in missing})
        return keys

    async def load(self, ids: Collection[UUID]) -> KeysById:
        """The keys with these ids; None for a destroyed one. `KeyError` for an id that never existed."""
        await self._be_told()
        keys = self._by_id.known(ids)
        if missing := {*ids} - keys.keys():
            keys |= await self._ids.ask(missing)
        return {id: keys[id] for id in ids}

    async def retire(self, subject: UUID) -> float:
        """Retires the person's keys, those for single purposes too: nothing more is sealed under them. Returns in how many
        seconds that holds in every worker, and everything sealed before is in the log; 0 if that is already so."""
        ((passed,),) = await fetch(self._pool, _RETIRE, [subject] * 4)
        self._living.forget(subject)
        return 0.0 if passed is None else max(0.0, self._ttl + _ON_ITS_WAY - passed)

    async def erase(self, erasure: Erasure) -> datetime:
        """Erases a person: nothing sealed under their keys until then can be opened again. Returns when that was.

        It first stores a note beside the keys, then destroys the keys. When repeated, it finds the note, and destroys
        only older keys: a person who has come back has a newer key, which stays; a key that a backup brought back is
        destroyed again. If a key was retired for the erasure, the instant of its retirement counts.
        """
        about = (erasure.subject, erasure.number)
        person = (erasure.subject, erasure.subject)
        parameters = (*about, erasure.marketplace, erasure.ground, *person, erasure.erased_at, *about)
        while not (noted := await fetch(self._pool, _NOTE, parameters)):
            pass  # another worker wrote the note meanwhile, and this statement began too early to see it
        ((erased_at, up_to),) = noted
        self._forget(await fetch(self._pool, _DESTROY, [*person, up_to]))
        return cast(datetime, erased_at)

    async def destroy(self, purpose: UUID, made_before: datetime, *, living: bool = False) -> None:
        """Destroys the keys for one purpose of a person that were made and retired before. `living`: also one that was not
        retired, as a backup brings it back. The person's other keys stay. Harmless when repeated.
        """
        self._forget(await fetch(self._pool, _DESTROY_ONE, [purpose, made_before, living]))

    async def erasures(self) -> list[Erasure]:
        """Every person who was ever erased, in the order of their erasures."""
        return [Erasure(*row) for row in await fetch(self._pool, f"{_ERASURES} ORDER BY erased_at, subject")]

    async def readable(self, subject: UUID) -> bool:
        """Whether a key exists under which a text of this person may be sealed."""
        ((readable,),) = await fetch(self._pool, _READABLE, [subject, subject])
        return bool(readable)

    async def met(self, subjects: Collection[UUID]) -> set[UUID]:
        """Those of the subjects who ever had a key, erased people included."""
        return {subject for (subject,) in await fetch(self._pool, _MET, [Uuids(subjects)])}

    async def _be_told(self) -> None:
        if not 0 <= time() - self._told < self._ttl:
            await self._checks.ask(None)

    async def _check(self, asked: Sequence[None]) -> list[None]:
        """Reads which keys were retired or destroyed lately. If the last check is too long ago, or too many keys are
        found, it forgets the whole cache."""
        began = time()
        long_ago = not 0 <= began - self._told <= _LATELY / 2
        ended = [] if long_ago else await fetch(self._pool, _ENDED, (_LATELY, _LATELY, _MANY))
        if long_ago or len(ended) == _MANY:
            self._living.forget_all()
            self._by_id.forget_all()
        else:
            self._forget(ended)
        await self._masters.refresh()
        self._told = began
        return [None] * len(asked)

    def _forget(self, ended: Sequence[tuple[UUID, UUID, bool]]) -> None:
        for id, subject, destroyed in ended:
            if destroyed:
                self._by_id.put(id, None)
            self._living.forget(subject)

    async def _fetch_by_id(self, asked: Sequence[Collection[UUID]]) -> list[KeysById]:
        found, _ = await self._remember(BY_ID, [Uuids(set().union(*asked))])
        return [{id: found[id] for id in ids if id in found} for ids in asked]

    async def _fetch_living(self, asked: Sequence[Persons]) -> list[LivingKeys]:
        persons: dict[UUID, UUID | None] = {}
        for one in asked:
            persons |= one
        subjects, found = persons.keys(), LivingKeys()
        for _ in range(_ATTEMPTS):
            if self._current is None:
                self._current = await self._agree()
            found |= await self._made({one: persons[one] for one in subjects - found.keys()}, self._current)
            if missing := subjects - found.keys():
                # another worker has made them since, or they were not made because the master has retired
                _, living = await self._remember(_LIVING, [Uuids(missing)])
                found |= living
            if found.keys() == subjects:
                return [{subject: found[subject] for subject in its} for its in asked]
            self._current = None
        raise WrongMasterKey("new data keys are wrapped by a master that is not here")

    async def _made(self, persons: Persons, master: str) -> LivingKeys:
        """The living keys of these subjects: of all, unless the master has retired or another worker was faster."""
        new = {subject: uuid4() for subject in persons}
        keys = [(AESGCM.generate_key(256), _bound_to(id, subject)) for subject, id in new.items()]
        wrapped = Bytes(await self._masters.wrap(master, keys))
        parameters = [master, Uuids(new.values()), Uuids(new), wrapped, Uuids(persons.values()), Uuids(new)]
        _, living = await self._remember(_MADE_OR_LIVING, parameters)
        return living

    async def _agree(self) -> str:
        """Agrees on the master that wraps new keys. The first worker ever decides it. That master also becomes the one
        recorded for keys that an earlier release left without a master."""
        newest = await self._masters.newest()
        await fetch(self._pool, _ADOPT, (newest, newest, newest))
        ((current,),) = await fetch(self._pool, _CURRENT)
        return str(current)

    async def _remember(self, query: str, parameters: Sequence[Any]) -> tuple[KeysById, LivingKeys]:
        """Remembers the keys that a statement finds. Returns them by id, and those that are living by subject.

        If a key was wrapped again during the look-up, it is fetched once more: its old master may be gone by now.
        """
        dropped = self._dropped
        rows = await fetch(self._pool, query, parameters)
        try:
            keys = await unwrapped(self._masters, rows)
        except WrongMasterKey:
            rows = await fetch(self._pool, BY_ID, [Uuids([row[0] for row in rows])])
            keys = await unwrapped(self._masters, rows)
        found = {row[0]: keys.get(row[0]) for row in rows}
        living = {subject: keys[id] for id, subject, _, _, lives in rows if lives}
        for id, key in found.items() if dropped == self._dropped else ():
            self._by_id.put(id, key)
        for subject, key in living.items() if dropped == self._dropped else ():
            self._living.put(subject, key)
        return found, living


async def unwrapped(masters: Masters, rows: Sequence[_Row]) -> dict[UUID, DataKey]:
    """The unwrapped keys of rows that `BY_ID` finds, without destroyed ones. Raises WrongMasterKey."""
    by_master: defaultdict[str | None, list[_Row]] = defaultdict(list)
    for row in rows:
        if row[2] is not None:
            by_master[row[3]].append(row)
    found: dict[UUID, DataKey] = {}
    for master, wrapped in by_master.items():
        keys = [(key, _bound_to(id, subject)) for id, subject, key, *_ in wrapped if key is not None]
        opened = await masters.unwrap(master or await masters.newest(), keys)
        for (id, subject, *_), key in zip(wrapped, opened, strict=True):
            found[id] = DataKey(id, subject, key)
    return found


def _bound_to(id: UUID, subject: UUID) -> bytes:
    return id.bytes + subject.bytes
