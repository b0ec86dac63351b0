"""Tracking and delivery that become known after filing, over HTTP."""

import pytest

from tests.api.house import House, done, filing, refused

pytestmark = pytest.mark.asyncio(loop_scope="module")

PARCEL = {"carrier": "SDA", "number": "1Z999AA10123456784"}


async def test_both_parties_see_what_the_marketplace_learned_of_the_delivery(at_home: House) -> None:
    claim = {**filing()["claim"], "reason": "item_not_received"}
    order = filing()["transaction"] | {"delivered_at": None, "tracking": []}
    filed = await at_home.filed(claim=claim, transaction=order)
    at = f"/v1/disputes/{filed['id']}"
    tracked = done(await at_home.backend.post(f"{at}/delivery", {"tracking": PARCEL}))
    assert done(await at_home.backend.post(f"{at}/delivery", {"tracking": PARCEL}))["version"] == tracked["version"]
    came = {"delivered_at": done(await at_home.backend.get(at))["filed_at"]}
    reported = done(await at_home.backend.post(f"{at}/delivery", came))
    for side in ("buyer", "seller"):
        seen = await at_home.seen(filed["id"], reported["position"], at_home.speaking_for(side))
        told = [{name: one[name] for name in ("carrier", "number", "delivered_at")} for one in seen["deliveries"]]
        assert told == [{**PARCEL, "delivered_at": None}, {"carrier": None, "number": None, **came}]
        facts = done(await at_home.speaking_for(side).get(f"{at}/history"))["items"]
        assert [fact["details"].get("number") for fact in facts if fact["kind"] == "DeliveryReported"] == [
            PARCEL["number"],
            None,
        ]


async def test_an_auditor_reads_in_the_story_what_was_reported(at_home: House) -> None:
    filed = await at_home.filed()
    done(await at_home.backend.post(f"/v1/disputes/{filed['id']}/delivery", {"tracking": PARCEL}))
    trail = done(await at_home.sender("auditor").get(f"/v1/audit/disputes/{filed['id']}/trail"))
    told = [fact["what"] for fact in trail["items"] if fact["kind"] == "DeliveryReported"]
    assert told == [f"the marketplace reports about the order: with SDA {PARCEL['number']}"]


async def test_a_report_of_a_delivery_that_is_none(at_home: House) -> None:
    at = f"/v1/disputes/{(await at_home.filed())['id']}/delivery"
    refused(await at_home.backend.post(at, {}), 422, "NothingReported")
    late = {"delivered_at": "2090-01-01T00:00:00Z"}
    told = refused(await at_home.backend.post(at, late), 422, "NotDeliveredYet")
    assert told["pointer"] == "/delivered_at"
    refused(await at_home.backend.post(at, {"tracking": {"carrier": "SDA"}}), 422, "InvalidRequest")
    refused(await at_home.speaking_for("seller").post(at, {"tracking": PARCEL}), 403, "NotForThisRole")
