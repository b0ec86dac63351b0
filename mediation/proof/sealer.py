"""The sealer: follows the log, extends the tree over it, and signs checkpoints of the tree.

Tiles, position and checkpoint are written in one transaction, fenced like every consumer's. It reads the stored rows,
not the decoded facts, so it also seals what a release cannot decode.

A signed checkpoint may be lost, with the facts that it commits to, when a standby is promoted. Whoever was given it can
prove the loss. So every worker remembers the last checkpoints. One that the log no longer continues is kept as lost
(`proof.lost_checkpoint`), and the tree goes on from what the log holds. One that only the database forgot, because a
crash lost a commit that did not wait for the disk, is put back.
"""

import asyncio
from base64 import b64decode
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from time import monotonic
from uuid import uuid4

import structlog
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from mediation.proof.signing import Signer, note
from mediation.proof.tree import Edge, TileId, edge_of, needed, roots
from mediation.proof.verify import Checkpoint, leaf_hash
from mediation.store.follow import progress
from mediation.store.follow.consumer import PASSING
from mediation.store.follow.progress import Fenced, Lease
from mediation.store.log.arrays import Bigints, Bytes, Smallints, Texts

_PAUSE = 0.5
"""Seconds between two looks at the log. Everything that arrives between them is sealed together."""

_AT_LEAST = 30.0
"""Seconds after which a checkpoint is signed even if the end of the log is not reached."""

_LEAVES = "SELECT leaf(e) FROM event e WHERE position > %b AND position <= %b ORDER BY position"
_TILES = """SELECT level, number, hashes FROM proof.tile
WHERE (level, number) IN (SELECT * FROM unnest(%b::smallint[], %b::bigint[]))"""
_PUT = """INSERT INTO proof.tile (level, number, hashes) SELECT * FROM unnest(%b::smallint[], %b::bigint[], %b::bytea[])
ON CONFLICT (level, number) DO UPDATE SET hashes = excluded.hashes"""
_LAST = "SELECT size, note FROM proof.checkpoint ORDER BY size DESC LIMIT 1"
_KEYS = "INSERT INTO proof.key (vkey) SELECT * FROM unnest(%b::text[]) ON CONFLICT DO NOTHING"
_SIGNED = "INSERT INTO proof.checkpoint (size, note) VALUES (%b, %b)"
_ABSENT = """SELECT k.size, k.note, (SELECT coalesce(max(position), 0) FROM event),
  coalesce((SELECT position FROM progress WHERE name = %b), 0)
FROM unnest(%b::bigint[], %b::text[]) k (size, note)
WHERE NOT EXISTS (SELECT FROM proof.checkpoint c WHERE c.size = k.size AND c.note = k.note)
AND NOT EXISTS (SELECT FROM proof.lost_checkpoint l WHERE l.note = k.note)"""
_BACK = f"{_SIGNED} ON CONFLICT DO NOTHING"
_LOST = "INSERT INTO proof.lost_checkpoint (size, note, log_ended_at) VALUES (%b, %b, %b) ON CONFLICT DO NOTHING"

_REMEMBERED = 64
"""Checkpoints that a worker remembers: those of half a minute at least."""

_log = structlog.get_logger(__name__)


class Sealer:
    """One per worker; only one of them holds the lease.

    `batch` limits the facts of one transaction. `lease` is in seconds. The first of the `signers` gives the log its
    name.
    """

    name = "sealer@1"

    def __init__(
        self,
        pool: AsyncConnectionPool[AsyncConnection],
        signers: Sequence[Signer],
        *,
        batch: int = 5_000,
        lease: float = 5.0,
    ) -> None:
        self._pool = pool
        self._signers = signers
        self._batch = batch
        self._lease = lease
        self._holder = uuid4().hex
        self._given_out: deque[tuple[int, str]] = deque(maxlen=_REMEMBERED)
        self._undecided = False

    async def run(self) -> None:
        """Runs until cancelled; then it gives the lease back."""
        lease: Lease | None = None
        try:
            while True:
                try:
                    async with self._pool.connection() as connection:
                        await self._compare(connection)
                        lease = await progress.take(connection, self.name, self._holder, self._lease)
                        ahead = await progress.ahead_of_log(connection, self.name) if lease is not None else None
                    if ahead is not None:
                        # What was sealed stays as it is: it shows what the log has lost.
                        _log.error("log_ends_before_its_seal", sealed=ahead[0], log_ends_at=ahead[1])
                    if lease is not None:
                        await self._seal(lease)
                except Fenced:
                    _log.info("sealer_fenced")
                except PASSING as error:
                    _log.warning("sealer_repeats", error=str(error).strip())
                lease = None
                await asyncio.sleep(self._lease / 5)
        finally:
            if lease is not None:
                with suppress(*PASSING):
                    async with self._pool.connection() as connection:
                        await progress.give_back(connection, [lease])

    async def _seal(self, lease: Lease) -> None:
        async with self._pool.connection() as connection:
            edge = Edge.of(lease.position, await tiles(connection, edge_of(lease.position)))
            await connection.execute(_KEYS, (Texts(signer.vkey for signer in self._signers),))
            signed, _ = await (await connection.execute(_LAST)).fetchone() or (-1, "")
        signed_at = monotonic()
        while True:
            fresh = None
            async with self._pool.connection() as connection, connection.transaction():
                rows = await (
                    await connection.execute(_LEAVES, (lease.position, lease.position + self._batch), binary=True)
                ).fetchall()
                await lease.move(connection, lease.position + len(rows))
                edge.grow(leaf_hash(leaf) for (leaf,) in rows)
                more = len(rows) == self._batch
                if rows:
                    await _put(connection, edge)
                if edge.size > signed and (not more or monotonic() > signed_at + _AT_LEAST):
                    fresh = await self._sign(connection, edge)
                    signed, signed_at = edge.size, monotonic()
            lease.position += len(rows)
            if fresh is not None:
                self._given_out.append((signed, fresh))
            if self._undecided:
                async with self._pool.connection() as connection:
                    await self._compare(connection)
            if not more:
                await asyncio.sleep(_PAUSE)

    async def _sign(self, connection: AsyncConnection, edge: Edge) -> str:
        signed = note(Checkpoint(self._signers[0].name, edge.size, edge.root()), self._signers)
        await connection.execute(_SIGNED, (edge.size, signed))
        return signed

    async def _compare(self, connection: AsyncConnection) -> None:
        """Looks at the remembered checkpoints that the database has no longer. Then remembers the last one that it has.

        It is undecided what became of one if the log is long enough for it, and the tree not yet.
        """
        columns = Bigints(size for size, _ in self._given_out), Texts(note for _, note in self._given_out)
        absent = await connection.execute(_ABSENT, (self.name, *columns), binary=True)
        self._undecided = False
        for size, signed, end, sealed in await absent.fetchall():
            if end < size or (sealed >= size and not await _continues(connection, size, signed)):
                await connection.execute(_LOST, (size, signed, end))
                _log.error("checkpoint_lost", size=size, log_ends_at=end)
            elif sealed >= size:
                await connection.execute(_BACK, (size, signed))
            else:
                self._undecided = True
        last = await (await connection.execute(_LAST)).fetchone()
        if last is not None and last not in self._given_out:
            self._given_out.append(last)


async def _continues(connection: AsyncConnection, size: int, signed: str) -> bool:
    """Whether the tree over the first `size` facts still has the root that was signed. It has at least that many."""
    whole = [(0, size)] if size else []
    root = roots(whole, await tiles(connection, sorted(needed(whole))))
    return not whole or root == [b64decode(signed.splitlines()[2])]


async def tiles(connection: AsyncConnection, wanted: Sequence[TileId]) -> dict[TileId, bytes]:
    """The wanted tiles that exist."""
    levels, numbers = Smallints(level for level, _ in wanted), Bigints(number for _, number in wanted)
    rows = await (await connection.execute(_TILES, (levels, numbers), binary=True)).fetchall()
    return {(level, number): hashes for level, number, hashes in rows}


async def _put(connection: AsyncConnection, edge: Edge) -> None:
    changed = edge.changed()
    levels, numbers = Smallints(level for level, _ in changed), Bigints(number for _, number in changed)
    await connection.execute(_PUT, (levels, numbers, Bytes(changed.values())), binary=True)
