from collections.abc import AsyncIterator

import pytest_asyncio
from playwright.async_api import Browser

from tests.harness.browser import chromium


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """One for all tests of a process. So they share its loop: `pytestmark = pytest.mark.asyncio(loop_scope="session")`."""
    async with chromium() as running:
        yield running
