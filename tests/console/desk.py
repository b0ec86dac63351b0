"""The console at a real address, with the sample disputes, and people who are signed in."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from playwright.async_api import Browser
from starlette.requests import Request

from api.cli.demo import MARKETPLACE, file_samples, person
from api.console.app import AT, console
from api.console.session import Session
from api.http.auth import Principal
from api.imports.importer import Importer
from domain.kernel.base import Role
from tests.api.house import House, house
from tests.console.screens import Screen
from tests.gateways.serving import free_socket, served
from tests.harness.browser import Window, window

_WHO = "who"
_REFERENCE = re.compile(r"\{([\w-]+)\}")


@dataclass(frozen=True, slots=True)
class Desk:
    house: House
    home: str

    @asynccontextmanager
    async def person(self, browser: Browser, role: Role, **more: Any) -> AsyncIterator[Window]:
        """A window in which somebody is signed in. `more` is what a `window` takes."""
        async with window(browser, self.home, **more) as opened:
            await opened.context.add_cookies([{"name": _WHO, "value": role.value, "url": self.home}])
            yield opened

    def path(self, screen: Screen) -> str:
        importer = Importer(self.house.services, MARKETPLACE, UUID(int=0), imported=False)
        return AT + _REFERENCE.sub(lambda found: str(importer.dispute_id(found[1])), screen.path)


@asynccontextmanager
async def desk(conninfo: str, folder: Path) -> AsyncIterator[Desk]:
    async with house(conninfo, folder, console=False) as running:
        await file_samples(running.services)

        async def sessions(request: Request) -> Session | None:
            role = Role(request.cookies[_WHO])
            expires = running.clock.now() + timedelta(hours=1)
            return Session(Principal(person(running.services, role), role, MARKETPLACE, None, expires), csrf="c")

        running.app.mount(AT, console(running.app.state.http, sessions))
        listening, home = free_socket()
        async with served(running.app, listening):
            yield Desk(running, home)
