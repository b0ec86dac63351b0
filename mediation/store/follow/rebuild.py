"""Builds a new version of what a consumer makes, from the start of the log, beside the old one.

Then the new version takes over. Readers never wait, and nothing is done twice: the old version runs on until the
transaction in which the new one replaces it.
"""

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic
from uuid import uuid4

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from mediation.store.follow import progress
from mediation.store.follow.catch_up import Source
from mediation.store.follow.consumer import Consumer, Feed
from mediation.store.follow.progress import Lease

_LIVE = "SELECT position FROM progress WHERE name = %b FOR UPDATE"
_RETIRE = "DELETE FROM progress WHERE name = %b RETURNING epoch"
_UNPARK = "DELETE FROM parked WHERE consumer = %b"
_SUCCEED = (
    "UPDATE progress SET name = %b, epoch = greatest(epoch, %b) + 1, holder = NULL, lease_until = NULL WHERE name = %b"
)
_SUCCEED_PARKED = "UPDATE parked SET consumer = %b WHERE consumer = %b"

Swap = Callable[[AsyncConnection], Awaitable[None]]
"""Puts the new tables in place of the old ones, inside the transaction that makes the new consumer the live one."""


_LOOK = 0.2  # seconds


class AlreadyRebuilding(Exception):
    """Another worker is building this very version."""


async def rebuild(
    log: Source,
    pool: AsyncConnectionPool[AsyncConnection],
    successor: Consumer,
    live_name: str,
    swap: Swap,
    *,
    told: Callable[[int], None] = lambda position: None,
    batch: int = 1000,
    lease: float = 10.0,
) -> None:
    """Feeds `successor` the whole log, then gives it the name `live_name`.

    The worker that feeds `live_name` is fenced off. `log` may be the reader of a `CatchUpBuffer`, if several are built
    side by side. `told` gets each batch's position. If interrupted, the next call continues from there; after a kill it
    waits until the lease of the killed one has run out. What `successor` could not take is parked, and stays parked
    under its new name. Raises `AlreadyRebuilding`.
    """
    held = await _taken(pool, successor.name, lease)
    feed = Feed(pool, successor, held)
    try:
        while await _further(log, feed, batch):
            told(held.position)
        async with pool.connection() as connection, connection.transaction():
            row = await (await connection.execute(_LIVE, (live_name,), binary=True)).fetchone()
            while row is not None and held.position < row[0] and await _further(log, feed, batch):
                pass
            await held.move(connection, held.position)
            await swap(connection)
            await _succeed(connection, successor.name, live_name)
    finally:
        async with pool.connection() as connection:
            await progress.give_back(connection, [held])


async def _taken(pool: AsyncConnectionPool[AsyncConnection], name: str, lease: float) -> Lease:
    holder, patient = uuid4().hex, monotonic() + lease + _LOOK
    while True:
        async with pool.connection() as connection:
            held = await progress.take(connection, name, holder, lease)
        if held is not None:
            return held
        if monotonic() > patient:
            raise AlreadyRebuilding(name)
        await asyncio.sleep(_LOOK)


async def _further(log: Source, feed: Feed, batch: int) -> bool:
    facts = await log.facts_after(feed.lease.position, batch)
    if facts:
        await feed.take(facts)
    return bool(facts)


async def _succeed(connection: AsyncConnection, successor: str, live_name: str) -> None:
    retired = await (await connection.execute(_RETIRE, (live_name,), binary=True)).fetchone()
    await connection.execute(_UNPARK, (live_name,), binary=True)
    await connection.execute(_SUCCEED, (live_name, 0 if retired is None else retired[0], successor), binary=True)
    await connection.execute(_SUCCEED_PARKED, (live_name, successor), binary=True)
