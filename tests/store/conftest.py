from collections.abc import AsyncIterator, Iterator

import pytest
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from mediation.store.keys.keys import KeyStore
from mediation.store.keys.masters import Given
from mediation.store.log.codec import Codec
from mediation.store.log.log import EventLog
from mediation.store.postgres.pool import KEYS_ROLE, open_pool
from tests.postgres import VERSIONS, Servers

MASTER = bytes(range(32))


@pytest.fixture(params=VERSIONS)
def database(request: pytest.FixtureRequest, servers: Servers) -> Iterator[str]:
    """Tests of storage run on each version of PostgreSQL."""
    with servers.fresh(request.param) as conninfo:
        yield conninfo


@pytest.fixture
async def pool(database: str) -> AsyncIterator[AsyncConnectionPool[AsyncConnection]]:
    opened = await open_pool(database, min_size=1)
    yield opened
    await opened.close()


@pytest.fixture
async def key_pool(database: str) -> AsyncIterator[AsyncConnectionPool[AsyncConnection]]:
    opened = await open_pool(database, min_size=1, role=KEYS_ROLE)
    yield opened
    await opened.close()


@pytest.fixture
def keys(key_pool: AsyncConnectionPool[AsyncConnection]) -> KeyStore:
    return KeyStore(key_pool, Given(MASTER))


@pytest.fixture
def codec(keys: KeyStore) -> Codec:
    return Codec(keys)


@pytest.fixture
async def log(pool: AsyncConnectionPool[AsyncConnection], codec: Codec) -> AsyncIterator[EventLog]:
    async with EventLog(pool, codec) as opened:
        yield opened
