"""Links with which a person signs in to the console once. Only the hash of a link's secret is stored."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_urlsafe
from typing import Any

from mediation.store.desk.console_sessions import Person, Pool, hashed, opened_name, sealed_name
from mediation.store.keys.keys import KeyStore

_MAKE = """INSERT INTO sign_in_link (hash, subject, role, marketplace, key_id, sealed_name, expires_at)
VALUES (%s, %s, %s, %s, %s, %s, clock_timestamp() + %s)"""
_TOLD = "subject, role, marketplace, key_id, sealed_name, made_at"
_LOOK = f"SELECT {_TOLD}, used_at IS NOT NULL, expires_at <= clock_timestamp() FROM sign_in_link WHERE hash = %s"
_USE = f"""UPDATE sign_in_link SET used_at = clock_timestamp()
WHERE hash = %s AND used_at IS NULL AND expires_at > clock_timestamp() RETURNING {_TOLD}, false, false"""


@dataclass(frozen=True, slots=True)
class Link:
    person: Person
    made_at: datetime
    used: bool
    expired: bool


@dataclass(frozen=True, slots=True)
class SignInLinks:
    pool: Pool
    keys: KeyStore

    async def make(self, person: Person, life: timedelta) -> str:
        """The secret of a new link."""
        secret = token_urlsafe(32)
        key_id, sealed = await sealed_name(self.keys, person)
        about = (person.subject, person.role, person.marketplace, key_id, sealed, life)
        async with self.pool.connection() as connection:
            await connection.execute(_MAKE, (hashed(secret), *about))
        return secret

    async def look(self, secret: str) -> Link | None:
        """The link as it stands. It stays as it is: scanners of mail follow links too."""
        return await self._link(_LOOK, secret)

    async def use(self, secret: str) -> Link | None:
        """Uses the link up. None if it is used, expired or unknown: of two at once, one gets it."""
        return await self._link(_USE, secret)

    async def _link(self, query: str, secret: str) -> Link | None:
        async with self.pool.connection() as connection:
            row: Any = await (await connection.execute(query.encode(), (hashed(secret),))).fetchone()
        if row is None:
            return None
        subject, role, marketplace, key_id, sealed, made_at, used, expired = row
        name = await opened_name(self.keys, subject, key_id, sealed)
        return Link(Person(subject, role, marketplace, name), made_at, used, expired)
