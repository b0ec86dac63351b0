"""The sealer: follows the log, extends the tree over it, and signs checkpoints of the tree.

Tiles, position and checkpoint are written in one transaction, fenced like every consumer's. It reads the stored rows,
not the decoded facts, so it also seals what a release cannot decode.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from time import monotonic
from uuid import uuid4

import structlog
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from mediation.proof.signing import Signer, note
from mediation.proof.tree import Edge, TileId, edge_of
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
_LAST = "SELECT coalesce(max(size), -1) FROM proof.checkpoint"
_KEYS = "INSERT INTO proof.key (vkey) SELECT * FROM unnest(%b::text[]) ON CONFLICT DO NOTHING"
_SIGNED = "INSERT INTO proof.checkpoint (size, note) VALUES (%b, %b)"

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

    async def run(self) -> None:
        """Runs until cancelled; then it gives the lease back."""
        lease: Lease | None = None
        try:
            while True:
                try:
                    async with self._pool.connection() as connection:
                        lease = await progress.take(connection, self.name, self._holder, self._lease)
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
            (signed,) = await (await connection.execute(_LAST)).fetchone() or (-1,)
        signed_at = monotonic()
        while True:
            async with self._pool.connection() as connection:
                rows = await (
                    await connection.execute(_LEAVES, (lease.position, lease.position + self._batch), binary=True)
                ).fetchall()
                async with connection.transaction():
                    await lease.move(connection, lease.position + len(rows))
                    edge.grow(leaf_hash(leaf) for (leaf,) in rows)
                    more = len(rows) == self._batch
                    if rows:
                        await _put(connection, edge)
                    if edge.size > signed and (not more or monotonic() > signed_at + _AT_LEAST):
                        await self._sign(connection, edge)
                        signed, signed_at = edge.size, monotonic()
            lease.position += len(rows)
            if not more:
                await asyncio.sleep(_PAUSE)

    async def _sign(self, connection: AsyncConnection, edge: Edge) -> None:
        checkpoint = Checkpoint(self._signers[0].name, edge.size, edge.root())
        await connection.execute(_SIGNED, (edge.size, note(checkpoint, self._signers)))


async def tiles(connection: AsyncConnection, wanted: Sequence[TileId]) -> dict[TileId, bytes]:
    """The wanted tiles that exist."""
    levels, numbers = Smallints(level for level, _ in wanted), Bigints(number for _, number in wanted)
    rows = await (await connection.execute(_TILES, (levels, numbers), binary=True)).fetchall()
    return {(level, number): hashes for level, number, hashes in rows}


async def _put(connection: AsyncConnection, edge: Edge) -> None:
    changed = edge.changed()
    levels, numbers = Smallints(level for level, _ in changed), Bigints(number for _, number in changed)
    await connection.execute(_PUT, (levels, numbers, Bytes(changed.values())), binary=True)
