"""The screen of the ruling: percentages, drafts, and how each side will read it."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from api.console.acts import shares
from api.console.acts.fields import fields_of
from api.console.acts.typed import Typed
from api.disputes.ruling.ruling_schemas import IssueRuling
from domain.kernel.base import Role
from domain.kernel.money import Money
from tests.api.house import House, Sender, done, euros, filing, person
from tests.console.browsers import Browser, signed_in
from tests.console.browsers import person as staff
from tests.console.plain import Element, opened, page, send

pytestmark = pytest.mark.asyncio(loop_scope="module")

EURO = Money.of("129.90", "EUR")
FIELDS = fields_of(IssueRuling)
PART = {"HX-Request": "true", "HX-Target": "div#kept"}
REASONS = {"/reasons/text": "Exhibit 1 shows it.", "/cites_clauses": "conformity"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def desk(at_home: House) -> AsyncIterator[House]:
    await at_home.open_at_once()
    yield at_home


async def due(house: House, **changes: Any) -> tuple[str, Sender, Browser]:
    """A dispute that waits for its ruling, its neutral over the API, and the neutral's browser."""
    neutral = await house.neutral()
    dispute = (await house.filed(**changes))["id"]
    at = f"/v1/disputes/{dispute}"
    done(await house.speaking_for("seller").post(f"{at}/response", {"answer": "contest"}))
    done(await house.speaking_for("buyer").post(f"{at}/escalation"))
    done(await neutral.post(f"{at}/assignment", {}))
    done(await neutral.post(f"{at}/impasse", {}))
    return dispute, neutral, await signed_in(house, staff(Role.NEUTRAL, neutral.subject))


def form_of(seen: Element) -> Element:
    return seen.one("form", id="act-form")


async def ruling(browser: Browser, dispute: str) -> Element:
    return form_of(await opened(browser, f"/console/disputes/{dispute}/ruling"))


def in_yen() -> dict[str, Any]:
    """What changes of a filing whose order was paid with 900,001 yen."""
    yen, body = {"amount": "900001", "currency": "JPY"}, filing()
    order = body["transaction"] | {"paid": yen, "lines": [body["transaction"]["lines"][0] | {"amount": yen}]}
    return {"transaction": order, "claim": body["claim"] | {"amount": yen}}


def percent(language: str = "en", whole: Money = EURO, **typed: str) -> list[str]:
    """The amounts that percentages mean; or why they mean none."""
    inputs = Typed.of([(f"/award/{side}:percent", text) for side, text in typed.items()])
    counted, astray = shares.divided(inputs, FIELDS, whole, language)
    if astray:
        return sorted({one.why for one in astray.values()})
    return [counted.one(f"/award/{side}/amount") for side in ("buyer", "seller")]


async def test_percentages_are_rounded_to_the_last_unit_and_the_rest_is_the_others() -> None:
    assert percent(buyer="33.3333") == ["43.30", "86.60"]
    assert percent(seller="33.3333") == ["86.60", "43.30"]
    assert percent("de", buyer="12,5 %") == ["16,24", "113,66"]
    assert percent("ar", buyer="٥٠٪") == ["64.95", "64.95"]
    assert percent(whole=Money.of("101", "JPY"), buyer="50") == ["51", "50"]
    assert percent(whole=Money.of("101", "JPY"), seller="50") == ["50", "51"]
    assert percent(whole=Money.of("10.001", "KWD"), buyer="100") == ["10.001", "0.000"]
    assert percent(whole=Money.of("10.001", "KWD"), buyer="0.005", seller="99.995") == ["0.001", "10.000"]
    assert percent(buyer="40", seller="50") == ["not_a_whole"]
    for nonsense in ("-1", "101", "half", "1e2", "1/3", "9" * 50, "."):
        assert percent(buyer=nonsense) == ["no_percentage"], nonsense


async def test_shares_of_amounts() -> None:
    assert shares.share("43.30", Money.of("129.90", "EUR"), "en") == "33.33"
    assert shares.share("16,24", Money.of("129.90", "EUR"), "de") == "12,5"
    assert shares.share("100", Money.of("100", "JPY"), "en") == "100"
    assert shares.share("x", Money.of("100", "JPY"), "en") == shares.share("101", Money.of("100", "JPY"), "en") == ""


async def test_a_ruling_in_percent_from_the_list_of_acts_to_the_record(desk: House) -> None:
    dispute, neutral, browser = await due(desk)
    listed = await opened(browser, f"/console/disputes/{dispute}")
    link = listed.one("a", id="open-issue_ruling")
    assert link.attributes["href"] == f"/console/disputes/{dispute}/ruling"
    assert "hx-get" not in link.attributes
    generic = await browser.get(f"/console/disputes/{dispute}/acts/issue_ruling")
    assert generic.headers["location"] == link.attributes["href"]
    shown = await opened(browser, link.attributes["href"])
    assert "Goods must be as described" in shown.one("section", id="clauses").text
    assert shown.one("section", id="claim").text
    wrong = page(await send(browser, form_of(shown), REASONS | {"/award/seller:percent": "200"}), 422)
    assert "0 to 100" in wrong.one(id="act-award-seller-fault").text
    assert form_of(wrong).one("input", name="/award/seller:percent").attributes["value"] == "200"
    seen = page(await send(browser, form_of(wrong), {"/award/seller:percent": "33.3333"}))
    assert form_of(seen).one("input", name="/award/buyer/amount").attributes["value"] == "86.60"
    assert form_of(seen).one("input", name="/award/buyer:percent").attributes["value"] == ""
    assert form_of(seen).one("input", name="/award/buyer:percent").attributes["placeholder"] == "66.67"
    assert (await send(browser, form_of(seen), step="send")).status_code == 303
    (issued,) = done(await neutral.get(f"/v1/disputes/{dispute}"))["rulings"]
    assert (issued["award"]["buyer"], issued["award"]["seller"]) == (euros("86.60"), euros("43.30"))


async def test_each_side_reads_it_in_its_own_language(desk: House) -> None:
    people = {
        "buyer": person("b-it", "IT", "it", "Europe/Rome"),
        "seller": person("s-ae", "AE", "ar", "Asia/Dubai"),
    }
    dispute, _, browser = await due(desk, **people)
    typed = REASONS | {"/award/buyer:percent": "0", "/reasons/text": "Niente.", "/reasons/language": "it"}
    seen = page(await send(browser, await ruling(browser, dispute), typed))
    buyer, seller = seen.one(class_="readers").all("article")
    assert buyer.one("div").attributes["lang"] == "it"
    assert seller.one("div").attributes == {"lang": "ar", "dir": "rtl"}
    assert "0,00" in buyer.text
    assert "as you wrote them" in buyer.text
    assert "as you wrote them" not in seller.text
    assert "sees the original, in Italian" in seller.text
    (unread,) = seen.all(**{"data-untranslated": ""})
    assert unread.text.startswith("The seller reads Arabic.")
    assert buyer.one("blockquote").text == "Niente."


async def test_a_draft_is_kept_and_fills_the_form(desk: House) -> None:
    """Also what is not complete yet; what nobody can read is named, and the rest of it is kept."""
    dispute, neutral, browser = await due(desk)
    half: dict[str, str | list[str] | None] = {**REASONS, "/award/buyer/amount": "10.00"}
    half["/cites_clauses"] = ["conformity", "evidence"]
    kept = page(await send(browser, await ruling(browser, dispute), half, step="draft", headers=PART))
    assert "Division of the amount in dispute" in kept.one(class_="fault").text
    again = await ruling(browser, dispute)
    assert again.one("textarea", name="/reasons/text").written == REASONS["/reasons/text"]
    ticked = {one.attributes["value"] for one in again.all("input", name="/cites_clauses", checked="")}
    assert ticked == {"conformity", "evidence"}
    whole = {"/award/buyer:percent": "10"}
    page(await send(browser, again, whole, step="draft"))
    draft = done(await neutral.get(f"/v1/disputes/{dispute}/ruling-draft"))["ruling"]
    assert draft["award"]["seller"] == euros("116.91")
    assert done(await neutral.get(f"/v1/disputes/{dispute}"))["rulings"] == []


async def test_the_second_of_two_tabs_is_told_and_loses_nothing(desk: House) -> None:
    dispute, neutral, browser = await due(desk)
    first, second = await ruling(browser, dispute), await ruling(browser, dispute)
    page(await send(browser, first, REASONS | {"/reasons/text": "First."}, step="draft"))
    told = page(await send(browser, second, REASONS | {"/reasons/text": "Second."}, step="draft"), 409)
    assert "another tab" in told.one(id="kept").text
    assert form_of(told).one("textarea", name="/reasons/text").written == "Second."
    at = f"/v1/disputes/{dispute}/ruling-draft"
    assert done(await neutral.get(at))["ruling"]["reasons"]["text"] == "First."
    over = told.one(id="kept").one("button").attributes["formaction"].partition("?step=")[2]
    page(await send(browser, form_of(told), step=over))
    assert done(await neutral.get(at))["ruling"]["reasons"]["text"] == "Second."
    same = page(await send(browser, second, REASONS | {"/reasons/text": "Second."}, step="draft"))
    assert not same.one(id="kept").all(role="alert")


async def test_a_co_signature_is_foreseen_in_yen(desk: House) -> None:
    """Above the neutral's authority, in a currency without a smaller unit."""
    dispute, _, browser = await due(desk, **in_yen())
    seen = page(await send(browser, await ruling(browser, dispute), REASONS | {"/award/buyer:percent": "50"}))
    assert "supervisor must co-sign" in seen.one(class_="foreseen").text
    assert form_of(seen).one("input", name="/award/buyer/amount").attributes["value"] == "450001"


async def test_nobody_but_its_neutral_writes_a_ruling(desk: House) -> None:
    dispute, _, browser = await due(desk)
    stranger = await desk.neutral()
    for who in (staff(Role.NEUTRAL, stranger.subject), staff(Role.SUPERVISOR), staff(Role.AUDITOR)):
        other = await signed_in(desk, who)
        at = f"/console/disputes/{dispute}/ruling"
        assert (await other.get(at)).status_code == 404, who
        csrf = {"csrf": await other.csrf(), "/reasons/text": "Mine.", "/reasons/language": "en"}
        for step in ("preview", "send", "draft"):
            assert (await other.sent(f"{at}?step={step}", csrf)).status_code == 404, (who, step)
    assert (await ruling(browser, dispute)).one("textarea", name="/reasons/text").written == ""
