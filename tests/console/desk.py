"""The console at a real address, with the sample disputes, and people who sign in with a link."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from playwright.async_api import Browser

from api.cli.demo.people import MARKETPLACE, PEOPLE, sign_in_link
from api.cli.demo.samples import file_samples
from api.console.reader import AT
from api.imports.importer import Importer
from api.services import services
from api.settings import Settings
from domain.kernel.base import Role
from projections import VIEWS
from tests.api.house import House, house
from tests.console.screens import Screen
from tests.gateways.serving import free_socket, served
from tests.harness.browser import Window, window

_REFERENCE = re.compile(r"\{([\w-]+)\}")


@dataclass(frozen=True, slots=True)
class Desk:
    house: House
    home: str

    @asynccontextmanager
    async def person(self, browser: Browser, role: Role | None, **more: Any) -> AsyncIterator[Window]:
        """A window in which the first sample person of this role is signed in; None: nobody. `more` is for the `window`."""
        async with window(browser, self.home, **more) as opened:
            if role is not None:
                person = next(one for one in PEOPLE if one.role is role)
                await self.sign_in(opened, await sign_in_link(self.house.services, person))
            yield opened

    async def sign_in(self, opened: Window, link: str) -> None:
        """In a tab of its own, which is closed again."""
        page = await opened.open(urlsplit(link).path)
        await page.locator("main button").click()
        await page.wait_for_url(f"{self.home}{AT}/")
        await page.close()

    def path(self, screen: Screen) -> str:
        importer = Importer(self.house.services, MARKETPLACE, UUID(int=0), imported=False)
        return AT + _REFERENCE.sub(lambda found: str(importer.dispute_id(found[1])), screen.path)


@asynccontextmanager
async def desk(conninfo: str, folder: Path) -> AsyncIterator[Desk]:
    """With the sample disputes."""
    async with services(Settings(database_url=conninfo, data_dir=folder), works=False) as still:
        await file_samples(still)
    async with empty_desk(conninfo, folder) as running:
        position = await running.house.services.log.last_position()
        for view in VIEWS:
            assert await running.house.services.follow.caught_up(view.name, position, 60)
        yield running


@asynccontextmanager
async def empty_desk(conninfo: str, folder: Path) -> AsyncIterator[Desk]:
    """Without them."""
    async with house(conninfo, folder, live=True) as running:
        listening, home = free_socket()
        async with served(running.app, listening):
            yield Desk(running, home)
            await running.app.state.http.live.close()
