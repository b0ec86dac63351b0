"""Debian's Chromium for the tests: windows that note what their pages ask for, and what they complain about."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, async_playwright

PACKAGES = ("chromium", "fonts-noto-core", "fonts-noto-cjk")
PROGRAM = Path("/usr/bin/chromium")
_FONTS = Path("/usr/share/fonts")
_NEEDED = (
    PROGRAM,
    _FONTS / "truetype/noto/NotoSansArabic-Regular.ttf",
    _FONTS / "opentype/noto/NotoSansCJK-Regular.ttc",
)

_ARGUMENTS = (
    "--no-sandbox",  # it shows pages of the tests alone, also for root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",  # what asks for another host is noted, and gets nothing
)
_PATIENCE = 10.0
"""Seconds that a page has for anything. A machine with two cores may be busy."""

Scheme = Literal["light", "dark"]


class NotInstalled(Exception):
    def __init__(self, missing: list[Path]) -> None:
        super().__init__(
            f"The tests of the console need a browser and fonts: {', '.join(map(str, missing))} is not there. Install them "
            f"with `make browser`, or: apt-get install --no-install-recommends {' '.join(PACKAGES)}"
        )


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """A running browser. Raises NotInstalled."""
    if missing := [path for path in _NEEDED if not path.exists()]:
        raise NotInstalled(missing)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=PROGRAM, args=_ARGUMENTS, handle_sigint=False)
        try:
            yield browser
        finally:
            await browser.close()


@dataclass(frozen=True, slots=True)
class Window:
    """A person's browser at an address `home`, with its own cookies. All pages of a window are noted together.

    `asked` are the addresses that its pages asked for. `complaints` are the errors and warnings of its console, which
    hold what the Content Security Policy stopped, and the exceptions that nobody caught.
    """

    context: BrowserContext
    home: str
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    async def open(self, path: str) -> Page:
        """A new tab."""
        page = await self.context.new_page()
        page.on("websocket", lambda socket: self.asked.append(socket.url))
        await page.goto(self.home + path)
        return page

    def strangers(self) -> list[str]:
        """The addresses at other hosts that were asked for."""
        own = (urlsplit(self.home).netloc, "")  # data: and blob: have no host
        return [address for address in self.asked if urlsplit(address).netloc not in own]

    def check(self, *expected: str) -> None:
        """Nothing was asked of another host, and nobody complained.

        Each of the expected texts must be in a complaint, which is then forgiven: Chromium complains of every answer with
        an error's status ("status of 422"), also of those that a page is made for. What was noted is then forgotten.
        """
        complaints = [text for text in self.complaints if not any(part in text for part in expected)]
        unheard = [part for part in expected if not any(part in text for text in self.complaints)]
        strangers = self.strangers()
        self.asked.clear()
        self.complaints.clear()
        assert not strangers, f"asked of other hosts: {strangers}"
        assert not complaints, "the console of the browser says:\n" + "\n".join(complaints)
        assert not unheard, f"the console of the browser does not say: {unheard}"


@asynccontextmanager
async def window(
    browser: Browser,
    home: str,
    *,
    language: str = "en",
    scheme: Scheme = "light",
    width: int = 1440,
    zone: str = "Europe/Rome",
    **more: Any,
) -> AsyncIterator[Window]:
    """A window of a person who reads `language` (BCP 47) in a time zone. `width` is in CSS pixels, `more` for Playwright."""
    context = await browser.new_context(
        locale=language,
        color_scheme=scheme,
        viewport={"width": width, "height": 900},
        timezone_id=zone,
        reduced_motion="reduce",  # so that nothing is looked at while it fades
        **more,
    )
    context.set_default_timeout(_PATIENCE * 1000)
    opened = Window(context, home)

    def hear(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning", "assert"):
            opened.complaints.append(f"{message.type}: {message.text} ({message.location['url']})")

    context.on("console", hear)
    context.on("weberror", lambda failure: opened.complaints.append(f"exception: {failure.error}"))
    context.on("request", lambda request: opened.asked.append(request.url))
    try:
        yield opened
    finally:
        await context.close()


async def until(page: Page, condition: str) -> None:
    """Returns when the JavaScript expression is true. Raises AssertionError after some seconds.

    Playwright's own `wait_for_function` makes the page evaluate a text, which the Content Security Policy forbids.
    """
    came = await page.evaluate(
        f"""async limit => {{
            const end = performance.now() + limit;
            while (!({condition})) {{
                if (performance.now() > end) return false;
                await new Promise(resolve => setTimeout(resolve, 10));
            }}
            return true;
        }}""",
        _PATIENCE * 1000,
    )
    assert came, f"never true on {page.url}: {condition}"


async def settled(page: Page) -> None:
    """Returns when the parts of a page have come that it asks for by itself (htmx)."""
    await until(page, "!document.querySelector('.htmx-request')")


async def too_wide(page: Page) -> list[str]:
    """What makes readers scroll sideways: the outermost elements that reach out of the window, when the page does."""
    found: list[str] = await page.evaluate(
        """() => {
            const room = document.documentElement.clientWidth;
            if (document.documentElement.scrollWidth <= room) return [];
            const out = element => {
                const box = element.getBoundingClientRect();
                return box.width > 0 && (box.right > room + 1 || box.left < -1);
            };
            const reaching = [...document.body.querySelectorAll("*")].filter(out);
            const outermost = reaching.filter(element => !reaching.includes(element.parentElement));
            return (outermost.length ? outermost : [document.body]).map(element => element.outerHTML.slice(0, 200));
        }"""
    )
    return found
