"""Stays, extensions and refunds elsewhere, over HTTP."""

from datetime import datetime, timedelta

from domain.kernel.base import Role
from tests import today
from tests.api.house import House, done, euros, refused, said
from tests.postgres import each_version


@each_version
async def test_a_chargeback_holds_everything_until_it_ends(anew: House) -> None:
    """The marketplace records it. The case file says why the dispute waits, and nobody decides. After it, every
    clock has moved on.
    """
    seller, backend = anew.speaking_for("seller"), anew.backend
    filed = await anew.filed()
    at = f"/v1/disputes/{filed['id']}"
    before = (await anew.seen(filed["id"], filed["position"]))["deadlines"][0]["due_at"]
    case = {"what": "chargeback", "statement": said("Case 4711.")}
    stayed = done(await backend.post(f"{at}/parallel-proceedings", case), 201)
    assert stayed["number"] == 1
    seen = await anew.seen(filed["id"], stayed["position"], by=seller)
    assert seen["stayed"]
    assert [(p["what"], p["ended_at"]) for p in seen["proceedings"]] == [("chargeback", None)]
    refused(await seller.post(f"{at}/response", {"answer": "concede"}), 409, "DisputeIsStayed")
    anew.clock.ahead += timedelta(days=40)
    resumed = done(await backend.post(f"{at}/parallel-proceedings/1/end", {"statement": said("For the seller.")}))
    seen = await anew.seen(filed["id"], resumed["position"])
    assert not seen["stayed"]
    response = next(d for d in seen["deadlines"] if d["name"] == "response")
    assert (response["status"], response["moved"]) == ("running", ["stay"])
    assert datetime.fromisoformat(response["due_at"]) >= datetime.fromisoformat(before) + timedelta(days=39)


async def test_more_time_and_a_stay_by_order(anew: House) -> None:
    """By a supervisor. The respondent reads until when."""
    supervisor = anew.sender(Role.SUPERVISOR)
    at = f"/v1/disputes/{(await anew.filed())['id']}"
    extension = {"name": "response", "more": {"amount": 3, "unit": "business_days"}}
    assert done(await supervisor.post(f"{at}/extensions", extension))["stage"] == "negotiation"
    until = (today.now() + timedelta(days=10)).isoformat()
    done(await supervisor.post(f"{at}/stay", {"until": until, "reasons": said("The laboratory needs time.")}))
    lifted = done(await supervisor.post(f"{at}/resumption"))
    assert "order_stay" in {action["name"] for action in lifted["actions"]}


async def test_a_refund_made_elsewhere(anew: House) -> None:
    """It lowers the claim, once. Paid in full, the dispute is resolved elsewhere."""
    backend = anew.backend
    at = f"/v1/disputes/{(await anew.filed())['id']}"
    yesterday = (today.now() - timedelta(days=1)).isoformat()
    paid = {"how": "marketplace", "reference": "r-1", "paid_at": yesterday, "amount": euros("29.90")}
    once = done(await backend.post(f"{at}/refunds-elsewhere", paid))
    again = done(await backend.post(f"{at}/refunds-elsewhere", paid))
    assert once["version"] == again["version"]
    rest = paid | {"reference": "r-2", "amount": euros("100.00")}
    closed = done(await backend.post(f"{at}/refunds-elsewhere", rest))
    assert (closed["stage"], closed["outcome"]) == ("closed", "resolved_elsewhere")
    seen = await anew.seen(closed["id"], closed["position"])
    assert [r["off_claim"] for r in seen["refunds_elsewhere"]] == [euros("29.90"), euros("100.00")]


@each_version
async def test_refunds_wait_with_the_dispute(anew: House) -> None:
    """A refund owed during a stay moves when the dispute resumes."""
    seller, supervisor = anew.speaking_for("seller"), anew.sender(Role.SUPERVISOR)
    filed = await anew.filed(amount="100.00")
    at = f"/v1/disputes/{filed['id']}"
    until, soon = (today.now() + timedelta(days=days) for days in (10, 3))
    stay = {"until": until.isoformat(), "reasons": said("A laboratory needs time.")}
    done(await supervisor.post(f"{at}/stay", stay))
    goodwill = {"kind": "refund", "owed_by": "seller", "owed_to": "buyer", "amount": euros("10.00"), "goodwill": True}
    done(await seller.post(f"{at}/commitments", goodwill | {"due_at": soon.isoformat()}), 201)
    query = {"dispute_id": filed["id"]}
    assert done(await anew.backend.get("/v1/refunds", params=query))["items"] == []
    done(await supervisor.post(f"{at}/resumption"))
    [refund] = await anew.refunds(1, dispute_id=filed["id"])
    assert refund["amount"] == euros("10.00")
