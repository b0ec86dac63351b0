"""What people see in Chromium: how soon a key shows something, and how soon what happened elsewhere is on the page."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from playwright.async_api import Page

from api.console.signing_in.sessions import COOKIE
from domain.kernel.base import Role
from tests.harness.benchmarks.bench import Bench
from tests.harness.benchmarks.console_server import Console
from tests.harness.benchmarks.findings import Row, percentiles
from tests.harness.browser import Window, chromium, window

PAINTED, SHOWN = 0.200, 0.500
"""Seconds that may pass from a key to what it shows, and from the storing of an event until it is on a page."""

_PRESSED = """window.addEventListener("keydown", event => {
  sessionStorage.setItem("pressed", performance.timeOrigin + event.timeStamp);
}, true);"""
"""Notes when a key was pressed. The next page of the tab can read it."""

_SEEN = """selector => new Promise(seen => {
  const look = () => {
    const found = document.querySelector(selector);
    if (!found || !found.getClientRects().length) return requestAnimationFrame(look);
    requestAnimationFrame(() => setTimeout(() => seen(performance.timeOrigin + performance.now())));
  };
  look();
})"""
"""The instant after the frame in which the element was painted, in milliseconds since 1970."""


async def on_screen(bench: Bench, shown: Console) -> list[Row]:
    """Three rows; with one reader."""
    times = bench.effort.rounds * bench.effort.turns
    async with (
        chromium() as browser,
        window(browser, shown.place.home) as mine,
        window(browser, shown.place.home) as other,
    ):
        await _sign_in(mine, shown.secrets[Role.NEUTRAL])
        await _sign_in(other, shown.secrets[Role.SUPERVISOR])
        opened = await _keys(mine, shown, times)
        events = await _events(other, shown, times)
    return [percentiles(f"key to {what} ({len(found)} times)", found, PAINTED) for what, found in opened] + [
        percentiles(
            f"stored to painted in the full case that another reader has open ({len(events)} times)", events, SHOWN
        )
    ]


@asynccontextmanager
async def open_page(shown: Console) -> AsyncIterator[Page]:
    """A supervisor's page of the full case."""
    async with chromium() as browser, window(browser, shown.place.home) as opened:
        await _sign_in(opened, shown.secrets[Role.SUPERVISOR])
        page = await _case(opened, shown)
        yield page


async def painted(page: Page, shown: Console, number: int) -> list[float]:
    """So many messages are written one after another. The seconds from the storing of each until it is painted."""
    late = list[float]()
    for _ in range(number):
        count = await page.locator("article.message:not(.note)").count()
        await shown.message(shown.desk.full, f"This is message {count + 1}.")
        at = await page.evaluate(_SEEN, f"#message-{count + 1}")
        late.append(at / 1000 - await shown.stored(shown.desk.full, "MessagePosted"))
    return late


async def _events(opened: Window, shown: Console, number: int) -> list[float]:
    page = await _case(opened, shown)
    found = await painted(page, shown, number)
    await page.close()
    return found


async def _keys(opened: Window, shown: Console, number: int) -> Sequence[tuple[str, list[float]]]:
    to_case, to_form = list[float](), list[float]()
    page = await opened.open("/console/")
    await page.add_init_script(_PRESSED)
    for _ in range(number):
        await page.goto(f"{opened.home}/console/?tab=move")
        await page.keyboard.press("j")
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/console/disputes/*")
        to_case.append(await _since_key(page, "#acts .acts"))
        await page.wait_for_load_state("load")
        key = await page.locator("[data-act-key]:not([href*='/ruling'])").first.get_attribute("data-act-key")
        assert key is not None, "something can be done in the case"
        await page.keyboard.press(key)
        to_form.append(await _since_key(page, "#act-form"))
    await page.close()
    return [("the case with the list of acts", to_case), ("the form of an act", to_form)]


async def _since_key(page: Page, selector: str) -> float:
    seen = await page.evaluate(_SEEN, selector)
    pressed = await page.evaluate("() => Number(sessionStorage.getItem('pressed'))")
    return float(seen - pressed) / 1000


async def _case(opened: Window, shown: Console) -> Page:
    page = await opened.open(f"/console/disputes/{shown.desk.full}")
    await page.wait_for_load_state("load")
    return page


async def _sign_in(opened: Window, secret: str) -> None:
    cookie = {"name": COOKIE, "value": secret, "domain": "127.0.0.1", "path": "/", "secure": True, "httpOnly": True}
    zone = {"name": "console-zone", "value": "Europe/Rome", "domain": "127.0.0.1", "path": "/console", "secure": True}
    await opened.context.add_cookies([cookie, zone])  # type: ignore[list-item] # as Playwright takes it
