"""A whole dispute in a test marketplace: instead of waiting, the test turns the clock."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

from tests import today
from tests.api.house import PLAYGROUND, House, Sender, done, euros, filing, refused, said
from tests.postgres import each_version

CLOCK = "/v1/sandbox/clock"


async def _turned(sender: Sender, days: float) -> dict[str, Any]:
    """Turns the clock so many days ahead of its present time."""
    now = datetime.fromisoformat(done(await sender.get(CLOCK))["now"])
    return await _turned_to(sender, now + timedelta(days=days))


async def _turned_to(sender: Sender, now: datetime) -> dict[str, Any]:
    return done(await sender.send("PUT", CLOCK, json={"now": now.isoformat()}))


async def _turned_past(sender: Sender, due_at: str) -> dict[str, Any]:
    """Turns the clock to the due instant that the engine states: weekends and holidays change the length of a window."""
    return await _turned_to(sender, datetime.fromisoformat(due_at) + timedelta(minutes=1))


async def _found(sender: Sender, path: str, **query: str) -> dict[str, Any]:
    """The first item of a list, as soon as there is one."""
    async with asyncio.timeout(60):
        while True:
            if items := done(await sender.get(path, params=query))["items"]:
                return dict(items[0])
            await asyncio.sleep(0.02)


async def test_a_silent_seller_is_waited_for_in_seconds(anew: House) -> None:
    """The default at the end of the window, the payment overdue some business days later, the refund confirmed at last."""
    backend = anew.sender("marketplace", marketplace=PLAYGROUND)
    filed = done(await backend.post("/v1/disputes", filing()), 201)
    at = f"/v1/disputes/{filed['id']}/deadlines"
    window = done(await backend.get(at, headers={"At-Least": filed["position"]}))["items"][0]
    await _turned_past(backend, window["due_at"])
    granted = await _found(backend, "/v1/disputes", stage="execution")
    assert (granted["id"], granted["outcome"]) == (filed["id"], "granted_by_default")
    await _turned_past(backend, (await _found(backend, "/v1/commitments", kind="refund"))["due_at"])
    owed = await _found(backend, "/v1/commitments", status="overdue", kind="refund")
    asked = await _found(backend, "/v1/refunds", status="submitted")
    assert asked["commitment_id"] == owed["id"]
    paid = done(await backend.post(f"/v1/refunds/{asked['id']}/confirmation"))
    assert (paid["stage"], paid["outcome"]) == ("closed", "granted_by_default")
    window = done(await backend.get(at, headers={"At-Least": paid["position"]}))["items"][0]
    assert (window["name"], window["status"], window["ended_at"]) == ("response", "lapsed", window["due_at"])
    recorded_at, due_at = (datetime.fromisoformat(window[name]) for name in ("recorded_at", "due_at"))
    assert recorded_at + today.AHEAD < due_at, "the real time, from which the clock was turned ahead"


@each_version
async def test_only_a_test_marketplace_s_clock_turns_and_only_forwards(anew: House) -> None:
    real, test = anew.backend, anew.sender("marketplace", marketplace=PLAYGROUND)
    before = done(await real.get(CLOCK))
    assert before["ahead_seconds"] == 0
    refused(await real.send("PUT", CLOCK, json={"now": "2046-01-01T00:00:00Z"}), 403, "NotATestMarketplace")
    turned = await _turned(test, 3)
    assert turned["ahead_seconds"] > 2 * 24 * 3600
    refused(await test.send("PUT", CLOCK, json={"now": before["now"]}), 409, "ClockGoesBack")
    refused(await test.send("PUT", CLOCK, json={"now": "2096-01-01T00:00:00Z"}), 422, "ClockTooFar")
    refused(
        await anew.sender("neutral", marketplace=PLAYGROUND).send("PUT", CLOCK, json={"now": "x"}),
        403,
        "NotForThisRole",
    )
    assert done(await test.get(CLOCK))["ahead_seconds"] == turned["ahead_seconds"]
    assert done(await real.get(CLOCK))["ahead_seconds"] == 0


@each_version
async def test_what_follows_of_itself_happens_by_the_turned_clock(anew: House) -> None:
    """A neutral leaves some days later, by the turned clock. At that instant their case is handed over."""
    backend = anew.sender("marketplace", marketplace=PLAYGROUND)
    filed = done(await backend.post("/v1/disputes", filing()), 201)
    at, neutral = f"/v1/disputes/{filed['id']}", anew.sender("neutral", marketplace=PLAYGROUND)
    done(await anew.speaking_for("seller", PLAYGROUND).post(f"{at}/response", {"answer": "contest"}))
    await _turned(backend, 4)
    done(await anew.speaking_for("buyer", PLAYGROUND).post(f"{at}/escalation"))
    administrator = anew.sender("administrator", marketplace=PLAYGROUND)
    mandate = {"neutral": str(neutral.subject), "languages": ["en"], "authority": [euros("500.00")]}
    done(await administrator.post("/v1/mandates", mandate), 201)
    done(await neutral.post(f"{at}/assignment", {}))
    left = done(await backend.get(CLOCK))["now"]
    done(await administrator.post(f"/v1/mandates/{neutral.subject}/closure", {"reason": said("Has left.")}))
    async with asyncio.timeout(60):
        released: list[dict[str, Any]] = []
        while not released:
            await asyncio.sleep(0.02)
            facts = done(await backend.get(f"{at}/history"))["items"]
            released = [fact for fact in facts if fact["kind"] == "NeutralReleased"]
    assert released[0]["occurred_at"] >= left


async def test_what_changed_is_found_by_the_clock_of_the_marketplace(anew: House) -> None:
    """`changed_at` and `changed_after` are on the clock that the marketplace reads, before and after it is turned."""
    backend = anew.sender("marketplace", marketplace=PLAYGROUND)
    before = done(await backend.get(CLOCK))["now"]
    old = done(await backend.post("/v1/disputes", filing()), 201)
    await _turned(backend, 1)  # nothing of the old dispute is due by then, so nothing changes it by itself
    turned = done(await backend.get(CLOCK))["now"]
    new = done(await backend.post("/v1/disputes", filing()), 201)
    after = done(await backend.get(CLOCK))["now"]

    async def changed(since: str) -> dict[str, str]:
        found = await backend.get(
            "/v1/disputes", params={"changed_after": since}, headers={"At-Least": new["position"]}
        )
        return {row["id"]: row["changed_at"] for row in done(found)["items"]}

    at = await changed(before)
    assert at.keys() == {old["id"], new["id"]}
    assert before <= at[old["id"]] < turned <= at[new["id"]] <= after
    assert await changed(turned) == {new["id"]: at[new["id"]]}
    assert await changed(at[new["id"]]) == {new["id"]: at[new["id"]]}, "a caller that asks again from there misses none"
    assert await changed(after) == {}


async def test_whoever_must_act_is_reminded(anew: House) -> None:
    """The reminder is a fact that anybody may subscribe to, a day before the end. The deadline announces it from the
    beginning.
    """
    backend = anew.sender("marketplace", marketplace=PLAYGROUND)
    rules = [{"of": "deadline", "hours_before": 24, "only": ["response"]}, {"of": "service", "hours_before": 2}]
    policy = {"version": "mindful", "reminders": rules}
    done(await anew.sender("administrator", marketplace=PLAYGROUND).post("/v1/policies", policy), 201)
    filed = done(await backend.post("/v1/disputes", filing()), 201)
    at = f"/v1/disputes/{filed['id']}"
    window = done(await backend.get(f"{at}/deadlines", headers={"At-Least": filed["position"]}))["items"][0]
    (remind_at,) = map(datetime.fromisoformat, window["remind_at"])
    assert remind_at == datetime.fromisoformat(window["due_at"]) - timedelta(days=1)

    await _turned_past(backend, remind_at.isoformat())
    async with asyncio.timeout(60):
        while True:
            if told := [e for e in await _events(backend) if e["kind"] == "Reminded"]:
                break
            await asyncio.sleep(0.02)
    (reminder,) = told
    assert datetime.fromisoformat(reminder["occurred_at"]) == remind_at
    shown = {name: reminder["details"][name] for name in ("to", "name", "due_at")}
    assert shown == {"to": "seller", "name": "response", "due_at": window["due_at"]}
    case = done(await backend.get(at))
    assert (case["stage"], case["awaiting"]) == ("negotiation", "respondent")
    assert done(await backend.get(f"{at}/deadlines"))["items"][0]["remind_at"] == []
    done(await backend.post(f"{at}/messages", {"message": said("Please answer.")}), 201)
    assert sum(e["kind"] == "Reminded" for e in await _events(backend)) == 1


async def _events(sender: Sender) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = done(await sender.get("/v1/events", params={"limit": "100"}))["items"]
    return items
