"""Replaces the master key: wraps every living data key under a new master, and destroys the former masters.

This makes an erasure final: after it nothing can open a copy of the person's wrapped key, in a backup of the key store
or in a disk page that was not overwritten yet. No reader or writer waits for it: they go on with the data keys, which
do not change, and each wrapped key names its master.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from mediation.store.keys.keys import Erasure
from mediation.store.keys.masters import Masters
from mediation.store.log.arrays import Bytes, Uuids

BATCH = 2_000

_LOCK = 7305
"""Advisory lock: only one process rotates at a time."""

_TRY = "SELECT pg_try_advisory_lock(%s)"
_UNLOCK = "SELECT pg_advisory_unlock(%s)"
_RETIRE = "UPDATE keys.master SET retired_at = clock_timestamp() WHERE retired_at IS NULL AND id <> %s"
_BEGIN = "INSERT INTO keys.master (id) VALUES (%s) ON CONFLICT (id) DO NOTHING"
_RETIRED = "SELECT id FROM keys.master WHERE retired_at IS NOT NULL AND destroyed_at IS NULL"
_COUNT = "SELECT count(*) FROM keys.data_key WHERE master = ANY(%s) AND wrapped IS NOT NULL"
_NEXT = (
    """SELECT id, subject, wrapped FROM keys.data_key WHERE master = %s AND wrapped IS NOT NULL ORDER BY id LIMIT %s"""
)
_WRAP = """UPDATE keys.data_key k SET wrapped = new.wrapped, master = %s
FROM unnest(%s::uuid[], %s::bytea[]) new (id, wrapped) WHERE k.id = new.id AND k.wrapped IS NOT NULL"""
"""Leaves out keys that were destroyed since."""
_GONE = "UPDATE keys.master SET destroyed_at = clock_timestamp() WHERE id = ANY(%s)"
_ERASED = """SELECT subject, number FROM keys.erasure e WHERE completed_at IS NULL AND NOT EXISTS (
  SELECT FROM keys.data_key k
  WHERE (k.subject = e.subject OR k.person = e.subject) AND k.wrapped IS NOT NULL AND k.created_at <= e.erased_at)"""
"""Erasures whose key is destroyed by now, so that it is not wrapped again."""
_COMPLETE = """UPDATE keys.erasure e SET completed_at = clock_timestamp()
FROM unnest(%s::uuid[], %s::int[]) done (subject, number) WHERE (e.subject, e.number) = (done.subject, done.number)"""

_UNTOLD = """SELECT subject, number, marketplace, ground, erased_at, completed_at FROM keys.erasure
WHERE completed_at IS NOT NULL AND NOT on_record ORDER BY completed_at LIMIT 500"""
_TOLD = "UPDATE keys.erasure SET on_record = true WHERE (subject, number) = (%s, %s)"
_DUE = """SELECT EXISTS (SELECT FROM keys.erasure WHERE completed_at IS NULL)
AND EXISTS (SELECT FROM keys.master
  WHERE retired_at IS NULL AND since <= clock_timestamp() - make_interval(secs => %s))"""


class AlreadyRotating(Exception):
    """Another worker is doing that at this moment."""


class NothingNewer(Exception):
    """There is no newer master to wrap with."""


@dataclass(frozen=True, slots=True)
class Rotated:
    """`destroyed` says whether the former masters are destroyed, or only out of use."""

    keys: int
    destroyed: bool


async def due(pool: AsyncConnectionPool[AsyncConnection], seconds: float) -> bool:
    """Whether an erasure is not complete yet, and the current master is at least that many seconds old."""
    async with pool.connection() as connection:
        row = await (await connection.execute(_DUE, (seconds,))).fetchone()
    return bool(row and row[0])


async def untold(pool: AsyncConnectionPool[AsyncConnection]) -> list[Erasure]:
    """Erasures that are complete, but not yet recorded as complete in the log."""
    async with pool.connection() as connection:
        return [Erasure(*row) for row in await (await connection.execute(_UNTOLD)).fetchall()]


async def tell(pool: AsyncConnectionPool[AsyncConnection], erasure: Erasure) -> None:
    """Marks that the log has recorded it."""
    async with pool.connection() as connection:
        await connection.execute(_TOLD, (erasure.subject, erasure.number))


async def rotate(
    pool: AsyncConnectionPool[AsyncConnection],
    masters: Masters,
    told: Callable[[int, int], None] = lambda done, of: None,
    *,
    make: bool = True,
) -> Rotated:
    """Rotates. If it is killed, the next call does the rest.

    `make` makes a new master; otherwise the newest existing one is used. Raises AlreadyRotating, NothingNewer,
    MastersAreGiven, and WrongMasterKey if a master is missing that is still needed.
    """
    async with pool.connection() as connection:
        if not await _one(connection, _TRY, (_LOCK,)):
            raise AlreadyRotating
        try:
            return await _rotate(connection, masters, told, make=make)
        finally:
            await connection.execute(_UNLOCK, (_LOCK,))


async def _rotate(
    connection: AsyncConnection, masters: Masters, told: Callable[[int, int], None], *, make: bool
) -> Rotated:
    erased = await (await connection.execute(_ERASED)).fetchall()
    newest = await (masters.make() if make else masters.newest())
    async with connection.transaction():
        await connection.execute(_RETIRE, (newest,))
        await connection.execute(_BEGIN, (newest,))
    retired = [id for (id,) in await (await connection.execute(_RETIRED)).fetchall()]
    if newest in retired or not retired:
        raise NothingNewer
    of, done = await _one(connection, _COUNT, (retired,)), 0
    for old in retired:
        while rows := await (await connection.execute(_NEXT, (old, BATCH), binary=True)).fetchall():
            bound = [id.bytes + subject.bytes for id, subject, _ in rows]
            plain = await masters.unwrap(old, [(row[2], to) for row, to in zip(rows, bound, strict=True)])
            wrapped = await masters.wrap(newest, [*zip(plain, bound, strict=True)])
            await connection.execute(_WRAP, (newest, Uuids(row[0] for row in rows), Bytes(wrapped)), binary=True)
            told(done := done + len(rows), of)
    destroyed = await masters.retain([newest])
    if destroyed:
        await connection.execute(_GONE, (retired,))
        await connection.execute(_COMPLETE, ([subject for subject, _ in erased], [number for _, number in erased]))
    return Rotated(done, destroyed)


async def _one(connection: AsyncConnection, query: str, parameters: tuple[Any, ...] = ()) -> Any:
    row = await (await connection.execute(query.encode(), parameters)).fetchone()
    assert row is not None
    return row[0]
