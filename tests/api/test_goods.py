"""Goods sent back over HTTP: what each viewer may do and sees."""

from tests.api.house import House, done, euros, filing, refused, said

RETURN = {"act": "return", "freight": None, "freight_cost": euros("10.00")}


async def test_a_return_from_its_offer_to_the_refund(anew: House) -> None:
    """Offered, accepted, sent, carried, contested, decided. Until then the money waits, and the case file says for what."""
    buyer, seller, backend = anew.speaking_for("buyer"), anew.speaking_for("seller"), anew.backend
    at = f"/v1/disputes/{(await anew.filed())['id']}"
    offered = done(await seller.post(f"{at}/offers", {"amount": euros("129.90"), "goods": RETURN}), 201)
    settled = done(await buyer.post(f"{at}/offers/1/acceptance", match=offered["version"]))
    assert (settled["stage"], settled["awaiting"]) == ("execution", "claimant")
    send = next(action for action in settled["actions"] if action["name"] == "send_goods")
    refused(await buyer.post(send["href"], {}), 422, "TrackingMissing")
    sent = done(await buyer.post(send["href"], {"carrier": "DHL", "number": "JD0146"}))
    case = await anew.seen(sent["id"], sent["position"], by=seller)
    assert case["offers"][0]["goods"] == RETURN | {"freight": "seller", "parts": []}
    assert case["goods"]["sent"]["shipment"] == {"carrier": "DHL", "number": "JD0146"}
    assert (case["goods"]["step"], case["goods"]["at_stake"]) == ("carriage", euros("129.90"))
    [listed] = done(await backend.get("/v1/disputes", headers={"At-Least": sent["position"]}))["items"]
    assert (listed["due"]["by"], listed["due"]["kind"]) == ("carrier", "ship")

    carriage = case["goods"]["commitment_id"]
    arrived = done(await backend.post(f"{at}/commitments/{carriage}/fulfilment"))
    receipt = (await anew.seen(arrived["id"], arrived["position"]))["goods"]["commitment_id"]
    caught_up = {"At-Least": arrived["position"]}
    query = {"dispute_id": sent["id"]}
    owed = done(await backend.get("/v1/commitments", params=query, headers=caught_up))["items"]
    assert [(c["kind"], c["owed_by"], c["class"]) for c in owed] == [("confirm", "seller", "remedy")]

    box = {"ground": "empty_box", "statement": said("空", "zh-Hans")}
    contested = done(await seller.post(f"{at}/commitments/{receipt}/contest", box))
    assert contested["awaiting"] == "supervisor"
    half = {"to_buyer": euros("64.95"), "reasons": said("The weight at dispatch does not tell.")}
    done(await anew.sender("supervisor").post(f"{at}/goods-decision", half))
    [refund] = await anew.refunds(1, dispute_id=sent["id"])
    assert refund["amount"] == euros("64.95")


async def test_two_of_five_pieces(anew: House) -> None:
    """A claim about a part of a line, an offer about one of its pieces, and another dispute about what is left."""
    body = filing(paid="100.00", amount="40.00")
    body["transaction"]["lines"][0] |= {"quantity": 5}
    body["claim"]["parts"] = [{"line": "1", "quantity": "2.0"}]
    half = {"line": "1", "quantity": "1.5"}
    refused(
        await anew.backend.post("/v1/disputes", body | {"claim": body["claim"] | {"parts": [half]}}),
        422,
        "PiecesNotWhole",
    )
    none = {"line": "1", "quantity": "0"}
    refused(
        await anew.backend.post("/v1/disputes", body | {"claim": body["claim"] | {"parts": [none]}}),
        422,
        "InvalidRequest",
    )
    filed = done(await anew.backend.post("/v1/disputes", body), 201)

    at, seller = f"/v1/disputes/{filed['id']}", anew.speaking_for("seller")
    goods = RETURN | {"parts": [{"line": 1, "quantity": "3"}]}
    refused(await seller.post(f"{at}/offers", {"amount": euros("20.00"), "goods": goods}), 422, "GoodsNotClaimed")
    goods["parts"] = [{"line": 1, "quantity": "1"}]
    offered = done(await seller.post(f"{at}/offers", {"amount": euros("20.00"), "goods": goods}), 201)
    case = await anew.seen(filed["id"], offered["position"], by=anew.speaking_for("buyer"))
    assert case["claim"]["parts"] == [{"line": "1", "quantity": "2"}]
    assert case["offers"][0]["goods"]["parts"] == goods["parts"]

    rest = body | {"marketplace_reference": "MP-rest"}
    rest["claim"] = body["claim"] | {"parts": [{"line": "1", "quantity": "4"}]}
    over = refused(await anew.backend.post("/v1/disputes", rest), 409, "QuantityInDispute")
    assert over["facts"]["left"] == "3"
    rest["claim"]["parts"] = [{"line": "1", "quantity": "3"}]
    done(await anew.backend.post("/v1/disputes", rest), 201)


async def test_goods_by_weight(anew: House) -> None:
    """A fifth of half a kilogram. The case file says the measure of the line."""
    body = filing(paid="10.00", amount="2.00")
    measure = {"quantity": "0.5", "unit": "kg"}
    body["transaction"]["lines"][0] |= {"quantity": 1, "measure": measure}
    body["claim"]["parts"] = [{"line": "1", "quantity": "0.1"}]
    filed = done(await anew.backend.post("/v1/disputes", body), 201)
    case = await anew.seen(filed["id"], filed["position"])
    assert case["transaction"]["lines"][0]["measure"] == measure
    above = body | {"claim": body["claim"] | {"amount": euros("2.01")}}
    refused(await anew.backend.post("/v1/disputes", above), 422, "ClaimExceedsLines")
