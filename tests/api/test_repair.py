"""Goods that the seller repairs, over HTTP."""

import pytest

from tests.api.house import House, done, euros, refused, said

pytestmark = pytest.mark.asyncio(loop_scope="module")

WITHIN = {"amount": 14, "unit": "calendar_days"}
REPAIR = {"act": "repair", "freight_cost": euros("10.00"), "within": WITHIN}


async def test_a_repair_that_fails(at_home: House) -> None:
    """Offered, accepted, sent in, sent back, found not repaired. Then somebody decides about the money that waited."""
    buyer, seller = at_home.speaking_for("buyer"), at_home.speaking_for("seller")
    at = f"/v1/disputes/{(await at_home.filed())['id']}"
    nothing = {"amount": euros("0.00"), "goods": REPAIR}
    refused(await seller.post(f"{at}/offers", nothing), 422, "NothingAtStake")
    no_cost = {"amount": euros("129.90"), "goods": {"act": "repair", "within": WITHIN}}
    refused(await seller.post(f"{at}/offers", no_cost), 422, "FreightCostMissing")
    fetched = {"amount": euros("129.90"), "goods": {"act": "return", "freight_cost": euros("1.00"), "fetched": True}}
    refused(await seller.post(f"{at}/offers", fetched), 422, "NoRepairTerms")
    offered = done(await seller.post(f"{at}/offers", {"amount": euros("129.90"), "goods": REPAIR}), 201)
    done(await buyer.post(f"{at}/offers/1/acceptance", match=offered["version"]))

    async def acts(by: object, name: str, body: object = None) -> None:
        act = next(one for one in done(await by.get(at))["actions"] if one["name"] == name)  # type: ignore[attr-defined]
        done(await by.post(act["href"], body))  # type: ignore[attr-defined]

    parcel = {"carrier": "DHL", "number": "JD0146"}
    await acts(buyer, "send_goods", parcel)
    await acts(seller, "keep_commitment")
    await acts(seller, "send_goods", parcel)
    await acts(at_home.backend, "keep_commitment")
    await acts(buyer, "contest_goods", {"ground": "not_repaired", "statement": said("Non parte.", "it")})
    case = done(await buyer.get(at))
    assert case["goods"]["goods"] == {"freight": "seller", "parts": [], "fetched": False, **REPAIR}
    assert (case["goods"]["step"], case["goods"]["contest"]["ground"]) == ("decision", "not_repaired")
    assert (case["stage"], case["awaiting"]) == ("execution", "supervisor")
    decision = {"to_buyer": euros("129.90"), "reasons": said("It was not repaired.")}
    done(await at_home.sender("supervisor").post(f"{at}/goods-decision", decision))
    owed = done(await buyer.get(f"{at}/commitments"))["items"]
    assert {(one["kind"], one["amount"]["amount"]) for one in owed if one["status"] == "pending"} == {
        ("refund", "129.90"),
        ("pay", "10.00"),
    }
