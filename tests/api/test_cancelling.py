"""The marketplace ends an undecided dispute, over HTTP."""

import pytest

from tests.api.house import House, done, euros, filing, refused, said
from tests.api.rulings import people, somebody

pytestmark = pytest.mark.asyncio(loop_scope="module")

WHY = {"reason": said("The same dispute was opened twice by mistake.")}


async def test_the_marketplace_cancels_a_dispute(at_home: House) -> None:
    """It gives a reason, which both sides read. A repetition changes nothing. The claim counts as neither granted
    nor refused.
    """
    buyer = somebody()
    filed = await at_home.filed(**people(buyer, somebody()))
    at, backend = f"/v1/disputes/{filed['id']}", at_home.backend
    refused(await backend.post(f"{at}/cancellation", {}), 422, "InvalidRequest")
    offered = done(await backend.get(at, headers={"At-Least": filed["position"]}))["actions"]
    assert f"{at}/cancellation" in [action["href"] for action in offered if action["name"] == "cancel_dispute"]
    ended = done(await backend.post(f"{at}/cancellation", WHY))
    assert (ended["stage"], ended["awaiting"], ended["outcome"]) == ("closed", "none", "cancelled")
    assert done(await backend.post(f"{at}/cancellation", WHY))["version"] == ended["version"]
    for side in ("buyer", "seller"):
        reader = at_home.speaking_for(side)
        case = await at_home.seen(filed["id"], ended["position"], reader)
        told = case["cancellation"]
        assert (case["outcome"], told["reason"]["text"], told["award"]) == ("cancelled", WHY["reason"]["text"], None)
        facts = done(await reader.get(f"{at}/history", headers={"At-Least": ended["position"]}))["items"]
        (said_so,) = [fact["details"]["reason"]["text"] for fact in facts if fact["kind"] == "DisputeCancelled"]
        assert said_so == WHY["reason"]["text"]
    look_up = f"/v1/claim-histories/buyer/{buyer}"
    history = done(await at_home.sender("supervisor").get(look_up, headers={"At-Least": ended["position"]}))
    assert history["filed"]["by_result"] == {"cancelled": 1}


async def test_who_cancels_and_until_when(at_home: House) -> None:
    """No party, neutral or supervisor cancels. A conceded dispute can't be cancelled."""
    filed = await at_home.filed()
    at = f"/v1/disputes/{filed['id']}"
    for nobody in (at_home.speaking_for("buyer"), at_home.speaking_for("seller"), at_home.sender("supervisor")):
        refused(await nobody.post(f"{at}/cancellation", WHY), 403, "NotForThisRole")
    done(await at_home.speaking_for("seller").post(f"{at}/response", {"answer": "concede"}))
    problem = refused(await at_home.backend.post(f"{at}/cancellation", WHY), 409, "TooLateToCancel")
    assert problem["facts"] == {"stage": "execution"}


async def test_what_is_held_goes_to_the_respondent(at_home: House) -> None:
    """The case file says so, as it does for a withdrawn claim."""
    body = filing()
    body["transaction"]["held"] = [{"by": "buyer", "amount": euros("129.90")}]
    filed = done(await at_home.backend.post("/v1/disputes", body), 201)
    ended = done(await at_home.backend.post(f"/v1/disputes/{filed['id']}/cancellation", WHY))
    case = await at_home.seen(filed["id"], ended["position"], at_home.speaking_for("seller"))
    award = case["cancellation"]["award"]
    assert (award["buyer"], award["seller"]) == (euros("0.00"), euros("129.90"))
