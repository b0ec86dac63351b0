"""The screen of one case: what a mediator reads first, and what is on record of the evidence."""

from datetime import timedelta
from uuid import uuid4

import pytest

from api.disputes.remedies.postal import POSTAL_ADDRESS
from domain.kernel.base import Role
from tests import today
from tests.api.house import House, done, said
from tests.console.browsers import person, signed_in
from tests.console.plain import opened
from tests.console.test_acts import desk, mediated

__all__ = ["desk"]

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_what_comes_first(desk: House) -> None:
    """Which case it is, whose move it is, and one step with its clock. The other steps are folded."""
    dispute, neutral, browser = await mediated(desk)
    file = done(await neutral.get(f"/v1/disputes/{dispute}"))
    told = done(await neutral.get(f"/v1/disputes/{dispute}/in-words"))
    page = await opened(browser, f"/console/disputes/{dispute}")
    (line, *_) = file["transaction"]["lines"]
    assert page.one("h1").text.startswith(line["title"])
    lead = page.one("p", class_="lead").text
    assert (file["buyer"]["name"] in lead, "Italian" in lead, "Chinese" in lead) == (True, True, True)
    state = page.one("section", id="state")
    assert state.one("h2").text == told["title"]
    (first,) = state.all("div", class_="first")
    mine = [step["what"] for step in told["next"] if step["yours"]]
    assert first.one("p").text.startswith(mine[0]), "it is the mediator's move"
    assert len(state.one("details").all("li")) == len(told["next"]) - 1


async def test_what_is_on_record_of_an_exhibit(desk: House) -> None:
    """Since when both sides can see it, and that the other side said that it saw it."""
    dispute, _, browser = await mediated(desk)
    at = f"/v1/disputes/{dispute}/exhibits"
    buyer, seller = desk.speaking_for("buyer"), desk.speaking_for("seller")
    shown = {"description": "Der Riss im Boden.", "language": "de"}
    made = done(await buyer.post(at, data=shown, files={"file": b"Riss"}), 201)
    page = f"/console/disputes/{dispute}"
    before = (await opened(browser, page)).one("ul", class_="on-record").text
    assert "The seller: has not answered it or said that it saw it" in before
    done(await seller.post(f"{at}/{made['number']}/answer", {}))
    after = (await opened(browser, page)).one("ul", class_="on-record").text
    assert "The seller: said that it saw it" in after
    assert "May be cited now" in after


async def test_who_answered_a_key_question(desk: House) -> None:
    """The question that has no answer says who was asked, and until when."""
    dispute, neutral, browser = await mediated(desk)
    asked = done(await neutral.get(f"/v1/disputes/{dispute}"))["key_questions"]
    first, other = asked[0], asked[-1]
    answer = {"answers": [{"question": first["name"], "answer": said("Il vaso è rotto.", "it")}]}
    done(await desk.speaking_for(first["side"]).post(f"/v1/disputes/{dispute}/answers", answer))
    questions = (await opened(browser, f"/console/disputes/{dispute}")).one("dl", class_="questions")
    by_text = dict(zip([one.text for one in questions.all("dt")], questions.all("dd"), strict=True))
    assert by_text[first["text"]].text.startswith("Answered The buyer · ")
    assert "Il vaso è rotto." in by_text[first["text"]].text
    assert by_text[other["text"]].text.startswith("Asked The seller · until ")


async def test_what_the_buyer_already_tried_and_every_channel_in_one_order(desk: House) -> None:
    """In the order in which it happened: a call of yesterday that is told today stands before the message of an hour ago."""
    order = f"O-\u202e{uuid4().hex[:8]}"
    dispute, neutral, browser = await mediated(desk, order=order)
    now, at = today.now(), f"/v1/disputes/{dispute}/messages"
    asked = {"order_id": order, "side": "buyer", "party": "b-77", "channel": "app", "wanted": "cancel"}
    told = {"outcome": "refused", "reason": said("È già in <b>preparazione</b>.", "it")}
    done(await desk.backend.post("/v1/contacts", asked | told | {"at": (now - timedelta(days=2)).isoformat()}), 201)
    buyer = desk.speaking_for("buyer")
    review = {"address": "https://reviews.example/r/1", "public_since": (now - timedelta(hours=1)).isoformat()}
    done(await buyer.post(at, {"message": said("Una stella."), "channel": "review_site", "public": review}), 201)
    call = {"text_is": "note", "spoke": ["buyer", "machine"], "seconds": 400, "recording_consent": False}
    began = {"call": call | {"began_at": (now - timedelta(days=1)).isoformat()}, "channel": "phone"}
    last = done(await desk.backend.post(at, {"message": said("They hung up.")} | began), 201)
    done(await neutral.get(at, headers={"At-Least": last["position"]}))
    page = await opened(browser, f"/console/disputes/{dispute}")
    assert order.replace("\u202e", "[U+202E]") in page.text, "what hides in a reference is shown"
    talk = page.one("section", id="conversation")
    assert talk.one("p", class_="tried").text.startswith("What the buyer already tried")
    tried, spoken, public = talk.all("article")
    assert "App" in tried.one("h3").text
    assert "Asked for: Cancellation Refused" in tried.text
    assert tried.one("blockquote").text == "È già in <b>preparazione</b>."
    assert "A note of what was said · Who spoke: The buyer and A program · 7 minutes" in spoken.text
    assert "Not everybody agreed to a recording" in spoken.text
    assert "On record here since:" in spoken.text
    assert "Review site" in public.one("h3").text
    assert public.one("bdi", dir="ltr").text == review["address"]


async def test_where_goods_go_and_what_came(desk: House) -> None:
    """A supervisor reads the address and saves the label. The mediator reads what came, and not where it went."""
    dispute, _, mediator = await mediated(desk)
    at, buyer, seller = f"/v1/disputes/{dispute}", desk.speaking_for("buyer"), desk.speaking_for("seller")
    goods = {"act": "return", "freight_cost": {"amount": "5.00", "currency": "EUR"}}
    offered = done(
        await seller.post(f"{at}/offers", {"amount": {"amount": "50.00", "currency": "EUR"}, "goods": goods}), 201
    )
    done(await buyer.post(f"{at}/offers/1/acceptance", match=offered["version"]))
    done(await seller.post(f"{at}/return-details", {"address": POSTAL_ADDRESS, "rma": "RMA-118"}))
    done(await seller.post(f"{at}/return-label", files={"file": b"an die Wand"}), 201)
    owed = done(await buyer.get(at))["goods"]["commitment_id"]
    sent = done(await buyer.post(f"{at}/commitments/{owed}/dispatch", {"carrier": "DHL", "number": "JD1"}))
    way = (await desk.seen(dispute, sent["position"]))["goods"]["commitment_id"]
    found = {"verdict": "contested", "lines": [{"line": 1, "quantity": "1", "condition": "damaged"}]}
    looked = done(await seller.post(f"{at}/commitments/{way}/inspection", found | {"statement": said("Broken.")}))
    await desk.seen(dispute, looked["position"])

    page = f"/console/disputes/{dispute}"
    supervisor = await signed_in(desk, person(Role.SUPERVISOR))
    shown = (await opened(supervisor, page)).one("section", id="goods").text
    for told in (POSTAL_ADDRESS["street_address"], "RMA-118", "Line 1: 1 · Damaged", "Broken."):
        assert told in shown
    assert (await supervisor.get(f"{page}/return-label")).content == b"an die Wand"
    shown = (await opened(mediator, page)).one("section", id="goods").text
    assert "Line 1: 1 · Damaged" in shown
    assert not [told for told in (POSTAL_ADDRESS["street_address"], "RMA-118", "Label for") if told in shown]
