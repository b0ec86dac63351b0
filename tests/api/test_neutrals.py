"""The neutral of a dispute over HTTP: assigned, replaced, stepped down, challenged."""

import asyncio
from typing import Any

from tests.api.house import House, done, refused, said
from tests.postgres import each_version


async def mediated(house: House, **changes: Any) -> tuple[str, dict[str, Any]]:
    """The address of a dispute that waits for a neutral, and the answer to the escalation."""
    await house.open_at_once()
    filed = await house.filed(**changes)
    at = f"/v1/disputes/{filed['id']}"
    return at, done(await house.speaking_for("buyer").post(f"{at}/escalation"))


async def test_a_case_is_handed_over(anew: House) -> None:
    """The successor sees everything: the former neutral, and why the case moved. The former neutral sees it no more."""
    first, second, supervisor = await anew.neutral(), await anew.neutral(), anew.sender("supervisor")
    at, waiting = await mediated(anew)
    done(await first.post(f"{at}/assignment", {}))
    promise = {"kind": "call_back", "owed_by": "neutral", "owed_to": "buyer", "due_at": "2099-01-01T10:00:00Z"}
    promised = done(await first.post(f"{at}/commitments", promise), 201)
    body = {"neutral": str(second.subject), "reason": said("On leave from Monday.")}
    refused(await second.post(f"{at}/reassignment", body), 403, "NotTheNeutral")
    moved = done(await supervisor.post(f"{at}/reassignment", body))
    assert moved["awaiting"] == "neutral"
    refused(await first.get(at), 404, "UnknownDispute")
    case = await anew.seen(waiting["id"], moved["position"], second)
    assert case["neutral"] == str(second.subject)
    assert [(t["neutral"], t["why"], t["released_by"]) for t in case["neutrals"]] == [
        (str(first.subject), "reassigned", "supervisor"),
        (str(second.subject), None, None),
    ]
    assert case["neutrals"][0]["reason"] == said("On leave from Monday.")
    owed = done(await second.get("/v1/commitments", headers={"At-Least": moved["position"]}))["items"]
    assert {(c["kind"], c["owed_by"]) for c in owed} == {
        (kind, "neutral") for kind in ("call_back", "review", "decide")
    }
    assert promised["commitment_id"] in {c["id"] for c in owed}
    for neutral, held in ((first, []), (second, [waiting["id"]])):
        query, since = {"neutral": str(neutral.subject)}, {"At-Least": moved["position"]}
        listed = done(await supervisor.get("/v1/disputes", params=query, headers=since))["items"]
        assert [dispute["id"] for dispute in listed] == held


async def test_many_are_handed_over_with_a_note(anew: House) -> None:
    """By their neutral. The one that the successor may not have stays; a dry run says so before. Sent again, nothing more
    happens."""
    first, second = await anew.neutral(), await anew.neutral()
    mine = [await mediated(anew) for _ in range(3)]
    for at, _ in mine:
        done(await first.post(f"{at}/assignment", {}))
    stays, _ = mine[0]
    done(
        await anew.sender("supervisor").post(
            f"{stays}/reassignment", {"neutral": str(second.subject), "reason": said("x")}
        )
    )
    done(await second.post(f"{stays}/recusal", {"reason": said("I know the seller.")}))
    done(await first.post(f"{stays}/assignment", {}))
    _, waiting = await mediated(anew)
    third, away = await anew.neutral(), await anew.neutral()
    fresh = {"At-Least": done(await away.post(f"/v1/mandates/{away.subject}/leave", {}))["position"]}
    could = done(await first.get(f"{stays}/successors", headers=fresh))["items"]
    assert could == [{"neutral": str(third.subject), "languages": ["en"]}]
    refused(await second.get(f"{stays}/successors"), 404, "UnknownDispute")
    refused(await anew.backend.get(f"{stays}/successors"), 403, "NotForThisRole")
    note = said("等实验室的结果。", "zh-Hans")
    body = {
        "disputes": [*(filed["id"] for _, filed in mine), waiting["id"]],
        "neutral": str(second.subject),
        "reason": said("On leave from Monday."),
        "note": note,
    }
    would = done(await first.send("POST", "/v1/handovers", json=body, params={"dry_run": "true"}))
    assert [one["would"] for one in would["items"]] == ["be_refused", "be_done", "be_done", "be_refused"]
    moved = done(await first.post("/v1/handovers", body, key="all"))
    assert moved["done"] == 2
    codes = [one["problem"] and one["problem"]["code"] for one in moved["items"]]
    assert codes == ["HasSteppedDown", None, None, "NotTheNeutral"]
    assert done(await first.post("/v1/handovers", body, key="all"))["done"] == 2
    for at, _ in mine[1:]:
        (left,) = done(await second.get(f"{at}/notes", headers={"At-Least": moved["position"]}))["items"]
        assert (left["note"], left["author"]) == (note, str(first.subject))
    assert done(await first.get(stays))["neutral"] == str(first.subject)
    refused(await anew.backend.post("/v1/handovers", body), 403, "NotForThisRole")
    back = {"disputes": [mine[1][1]["id"]], "reason": said("Ill.")}
    assert done(await second.post("/v1/handovers", back))["done"] == 1
    assert done(await anew.sender("supervisor").get(mine[1][0]))["neutral"] is None


async def test_a_neutral_steps_down(anew: House) -> None:
    """For good. The dispute waits for another neutral, and until then the supervisor owes the neutral's commitments."""
    neutral, supervisor = await anew.neutral(), anew.sender("supervisor")
    at, waiting = await mediated(anew)
    done(await neutral.post(f"{at}/assignment", {}))
    stepped = done(await neutral.post(f"{at}/recusal", {"reason": said("I know the seller.")}))
    assert (stepped["awaiting"], stepped["actions"]) == ("supervisor", [])
    refused(await neutral.post(f"{at}/assignment", {}), 409, "HasSteppedDown")
    owed = done(await supervisor.get("/v1/commitments", headers={"At-Least": stepped["position"]}))["items"]
    theirs = [(c["kind"], c["owed_by"]) for c in owed if c["dispute_id"] == waiting["id"]]
    assert theirs == [("review", "supervisor"), ("assign", "supervisor"), ("decide", "supervisor")]


@each_version
async def test_mandates_are_listed(anew: House) -> None:
    """Languages and authority, disputes held, who is on leave, and who has left and why."""
    administrator, supervisor, neutral = anew.sender("administrator"), anew.sender("supervisor"), await anew.neutral()
    mandate = {
        "neutral": str(neutral.subject),
        "languages": ["en", "it"],
        "authority": [{"amount": "500.00", "currency": "EUR"}],
        "most_cases": 1,
        "tiers": ["standard"],
        "desk": "emea",
        "conflicts": ["s-77"],
    }
    done(await administrator.post("/v1/mandates", mandate), 201)
    refused(await administrator.post("/v1/mandates", mandate | {"tiers": ["tin"]}), 422, "UnknownTier")
    at, _ = await mediated(anew)
    taken = done(await neutral.post(f"{at}/assignment", {}))
    second, _ = await mediated(anew)
    refused(await neutral.post(f"{second}/assignment", {}), 409, "HoldsTooMany")
    office = f"/v1/mandates/{neutral.subject}"
    away = done(await neutral.post(f"{office}/leave", {"until": "2099-01-01T08:00:00Z"}))
    (shown,) = done(await supervisor.get("/v1/mandates?desk=emea", headers={"At-Least": away["position"]}))["items"]
    terms = {k: v for k, v in shown.items() if k in mandate}
    assert terms == mandate | {"conflicts": 1}
    assert (shown["cases"], shown["on_leave"], shown["leave_until"]) == (1, True, "2099-01-01T08:00:00Z")
    done(await neutral.post(f"{office}/return"))

    refused(await supervisor.post(f"{office}/closure", {"reason": said("Left.")}), 403, "NotForThisRole")
    closed = done(await administrator.post(f"{office}/closure", {"reason": said("Has left.")}))
    refused(await neutral.post(f"{at}/messages", {"message": said("Hello?")}), 409, "NoMandate")
    async with asyncio.timeout(60):
        while True:
            case = await anew.seen(taken["id"], taken["position"])
            if case["neutral"] is None:
                break
            await asyncio.sleep(0.02)
    assert [(t["why"], t["released_by"]) for t in case["neutrals"]] == [("mandate_closed", "engine")]
    seen = {"At-Least": closed["position"]}
    left = done(await supervisor.get("/v1/mandates", params={"closed": "true"}, headers=seen))["items"]
    assert [(m["neutral"], m["reason"]) for m in left] == [(str(neutral.subject), said("Has left."))]


async def test_a_challenge_is_decided(anew: House) -> None:
    """Declared, challenged, decided: each fact is in the case file and in the history."""
    buyer, neutral, supervisor = anew.speaking_for("buyer"), await anew.neutral(), anew.sender("supervisor")
    at, _ = await mediated(anew)
    done(await neutral.post(f"{at}/assignment", {}))
    disclosed = said("I once bought there.")
    done(await neutral.post(f"{at}/interests", {"disclosed": disclosed}))
    challenge = {"ground": "interest", "reason": said("È di parte.", "it")}
    made = done(await buyer.post(f"{at}/challenges", challenge), 201)
    assert (made["number"], made["awaiting"]) == (1, "supervisor")
    shown = done(await supervisor.get(at))
    assert "decide_challenge" in {action["name"] for action in shown["actions"]}
    decision = {"granted": True, "reasons": said("The doubt is reasonable.")}
    refused(await supervisor.post(f"{at}/challenges/2/decision", decision), 404, "UnknownChallenge")
    decided = done(await supervisor.post(f"{at}/challenges/1/decision", decision))
    case = await anew.seen(made["id"], decided["position"], buyer)
    assert [d["disclosed"] for d in case["declarations"]] == [disclosed]
    assert [(c["ground"], c["granted"], c["decided_by"]) for c in case["challenges"]] == [
        ("interest", True, "supervisor")
    ]
    assert [t["why"] for t in case["neutrals"]] == ["challenged"]
    history = done(await buyer.get(f"{at}/history", headers={"At-Least": decided["position"]}))["items"]
    assert {"InterestsDeclared", "NeutralChallenged", "ChallengeDecided"} <= {entry["kind"] for entry in history}


async def test_the_second_party_joins(anew: House) -> None:
    """The second party gives its own reason, which the case file shows beside the first one's."""
    at, called = await mediated(anew)
    joined = done(await anew.speaking_for("seller").post(f"{at}/escalation", {"reason": said("他不接受。", "zh-Hans")}))
    assert "escalate" not in {action["name"] for action in joined["actions"]}
    escalation = (await anew.seen(called["id"], joined["position"]))["escalation"]
    assert (escalation["by"], [(j["by"], j["reason"]) for j in escalation["joined"]]) == (
        "buyer",
        [("seller", said("他不接受。", "zh-Hans"))],
    )
