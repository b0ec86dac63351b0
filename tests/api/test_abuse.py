"""Claim histories and limits on claims: visible to those who decide, never to the
other party."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests.api.house import House, Sender, done, euros, refused, said
from tests.api.rulings import flagged, people, ruled, somebody, under

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def history(reader: Sender, at: str, since: str, **query: str) -> Mapping[str, Any]:
    return done(await reader.get(at, params=query, headers={"At-Least": since}))


async def test_a_claim_history(at_home: House) -> None:
    """A buyer has one claim refused, one partly conceded, one withdrawn. The history counts by reason and by result,
    with sums.
    """
    await at_home.open_at_once()
    buyer, seller = somebody(), somebody()
    refused_one, _ = await ruled(at_home, "0.00", "129.90", **people(buyer, seller))
    done(await at_home.speaking_for("buyer").post(f"/v1/disputes/{refused_one['id']}/appeal-waiver"))
    second = await at_home.filed(**people(buyer, seller))
    part = {"answer": "concede_part", "conceded": euros("29.90")}
    done(await at_home.speaking_for("seller").post(f"/v1/disputes/{second['id']}/response", part))
    third = await at_home.filed(**people(buyer, somebody()))
    last = done(await at_home.speaking_for("buyer").post(f"/v1/disputes/{third['id']}/withdrawal"))

    supervisor = at_home.sender("supervisor")
    told = await history(supervisor, f"/v1/claim-histories/buyer/{buyer}", last["position"])
    assert told["against"]["claims"] == 0
    filed = told["filed"]
    assert (filed["claims"], filed["by_reason"]) == (3, {"not_as_described": 3})
    assert filed["by_result"] == {"refused": 1, "open": 1, "withdrawn": 1}
    assert (filed["claimed"], filed["granted"]) == ([euros("389.70")], [euros("29.90")])
    assert (filed["appeals_decided"], filed["share_stood"]) == (0, None)
    of_seller = await history(supervisor, f"/v1/claim-histories/seller/{seller}", last["position"])
    assert (of_seller["filed"]["claims"], of_seller["against"]["claims"]) == (0, 2)
    later = {"filed_after": "2099-01-01T00:00:00Z"}
    none = await history(supervisor, f"/v1/claim-histories/buyer/{buyer}", last["position"], **later)
    assert none["filed"]["claims"] == 0


async def test_an_appeal_counts_in_the_history(at_home: House) -> None:
    """An appeal counts once another neutral has decided it. Here the ruling is replaced, so nothing stood."""
    await at_home.open_at_once()
    buyer = somebody()
    issued, _ = await ruled(at_home, "0.00", "129.90", **people(buyer))
    at = f"/v1/disputes/{issued['id']}"
    appealed = {"ground": "stated_error", "statement": said("La data è sbagliata.", "it")}
    done(await at_home.speaking_for("buyer").post(f"{at}/appeal", appealed))
    other = await at_home.neutral()
    read = done(await other.post(f"{at}/assignment", {}))
    award = {"award": {"buyer": euros("100.00"), "seller": euros("29.90")}, "cites_clauses": ["conformity"]}
    body = award | {"reasons": said("The date was wrong.")}
    decided = done(await other.post(f"{at}/rulings", body, match=read["version"]), 201)
    told = await history(other, f"{at}/claim-history", decided["position"])
    filed = told["buyer"]["filed"]
    assert filed["by_result"] == {"granted_in_part": 1}
    assert filed["granted"] == [euros("100.00")]
    assert (filed["appeals_decided"], filed["stood_on_appeal"], filed["share_stood"]) == (1, 0, 0.0)


async def test_no_party_sees_a_claim_history(at_home: House) -> None:
    """Neither does the marketplace's backend. A neutral sees the histories of the parties of their own disputes only."""
    buyer = somebody()
    filed = await at_home.filed(**people(buyer))
    at, look_up = f"/v1/disputes/{filed['id']}", f"/v1/claim-histories/buyer/{buyer}"
    for nobody in (at_home.backend, at_home.speaking_for("buyer"), at_home.speaking_for("seller")):
        refused(await nobody.get(f"{at}/claim-history"), 403, "NotForThisRole")
        refused(await nobody.get(look_up), 403, "NotForThisRole")
        assert (await at_home.seen(filed["id"], filed["position"], nobody))["claim_histories"] is None
    stranger = await at_home.neutral()
    refused(await stranger.get(f"{at}/claim-history"), 404, "UnknownDispute")
    refused(await stranger.get(look_up), 403, "NotForThisRole")
    for reader in ("supervisor", "administrator", "auditor"):
        case = await at_home.seen(filed["id"], filed["position"], at_home.sender(reader))
        assert case["claim_histories"]["buyer"] == {"filed": 1, "granted": 0, "refused": 0, "against": 0}


async def test_a_claim_too_many(at_home: House) -> None:
    """The claim is on record and closed. The buyer learns which limit it was. The seller learns neither that nor from
    when the buyer may file again. Another buyer's claim is heard."""
    await under(at_home, limits=[{"of": "buyer", "days": 30, "claims": 1}])
    buyer = people(somebody())
    await at_home.filed(**buyer)
    late = await at_home.filed(**buyer)
    assert (late["stage"], late["outcome"]) == ("closed", "inadmissible")
    case = await at_home.seen(late["id"], late["position"], at_home.speaking_for("buyer"))
    (decision,) = case["decisions"]
    told = {used["name"]: used["value"] for used in decision["facts"]}
    assert (told["what"], told["most"], told["days"]) == ("claims", "1", "30")
    assert (decision["decided_by"], decision["clause"]) == ("machine", f"{case['policy_version']}/abuse.limits")
    other = at_home.speaking_for("seller")
    of_seller = await at_home.seen(late["id"], late["position"], other)
    assert (of_seller["inadmissible"]["ground"], of_seller["inadmissible"]["may_file_from"]) == ("policy", None)
    assert "claims" not in (await other.get(f"/v1/disputes/{late['id']}/history")).text.replace("claimant", "")
    assert (await at_home.filed(**people(somebody())))["stage"] == "negotiation"
    nothing = {"version": "nothing", "abuse": {"limits": [{"days": 30}]}}
    refused(await at_home.sender("administrator").post("/v1/policies", nothing), 422, "InvalidRequest")


async def test_a_claim_that_policy_gives_to_a_person(at_home: House) -> None:
    """The claim waits for a neutral, who sees why. No party sees it, in the case file or in the history."""
    await under(at_home, limits=[{"of": "buyer", "days": 30, "claims": 1, "beyond": "review"}])
    buyer = people(somebody())
    await at_home.filed(**buyer)
    filed = await at_home.filed(**buyer)
    assert (filed["stage"], filed["awaiting"]) == ("mediation", "supervisor")
    case = await at_home.seen(filed["id"], filed["position"], await at_home.neutral())
    assert case["beyond_limit"] == {"what": "claims", "most": "1", "days": 30}
    assert case["escalation"]["by"] == "policy"
    for form in ("jsonl", "csv", "ocel"):
        taken = await at_home.backend.get("/v1/extract", params={"form": form})
        assert filed["id"] in taken.text
        events = json.loads(taken.text)["events"] if form == "ocel" else taken.text
        assert "ClaimBeyondLimit" not in str(events)
    since = {"At-Least": filed["position"]}
    for side in ("buyer", "seller"):
        party = at_home.speaking_for(side)
        assert (await at_home.seen(filed["id"], filed["position"], party))["beyond_limit"] is None
        told = done(await party.get(f"/v1/disputes/{filed['id']}/history", headers=since))["items"]
        assert "ClaimBeyondLimit" not in {entry["kind"] for entry in told}


async def test_a_vexatious_claim(at_home: House) -> None:
    """The claimant reads the finding and its reasons. Once it is final, it is in the history for those who decide."""
    await at_home.open_at_once()
    buyer, why = somebody(), said("The fourth of its kind.")
    refusing = {"ruling": {"vexatious": why}}
    issued, neutral = await ruled(at_home, "0.00", "129.90", **people(buyer), **refusing)
    at, claimant = f"/v1/disputes/{issued['id']}", at_home.speaking_for("buyer")
    (ruling,) = (await at_home.seen(issued["id"], issued["position"], claimant))["rulings"]
    assert ruling["vexatious"] == why
    waived = done(await claimant.post(f"{at}/appeal-waiver"))
    told = await history(neutral, f"{at}/claim-history", waived["position"])
    assert told["buyer"]["filed"]["vexatious"] == 1


async def test_a_repeat_offender(at_home: House) -> None:
    """The recommendation names its cases. The answer is owed as a commitment, and no party learns of it."""
    await under(at_home, thresholds=[{"of": "seller", "ground": "ruled_against", "cases": 2, "days": 30}])
    seller = somebody()
    disputes = []
    for _ in range(2):
        issued, _ = await ruled(at_home, "129.90", "0.00", **people(somebody(), seller))
        done(await at_home.speaking_for("seller").post(f"/v1/disputes/{issued['id']}/appeal-waiver"))
        disputes.append(issued["id"])
    told = await flagged(at_home, seller)
    assert (told["action"], told["ground"], told["days"]) == ("delist", "ruled_against", 30)
    assert sorted(told["cases"]) == sorted(disputes)
    at, backend = f"/v1/disputes/{told['dispute_id']}", at_home.backend
    where = {"dispute_id": told["dispute_id"], "kind": "reply", "status": "all"}
    position = done(await backend.post(f"{at}/messages", {"message": said("We look at it.")}), 201)["position"]
    since = {"At-Least": position}
    (owed,) = done(await backend.get("/v1/commitments", params=where, headers=since))["items"]
    expected = (told["id"], "marketplace", "pending", told["due_at"])
    assert (owed["id"], owed["owed_by"], owed["status"], owed["due_at"]) == expected
    case = await at_home.seen(told["dispute_id"], position)
    answer = f"/v1/recommendations/{told['id']}/answer"
    assert answer in {action["href"] for action in case["actions"]}

    refused(await at_home.speaking_for("seller").get("/v1/recommendations"), 403, "NotForThisRole")
    refused(await at_home.speaking_for("seller").post(answer, {"answer": "acted"}), 403, "NotForThisRole")
    foreign = at_home.sender("marketplace", marketplace="other")
    refused(await foreign.post(answer, {"answer": "acted"}), 404, "UnknownRecommendation")
    refused(await backend.post(answer, {"answer": "declined"}), 409, "DeclinedWithoutReason")
    refused(await backend.post(f"{at}/commitments/{told['id']}/fulfilment"), 409, "AnswerDecides")
    answered = done(await backend.post(answer, {"answer": "acted", "reason": said("Delisted today.")}))
    since = {"At-Least": answered["position"]}
    (owed,) = done(await backend.get("/v1/commitments", params=where, headers=since))["items"]
    assert (owed["status"], owed["by"]) == ("kept", "marketplace")
    listed = done(await at_home.sender("supervisor").get("/v1/recommendations?answered=true", headers=since))["items"]
    assert [(r["answer"], r["reason"]) for r in listed if r["id"] == told["id"]] == [("acted", said("Delisted today."))]

    for side in ("buyer", "seller"):
        party = at_home.speaking_for(side)
        shown = await at_home.seen(told["dispute_id"], answered["position"], party)
        of_dispute = done(await party.get(f"{at}/commitments"))["items"]
        everywhere = done(await party.get("/v1/commitments", params=where, headers=since))["items"]
        assert told["id"] not in {c["id"] for c in (*shown["commitments"], *of_dispute, *everywhere)}
        for page in (f"{at}/history?limit=100", "/v1/events?limit=100"):
            text = (await party.get(page, headers=since)).text
            assert told["id"] not in text
            assert side == "seller" or "delisting_recommended" not in text
    (stated,) = done(await at_home.speaking_for("seller").get(at))["decisions"]
    assert (stated["decision"], stated["decided_by"]) == ("delisting_recommended", "machine")
    used = {one["name"]: one["value"] for one in stated["facts"]}
    assert (used["ground"], sorted(used["disputes"].split())) == ("ruled_against", sorted(disputes))
    assert stated["objection"] == "request_review"
    assert done(await at_home.speaking_for("buyer").get(at))["decisions"] == []
    assert told["id"] in (await backend.get(f"{at}/history?limit=100")).text
