"""Every screen, in three languages, light and dark, narrow and wide: nothing is in a reader's way."""

import re
from uuid import UUID

import pytest
from playwright.async_api import Browser, Page
from starlette.routing import compile_path

from api.console import app
from tests.console.desk import Desk
from tests.console.screens import SCREENS
from tests.harness import axe
from tests.harness.browser import settled, too_wide, window

pytestmark = pytest.mark.asyncio(loop_scope="session")

_WIDTHS = (320, 1440)
"""CSS pixels: of a small phone, which is also a wide screen at 400 % (WCAG 2.2, 1.4.10), and of a desk."""

_ONE_ROUTE = {
    "openapi": "3.1.0",
    "info": {"title": "One route", "version": "1"},
    "paths": {"/v1/disputes": {"get": {"responses": {"200": {"description": "The disputes."}}}}},
}


async def test_every_path_is_looked_at() -> None:
    looked_at = [re.sub(r"\{.+\}", str(UUID(int=0)), screen.path.partition("?")[0]) for screen in SCREENS]
    missing = [path for path in app.SCREENS if not any(compile_path(path)[0].match(one) for one in looked_at)]
    assert not missing, "these paths have no line in tests/console/screens.py"


@pytest.mark.parametrize("language", ["en", "ar", "zh-Hans"])
async def test_screens(browser: Browser, at_desk: Desk, language: str) -> None:
    """Each is answered in the reader's language and direction. axe finds no fault, nothing is wider than the window, no other
    host is asked, and the browser does not complain. What axe looks for is the same in Chinese as in English.
    """
    faults: list[str] = []
    for role in dict.fromkeys(screen.role for screen in SCREENS):
        async with at_desk.person(browser, role, language=language) as visit:
            page = await visit.context.new_page()
            for screen in [screen for screen in SCREENS if screen.role is role]:
                answer = await page.goto(visit.home + at_desk.path(screen))
                await settled(page)
                if answer is None or answer.status != screen.status:
                    faults.append(f"{screen.name}: {answer and answer.status}")
                faults += [f"{screen.name}: {fault}" for fault in await _faults(page, language)]
                visit.check(*([f"status of {screen.status}"] if screen.status >= 400 else []))
    assert not faults, "\n".join(faults)


async def test_the_first_page_and_the_page_of_the_routes(browser: Browser, at_desk: Desk) -> None:
    """The page of the routes is Swagger UI, whose own faults of accessibility nobody here can mend. It takes some seconds to
    show all routes, so it is given one.
    """
    async with window(browser, at_desk.home, width=320) as visit:
        page = await visit.open("/")
        assert await axe.faults(page) + await too_wide(page) == []
        await page.route("**/openapi.json", lambda route: route.fulfill(json=_ONE_ROUTE))
        await page.goto(f"{at_desk.home}/docs")
        await page.locator(".opblock").wait_for()
        visit.check()


async def _faults(page: Page, language: str) -> list[str]:
    faults: list[str] = []
    spoken = await page.evaluate("[document.documentElement.lang, document.dir]")
    if spoken != [language, "rtl" if language == "ar" else "ltr"]:
        faults.append(f"in another language or direction: {spoken}")
    for width in _WIDTHS:
        await page.set_viewport_size({"width": width, "height": 900})
        faults += [f"{width} px: wider than the window: {element}" for element in await too_wide(page)]
        if language != "zh-Hans":
            faults += [f"{width} px: {fault}" for fault in await axe.faults(page)]
    await page.emulate_media(color_scheme="dark")
    faults += [f"dark: {fault}" for fault in await axe.faults(page, axe.COLOURS)]
    await page.emulate_media(color_scheme="light")
    return faults
