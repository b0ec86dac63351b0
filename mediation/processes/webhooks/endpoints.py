"""The endpoints of a marketplace: where it is told, of what, and with which secrets."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from psycopg import AsyncConnection
from psycopg.rows import class_row
from psycopg_pool import AsyncConnectionPool

from mediation.processes.webhooks.signing import Signer, Signers
from mediation.store.keys.blind import Blind
from mediation.store.keys.keys import KeyStore

Pool = AsyncConnectionPool[AsyncConnection]

MOST = 20
"""Endpoints of one marketplace."""

_ANY_TIME = datetime(9999, 1, 1, tzinfo=UTC)

_NAMES = (
    "id", "marketplace", "url", "description", "types", "in_order", "series", "start_position", "reached", "key_id", "sealed",
    "previous_until", "disabled_why", "disabled_since", "failing_since", "warned_at", "last_success_at", "created_at",
)  # fmt: skip
_COLUMNS = ", ".join(f"e.{name}" for name in _NAMES)
_MAKE = f"""INSERT INTO webhook_endpoint AS e
  (id, marketplace, url, description, types, in_order, start_position, reached, key_id, sealed, created_at)
SELECT %(id)s, %(marketplace)s, %(url)s, %(description)s, %(types)s, %(in_order)s, %(start)s, %(start)s, %(key_id)s, %(sealed)s,
  %(now)s WHERE (SELECT count(*) FROM webhook_endpoint WHERE marketplace = %(marketplace)s) < {MOST} RETURNING {_COLUMNS}"""
_ALL = f"SELECT {_COLUMNS} FROM webhook_endpoint e WHERE marketplace = %s ORDER BY created_at, id"
_ONE = f"SELECT {_COLUMNS} FROM webhook_endpoint e WHERE marketplace = %s AND id = %s"
_CHANGE = f"""UPDATE webhook_endpoint e SET url = %(url)s, description = %(description)s, in_order = %(in_order)s
WHERE marketplace = %(marketplace)s AND id = %(id)s RETURNING {_COLUMNS}"""
_FILTER = f"""UPDATE webhook_endpoint e SET types = %(types)s, series = series + 1, start_position = greatest(start_position,
  coalesce(reached, (SELECT position FROM progress WHERE name = %(consumer)s)))
WHERE marketplace = %(marketplace)s AND id = %(id)s AND types <> %(types)s RETURNING {_COLUMNS}"""
"""The consumer holds the row while it makes deliveries, so its position is that of the last fact under the old filter."""
_DISABLE = f"""UPDATE webhook_endpoint e SET disabled_why = 'asked', disabled_since = %(now)s
WHERE marketplace = %(marketplace)s AND id = %(id)s AND disabled_why IS NULL RETURNING {_COLUMNS}"""
_ENABLE = f"""WITH before AS (SELECT id, failing_since FROM webhook_endpoint
  WHERE marketplace = %(marketplace)s AND id = %(id)s AND disabled_why IS NOT NULL FOR UPDATE),
again AS (UPDATE webhook_delivery d SET outcome = NULL, ended_at = NULL, attempts = 0, next_at = 'epoch' FROM before
  WHERE d.endpoint_id = before.id AND (d.outcome IS NULL OR (d.outcome = 'failed' AND d.ended_at >= before.failing_since)))
UPDATE webhook_endpoint e SET disabled_why = NULL, disabled_since = NULL, failing_since = NULL, warned_at = NULL,
  paused_until = 'epoch' FROM before WHERE e.id = before.id RETURNING {_COLUMNS}"""
_ROTATE = f"""UPDATE webhook_endpoint e SET sealed = %(sealed)s, previous_until = %(until)s
WHERE marketplace = %(marketplace)s AND id = %(id)s AND sealed = %(before)s RETURNING {_COLUMNS}"""
_DELETE = "DELETE FROM webhook_endpoint WHERE marketplace = %s AND id = %s RETURNING id"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """`reached` is how far the log was read for it; None if it has caught up. Empty `types` are all but bookkeeping."""

    id: UUID
    marketplace: str
    url: str
    description: str
    types: Sequence[str]
    in_order: bool
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


class Endpoints:
    """`consumer` is the name under which the process that makes deliveries keeps its position."""

    def __init__(self, pool: Pool, keys: KeyStore, blind: Blind, consumer: str) -> None:
        self._pool = pool
        self._keys = keys
        self._blind = blind
        self._consumer = consumer

    async def make(self, marketplace: str, now: datetime, start: int, **about: Any) -> tuple[Endpoint, Signer] | None:
        """With `url`, `description`, `types` and `in_order`. It is told of the facts after the position `start`. None if the
        marketplace has too many."""
        endpoint_id, signers = uuid4(), Signers(Signer.new())
        owner = self._blind.uuid("webhook endpoints", marketplace)
        key = (await self._keys.ensure({endpoint_id}, {endpoint_id: owner}))[endpoint_id]
        sealed = key.seal(signers.packed(), _bound_to(endpoint_id))
        values = {"id": endpoint_id, "key_id": key.id, "sealed": sealed, "start": start, "now": now}
        made = await self._one(_MAKE, {**about, **values, "marketplace": marketplace})
        if made is None:
            await self._keys.destroy(endpoint_id, _ANY_TIME, living=True)
            return None
        return made, signers.current

    async def all(self, marketplace: str) -> list[Endpoint]:
        async with self._pool.connection() as connection, connection.cursor(row_factory=class_row(Endpoint)) as cursor:
            return await (await cursor.execute(_ALL.encode(), (marketplace,))).fetchall()

    async def get(self, marketplace: str, endpoint_id: UUID) -> Endpoint | None:
        return await self._one(_ONE, (marketplace, endpoint_id))

    async def change(self, endpoint: Endpoint, **changes: Any) -> Endpoint | None:
        """`changes` are of `url`, `description` and `in_order`. None if it was deleted."""
        now = {name: getattr(endpoint, name) for name in ("id", "marketplace", "url", "description", "in_order")}
        return await self._one(_CHANGE, {**now, **changes})

    async def filter(self, endpoint: Endpoint, types: Sequence[str]) -> None:
        """Another filter begins a new series, after the last fact that the old one was asked about."""
        about = {"id": endpoint.id, "marketplace": endpoint.marketplace, "types": list(types)}
        await self._one(_FILTER, {**about, "consumer": self._consumer})

    async def disable(self, endpoint: Endpoint, now: datetime) -> None:
        await self._one(_DISABLE, {"id": endpoint.id, "marketplace": endpoint.marketplace, "now": now})

    async def enable(self, endpoint: Endpoint) -> None:
        """Sends what was kept, and what failed since the last success."""
        await self._one(_ENABLE, {"id": endpoint.id, "marketplace": endpoint.marketplace})

    async def rotate(self, endpoint: Endpoint, now: datetime, previous_for: timedelta) -> Signer | None:
        """New secrets; those until now sign too for so long. None if somebody else rotated them at the same time."""
        key = (await self._keys.load({endpoint.key_id}))[endpoint.key_id]
        assert key is not None, "it is destroyed after its endpoint is deleted"
        signers = (await self.signers(endpoint.id, endpoint.key_id, endpoint.sealed)).rotated()
        values = {"id": endpoint.id, "marketplace": endpoint.marketplace, "before": endpoint.sealed}
        sealed = key.seal(signers.packed(), _bound_to(endpoint.id))
        rotated = await self._one(_ROTATE, {**values, "sealed": sealed, "until": now + previous_for})
        return signers.current if rotated is not None else None

    async def signers(self, endpoint_id: UUID, key_id: UUID, sealed: bytes) -> Signers:
        """Raises LookupError if the endpoint was deleted."""
        key = (await self._keys.load({key_id}))[key_id]
        if key is None:
            raise LookupError(endpoint_id)
        return Signers.unpacked(key.open(sealed, _bound_to(endpoint_id)))

    async def delete(self, endpoint: Endpoint) -> None:
        """With all that it was told, and its secrets."""
        async with self._pool.connection() as connection:
            await connection.execute(_DELETE, (endpoint.marketplace, endpoint.id))
        await self._keys.destroy(endpoint.id, _ANY_TIME, living=True)

    async def _one(self, statement: str, values: Any) -> Endpoint | None:
        async with self._pool.connection() as connection, connection.cursor(row_factory=class_row(Endpoint)) as cursor:
            return await (await cursor.execute(statement.encode(), values)).fetchone()


def _bound_to(endpoint_id: UUID) -> bytes:
    return b"webhook endpoint" + endpoint_id.bytes
