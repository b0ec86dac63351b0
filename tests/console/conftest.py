from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from tests.api.house import House, house
from tests.postgres import Servers


@pytest.fixture(scope="module")
def shared_database(servers: Servers) -> Iterator[str]:
    with servers.fresh("18") as conninfo:
        yield conninfo


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def at_home(shared_database: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """One application for all tests of a module."""
    async with house(shared_database, tmp_path_factory.mktemp("house")) as running:
        yield running
