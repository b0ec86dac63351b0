"""Whether a party was told: at its clock, in the lists, in the notices to it; and the two acts where it was not."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from domain.kernel.base import Role
from tests.api.house import House, done, euros, filing
from tests.api.house import person as a_party
from tests.api.test_translations import until
from tests.console.browsers import signed_in
from tests.console.plain import opened, page, send
from tests.console.test_acts import form, form_of

pytestmark = pytest.mark.asyncio(loop_scope="module")

SOON = {"grouping_minutes": 0, "quiet_from": 0, "quiet_until": 0}
TOLD: dict[str, Any] = {"version": "told", "notices": {"way": "marketplace", "notice": "required", **SOON}}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def desk(at_home: House) -> AsyncIterator[House]:
    done(await at_home.sender(Role.ADMINISTRATOR).post("/v1/policies", TOLD), 201)
    yield at_home


async def waiting(house: House, **changes: Any) -> tuple[str, str]:
    """A dispute whose seller was not told yet, and the notice to them."""
    seller = a_party("s-told", "CN", "zh-Hans", "Asia/Shanghai")
    dispute = done(await house.backend.post("/v1/disputes", filing(seller=seller, **changes)), 201)["id"]

    async def ask() -> Any:
        return done(await house.backend.get(f"/v1/disputes/{dispute}/notices"))["items"]

    (notice,) = await until(ask, lambda items: len(items) == 1)
    return dispute, notice["id"]


async def shown(house: House, dispute: str, notice: str, *, delivered: bool) -> None:
    at = f"/v1/disputes/{dispute}/notices/{notice}/acknowledgement"
    done(await house.backend.post(at, {"delivered": delivered}))


async def test_a_clock_says_whether_its_party_was_told(desk: House) -> None:
    """Until then it shows no instant, neither in the case nor in a list."""
    dispute, notice = await waiting(desk)
    browser = await signed_in(desk)
    case = f"/console/disputes/{dispute}"
    before = await opened(browser, case)
    (clock,) = [one for one in before.one("section", id="promises").all("li") if "Answer to the claim" in one.text]
    assert clock.text.startswith("Waits until the seller is told")
    assert clock.all("time") == []
    assert before.one("section", id="state").all(class_="due")[0].text == "Waits until the seller is told"
    row = (await opened(browser, "/console/?tab=all")).one("li", id=f"row-{dispute}")
    assert row.one(class_="due").text == "Waits until the seller is told"
    await shown(desk, dispute, notice, delivered=True)
    after = await opened(browser, case)
    assert after.one(class_="told-by").text.startswith("Told: Through the marketplace · Chinese (Simplified) · ")
    assert "Waits until" not in after.text


async def test_the_notices_to_each_side_are_fetched_when_somebody_opens_them(desk: House) -> None:
    """With what became of each, and its text in its own language."""
    dispute, notice = await waiting(desk)
    browser = await signed_in(desk)
    case = await opened(browser, f"/console/disputes/{dispute}")
    place = case.one("section", id="notices").one("div", id="sent")
    address = place.attributes["hx-get"]
    buyer, seller = (await opened(browser, address)).one("div", id="told-to").all("ul")
    assert buyer.text == "Nothing was sent to them."
    (one,) = seller.all("li")
    assert "Sent" in one.one("summary").text
    assert one.one("span", class_="whole").attributes["lang"] == "zh-Hans"
    await shown(desk, dispute, notice, delivered=False)
    failed = (await opened(browser, address)).one("div", id="told-to").one("summary").text
    assert "Did not arrive" in failed
    assert "the marketplace could not show it" in failed


async def test_a_call_in_vain_and_then_the_party_counts_as_told(desk: House) -> None:
    """Both forms know whom they are about. Whether the person was reached is asked, and never assumed."""
    dispute, notice = await waiting(desk)
    await shown(desk, dispute, notice, delivered=False)
    browser = await signed_in(desk)
    asked = await form(browser, dispute, "record_reached")
    (side,) = asked.all("input", name="/to")
    assert (side.attributes["value"], "checked" in side.attributes) == ("seller", True)
    assert [one.text for one in asked.one("select", name="/how").all("option")][1:] == [
        "Telephone",
        "In person",
        "Chat",
        "Letter",
        "In another way",
    ]
    unsaid = page(await send(browser, asked, {"/how": "phone"}), 422)
    assert "This is needed." in form_of(unsaid).text
    seen = page(await send(browser, asked, {"/how": "phone", "/reached": "false"}))
    assert (await send(browser, form_of(seen), step="send")).status_code == 303
    case = await opened(browser, f"/console/disputes/{dispute}")
    assert case.all("a", id="open-deem_told"), "two ways have failed"
    decides = await form(browser, dispute, "deem_told")
    (side,) = decides.all("input", name="/to")
    assert (side.attributes["value"], "checked" in side.attributes) == ("seller", True)
    seen = page(await send(browser, decides, {"/reasons/text": "Nobody answers."}))
    answer = await send(browser, form_of(seen), step="send")
    after = await opened(browser, answer.headers["location"])
    assert after.one(class_="told-by").text.startswith("Counts as told. Decided by: A supervisor · ")


async def test_what_a_machine_answered_is_shown_as_such(desk: House) -> None:
    """In the case and in its story, by rule and version; and in the notices to both sides."""
    rule = {"reasons": ["not_as_described"], "up_to": euros("200.00"), "answer": "offer", "share": 5000}
    done(await desk.backend.post("/v1/standing-rules/s-standing", {"rules": [rule]}))
    seller = a_party("s-standing", "CN", "zh-Hans", "Asia/Shanghai")
    dispute = done(await desk.backend.post("/v1/disputes", filing(seller=seller)), 201)["id"]

    async def sent() -> Any:
        return done(await desk.backend.get(f"/v1/disputes/{dispute}/notices"))["items"]

    def both_are_told(items: Any) -> bool:
        told = [(one["to"], cause["fact"]) for one in items for cause in one["causes"]]
        return {("buyer", "OfferMade"), ("seller", "OfferMade")} <= set(told)

    texts = {one["to"]: one["text"] for one in await until(sent, both_are_told)}
    assert "ha fatto un’offerta in automatico, secondo una regola" in texts["buyer"].replace("\n", " ")
    assert "机器已依据您事先设定的规则" in texts["seller"]
    said = "By machine, under rule 1 of version 1 of the seller's standing rules"
    browser = await signed_in(desk)
    case = await opened(browser, f"/console/disputes/{dispute}")
    assert said in case.one("section", id="settling").text
    assert said in (await opened(browser, f"/console/disputes/{dispute}/story")).text
