"""Incidents over HTTP: disputes are grouped, get shared items and proposals to all, and are seen as a whole."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest

from domain.incidents.incident import UnknownIncident
from domain.kernel.refusals import UnknownDispute
from mediation.engine import Engine
from tests.api.house import House, Sender, done, euros, refused, said
from tests.api.test_neutrals import mediated
from tests.postgres import each_version
from tests.worlds import heartbeat

OPENED = {"kind": "customs_seizure", "title": said("The batch of 2 May"), "reason": said("Seized at the border.")}


async def _opened(house: House, by: Sender) -> tuple[str, dict[str, Any]]:
    answered = done(await by.post("/v1/incidents", OPENED), 201)
    return f"/v1/incidents/{answered['id']}", answered


async def _mediated(house: House, neutral: Sender, **changes: Any) -> str:
    """The id of a dispute that is assigned to the neutral."""
    at, waiting = await mediated(house, **changes)
    done(await neutral.post(f"{at}/assignment", {}))
    done(await neutral.post(f"{at}/messages", {"message": said("I am looking at it.")}), 201)
    return str(waiting["id"])


async def _until(reader: Sender, at: str, number: int, progress: dict[str, Any], **wanted: Any) -> dict[str, Any]:
    """The incident, once a proposal or offer to all has made this progress, and the disputes are in this state."""
    async with asyncio.timeout(60):
        while True:
            whole = done(await reader.get(at))
            said_to_all = whole["acts"][number - 1]
            stand = {name: whole["progress"][name] for name in progress}
            if ({name: said_to_all[name] for name in wanted}, stand) == (wanted, progress):
                return whole
            await asyncio.sleep(0.02)


@each_version
async def test_a_batch_from_opening_to_its_settlements(anew: House) -> None:
    """Two disputes get the same shared items and the same proposal, and each answers alone."""
    neutral, supervisor, backend = await anew.neutral(), anew.sender("supervisor"), anew.backend
    first, second = await _mediated(anew, neutral), await _mediated(anew, neutral, paid="33.33")
    at, opened = await _opened(anew, supervisor)
    joined = done(await neutral.post(f"{at}/members", {"disputes": [first, second, first]}))
    assert (joined["done"], [item["problem"] for item in joined["items"]]) == (2, [None, None])

    form, files = (
        {"description": "The seizure notice", "language": "en"},
        {"file": ("notice.txt", b"seized", "text/plain")},
    )
    shared = done(await backend.post(f"{at}/exhibits", data=form, files=files), 201)
    finding = {"finding": said("All of it was seized."), "rests_on": [1]}
    found = done(await neutral.post(f"{at}/findings", finding), 201)
    assert (shared["number"], found["number"], found["id"]) == (1, 2, opened["id"])

    buyer = anew.speaking_for("buyer")
    case = done(await buyer.get(f"/v1/disputes/{first}"))
    assert case["incident"]["id"] is None
    assert [(item["number"], item["form"], item["text"]) for item in case["shared"]] == [
        (1, "exhibit", said("The seizure notice")),
        (2, "finding", said("All of it was seized.")),
    ]
    assert {a["href"] for a in case["actions"] if a["name"] == "answer_shared"} == {
        f"/v1/disputes/{first}/shared/{number}/answer" for number in (1, 2)
    }
    assert (await buyer.get(case["shared"][0]["file"]["href"])).content == b"seized"
    answered = done(await buyer.post(f"/v1/disputes/{first}/shared/1/answer", {"message": said("Non il mio.", "it")}))
    assert [a["href"] for a in answered["actions"] if a["name"] == "answer_shared"] == [
        f"/v1/disputes/{first}/shared/2/answer"
    ]
    case = await anew.seen(first, answered["position"], neutral)
    assert case["incident"]["id"] == opened["id"]
    assert [(a["by"], a["message"]) for a in case["shared"][0]["answers"]] == [("buyer", said("Non il mio.", "it"))]
    assert done(await neutral.get(f"/v1/disputes/{second}"))["shared"][0]["answers"] == []

    body = {"percent": "50", "reasons": said("Neither is at fault.")}
    proposed = done(await neutral.post(f"{at}/proposals", body), 202)
    assert proposed["number"] == 1
    asked = {"by_awaiting": {"both": 2}}
    whole = await _until(supervisor, at, 1, asked, pending=0, by_status={"open": 2}, not_reached={})
    assert whole["acts"][0]["percent"] == "50.00"
    halves = {first: ("64.95", "64.95"), second: ("16.67", "16.66")}
    for dispute_id, (to_buyer, to_seller) in halves.items():
        (made,) = done(await buyer.get(f"/v1/disputes/{dispute_id}"))["proposals"]
        assert (made["award"]["buyer"], made["award"]["seller"]) == (euros(to_buyer), euros(to_seller))
        assert made["reasons"] == said("Neither is at fault.")

    version = done(await buyer.get(f"/v1/disputes/{first}"))["version"]
    accepted = done(await buyer.post(f"/v1/disputes/{first}/proposals/1/acceptance", match=version))
    done(
        await anew.speaking_for("seller").post(
            f"/v1/disputes/{first}/proposals/1/acceptance", match=accepted["version"]
        )
    )
    done(await buyer.post(f"/v1/disputes/{second}/proposals/1/refusal"))
    ended = {"by_outcome": {"settled": 1}, "by_stage": {"execution": 1, "adjudication": 1}}
    whole = await _until(supervisor, at, 1, ended, by_status={"accepted": 1, "refused": 1})
    assert whole["progress"]["amounts"] == [{"disputes": 2, "in_dispute": euros("163.23"), "undecided": euros("33.33")}]
    open_ones = done(await backend.get(f"{at}/members", params={"act": "1", "status": "refused"}))["items"]
    assert [(member["id"], member["stage"]) for member in open_ones] == [(second, "adjudication")]


async def test_a_ruling_rests_on_what_was_shared(anew: House) -> None:
    """Only after both sides have answered it. The dispute can then no longer leave the incident."""
    neutral, supervisor, buyer = await anew.neutral(), anew.sender("supervisor"), anew.speaking_for("buyer")
    member, other = await _mediated(anew, neutral, paid="33.33"), (await anew.filed())["id"]
    at, _ = await _opened(anew, supervisor)
    done(await supervisor.post(f"{at}/members", {"disputes": [member, other]}))
    for _ in range(2):
        done(await supervisor.post(f"{at}/findings", {"finding": said("All of it was seized.")}), 201)
    on_it = f"/v1/disputes/{member}"
    done(await neutral.post(f"{on_it}/impasse"))
    ruling = {
        "award": {"buyer": euros("33.33"), "seller": euros("0.00")},
        "cites_clauses": ["conformity"],
        "cites_shared": [1, 2],
        "reasons": said("The finding holds for this parcel too."),
    }
    version = done(await neutral.get(on_it))["version"]
    early = refused(await neutral.post(f"{on_it}/rulings", ruling, match=version), 409, "ResponseStillDue")
    assert early["facts"]
    done(await anew.speaking_for("seller").post(f"{on_it}/response", {"answer": "contest"}))
    version = done(await neutral.get(on_it))["version"]
    early = refused(await neutral.post(f"{on_it}/rulings", ruling, match=version), 409, "SharedStillUnanswered")
    assert (early["pointer"], early["facts"]["shared"]) == ("/cites_shared", [1, 2])
    for side in ("buyer", "seller"):
        for number in (1, 2):
            done(await anew.speaking_for(side).post(f"{on_it}/shared/{number}/answer"))
    version = done(await neutral.get(on_it))["version"]
    ruled = done(await neutral.post(f"{on_it}/rulings", ruling, match=version), 201)
    assert (await anew.seen(member, ruled["position"], buyer))["rulings"][0]["cites_shared"] == [1, 2]
    leaving = done(await supervisor.post(f"{at}/members/removal", {"disputes": [member, other]}))
    assert [item["problem"] and item["problem"]["code"] for item in leaving["items"]] == ["IncidentIsCited", None]


@each_version
async def test_what_an_offer_to_all_does_not_reach_is_told(anew: House) -> None:
    """Another seller's dispute and one outside the incident don't get it; the others do. No party sees an incident."""
    at, opened = await _opened(anew, anew.backend)
    seller = anew.speaking_for("seller")
    mine, outside = (await anew.filed())["id"], (await anew.filed())["id"]
    other = {"id": "s-other", "country": "CN", "language": "zh-Hans", "time_zone": "Asia/Shanghai", "tier": "standard"}
    theirs = (await anew.filed(seller=other))["id"]
    strange = str(uuid4())
    joined = done(await anew.backend.post(f"{at}/members", {"disputes": [mine, strange, theirs]}))
    assert [item["problem"] and item["problem"]["code"] for item in joined["items"]] == [None, "UnknownDispute", None]
    offer = {"party": "s-9", "amount": euros("20.00"), "message": said("对不起。", "zh-Hans")}
    done(await seller.post(f"{at}/offers", offer), 202)
    came = {"by_status": {"open": 1}, "not_reached": {"NotItsParty": 1}, "pending": 0}
    await _until(anew.backend, at, 1, {"members": 2}, **came)
    (made,) = done(await anew.speaking_for("buyer").get(f"/v1/disputes/{mine}"))["offers"]
    assert (made["by"], made["amount"], made["message"]) == ("seller", euros("20.00"), offer["message"])
    assert done(await anew.backend.get(f"/v1/disputes/{outside}"))["offers"] == []
    for path in (at, f"{at}/members", "/v1/incidents"):
        refused(await seller.get(path), 403, "NotForThisRole")
    history = done(await seller.get(f"/v1/disputes/{mine}/history"))["items"]
    told = {entry["kind"]: entry["details"] for entry in history}
    assert "IncidentJoined" in told
    assert opened["id"] not in str(told)
    assert "BulkActReached" not in told


@each_version
async def test_bad_input_changes_nothing(anew: House) -> None:
    """Each fault has its own refusal."""
    neutral, backend = await anew.neutral(), anew.backend
    at, opened = await _opened(anew, backend)
    nowhere = f"/v1/incidents/{uuid4()}"
    for path, body in (
        ("/members", {"disputes": [str(uuid4())]}),
        ("/findings", {"finding": said("So.")}),
        ("/proposals", {"percent": "50", "reasons": said("So.")}),
        ("/closure", {}),
    ):
        refused(await neutral.post(nowhere + path, body), 404, "UnknownIncident")
        foreign = anew.sender("neutral", marketplace="elsewhere", subject=neutral.subject)
        assert (await foreign.post(at + path, body)).status_code in (404, 409)
    before = await anew.services.log.last_position()
    for wrong in (
        {},
        {"percent": "50", "amount": euros("1.00")},
        {"percent": "100.01"},
        {"percent": "33.333"},
        {"percent": "-1"},
    ):
        refused(await neutral.post(f"{at}/proposals", {**wrong, "reasons": said("So.")}), 422, "InvalidRequest")
    refused(await backend.post(f"{at}/members", {"disputes": []}), 422, "InvalidRequest")
    refused(await backend.post(f"{at}/members", {"disputes": [str(uuid4())] * 1001}), 422, "InvalidRequest")
    refused(
        await neutral.post(f"{at}/findings", {"finding": said("So."), "rests_on": [1]}), 422, "FindingRestsOnNothing"
    )
    refused(await backend.get(f"{at}/exhibits/1/file"), 404, "UnknownShared")
    refused(await backend.post("/v1/incidents", {**OPENED, "kind": "weather"}), 422, "InvalidRequest")
    assert await anew.services.log.last_position() == before
    since = {"At-Least": done(await backend.post(f"{at}/closure", {"reason": said("A mistake.")}))["position"]}
    refused(await neutral.post(f"{at}/findings", {"finding": said("So.")}), 409, "IncidentIsClosed")
    closed = done(await backend.get("/v1/incidents", params={"closed": "true"}, headers=since))["items"]
    assert [(item["id"], item["members"]) for item in closed] == [(opened["id"], 0)]


@each_version
async def test_a_list_sent_again_is_not_done_twice(anew: House) -> None:
    """Under the same key the answer is the same, whatever has happened since."""
    at, opened = await _opened(anew, anew.backend)
    again = done(await anew.backend.post("/v1/incidents", OPENED), 201)
    assert again["id"] != opened["id"]
    ids = [(await anew.filed())["id"] for _ in range(3)]
    by, key = anew.sender("supervisor"), str(uuid4())
    assert done(await by.post(f"{at}/members", {"disputes": ids}, key=key))["done"] == 3
    left = done(await by.post(f"{at}/members/removal", {"disputes": ids[:1]}))
    assert done(await by.post(f"{at}/members", {"disputes": ids}, key=key))["done"] == 3
    dispute, _, _ = await anew.services.engine.dispute(UUID(ids[0]), "bazaar")
    assert dispute.membership.incident is None
    page = done(await by.get(f"{at}/members?limit=1", headers={"At-Least": left["position"]}))
    rest = done(await by.get(f"{at}/members", params={"cursor": page["next"]}))
    assert [item["id"] for item in page["items"] + rest["items"]] == sorted(ids[1:])


async def test_the_id_of_another_thing_is_unknown(anew: House) -> None:
    """A dispute is no incident, and an incident no dispute. A mistaken id changes neither."""
    by, filed = anew.sender("supervisor"), (await anew.filed())["id"]
    at, opened = await _opened(anew, by)
    done(await by.post(f"{at}/members", {"disputes": [filed]}))
    before = await anew.services.log.last_position()
    wrong = f"/v1/incidents/{filed}"
    for path, body in (("/closure", {}), ("/findings", {"finding": said("So.")}), ("/members", {"disputes": [filed]})):
        refused(await by.post(wrong + path, body), 404, "UnknownIncident")
    refused(await by.get(wrong), 404, "UnknownIncident")
    stay = {"until": "2099-01-01T08:00:00Z", "reasons": said("So.")}
    refused(await by.post(f"/v1/disputes/{opened['id']}/stay", stay), 404, "UnknownDispute")
    refused(await by.get(f"/v1/disputes/{opened['id']}"), 404, "UnknownDispute")
    joining = done(await by.post(f"{at}/members", {"disputes": [opened["id"]]}))
    assert joining["items"][0]["problem"]["code"] == "UnknownDispute"
    assert await anew.services.log.last_position() == before
    cold = Engine(anew.services.log, heartbeat(anew.services.pool))  # it has neither in its cache
    with pytest.raises(UnknownIncident):
        await cold.incident(UUID(filed), "bazaar")
    with pytest.raises(UnknownDispute):
        await cold.dispute(UUID(opened["id"]), "bazaar")


async def test_an_act_that_is_sent_again_offers_the_same(anew: House) -> None:
    """Also what a member may do about the items that its incident shares."""
    by, buyer, filed = anew.sender("supervisor"), anew.speaking_for("buyer"), (await anew.filed())["id"]
    at, _ = await _opened(anew, by)
    done(await by.post(f"{at}/members", {"disputes": [filed]}))
    done(await by.post(f"{at}/findings", {"finding": said("All of it was seized.")}), 201)
    key = str(uuid4())
    first = done(await buyer.post(f"/v1/disputes/{filed}/messages", {"message": said("Dov'è?", "it")}, key=key), 201)
    again = done(await buyer.post(f"/v1/disputes/{filed}/messages", {"message": said("Dov'è?", "it")}, key=key), 201)
    assert "answer_shared" in {action["name"] for action in first["actions"]}
    assert again == first
