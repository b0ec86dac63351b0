"""Key questions and required evidence over HTTP: what is missing, from which side, until when."""

from datetime import timedelta
from typing import Any

import pytest

from tests import today
from tests.api.house import House, done, filing, refused, said

pytestmark = pytest.mark.asyncio(loop_scope="module")


def missing(case: dict[str, Any]) -> set[tuple[str, str, str]]:
    return {(one["side"], one["what"], one["name"]) for one in case["missing"]}


OF_SELLER = {("seller", "answer", "described"), ("seller", "evidence", "listing")}


async def test_what_is_missing_and_how_it_comes(at_home: House) -> None:
    """Both sides see what is missing. Answers and exhibits fill it, and a withdrawn exhibit opens it again."""
    given = {"question": "difference", "answer": said("Il colore.", "it")}
    filed = await at_home.filed(answers=[given, {**given, "question": "noticed"}])
    at, buyer, seller = f"/v1/disputes/{filed['id']}", at_home.speaking_for("buyer"), at_home.speaking_for("seller")
    case = await at_home.seen(filed["id"], filed["position"], seller)
    assert missing(case) == {("buyer", "answer", "goods_now"), ("buyer", "evidence", "photos")} | OF_SELLER
    until = {one["side"]: one["until"] for one in case["missing"]}
    windows = {d["whose"]: d for d in case["deadlines"] if d["name"].startswith("answers-")}
    assert until == {side: window["due_at"] for side, window in windows.items()}
    assert windows["buyer"]["proof"]["rule"].endswith("/answers")
    assert windows["buyer"]["status"] == "running"
    offered = {action["name"]: action for action in case["actions"]}
    assert offered["answer_key_questions"]["href"] == f"{at}/answers"

    body = {"answers": [{"question": "goods_now", "answer": said("In cantina.", "it")}, given]}
    done(await buyer.post(f"{at}/answers", body))
    photo = {"description": "Foto", "language": "it", "shows": "photos"}
    shown = done(await buyer.post(f"{at}/exhibits", data=photo, files={"file": b"testo"}), 201)
    case = await at_home.seen(filed["id"], shown["position"], seller)
    assert missing(case) == OF_SELLER
    (difference,) = [q for q in case["key_questions"] if q["name"] == "difference"]
    assert [(a["edition"], a["answer"]["text"]) for a in difference["answers"]] == [
        (1, "Il colore."),
        (2, "Il colore."),
    ]
    (photos,) = [kind for kind in case["evidence_called_for"] if kind["name"] == "photos"]
    assert (photos["exhibits"], case["exhibits"][0]["shows"]) == ([1], "photos")
    back = done(await buyer.post(f"{at}/exhibits/1/withdrawal"))
    case = await at_home.seen(filed["id"], back["position"], buyer)
    assert missing(case) == {("buyer", "evidence", "photos")} | OF_SELLER


async def test_after_the_window(at_home: House) -> None:
    """It stays missing, with the instant since when. An answer to a question for the other side is refused by name."""
    filed = await at_home.filed()
    at, buyer, seller = f"/v1/disputes/{filed['id']}", at_home.speaking_for("buyer"), at_home.speaking_for("seller")
    wrong = {"answers": [{"question": "difference", "answer": said("?")}]}
    problem = refused(await seller.post(f"{at}/answers", wrong), 403, "AskedOfTheOtherSide")
    assert (problem["pointer"], problem["facts"]["asked"]) == ("/answers/0/question", ["described"])
    foreign = {"description": "Foto", "language": "it", "shows": "listing"}
    problem = refused(await buyer.post(f"{at}/exhibits", data=foreign, files={"file": b"x"}), 422, "NotCalledFor")
    assert problem["pointer"] == "/shows"
    contested = done(await seller.post(f"{at}/response", {"answer": "contest"}))
    at_home.clock.ahead += timedelta(days=9)
    try:
        refused(await buyer.post(f"{at}/answers", wrong), 409, "DeadlineHasLapsed")
        case = await at_home.seen(filed["id"], contested["position"], buyer)
        assert ("buyer", "answer", "difference") in missing(case)
        told = {d["whose"]: d["status"] for d in case["deadlines"] if d["name"].startswith("answers-")}
        assert told == {"buyer": "lapsed", "seller": "lapsed"}
        assert "answer_key_questions" not in {action["name"] for action in case["actions"]}
    finally:
        at_home.clock.ahead -= timedelta(days=9)
    now = {"as_of": today.now().isoformat()}
    then = done(await buyer.get(at, params=now, headers={"At-Least": contested["position"]}))
    assert {d["status"] for d in then["deadlines"] if d["name"].startswith("answers-")} == {"running"}
    over = done(await buyer.post(f"{at}/withdrawal"))
    case = await at_home.seen(filed["id"], over["position"], buyer)
    assert (case["missing"], {d["status"] for d in case["deadlines"]}) == ([], {"met", "moot"})


async def test_tracking_that_came_with_the_filing_is_shown(at_home: House) -> None:
    """Nobody must show what the marketplace knows. A bad answer at filing is refused, and nothing is filed."""
    claim = filing()["claim"] | {"reason": "item_not_received"}
    body = filing(claim=claim)
    filed = done(await at_home.backend.post("/v1/disputes", body), 201)
    case = await at_home.seen(filed["id"], filed["position"])
    assert ("seller", "evidence", "tracking") not in missing(case)
    assert ("seller", "evidence", "dispatch") in missing(case)
    wrong = {**filing(), "answers": [{"question": "breakfast", "answer": said("Ieri.", "it")}]}
    refused(await at_home.backend.post("/v1/disputes", wrong), 422, "NotAsked")
    assert not done(await at_home.backend.get("/v1/disputes", params={"order_id": wrong["transaction"]["order_id"]}))[
        "items"
    ]
