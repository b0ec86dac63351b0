"""Nothing is changed by what another site makes a browser send; and whoever is not signed in loses nothing."""

import re
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest

from api.console.app import ACTS
from api.console.reader import within
from tests.api.house import House
from tests.console.browsers import SITE, Browser, is_in, link, person, signed_in

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_no_act_without_the_token_of_the_person(at_home: House) -> None:
    """Every path that takes a POST, also one that is written tomorrow."""
    browser, other = await signed_in(at_home), await signed_in(at_home)
    theirs = await other.csrf()
    paths = [re.sub(r"{(\w+)(:\w+)?}", lambda found: str(uuid4()), path) for path in ACTS]
    assert "/sign-out" in paths
    for path in paths:
        for form in ({}, {"csrf": ""}, {"csrf": "é"}, {"csrf": theirs}):
            answer = await browser.sent(f"/console{path}", form)
            assert answer.status_code == 403, path
            assert "This was not sent from a page of the console" in answer.text
        forms: tuple[dict[str, Any], ...] = (
            {"csrf": ("csrf", b"x")},
            {"csrf": (None, theirs)},
            {"f": ("f", b"x" * 5000), "csrf": (None, "")},
        )
        for files in forms:
            upload = await browser.post(f"/console{path}", files=files, headers={"Origin": SITE})
            assert upload.status_code == 403, path
        torn = {"Origin": SITE, "Content-Type": "multipart/form-data; boundary=x"}
        assert (await browser.post(f"/console{path}", content=b"--x", headers=torn)).status_code == 400
    assert await is_in(browser)


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.test"},
        {"Origin": "null"},
        {"Origin": SITE, "Sec-Fetch-Site": "cross-site"},
        {"Origin": SITE, "Sec-Fetch-Site": "same-site"},
    ],
)
async def test_another_site_can_do_nothing(at_home: House, headers: dict[str, str]) -> None:
    """Not even with the token; and it signs nobody in, so that nobody works under a name that is not theirs."""
    browser = await signed_in(at_home)
    form = {"csrf": await browser.csrf()}
    assert (await browser.post("/console/sign-out", data=form, headers=headers)).status_code == 403
    assert await is_in(browser)
    at, victim = await link(at_home, person()), Browser(at_home)
    assert (await victim.post(at, headers=headers)).status_code == 403
    assert victim.secret is None
    assert (await victim.sent(at)).status_code == 303


async def test_from_here(at_home: House) -> None:
    """The token may come in a header, as htmx sends it. Behind a proxy that changes `Host`, the public address counts."""
    for headers in ({"Sec-Fetch-Site": "same-origin"}, {"Origin": SITE}, {}):
        browser = await signed_in(at_home)
        sent = {"X-CSRF-Token": await browser.csrf(), **headers}
        assert (await browser.post("/console/sign-out", headers=sent)).status_code == 303
        assert not await is_in(browser)


async def test_a_form_with_files(at_home: House) -> None:
    """Its first field is the token. However the form is cut into pieces, the act gets all of it."""
    browser = await signed_in(at_home)
    csrf = await browser.csrf()
    form = f'--x\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n{csrf}\r\n--x\r\n'.encode()
    file = b'Content-Disposition: form-data; name="f"; filename="f"\r\n\r\n' + b"x" * 100_000 + b"\r\n--x--\r\n"

    async def pieces() -> AsyncIterator[bytes]:
        for at in range(len(form)):
            yield form[at : at + 1]
        yield file

    headers = {"Content-Type": "multipart/form-data; boundary=x", "Origin": SITE}
    answer = await browser.post("/console/sign-out", content=pieces(), headers=headers)
    assert answer.status_code == 303


async def test_a_page_that_stood_open_while_the_session_ended(at_home: House) -> None:
    """The same person signs in again, and its form is taken. Nothing typed is lost: the page stays where it is."""
    who = person()
    browser = await signed_in(at_home, who)
    form = {"csrf": await browser.csrf()}
    browser.cookies.clear()
    waiting = await browser.sent("/console/sign-out", form, **{"HX-Request": "true"})
    assert (waiting.status_code, waiting.headers["HX-Retarget"]) == (401, "#told")
    assert "Location" not in waiting.headers
    assert "HX-Redirect" not in waiting.headers
    assert "what you typed is still here" in waiting.text
    assert "<html" not in waiting.text
    await browser.sent(await link(at_home, who))
    assert (await browser.sent("/console/sign-out", form)).status_code == 303


async def test_back_to_where_one_wanted_to_go(at_home: House) -> None:
    browser = Browser(at_home)
    asked = await browser.get("/console/?tab=new&q=%C3%84%20x")
    assert asked.status_code == 303
    at = asked.headers["Location"]
    assert at == "/console/sign-in?next=/console/%3Ftab%3Dnew%26q%3D%25C3%2584%2520x"
    browser = await signed_in(at_home)
    assert 'href="/console/?tab=new&amp;q=%C3%84%20x"' in (await browser.get(at)).text
    kept = at.replace("sign-in?", "sign-in/kept?")
    assert (await browser.get(kept)).headers["Location"] == "/console/?tab=new&q=%C3%84%20x"
    sent = await Browser(at_home).sent("/console/sign-out", Referer=f"{SITE}/console/promises?tab=late")
    assert sent.headers["Location"] == "/console/sign-in?next=/console/promises%3Ftab%3Dlate"


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.test/console/", "//evil.test/console/", "/\\evil.test", "/console/\\evil", "\\\\evil.test",
        "/console//evil.test", "/console/../v1/me", "/console/%2e%2e/v1/me", "/console/..", "/consolers", "/v1/disputes",
        "javascript:alert(1)", "console/", "/console/a\nSet-Cookie: x", "/console/ x", " /console/x", "", None,
        "/console/sign-in?next=/console/sign-in", "/console/sign-out", "https:/console/x", "/console/" + "x" * 2000,
        "http://[", "//[::1]/console/",
    ],
)  # fmt: skip
async def test_next_never_leads_away(address: str | None) -> None:
    assert within(address) == "/console/"


@pytest.mark.parametrize(
    "address",
    ["/console/", "/console", "/console/cases/1?tab=money#x", "/console/?q=//x", "/console/قضية", "/console/a%20b"],
)
async def test_next_keeps_what_is_inside(address: str) -> None:
    assert within(address) == address
