"""The tour: offered once, from step to step beside what each is about, left at any step, and begun again from the menu."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, Page

from domain.kernel.base import Role
from tests.api.house import House, house
from tests.console.browsers import person, signed_in
from tests.console.desk import Desk
from tests.console.plain import opened, send
from tests.harness import axe
from tests.harness.browser import settled, too_wide

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def _faults(page: Page) -> list[str]:
    await page.evaluate("scrollTo(0, 0)")  # else an act may lie half below the bar at the top, and counts as too small
    await settled(page)
    return await axe.faults(page) + await too_wide(page)


@pytest.mark.parametrize(("language", "width"), [("en", 1440), ("ar", 320)])
async def test_by_keyboard_from_the_first_step_to_the_last(
    browser: Browser, at_desk: Desk, language: str, width: int
) -> None:
    """Each step stands beside a real thing of a sample case. Whoever ended the tour is not asked again."""
    role = Role.NEUTRAL if language == "en" else Role.SUPERVISOR
    async with at_desk.person(browser, role, language=language, width=width) as visit:
        page = await visit.open("/console/")
        tour = page.locator(".tour")
        assert await tour.get_attribute("data-step") == "invitation"
        assert await _faults(page) == []
        await tour.locator("button.main").press("Enter")
        for step in ("list", "standing", "languages", "acts", "aside", "promises"):
            await page.locator(f".tour[data-step={step}]").wait_for()
            if step in ("list", "languages", "acts", "aside"):
                assert await page.locator(":target").count() == 1, step
            assert await _faults(page) == [], step
            if step != "promises":
                await page.keyboard.press(".")
        await page.keyboard.press(",")
        await page.locator(".tour[data-step=aside]").wait_for()
        await tour.locator("button[value='0']").press("Enter")
        await page.wait_for_load_state()
        assert await tour.count() == 0
        await page.goto(f"{visit.home}/console/")
        assert await tour.count() == 0
        await page.keyboard.press("?")
        await page.locator("#keys button[value='1']").press("Enter")
        await page.locator(".tour[data-step=list]").wait_for()
        visit.check()


async def test_without_sample_cases_there_is_only_a_note(database: str, tmp_path: Path) -> None:
    async with house(database, tmp_path) as empty:
        await _only_a_note(empty)


async def _only_a_note(empty: House) -> None:
    browser = await signed_in(empty, person(Role.SUPERVISOR))
    page = await opened(browser, "/console/")
    note = page.one("aside", class_="tour")
    assert note.attributes["data-step"] == "note"
    assert not (await opened(browser, "/console/promises")).all("aside", class_="tour")
    await send(browser, note.one("form"), {"step": "0"})
    assert not (await opened(browser, "/console/")).all("aside", class_="tour")
    again = await send(browser, page.one("dialog", id="keys").all("form")[0], {"step": "1"})
    assert again.headers["location"] == "/console/", "there is nothing to show, so the page stays"
