import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest

from mediation.store.follow.follow import Follow
from mediation.store.log.codec import Codec
from mediation.store.log.log import EventLog
from mediation.store.postgres.pool import open_pool
from projections import VIEWS
from projections.case_file import CASE_FILE
from projections.table import Pool, create_tables
from projections.view import View
from tests.keystore import key_store
from tests.projections.plays import Play


@dataclass(frozen=True)
class Views:
    """A log, and views that follow it."""

    pool: Pool
    log: EventLog
    codec: Codec

    def play(self, marketplace: str = "alpha", **more: Any) -> Play:
        return Play(self.log, marketplace, **more)

    @asynccontextmanager
    async def following(self, views: Sequence[View[Any]] = VIEWS, batch: int = 500) -> AsyncIterator[Follow]:
        await create_tables(self.pool, views)
        follow = Follow(self.log, self.pool, views, batch=batch, remembered=max(batch, 2000))
        running = asyncio.create_task(follow.run())
        try:
            yield follow
        finally:
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running

    async def seen(self, views: Sequence[View[Any]] = VIEWS, batch: int = 500) -> None:
        """The views follow until they have taken the whole log."""
        last = await self.log.last_position()
        async with self.following(views, batch) as follow:
            for view in views:
                assert await follow.caught_up(view.name, last, 60), f"{view.name} does not get there"

    async def table(self, view: View[Any]) -> list[tuple[Any, ...]]:
        """Every row of a view's table, as text, in the order of its key."""
        query = f"SELECT t::text FROM {view.table} t ORDER BY {', '.join(view.key)}"
        async with self.pool.connection() as connection:
            return await (await connection.execute(query)).fetchall()

    async def tables(self) -> dict[str, list[tuple[Any, ...]]]:
        return {view.name: await self.table(view) for view in VIEWS}

    async def clock(self) -> datetime:
        """The database's clock, which sets `recorded_at`."""
        async with self.pool.connection() as connection:
            row = await (await connection.execute("SELECT clock_timestamp()")).fetchone()
        assert row is not None
        now: datetime = row[0]
        return now


@asynccontextmanager
async def opened(conninfo: str) -> AsyncIterator[Views]:
    pool = await open_pool(conninfo)
    try:
        async with key_store(conninfo) as keys, EventLog(pool, codec := Codec(keys)) as log:
            await create_tables(pool, [CASE_FILE])
            yield Views(pool, log, codec)
    finally:
        await pool.close()


@pytest.fixture
async def views(database: str) -> AsyncIterator[Views]:
    async with opened(database) as views:
        yield views
