"""Every screen, in three languages, light and dark, narrow and wide: nothing is in a reader's way."""

import pytest
from playwright.async_api import Browser

from tests.console.desk import Desk
from tests.console.screens import SCREENS, Screen
from tests.harness import axe
from tests.harness.browser import too_wide

pytestmark = pytest.mark.asyncio(loop_scope="session")

_WIDTHS = (320, 1440)
"""CSS pixels: of a small phone, which is also a wide screen at 400 % (WCAG 2.2, 1.4.10), and of a desk."""


@pytest.mark.parametrize("language", ["en", "ar", "zh-Hans"])
@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.name)
async def test_a_screen(browser: Browser, at_desk: Desk, screen: Screen, language: str) -> None:
    """It is answered in the reader's language and direction. axe finds no fault, nothing is wider than the window, no other
    host is asked, and the browser does not complain.
    """
    faults: list[str] = []
    async with at_desk.person(browser, screen.role, language=language) as visit:
        page = await visit.open(at_desk.path(screen))
        assert await page.evaluate("[document.documentElement.lang, document.dir]") == [
            language,
            "rtl" if language == "ar" else "ltr",
        ]
        for width in _WIDTHS:
            await page.set_viewport_size({"width": width, "height": 900})
            faults += [f"{width} px: wider than the window: {element}" for element in await too_wide(page)]
            for scheme in ("light", "dark"):
                await page.emulate_media(color_scheme=scheme)
                faults += [f"{width} px, {scheme}: {fault}" for fault in await axe.faults(page)]
        visit.check(*([f"status of {screen.status}"] if screen.status >= 400 else []))
    assert not faults, "\n".join(faults)
