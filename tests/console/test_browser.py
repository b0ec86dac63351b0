"""The browser of the tests hears, sees and finds what a reader would complain about."""

from collections.abc import AsyncIterator, Mapping

import pytest
import pytest_asyncio
from playwright.async_api import Browser
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from tests.gateways.serving import free_socket, served
from tests.harness import axe
from tests.harness.browser import too_wide, until, window

pytestmark = pytest.mark.asyncio(loop_scope="session")

_STRICT = {"Content-Security-Policy": "default-src 'self'"}
_HEAD = '<!doctype html><html lang="en"><title>Cases</title><link rel="icon" href="/icon"><body><main><h1>Cases</h1>'
_PAGES: Mapping[str, str] = {
    "good": "<p>Nothing waits for you.</p>",
    "stranger": '<img src="http://elsewhere.example/x.png" alt="">',
    "inline": "<script>document.title = 'run'</script>",
    "missing": '<img src="/no-such-page" alt="">',
    "unnamed": '<input name="amount">',
    "wide": '<table id="wide" width="2000"><tr><td>1</td></tr></table>',
}


async def _page(request: Request) -> HTMLResponse:
    name = request.path_params["name"]
    return HTMLResponse(_HEAD + _PAGES.get(name, ""), 404 if name == "no-such-page" else 200, _STRICT)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def home() -> AsyncIterator[str]:
    listening, address = free_socket()
    async with served(Starlette(routes=[Route("/{name}", _page)]), listening):
        yield address


async def test_a_good_page_has_no_fault(browser: Browser, home: str) -> None:
    async with window(browser, home, language="ar") as visit:
        page = await visit.open("/good")
        assert await page.evaluate("[navigator.language, document.title]") == ["ar", "Cases"]
        assert await axe.faults(page) == await too_wide(page) == []
        visit.check()


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("stranger", "asked of other hosts: ['http://elsewhere.example/x.png']"),
        ("inline", "Content Security Policy"),
        ("missing", "status of 404"),
    ],
)
async def test_what_a_page_does_behind_the_scenes_is_noticed(
    browser: Browser, home: str, name: str, complaint: str
) -> None:
    async with window(browser, home) as visit:
        await visit.open(f"/{name}")
        with pytest.raises(AssertionError) as found:
            visit.check()
    assert complaint in str(found.value)


async def test_a_complaint_that_is_expected_must_come(browser: Browser, home: str) -> None:
    async with window(browser, home) as visit:
        page = await visit.open("/missing")
        visit.check("status of 404")
        with pytest.raises(AssertionError, match=r"does not say: .*404"):
            visit.check("status of 404")
        await page.evaluate("setTimeout(() => { window.thrown = 1; throw new Error('nobody caught this') })")
        await until(page, "window.thrown")
        with pytest.raises(AssertionError, match="nobody caught this"):
            visit.check()


async def test_faults_of_accessibility_are_told_with_rule_element_and_remedy(browser: Browser, home: str) -> None:
    async with window(browser, home) as visit:
        (fault,) = await axe.faults(await visit.open("/unnamed"))
    rule, element, *remedy = fault.splitlines()
    assert rule.startswith("label (critical): ")
    assert '<input name="amount">' in element
    assert "aria-label" in "".join(remedy)


async def test_what_is_wider_than_the_window_is_named(browser: Browser, home: str) -> None:
    async with window(browser, home, width=320) as visit:
        (element,) = await too_wide(await visit.open("/wide"))
    assert element.startswith('<table id="wide"')
