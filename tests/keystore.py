"""A key store over a database of the tests."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from mediation.store.keys.keys import KeyStore
from mediation.store.keys.masters import Given
from mediation.store.postgres.pool import KEYS_ROLE, open_pool


@asynccontextmanager
async def key_store(conninfo: str, master: bytes = bytes(range(32)), **more: Any) -> AsyncIterator[KeyStore]:
    """Over connections of its own, that may do nothing else."""
    pool = await open_pool(conninfo, min_size=1, max_size=4, role=KEYS_ROLE)
    try:
        yield KeyStore(pool, Given(master), **more)
    finally:
        await pool.close()
