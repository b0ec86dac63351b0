"""One dispute over HTTP from its filing to the last cent, and what each viewer sees of it."""

from typing import Any

from tests.api.house import House, Sender, done, euros, refused, said
from tests.postgres import each_version


@each_version
async def test_from_filing_to_the_last_cent(anew: House) -> None:
    """Filed, partly conceded, argued, negotiated, mediated, ruled, paid and closed. Nothing is left owed."""
    await anew.open_at_once()
    buyer, seller, backend = anew.speaking_for("buyer"), anew.speaking_for("seller"), anew.backend
    neutral = await anew.neutral()
    filed = await anew.filed()
    at = f"/v1/disputes/{filed['id']}"
    assert filed["stage"] == "negotiation"
    assert filed["awaiting"] == "respondent"

    part = {"answer": "concede_part", "conceded": euros("9.90"), "statement": said("我们退还一部分。", "zh-Hans")}
    conceded = done(await seller.post(f"{at}/response", part))
    assert conceded["version"] > filed["version"]
    await anew.refunds(1, dispute_id=filed["id"])  # once it is under way, only the acts below change the dispute
    form = {"description": "Foto", "language": "it"}
    photo = {"file": ("vaso.txt", b"rotto in due", "text/plain")}
    assert done(await buyer.post(f"{at}/exhibits", data=form, files=photo), 201)["number"] == 1
    done(await seller.post(f"{at}/exhibits/1/answer", {"message": said("不是我们的包装。", "zh-Hans")}))
    assert done(await buyer.post(f"{at}/messages", {"message": said("Ciao", "it")}), 201)["number"] == 1
    assert done(await seller.post(f"{at}/offers", {"amount": euros("20.00")}), 201)["number"] == 1
    counter = done(await buyer.post(f"{at}/offers", {"amount": euros("80.00"), "counters": 1}), 201)
    assert counter["number"] == 2
    assert done(await buyer.post(f"{at}/escalation"))["stage"] == "mediation"
    assigned = done(await neutral.post(f"{at}/assignment", {"neutral": str(neutral.subject)}))
    assert assigned["awaiting"] == "neutral"

    halves = {"buyer": euros("60.00"), "seller": euros("60.00")}
    done(await neutral.post(f"{at}/proposals", {"award": halves, "reasons": said("Half each.")}), 201)
    agreed = done(await buyer.post(f"{at}/proposals/1/acceptance", match=(await buyer.get(at)).headers["ETag"]))
    assert agreed["stage"] == "mediation"
    failed = done(await seller.post(f"{at}/proposals/1/refusal", {"message": said("不公平", "zh-Hans")}))
    assert failed["stage"] == "adjudication"
    award = {"buyer": euros("70.00"), "seller": euros("50.00")}
    ruling = {
        "award": award,
        "cites_exhibits": [1],
        "cites_clauses": ["conformity"],
        "reasons": said("Exhibit 1 shows it."),
    }
    ruled = done(await neutral.post(f"{at}/rulings", ruling, match=(await neutral.get(at)).headers["ETag"]), 201)
    assert ruled["stage"] == "appeal"
    done(await buyer.post(f"{at}/appeal-waiver"))
    final = done(await seller.post(f"{at}/appeal-waiver"))
    assert (final["stage"], final["outcome"], final["awaiting"]) == ("execution", "ruled_split", "marketplace")

    refunds = await anew.refunds(2, dispute_id=filed["id"])
    assert sorted(refund["amount"]["amount"] for refund in refunds) == ["70.00", "9.90"]
    for refund in refunds:
        paid = {"provider_reference": "re_1"}
        last = done(await backend.post(f"/v1/refunds/{refund['id']}/confirmation", paid))
    assert (last["stage"], last["outcome"], last["awaiting"]) == ("closed", "ruled_split", "none")

    case = await anew.seen(filed["id"], last["position"])
    assert [commitment["status"] for commitment in case["commitments"] if commitment["class"] == "remedy"] == [
        "kept"
    ] * 2
    assert case["exhibits"][0]["description"] == said("Foto", "it")
    assert [(a["by"], a["message"]["language"]) for a in case["exhibits"][0]["answers"]] == [("seller", "zh-Hans")]
    assert case["rulings"][0]["award"].items() >= award.items()
    owed = done(await backend.get("/v1/commitments", headers={"At-Least": last["position"]}))
    assert owed["items"] == []
    refused(await buyer.post(f"{at}/offers", {"amount": euros("1.00")}), 409, "DisputeIsClosed")
    await _history_tells_all(backend, at, last["position"])


async def _history_tells_all(reader: Sender, at: str, position: str) -> None:
    entries: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        page = done(await reader.get(f"{at}/history", params={"limit": "7", **cursor}, headers={"At-Least": position}))
        entries += page["items"]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    kinds = [entry["kind"] for entry in entries]
    assert kinds[0] == "DisputeFiled"
    assert kinds[-1] == "MovePassed"
    assert {"ResponseGiven", "MessagePosted", "RulingIssued", "RefundConfirmed", "DisputeClosed"} <= set(kinds)
    by = {entry["kind"]: entry["by"] for entry in entries}
    assert (by["DisputeFiled"], by["RulingIssued"], by["MovePassed"]) == ("buyer", "neutral", None)
    offer = next(entry for entry in entries if entry["kind"] == "OfferMade")
    assert (offer["title"], offer["by"]) == ("Offer made", "seller")
    assert offer["details"]["terms"]["claimant"] == euros("20.00")
