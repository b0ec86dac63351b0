"""Work at the console from one end to the other, in a real browser: what a reader does, and what arrives meanwhile."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

from api.words import facts
from api.words.catalogue import catalogue
from domain.kernel.base import Role
from tests import today
from tests.api.house import Sender, done, said
from tests.console.browsers import link, person
from tests.console.desk import Desk, empty_desk
from tests.console.line import line
from tests.harness.browser import Window, until, window

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def at_work(shared_database: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    async with empty_desk(shared_database, tmp_path_factory.mktemp("desk")) as running:
        await running.house.open_at_once()
        yield running


@dataclass(frozen=True, slots=True)
class Mediated:
    """A dispute that has its mediator, and those who send over the API."""

    desk: Desk
    id: str
    buyer: Sender
    seller: Sender
    neutral: Sender

    @classmethod
    async def of(cls, desk: Desk, **changes: Any) -> "Mediated":
        house = desk.house
        neutral = await house.neutral()
        filed = await house.filed(**changes)
        made = cls(desk, filed["id"], house.speaking_for("buyer"), house.speaking_for("seller"), neutral)
        done(await made.seller.post(f"{made.v1}/response", {"answer": "contest"}))
        done(await made.buyer.post(f"{made.v1}/escalation"))
        given = done(await neutral.post(f"{made.v1}/assignment", {}))
        await house.seen(made.id, given["position"])
        return made

    @property
    def v1(self) -> str:
        return f"/v1/disputes/{self.id}"

    @property
    def path(self) -> str:
        return f"/console/disputes/{self.id}"

    @asynccontextmanager
    async def seat(self, browser: Browser, role: Role = Role.NEUTRAL, **more: Any) -> AsyncIterator[Window]:
        """A window in which the mediator, or somebody else of the desk, is signed in."""
        who = person(role, self.neutral.subject if role is Role.NEUTRAL else None)
        async with window(browser, self.desk.home, **more) as opened:
            await self.desk.sign_in(opened, await link(self.desk.house, who))
            yield opened

    async def send(self, by: Sender, text: str) -> None:
        done(await by.post(f"{self.v1}/messages", {"message": said(text, "it")}), 201)


async def tab_to(page: Page, selector: str) -> None:
    """Presses Tab until what has the focus is this."""
    for _ in range(80):
        if await page.evaluate("wanted => !!document.activeElement?.matches(wanted)", selector):
            return
        await page.keyboard.press("Tab")
    raise AssertionError(f"Tab never comes to {selector}")


async def begin_message(page: Page, text: str) -> None:
    await page.keyboard.press("m")
    await until(page, "document.activeElement?.closest('#act-form')")
    await tab_to(page, "#act-form textarea")
    await page.keyboard.type(text)


async def look(page: Page) -> None:
    """The preview."""
    await page.keyboard.press("Control+Enter")
    await until(page, "document.activeElement?.matches('.send')")


async def look_and_send(page: Page) -> None:
    """The preview, and then the act, with the same keys."""
    await look(page)
    await page.keyboard.press("Control+Enter")
    await page.locator("#act .recorded").wait_for()


def fact(language: str, kind: str) -> str:
    return facts.said(catalogue(language), kind)


@pytest.mark.parametrize(("language", "half"), [("en", "50"), ("ar", "٥٠")], ids=["en", "ar"])
async def test_from_the_queue_to_the_last_cent_by_keyboard(
    browser: Browser, at_work: Desk, language: str, half: str
) -> None:
    """The mouse is never touched, and the page of the case is never loaded again: what the others do comes by itself."""
    case = await Mediated.of(at_work)
    async with case.seat(browser, language=language) as visit:
        page = await visit.open("/console/")
        await page.keyboard.press("j")
        await page.keyboard.press("Enter")
        await page.wait_for_url(f"**{case.path}?list=move")

        await begin_message(page, "What would settle this for you?")
        await look_and_send(page)
        await page.locator("#conversation").get_by_text("What would settle this").wait_for()
        await case.send(case.buyer, "Metà mi basta.")
        await page.locator("#conversation").get_by_text("Metà mi basta.").wait_for()

        done(await case.neutral.post(f"{case.v1}/impasse", {}))
        ruling = page.locator("#open-issue_ruling")
        await ruling.wait_for()
        await page.keyboard.press("Escape")
        await page.keyboard.press(await ruling.get_attribute("data-act-key") or "")
        await page.wait_for_url(f"**{case.path}/ruling?*")
        await tab_to(page, "[name='/award/buyer:percent']")
        await page.keyboard.type(half)
        await tab_to(page, "[name='/cites_clauses'][value=conformity]")
        await page.keyboard.press("Space")
        await tab_to(page, "[name='/reasons/text']")
        await page.keyboard.type("Both bear a half.")
        await look(page)
        await page.keyboard.press("Control+Enter")
        await page.wait_for_url("**/console/?tab=move&after=*")
        await tab_to(page, f"a[href*='{case.path}']")
        await page.keyboard.press("Enter")
        await page.wait_for_url(f"**{case.path}*")
        await tab_to(page, "#story summary")
        await page.keyboard.press("Enter")
        await page.evaluate("window.same = true")

        for side in (case.buyer, case.seller):
            done(await side.post(f"{case.v1}/appeal-waiver"))
        (refund,) = await at_work.house.refunds(1, dispute_id=case.id)
        paid = done(await at_work.house.backend.post(f"/v1/refunds/{refund['id']}/confirmation"))
        assert paid["stage"] == "closed"
        assert refund["amount"] == {"amount": "64.95", "currency": "EUR"}
        await page.locator("#story").get_by_text(fact(language, "RefundConfirmed")).wait_for()
        told = done(await case.neutral.get(f"{case.v1}/in-words", headers={"Accept-Language": language}))
        await page.locator("#state-title").get_by_text(told["title"]).wait_for()
        assert await page.evaluate("window.same")
        assert told["title"] in await page.title()
        visit.check()


async def test_what_is_typed_is_kept_until_it_is_sent_or_its_writer_signs_out(browser: Browser, at_work: Desk) -> None:
    """Back closes a form and Forward opens it again, with what was typed. Each case and act has its own."""
    case = await Mediated.of(at_work)
    async with case.seat(browser) as visit:
        page = await visit.open(case.path)
        text = page.locator("#act-form textarea")
        await begin_message(page, "Half of it.")
        await page.go_back()
        await until(page, "document.activeElement?.id === 'open-post_message'")
        await page.go_forward()
        await page.locator(".kept-draft").wait_for()
        assert await text.input_value() == "Half of it."
        await page.keyboard.press("Escape")
        await page.keyboard.press("Escape")
        await page.keyboard.press("n")
        await until(
            page, "location.pathname.endsWith('/acts/write_note') && document.activeElement?.closest('#act-form')"
        )
        assert await text.input_value() == ""
        await page.goto(f"{at_work.home}{case.path}/acts/post_message")
        await page.locator(".kept-draft").wait_for()
        await look(page)
        await tab_to(page, "#act-form textarea")
        await page.keyboard.type("And more. ")
        assert await page.locator(".stale button").is_visible()
        assert not await page.locator(".send").is_visible()
        await look_and_send(page)
        assert await page.evaluate("sessionStorage.length") == 0
        await page.locator("#act [data-closes]").click()
        await begin_message(page, "A secret.")
        other = await visit.open("/console/")
        await other.locator("details.who summary").click()
        await other.locator("form[action='/console/sign-out'] button").first.click()
        await other.locator("[data-signed-out]").wait_for()
        await until(page, "sessionStorage.length === 0")


async def test_two_people_at_one_case(browser: Browser, at_work: Desk) -> None:
    """What the supervisor does arrives while the mediator types. The text, the focus and the caret stay. The mediator is told
    of it before anything is sent.
    """
    case = await Mediated.of(at_work)
    async with case.seat(browser) as mediator, case.seat(browser, Role.SUPERVISOR) as supervisor:
        page, other = await mediator.open(case.path), await supervisor.open(case.path)
        await begin_message(page, "Please answer  Friday.")
        for _ in range(len(" Friday.")):
            await page.keyboard.press("ArrowLeft")

        await other.locator("#open-order_stay").click()
        await other.locator("#act-form [type=datetime-local]").fill(
            (today.now() + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
        )
        await other.locator("#act-form textarea").fill("The court is closed.")
        await look_and_send(other)

        await page.locator(".head .badge.warn").wait_for()
        await page.keyboard.type("by")
        assert await page.locator("#act-form textarea").input_value() == "Please answer by Friday."
        await page.keyboard.press("Control+Enter")
        assert fact("en", "StayOrdered") in await page.locator(".meanwhile").inner_text()
        assert await page.locator("#conversation .message").count() == 0
        await tab_to(page, ".send")
        await page.keyboard.press("Enter")
        for seen in (page, other):
            await seen.locator("#conversation").get_by_text("Please answer by Friday.").wait_for()
        mediator.check("status of 412")
        supervisor.check()


async def test_what_can_be_done_no_more_cannot_be_sent(browser: Browser, at_work: Desk) -> None:
    """Another window has declared meanwhile that no agreement is possible. The preview stays, and its button is off."""
    case = await Mediated.of(at_work)
    async with case.seat(browser) as mediator:
        page = await mediator.open(case.path)
        await page.locator("#open-declare_impasse").click()
        await until(page, "document.activeElement?.closest('#act-form')")
        await look(page)
        done(await case.neutral.post(f"{case.v1}/impasse", {}))
        await page.locator("#act-form .closed").wait_for()
        assert await page.locator("#act-form .send").is_disabled()
        mediator.check()


async def test_a_stream_that_is_cut(browser: Browser, at_work: Desk) -> None:
    """What happened meanwhile appears as soon as the line is there again."""
    async with line(at_work.home) as between:
        case = await Mediated.of(Desk(at_work.house, between.home))
        async with case.seat(browser) as visit:
            page = await visit.open(case.path)
            conversation = page.locator("#conversation")
            await case.send(case.buyer, "Before.")
            await conversation.get_by_text("Before.").wait_for()
            between.cut()
            await case.send(case.buyer, "Meanwhile.")
            await between.mend()
            await conversation.get_by_text("Meanwhile.").wait_for()
            await case.send(case.buyer, "After.")
            await conversation.get_by_text("After.").wait_for()
            visit.check("htmx:sse:error", "net::ERR_")


async def test_the_session_ends_while_somebody_types(browser: Browser, at_work: Desk) -> None:
    """The page stays with what was typed, and says where to sign in. Afterwards it is sent from there."""
    case = await Mediated.of(at_work)
    async with case.seat(browser) as visit:
        page = await visit.open(case.path)
        await begin_message(page, "This took me an hour.")
        await visit.context.clear_cookies()
        await page.keyboard.press("Control+Enter")
        await page.locator("#told a").wait_for()
        assert await page.locator("#act-form textarea").input_value() == "This took me an hour."
        async with visit.context.expect_page() as opened:
            await page.locator("#told a").click()
        await (await opened.value).wait_for_url("**/console/sign-in?next=/console/signed-in-again")

        await at_work.sign_in(visit, await link(at_work.house, person(Role.NEUTRAL, case.neutral.subject)))
        await page.bring_to_front()
        await tab_to(page, "#act-form textarea")
        await look_and_send(page)
        await page.locator("#conversation").get_by_text("This took me an hour.").wait_for()
        assert await page.locator("#told [data-ended]").count() == 0
        visit.check("status of 401")


_PRESSED = """([key, code, shiftKey]) => (document.activeElement ?? document.body).dispatchEvent(
  new KeyboardEvent("keydown", { key, code, shiftKey, bubbles: true, cancelable: true }))"""


async def test_keys_of_another_alphabet(browser: Browser, at_work: Desk) -> None:
    """On an Arabic keyboard, letters and signs act by their place: m, ?, g p and /."""
    at_home = await Mediated.of(at_work)
    async with at_home.seat(browser, language="ar") as opened:
        page = await opened.open(at_home.path)
        await page.evaluate(_PRESSED, ["ة", "KeyM", False])
        await page.locator("#act-form textarea").first.wait_for()
        await page.keyboard.press("Escape")
        await page.keyboard.press("Escape")
        await page.evaluate(_PRESSED, ["؟", "Slash", True])
        await page.locator("dialog#keys[open]").wait_for()
        await page.keyboard.press("Escape")
        for key, code in (("ل", "KeyG"), ("ح", "KeyP")):
            await page.evaluate(_PRESSED, [key, code, False])
        await page.wait_for_url("**/console/promises*")
        await page.evaluate(_PRESSED, ["ظ", "Slash", False])
        await page.locator("input[type=search]:focus, input[name=q]:focus").wait_for()
        opened.check()
