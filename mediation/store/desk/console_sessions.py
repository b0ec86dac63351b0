"""Who is signed in to the console: a table without a history, a row for each browser.

A session is known by the secret in the browser's cookie, of which only the hash is stored. After an hour the secret is
replaced. Two tabs may send the old secret at that moment, and the answer with the new one may be lost: so the old one stays
good until the new one was seen, and a minute longer. All times are those of the database's clock.
"""

import asyncio
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe
from uuid import UUID, uuid4

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from mediation.store.keys.keys import KeyStore

Pool = AsyncConnectionPool[AsyncConnection]

ROTATED = timedelta(hours=1)
"""The age at which a secret is replaced."""
GRACE = timedelta(minutes=1)
"""For how long a replaced secret is good after the new one was seen."""

_BEGIN = """INSERT INTO console_session
  (session_id, hash, subject, role, marketplace, key_id, sealed_name, provider, sealed_token, expires_at, seen_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, clock_timestamp() + %s, clock_timestamp())"""
_FIND = """SELECT session_id, subject, role, marketplace, key_id, sealed_name, begun_at, expires_at,
  hash = %(hash)s, seen_at IS NULL, rotated_at + %(rotated)s <= clock_timestamp()
FROM console_session WHERE expires_at > clock_timestamp()
AND (hash = %(hash)s OR (former_hash = %(hash)s AND (seen_at IS NULL OR seen_at + %(grace)s > clock_timestamp())))"""
_LIVING = "SELECT session_id FROM console_session WHERE session_id = ANY(%s) AND expires_at > clock_timestamp()"
_SEEN = "UPDATE console_session SET seen_at = clock_timestamp() WHERE hash = %s AND seen_at IS NULL"
_ROTATE = """UPDATE console_session SET hash = %s, former_hash = hash, rotated_at = clock_timestamp(), seen_at = NULL
WHERE hash = %s"""
_PROVIDED = "SELECT subject, provider, key_id, sealed_token FROM console_session WHERE session_id = %s"
_END = "DELETE FROM console_session WHERE session_id = %s"
_END_ALL = "DELETE FROM console_session WHERE subject = %s"
_FORGET_LINKS = "DELETE FROM sign_in_link WHERE subject = %s"
_OF_PERSON = (
    "SELECT begun_at, expires_at FROM console_session WHERE subject = %s AND marketplace = %s ORDER BY begun_at"
)
_NAMES = """SELECT DISTINCT ON (subject) subject, key_id, sealed_name FROM console_session
WHERE subject = ANY(%s) AND marketplace = %s AND sealed_name IS NOT NULL AND expires_at > clock_timestamp()
ORDER BY subject, begun_at DESC"""
_EXPIRED = "DELETE FROM console_session WHERE expires_at <= clock_timestamp()"
_EXPIRED_LINKS = "DELETE FROM sign_in_link WHERE expires_at + interval '1 day' <= clock_timestamp()"
_ROWS = "SELECT count(*) FROM console_session WHERE expires_at > clock_timestamp()"

_SWEPT = 600.0  # seconds


@dataclass(frozen=True, slots=True)
class Person:
    """Who signs in. `marketplace` is None for an auditor of the whole cell. `name` is what they are called on screen."""

    subject: UUID
    role: str
    marketplace: str | None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Provided:
    """The identity provider (`key`) that somebody signed in with, and its ID token. None: the person's key is destroyed."""

    key: str
    token: str | None


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session. `renewed` is the new secret for the cookie, when the secret was replaced just now."""

    session_id: UUID
    person: Person
    begun_at: datetime
    expires_at: datetime
    renewed: str | None = None


@dataclass(frozen=True, slots=True)
class ConsoleSessions:
    pool: Pool
    keys: KeyStore

    async def begin(self, person: Person, life: timedelta, provided: Provided | None = None) -> str:
        """Begins a session, and returns the secret for the cookie."""
        secret, session_id = token_urlsafe(32), uuid4()
        key_id, name = await sealed_name(self.keys, person)
        token: bytes | None = None
        if provided is not None and provided.token is not None:
            key = (await self.keys.ensure({person.subject}))[person.subject]
            key_id, token = key.id, key.seal(provided.token.encode(), _token_of(person.subject))
        about = (person.subject, person.role, person.marketplace, key_id, name, provided and provided.key, token)
        async with self.pool.connection() as connection:
            await connection.execute(_BEGIN, (session_id, hashed(secret), *about, life))
        return secret

    async def find(self, secret: str) -> SignedIn | None:
        """The session that this secret opens; None if there is none, or none any more."""
        about = {"hash": hashed(secret), "rotated": ROTATED, "grace": GRACE}
        renewed: str | None = None
        async with self.pool.connection() as connection:
            row = await (await connection.execute(_FIND, about)).fetchone()
            if row is None:
                return None
            *told, current, unseen, due = row
            if current and due:
                new = token_urlsafe(32)
                rotated = await connection.execute(_ROTATE, (hashed(new), about["hash"]))
                renewed = new if rotated.rowcount else None  # else another tab was first
            elif current and unseen:
                await connection.execute(_SEEN, (about["hash"],))
        session_id, subject, role, marketplace, key_id, sealed, begun_at, expires_at = told
        name = await opened_name(self.keys, subject, key_id, sealed)
        return SignedIn(session_id, Person(subject, role, marketplace, name), begun_at, expires_at, renewed)

    async def provided(self, session_id: UUID) -> Provided | None:
        """None if the person signed in with a link, and where the session is over."""
        async with self.pool.connection() as connection:
            row = await (await connection.execute(_PROVIDED, (session_id,))).fetchone()
        if row is None or row[1] is None:
            return None
        subject, provider, key_id, sealed = row
        return Provided(provider, await _opened(self.keys, key_id, sealed, _token_of(subject)))

    async def living(self, session_ids: Collection[UUID]) -> set[UUID]:
        """Those of the sessions that have not ended."""
        async with self.pool.connection() as connection:
            rows = await (await connection.execute(_LIVING, ([*session_ids],))).fetchall()
        return {session_id for (session_id,) in rows}

    async def end(self, session_id: UUID) -> None:
        async with self.pool.connection() as connection:
            await connection.execute(_END, (session_id,))

    async def end_all(self, subject: UUID) -> int:
        """Ends all sessions of a person, in every browser; returns how many."""
        async with self.pool.connection() as connection:
            return (await connection.execute(_END_ALL, (subject,))).rowcount


def hashed(secret: str) -> bytes:
    return sha256(secret.encode()).digest()


async def sealed_name(keys: KeyStore, person: Person) -> tuple[UUID | None, bytes | None]:
    """The id of the key, and the name sealed under it."""
    if person.name is None:
        return None, None
    key = (await keys.ensure({person.subject}))[person.subject]
    return key.id, key.seal(person.name.encode(), _bound_to(person.subject))


async def opened_name(keys: KeyStore, subject: UUID, key_id: UUID | None, sealed: bytes | None) -> str | None:
    """None also where the key is destroyed."""
    return await _opened(keys, key_id, sealed, _bound_to(subject))


async def _opened(keys: KeyStore, key_id: UUID | None, sealed: bytes | None, bound_to: bytes) -> str | None:
    if key_id is None or sealed is None:
        return None
    with suppress(KeyError):  # a key store that lost its last keys
        key = (await keys.load({key_id}))[key_id]
        return None if key is None else key.open(sealed, bound_to).decode()
    return None


def _bound_to(subject: UUID) -> bytes:
    return b"console name" + subject.bytes


def _token_of(subject: UUID) -> bytes:
    return b"console token" + subject.bytes


async def forget(connection: AsyncConnection, subject: UUID) -> None:
    """Ends the sessions of a person who was erased, and their sign-in links."""
    await connection.execute(_END_ALL, (subject,))
    await connection.execute(_FORGET_LINKS, (subject,))


async def of_person(pool: Pool, subject: UUID, marketplace: str) -> list[tuple[datetime, datetime]]:
    """The person's sessions: when each began, and when it ends."""
    async with pool.connection() as connection:
        return await (await connection.execute(_OF_PERSON, (subject, marketplace))).fetchall()


async def names(pool: Pool, keys: KeyStore, subjects: Collection[UUID], marketplace: str) -> dict[UUID, str]:
    """What these people are called on screen. Who is not signed in, or has no name, is left out."""
    if not subjects:
        return {}
    async with pool.connection() as connection:
        found = await (await connection.execute(_NAMES, (list(subjects), marketplace))).fetchall()
    opened = {subject: await opened_name(keys, subject, *sealed) for subject, *sealed in found}
    return {subject: name for subject, name in opened.items() if name is not None}


async def rows(pool: Pool) -> int:
    """How many sessions there are."""
    async with pool.connection() as connection:
        row = await (await connection.execute(_ROWS)).fetchone()
    return row[0] if row else 0


class Sweeper:
    """Deletes sessions that have expired, and sign-in links that expired a day ago: until then their page says so."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await self.sweep()
            await asyncio.sleep(_SWEPT)

    async def sweep(self) -> None:
        async with self._pool.connection() as connection:
            await connection.execute(_EXPIRED)
            await connection.execute(_EXPIRED_LINKS)
