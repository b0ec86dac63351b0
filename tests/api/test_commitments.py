"""What is owed, over HTTP: to a supervisor who looks at a desk, and to a backend that looks at a seller."""

from datetime import UTC, datetime, timedelta

from tests.api.house import House, done, refused


def _promise(due_at: datetime) -> dict[str, object]:
    return {"kind": "reply", "owed_by": "seller", "owed_to": "buyer", "due_at": due_at.isoformat()}


async def test_what_a_seller_owes_and_how_much_of_it_was_kept(anew: House) -> None:
    buyer, seller, supervisor = anew.speaking_for("buyer"), anew.speaking_for("seller"), anew.sender("supervisor")
    at = f"/v1/disputes/{(await anew.filed())['id']}"
    now = datetime.now(UTC)
    first = done(await seller.post(f"{at}/commitments", _promise(now + timedelta(days=1))), 201)
    second = done(await seller.post(f"{at}/commitments", _promise(now + timedelta(days=2))), 201)
    kept = done(await buyer.post(f"{at}/commitments/{first['commitment_id']}/fulfilment"))
    seen = {"At-Least": kept["position"]}

    (owed,) = done(await supervisor.get("/v1/commitments", params={"seller": "s-9"}, headers=seen))["items"]
    assert owed["id"] == second["commitment_id"]
    assert done(await supervisor.get("/v1/commitments", params={"seller": "s-8"}))["items"] == []
    assert done(await supervisor.get("/v1/commitments", params={"desk": "emea"}))["items"] == []

    replies = {"kind": "reply", "owed_by": "seller"}
    totals = done(await supervisor.get("/v1/commitments/totals", params=replies, headers=seen))["items"]
    assert [(one["status"], one["currency"], one["count"]) for one in totals] == [
        ("kept", None, 1),
        ("pending", None, 1),
    ]

    period = {"due_after": (now - timedelta(days=1)).isoformat(), "due_before": (now + timedelta(days=9)).isoformat()}
    told = done(await supervisor.get("/v1/commitments/punctuality", params=period | {"by": "seller"}))["items"]
    assert [(one["on_time"], one["late"], one["overdue"], one["share_on_time"]) for one in told] == [
        (1, 0, 0, "1.0000")
    ]
    refused(await seller.get("/v1/commitments/totals"), 403, "NotForThisRole")
