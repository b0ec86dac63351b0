"""Exports for auditors, verifiable without any server: one dispute's facts with their proofs, or the whole log."""

import json
from base64 import b64encode
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, BinaryIO
from uuid import UUID

from psycopg import AsyncConnection

from mediation.proof.sealer import tiles
from mediation.proof.tree import WIDTH, Span, consistency, inclusion, needed, roots
from mediation.proof.verify import GONE, MAGIC, Fact, Told

HASH = 32
_LATEST = "SELECT size, note FROM proof.checkpoint ORDER BY size DESC LIMIT 1"
_BEFORE = """SELECT size, note, signed_at FROM proof.checkpoint
WHERE size < coalesce(%b, 9223372036854775807) ORDER BY size DESC LIMIT %b"""
_LOST = (
    "SELECT size, note, log_ended_at, found_at FROM proof.lost_checkpoint ORDER BY found_at DESC, size DESC LIMIT %b"
)
_KEYS = "SELECT vkey, since FROM proof.key ORDER BY since, vkey"
_NOTES = """SELECT note FROM (SELECT DISTINCT ON (part) (size - 1) * %(parts)b / greatest(%(all)b, 1) AS part, size, note
FROM proof.checkpoint WHERE size BETWEEN least(%(all)b, 1) AND %(all)b ORDER BY part, size DESC) kept ORDER BY size"""
_AT_MOST = 1_000
"""The most checkpoints in an exported log, one for each part of it: a signature takes longer to verify than a fact."""

_OF_POSITION = (
    "SELECT leaf(e) FROM event e WHERE position = %b AND marketplace = coalesce(%b, marketplace) AND position <= %b"
)
_OF_DISPUTE = """SELECT position, leaf(e) FROM event e
WHERE dispute_id = %b AND marketplace = %b AND position <= %b ORDER BY position"""
_LEAVES = "SELECT position, leaf(e) FROM event e WHERE position > %b AND position <= %b ORDER BY position"


class NothingSealed(Exception):
    """There is nothing sealed yet. You can ask again.

    Why: Facts are sealed under a signed checkpoint some seconds after they are recorded. There is none yet.

    What to do: Ask again after the seconds in `Retry-After`. As the operator, check that `mediation serve` runs.
    """


class NotSealed(Exception):
    """There is no such fact, or not here, or it has not been sealed yet."""


async def latest(connection: AsyncConnection) -> tuple[int, str]:
    """The size and the note of the last checkpoint. Raises NothingSealed."""
    row = await (await connection.execute(_LATEST)).fetchone()
    if row is None:
        raise NothingSealed
    size, note = row
    return size, note


async def checkpoints(
    connection: AsyncConnection, *, before: int | None = None, limit: int
) -> list[tuple[int, str, datetime]]:
    """Each checkpoint's size, note and time of signing; the last ones first."""
    return await (await connection.execute(_BEFORE, (before, limit), binary=True)).fetchall()


async def lost(connection: AsyncConnection, *, limit: int) -> list[tuple[int, str, int, datetime]]:
    """The checkpoints that were given out and lost; the last ones first. Each with its size, its note, the last position
    that the log had left, and when this was found."""
    return await (await connection.execute(_LOST, (limit,), binary=True)).fetchall()


async def keys(connection: AsyncConnection) -> list[tuple[str, datetime]]:
    """The public keys that signed checkpoints, and since when; the oldest first."""
    return await (await connection.execute(_KEYS)).fetchall()


async def proofs(connection: AsyncConnection, wanted: Iterable[Sequence[Span]]) -> list[list[bytes]]:
    """The hashes of several proofs; their tiles are loaded together."""
    spans = list(wanted)
    held = await tiles(connection, sorted(needed(span for proof in spans for span in proof)))
    return [roots(proof, held) for proof in spans]


async def fact(connection: AsyncConnection, marketplace: str | None, position: int) -> tuple[str, bytes, list[bytes]]:
    """The last checkpoint, the leaf of a fact, and the hashes that lead from the leaf to the checkpoint.

    Without a marketplace it looks in the whole cell. Raises NothingSealed and NotSealed.
    """
    size, note = await latest(connection)
    cursor = await connection.execute(_OF_POSITION, (position, marketplace, size), binary=True)
    row = await cursor.fetchone()
    if row is None:
        raise NotSealed
    (proof,) = await proofs(connection, [inclusion(position - 1, size)])
    return note, row[0], proof


async def bundle(
    connection: AsyncConnection, marketplace: str, dispute_id: UUID, against: Iterable[int] = ()
) -> dict[str, Any]:
    """A dispute's facts as they were last sealed.

    `against`: the sizes of checkpoints kept outside, to which the bundle must connect. Raises NothingSealed.
    """
    size, note = await latest(connection)
    cursor = await connection.execute(_OF_DISPUTE, (dispute_id, marketplace, size), binary=True)
    rows = await cursor.fetchall()
    ties = [other for other in against if 0 < other < size]
    found = await proofs(
        connection,
        [*(inclusion(position - 1, size) for position, _ in rows), *(consistency(tie, size) for tie in ties)],
    )
    facts, bridges = found[: len(rows)], found[len(rows) :]
    return {
        "dispute_id": str(dispute_id),
        "checkpoint": note,
        "keys": [vkey for vkey, _ in await keys(connection)],
        "exhibits": [*_exhibits(Fact.of(leaf) for _, leaf in rows)],
        "facts": [
            {"leaf": _written(leaf), "proof": [*map(_written, proof)]}
            for (_, leaf), proof in zip(rows, facts, strict=True)
        ],
        "consistency": [
            {"size": tie, "proof": [*map(_written, proof)]} for tie, proof in zip(ties, bridges, strict=True)
        ],
    }


async def whole(
    connection: AsyncConnection, file: BinaryIO, told: Told = lambda done, of: None, *, batch: int = 40 * WIDTH
) -> int:
    """Writes the log up to the last checkpoint, in the form that `verify_log` reads. Returns the number of facts."""
    size, _ = await latest(connection)
    cursor = await connection.execute(_NOTES, {"parts": _AT_MOST, "all": size})
    notes = [note for (note,) in await cursor.fetchall()]
    public = [vkey for vkey, _ in await keys(connection)]
    head = json.dumps({"facts": size, "checkpoints": notes, "keys": public}).encode()
    file.write(MAGIC + len(head).to_bytes(4, "big") + head)
    for first in range(0, size, batch):
        last = min(first + batch, size)
        rows = await (await connection.execute(_LEAVES, (first, last), binary=True)).fetchall()
        leaves: dict[int, bytes] = dict(rows)
        held = await tiles(connection, [(0, number) for number in range(first // WIDTH, -(-last // WIDTH))])
        for index in range(first, last):
            leaf = leaves.get(index + 1)
            sealed = held.get((0, index // WIDTH), b"")[index % WIDTH * HASH :][:HASH].ljust(HASH, b"\0")
            file.write(GONE.to_bytes(4, "big") if leaf is None else len(leaf).to_bytes(4, "big") + leaf)
            file.write(sealed)
        told(last, size)
    return size


def _exhibits(facts: Iterable[Fact]) -> Iterable[dict[str, Any]]:
    """The files of these facts, by the hash of the stored bytes: that stays provable after the person is erased."""
    for one in facts:
        body = json.loads(one.body)
        for file in (body.get("file"), *body.get("files", ())):
            if isinstance(file, dict):
                yield {"position": one.position, "sealed_sha256": file["sealed_sha256"]}


def _written(raw: bytes) -> str:
    return b64encode(raw).decode()
