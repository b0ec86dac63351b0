"""Policies over HTTP: published for good, validated before, compared, and kept by every dispute filed under them."""

from datetime import datetime, timedelta

import pytest

from domain.kernel.base import Role
from tests import today
from tests.api.house import House, done, filing, refused

pytestmark = pytest.mark.asyncio(loop_scope="module")

SEVEN_DAYS = {"amount": 7, "unit": "calendar_days"}


async def test_policies_are_published_once_and_for_good(at_home: House) -> None:
    administrator = at_home.sender("administrator", marketplace="rules")
    first = done(await administrator.get("/v1/policies"))
    assert (first["current"], len(first["items"])) == ("first-2026", 1)
    policy = {"version": "second", "windows": {"response": {"amount": 7, "unit": "calendar_days"}}}
    done(await administrator.post("/v1/policies", policy), 201)
    shown = done(await administrator.get("/v1/policies/second"))
    assert shown["windows"]["response"] == {"amount": 7, "unit": "calendar_days"}
    assert shown["clauses"] == first["items"][0]["clauses"]
    changed = policy | {"tiers": ["standard"]}
    refused(await administrator.post("/v1/policies", changed), 409, "VersionAlreadyPublished")
    refused(await administrator.get("/v1/policies/third"), 404, "UnknownPolicy")


async def test_a_policy_is_validated_before_it_is_published(at_home: House) -> None:
    """The answer holds every fault with its place, and what the policy would change. Nothing is stored."""
    administrator = at_home.sender("administrator", marketplace="drafts")
    policy = {"version": "v2", "windows": {"ruling": {"amount": 1, "unit": "hours"}, "response": SEVEN_DAYS}}
    told = done(await administrator.post("/v1/policies/validation", policy))
    assert not told["valid"]
    assert [(p["code"], p["pointer"], p["status"]) for p in told["problems"]] == [
        ("RulingTooShort", "/windows/ruling", 422)
    ]
    assert told["comparison"]["changes"] == [
        {"pointer": "/windows/response", "before": "5 calendar days", "after": "7 calendar days"},
        {"pointer": "/windows/ruling", "before": "14 calendar days", "after": "1 hour"},
    ]
    problem = refused(await administrator.post("/v1/policies", policy), 422, "RulingTooShort")
    assert problem["pointer"] == "/windows/ruling"
    unknown = {"version": "v2", "silence": {"negotiation": "goes_on"}}
    problem = refused(await administrator.post("/v1/policies/validation", unknown), 422, "InvalidRequest")
    assert problem["pointer"] == "/silence/negotiation"
    problem = refused(
        await administrator.post("/v1/policies/validation", {"version": "v2", "clauses": {}}), 422, "InvalidRequest"
    )
    assert problem["pointer"] == "/clauses"
    assert done(await administrator.get("/v1/policies"))["current"] == "first-2026"
    refused(await at_home.sender("supervisor").post("/v1/policies/validation", policy), 403, "NotForThisRole")


async def test_a_dispute_keeps_its_policy(at_home: House) -> None:
    """Its windows and its shown rules stay, whatever is published later."""
    market = "pinned"
    administrator = at_home.sender("administrator", marketplace=market)
    backend = at_home.sender(Role.MARKETPLACE, marketplace=market)
    filed = done(await backend.post("/v1/disputes", filing()), 201)
    at, seen = f"/v1/disputes/{filed['id']}", {"At-Least": filed["position"]}
    before = done(await backend.get(f"{at}/deadlines", headers=seen))["items"]
    done(await administrator.post("/v1/policies", {"version": "v2", "windows": {"response": SEVEN_DAYS}}), 201)
    assert done(await backend.get(f"{at}/deadlines"))["items"] == before
    pinned = done(await backend.get(f"{at}/policy"))
    assert (pinned["version"], pinned["windows"]["response"]["amount"]) == ("first-2026", 5)
    later = done(await backend.post("/v1/disputes", filing()), 201)
    policy = done(await backend.get(f"/v1/disputes/{later['id']}/policy", headers={"At-Least": later["position"]}))
    assert policy["version"] == "v2"
    compared = done(await backend.get("/v1/policies/first-2026/comparison/v2"))
    assert [change["pointer"] for change in compared["changes"]] == ["/windows/response"]
    refused(await backend.get("/v1/policies/first-2026/comparison/v3"), 404, "UnknownPolicy")
    stranger = at_home.sender(Role.MARKETPLACE, marketplace="elsewhere")
    refused(await stranger.get(f"{at}/policy"), 404, "UnknownDispute")


async def test_a_policy_that_is_announced(at_home: House) -> None:
    """Claims that are filed before its instant have the rules in force then. At that instant the worker, which has long
    known the version, files under it."""
    market = "announced"
    administrator = at_home.sender("administrator", marketplace=market)
    backend = at_home.sender(Role.MARKETPLACE, marketplace=market)
    first = done(await backend.post("/v1/disputes", filing()), 201)
    begins = (today.now() + timedelta(days=7)).replace(microsecond=0)
    policy = {"version": "next", "windows": {"response": SEVEN_DAYS}, "applies_from": begins.isoformat()}
    told = done(await administrator.post("/v1/policies/validation", policy))
    assert (told["valid"], told["comparison"]["before"]) == (True, "first-2026")
    done(await administrator.post("/v1/policies", policy), 201)
    late = {"version": "late", "applies_from": (today.now() - timedelta(days=1)).isoformat()}
    assert (
        refused(await administrator.post("/v1/policies", late), 422, "AppliesInThePast")["pointer"] == "/applies_from"
    )
    listed = done(await backend.get("/v1/policies"))
    assert (listed["current"], listed["announced"]) == ("first-2026", ["next"])
    assert [(one["status"], one["applies_until"]) for one in listed["items"]] == [
        ("in_force", begins.isoformat().replace("+00:00", "Z")),
        ("announced", None),
    ]
    second = done(await backend.post("/v1/disputes", filing()), 201)
    at_home.clock.ahead += timedelta(days=8)
    try:
        third = done(await backend.post("/v1/disputes", filing()), 201)
        listed = done(await backend.get("/v1/policies"))
        assert (listed["current"], listed["announced"]) == ("next", [])
        assert [one["status"] for one in listed["items"]] == ["replaced", "in_force"]
    finally:
        at_home.clock.ahead -= timedelta(days=8)
    under = [done(await backend.get(f"/v1/disputes/{d['id']}/policy"))["version"] for d in (first, second, third)]
    assert under == ["first-2026", "first-2026", "next"]


async def test_an_outage_that_an_administrator_records(at_home: House) -> None:
    """What fell due during it is due 24 hours after its end, and the deadline's proof says so."""
    market = "away"
    backend = at_home.sender(Role.MARKETPLACE, marketplace=market)
    administrator = at_home.sender("administrator", marketplace=market)
    filed = done(await backend.post("/v1/disputes", filing()), 201)
    at = f"/v1/disputes/{filed['id']}/deadlines"
    response = done(await backend.get(at, headers={"At-Least": filed["position"]}))["items"][0]
    due = datetime.fromisoformat(response["due_at"])
    at_home.clock.ahead += due - at_home.clock.now() + timedelta(hours=2)
    outage = {"began_at": _written(due - timedelta(hours=1)), "ended_at": _written(due + timedelta(hours=1))}
    done(await administrator.post("/v1/outages", outage), 201)
    assert done(await backend.get("/v1/outages"))["items"] == [outage]
    seller = at_home.speaking_for("seller", market)
    answered = done(await seller.post(f"/v1/disputes/{filed['id']}/response", {"answer": "contest"}))
    moved = done(await backend.get(at, headers={"At-Least": answered["position"]}))["items"][0]
    assert (moved["status"], moved["moved"]) == ("met", ["outage"])
    assert moved["proof"]["outages"] == [outage]
    assert datetime.fromisoformat(moved["due_at"]) == due + timedelta(hours=25)
    refused(await backend.post("/v1/outages", outage), 403, "NotForThisRole")


def _written(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
