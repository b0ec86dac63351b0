from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.api.conftest import at_home
from tests.console.desk import Desk, desk
from tests.harness.browser import chromium

__all__ = ["at_desk", "at_home", "browser"]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """One for all tests of a process. So they share its loop: `pytestmark = pytest.mark.asyncio(loop_scope="session")`."""
    async with chromium() as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def at_desk(shared_database: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    """The console with the sample disputes, for all tests of a module."""
    async with desk(shared_database, tmp_path_factory.mktemp("desk")) as running:
        yield running
