"""Signing in with an identity provider: with a real one, and with one that lies."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from time import time
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
import pytest_asyncio
from joserfc.jwk import OctKey, RSAKey

from api.http.issuers import subject_of
from domain.kernel.base import Role
from tests.api.house import House, done, house
from tests.console.browsers import SITE, Browser, is_in
from tests.console.identity import Liar, after, at_provider, callback, led, left, real_ones, setting, visited
from tests.gateways.serving import free_socket, served

pytestmark = pytest.mark.asyncio(loop_scope="module")

ELENA = {"sub": "elena", "name": "Elena 陈 Marchetti", "role": "supervisor"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def liar() -> AsyncIterator[Liar]:
    listening, address = free_socket()
    lying = Liar(address)
    async with served(lying.app(), listening):
        yield lying


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def at_home(shared_database: str, tmp_path_factory: pytest.TempPathFactory, liar: Liar) -> AsyncIterator[House]:
    with real_ones() as real:
        issuers = [*real, setting("liar", liar.address, jwks=liar.jwks)]
        async with house(
            shared_database, tmp_path_factory.mktemp("house"), issuers=issuers, public_url=SITE
        ) as running:
            yield running


async def begun(browser: Browser, key: str, to: str = "/console/promises?tab=late") -> str:
    """The address at the provider."""
    answer = await browser.get(f"/console/sign-in/with/{key}", params={"next": to})
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def query(address: str) -> dict[str, str]:
    return {name: one for name, (one,) in parse_qs(urlsplit(address).query).items()}


# --- a real provider ---


@pytest.mark.parametrize("key", ["rs", "es"])
async def test_somebody_signs_in(at_home: House, key: str) -> None:
    """And goes where they wanted to go. They are the same person as with a bearer token of that provider."""
    browser = Browser(at_home)
    page = await browser.get("/console/sign-in?next=/console/promises%3Ftab%3Dlate")
    assert f"Sign in with Provider &lt;{key}&gt;" in page.text
    at = await begun(browser, key)
    asked = query(at)
    assert (asked["code_challenge_method"], asked["redirect_uri"]) == ("S256", callback(key))
    back = await visited(at, **ELENA)
    answer = await browser.get(back)
    assert answer.headers["Location"] == "/console/sign-in/kept?next=%2Fconsole%2Fpromises%3Ftab%3Dlate"
    assert (await browser.get(answer.headers["Location"])).headers["Location"] == "/console/promises?tab=late"
    assert "Elena 陈 Marchetti" in (await browser.get("/console/")).text
    async with at_home.services.pool.connection() as connection:
        found = await connection.execute(
            "SELECT subject, role, marketplace FROM console_session ORDER BY begun_at DESC"
        )
        row = await found.fetchone()
    issuer = f"{urlsplit(at).scheme}://{urlsplit(at).netloc}"
    assert row == (subject_of(at_home.services.blind, issuer, "elena"), "supervisor", "bazaar")
    browser.cookies.delete("__Host-console")
    assert (await browser.get(back)).status_code == 400
    assert not await is_in(browser)


async def test_a_code_of_somebody_else_is_worth_nothing(at_home: House) -> None:
    """Put into another's browser, it is refused here; put into another's answer, the provider refuses its verifier."""
    thief, victim = Browser(at_home), Browser(at_home)
    stolen = await visited(await begun(victim, "rs"), **ELENA)
    assert "Please begin again" in (await thief.get(stolen)).text
    own = query(await begun(thief, "rs"))
    answer = await thief.get(callback("rs"), params={**query(stolen), "state": own["state"]})
    assert (answer.status_code, "It could not be proven who you are" in answer.text) == (403, True)
    other = await thief.get(callback("es"), params=query(stolen))
    assert other.status_code == 400
    assert not await is_in(thief)


@pytest.mark.parametrize(
    ("claims", "title"),
    [
        ({"sub": "nobody"}, "Your identity provider did not sign you in"),
        ({"sub": "a"}, "You have no role here"),
        ({"sub": "a", "role": "king"}, "You have no role here"),
        ({"sub": "a", "role": ["supervisor", "auditor"]}, "You have no role here"),
        ({"sub": "a", "role": "marketplace"}, "You have no role here"),
        ({"sub": "a", "role": "supervisor", "marketplace": "elsewhere"}, "You have no role here"),
        ({"sub": "a", "role": "neutral"}, "You have no mandate"),
    ],
)
async def test_who_is_not_let_in_reads_why(at_home: House, claims: dict[str, Any], title: str) -> None:
    browser = Browser(at_home)
    answer = await browser.get(await visited(await begun(browser, "es"), **claims))
    assert (answer.status_code, browser.secret) == (403, None)
    assert f"<h1>{title}</h1>" in answer.text


async def test_two_tabs_begin_at_once(at_home: House) -> None:
    browser = Browser(at_home)
    first, second = await begun(browser, "rs"), await begun(browser, "es")
    for at in (second, first):
        assert (await browser.get(await visited(at, **ELENA))).status_code == 303


async def test_at_another_address_of_this_server(at_home: House) -> None:
    """The cookie is kept where the provider sends people back to."""
    browser = Browser(at_home)
    answer = await browser.get("https://other.test/console/sign-in/with/rs?next=//evil.test")
    assert answer.headers["Location"] == f"{SITE}/console/sign-in/with/rs?next=%2Fconsole%2F&moved=1"
    moved = await browser.get("https://other.test/console/sign-in/with/rs?moved=1")
    assert moved.headers["Location"].startswith("http://127.0.0.1:")


@pytest.mark.parametrize("key", ["rs", "es"])
async def test_somebody_signs_out_here_and_at_the_provider(at_home: House, key: str) -> None:
    """The page goes on to the provider by itself. Afterwards the provider asks who is there, as if nobody had signed in."""
    browser = Browser(at_home)
    async with at_provider(**ELENA) as http:
        await browser.get(await led(http, await begun(browser, key)))
        assert (await http.get(await begun(browser, key))).headers["Location"].startswith(SITE)
        page = await browser.sent("/console/sign-out", {"csrf": await browser.csrf()})
        way = page.headers["Refresh"].removeprefix("0; url=")
        asked = query(way)
        assert (asked["client_id"], asked["post_logout_redirect_uri"]) == ("console", after(key))
        assert len(asked["id_token_hint"].split(".")) == 3
        assert f"Sign out at Provider &lt;{key}&gt;" in page.text
        assert not await is_in(browser)
        back = await browser.get(await left(http, way))
        said = await browser.get(back.headers["Location"])
        assert f"You are signed out here, and at Provider &lt;{key}&gt;." in said.text
        assert "/interaction/" in (await http.get(await begun(browser, key))).headers["Location"]


async def test_nobody_makes_up_that_they_came_back(at_home: House) -> None:
    browser = Browser(at_home)
    for state in ("", "made-up"):
        back = await browser.get(after("rs"), params={"state": state})
        assert back.headers["Location"] == "/console/sign-in?told=out&at=rs"


# --- one that lies ---


async def lied(at_home: House, liar: Liar, **answer: str) -> tuple[Browser, int, str]:
    """Somebody comes back from it. The browser, and the status and text of the page."""
    browser = Browser(at_home)
    asked = query(await begun(browser, "liar"))
    now = int(time())
    true = {"iss": liar.address, "aud": "console", "sub": "eve", "role": "auditor", "iat": now, "exp": now + 300}
    liar.said = {**true, "nonce": asked["nonce"], **liar.said}
    liar.said = {name: value for name, value in liar.said.items() if value is not None}
    came = await browser.get(callback("liar"), params={"code": "c", "state": asked["state"], **answer})
    return browser, came.status_code, came.text


@contextmanager
def lying(liar: Liar, **lies: Any) -> Iterator[None]:
    before = dict(vars(liar))
    vars(liar).update({"said": {}, **lies})
    try:
        yield
    finally:
        vars(liar).update(before)


async def test_the_truth_is_taken(at_home: House, liar: Liar) -> None:
    """Clocks may be ten seconds apart. Several audiences are taken where the token was made for this client."""
    now = int(time())
    for said in ({}, {"exp": now - 5, "iat": now - 60}, {"aud": ["console", "other"], "azp": "console"}):
        with lying(liar, said=said):
            browser, status, text = await lied(at_home, liar, iss=liar.address)
            assert (status, await is_in(browser)) == (303, True), text


async def test_a_provider_that_nobody_can_sign_out_at(at_home: House, liar: Liar) -> None:
    """It has no such address. The person is signed out here, and reads that it is here alone."""
    browser, *_ = await lied(at_home, liar)
    answer = await browser.sent("/console/sign-out", {"csrf": await browser.csrf()})
    said = await browser.get(answer.headers["Location"])
    assert "You are signed out here alone. Provider &lt;liar&gt; may still keep you signed in." in said.text
    assert not await is_in(browser)


@pytest.mark.parametrize(
    "said",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"iss": "https://another.test"},
        {"aud": "mediation"},
        {"aud": ["console", "other"]},
        {"azp": "other"},
        {"iat": -7200, "exp": -3600},
        {"iat": 3600, "exp": 7200},
        {"exp": None},
    ],
    ids=str,
)
async def test_a_token_that_was_not_made_for_this(at_home: House, liar: Liar, said: dict[str, Any]) -> None:
    """Numbers are seconds from now."""
    now = int(time())
    with lying(liar, said={name: now + one if isinstance(one, int) else one for name, one in said.items()}):
        browser, status, _ = await lied(at_home, liar)
        assert (status, browser.secret) == (403, None)


@pytest.mark.parametrize(
    ("lies", "status"),
    [
        ({"signs_with": RSAKey.generate_key(2048)}, 403),
        ({"header": {"alg": "HS256"}, "signs_with": OctKey.import_key("x" * 32)}, 403),
        ({"header": {"alg": "RS512"}}, 403),
        ({"header": {"kid": "unknown"}}, 403),
        ({"status": 400}, 403),
        ({"status": 500}, 503),
    ],
    ids=["key", "symmetric", "algorithm", "kid", "refused", "broken"],
)
async def test_a_signature_that_proves_nothing(at_home: House, liar: Liar, lies: dict[str, Any], status: int) -> None:
    with lying(liar, **lies):
        browser, answered, _ = await lied(at_home, liar)
        assert (answered, browser.secret) == (status, None)


async def test_an_answer_of_another_provider(at_home: House, liar: Liar) -> None:
    """`iss` must be its own where it is sent (RFC 9207). The code then goes to nobody."""
    liar.asked = {}
    for answer in ({"iss": "https://another.test"}, {"iss": ""}):
        with lying(liar):
            browser, status, _ = await lied(at_home, liar, **answer)
            assert (status, browser.secret, liar.asked) == (403, None, {})


async def test_a_revoked_person_who_signed_in_there_before(at_home: House, liar: Liar) -> None:
    subject = str(subject_of(at_home.services.blind, liar.address, "revoked"))
    done(await at_home.sender(Role.ADMINISTRATOR).post("/v1/revocations", {"subject": subject}), 201)
    with lying(liar, said={"sub": "revoked", "iat": int(time()) - 60}):
        browser, status, text = await lied(at_home, liar)
        assert (status, browser.secret, "Your access was revoked" in text) == (403, None, True)


async def test_a_cookie_that_was_not_made_here(at_home: House) -> None:
    for key in ("liar", "no-such"):
        answer = await Browser(at_home).get(callback(key), params={"code": "c", "state": str(uuid4())})
        assert (answer.status_code, "Please begin again" in answer.text) == (400, True)
    assert (await Browser(at_home).get("/console/sign-in/with/no-such")).status_code == 400
