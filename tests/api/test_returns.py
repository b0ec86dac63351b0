"""Goods sent back over HTTP: the address, the label, the freight, and what was in the parcel."""

import json

from api.disputes.remedies.postal import POSTAL_ADDRESS
from tests.api.house import House, Sender, done, euros, filing, refused, said

RULES = {"windows": {"return_details": {"amount": 2, "unit": "business_days"}, "escalation_opens_after_hours": 0}}
RETURN = {"act": "return", "freight_cost": euros("10.00")}
LINES = ["333000", "江西省景德镇市", "珠山区昌江大道 12 号", "瓷器店 退货部", "CHINA"]
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


async def to_be_returned(house: House, version: str) -> str:
    """The seller concedes against the goods. Under this policy the address is owed first."""
    done(await house.sender("administrator").post("/v1/policies", {"version": version, **RULES}), 201)
    at = f"/v1/disputes/{(await house.filed())['id']}"
    done(await house.speaking_for("seller").post(f"{at}/response", {"answer": "concede", "goods": RETURN}), 200)
    return at


async def seen(reader: Sender, at: str) -> dict[str, object]:
    goods = done(await reader.get(at))["goods"]
    assert isinstance(goods, dict)
    return goods


async def test_a_return_from_its_address_to_the_inspection(anew: House) -> None:
    """Address, label, parcel, and what was in it. The parties and the desk see where it goes."""
    buyer, seller = anew.speaking_for("buyer"), anew.speaking_for("seller")
    at = await to_be_returned(anew, "sent-where")
    owed = done(await anew.backend.get(f"{at}/commitments"))["items"][0]
    assert (owed["kind"], owed["owed_by"], owed["about"]["what"]) == ("tell_address", "seller", "return_details")
    assert owed["proof"]["rule"] == "sent-where/goods_details"
    refused(await buyer.get(f"{at}/return-label"), 404, "NoReturnLabel")
    details = {"address": POSTAL_ADDRESS, "rma": "RMA-118", "freight_cost": euros("8.40"), "prepaid": True}
    refused(await buyer.post(f"{at}/return-details", details), 403, "NotYoursToReceive")
    done(await anew.backend.post(f"{at}/return-label", files={"file": ("label.pdf", PDF)}), 201)
    given = done(await seller.post(f"{at}/return-details", details))
    goods = (await anew.seen(at.split("/")[-1], given["position"], by=buyer))["goods"]
    assert (goods["step"], goods["details"]["lines"], goods["details"]["rma"]) == ("dispatch", LINES, "RMA-118")
    assert (goods["details"]["prepaid"], goods["label"]["file"]["name"]) == (True, "label.pdf")
    label = await buyer.get(goods["label"]["file"]["href"])
    assert (label.status_code, label.content) == (200, PDF)
    assert (await seen(anew.backend, at))["details"] == goods["details"]
    sent = await buyer.post(f"{at}/commitments/{goods['commitment_id']}/dispatch", {"carrier": "DHL", "number": "JD1"})
    done(sent)

    form = {"description": "花瓶", "language": "zh-Hans"}
    photo = await seller.post(f"{at}/exhibits", data=form, files={"file": ("vase.txt", "花瓶".encode())})
    assert done(photo, 201)["number"] == 1
    carriage = (await anew.seen(at.split("/")[-1], photo.json()["position"]))["goods"]["commitment_id"]
    found = [{"line": 1, "quantity": "1", "condition": "damaged", "exhibits": [1]}]
    body = {"verdict": "contested", "lines": found, "statement": said("碎了", "zh-Hans")}
    none = body | {"lines": [found[0] | {"exhibits": [2]}]}
    problem = refused(await seller.post(f"{at}/commitments/{carriage}/inspection", none), 422, "NotOnRecord")
    assert problem["pointer"] == "/lines/0/exhibits"
    done(await seller.post(f"{at}/commitments/{carriage}/inspection", body))
    half = {"to_buyer": euros("60.00"), "reasons": said("Both packed it badly.")}
    decided = done(await anew.sender("supervisor").post(f"{at}/goods-decision", half))
    goods = (await anew.seen(at.split("/")[-1], decided["position"], by=buyer))["goods"]
    assert (goods["contest"]["ground"], goods["inspection"]["lines"]) == ("damaged", found)
    assert goods["step"] == "decision"
    assert not [c for c in done(await buyer.get(f"{at}/commitments"))["items"] if c["arises_from"] == "freight"]


async def test_the_neutral_sees_that_an_address_was_given_and_not_which(anew: House) -> None:
    """Neither in the case file nor in the history, nor the label."""
    seller, neutral = anew.speaking_for("seller"), await anew.neutral()
    done(await anew.sender("administrator").post("/v1/policies", {"version": "sent-where-2", **RULES}), 201)
    at = f"/v1/disputes/{(await anew.filed())['id']}"
    done(await seller.post(f"{at}/response", {"answer": "contest", "statement": said("No.")}))
    done(await anew.speaking_for("buyer").post(f"{at}/escalation"))
    done(await neutral.post(f"{at}/assignment", {"neutral": None}))
    offered = done(await seller.post(f"{at}/offers", {"amount": euros("129.90"), "goods": RETURN}), 201)
    done(await anew.speaking_for("buyer").post(f"{at}/offers/1/acceptance", match=offered["version"]))
    done(await anew.backend.post(f"{at}/return-label", files={"file": ("label.pdf", PDF)}), 201)
    given = done(await anew.backend.post(f"{at}/return-details", {"address": POSTAL_ADDRESS, "rma": "RMA-118"}))
    case = await anew.seen(at.split("/")[-1], given["position"], by=neutral)
    assert (case["goods"]["details"]["by"], case["goods"]["details"]["lines"]) == ("marketplace", None)
    assert case["goods"]["label"] is None
    refused(await neutral.get(f"{at}/return-label"), 403, "NotForThisRole")
    told = json.dumps(done(await neutral.get(f"{at}/history")), ensure_ascii=False)
    assert "ReturnDetailsGiven" in told
    for hidden in ("RMA-118", "景德镇", "label.pdf"):
        assert hidden not in told + json.dumps(case, ensure_ascii=False)
    history = json.dumps(done(await anew.speaking_for("buyer").get(f"{at}/history")), ensure_ascii=False)
    assert "RMA-118" in history


async def test_an_address_is_one_of_its_country(anew: House) -> None:
    """With what the country needs, in its order. Anything else is refused at the field."""
    seller, at = anew.speaking_for("seller"), await to_be_returned(anew, "sent-where-3")
    berlin = {"name": "Shop", "street_address": "Hauptstr. 1", "city": "Berlin", "country": "DE"}
    for address in (
        berlin,
        berlin | {"postal_code": "1011"},
        berlin | {"postal_code": "10115", "country": "QQ"},
        berlin | {"postal_code": "10115", "street_address": "1\n2\n3\n4"},
        berlin | {"postal_code": "10115", "name": "A\nB"},
        berlin | {"postal_code": "10115", "state": "BE"},
    ):
        problem = refused(await seller.post(f"{at}/return-details", {"address": address}), 422, "InvalidRequest")
        assert problem["pointer"].startswith("/address")
    given = done(await seller.post(f"{at}/return-details", {"address": berlin | {"postal_code": "10115"}}))
    goods = (await anew.seen(at.split("/")[-1], given["position"]))["goods"]
    assert goods["details"]["lines"] == ["Shop", "Hauptstr. 1", "10115 BERLIN", "GERMANY"]
    refused(
        await seller.post(f"{at}/return-label", files={"file": ("label.exe", b"MZ\x00\x01")}), 415, "FileTypeNotAllowed"
    )


async def test_some_came_used_and_some_did_not_come(anew: House) -> None:
    """Pieces of one line in different conditions; the seller takes them as they are."""
    seller = anew.speaking_for("seller")
    filed = done(await anew.backend.post("/v1/disputes", filing()), 201)
    at = f"/v1/disputes/{filed['id']}"
    conceded = done(await seller.post(f"{at}/response", {"answer": "concede", "goods": RETURN}))
    case = await anew.seen(filed["id"], conceded["position"])
    assert (case["goods"]["step"], case["goods"]["details"], case["goods"]["inspection"]) == ("dispatch", None, None)
    parcel = {"carrier": "DHL", "number": "JD1"}
    owed = case["goods"]["commitment_id"]
    sent = done(await anew.speaking_for("buyer").post(f"{at}/commitments/{owed}/dispatch", parcel))
    carriage = (await anew.seen(filed["id"], sent["position"]))["goods"]["commitment_id"]
    found = [{"line": 1, "quantity": "1.0", "condition": "used"}]
    looked = done(
        await seller.post(f"{at}/commitments/{carriage}/inspection", {"verdict": "confirmed", "lines": found})
    )
    case = await anew.seen(filed["id"], looked["position"])
    assert case["goods"]["ended"]["how"] == "received"
    assert case["goods"]["inspection"]["lines"] == [{"line": 1, "quantity": "1", "condition": "used", "exhibits": []}]
