"""What a row of a list says: enough to act on it, without opening each dispute."""

from typing import Any

import pytest

from tests.api.house import House, done, euros, said

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_backend_can_pay_from_the_row_or_the_fact_alone(at_home: House) -> None:
    filed = await at_home.filed(marketplace_reference="MP-pay")
    at, seller = f"/v1/disputes/{filed['id']}", at_home.speaking_for("seller")
    done(await seller.post(f"{at}/response", {"answer": "concede"}))
    (row,) = await at_home.refunds(1, dispute_id=filed["id"])
    order = done(await at_home.backend.get(at))["transaction"]["order_id"]
    owed = {"order_id": order, "marketplace_reference": "MP-pay", "payment_reference": "pi_123"}
    assert row.items() >= owed.items()
    assert (row["amount"], row["recipient"]) == (euros("129.90"), "buyer")

    (fact,) = await _facts(at_home, filed["id"], "RefundSubmitted")
    about = {"id": row["id"], "amount": euros("129.90"), "recipient": "buyer", "attempt": 1}
    about["commitment_id"] = row["commitment_id"]
    assert fact["refund"] == {**about, **owed}
    (told,) = [one for one in done(await seller.get(f"{at}/history"))["items"] if one["kind"] == "RefundSubmitted"]
    hidden = {"marketplace_reference": None, "payment_reference": None}
    assert told["refund"] == {**about, **owed, **hidden}, "a party sees no reference of the marketplace"


async def _facts(house: House, dispute_id: str, kind: str) -> list[dict[str, Any]]:
    found, cursor = [], None
    while True:
        page = done(
            await house.backend.get("/v1/events", params={"limit": "100"} | ({"cursor": cursor} if cursor else {}))
        )
        found += [one for one in page["items"] if (one["dispute_id"], one["kind"]) == (dispute_id, kind)]
        if len(page["items"]) < 100:
            return found
        cursor = page["next"]


async def test_a_commitment_says_who_owes_it_about_which_order_and_what_keeps_it(at_home: House) -> None:
    filed = await at_home.filed(marketplace_reference="MP-owed")
    seller = at_home.speaking_for("seller")
    conceded = done(await seller.post(f"/v1/disputes/{filed['id']}/response", {"answer": "concede"}))
    asked = {"params": {"dispute_id": filed["id"]}, "headers": {"At-Least": conceded["position"]}}
    (owed,) = done(await at_home.backend.get("/v1/commitments", **asked))["items"]
    assert owed["debtor"] == {"id": "s-9", "name": "Name of s-9"}
    assert (owed["marketplace_reference"], owed["order_id"][:2]) == ("MP-owed", "O-")
    assert owed["kept_when"] == ["RefundConfirmed", "RefundSettledOtherwise"]
    (told,) = done(await at_home.speaking_for("buyer").get("/v1/commitments", **asked))["items"]
    assert (told["debtor"], told["marketplace_reference"]) == ({"id": None, "name": "Name of s-9"}, None)


async def test_the_supervisor_s_list_says_what_to_sign_and_which_payment_to_decide(at_home: House) -> None:
    await at_home.open_at_once()
    filed = await at_home.filed()
    at, supervisor = f"/v1/disputes/{filed['id']}", at_home.sender("supervisor")
    done(await at_home.speaking_for("seller").post(f"{at}/response", {"answer": "contest"}))
    called = done(await at_home.speaking_for("buyer").post(f"{at}/escalation"))
    waits = await _listed(at_home, filed["id"], called["position"])
    assert (waits["waiting"]["why"], waits["waiting"]["whose"], waits["waiting"]["number"]) == (
        "assignment",
        "supervisor",
        None,
    )

    neutral = at_home.sender("neutral")
    mandate = {"neutral": str(neutral.subject), "languages": ["en"], "authority": [euros("1.00")]}
    done(await at_home.sender("administrator").post("/v1/mandates", mandate), 201)
    done(await neutral.post(f"{at}/assignment", {}))
    read = done(await neutral.post(f"{at}/impasse"))
    award = {"buyer": euros("100.00"), "seller": euros("29.90")}
    ruling = {"award": award, "cites_clauses": ["conformity"], "reasons": said("Half of it was broken.")}
    issued = done(await neutral.post(f"{at}/rulings", ruling, match=read["version"]), 202)
    asked = {"params": {"dispute_id": filed["id"], "kind": "co_sign"}, "headers": {"At-Least": issued["position"]}}
    (sign,) = done(await supervisor.get("/v1/commitments", **asked))["items"]
    assert sign["ruling"] == {"number": 1, "claimant": euros("100.00"), "respondent": euros("29.90")}
    assert sign["kept_when"] == ["RulingCoSigned", "CoSignatureRefused"]
    waits = await _listed(at_home, filed["id"], issued["position"])
    told = waits["waiting"]
    assert (told["why"], told["number"], told["commitment_id"], told["until"]) == (
        "co_signature",
        1,
        sign["id"],
        sign["due_at"],
    )
    for side in ("buyer", "seller"):
        seen = done(await at_home.speaking_for(side).get("/v1/disputes", params={"limit": "100"}))["items"]
        (shown,) = [row for row in seen if row["id"] == filed["id"]]
        assert (shown["awaiting"], shown["waiting"]) == ("neutral", None), (
            "the ruling is hidden, and so is its signature"
        )

    paid = await at_home.filed()
    at = f"/v1/disputes/{paid['id']}"
    done(await at_home.speaking_for("seller").post(f"{at}/response", {"answer": "concede"}))
    (refund,) = await at_home.refunds(1, dispute_id=paid["id"])
    failed = done(await at_home.backend.post(f"/v1/refunds/{refund['id']}/failure", {"reason": "account_closed"}))
    asked = {"params": {"dispute_id": paid["id"], "kind": "decide"}, "headers": {"At-Least": failed["position"]}}
    (decide,) = done(await supervisor.get("/v1/commitments", **asked))["items"]
    assert decide["refund"] == {"id": refund["id"], "amount": euros("129.90")}
    assert decide["refund_id"] is None, "it decides about the refund, and is not carried out by it"


async def _listed(house: House, dispute_id: str, position: str) -> dict[str, Any]:
    """The row of a dispute in the list of what waits for the supervisor."""
    query, seen = {"awaiting": "supervisor", "limit": "100"}, {"At-Least": position}
    page = done(await house.sender("supervisor").get("/v1/disputes", params=query, headers=seen))
    (row,) = [one for one in page["items"] if one["id"] == dispute_id]
    return dict(row)
