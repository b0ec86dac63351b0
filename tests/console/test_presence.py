"""Who else is at a case, in a real browser: in the case, in the lists, and beside the form that somebody else fills in too."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

from domain.kernel.base import Role
from tests.api.house import done
from tests.console.browsers import link, person
from tests.console.desk import Desk, empty_desk
from tests.console.test_journeys import Mediated, look_and_send
from tests.harness import axe
from tests.harness.browser import Window, until, window

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def at_work(shared_database: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    async with empty_desk(shared_database, tmp_path_factory.mktemp("desk")) as running:
        await running.house.open_at_once()
        yield running


@asynccontextmanager
async def seat(
    browser: Browser, desk: Desk, name: str, role: Role = Role.NEUTRAL, **more: Any
) -> AsyncIterator[Window]:
    """A window in which somebody of this name is signed in."""
    subject = (await desk.house.neutral()).subject if role is Role.NEUTRAL else None
    async with window(browser, desk.home, **more) as opened:
        await desk.sign_in(opened, await link(desk.house, person(role, subject, name)))
        yield opened


async def others(page: Page, *expected: str) -> None:
    """Returns when the page of a case shows these people, and no others. Names are isolated by invisible characters."""
    shown = (
        "[...document.querySelectorAll('#present .there')].map(one => one.innerText.replace(/[\\u2068\\u2069]/g, ''))"
    )
    await until(page, f"JSON.stringify({shown}) === JSON.stringify({[*expected]!r})")


async def test_two_mediators_at_one_case(browser: Browser, at_work: Desk) -> None:
    """Two tabs are one person. Who closes the last one is gone. An auditor is not seen, and sees nobody."""
    filed = await at_work.house.filed()
    waits = done(await at_work.house.speaking_for("buyer").post(f"/v1/disputes/{filed['id']}/escalation"))
    await at_work.house.seen(filed["id"], waits["position"])
    path = f"/console/disputes/{filed['id']}"
    async with (
        seat(browser, at_work, "Mei Tanaka") as mei,
        seat(browser, at_work, "Ana Ruiz") as ana,
        seat(browser, at_work, "Grace Okafor", Role.AUDITOR) as grace,
    ):
        day = await ana.open("/console/?tab=new")
        page = await mei.open(path)
        mark = day.locator(f"#there-{filed['id']}")
        await mark.get_by_text("Mei Tanaka").first.wait_for()
        assert "(mediator) is looking" in (await mark.text_content() or "")
        assert await axe.faults(day) == []
        watching = await grace.open(path)
        first, second = await ana.open(path), await ana.open(path)
        await others(page, "Ana Ruiz (mediator) is looking")
        await others(first, "Mei Tanaka (mediator) is looking")
        await first.close()
        await second.bring_to_front()
        await others(page, "Ana Ruiz (mediator) is looking")
        await second.close()
        await others(page)
        assert await watching.locator("#present, #presence").count() == 0
        for seen in (mei, ana, grace):
            seen.check()


async def test_somebody_else_fills_in_the_same_form(browser: Browser, at_work: Desk) -> None:
    """The form says so before anything is sent. What is typed stays. It says it no more when the other has sent."""
    case = await Mediated.of(at_work)
    async with (
        case.seat(browser, language="ar") as mediator,
        seat(browser, at_work, "Ingrid", Role.SUPERVISOR) as other,
    ):
        page, elsewhere = await mediator.open(case.path), await other.open(case.path)
        await elsewhere.locator("#open-write_note").click()
        await elsewhere.locator("#act-form textarea").fill("Mine.")
        await page.locator("#present .writing").wait_for()
        assert await axe.faults(page) == []
        await page.locator("#open-write_note").click()
        await page.locator("#act-form textarea").fill("I think so too.")
        await page.locator("#same-act .meanwhile").get_by_text("Ingrid").wait_for()
        await elsewhere.locator("#same-act .meanwhile").wait_for()
        assert await axe.faults(page) == []
        await look_and_send(elsewhere)
        await page.locator("#same-act .meanwhile").wait_for(state="detached")
        assert await page.locator("#act-form textarea").input_value() == "I think so too."
        for seen in (mediator, other):
            seen.check()
