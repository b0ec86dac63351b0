"""How far a consumer of the log is, and which worker may move it on.

The epoch and the holder fence: taking the lease raises the epoch, and a position moves only under the epoch and the
holder with which the lease was taken. (A promoted standby may give out an epoch again that the former server gave out.)
The facts fence too: a position moves only to a fact that the log still holds at the same moment.
The lease, on the database's clock, only keeps consumers running; nothing breaks if two workers believe that they hold
it.
"""

from collections.abc import Collection
from dataclasses import dataclass

from psycopg import AsyncConnection

from mediation.store.log.memory import Identity

_TAKE = """INSERT INTO progress (name, epoch, holder, lease_until)
VALUES (%b, extract(epoch FROM clock_timestamp()), %b, clock_timestamp() + make_interval(secs => %b))
ON CONFLICT (name) DO UPDATE
SET epoch = progress.epoch + 1, holder = excluded.holder, lease_until = excluded.lease_until
WHERE progress.lease_until IS NULL OR progress.lease_until < clock_timestamp() OR progress.holder = excluded.holder
RETURNING epoch, position, EXISTS (SELECT FROM parked WHERE consumer = progress.name)"""
"""New epochs begin at the clock, so that a row that was deleted and made again never repeats an epoch."""

_MOVE = """UPDATE progress SET position = %b, lease_until = clock_timestamp() + make_interval(secs => %b)
WHERE name = %b AND position = %b AND epoch = %b AND holder = %b
AND (%b::bigint IS NULL OR EXISTS (SELECT FROM event e WHERE e.position = %b::bigint AND e.recorded_at = %b::timestamptz
  AND e.stream_id = %b::uuid AND e.causation_id IS NOT DISTINCT FROM %b::uuid))
RETURNING set_config('synchronous_commit', 'off', true),
  set_config('idle_in_transaction_session_timeout', (1000 * greatest(%b, 1.0))::int::text, true)"""
"""What a consumer writes is derived: after a crash its rows and its position are older together, and it reads on from
there. So its commits need not wait for the disk. A worker that stops in the middle of a batch loses the row's lock when
its lease runs out; otherwise another worker would wait for it."""

_GIVE_BACK = """UPDATE progress SET holder = NULL, lease_until = NULL
WHERE (name, epoch, holder) IN (SELECT * FROM unnest(%b::text[], %b::bigint[], %b::text[]))"""

_POSITION = "SELECT position FROM progress WHERE name = %b"
_AHEAD = """SELECT p.position, l.last FROM progress p CROSS JOIN (SELECT coalesce(max(position), 0) FROM event) l (last)
WHERE p.name = %b AND p.position > l.last"""

_FORGET = "WITH gone AS (DELETE FROM progress WHERE name = %b) DELETE FROM parked WHERE consumer = %b"


class Fenced(Exception):
    """Another worker has taken over this consumer, or the log has lost what it was given. Nothing was written."""


@dataclass(slots=True)
class Lease:
    """The right of `holder` to move one consumer on. It lasts `seconds` unless renewed."""

    name: str
    holder: str
    seconds: float
    epoch: int
    position: int
    parked: bool
    """Whether any subject of this consumer may be parked."""

    async def move(self, connection: AsyncConnection, position: int, last: Identity | None = None) -> None:
        """Call it first in the transaction that writes what was read up to `position`. Raises `Fenced`: roll back.

        `last` is the last fact that was read. Without it, the facts were read in this transaction.
        """
        mine = (self.name, self.position, self.epoch, self.holder)
        fact = (None,) * 5 if last is None else (last.position, *last)
        parameters = (position, self.seconds, *mine, *fact, self.seconds)
        moved = await connection.execute(_MOVE, parameters, binary=True)
        if moved.rowcount != 1:
            raise Fenced(self.name)


async def take(connection: AsyncConnection, name: str, holder: str, seconds: float) -> Lease | None:
    """None while another worker holds the lease."""
    row = await (await connection.execute(_TAKE, (name, holder, float(seconds)), binary=True)).fetchone()
    if row is None:
        return None
    epoch, position, parked = row
    return Lease(name, holder, float(seconds), epoch, position, parked)


async def give_back(connection: AsyncConnection, leases: Collection[Lease]) -> None:
    """Gives the leases back, so that another worker continues at once."""
    columns = ([lease.name for lease in leases], [lease.epoch for lease in leases], [lease.holder for lease in leases])
    await connection.execute(_GIVE_BACK, columns, binary=True)


async def position_of(connection: AsyncConnection, name: str) -> int:
    """0 for a consumer that has never run."""
    row = await (await connection.execute(_POSITION, (name,), binary=True)).fetchone()
    return 0 if row is None else int(row[0])


async def ahead_of_log(connection: AsyncConnection, name: str) -> tuple[int, int] | None:
    """The position of a consumer and the end of the log, if the consumer is beyond that end."""
    row = await (await connection.execute(_AHEAD, (name,), binary=True)).fetchone()
    return None if row is None else (row[0], row[1])


async def start_over(connection: AsyncConnection, name: str, tables: Collection[str]) -> None:
    """Empties the tables that a consumer fills, and makes it begin again at the start of the log. Call it in a
    transaction."""
    await forget(connection, name)
    for table in tables:
        await connection.execute(f"DELETE FROM {table}".encode())


async def forget(connection: AsyncConnection, name: str) -> None:
    """Makes the consumer begin again at the start of the log. The worker that feeds it now is fenced off."""
    await connection.execute(_FORGET, (name, name), binary=True)
