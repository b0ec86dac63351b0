"""Mails that arrived, as bytes, in a table without a history.

A mail is sealed under a key of its own until it is known whose mail it is. Then it is sealed anew under that person's key, and
the key of the item is destroyed. What nobody matched is destroyed `KEPT` after it arrived. So a backup holds no mail of a
person who was erased, or of somebody who never took part in a dispute.

The id is derived from the bytes: a mail server that sends a mail again, because it did not hear that it was taken, adds none.
"""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, NamedTuple
from uuid import UUID

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from mediation.mail.addresses import normal
from mediation.store.keys.blind import Blind
from mediation.store.keys.keys import DataKey, KeyStore

Pool = AsyncConnectionPool[AsyncConnection]

Status = Literal["new", "pile", "noted", "posted"]
"""`new`: nobody has read it yet. `pile`: a person has to say where it belongs. `noted`: a program sent it, and it is no answer.
`posted`: it is a message of a dispute."""

KEPT = timedelta(days=30)
"""For so long a mail is kept that is no message of a dispute."""

CLAIMED = 300
"""Seconds for which a worker has what it claimed."""

_ANY_TIME = datetime(9999, 1, 1, tzinfo=UTC)

_COLUMNS = "id, marketplace, key_id, head, size, status, why, dispute_id, side, subject, message, received_at"
_TAKE = """INSERT INTO mail_in (id, marketplace, sender, key_id, sealed, size, received_at)
VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING"""
_CLAIM = f"""UPDATE mail_in SET claimed_until = now() + interval '{CLAIMED} seconds' WHERE id IN (
  SELECT id FROM mail_in WHERE status = 'new' AND claimed_until <= now() ORDER BY received_at LIMIT %s
  FOR UPDATE SKIP LOCKED) RETURNING {_COLUMNS}"""
_READ = f"SELECT {_COLUMNS}, sealed FROM mail_in WHERE id = %s AND marketplace = %s"
_SETTLE = """UPDATE mail_in SET status = %s, why = %s, head = %s, dispute_id = %s, side = %s,
  claimed_until = 'epoch' WHERE id = %s AND status = 'new'"""
_HOLD = f"""UPDATE mail_in SET claimed_until = now() + interval '{CLAIMED} seconds'
WHERE id = %s AND status IN ('pile', 'noted') AND claimed_until <= now() RETURNING id"""
_RELEASE = "UPDATE mail_in SET claimed_until = 'epoch' WHERE id = %s AND status IN ('pile', 'noted')"
_POSTED = """UPDATE mail_in SET status = 'posted', why = NULL, head = %s, sealed = %s, key_id = %s, dispute_id = %s, side = %s,
  subject = %s, message = %s WHERE id = %s AND status <> 'posted'"""
_LATER = """UPDATE mail_in SET claimed_until = now() + make_interval(secs => %s), failures = failures + 1
WHERE id = %s RETURNING failures"""
_LIST = f"""SELECT {_COLUMNS} FROM mail_in
WHERE marketplace = %s AND status = %s AND (%s::uuid IS NULL OR sender = %s) AND (received_at, id) > (%s, %s)
ORDER BY received_at, id LIMIT %s"""
_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(7307, hashtext(%s))"
_ADMIT = """UPDATE mail_in SET dispute_id = %s, side = %s FROM (
  SELECT count(*) FILTER (WHERE received_at > %s) AS of_hour, count(*) AS of_day FROM mail_in
  WHERE dispute_id = %s AND side = %s AND status IN ('new', 'posted') AND received_at > %s AND id <> %s) before
WHERE id = %s AND status = 'new' AND of_hour < %s AND of_day < %s RETURNING id"""
"""Of mails that are `new`, those count that were admitted already: they will be posted."""

_OVER = "SELECT id FROM mail_in WHERE own_key AND (status = 'posted' OR received_at < %s) LIMIT 500"
_OWN = "SELECT id, key_id FROM mail_in WHERE own_key AND status <> 'posted' AND id > %s ORDER BY id LIMIT 500"
_KEY_GONE = "UPDATE mail_in SET own_key = false WHERE id = %s AND status = 'posted'"
_DELETE = "DELETE FROM mail_in WHERE id = %s AND status <> 'posted'"
_FROM = "SELECT id FROM mail_in WHERE marketplace = %s AND sender = ANY(%s) AND status <> 'posted'"
_OF_PERSON = f"""SELECT {_COLUMNS} FROM mail_in
WHERE marketplace = %s AND (subject = %s OR (sender = ANY(%s) AND status <> 'posted')) ORDER BY received_at, id"""
_FORGET = "DELETE FROM mail_in WHERE subject = %s AND marketplace = %s"
_PILE = "SELECT count(*) FROM mail_in WHERE status = 'pile'"
_PILE_OF = (
    "SELECT count(*) FROM (SELECT FROM mail_in WHERE marketplace = %s AND status = 'pile' LIMIT %s) AS first_ones"
)


@dataclass(frozen=True, slots=True)
class Envelope:
    """Beside the bytes: the return path (empty in reports, None if nobody said it), and to which addresses it was sent."""

    sender: str | None
    recipients: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """One mail. `head` is what `Mailbox.settle` was given; None for one that nobody has read, or whose key is destroyed."""

    id: UUID
    marketplace: str
    key_id: UUID
    size: int
    status: Status
    why: str | None
    dispute_id: UUID | None
    side: str | None
    subject: UUID | None
    message: int | None
    received_at: datetime
    head: dict[str, Any] | None


class Opened(NamedTuple):
    item: Item
    envelope: Envelope
    raw: bytes


class Mailbox:
    def __init__(self, pool: Pool, keys: KeyStore, blind: Blind) -> None:
        self._pool = pool
        self._keys = keys
        self._blind = blind

    def hashed(self, marketplace: str, address: str) -> UUID:
        """What stands for a sender's address. Capitals make no difference, nor in which script the domain is written."""
        return self._blind.uuid("mail sender", marketplace, normal(address))

    async def take(self, marketplace: str, sender: str, envelope: Envelope, raw: bytes, at: datetime) -> UUID:
        """Stores a mail. It is on the disk when this returns. The same bytes again are the same mail."""
        digest = await asyncio.to_thread(self._blind.digest, "mail in", marketplace, raw)
        mail_id, sent_by = self._blind.uuid("mail in", digest.hex()), self.hashed(marketplace, sender)
        key = (await self._keys.ensure({mail_id}, {mail_id: sent_by}))[mail_id]
        sealed = await asyncio.to_thread(key.seal, _packed(envelope, raw), _bound_to(mail_id))
        await self._execute(_TAKE, (mail_id, marketplace, sent_by, key.id, sealed, len(raw), at))
        return mail_id

    async def claim(self, most: int) -> list[Item]:
        """At most so many that nobody has read, the first ones first."""
        return [await self._item(row) for row in await self._fetch(_CLAIM, (most,))]

    async def open(self, mail_id: UUID, marketplace: str) -> Opened | None:
        """None if there is none, or if its key is destroyed."""
        rows = await self._fetch(_READ, (mail_id, marketplace))
        key = await self._key(rows[0][2]) if rows else None
        if key is None:
            return None
        plain = await asyncio.to_thread(key.open, rows[0][-1], _bound_to(mail_id))
        return Opened(await self._item(rows[0][:-1]), *_unpacked(plain))

    async def settle(
        self,
        item: Item,
        status: Literal["pile", "noted"],
        why: str,
        head: dict[str, Any],
        dispute_id: UUID | None = None,
        side: str | None = None,
    ) -> None:
        key = await self._key(item.key_id)
        if key is None:  # it is over
            return
        sealed = key.seal(json.dumps(head).encode(), _bound_to(item.id, b"head"))
        await self._execute(_SETTLE, (status, why, sealed, dispute_id, side, item.id))

    async def posted(
        self, opened: Opened, head: dict[str, Any], dispute_id: UUID, side: str, subject: UUID, message: int
    ) -> None:
        """Seals the mail anew, under the key of the person whose message it is. The item's key is destroyed after that."""
        mail_id = opened.item.id
        key = (await self._keys.ensure({subject}))[subject]
        sealed = await asyncio.to_thread(key.seal, _packed(opened.envelope, opened.raw), _bound_to(mail_id))
        told = key.seal(json.dumps(head).encode(), _bound_to(mail_id, b"head"))
        await self._execute(_POSTED, (told, sealed, key.id, dispute_id, side, subject, message, mail_id))
        await self._destroy_key(mail_id)

    async def hold(self, mail_id: UUID) -> bool:
        """Whether it can be matched now. Then nobody else matches it until it is released or posted."""
        return bool(await self._fetch(_HOLD, (mail_id,)))

    async def release(self, mail_id: UUID) -> None:
        await self._execute(_RELEASE, (mail_id,))

    async def later(self, item: Item, seconds: float) -> int:
        """Nobody claims it before so many seconds have passed. Returns how often that was said of it."""
        return int((await self._fetch(_LATER, (seconds, item.id)))[0][0])

    async def page(
        self, marketplace: str, status: Status, sender: str | None, after: tuple[datetime, UUID] | None, limit: int
    ) -> list[Item]:
        """The oldest first. `sender` is an address."""
        sent_by = self.hashed(marketplace, sender) if sender is not None else None
        at, mail_id = after or (datetime(1, 1, 1, tzinfo=UTC), UUID(int=0))
        rows = await self._fetch(_LIST, (marketplace, status, sent_by, sent_by, at, mail_id, limit))
        return [await self._item(row) for row in rows]

    async def admit(self, item: Item, dispute_id: UUID, side: str, in_an_hour: int, in_a_day: int) -> bool:
        """Whether a new mail may be posted to the dispute: fewer than so many mails of the side were admitted or posted since
        the hour, and the day, before this one arrived. If so, it counts from now on, also for other workers. Harmless when
        repeated.

        It is counted and noted under a lock of the side in the dispute: of mails that come at the same moment, one is admitted
        after the other. The next statement sees what the one before it noted.
        """
        hour, day = item.received_at - timedelta(hours=1), item.received_at - timedelta(days=1)
        values = (dispute_id, side, hour, dispute_id, side, day, item.id, item.id, in_an_hour, in_a_day)
        async with self._pool.connection() as connection, connection.transaction():
            await connection.execute(_ONE_AT_A_TIME.encode(), (f"{dispute_id} {side}",))
            return await (await connection.execute(_ADMIT.encode(), values)).fetchone() is not None

    async def sweep(self, now: datetime) -> int:
        """Destroys what is over: keys of mails that were sealed anew, and mails that nobody matched. Returns how many."""
        over = await self._fetch(_OVER, (now - KEPT,))
        for (mail_id,) in over:
            await self.drop(mail_id)
        return len(over)

    async def forget_sender(self, marketplace: str, addresses: Sequence[str]) -> int:
        """Destroys what came from these addresses and is no message of a dispute. Returns how many mails that were."""
        found = await self._fetch(_FROM, (marketplace, [self.hashed(marketplace, one) for one in addresses]))
        for (mail_id,) in found:
            await self.drop(mail_id)
        return len(found)

    async def of_person(self, marketplace: str, subject: UUID, addresses: Sequence[str]) -> list[Item]:
        """Their mails, also those from their addresses that nobody has matched."""
        hashes = [self.hashed(marketplace, one) for one in addresses]
        return [await self._item(row) for row in await self._fetch(_OF_PERSON, (marketplace, subject, hashes))]

    async def drop(self, mail_id: UUID) -> None:
        """The key first: if the worker dies between the two, the row is dropped the next time."""
        await self._destroy_key(mail_id)
        await self._execute(_DELETE, (mail_id,))

    async def drop_unreadable(self) -> int:
        """Drops the mails whose key is destroyed; returns how many. A backup brings their rows back, and not their keys."""
        last, dropped = UUID(int=0), 0
        while rows := await self._fetch(_OWN, (last,)):
            keys = await self._keys.load({key_id for _, key_id in rows})
            for mail_id in [mail_id for mail_id, key_id in rows if keys[key_id] is None]:
                await self.drop(mail_id)
                dropped += 1
            last = rows[-1][0]
        return dropped

    async def _destroy_key(self, mail_id: UUID) -> None:
        await self._keys.destroy(mail_id, _ANY_TIME, living=True)
        await self._execute(_KEY_GONE, (mail_id,))

    async def _item(self, row: Sequence[Any]) -> Item:
        mail_id, marketplace, key_id, sealed, size, status, why, dispute_id, side, subject, message, received_at = row
        key = await self._key(key_id) if sealed is not None else None
        head = json.loads(key.open(sealed, _bound_to(mail_id, b"head"))) if key is not None else None
        about = (dispute_id, side, subject, message)
        return Item(mail_id, marketplace, key_id, size, status, why, *about, received_at, head)

    async def _key(self, key_id: UUID) -> DataKey | None:
        return (await self._keys.load({key_id}))[key_id]

    async def _fetch(self, statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        async with self._pool.connection() as connection:
            return await (await connection.execute(statement.encode(), values)).fetchall()

    async def _execute(self, statement: str, values: Sequence[Any]) -> None:
        async with self._pool.connection() as connection:
            await connection.execute(statement.encode(), values)


async def forget(connection: AsyncConnection, subject: UUID, marketplace: str) -> None:
    """Deletes the mails of a person who was erased."""
    await connection.execute(_FORGET, (subject, marketplace))


async def pile(pool: Pool) -> int:
    """How many mails wait for a person to say where they belong."""
    async with pool.connection() as connection:
        row = await (await connection.execute(_PILE)).fetchone()
    return row[0] if row else 0


async def pile_of(pool: Pool, marketplace: str, most: int) -> int:
    """How many of them one marketplace has, counted up to `most`."""
    async with pool.connection() as connection:
        row = await (await connection.execute(_PILE_OF.encode(), (marketplace, most))).fetchone()
    return row[0] if row else 0


def _bound_to(mail_id: UUID, what: bytes = b"") -> bytes:
    return b"mail in" + what + mail_id.bytes


def _packed(envelope: Envelope, raw: bytes) -> bytes:
    return json.dumps([envelope.sender, envelope.recipients]).encode() + b"\n" + raw


def _unpacked(plain: bytes) -> tuple[Envelope, bytes]:
    first, _, raw = plain.partition(b"\n")
    sender, recipients = json.loads(first)
    return Envelope(sender, tuple(recipients)), raw
