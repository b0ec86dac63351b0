"""A person looks at what the machine decided, because the burdened side asked."""

from datetime import timedelta

import pytest

from tests.api.house import House, done, refused, said

pytestmark = pytest.mark.asyncio(loop_scope="module")

ASKS = {"statement": said("La banca ha detto di no il 3 novembre.", "it")}


async def test_a_claim_that_is_not_heard_is_reviewed(at_home: House) -> None:
    """The buyer asks, a supervisor owes an answer and changes the decision, and the seller has its window to answer. The
    seller sees nothing of the review but that the dispute goes on, and why."""
    filed = await at_home.filed(other_forum="chargeback")
    at = f"/v1/disputes/{filed['id']}"
    buyer, seller, supervisor = (
        at_home.speaking_for("buyer"),
        at_home.speaking_for("seller"),
        at_home.sender("supervisor"),
    )
    case = await at_home.seen(filed["id"], filed["position"], buyer)
    assert case["decisions"][0]["facts"] == [
        {"name": "ground", "value": "other_forum"},
        {"name": "reason", "value": "not_as_described"},
        {"name": "other_forum", "value": "chargeback"},
    ]
    assert f"{at}/decisions/1/review-request" in {a["href"] for a in case["actions"]}
    refused(await seller.post(f"{at}/decisions/1/review-request", ASKS), 403, "NotBurdened")
    refused(await buyer.post(f"{at}/decisions/2/review-request", ASKS), 409, "NothingToReview")
    asked = done(await buyer.post(f"{at}/decisions/1/review-request", ASKS))

    owed = done(
        await supervisor.get("/v1/commitments?owed_by=supervisor&kind=review", headers={"At-Least": asked["position"]})
    )
    (mine,) = [one for one in owed["items"] if one["dispute_id"] == filed["id"]]
    assert (mine["arises_from"], mine["owed_to"], mine["about"]) == (
        "review",
        "buyer",
        {"what": "machine_decision", "number": 1, "text": None},
    )
    for_seller = await at_home.seen(filed["id"], asked["position"], seller)
    assert (for_seller["commitments"], for_seller["decisions"]) == ([], [])
    assert "answer_review" in {
        a["name"] for a in (await at_home.seen(filed["id"], asked["position"], supervisor))["actions"]
    }

    answer = {"answer": "changed", "reasons": said("The bank gave the case back.")}
    refused(await at_home.backend.post(f"{at}/decisions/1/review", answer), 403, "NotForThisRole")
    answered = done(await supervisor.post(f"{at}/decisions/1/review", answer))
    assert (answered["stage"], answered["awaiting"], answered["outcome"]) == ("negotiation", "respondent", None)
    heard = await at_home.seen(filed["id"], answered["position"], seller)
    assert [one["ground"] for one in heard["reopenings"]] == ["review"]
    assert heard["closed_at"] is None
    assert "respond" in {a["name"] for a in heard["actions"]}
    history = (await seller.get(f"{at}/history")).text
    assert not any(kind in history for kind in ("MachineDecided", "ReviewRequested", "ReviewAnswered"))
    seen = await at_home.seen(filed["id"], answered["position"], buyer)
    review = seen["decisions"][0]["review"]
    assert (review["answer"], review["answered_by"], review["reasons"]["text"]) == (
        "changed",
        "supervisor",
        "The bank gave the case back.",
    )


async def test_a_default_is_explained(at_home: House) -> None:
    """The seller reads that nobody decided it, and that it can ask to set it aside. The buyer sees no such part."""
    filed = await at_home.filed()
    at_home.clock.ahead += timedelta(days=9)
    try:
        at = f"/v1/disputes/{filed['id']}"
        seller = at_home.speaking_for("seller")
        refused(await seller.post(f"{at}/decisions/1/review-request", ASKS), 409, "ObjectOtherwise")
        done(await seller.post(f"{at}/default/set-aside-request", {"cause": said("Hochwasser.", "de")}))
        case = done(await seller.get(at))
        (decision,) = case["decisions"]
        assert (decision["decision"], decision["objection"]) == ("granted_by_default", "request_set_aside")
        assert done(await at_home.speaking_for("buyer").get(at))["decisions"] == []
    finally:
        at_home.clock.ahead -= timedelta(days=9)
