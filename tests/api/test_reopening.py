"""What comes after closure, over HTTP."""

from tests.api.house import House, done, euros, filing, refused, said


async def test_reopened_rated_and_followed(anew: House) -> None:
    """A paid dispute is rated, reopened because its refund bounced, and paid again. Then a parcel turns up."""
    buyer, seller, backend = anew.speaking_for("buyer"), anew.speaking_for("seller"), anew.backend
    body = filing()
    first = done(await backend.post("/v1/disputes", body), 201)
    at = f"/v1/disputes/{first['id']}"
    done(await seller.post(f"{at}/response", {"answer": "concede"}))
    [refund] = await anew.refunds(1, dispute_id=first["id"])
    closed = done(await backend.post(f"/v1/refunds/{refund['id']}/confirmation", {}))
    assert closed["stage"] == "closed"
    rated = done(await buyer.post(f"{at}/rating", {"rating": 2, "text": said("Lento.", "it")}))
    assert [r["rating"] for r in (await anew.seen(first["id"], rated["position"]))["ratings"]] == [2]
    assert (await anew.seen(first["id"], rated["position"], by=seller))["ratings"] == []
    for who, told in ((buyer, True), (seller, False), (backend, True)):
        history = done(await who.get(f"{at}/history?limit=100", headers={"At-Least": rated["position"]}))["items"]
        assert ("HandlingRated" in {fact["kind"] for fact in history}) is told

    bounced = {"ground": "bounced_refund", "reasons": said("It came back."), "commitment_id": refund["commitment_id"]}
    refused(await buyer.post(f"{at}/reopening", bounced), 403, "MayNotReopen")
    reopened = done(await anew.sender("supervisor").post(f"{at}/reopening", bounced))
    assert (reopened["stage"], reopened["outcome"]) == ("execution", "conceded")
    [again] = await anew.refunds(1, beside=refund["id"], dispute_id=first["id"])
    assert again["amount"] == euros("129.90")
    done(await backend.post(f"/v1/refunds/{again['id']}/confirmation", {}))

    claim = body["claim"] | {"reason": "parcel_turned_up", "relief_sought": "payment"}
    follows = body | {"claimant": "seller", "claim": claim, "follows": first["id"], "marketplace_reference": "MP-again"}
    second = done(await backend.post("/v1/disputes", follows), 201)
    assert (await anew.seen(second["id"], second["position"]))["follows"] == first["id"]
