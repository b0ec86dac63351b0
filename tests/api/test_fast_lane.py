"""The fast lane over HTTP: claims granted at filing, contested by a response, and reported."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from tests import today
from tests.api.house import House, Sender, done, euros, filing, refused, said
from tests.api.rulings import people, somebody

pytestmark = pytest.mark.asyncio(loop_scope="module")

LANE: Mapping[str, Any] = {
    "fast_lane": [
        {"clause": "evidence", "reason": "item_not_received", "up_to": [euros("40.00")], "funded_by": "marketplace"},
        {"clause": "good_faith", "reason": "duplicate_charge", "up_to": [euros("10.00")]},
    ],
    "abuse": {"limits": [{"of": "buyer", "days": 30, "claims": 1, "beyond": "no_fast_lane"}]},
}


def overdue(buyer: str, amount: str = "29.90") -> dict[str, Any]:
    """The parcel was due yesterday, and tracking says that it is still on its way."""
    body, yesterday = filing(paid=amount, **people(buyer)), (today.now() - timedelta(days=1)).isoformat()
    tracking = [{"carrier": "DHL", "number": "JD01", "status": "in_transit", "at": yesterday}]
    body["transaction"] |= {"delivered_at": None, "latest_delivery_at": yesterday, "tracking": tracking}
    body["claim"]["reason"] = "item_not_received"
    return body


async def _under_lane(house: House, version: str) -> None:
    done(await house.sender("administrator").post("/v1/policies", {"version": version, **LANE}), 201)


async def _report(reader: Sender, since: str, **query: str) -> dict[str, Any]:
    found = done(await reader.get("/v1/fast-lane", params=query, headers={"At-Least": since}))
    return {item["clause"]: item for item in found["items"]}


async def test_granted_and_paid_with_the_filing(at_home: House) -> None:
    """The filing's answer shows the state. The case file shows the clause, and until when the seller may contest."""
    await _under_lane(at_home, "lane-1")
    filed = done(await at_home.backend.post("/v1/disputes", overdue(somebody())), 201)
    assert (filed["stage"], filed["awaiting"], filed["outcome"]) == ("execution", "marketplace", "granted_by_default")
    case = await at_home.seen(filed["id"], filed["position"], at_home.speaking_for("seller"))
    granted = case["fast_lane"]
    assert (granted["clause"], granted["shown_by"], granted["funded_by"]) == ("evidence", "tracking", "marketplace")
    assert (granted["claimant_receives"], granted["up_to"]) == (euros("29.90"), euros("40.00"))
    (window,) = case["deadlines"]
    assert (window["name"], window["proof"]["rule"]) == ("response", "lane-1/fast_lane")
    (respond,) = (action for action in case["actions"] if action["name"] == "respond")
    assert respond["until"] == window["due_at"]
    (refund,) = await at_home.refunds(1, dispute_id=filed["id"])
    paid = done(await at_home.backend.post(f"/v1/refunds/{refund['id']}/confirmation"))
    assert (paid["stage"], paid["awaiting"]) == ("execution", "respondent")


async def test_contested_it_goes_to_a_person(at_home: House) -> None:
    """The seller answers, a neutral rules against the claim, the buyer owes the money back, and the report counts it
    as overturned.
    """
    await _under_lane(at_home, "lane-2")
    since = today.now().isoformat()
    filed = done(await at_home.backend.post("/v1/disputes", overdue(somebody(), "12.00")), 201)
    at, seller = f"/v1/disputes/{filed['id']}", at_home.speaking_for("seller")
    refund = next(r for r in await at_home.refunds(1, dispute_id=filed["id"]))
    done(await at_home.backend.post(f"/v1/refunds/{refund['id']}/confirmation"))
    answer = {"answer": "contest", "statement": said("It was delivered to the porter.")}
    contested = done(await seller.post(f"{at}/response", answer))
    assert (contested["stage"], contested["awaiting"], contested["outcome"]) == ("mediation", "supervisor", None)
    report = (await _report(at_home.backend, contested["position"], filed_after=since))["evidence"]
    assert (report["open"]["claims"], report["contested"]["claims"], report["share_stood"]) == (1, 1, None)

    neutral = await at_home.neutral()
    done(await neutral.post(f"{at}/assignment", {}))
    read = done(await neutral.post(f"{at}/impasse"))
    award = {"buyer": euros("0.00"), "seller": euros("12.00")}
    ruling = {"award": award, "cites_clauses": ["evidence"], "reasons": said("The porter signed.")}
    done(await neutral.post(f"{at}/rulings", ruling, match=read["version"]), 201)
    final = done(await at_home.speaking_for("buyer").post(f"{at}/appeal-waiver"))
    case = await at_home.seen(filed["id"], final["position"])
    assert case["fast_lane"]["contested_at"] is not None
    owed = [c for c in case["commitments"] if c["status"] == "pending" and c["kind"] == "pay"]
    assert [(c["owed_by"], c["owed_to"], c["amount"]) for c in owed] == [("buyer", "marketplace", euros("12.00"))]
    fell = (await _report(at_home.sender("supervisor"), final["position"], filed_after=since))["evidence"]
    assert (fell["overturned"], fell["kept"]) == ({"claims": 1, "amount": euros("12.00")}, euros("0.00"))
    assert (fell["granted"]["claims"], fell["share_stood"]) == (1, 0.0)


async def test_what_stood_and_what_is_open(at_home: House) -> None:
    """The seller concedes one claim and has not answered the other. A second filing within the month is not granted."""
    await _under_lane(at_home, "lane-3")
    since = today.now().isoformat()
    buyer = somebody()
    twice = overdue(buyer, "50.00")
    shipping = {"label": "Shipping", "amount": euros("5.00")}
    lines = [{"id": "1", "title": "Vaso", "quantity": 1, "amount": euros("40.00")}]
    twice["transaction"] |= {"lines": lines, "charges": [shipping, shipping]}
    twice["claim"] |= {"reason": "duplicate_charge", "amount": euros("5.00")}
    conceded = done(await at_home.backend.post("/v1/disputes", twice), 201)
    assert conceded["outcome"] == "granted_by_default"
    at = f"/v1/disputes/{conceded['id']}/response"
    done(await at_home.speaking_for("seller").post(at, {"answer": "concede"}))
    again = done(await at_home.backend.post("/v1/disputes", overdue(buyer)), 201)
    assert (again["stage"], again["outcome"]) == ("negotiation", None)
    last = done(await at_home.backend.post("/v1/disputes", overdue(somebody())), 201)
    report = await _report(at_home.sender("auditor"), last["position"], filed_after=since)
    assert (report["good_faith"]["stood"], report["good_faith"]["share_stood"]) == (
        {"claims": 1, "amount": euros("5.00")},
        1.0,
    )
    assert report["evidence"]["open"] == {"claims": 1, "amount": euros("29.90")}
    earlier = done(await at_home.backend.get("/v1/fast-lane", params={"filed_before": "2020-01-01T00:00:00Z"}))
    assert earlier == {"items": []}


async def test_what_nobody_found_either_way(at_home: House) -> None:
    """Contested, and then withdrawn, cancelled, or paid by a chargeback: it was neither upheld nor overturned."""
    await _under_lane(at_home, "lane-5")
    since, seller = today.now().isoformat(), at_home.speaking_for("seller")
    elsewhere = {"amount": euros("29.90"), "how": "chargeback", "reference": "cb-1", "paid_at": since}
    cancelled = {"reason": said("Opened twice by mistake.")}
    for way, body in (("withdrawal", {}), ("cancellation", cancelled), ("refunds-elsewhere", elsewhere)):
        filed = done(await at_home.backend.post("/v1/disputes", overdue(somebody())), 201)
        at = f"/v1/disputes/{filed['id']}"
        (refund,) = await at_home.refunds(1, dispute_id=filed["id"])
        done(await at_home.backend.post(f"/v1/refunds/{refund['id']}/failure", {"reason": "account_closed"}))
        done(await seller.post(f"{at}/response", {"answer": "contest"}))
        who = at_home.speaking_for("buyer") if way == "withdrawal" else at_home.backend
        last = done(await who.post(f"{at}/{way}", body))
    report = (await _report(at_home.backend, last["position"], filed_after=since))["evidence"]
    assert report["undecided"] == {"claims": 3, "amount": euros("89.70")}
    assert (report["contested"]["claims"], report["overturned"]["claims"], report["share_stood"]) == (3, 0, None)


async def test_two_claims_at_once_get_it_once(at_home: House) -> None:
    """All claims of a buyer are in one stream, so the second one has a claim before it."""
    await _under_lane(at_home, "lane-4")
    buyer = somebody()
    both = await asyncio.gather(*(at_home.backend.post("/v1/disputes", overdue(buyer)) for _ in range(2)))
    assert sorted(done(filed, 201)["stage"] for filed in both) == ["execution", "negotiation"]


async def test_who_is_told_how_they_fared(at_home: House) -> None:
    """Those who answer for the policy; no party, and no neutral."""
    for role in ("supervisor", "administrator", "auditor", "marketplace"):
        done(await at_home.sender(role).get("/v1/fast-lane"))
    refused(await at_home.sender("neutral").get("/v1/fast-lane"), 403, "NotForThisRole")
    refused(await at_home.speaking_for("seller").get("/v1/fast-lane"), 403, "NotForThisRole")


async def test_a_fast_lane_without_a_limit(at_home: House) -> None:
    """It is not published. Neither is a fast lane under a clause without text."""
    administrator = at_home.sender("administrator")
    unlimited = {"version": "unlimited", "fast_lane": LANE["fast_lane"]}
    refused(await administrator.post("/v1/policies", unlimited), 422, "RepeatClaimantsUnlimited")
    unwritten = {"version": "unwritten", **LANE, "clauses": {"evidence": "Who asserts a fact shows it."}}
    problem = refused(await administrator.post("/v1/policies", unwritten), 422, "NoSuchClause")
    assert problem["pointer"] == "/fast_lane/1/clause"
