"""A killed server may lose rows of a view together with the view's position, while the worker that fed it lives on."""

import asyncio
from collections.abc import Sequence

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from mediation.store.embedded.server import Server
from mediation.store.follow import progress
from mediation.store.follow.catch_up import Source
from mediation.store.follow.follow import Follow
from mediation.store.log.recorded import Recorded
from mediation.store.log.requests import Stored
from mediation.store.postgres.migrate import migrate
from mediation.store.postgres.pool import fetch
from mediation.store.tasks import end
from tests.harness.soak.run import ground
from tests.standby import kill, processes_of
from tests.store.facts import Moved, asks
from tests.worlds import world

FORGETFUL = {"wal_writer_delay": "10s"}
"""A commit that does not wait for the disk reaches it at the latest with the next commit that waits."""


class Seen:
    name = "seen@1"
    concerns = None

    async def apply(self, connection: AsyncConnection, batch: Sequence[Recorded]) -> None:
        await connection.cursor().executemany("INSERT INTO seen VALUES (%s)", [(fact.position,) for fact in batch])

    async def start_over(self, log: Source, pool: AsyncConnectionPool[AsyncConnection]) -> None:
        async with pool.connection() as connection, connection.transaction():
            await progress.start_over(connection, self.name, ["seen"])


async def test_what_a_crashed_server_forgot_of_a_view_is_taken_again_though_nothing_new_happens() -> None:
    """Until the view has taken the events again, no reader learns that it is there."""
    with ground() as folder, Server(folder / "pg", settings=FORGETFUL) as server:
        await migrate(server.conninfo)
        async with world(server.conninfo) as w:
            async with w.pool.connection() as connection:
                await connection.execute("CREATE TABLE seen (position bigint PRIMARY KEY)")
            follow = Follow(w.log, w.pool, [Seen()], lease=1.5)
            running = asyncio.create_task(follow.run())
            try:
                for text in "ab":
                    stored = await w.log.append(asks(Moved(to=text)))
                    assert isinstance(stored, Stored)
                    assert await follow.caught_up(Seen.name, stored.last_position, 60)
                kill(processes_of(server))
                server.stop()
                server.start()
                assert await w.log.last_position() == 2
                assert await follow.caught_up(Seen.name, 2, 60)
                assert await fetch(w.pool, "SELECT position FROM seen ORDER BY 1") == [(1,), (2,)]
            finally:
                await end([running])
