"""Who is signed in to the console, in which browser, and until when."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from api.console.signing_in.sessions import COOKIE
from domain.kernel.base import Role
from mediation.store.desk import console_sessions
from tests.api.house import House, done, said
from tests.console.browsers import Browser, is_in, link, person, signed_in

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def _change(house: House, statement: str, *given: Any) -> int:
    async with house.services.pool.connection() as connection:
        return (await connection.execute(statement.encode(), given)).rowcount


async def _number(house: House, query: str, *given: Any) -> int:
    async with house.services.pool.connection() as connection:
        row = await (await connection.execute(query.encode(), given)).fetchone()
    assert row is not None
    return int(row[0])


# --- links ---


async def test_a_link_signs_in_once(at_home: House) -> None:
    """Whoever only looks at it, such as a scanner of mail, does not use it up."""
    at = await link(at_home, person(name="Elena <b>Marchetti</b>"))
    scanner, browser, thief = Browser(at_home), Browser(at_home), Browser(at_home)
    for look in (scanner.get, scanner.head):
        assert (await look(at)).status_code == 200
    assert "Elena &lt;b&gt;Marchetti&lt;/b&gt;" in (await browser.get(at)).text
    answer = await browser.sent(at)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/console/sign-in/kept?next=/console/")
    assert (await browser.get(answer.headers["Location"])).headers["Location"] == "/console/"
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith(f"{COOKIE}=")
    assert {*cookie.split("; ")[1:]} == {"HttpOnly", "Max-Age=43200", "Path=/", "SameSite=lax", "Secure"}
    assert await is_in(browser)
    refused = await thief.sent(at)
    assert (refused.status_code, thief.secret) == (403, None)
    assert "This link was used already" in refused.text
    assert not await is_in(thief)


async def test_two_buttons_at_once(at_home: House) -> None:
    at = await link(at_home, person())
    answers = await asyncio.gather(*(Browser(at_home).sent(at) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [303, 403, 403, 403]


async def test_links_that_are_good_no_more_say_what_to_do(at_home: House) -> None:
    who, browser = person(), Browser(at_home)
    expired, revoked = await link(at_home, who, timedelta(0)), await link(at_home, who)
    homeless = await link(at_home, person(Role.NEUTRAL))
    ended = {"subject": str(who.subject), "issued_before": (datetime.now(UTC) - timedelta(seconds=1)).isoformat()}
    await _change(at_home, "UPDATE sign_in_link SET made_at = made_at - interval '1 minute'")
    done(await at_home.sender("administrator").post("/v1/revocations", ended), 201)
    for at, title in (
        (expired, "This link has expired"),
        (revoked, "This link was revoked"),
        (homeless, "You have no mandate"),
        ("/console/sign-in/nothing", "There is no such link"),
    ):
        for answer in (await browser.get(at), await browser.sent(at)):
            assert (answer.status_code, answer.headers["Content-Type"]) == (403, "text/html; charset=utf-8")
            assert f"<h1>{title}</h1>" in answer.text
    assert browser.secret is None
    neutral = await at_home.neutral()
    assert await is_in(await signed_in(at_home, person(Role.NEUTRAL, neutral.subject)))


async def test_a_browser_that_keeps_no_cookie_is_told_so(at_home: House) -> None:
    answer = await Browser(at_home).get("/console/sign-in/kept?next=/console/")
    assert (answer.status_code, "did not keep you signed in" in answer.text) == (400, True)


# --- sessions ---


async def test_what_is_stored_opens_nothing(at_home: House) -> None:
    """Neither the secret nor the name can be read in the table."""
    browser = await signed_in(at_home, person(name="Tomás Ferreira"))
    assert browser.secret is not None
    assert "Tomás Ferreira" in (await browser.get("/console/")).text
    async with at_home.services.pool.connection() as connection:
        found = await connection.execute(
            "SELECT s::text FROM console_session s UNION ALL SELECT l::text FROM sign_in_link l"
        )
        stored = " ".join(row for (row,) in await found.fetchall())
    assert browser.secret not in stored
    assert "Tom" not in stored
    assert "Tomás".encode().hex() not in stored


async def test_two_tabs_at_the_moment_of_a_new_secret(at_home: House) -> None:
    """Both go on. The old secret is good until the new one was seen, and a minute longer: an answer may be lost."""
    who = person()
    browser, old = await signed_in(at_home, who), ""
    for _ in range(2):
        old = browser.secret or ""
        await _change(at_home, "UPDATE console_session SET rotated_at = 'epoch' WHERE subject = %s", who.subject)
        tabs = [Browser(at_home, cookies={COOKIE: old}) for _ in range(4)]
        answers = await asyncio.gather(*(tab.get("/console/") for tab in tabs))
        assert [answer.status_code for answer in answers] == [200] * 4
        (renewed,) = [answer for answer in answers if COOKIE in answer.cookies]
        assert renewed.cookies[COOKIE] != old
        assert await is_in(tabs[0])
        browser.cookies.set(COOKIE, renewed.cookies[COOKIE], domain="console.test")
        assert await is_in(browser)
    assert await is_in(Browser(at_home, cookies={COOKIE: old}))
    await _change(at_home, "UPDATE console_session SET seen_at = seen_at - interval '61 seconds'")
    assert not await is_in(Browser(at_home, cookies={COOKIE: old}))
    assert await is_in(browser)


async def test_signing_in_again_makes_a_new_session(at_home: House) -> None:
    """Whoever sat here before is signed out, and a secret that somebody planted is worth nothing."""
    before, after = person(), person()
    browser = await signed_in(at_home, before)
    old = browser.secret
    await browser.sent(await link(at_home, after))
    assert browser.secret != old
    assert not await is_in(Browser(at_home, cookies={COOKIE: old or ""}))
    assert await _number(at_home, "SELECT count(*) FROM console_session WHERE subject = %s", before.subject) == 0


async def test_signing_out_here_and_everywhere(at_home: House) -> None:
    who = person()
    here, there, elsewhere = [await signed_in(at_home, who) for _ in range(3)]
    other = await signed_in(at_home)
    csrf = {"csrf": await here.csrf()}
    answer = await here.sent("/console/sign-out", csrf)
    assert (answer.status_code, here.secret) == (303, None)
    assert "You are signed out." in (await here.get(answer.headers["Location"])).text
    assert [await is_in(one) for one in (here, there, elsewhere)] == [False, True, True]
    await there.sent("/console/sign-out-everywhere", csrf)
    assert [await is_in(one) for one in (here, there, elsewhere, other)] == [False, False, False, True]


async def test_revoking_a_person_s_tokens_ends_their_sessions(at_home: House) -> None:
    """Those that began before. Signing out revokes no token."""
    who, admin = person(), at_home.sender("administrator")
    old, other = await signed_in(at_home, who), await signed_in(at_home)
    await _change(at_home, "UPDATE console_session SET begun_at = begun_at - interval '1 hour'")
    new = await signed_in(at_home, who)
    before = (datetime.now(UTC) - timedelta(minutes=1)).isoformat()
    done(await admin.post("/v1/revocations", {"subject": str(who.subject), "issued_before": before}), 201)
    assert [await is_in(one) for one in (old, new, other)] == [False, True, True]
    token = at_home.sender(Role.SUPERVISOR, subject=who.subject)
    await new.sent("/console/sign-out-everywhere", {"csrf": await new.csrf()})
    done(await token.get("/v1/me"))


async def test_a_closed_mandate_ends_the_session(at_home: House) -> None:
    neutral = await at_home.neutral()
    browser = await signed_in(at_home, person(Role.NEUTRAL, neutral.subject))
    assert await is_in(browser)
    why = {"reason": said("Has left the company.")}
    done(await at_home.sender("administrator").post(f"/v1/mandates/{neutral.subject}/closure", why))
    assert not await is_in(browser)


async def test_twelve_hours_later(at_home: House) -> None:
    """It is over, and then deleted. A link stays a day longer, so that its page can say that it has expired."""
    who = person()
    browser = await signed_in(at_home, who)
    left = "SELECT count(*) FROM console_session WHERE subject = %s AND expires_at <= clock_timestamp() + interval '12 hours'"
    assert await _number(at_home, left, who.subject) == 1
    await _change(at_home, "UPDATE console_session SET expires_at = clock_timestamp() WHERE subject = %s", who.subject)
    await _change(at_home, "UPDATE sign_in_link SET expires_at = clock_timestamp() WHERE subject = %s", who.subject)
    assert not await is_in(browser)
    other, pool = await signed_in(at_home), at_home.services.pool
    sessions, links = (f"SELECT count(*) FROM {one} WHERE subject = %s" for one in ("console_session", "sign_in_link"))
    await console_sessions.Sweeper(pool).sweep()
    assert [await _number(at_home, query, who.subject) for query in (sessions, links)] == [0, 1]
    await _change(at_home, "UPDATE sign_in_link SET expires_at = expires_at - interval '25 hours'")
    await console_sessions.Sweeper(pool).sweep()
    assert await _number(at_home, links, who.subject) == 0
    assert await is_in(other)


async def test_a_cookie_that_is_none(at_home: House) -> None:
    for junk in ("", "x", "x" * 5000, str(uuid4())):
        assert not await is_in(Browser(at_home, cookies={COOKIE: junk}))
