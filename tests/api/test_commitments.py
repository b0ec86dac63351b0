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


async def test_what_follows_from_a_broken_promise(anew: House) -> None:
    """It names the promise that was broken, which stays overdue; both stand in the case and in the list."""
    buyer, seller = anew.speaking_for("buyer"), anew.speaking_for("seller")
    dispute = (await anew.filed())["id"]
    at, now = f"/v1/disputes/{dispute}", datetime.now(UTC)
    sent = _promise(now + timedelta(hours=1)) | {"kind": "ship"}
    broken = done(await seller.post(f"{at}/commitments", sent), 201)["commitment_id"]
    anew.clock.ahead = timedelta(hours=2)
    try:
        told = done(await buyer.post(f"{at}/messages", {"message": {"text": "Where is it?", "language": "en"}}), 201)
        case = await anew.seen(dispute, told["position"])
    finally:
        anew.clock.ahead = timedelta()
    first, second = case["commitments"]
    assert (first["id"], first["status"], first["because_of"]) == (broken, "overdue", None)
    shown = (
        second["class"],
        second["kind"],
        second["owed_by"],
        second["owed_to"],
        second["arises_from"],
        second["because_of"],
    )
    assert shown == ("service", "decide", "marketplace", "buyer", "breach", broken)
    owed = {"owed_by": "marketplace", "kind": "decide"}
    (listed,) = done(await buyer.get("/v1/commitments", params=owed, headers={"At-Least": told["position"]}))["items"]
    assert (listed["id"], listed["because_of"]) == (second["id"], broken)
