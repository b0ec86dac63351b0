"""Inadmissible claims over HTTP: by policy at filing, and as a neutral or a supervisor declares."""

from datetime import timedelta
from uuid import uuid4

import pytest

from domain.kernel.base import Role
from tests import today
from tests.api.house import House, done, filing, refused, said

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_what_the_policy_does_not_admit_is_answered_on_record(at_home: House) -> None:
    """201: the claim is kept and closed at once, and its claimant reads why. It is filed again after the seller had
    its time.
    """
    reasons = {"not_as_described": {"contact_first": {"amount": 24, "unit": "hours"}}}
    policy = {"version": f"asks-{uuid4().hex[:8]}", "reasons": reasons, "excluded_forums": ["court"]}
    admin = at_home.sender(Role.ADMINISTRATOR)
    done(await admin.post("/v1/policies", policy), 201)
    now = today.now()
    body = filing(seller_contacted_at=(now - timedelta(hours=2)).isoformat())
    filed = done(await at_home.backend.post("/v1/disputes", body), 201)
    assert (filed["stage"], filed["awaiting"], filed["outcome"]) == ("closed", "none", "inadmissible")
    case = await at_home.seen(filed["id"], filed["position"], at_home.speaking_for("buyer"))
    told = case["inadmissible"]
    assert (told["ground"], told["by"], told["clause"]) == (
        "seller_not_contacted",
        "engine",
        f"{policy['version']}/admissibility",
    )
    assert told["may_file_from"] > now.isoformat()
    assert (case["deadlines"], case["outcome"]) == ([], "inadmissible")
    listed = done(await at_home.backend.get("/v1/disputes", headers={"At-Least": filed["position"]}))["items"]
    assert [d["outcome"] for d in listed if d["id"] == filed["id"]] == ["inadmissible"]

    again = {**body, "seller_contacted_at": (now - timedelta(hours=30)).isoformat(), "follows": filed["id"]}
    assert done(await at_home.backend.post("/v1/disputes", again), 201)["stage"] == "negotiation"
    later = (now + timedelta(days=2)).isoformat()
    problem = refused(
        await at_home.backend.post("/v1/disputes", filing(seller_contacted_at=later)), 422, "NotContactedYet"
    )
    assert problem["pointer"] == "/seller_contacted_at"
    done(await admin.post("/v1/policies", {"version": f"all-{uuid4().hex[:8]}"}), 201)


async def test_a_supervisor_declares_a_dispute_inadmissible(at_home: House) -> None:
    """Both sides read the reasons. A vexatious claim is refused when it is filed again."""
    body = filing()
    filed = done(await at_home.backend.post("/v1/disputes", body), 201)
    at, supervisor = f"/v1/disputes/{filed['id']}/inadmissibility", at_home.sender(Role.SUPERVISOR)
    why = {"ground": "vexatious", "reasons": said("The fifth claim about one vase.")}
    refused(await at_home.speaking_for("seller").post(at, why), 403, "NotForThisRole")
    refused(await supervisor.post(at, {**why, "ground": "tiresome"}), 422, "InvalidRequest")
    offered = done(await supervisor.get(f"/v1/disputes/{filed['id']}", headers={"At-Least": filed["position"]}))
    assert "declare_inadmissible" in [action["name"] for action in offered["actions"]]
    ended = done(await supervisor.post(at, why))
    assert (ended["stage"], ended["outcome"]) == ("closed", "inadmissible")
    for side in ("buyer", "seller"):
        case = await at_home.seen(filed["id"], ended["position"], at_home.speaking_for(side))
        assert case["inadmissible"]["reasons"]["text"] == "The fifth claim about one vase."
    problem = refused(await at_home.backend.post("/v1/disputes", body), 409, "InadmissibleForGood")
    assert problem["facts"]["disputes"] == [filed["id"]]
