"""Proves that the database takes a write: a server whose disk is full still answers every read."""

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

TABLE = """CREATE TABLE IF NOT EXISTS readiness (one bool PRIMARY KEY DEFAULT true CHECK (one), at timestamptz NOT NULL);
INSERT INTO readiness (at) VALUES (clock_timestamp()) ON CONFLICT DO NOTHING"""

_COMMIT = "UPDATE readiness SET at = clock_timestamp()"
"""Waits for the disk, as every act does."""

_NEW_SPACE = "SELECT count(*) FROM generate_series(1, 30000)"
"""An update may fit into space that the table has. These rows don't fit into memory, so they need about 500 kB of new
space on the disk, which is free again at once."""


async def prove(pool: AsyncConnectionPool[AsyncConnection], *, timeout: float) -> None:
    """Takes a few milliseconds. Waits at most `timeout` seconds for a connection. Raises `psycopg.Error`."""
    async with pool.connection(timeout=timeout) as connection, connection.transaction():
        await connection.execute("SET LOCAL work_mem = '64kB'")
        await connection.execute(_COMMIT)
        await connection.execute(_NEW_SPACE)
