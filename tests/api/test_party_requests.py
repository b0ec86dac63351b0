"""What a party asks of the other party, over HTTP: who owes the answer until when, and how it ends."""

from typing import Any

import pytest

from domain.kernel.base import Role
from tests.api.house import House, done, refused, said

pytestmark = pytest.mark.asyncio(loop_scope="module")

RULES = {"window": {"amount": 2, "unit": "calendar_days"}, "at_most_days": 5, "open_at_once": 2}


async def filed(house: House) -> str:
    """The address of a dispute whose policy lets the parties ask each other."""
    policy = {"version": "ask-each-other", "party_requests": RULES}
    await house.sender(Role.ADMINISTRATOR).post("/v1/policies", policy)
    return f"/v1/disputes/{(await house.filed())['id']}"


async def shown(house: House, at: str, position: str) -> dict[str, Any]:
    return dict(done(await house.backend.get(at, headers={"At-Least": position})))


async def test_a_request_is_a_promise_of_the_other_side_until_it_is_answered(at_home: House) -> None:
    at, buyer, seller = await filed(at_home), at_home.speaking_for("buyer"), at_home.speaking_for("seller")
    asked = done(await buyer.post(f"{at}/party-requests", {"asks_for": "photo", "text": said("The label?")}), 201)
    case = await shown(at_home, at, asked["position"])
    (request,) = case["party_requests"]
    (owed,) = [one for one in case["commitments"] if one["id"] == request["commitment_id"]]
    assert (request["number"], request["by"], request["status"]) == (1, "buyer", "open")
    assert (owed["kind"], owed["owed_by"], owed["owed_to"], owed["status"]) == ("reply", "seller", "buyer", "pending")
    assert owed["due_at"] == request["due_at"]

    answered = done(await seller.post(f"{at}/party-requests/1/answer", {"text": said("Here."), "exhibits": []}))
    case = await shown(at_home, at, answered["position"])
    assert (case["party_requests"][0]["status"], case["party_requests"][0]["answer"]["text"]) == ("answered", "Here.")
    assert [one["status"] for one in case["commitments"] if one["id"] == owed["id"]] == ["kept"]


async def test_what_cannot_be_asked_or_ended_is_refused_and_changes_nothing(at_home: House) -> None:
    at, buyer, seller = await filed(at_home), at_home.speaking_for("buyer"), at_home.speaking_for("seller")
    body = {"asks_for": "explanation", "text": said("Why?")}
    done(await buyer.post(f"{at}/party-requests", body), 201)
    last = done(await buyer.post(f"{at}/party-requests", body | {"days": 5}), 201)
    refused(await buyer.post(f"{at}/party-requests", body), 409, "TooManyPartyRequests")
    refused(await seller.post(f"{at}/party-requests", body | {"days": 6}), 422, "TimeOutOfBounds")
    refused(await seller.post(f"{at}/party-requests", body | {"asks_for": "money"}), 422, "InvalidRequest")
    refused(await buyer.post(f"{at}/party-requests/1/answer", {"text": said("Me.")}), 403, "NotYourPartyRequest")
    refused(await seller.post(f"{at}/party-requests/1/withdrawal"), 403, "NotYourPartyRequest")
    refused(await seller.post(f"{at}/party-requests/9/refusal", {}), 404, "UnknownPartyRequest")
    shows = {"text": said("See there."), "exhibits": [3]}
    refused(await seller.post(f"{at}/party-requests/1/answer", shows), 422, "NotOnRecord")
    case = await shown(at_home, at, last["position"])
    assert [one["status"] for one in case["party_requests"]] == ["open", "open"]

    done(await buyer.post(f"{at}/party-requests/1/withdrawal"))
    refused(await seller.post(f"{at}/party-requests/1/answer", {"text": said("Late.")}), 409, "PartyRequestIsOver")
    declined = done(await seller.post(f"{at}/party-requests/2/refusal", {"text": said("I cannot.")}))
    case = await shown(at_home, at, declined["position"])
    assert [one["status"] for one in case["party_requests"]] == ["withdrawn", "declined"]
