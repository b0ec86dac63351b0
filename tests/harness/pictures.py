"""Pictures of every screen of the console with the sample disputes, in docs/pictures/console: `make pictures`."""

import argparse
import asyncio
import io
import logging
import tempfile
from pathlib import Path

import structlog
from PIL import Image
from playwright.async_api import Browser, Page

from domain.kernel.base import Role
from tests.console.desk import Desk, desk
from tests.console.screens import SCREENS, Screen
from tests.harness.browser import Scheme, chromium, settled
from tests.postgres import Servers

FOLDER = Path(__file__).parents[2] / "docs" / "pictures" / "console"
LANGUAGES = ("en", "ar", "zh-Hans")
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
WIDTHS = (360, 1440)
_HEIGHT = 800
"""CSS pixels; the height is the least one."""
_WHOLE = """(() => {
    const scrolls = one => ["auto", "scroll"].includes(getComputedStyle(one).overflowY) && one.scrollHeight > one.clientHeight;
    const bottoms = [...document.querySelectorAll("main, main *")]
        .filter(one => one.checkVisibility() && scrolls(one))
        .map(one => one.getBoundingClientRect().top + one.scrollHeight + 48);
    return Math.ceil(Math.max(document.documentElement.scrollHeight, ...bottoms));
})()"""
"""The height at which no part of the page is left to scroll."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--only", type=lambda names: names.split(","), default=[], help="the names of screens, with commas"
    )
    only = parser.parse_args().only
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    servers = Servers()
    try:
        with servers.fresh("18") as conninfo:
            asyncio.run(_take(conninfo, [screen for screen in SCREENS if not only or screen.name in only]))
    finally:
        servers.close()


async def _take(conninfo: str, screens: list[Screen]) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        async with desk(conninfo, Path(folder)) as at_desk, chromium() as browser:
            for language in LANGUAGES:
                for role in dict.fromkeys(screen.role for screen in screens):
                    await _of_person(browser, at_desk, role, language, screens)


async def _of_person(browser: Browser, at_desk: Desk, role: Role | None, language: str, screens: list[Screen]) -> None:
    async with at_desk.person(browser, role, language=language) as visit:
        page = await visit.context.new_page()
        for screen in screens:
            if screen.role is role:
                await page.goto(visit.home + at_desk.path(screen))
                await settled(page)
                for picture in await _of_screen(page, f"{screen.name}-{language}"):
                    print(picture)


async def _of_screen(page: Page, name: str) -> list[str]:
    """The names and sizes of its pictures. The window is as high as the page, so that nothing is left to scroll. Lossless WebP
    takes a third of the room of PNG.
    """
    taken: list[str] = []
    for width in WIDTHS:
        await page.set_viewport_size({"width": width, "height": _HEIGHT})
        height = await page.evaluate(_WHOLE)
        await page.set_viewport_size({"width": width, "height": height})
        for scheme in SCHEMES:
            await page.emulate_media(color_scheme=scheme)
            picture = FOLDER / f"{name}-{scheme}-{width}.webp"
            Image.open(io.BytesIO(await page.screenshot())).convert("RGB").save(picture, lossless=True)
            taken.append(f"{picture.relative_to(FOLDER.parents[2])}  {picture.stat().st_size // 1024} kB")
    return taken


if __name__ == "__main__":
    main()
