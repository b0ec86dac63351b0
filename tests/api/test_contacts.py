"""What people asked the marketplace for about an order, over HTTP: recorded, shown to the desk alone, counted, forgotten."""

import asyncio
import json
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from domain.contacts.contacts import MOST_IN_A_MINUTE
from domain.kernel.base import Role
from tests import today
from tests.api.house import PLAYGROUND, House, Sender, done, filing, person, refused, said
from tests.api.rulings import people, somebody

pytestmark = pytest.mark.asyncio(loop_scope="module")

REASON = said("L'ordine è già in preparazione.", "it")


def order() -> str:
    return f"O-{uuid4().hex[:8]}"


def contact(order_id: str, party: str = "b-77", **more: Any) -> dict[str, Any]:
    body = {"order_id": order_id, "party": party, "side": "buyer", "channel": "app", "wanted": "cancel"}
    told = {"outcome": "refused", "reason_code": "already_packed", "reason": REASON}
    return {**body, **told, "at": (today.now() - timedelta(days=3)).isoformat(), **more}


async def asked(by: Sender, order_id: str, party: str = "b-77", **more: Any) -> dict[str, Any]:
    return done(await by.post("/v1/contacts", contact(order_id, party, **more)), 201)


async def seen_by(reader: Sender, dispute_id: str) -> list[dict[str, Any]] | None:
    return done(await reader.get(f"/v1/disputes/{dispute_id}"))["contacts"]  # type: ignore[no-any-return]


async def test_the_neutral_reads_what_was_tried_and_no_party_does(at_home: House) -> None:
    """Before the filing and after it, in the order in which it happened, with the reason as it was shown."""
    named, backend = order(), at_home.backend
    call = (today.now() - timedelta(days=2)).isoformat()
    await asked(backend, named, channel="phone", outcome="abandoned", reason=None, reason_code=None, at=call)
    await asked(backend, named)
    dispute_id = (await at_home.filed(**filing(order=named)))["id"]
    last = await asked(backend, named, "s-9", side="seller", wanted="other", outcome="done", at=today.now().isoformat())
    assert last["number"] == 3
    await at_home.open_at_once()
    for reader in (Role.SUPERVISOR, Role.MARKETPLACE, Role.ADMINISTRATOR, Role.AUDITOR):
        tried = await seen_by(at_home.sender(reader), dispute_id)
        assert tried is not None
        assert [(one["side"], one["channel"], one["outcome"]) for one in tried] == [
            ("buyer", "app", "refused"), ("buyer", "phone", "abandoned"), ("seller", "app", "done"),
        ]  # fmt: skip
        assert (tried[0]["reason"], tried[0]["reason_code"], tried[1]["reason"]) == (REASON, "already_packed", None)
    for side in ("buyer", "seller"):
        assert await seen_by(at_home.speaking_for(side), dispute_id) is None
        assert REASON["text"] not in (await at_home.speaking_for(side).get(f"/v1/disputes/{dispute_id}/history")).text
    listed = done(await backend.get("/v1/contacts", params={"order_id": named}))["items"]
    assert listed == await seen_by(backend, dispute_id)
    trail = done(await at_home.sender("auditor").get(f"/v1/audit/disputes/{dispute_id}/trail"))
    told = [what for step in trail["items"] if "wants cancel" in (what := str(step["what"]))]
    assert "contact 2: the buyer wants cancel (app" in told[1]
    assert REASON["text"] in told[1]


async def test_the_assigned_neutral_reads_it(at_home: House) -> None:
    """A contact changes no version: nobody's act fails because of one."""
    marketplace = f"m-{uuid4().hex[:8]}"
    rules = {"version": "at-once", "windows": {"escalation_opens_after_hours": 0}}
    administrator = at_home.sender(Role.ADMINISTRATOR, marketplace=marketplace)
    done(await administrator.post("/v1/policies", rules), 201)
    named, buyer = order(), at_home.speaking_for("buyer", marketplace)
    filed = done(await buyer.post("/v1/disputes", filing(order=named)), 201)
    neutral = at_home.sender(Role.NEUTRAL, marketplace=marketplace)
    done(
        await administrator.post(
            "/v1/mandates", {"neutral": str(neutral.subject), "languages": ["en"], "authority": []}
        ),
        201,
    )
    done(await buyer.post(f"/v1/disputes/{filed['id']}/escalation"))
    done(await neutral.post(f"/v1/disputes/{filed['id']}/assignment", {}))
    before = await neutral.get(f"/v1/disputes/{filed['id']}")
    await asked(at_home.backend_of(marketplace), named)
    after = await neutral.get(f"/v1/disputes/{filed['id']}")
    assert before.headers["ETag"] == after.headers["ETag"]
    assert [one["wanted"] for one in done(after)["contacts"]] == ["cancel"]
    assert done(await at_home.backend.get("/v1/contacts", params={"order_id": named}))["items"] == [], "of another one"


async def test_what_arrives_again_is_answered_as_the_first_time(at_home: House) -> None:
    """By its id in the channel, also by two requests at once. The same id in another channel is another contact."""
    named, backend = order(), at_home.backend
    first, again = await asyncio.gather(*(asked(backend, named, channel_id="app-1") for _ in range(2)))
    assert (first["number"], again["number"]) == (1, 1)
    assert (await asked(backend, named, channel="chat", channel_id="app-1"))["number"] == 2
    assert len(done(await backend.get("/v1/contacts", params={"order_id": named}))["items"]) == 2


async def test_bad_input(at_home: House) -> None:
    """An order that nobody knows is no mistake: most orders never have a dispute. What hides at an end of an id is one."""
    backend, named = at_home.backend, order()
    ahead = (today.now() + timedelta(minutes=5)).isoformat()
    problem = refused(await backend.post("/v1/contacts", contact(named, at=ahead)), 422, "ContactAhead")
    assert problem["pointer"] == "/at"
    for wrong in ({"order_id": f"\u200b{named}"}, {"party": "b-77\u202e"}, {"reason_code": "Mario Rossi"}):
        refused(await backend.post("/v1/contacts", contact(named) | wrong), 422, "InvalidRequest")
    refused(await at_home.sender("supervisor").post("/v1/contacts", contact(named)), 403, "NotForThisRole")
    assert done(await backend.get("/v1/contacts", params={"order_id": named}))["items"] == []
    refused(await at_home.speaking_for("buyer").get("/v1/contacts", params={"order_id": named}), 403, "NotForThisRole")
    accented, spelt = f"{named}-\u00e9", f"{named}-e\u0301"
    assert [(await asked(backend, one))["number"] for one in (accented, spelt)] == [1, 2], (
        "one order, spelt in two ways"
    )


async def test_a_program_out_of_control_waits(at_home: House) -> None:
    named, backend = order(), at_home.backend
    for _ in range(MOST_IN_A_MINUTE):
        await asked(backend, named)
    above = await backend.post("/v1/contacts", contact(named))
    facts = refused(above, 429, "TooManyContacts")["facts"]
    assert (facts["limit"], above.headers["Retry-After"]) == (MOST_IN_A_MINUTE, str(facts["retry_after"]))
    await asked(backend, named, "s-9", side="seller")


async def test_what_fails_is_counted(at_home: House) -> None:
    """By want, channel, reason and week. A dispute that was there before a contact did not follow from it."""
    marketplace = f"m-{uuid4().hex[:8]}"
    backend, buyer = at_home.backend_of(marketplace), at_home.speaking_for("buyer", marketplace)
    disputed, quiet = order(), order()
    told: tuple[tuple[str, dict[str, Any]], ...] = (
        (disputed, {}),
        (disputed, {"channel": "phone", "outcome": "failed", "reason_code": None}),
        (quiet, {}),
        (quiet, {"outcome": "done", "reason_code": None}),
    )
    for named, more in told:
        await asked(backend, named, **more)
    done(await buyer.post("/v1/disputes", filing(order=disputed)), 201)
    now = today.now().isoformat()
    last = await asked(backend, disputed, wanted="where_is_it", outcome="done", at=now)
    read = {"headers": {"At-Least": last["position"]}}
    supervisor = at_home.sender("supervisor", marketplace=marketplace)
    report = done(await supervisor.get("/v1/reports/contacts", params={"by": "channel"}, **read))
    lines = {(one["wanted"], one["channel"]): one for one in report["items"]}
    counted = ("contacts", "done", "refused", "failed", "abandoned", "orders", "disputed_orders")
    assert {key: tuple(line[name] for name in counted) for key, line in lines.items()} == {
        ("cancel", "app"): (3, 1, 2, 0, 0, 2, 1),
        ("cancel", "phone"): (1, 0, 0, 1, 0, 1, 1),
        ("where_is_it", "app"): (1, 1, 0, 0, 0, 1, 0),
    }
    whole = done(await backend.get("/v1/reports/contacts", **read))
    assert {one["reason_code"] for one in whole["items"]} == {"already_packed", None}
    assert all(datetime.fromisoformat(one["week"]).weekday() == 0 for one in whole["items"])
    turned = {"happened_after": now, "happened_before": (today.now() - timedelta(days=9)).isoformat()}
    refused(await backend.get("/v1/reports/contacts", params=turned), 422, "PeriodReversed")
    refused(await buyer.get("/v1/reports/contacts"), 403, "NotForThisRole")


async def test_who_only_had_contacts_asks_what_is_kept_and_is_erased(at_home: House) -> None:
    """Nobody else's contacts about the same order are in the answer, or go with them."""
    backend, named, mine, theirs = at_home.backend, order(), somebody(), somebody()
    await asked(backend, named, mine)
    await asked(backend, named, theirs, reason=said("Ask the buyer."), side="seller")
    refused(await backend.post("/v1/access-requests", {"party": somebody()}), 404, "UnknownPerson")
    access = done(await backend.post("/v1/access-requests", {"party": mine}), 201)
    assert (access["dispute_id"], access["commitment_id"]) == (None, None)
    opened = done(await backend.post(f"/v1/access-requests/{access['subject']}/1/answer"))
    told = [json.loads(line) for line in (await backend.get(opened["answer"])).text.splitlines()]
    (known,) = [line["details"] for line in told if line.get("kind") == "ContactRecorded"]
    assert (known["order_id"], known["reason"]["text"]) == (named, REASON["text"])
    assert "Ask the buyer." not in json.dumps(told)
    gone = done(await backend.post("/v1/erasures", {"party": mine, "ground": "person_asked"}), 201)
    assert (gone["status"], gone["against"]) == ("erased", [])
    left = done(await backend.get("/v1/contacts", params={"order_id": named}))["items"]
    assert [one["reason"]["text"] for one in left] == ["[erased]", "Ask the buyer."]


async def test_policy_ends_what_is_kept(at_home: House) -> None:
    """A day after the last contact nobody reads it any more. It still counts, without a word of anybody."""
    backend = at_home.backend_of(PLAYGROUND)
    administrator = at_home.sender(Role.ADMINISTRATOR, marketplace=PLAYGROUND)
    rules = {"version": f"a-day-{uuid4().hex[:6]}", "contact_retention_days": 1}
    done(await administrator.post("/v1/policies", rules), 201)
    named = order()
    now = datetime.fromisoformat(done(await backend.get("/v1/sandbox/clock"))["now"])
    first = await asked(backend, named, at=now.isoformat())
    turned = {"now": (now + timedelta(days=1, minutes=1)).isoformat()}
    done(await backend.send("PUT", "/v1/sandbox/clock", json=turned))
    async with asyncio.timeout(60):
        while done(await backend.get("/v1/contacts", params={"order_id": named}))["items"]:
            pass
    again = await asked(backend, named, at=turned["now"], reason=None)
    assert (first["number"], again["number"]) == (1, 2)
    report = done(
        await backend.get(
            "/v1/reports/contacts", params={"happened_after": now.isoformat()}, headers={"At-Least": again["position"]}
        )
    )
    assert sum(one["contacts"] for one in report["items"]) == 2
    kept = done(await backend.get("/v1/contacts", params={"order_id": named}))["items"]
    assert [one["number"] for one in kept] == [2]


def called(**more: Any) -> dict[str, Any]:
    began = (today.now() - timedelta(hours=2)).isoformat()
    return {"text_is": "note", "spoke": ["buyer", "marketplace"], "began_at": began, "seconds": 540, **more}


PUBLIC = {"address": "https://reviews.example/r/4711"}


async def test_a_message_says_what_its_channel_needs(at_home: House) -> None:
    """Everybody in the dispute is told. What arrives again is answered as the first time, with its files."""
    filed = await at_home.filed(**people(somebody()))
    at, buyer, seller = f"/v1/disputes/{filed['id']}/messages", *map(at_home.speaking_for, ("buyer", "seller"))
    public = PUBLIC | {"public_since": (today.now() - timedelta(hours=1)).isoformat()}
    text = {"message": said("Ha promesso una risposta.", "it")}
    for body, code in (
        ({"channel": "phone"}, "ChannelNeedsMore"),
        ({"channel": "review_site"}, "ChannelNeedsMore"),
        ({"channel": "email", "call": called()}, "NotOfThisChannel"),
        ({"channel": "phone", "call": called(began_at=(today.now() + timedelta(hours=1)).isoformat())}, "ChannelAhead"),
        ({"channel": "forum", "public": public | {"address": "https://reviews.example/\u202e4711"}}, "InvalidRequest"),
        ({"channel": "forum", "public": public | {"address": "javascript:alert(1)"}}, "InvalidRequest"),
    ):
        refused(await buyer.post(at, text | body), 422, code)
    spoken = {"channel": "phone", "call": called(recording_consent=True), "channel_id": "call-7"}
    sent = done(await buyer.post(at, text | spoken), 201)
    repeated = done(await buyer.post(at, text | spoken), 201)
    form = {"message": "Vedi la recensione", "language": "it", "channel": "review_site", "public": json.dumps(public)}
    letters = [
        done(await buyer.post(at, data=form | {"channel_id": "r-1"}, files={"files": ("r.txt", b"una stella")}), 201)
        for _ in range(2)
    ]
    assert (sent["number"], repeated["number"], [one["number"] for one in letters]) == (1, 1, [2, 2])
    other = done(await seller.post(at, text | spoken), 201)
    assert other["number"] == 3, "an id of one side takes nothing away from the other"
    for reader in (buyer, seller):
        first, second, _ = done(await reader.get(at, headers={"At-Least": other["position"]}))["items"]
        assert (first["channel"], first["call"]["seconds"], first["call"]["recording_consent"]) == ("phone", 540, True)
        assert (second["public"]["address"], len(second["files"])) == (PUBLIC["address"], 1)


async def test_a_message_of_before_needs_nothing(at_home: House) -> None:
    """A past case is told as it was recorded elsewhere, without what a new message needs."""
    opened = datetime.fromisoformat("2024-03-04T09:30:00+00:00")
    body = filing(now=opened) | {"buyer": person(somebody(), "IT", "it", "Europe/Rome")}
    acts = [("file_dispute", body), ("post_message", {"message": said("Sie rief an.", "de"), "channel": "phone"})]
    case = f"case-{uuid4().hex[:8]}"
    lines = "\n".join(
        json.dumps({"case": case, "act": act, "as": "buyer", "occurred_at": opened.isoformat(), "body": given})
        for act, given in acts
    )
    headers = {"Content-Type": "application/x-ndjson"}
    told = await at_home.backend.post("/v1/imports", content=lines.encode(), headers=headers)
    assert [json.loads(line)["status"] for line in told.text.splitlines()] == ["stored"] * 2
