"""Browsers at the console of a house."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from httpx import ASGITransport, AsyncClient, Response

from api.console.signing_in import links
from api.console.signing_in.sessions import COOKIE
from domain.kernel.base import Role
from mediation.store.desk.console_sessions import Person
from tests.api.house import MARKETPLACE, House

SITE = "https://console.test"


class Browser(AsyncClient):
    """A browser that keeps cookies, and says that its requests come from the console's own pages."""

    def __init__(self, house: House, **more: Any) -> None:
        super().__init__(transport=ASGITransport(house.app), base_url=SITE, **more)
        self.house = house

    @property
    def secret(self) -> str | None:
        """What the cookie of the session holds."""
        return self.cookies.get(COOKIE)

    async def sent(self, path: str, form: Mapping[str, str] = {}, **headers: str) -> Response:
        """Sends a form of a page of the console."""
        return await self.post(path, data=dict(form), headers={"Origin": SITE} | headers)

    async def csrf(self) -> str:
        """The token in the forms of this person."""
        page = await self.get("/console/")
        return page.text.partition('name="csrf" value="')[2].partition('"')[0]


def person(role: Role = Role.SUPERVISOR, subject: UUID | None = None, name: str | None = None) -> Person:
    return Person(subject or uuid4(), role.value, MARKETPLACE, name)


async def link(house: House, who: Person, life: timedelta = timedelta(minutes=5)) -> str:
    """The path of a new sign-in link."""
    return urlsplit(await links.address(house.services, who, life)).path


async def signed_in(house: House, who: Person | None = None) -> Browser:
    browser = Browser(house)
    answer = await browser.sent(await link(house, who or person()))
    assert answer.status_code == 303, answer.text
    return browser


async def is_in(browser: Browser) -> bool:
    """Whether the browser gets pages. Otherwise it is led to the sign-in page."""
    answer = await browser.get("/console/signed-in-again")
    assert answer.status_code == 200
    return "You are signed in again" in answer.text
