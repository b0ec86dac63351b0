from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.api.house import House, house


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def at_home(shared_database: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """One application for all tests of a module, over PostgreSQL 18. They share it, so each test files its own disputes."""
    async with house(shared_database, tmp_path_factory.mktemp("house"), webhook_networks=["127.0.0.0/8"]) as running:
        yield running


@pytest_asyncio.fixture
async def anew(database: str, tmp_path: Path) -> AsyncIterator[House]:
    """An application for this test alone."""
    async with house(database, tmp_path) as running:
        yield running
