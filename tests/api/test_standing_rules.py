"""A seller's standing rules over HTTP: set, read and withdrawn; and a claim that they answer, shown as machine-made."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from domain.kernel.base import Role
from tests.api.house import House, Sender, done, euros, filing, refused

pytestmark = pytest.mark.asyncio(loop_scope="module")


def rule(up_to: str = "150.00", answer: str = "offer", **more: Any) -> dict[str, Any]:
    terms = {"share": 5000} if answer == "offer" else {}
    return {"reasons": ["not_as_described"], "up_to": euros(up_to), "answer": answer, **terms, **more}


def seller() -> str:
    return f"s-{uuid4().hex[:8]}"


def at(party: str) -> str:
    return f"/v1/standing-rules/{party}"


async def answered(house: House, dispute_id: str, what: str) -> dict[str, Any]:
    """The case file, as soon as a machine has answered."""
    async with asyncio.timeout(60):
        while True:
            if (case := done(await house.backend.get(f"/v1/disputes/{dispute_id}")))[what]:
                return case
            await asyncio.sleep(0.02)


def filed_against(party: str) -> dict[str, Any]:
    body = filing()
    return {"seller": {**body["seller"], "id": party}}


async def test_set_replaced_and_withdrawn(at_home: House) -> None:
    backend, party = at_home.backend, seller()
    none = await backend.get(at(party))
    assert (done(none), none.headers["ETag"]) == ({"version": 0, "rules": [], "versions": []}, '"0"')
    first = await backend.post(at(party), {"rules": [rule()]}, match='"0"')
    assert (done(first)["version"], first.headers["ETag"]) == (1, '"1"')
    stale = await backend.post(at(party), {"rules": [rule("9.00")]}, match='"0"')
    assert refused(stale, 412, "StandingRulesHaveChanged")["facts"] == {"version": 1, "expected": 0}
    acting = at_home.speaking_for("seller")
    done(await acting.post(at(party), {"rules": [rule("9.00"), rule(answer="concede")]}, match='"1"'))
    read = done(await acting.get(at(party)))
    assert [one["up_to"] for one in read["rules"]] == [euros("9.00"), euros("150.00")]
    assert [(one["version"], one["by"], len(one["rules"])) for one in read["versions"]] == [
        (1, "marketplace", 1),
        (2, "seller", 2),
    ]
    done(await backend.post(f"{at(party)}/withdrawal"))
    gone = await at_home.sender(Role.AUDITOR).get(at(party))
    assert (done(gone)["rules"], done(gone)["version"], gone.headers["ETag"]) == ([], 3, '"3"')
    assert done(await at_home.backend_of("elsewhere").get(at(party)))["version"] == 0


async def test_sent_twice_it_is_done_once(at_home: House) -> None:
    backend, party, key = at_home.backend, seller(), str(uuid4())
    first = done(await backend.post(at(party), {"rules": [rule()]}, key=key))
    assert done(await backend.post(at(party), {"rules": [rule()]}, key=key)) == first
    refused(await backend.post(at(party), {"rules": [rule("1.00")]}, key=key), 422, "KeyReused")
    assert done(await backend.get(at(party)))["version"] == 1


@pytest.mark.parametrize(
    ("rules", "where"),
    [
        ([], "/rules"),
        ([rule("0.00")], "/rules/0"),
        ([rule(), rule(share=0)], "/rules/1/share"),
        ([rule(share=None)], "/rules/0"),
        ([rule(answer="concede", share=100)], "/rules/0"),
        ([rule(reasons=["too_blue"])], "/rules/0/reasons/0"),
        ([rule(countries=["Italy"])], "/rules/0/countries/0"),
        ([rule(up_to_all=True)], "/rules/0/up_to_all"),
        ([rule(return_freight={"amount": "5.00", "currency": "USD"})], "/rules/0"),
        ([rule()] * 51, "/rules"),
    ],
)
async def test_rules_that_make_no_sense_are_refused(at_home: House, rules: Any, where: str) -> None:
    problem = refused(await at_home.backend.post(at(seller()), {"rules": rules}), 422, "InvalidRequest")
    assert problem["errors"][0]["pointer"] == where


async def test_a_sellers_token_opens_its_own_rules_alone(at_home: House) -> None:
    party = seller()
    filed = await at_home.filed(**filed_against(party))
    own = at_home.sender(Role.SELLER, dispute=filed["id"])
    assert done(await own.post(at(party), {"rules": [rule()]}))["version"] == 1
    assert done(await own.get(at(party)))["version"] == 1
    for response in (
        await own.get(at("s-1")),
        await own.post(at("s-1"), {"rules": [rule()]}),
        await own.post(f"{at('s-1')}/withdrawal"),
    ):
        refused(response, 403, "NotYourStandingRules")
    for role in (Role.NEUTRAL, Role.SUPERVISOR, Role.ADMINISTRATOR):
        refused(await at_home.sender(role).get(at(party)), 403, "NotForThisRole")
    refused(await at_home.sender(Role.BUYER, dispute=filed["id"]).get(at(party)), 403, "NotForThisRole")
    refused(await at_home.sender(Role.AUDITOR).post(at(party), {"rules": [rule()]}), 403, "NotForThisRole")


async def test_a_representative_does_not_set_them(at_home: House) -> None:
    party = seller()
    filed = await at_home.filed(**filed_against(party))
    named = await at_home.speaking_for("seller").post(
        f"/v1/disputes/{filed['id']}/representatives", {"side": "seller", "id": "law-9"}
    )
    case = await at_home.seen(filed["id"], done(named, 201)["position"])
    lawyer = at_home.sender(Role.SELLER, dispute=filed["id"], subject=case["representatives"][0]["subject"])
    refused(await lawyer.post(at(party), {"rules": [rule()]}), 403, "NotYourStandingRules")


async def _in_history(reader: Sender, dispute_id: str) -> Any:
    """The details of the only offer."""
    items = done(await reader.get(f"/v1/disputes/{dispute_id}/history"))["items"]
    (entry,) = [entry for entry in items if entry["kind"] == "OfferMade"]
    return entry["details"]


async def test_an_offer_is_made_and_shown_as_machine_made(at_home: House) -> None:
    """To both parties and to the auditor; and the seller offers more by hand."""
    party, used = seller(), {"version": 1, "rule": 2}
    done(await at_home.backend.post(at(party), {"rules": [rule("1.00"), rule()]}))
    filed = await at_home.filed(**filed_against(party))
    case = await answered(at_home, filed["id"], "offers")
    (offer,) = case["offers"]
    assert (offer["amount"], offer["by"], offer["standing_rule"]) == (euros("64.95"), "seller", used)
    assert case["response"] is None
    for side in ("buyer", "seller"):
        reader = at_home.speaking_for(side)
        assert done(await reader.get(f"/v1/disputes/{filed['id']}"))["offers"][0]["standing_rule"] == used
        assert (await _in_history(reader, filed["id"]))["standing_rule"] == used
    trail = done(await at_home.sender(Role.AUDITOR).get(f"/v1/audit/disputes/{filed['id']}/trail"))
    told = [step["what"] for step in trail["items"] if "offer 1" in step["what"]]
    assert "offer 1 by the seller by machine, under rule 2 of version 1 of its standing rules" in told[0]
    more = {"amount": euros("70.00")}
    made = done(await at_home.speaking_for("seller").post(f"/v1/disputes/{filed['id']}/offers", more), 201)
    offers = (await at_home.seen(filed["id"], made["position"]))["offers"]
    assert [(one["status"], one["standing_rule"]) for one in offers] == [("expired", used), ("open", None)]


async def test_a_small_claim_is_conceded_and_refunded(at_home: House) -> None:
    party = seller()
    done(await at_home.backend.post(at(party), {"rules": [rule(answer="concede")]}))
    filed = await at_home.filed(**filed_against(party))
    case = await answered(at_home, filed["id"], "response")
    assert (case["response"]["answer"], case["response"]["standing_rule"]) == ("concede", {"version": 1, "rule": 1})
    assert (case["outcome"], case["stage"]) == ("conceded", "execution")


async def test_tried_first(at_home: House) -> None:
    party = seller()
    for match, refusals in (("0", []), ("7", ["StandingRulesHaveChanged"])):
        sent = await at_home.backend.post(f"{at(party)}?dry_run=true", {"rules": [rule()]}, match=f'"{match}"')
        assert [one["code"] for one in done(sent)["refusals"]] == refusals
    assert done(await at_home.backend.get(at(party)))["version"] == 0
