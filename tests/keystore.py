"""A key store over a database of the tests."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from mediation.store.keys.keys import KeyStore
from mediation.store.keys.masters import Given
from mediation.store.log.memory import Memory
from mediation.store.postgres.pool import KEYS_ROLE, open_pool


@asynccontextmanager
async def key_store(
    conninfo: str, master: bytes = bytes(range(32)), *, memory: Memory | None = None, **more: Any
) -> AsyncIterator[KeyStore]:
    """Over connections of its own, that may do nothing else. With the worker's `memory` it is wired as in `api.services`."""
    check = None if memory is None else memory.check_keys
    pool = await open_pool(conninfo, min_size=1, max_size=4, role=KEYS_ROLE, check=check)
    try:
        keys = KeyStore(pool, Given(master), **more)
        if memory is not None:
            memory.on_drop(keys.drop)
        yield keys
    finally:
        await pool.close()
