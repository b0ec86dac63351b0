"""The endpoints of a marketplace: where it is told, of what, and with which secrets."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from psycopg import AsyncConnection
from psycopg.rows import class_row
from psycopg_pool import AsyncConnectionPool

from domain.kernel.refusals import Conflict, Unknown
from mediation.engine import KeyReused, Request
from mediation.processes.webhooks.signing import Signer, Signers
from mediation.store.keys.blind import Blind
from mediation.store.keys.keys import DataKey, KeyStore

Pool = AsyncConnectionPool[AsyncConnection]

MOST = 20
"""Endpoints of one marketplace."""

_ANY_TIME = datetime(9999, 1, 1, tzinfo=UTC)

_NAMES = (
    "id", "marketplace", "url", "description", "types", "in_order", "version", "series", "start_position", "reached", "key_id",
    "sealed", "previous_until", "disabled_why", "disabled_since", "failing_since", "warned_at", "last_success_at", "created_at",
    "made_as", "rotated_under", "rotated_as",
)  # fmt: skip
_COLUMNS = ", ".join(f"e.{name}" for name in _NAMES)
_ALONE = "SELECT pg_advisory_xact_lock(hashtextextended('webhook endpoints ' || %s, 0))"
"""Nobody else makes an endpoint of this marketplace meanwhile."""
_COUNT = "SELECT count(*) FROM webhook_endpoint WHERE marketplace = %s"
_MADE = f"SELECT {_COLUMNS} FROM webhook_endpoint e WHERE marketplace = %s AND made_under = %s"
_MAKE = f"""INSERT INTO webhook_endpoint AS e (id, marketplace, url, description, types, in_order, start_position, reached,
  key_id, sealed, created_at, made_under, made_as)
VALUES (%(id)s, %(marketplace)s, %(url)s, %(description)s, %(types)s, %(in_order)s, %(start)s, %(start)s,
  %(key_id)s, %(sealed)s, %(now)s, %(made_under)s, %(made_as)s) RETURNING {_COLUMNS}"""
_ALL = f"SELECT {_COLUMNS} FROM webhook_endpoint e WHERE marketplace = %s ORDER BY created_at, id"
_ONE = f"SELECT {_COLUMNS} FROM webhook_endpoint e WHERE marketplace = %s AND id = %s"
_LOCKED = f"{_ONE} FOR UPDATE"
_CHANGE = """UPDATE webhook_endpoint SET version = version + 1, url = %(url)s, description = %(description)s,
  in_order = %(in_order)s WHERE id = %(id)s"""
_MOVED = (
    """UPDATE webhook_endpoint SET failing_since = NULL, warned_at = NULL, paused_until = 'epoch' WHERE id = %(id)s"""
)
_FILTER = """UPDATE webhook_endpoint SET types = %(types)s, series = series + 1, start_position = greatest(start_position,
  coalesce(reached, (SELECT position FROM progress WHERE name = %(consumer)s))) WHERE id = %(id)s"""
"""The consumer locks the row while it makes deliveries, so its position is that of the last fact under the old filter."""
_DISABLE = """UPDATE webhook_endpoint SET disabled_why = 'asked', disabled_since = %(now)s WHERE id = %(id)s"""
_ENABLE = """WITH before AS (SELECT id, failing_since FROM webhook_endpoint WHERE id = %(id)s),
again AS (UPDATE webhook_delivery d SET outcome = NULL, ended_at = NULL, attempts = 0, next_at = 'epoch' FROM before
  WHERE d.endpoint_id = before.id AND (d.outcome IS NULL OR (d.outcome = 'failed' AND d.ended_at >= before.failing_since)))
UPDATE webhook_endpoint e SET disabled_why = NULL, disabled_since = NULL, failing_since = NULL, warned_at = NULL,
  paused_until = 'epoch' FROM before WHERE e.id = before.id"""
_ROTATE = f"""UPDATE webhook_endpoint e SET sealed = %(sealed)s, previous_until = %(until)s, rotated_under = %(rotated_under)s,
  rotated_as = %(rotated_as)s WHERE id = %(id)s RETURNING {_COLUMNS}"""
_DELETE = "DELETE FROM webhook_endpoint WHERE marketplace = %s AND id = %s"
_EVERY = f"SELECT {_COLUMNS} FROM webhook_endpoint e"
NEW_SERIES = """UPDATE webhook_endpoint e SET series = series + 1, reached = least(reached, l.last),
  start_position = least(l.last, greatest(start_position, (SELECT max(position) FROM webhook_delivery d
    WHERE d.endpoint_id = e.id)))
FROM (SELECT coalesce(max(position), 0) FROM event) l (last)"""
"""After facts were lost: the receivers may have had numbers for them, so the old numbers are not gone on with. It begins after
the last fact that the log and the deliveries both have."""


class UnknownWebhookEndpoint(Unknown):
    """The marketplace has no webhook endpoint with this id.

    Why: Endpoints belong to one marketplace. One that is deleted is gone, with its secrets and its deliveries.

    What to do: Take the id from `GET /v1/webhook-endpoints`.

    Example: {"endpoint_id": "6f0c4bda-1a2b-4c3d-8e4f-9a0b1c2d3e4f"}
    """


class TooManyWebhookEndpoints(Conflict):
    """The marketplace has `most` webhook endpoints already.

    Why: Every fact is made ready for every endpoint, so each costs work for each fact.

    What to do: Delete an endpoint that nobody needs, or let one receiver hand webhooks on inside your own systems.

    Example: {"most": 20}
    """


class WebhookEndpointHasChanged(Conflict):
    """The webhook endpoint has changed since you read it.

    Why: Somebody changed it meanwhile. To save over that would lose it.

    What to do: Read the endpoint again, and send your change with its new `ETag` as `If-Match`.

    Example: {"version": 3}
    """


@dataclass(frozen=True, slots=True)
class Endpoint:
    """`reached` is how far the log was read for it; None if it has caught up. Empty `types` are all but bookkeeping."""

    id: UUID
    marketplace: str
    url: str
    description: str
    types: Sequence[str]
    in_order: bool
    version: int
    series: int
    start_position: int
    reached: int | None
    key_id: UUID
    sealed: bytes
    previous_until: datetime | None
    disabled_why: str | None
    disabled_since: datetime | None
    failing_since: datetime | None
    warned_at: datetime | None
    last_success_at: datetime | None
    created_at: datetime
    made_as: bytes
    rotated_under: bytes | None
    rotated_as: bytes | None


@dataclass(frozen=True, slots=True)
class About:
    """What a person says of an endpoint."""

    url: str
    description: str
    types: tuple[str, ...]
    in_order: bool
    enabled: bool = True


class Endpoints:
    """`consumer` is the name under which the process that makes deliveries keeps its position."""

    def __init__(self, pool: Pool, keys: KeyStore, blind: Blind, consumer: str) -> None:
        self._pool = pool
        self._keys = keys
        self._blind = blind
        self._consumer = consumer

    async def make(self, marketplace: str, about: About, now: datetime, start: int, request: Request) -> Endpoint:
        """It is told of the facts after the position `start`. The same request again finds what it made.

        Raises TooManyWebhookEndpoints, KeyReused.
        """
        async with self._pool.connection() as connection, connection.transaction():
            await connection.execute(_ALONE, (marketplace,))
            if (before := await _one(connection, _MADE, (marketplace, request.key))) is not None:
                if before.made_as != request.fingerprint:
                    raise KeyReused
                return before
            count = await (await connection.execute(_COUNT, (marketplace,))).fetchone()
            if count is not None and count[0] >= MOST:
                raise TooManyWebhookEndpoints(most=MOST)
            endpoint_id = uuid4()
            owner = self._blind.uuid("webhook endpoints", marketplace)
            key = (await self._keys.ensure({endpoint_id}, {endpoint_id: owner}))[endpoint_id]
            sealed = key.seal(Signers(Signer.new()).packed(), _bound_to(endpoint_id))
            told = {name: getattr(about, name) for name in ("url", "description", "in_order")}
            values = {**told, "types": list(about.types), "id": endpoint_id, "marketplace": marketplace, "now": now,
                      "start": start, "key_id": key.id, "sealed": sealed, "made_under": request.key,
                      "made_as": request.fingerprint}  # fmt: skip
            made = await _one(connection, _MAKE, values)
            assert made is not None, "it was just stored"
            return made

    async def all(self, marketplace: str) -> list[Endpoint]:
        async with self._pool.connection() as connection, connection.cursor(row_factory=class_row(Endpoint)) as cursor:
            return await (await cursor.execute(_ALL.encode(), (marketplace,))).fetchall()

    async def get(self, marketplace: str, endpoint_id: UUID) -> Endpoint:
        """Raises UnknownWebhookEndpoint."""
        async with self._pool.connection() as connection:
            return _found(await _one(connection, _ONE, (marketplace, endpoint_id)), endpoint_id)

    async def change(
        self, before: Endpoint, changes: dict[str, Any], now: datetime, expected: Collection[int] = ()
    ) -> Endpoint:
        """`changes` are of the fields of `About`. Another filter begins a new series, after the last fact that the old one was
        asked about. Another address begins well. To enable it sends what was kept, and what failed since the last success.

        Raises WebhookEndpointHasChanged if its version is none of the `expected`, UnknownWebhookEndpoint.
        """
        async with self._pool.connection() as connection, connection.transaction():
            where = (before.marketplace, before.id)
            is_now = _found(await _one(connection, _LOCKED, where), before.id)
            if expected and is_now.version not in expected:
                raise WebhookEndpointHasChanged(version=is_now.version)
            was = _about(is_now)
            wanted = replace(was, **changes)
            if wanted == was:
                return is_now
            values = {"id": is_now.id, "now": now, "consumer": self._consumer, "types": list(wanted.types)}
            told = {name: getattr(wanted, name) for name in ("url", "description", "in_order")}
            await connection.execute(_CHANGE, {**values, **told})
            if wanted.url != was.url:
                await connection.execute(_MOVED, values)
            if wanted.types != was.types:
                await connection.execute(_FILTER, values)
            if wanted.enabled != was.enabled:
                await connection.execute(_ENABLE if wanted.enabled else _DISABLE, values)
            return _found(await _one(connection, _ONE, where), before.id)

    async def rotate(self, endpoint: Endpoint, now: datetime, previous_for: timedelta, request: Request) -> Endpoint:
        """New secrets; those until now sign too for so long. The same request again changes nothing.

        Raises KeyReused, UnknownWebhookEndpoint.
        """
        key = await self._key(endpoint)
        async with self._pool.connection() as connection, connection.transaction():
            before = _found(await _one(connection, _LOCKED, (endpoint.marketplace, endpoint.id)), endpoint.id)
            if before.rotated_under == request.key:
                if before.rotated_as != request.fingerprint:
                    raise KeyReused
                return before
            signers = _opened(key, before.id, before.sealed).rotated()
            values = {"id": before.id, "sealed": key.seal(signers.packed(), _bound_to(before.id)),
                      "until": now + previous_for, "rotated_under": request.key,
                      "rotated_as": request.fingerprint}  # fmt: skip
            return _found(await _one(connection, _ROTATE, values), before.id)

    async def signers(self, endpoint_id: UUID, key_id: UUID, sealed: bytes) -> Signers:
        """Raises LookupError if the endpoint was deleted."""
        key = (await self._keys.load({key_id}))[key_id]
        if key is None:
            raise LookupError(endpoint_id)
        return _opened(key, endpoint_id, sealed)

    async def secret(self, endpoint: Endpoint) -> Signer:
        """What signs now. Raises UnknownWebhookEndpoint."""
        return _opened(await self._key(endpoint), endpoint.id, endpoint.sealed).current

    async def delete(self, endpoint: Endpoint) -> None:
        """With all that it was told, and its secrets."""
        async with self._pool.connection() as connection:
            await connection.execute(_DELETE, (endpoint.marketplace, endpoint.id))
        await self._keys.destroy(endpoint.id, _ANY_TIME, living=True)

    async def restored(self) -> int:
        """After a restore: begins new series, and drops the endpoints whose secrets the key store lacks. Returns how many."""
        async with self._pool.connection() as connection, connection.cursor(row_factory=class_row(Endpoint)) as cursor:
            await connection.execute(NEW_SERIES)
            endpoints = await (await cursor.execute(_EVERY.encode())).fetchall()
        dropped = 0
        for one in endpoints:
            try:
                await self._key(one)
            except (KeyError, UnknownWebhookEndpoint):
                await self.delete(one)
                dropped += 1
        return dropped

    async def _key(self, endpoint: Endpoint) -> DataKey:
        key = (await self._keys.load({endpoint.key_id}))[endpoint.key_id]
        if key is None:
            raise UnknownWebhookEndpoint(endpoint_id=str(endpoint.id))
        return key


async def _one(connection: AsyncConnection, statement: str, values: Any) -> Endpoint | None:
    async with connection.cursor(row_factory=class_row(Endpoint)) as cursor:
        return await (await cursor.execute(statement.encode(), values)).fetchone()


def _found(endpoint: Endpoint | None, endpoint_id: UUID) -> Endpoint:
    if endpoint is None:
        raise UnknownWebhookEndpoint(endpoint_id=str(endpoint_id))
    return endpoint


def _about(endpoint: Endpoint) -> About:
    told = {name: getattr(endpoint, name) for name in ("url", "description", "in_order")}
    return About(**told, types=tuple(endpoint.types), enabled=endpoint.disabled_why is None)


def _opened(key: DataKey, endpoint_id: UUID, sealed: bytes) -> Signers:
    return Signers.unpacked(key.open(sealed, _bound_to(endpoint_id)))


def _bound_to(endpoint_id: UUID) -> bytes:
    return b"webhook endpoint" + endpoint_id.bytes
