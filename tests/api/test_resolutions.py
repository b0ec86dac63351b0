"""Resolutions over HTTP: an agent on the phone files a claim, grants it, and orders the refund, in one request."""

import asyncio
from typing import Any

import pytest

from tests.api.house import House, done, euros, filing, refused, said
from tests.api.rulings import people, somebody

pytestmark = pytest.mark.asyncio(loop_scope="module")

CLAUSE: dict[str, Any] = {
    "clause": "good_faith",
    "by": ["neutral", "marketplace"],
    "reasons": ["not_as_described"],
    "grounds": ["proven", "goodwill"],
    "up_to": [euros("50.00")],
    "per_buyer": {"days": 30, "grants": 1},
}


async def _under(house: House, version: str, **changes: Any) -> None:
    policy = {"version": version, "resolutions": [CLAUSE | changes]}
    done(await house.sender("administrator").post("/v1/policies", policy), 201)


def _granted(buyer: str, amount: str = "40.00") -> dict[str, Any]:
    body = filing(paid=amount, **people(buyer))
    return {**body, "ground": "proven", "said": said("Your money is on its way.")}


async def test_filed_granted_and_ordered_in_one_request(at_home: House) -> None:
    """The answer names the case and the refund. Both sides read the grant, and what the buyer was told."""
    await _under(at_home, "phone-1")
    resolved = done(await at_home.backend.post("/v1/resolutions", _granted(somebody())), 201)
    assert (resolved["stage"], resolved["outcome"]) == ("execution", "granted_by_default")
    assert resolved["case_number"]
    for side in ("buyer", "seller"):
        case = await at_home.seen(resolved["id"], resolved["position"], at_home.speaking_for(side))
        granted = case["resolution"]
        assert (granted["clause"], granted["ground"], granted["by"]) == ("good_faith", "proven", "marketplace")
        assert (granted["claimant_receives"], granted["up_to"]) == (euros("40.00"), euros("50.00"))
        assert (granted["charged_to"], granted["said"]["text"]) == ("marketplace", "Your money is on its way.")
        assert not case["deadlines"]
    (refund,) = await at_home.refunds(1, dispute_id=resolved["id"])
    assert (refund["id"], refund["amount"]) == (resolved["refund_id"], euros("40.00"))
    paid = done(await at_home.backend.post(f"/v1/refunds/{refund['id']}/confirmation"))
    assert (paid["stage"], paid["outcome"]) == ("closed", "granted_by_default")


async def test_the_same_button_twice(at_home: House) -> None:
    """The same request answers as it did the first time. Another one about the same order is refused."""
    await _under(at_home, "phone-2", per_buyer={"days": 30, "grants": 9})
    body, agent = _granted(somebody()), at_home.backend
    once, again = [done(await agent.post("/v1/resolutions", body, key="button"), 201) for _ in range(2)]
    assert (once["id"], once["refund_id"]) == (again["id"], again["refund_id"])
    refused(await agent.post("/v1/resolutions", body), 409, "LinesAlreadyInDispute")
    (refund,) = await at_home.refunds(1, dispute_id=once["id"])
    assert refund["id"] == once["refund_id"]


async def test_two_agents_at_once(at_home: House) -> None:
    """One grant in 30 days is allowed. Two agents grant two orders of one buyer at the same time: one of them is refused."""
    await _under(at_home, "phone-3")
    buyer = somebody()
    neutral = await at_home.neutral()
    answers = await asyncio.gather(
        *(sender.post("/v1/resolutions", _granted(buyer)) for sender in (at_home.backend, neutral, at_home.backend))
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]
    late = next(answer for answer in answers if answer.status_code == 409)
    problem = refused(late, 409, "GrantedTooMuch")["facts"]
    assert (problem["what"], problem["most"], problem["days"]) == ("grants", "1", 30)


async def test_beyond_the_agents_authority(at_home: House) -> None:
    """The refusal says the limit, and nothing is filed. A party cannot even try."""
    await _under(at_home, "phone-4")
    body = _granted(somebody(), "50.01")
    problem = refused(await at_home.backend.post("/v1/resolutions", body), 403, "BeyondAuthority")["facts"]
    assert (problem["up_to"], problem["amount"]) == ("50.00 EUR", "50.01 EUR")
    refused(await at_home.sender("supervisor").post("/v1/resolutions", _granted(somebody())), 403, "BeyondAuthority")
    refused(await at_home.sender("administrator").post("/v1/resolutions", body), 403, "NotForThisRole")
    await _under(at_home, "phone-5", up_to=[euros("60.00")])
    done(await at_home.backend.post("/v1/resolutions", body), 201)  # the order was not touched


async def test_tried_first(at_home: House) -> None:
    """A dry run says what would follow, and stores nothing."""
    await _under(at_home, "phone-6")
    body = _granted(somebody())
    would = done(await at_home.backend.post("/v1/resolutions?dry_run=true", body))
    assert "ResolutionGranted" in {fact["kind"] for fact in would["facts"]}
    done(await at_home.backend.post("/v1/resolutions", body), 201)


async def test_the_seller_contests_what_the_seller_is_to_bear(at_home: House) -> None:
    """The seller has a window for it, and a neutral is called."""
    await _under(at_home, "phone-7", charged_to="seller")
    resolved = done(await at_home.backend.post("/v1/resolutions", _granted(somebody())), 201)
    seller = at_home.speaking_for("seller")
    case = await at_home.seen(resolved["id"], resolved["position"], seller)
    (window,) = case["deadlines"]
    assert (window["name"], window["proof"]["rule"]) == ("response", "phone-7/fast_lane")
    answer = {"answer": "contest", "statement": said("It is as described.")}
    contested = done(await seller.post(f"/v1/disputes/{resolved['id']}/response", answer))
    assert (contested["stage"], contested["outcome"]) == ("mediation", None)
    after = await at_home.seen(resolved["id"], contested["position"], seller)
    assert after["resolution"]["contested_at"] is not None
