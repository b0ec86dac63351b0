"""Notices of payment providers, as bytes, in tables without a history.

The bytes, the headers and the instant are stored before anybody looks at them, sealed under a key of the item. When it is known
whose payment a notice is about, it is sealed anew under the buyer's key, and the key of the item is destroyed. The bytes of
others are destroyed `KEPT` after they arrived. What was read of them (codes, sums, instants, keyed hashes) waits longer for a
dispute: `WAITS`.

Of notices that are not rightly signed, `MOST_REFUSED` of each endpoint are kept at a time, for a day. So are those whose
verification was cut off: they were not answered, so that their provider sends them again.
"""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, NamedTuple
from uuid import UUID

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from domain.payments.provider_disputes import Provider
from mediation.store.keys.blind import Blind
from mediation.store.keys.keys import KeyStore
from mediation.store.own_keys import OwnKeys

Pool = AsyncConnectionPool[AsyncConnection]

Status = Literal["unverified", "refused", "new", "unknown", "unmatched", "matched", "noted"]
"""`unverified`: just stored. `refused`: not rightly signed. `new`: nobody has read it yet. `unknown`: the reader does not know
a part of it. `unmatched`: no dispute here is about its payment. `noted`: it is about no dispute."""

KEPT = timedelta(days=30)
WAITS = timedelta(days=180)
MOST_REFUSED = 200
CLAIMED = 300
"""Seconds for which a worker has what it claimed."""

_COLUMNS = "id, marketplace, provider, key_id, size, status, why, reader, own_key, sealed IS NOT NULL, received_at"
_TAKE = """INSERT INTO notice_in (id, marketplace, provider, key_id, sealed, size, received_at)
VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (id) DO UPDATE
SET key_id = excluded.key_id, sealed = excluded.sealed, received_at = excluded.received_at, status = 'unverified'
WHERE notice_in.status = 'refused'"""
_VERIFIED = "UPDATE notice_in SET status = %s, why = %s WHERE id = %s AND status IN ('unverified', 'refused')"
_REFUSED = """SELECT count(*) FROM (
  SELECT FROM notice_in WHERE marketplace = %s AND provider = %s AND status = 'refused' LIMIT %s) AS first_ones"""
_CLAIM = f"""UPDATE notice_in SET claimed_until = now() + interval '{CLAIMED} seconds' WHERE id IN (
  SELECT id FROM notice_in WHERE claimed_until <= now() AND sealed IS NOT NULL AND (status = 'new'
    OR (status = 'unknown' AND reader < %s))
  ORDER BY received_at LIMIT %s FOR UPDATE SKIP LOCKED) RETURNING {_COLUMNS}"""
_READ = f"SELECT {_COLUMNS}, sealed FROM notice_in WHERE id = %s AND marketplace = %s"
_AGAIN = """UPDATE notice_in SET status = 'new', claimed_until = 'epoch'
WHERE id = %s AND marketplace = %s AND sealed IS NOT NULL
AND status IN ('unknown', 'unmatched', 'matched', 'noted') RETURNING id"""
_LATER = """UPDATE notice_in SET claimed_until = now() + make_interval(secs => %s), failures = failures + 1
WHERE id = %s RETURNING failures"""
_SETTLE = """UPDATE notice_in SET status = CASE WHEN %s = 'unmatched' AND subject IS NOT NULL THEN 'matched' ELSE %s END,
  why = %s, reader = %s, claimed_until = 'epoch' WHERE id = %s"""
_LIST = f"""SELECT {_COLUMNS} FROM notice_in n WHERE marketplace = %s AND (%s::text IS NULL OR status = %s)
AND (%s::text IS NULL OR provider = %s) AND (NOT %s OR EXISTS (SELECT FROM notice_item i JOIN provider_dispute d
  ON d.id = i.provider_dispute WHERE i.notice_id = n.id AND d.contradiction IS NOT NULL))
AND (received_at, id) > (%s, %s) ORDER BY received_at, id LIMIT %s"""
_MATCHED = """UPDATE notice_in SET status = CASE WHEN status = 'unmatched' THEN 'matched' ELSE status END,
  sealed = %s, key_id = %s, subject = %s WHERE id = %s"""
_OVER = """SELECT id FROM notice_in WHERE own_key AND (subject IS NOT NULL OR received_at < %s
  OR (status IN ('refused', 'unverified') AND received_at < %s)) LIMIT 500"""
_KEY_GONE = """UPDATE notice_in SET own_key = false, sealed = CASE WHEN subject IS NULL THEN NULL ELSE sealed END
WHERE id = %s"""
_DROP = "DELETE FROM notice_in WHERE id = %s AND status IN ('refused', 'unverified')"
_SEALED = "SELECT id, key_id FROM notice_in WHERE sealed IS NOT NULL AND id > %s ORDER BY id LIMIT 500"
_UNREAD = "DELETE FROM notice_in WHERE id = ANY(%s) AND status IN ('refused', 'unverified', 'new')"
_GONE = "UPDATE notice_in SET sealed = NULL, own_key = false WHERE id = ANY(%s)"
_FORGOTTEN = "UPDATE notice_in SET sealed = NULL WHERE subject = %s AND marketplace = %s"
_WAITED = """DELETE FROM notice_in n WHERE received_at < %s AND status IN ('unmatched', 'unknown', 'noted') AND NOT EXISTS (
  SELECT FROM notice_item i JOIN provider_dispute d ON d.id = i.provider_dispute
  WHERE i.notice_id = n.id AND d.dispute_id IS NOT NULL)"""
_NOBODY = """DELETE FROM provider_dispute d
WHERE quiet_since < %s AND NOT EXISTS (SELECT FROM notice_item i WHERE i.provider_dispute = d.id)"""
_COUNTS = "SELECT status, count(*) FROM notice_in WHERE status = ANY(%s) GROUP BY 1"
_FOR_A_PERSON = "SELECT count(*) FROM provider_dispute WHERE contradiction IS NOT NULL"
_FULL = """SELECT count(*) FROM (SELECT FROM notice_in WHERE status = 'refused' GROUP BY marketplace, provider
  HAVING count(*) >= %s) AS endpoints"""

COUNTED = ("new", "unknown", "unmatched", "refused")


@dataclass(frozen=True, slots=True)
class Item:
    """One post of a provider. `own_key`: it is not sealed under a person's key. `kept`: its bytes are not destroyed."""

    id: UUID
    marketplace: str
    provider: Provider
    key_id: UUID
    size: int
    status: Status
    why: str | None
    reader: int
    own_key: bool
    kept: bool
    received_at: datetime


class Opened(NamedTuple):
    item: Item
    headers: Mapping[str, str]
    raw: bytes


@dataclass(frozen=True, slots=True)
class Backlog:
    """How many notices there are of each status in `COUNTED`. `for_a_person` is about how many disputes at providers a person
    has to do something. Of so many endpoints as `full` says, no more is kept that is not rightly signed.
    """

    by_status: Mapping[str, int]
    for_a_person: int
    full: int


class Quarantine:
    def __init__(self, pool: Pool, keys: KeyStore, blind: Blind) -> None:
        self.pool = pool
        self._own = OwnKeys(keys)
        self.blind = blind

    async def take(
        self, marketplace: str, provider: Provider, headers: Mapping[str, str], raw: bytes, at: datetime
    ) -> UUID:
        """Stores a post. It is on the disk when this returns. The same bytes again are the same post."""
        digest = await asyncio.to_thread(self.blind.digest, "notice in", marketplace, provider, raw)
        notice_id = self.blind.uuid("notice in", digest.hex())
        endpoint = self.blind.uuid("notices of", marketplace, provider)
        key_id, sealed = await self._own.seal(notice_id, endpoint, _packed(headers, raw), _bound_to(notice_id))
        await self._execute(_TAKE, (notice_id, marketplace, provider, key_id, sealed, len(raw), at))
        return notice_id

    async def verified(self, notice_id: UUID, untrusted: str | None) -> None:
        """`untrusted` says why it is not to be believed; None if it is rightly signed."""
        await self._execute(_VERIFIED, ("new" if untrusted is None else "refused", untrusted, notice_id))

    async def keeps_refused(self, marketplace: str, provider: Provider) -> bool:
        """Whether one more is kept that is not rightly signed."""
        ((kept,),) = await self._fetch(_REFUSED, (marketplace, provider, MOST_REFUSED))
        return int(kept) < MOST_REFUSED

    async def claim(self, reader: int, most: int) -> list[Item]:
        """At most so many to read: new ones, and those that an earlier version of the reader did not know."""
        return [Item(*row) for row in await self._fetch(_CLAIM, (reader, most))]

    async def open(self, notice_id: UUID, marketplace: str) -> Opened | None:
        """None if there is none, or if its bytes are destroyed."""
        rows = await self._fetch(_READ, (notice_id, marketplace))
        if not rows or rows[0][-1] is None:
            return None
        item = Item(*rows[0][:-1])
        plain = await self._own.open(item.key_id, rows[0][-1], _bound_to(notice_id))
        return Opened(item, *_unpacked(plain)) if plain is not None else None

    async def again(self, notice_id: UUID, marketplace: str) -> bool:
        """Lets it be read again. False if that cannot be."""
        return bool(await self._fetch(_AGAIN, (notice_id, marketplace)))

    async def later(self, item: Item, seconds: float) -> int:
        """Nobody claims it before so many seconds have passed. Returns how often that was said of it."""
        return int((await self._fetch(_LATER, (seconds, item.id)))[0][0])

    async def settle(
        self, connection: AsyncConnection, notice_id: UUID, status: Status, why: str | None, reader: int
    ) -> None:
        await connection.execute(_SETTLE, (status, status, why, reader, notice_id))

    async def matched(self, opened: Opened, subject: UUID) -> None:
        """Seals it anew, under the buyer's key. The item's key is destroyed after that. Of an erased buyer nothing is kept."""
        notice_id, key_id, sealed = opened.item.id, opened.item.key_id, None
        if await self._own.readable(subject):
            plain = _packed(opened.headers, opened.raw)
            key_id, sealed = await self._own.seal_for(subject, plain, _bound_to(notice_id))
        await self._execute(_MATCHED, (sealed, key_id, subject, notice_id))
        await self._destroy_key(notice_id)

    async def page(
        self,
        marketplace: str,
        status: Status | None,
        provider: Provider | None,
        after: tuple[datetime, UUID] | None,
        limit: int,
        *,
        contradicted: bool = False,
    ) -> list[Item]:
        """The oldest first. `contradicted`: only those of disputes whose notices contradict each other, or the record."""
        at, notice_id = after or (datetime(1, 1, 1, tzinfo=UTC), UUID(int=0))
        values = (marketplace, status, status, provider, provider, contradicted, at, notice_id, limit)
        return [Item(*row) for row in await self._fetch(_LIST, values)]

    async def sweep(self, now: datetime) -> int:
        """Destroys what is over. Returns how many keys of items were destroyed."""
        over = await self._fetch(_OVER, (now - KEPT, now - timedelta(days=1)))
        for (notice_id,) in over:
            await self._destroy_key(notice_id)
            await self._execute(_DROP, (notice_id,))
        await self._execute(_WAITED, (now - WAITS,))
        await self._execute(_NOBODY, (now - WAITS,))
        return len(over)

    async def forget_unreadable(self) -> None:
        """Deletes the bytes of notices whose key is destroyed. A backup brings them back, and not their keys."""
        last = UUID(int=0)
        while rows := await self._fetch(_SEALED, (last,)):
            lost = await self._own.lost({key_id for _, key_id in rows})
            gone = [notice_id for notice_id, key_id in rows if key_id in lost]
            await self._execute(_UNREAD, (gone,))
            await self._execute(_GONE, (gone,))
            last = rows[-1][0]

    async def _destroy_key(self, notice_id: UUID) -> None:
        await self._own.destroy(notice_id)
        await self._execute(_KEY_GONE, (notice_id,))

    async def _fetch(self, statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        async with self.pool.connection() as connection:
            return await (await connection.execute(statement.encode(), values)).fetchall()

    async def _execute(self, statement: str, values: Sequence[Any]) -> None:
        async with self.pool.connection() as connection:
            await connection.execute(statement.encode(), values)


async def forget(connection: AsyncConnection, subject: UUID, marketplace: str) -> None:
    """Deletes the bytes of notices about the payments of a person who was erased. What was read of them names nobody."""
    await connection.execute(_FORGOTTEN, (subject, marketplace))


async def backlog(pool: Pool) -> Backlog:
    async with pool.connection() as connection:
        counted = await (await connection.execute(_COUNTS, (list(COUNTED),))).fetchall()
        (for_a_person,) = await (await connection.execute(_FOR_A_PERSON)).fetchone() or (0,)
        (full,) = await (await connection.execute(_FULL, (MOST_REFUSED,))).fetchone() or (0,)
    return Backlog(dict.fromkeys(COUNTED, 0) | dict(counted), for_a_person, full)


def _bound_to(notice_id: UUID) -> bytes:
    return b"notice in" + notice_id.bytes


def _packed(headers: Mapping[str, str], raw: bytes) -> bytes:
    return json.dumps(dict(headers)).encode() + b"\n" + raw


def _unpacked(plain: bytes) -> tuple[Mapping[str, str], bytes]:
    first, _, raw = plain.partition(b"\n")
    return json.loads(first), raw
