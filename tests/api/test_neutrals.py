"""Who the neutral of a dispute is, over HTTP: handing over, stepping down."""

from typing import Any

from tests.api.house import House, done, refused, said


async def mediated(house: House, **changes: Any) -> tuple[str, dict[str, Any]]:
    """Where a dispute that waits for a neutral is, and what calling one answered."""
    await house.open_at_once()
    filed = await house.filed(**changes)
    at = f"/v1/disputes/{filed['id']}"
    return at, done(await house.speaking_for("buyer").post(f"{at}/escalation"))


async def test_a_case_is_handed_over(anew: House) -> None:
    """The successor sees everything, who had it before and why it moved; the predecessor sees it no more."""
    first, second, supervisor = await anew.neutral(), await anew.neutral(), anew.sender("supervisor")
    at, waiting = await mediated(anew)
    done(await first.post(f"{at}/assignment", {}))
    promise = {"kind": "call_back", "owed_by": "neutral", "owed_to": "buyer", "due_at": "2099-01-01T10:00:00Z"}
    promised = done(await first.post(f"{at}/commitments", promise), 201)
    body = {"neutral": str(second.subject), "reason": said("On leave from Monday.")}
    refused(await first.post(f"{at}/reassignment", body), 403, "NotForThisRole")
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
    assert {(c["kind"], c["owed_by"]) for c in owed} == {("call_back", "neutral"), ("review", "neutral")}
    assert promised["commitment_id"] in {c["id"] for c in owed}


async def test_a_neutral_steps_down(anew: House) -> None:
    """For good; it waits for another one, and what the neutral owed is the supervisor's until then."""
    neutral, supervisor = await anew.neutral(), anew.sender("supervisor")
    at, waiting = await mediated(anew)
    done(await neutral.post(f"{at}/assignment", {}))
    stepped = done(await neutral.post(f"{at}/recusal", {"reason": said("I know the seller.")}))
    assert (stepped["awaiting"], stepped["actions"]) == ("supervisor", [])
    refused(await neutral.post(f"{at}/assignment", {}), 409, "HasSteppedDown")
    owed = done(await supervisor.get("/v1/commitments", headers={"At-Least": stepped["position"]}))["items"]
    assert [(c["kind"], c["owed_by"]) for c in owed if c["dispute_id"] == waiting["id"]] == [("review", "supervisor")]
