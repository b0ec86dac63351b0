"""My day: what its lists hold, whom they name, and the filters that a reader saves as tabs of their own."""

from datetime import timedelta

import pytest

from api.console.visit import LIST
from domain.kernel.base import Role
from mediation.store.desk.console_sessions import Person
from tests import today
from tests.api.house import House, done
from tests.api.test_replies import talk
from tests.console.browsers import Browser, person, signed_in
from tests.console.plain import Element, opened, send
from tests.console.test_acts import another, caught_up, desk, mediated

__all__ = ["desk"]

pytestmark = pytest.mark.asyncio(loop_scope="module")


def tabs(page: Element) -> dict[str, Element]:
    """By their names, without the numbers."""
    return {" ".join(one.text.split()[:-1]): one for one in page.one("nav", class_="tabs").all("a")}


async def listed(browser: Browser, address: str) -> list[str]:
    """The ids of all rows, over all pages."""
    page, found = await opened(browser, f"/console/{address}"), []
    while True:
        found += [one.attributes["id"] for one in page.one(class_="rows").all("li")]
        more = page.all(class_="more")
        if not more:
            return found
        page, found = await opened(browser, f"/console/{more[0].one('a').attributes['href']}"), []


async def test_the_number_of_each_tab_is_that_of_its_rows(desk: House) -> None:
    """Of a mediator, a supervisor and an auditor. What a list is too short for comes with one more press."""
    _, neutral, browser = await mediated(desk)
    for _ in range(26):
        await another(desk, neutral)
    await caught_up(desk)
    readers = [browser, *[await signed_in(desk, person(role)) for role in (Role.SUPERVISOR, Role.AUDITOR)]]
    for reader in readers:
        shown = await opened(reader, "/console/")
        for name, tab in tabs(shown).items():
            rows = await listed(reader, tab.attributes["href"])
            assert tab.one(class_="count").text == str(len(rows)), name
    assert "25 of 27 are shown." in (await opened(browser, "/console/")).one(class_="more").text
    auditor = await opened(readers[-1], "/console/")
    assert (auditor.one("h1").text, auditor.all("nav", class_="screens")[0].all("a")[0].text) == ("Cases", "Cases")


async def test_a_row_says_what_was_bought_and_who_mediates(desk: House) -> None:
    dispute, neutral, browser = await mediated(desk)
    await caught_up(desk)
    row = (await opened(browser, "/console/")).one("li", id=f"row-{dispute}")
    bought = done(await neutral.get(f"/v1/disputes/{dispute}"))["transaction"]["lines"][0]["title"]
    assert bought in row.one("strong").text
    assert len(row.one("time").attributes["title"].splitlines()) == 3, "the reader's clock and those of both sides"
    assert not row.all(class_="mediator")
    number = row.one(class_="number").text
    supervisor = await signed_in(desk, person(Role.SUPERVISOR))
    unnamed = (await opened(supervisor, "/console/?tab=open&show=100")).one("li", id=f"row-{dispute}")
    assert str(neutral.subject)[:8] in unnamed.one(class_="mediator").text, "the engine knows no name of theirs"
    await signed_in(desk, person(Role.NEUTRAL, neutral.subject, "林 雨婷"))
    named = (await opened(supervisor, "/console/?tab=open&show=100")).one("li", id=f"row-{dispute}")
    assert "林 雨婷" in named.one(class_="mediator").text
    for promises in ("/console/?tab=promised", "/console/promises"):
        page = await opened(browser, promises)
        case = done(await neutral.get(f"/v1/disputes/{dispute}"))
        assert number in page.text
        assert case["buyer"]["name"] in page.text
        assert case["seller"]["name"] in page.text


async def test_what_was_asked_of_a_party_waits_for_it(desk: House) -> None:
    """It is the mediator's move all the same: they may act, and nothing says that they do not."""
    here = await talk(desk)
    neutral = await here.mediated()
    browser = await signed_in(desk, Person(neutral.subject, Role.NEUTRAL.value, here.marketplace))
    row = f"row-{here.id}"
    asked = await here.writes(neutral, "seller", "Which parcel?")
    assert not (await opened(browser, f"/console/?at_least={asked['position']}")).all("li", id=row)
    waits = (await opened(browser, "/console/?tab=others")).one("li", id=row)
    assert waits.one(class_="what").text == "Reply · The seller"
    assert done(await neutral.get(here.at))["awaiting"] == "neutral"
    answered = await here.writes(here.seller, "neutral", "The second.")
    assert (await opened(browser, f"/console/?at_least={answered['position']}")).all("li", id=row)


async def test_a_filter_becomes_a_tab(desk: House) -> None:
    """It is chosen, saved under a name in any script, given another name and another place, and deleted."""
    dispute, neutral, browser = await mediated(desk)
    await caught_up(desk)
    narrowed = "/console/?narrow=&stage=mediation&due_within_hours=168&reason=no-such-reason"
    page = await opened(browser, narrowed)
    assert page.all("li", id=f"row-{dispute}")
    save = next(one for one in page.all("form") if one.attributes["action"] == "/console/filters")
    hostile = "<b>حالات</b> & 案件"
    for name in (hostile, "Second"):
        answer = await send(browser, save, {"name": name})
        assert answer.status_code == 303
    saved = await opened(browser, answer.headers["location"])
    assert [*tabs(saved)][-2:] == [hostile, "Second"]
    assert saved.all("li", id=f"row-{dispute}")
    boxes = [one.attributes["value"] for one in saved.all("input", type="checkbox") if "checked" in one.attributes]
    assert boxes == ["mediation"]
    change = next(one for one in saved.all("form") if one.attributes["action"].endswith("/change"))
    taken = await send(browser, change, {"name": hostile, "do": "rename"})
    assert "Another tab has this name already." in (await opened(browser, taken.headers["location"])).text
    await send(browser, change, {"do": "earlier"})
    await send(browser, change, {"name": "Erste", "do": "rename"})
    assert [*tabs(await opened(browser, "/console/"))][-2:] == ["Erste", hostile]
    await send(browser, change, {"filter": "Erste", "do": "delete"})
    assert [*tabs(await opened(browser, "/console/"))][-1] == hostile
    (kept,) = done(await neutral.get("/v1/me/filters"))["items"]
    assert (kept["filter"]["stage"], kept["filter"]["due_within_hours"]) == (["mediation"], 168)
    for n in range(19):
        await send(browser, save, {"name": f"Tab {n}"})
    full = await send(browser, save, {"name": "One too many"})
    assert "as many tabs as there may be" in (await opened(browser, full.headers["location"])).text
    assert len(done(await neutral.get("/v1/me/filters"))["items"]) == 20


async def test_a_long_list_of_promises_shows_more(desk: House) -> None:
    """At first as many as a page holds; and as many again, for as long as there are more."""
    dispute, neutral, browser = await mediated(desk)
    due = today.now() + timedelta(days=30)
    for _ in range(LIST + 1):
        owed = {"owed_by": "neutral", "owed_to": "buyer", "kind": "call_back", "due_at": due.isoformat()}
        done(await neutral.post(f"/v1/disputes/{dispute}/commitments", owed), 201)
    await caught_up(desk)
    later = (await opened(browser, "/console/promises")).one("section", class_="later")
    assert len(later.all("article")) == LIST
    more = later.one(class_="more").one("a")
    assert more.text == "Show more"
    longer = await opened(browser, f"/console/promises{more.attributes['href']}")
    assert len(longer.one("section", class_="later").all("article")) > LIST
    assert not longer.all(class_="more")
