"""The screen of one case: what a mediator reads first, and what is on record of the evidence."""

import pytest

from tests.api.house import House, done, said
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
