"""The words that a mediator reads: no name for machines, times on their own clock, refusals in their language."""

import re
from collections.abc import AsyncIterator
from itertools import chain
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio

from api.console import happened
from api.console.acts import faults
from api.http.explanations import explain
from api.http.problem_schemas import Problem
from api.words import facts
from api.words.catalogue import catalogue
from domain.kernel.base import Event, Role
from tests.api.house import House, done, euros, said
from tests.console.browsers import Browser, person, signed_in
from tests.console.plain import Element, opened, page, send
from tests.console.test_acts import PROPOSAL, another, form

pytestmark = pytest.mark.asyncio(loop_scope="module")

_MACHINES = re.compile(r"[A-Za-z]+_[A-Za-z_]+|\b[a-z]+[A-Z]\w+")
_SAID_ALOUD = ("alt", "aria-label", "placeholder", "title")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def case(at_home: House) -> AsyncIterator[tuple[House, str, Browser]]:
    """A case in which much has happened, and its mediator's browser."""
    windows = {"escalation_opens_after_hours": 0, "message_reply": {"amount": 2, "unit": "calendar_days"}}
    policy = {"version": "in-dubai", "windows": windows, "desk": {"country": "AE", "time_zone": "Asia/Dubai"}}
    done(await at_home.sender(Role.ADMINISTRATOR).post("/v1/policies", policy), 201)
    neutral = await at_home.neutral()
    dispute = await another(at_home, neutral)
    at = f"/v1/disputes/{dispute}"
    seller, buyer = at_home.speaking_for("seller"), at_home.speaking_for("buyer")
    promise = {"kind": "call_back", "owed_to": "buyer"}
    done(await neutral.post(f"{at}/messages", {"message": said("I call."), "to": "buyer", "promise": promise}), 201)
    done(await buyer.post(f"{at}/messages", {"message": said("When?"), "to": "neutral", "channel": "email"}), 201)
    done(await seller.post(f"{at}/offers", {"amount": euros("40.00")}), 201)
    yield at_home, dispute, await signed_in(at_home, person(Role.NEUTRAL, neutral.subject))


def _shown(element: Element) -> str:
    """All that is read, or read aloud."""
    aloud = (one.attributes.get(name, "") for one in element.all() for name in _SAID_ALOUD)
    return " ".join([element.text, *aloud])


@pytest.mark.parametrize("language", ["en", "ar"])
async def test_no_screen_shows_a_name_that_is_for_machines(case: tuple[House, str, Browser], language: str) -> None:
    """The case, what a proposal would lead to, and the ruling beside its record."""
    _, dispute, browser = case
    browser.cookies.set("console-language", language)
    seen = page(await send(browser, await form(browser, dispute, "make_proposal"), PROPOSAL))
    assert seen.all(class_="foreseen")
    screens = [seen, *[await opened(browser, f"/console/disputes/{dispute}{at}") for at in ("", "/ruling")]]
    found = [_MACHINES.findall(_shown(main)) for screen in screens for main in screen.all("main")]
    assert [*chain(*found)] == []


async def test_the_story_says_what_each_fact_is_about(case: tuple[House, str, Browser]) -> None:
    """Sums, who owes what to whom, numbers; bookkeeping is behind its number, and not gone."""
    _, dispute, browser = case
    browser.cookies.set("console-language", "en")
    story = (await opened(browser, f"/console/disputes/{dispute}/story")).one(id="deeds")
    assert "Offer made · No. 1 · The claimant gets: €40.00" in story.text
    assert re.search(r"Promise made · Call back · The mediator owes it to The buyer · until \w+ \d", story.text)
    folded = [one.text for one in story.all("details", class_="more-facts")]
    assert any("Who acts next · " in one for one in folded)
    assert not [one for one in story.all("li") if one.text.startswith("Who acts next") and one.text not in str(folded)]


async def test_sentences_are_on_the_readers_clock(case: tuple[House, str, Browser]) -> None:
    """A browser that has not said its zone gets that of the marketplace's desk."""
    _, dispute, browser = case
    browser.cookies.set("console-language", "en")
    for zone, clock in (("", "Gulf Standard Time"), ("Asia%2FTokyo", "Japan Standard Time")):
        browser.cookies.set("console-zone", zone)
        shown = (await opened(browser, f"/console/disputes/{dispute}")).one("main").text
        assert re.search(rf"owe an answer since [^.]* \d+:\d\d.[AP]M {clock}\.", shown)


async def test_a_refusal_says_why_in_the_readers_language(case: tuple[House, str, Browser]) -> None:
    """Where nobody has translated it, it is English and says so to whoever reads it aloud."""
    _, dispute, browser = case
    browser.cookies.set("console-language", "ar")
    uneven = {**PROPOSAL, "/award/buyer/amount": "100.01"}
    refused = page(await send(browser, await form(browser, dispute, "make_proposal"), uneven), 409).one(
        class_="refused"
    )
    assert {one.attributes["lang"] for one in refused.all("p")} == {"ar"}
    assert "€" in refused.one("dl").text
    unknown = page(await browser.get(f"/console/disputes/{dispute}/exhibits/77"), 404)
    assert {one.attributes.get("lang") for one in unknown.one("section", class_="state").all("p", dir="auto")} == {"en"}
    assert "`" not in unknown.one("main").text


async def test_facts_name_fields_that_their_events_have() -> None:
    for kind, names in happened._FIELDS.items():
        assert {*names} <= Event.registry[kind].model_fields.keys(), kind
        assert {*names} <= happened._TELL.keys(), kind
    assert facts._QUIET | facts._TITLES.keys() <= Event.registry.keys()


@pytest.mark.parametrize(
    ("code", "facts_told", "said_as"),
    [
        ("TooManyStreams", {"most": 30}, "You have 30 live streams open already."),
        ("NotRefundedYet", {"paid_at": "2027-03-01T10:00:00Z"}, "“Paid at” lies in the future."),
        (
            "EscalationNotOpenYet",
            {"opens_at": "2027-03-01T10:00:00Z"},
            "The dispute is not open for escalation yet; it opens at Monday, March 1, 2027, 11:00:00 AM Central European "
            "Standard Time.",
        ),
    ],
)
async def test_a_refusal_says_a_number_or_an_instant_in_place_of_its_name(
    code: str, facts_told: dict[str, object], said_as: str
) -> None:
    problem = explain(code).example | {"facts": facts_told}
    told = faults.refused(Problem.model_validate(problem), catalogue("en"), ZoneInfo("Europe/Rome"))
    assert told.title.replace("\N{NARROW NO-BREAK SPACE}", " ") == said_as
