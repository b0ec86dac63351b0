"""Logs of any size to measure on: the deciders play disputes of every kind, and large logs copy them."""

import asyncio
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import cycle
from typing import Any, overload
from uuid import UUID

import psycopg

from mediation.store.log.recorded import COLUMNS
from tests.harness.benchmarks.append import opened
from tests.projections.plays import STORIES, Play, locked_out

_AT_ONCE = 64
UUID_TEXT = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
TYPES = [
    "int8",
    "timestamptz",
    "timestamptz",
    "uuid",
    "int4",
    "uuid",
    "text",
    "text",
    "int2",
    "uuid",
    "uuid",
    "uuid",
    "bytea",
]


async def fill(conninfo: str, events: int) -> int:
    """Plays whole disputes until the log has so many events. Returns the number of events."""
    async with opened(conninfo) as log:
        stories = cycle(story for story in STORIES if story is not locked_out)  # all revocations share one stream
        reached = 0

        async def play() -> None:
            nonlocal reached
            while reached < events:
                played = await next(stories)(Play(log))
                reached = max(reached, played.position)

        await asyncio.gather(*(play() for _ in range(_AT_ONCE)))
        return await log.last_position()


def multiply(conninfo: str, events: int) -> int:
    """Copies everything in the log, with other ids, until it has so many events. Returns the number of events.

    Every copy is a set of disputes of its own and folds like the first. Only its sealed texts cannot be opened.
    """
    with psycopg.connect(conninfo, autocommit=True) as conn:
        rows = conn.execute(f"SELECT {COLUMNS} FROM event ORDER BY position", binary=True).fetchall()
        copies = max(-(-events // len(rows)) - 1, 0)
        with conn.cursor().copy(f"COPY event ({COLUMNS}) FROM STDIN (FORMAT binary)") as copy:
            copy.set_types(TYPES)
            for number in range(1, copies + 1):
                for row in _copied(rows, number * len(rows)):
                    copy.write_row(row)
        conn.execute("VACUUM ANALYZE event")
        conn.execute("CHECKPOINT")
        return len(rows) * (1 + copies)


@dataclass(frozen=True, slots=True)
class Other:
    """Another id for each id; the same id always gets the same one."""

    mask: int

    @overload
    def id(self, known: UUID) -> UUID: ...
    @overload
    def id(self, known: None) -> None: ...
    def id(self, known: UUID | None) -> UUID | None:
        return None if known is None else UUID(int=known.int ^ self.mask)

    def written(self, found: re.Match[bytes]) -> bytes:
        return str(UUID(int=int(found[0].replace(b"-", b""), 16) ^ self.mask)).encode()


def _copied(rows: list[tuple[Any, ...]], shift: int) -> Iterator[tuple[Any, ...]]:
    other = Other(secrets.randbits(48))  # only the last group of an id changes, so its version stays
    renamed = partial(UUID_TEXT.sub, other.written)
    for (
        position,
        recorded,
        occurred,
        stream,
        version,
        dispute,
        market,
        kind,
        schema,
        actor,
        correlation,
        cause,
        body,
    ) in rows:
        ids = (actor, other.id(correlation), other.id(cause))
        yield (
            *(position + shift, recorded, occurred, other.id(stream), version, other.id(dispute)),
            *(market, kind, schema, *ids, renamed(body)),
        )
