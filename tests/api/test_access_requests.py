"""What is kept about a person, over HTTP: asked for, owed, answered with everything about them and nobody else."""

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from mediation.store.desk import presences
from mediation.store.desk.console_sessions import ConsoleSessions, Person
from mediation.store.desk.presences import Changed
from tests.api.house import MARKETPLACE, House, Sender, done, refused, said
from tests.api.rulings import people, somebody

pytestmark = pytest.mark.asyncio(loop_scope="module")

OTHER = "[another person]"


async def party(house: House, dispute_id: str, side: str, **more: str) -> Sender:
    """Somebody with a token of their own."""
    token = done(await house.backend.post(f"/v1/disputes/{dispute_id}/party-tokens", {"side": side, **more}), 201)
    return Sender(house.http, token["token"])


async def answer(reader: Sender, asked: Mapping[str, Any]) -> list[dict[str, Any]]:
    path = f"/v1/access-requests/{asked['subject']}/{asked['number']}/answer"
    return [json.loads(line) for line in (await reader.get(path)).text.splitlines()]


def facts(told: Sequence[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [line for line in told if line.get("kind") == kind]


async def test_a_buyer_asks_what_is_kept(at_home: House) -> None:
    """With a token of their own. The marketplace makes sure who it is, and opens the answer. It holds both of their
    disputes and what they wrote; the seller's name and words are masked."""
    buyer, seller = somebody(), somebody()
    first = await at_home.filed(**people(buyer, seller))
    second = await at_home.filed(**people(buyer, somebody()))
    done(
        await at_home.speaking_for("seller").post(
            f"/v1/disputes/{first['id']}/messages", {"message": said("Secret shop."), "channel": "web"}
        ),
        201,
    )
    here = await party(at_home, second["id"], "buyer")
    asked = done(await here.post("/v1/access-requests"), 201)
    assert (asked["by"], asked["number"], asked["answered_at"], asked["answer"]) == ("buyer", 1, None, None)
    refused(await here.get(f"/v1/access-requests/{asked['subject']}/1/answer"), 409, "NotAnsweredYet")

    owed = await at_home.backend.get(
        "/v1/commitments?kind=provide&owed_by=marketplace", headers={"At-Least": asked["position"]}
    )
    (mine,) = [one for one in done(owed)["items"] if one["id"] == asked["commitment_id"]]
    assert (mine["arises_from"], mine["owed_to"], mine["due_at"]) == ("access", "buyer", asked["due_at"])
    seller_sees = await at_home.seen(second["id"], asked["position"], at_home.speaking_for("seller"))
    assert seller_sees["commitments"] == []

    refused(await here.post(f"/v1/access-requests/{asked['subject']}/1/answer"), 403, "NotForThisRole")
    opened = done(await at_home.backend.post(f"/v1/access-requests/{asked['subject']}/1/answer"))
    assert opened["answer"] == f"/v1/access-requests/{asked['subject']}/1/answer"
    told = await answer(here, opened)
    assert [line["record"] for line in told[:2]] == ["person", "claim_history"]
    assert set(told[0]["disputes"]) == {first["id"], second["id"]}
    assert told[1]["filed"]["claims"] == 2
    filings = facts(told, "DisputeFiled")
    assert [one["details"]["party"]["id"] for one in filings] == [buyer, buyer]
    assert filings[0]["details"]["order"]["order_id"] not in ("[erased]", OTHER)
    (message,) = facts(told, "MessagePosted")
    assert message["details"]["message"]["text"] == OTHER
    assert seller not in json.dumps(told)
    assert "Secret shop." not in json.dumps(told)
    assert [one["details"]["number"] for one in facts(told, "AccessRequested")] == [1]


async def test_what_no_party_is_told_otherwise(at_home: House) -> None:
    """The facts behind a limit on claims are in the answer too, and where the person is signed in."""
    limits = [{"of": "buyer", "days": 30, "claims": 1, "beyond": "review"}]
    policy = {"version": f"limited-{somebody()}".lower(), "abuse": {"limits": limits}}
    done(await at_home.sender("administrator").post("/v1/policies", policy), 201)
    buyer = somebody()
    await at_home.filed(**people(buyer))
    await at_home.filed(**people(buyer))
    asked = done(await at_home.backend.post("/v1/access-requests", {"party": buyer}), 201)
    sessions = ConsoleSessions(at_home.services.pool, at_home.services.keys)
    await sessions.begin(Person(UUID(asked["subject"]), "auditor", MARKETPLACE), timedelta(hours=1))
    page = Changed(uuid4(), UUID(asked["subject"]), MARKETPLACE)
    await presences.renew(
        at_home.services.pool, page, page=uuid4(), role="auditor", writing="write_note", at=at_home.clock.now()
    )
    opened = done(await at_home.backend.post(f"/v1/access-requests/{asked['subject']}/1/answer"))
    told = await answer(at_home.sender("administrator"), asked)
    (looks,) = [line for line in told if line["record"] == "presence"]
    assert (looks["dispute_id"], looks["writing"]) == (str(page.dispute_id), "write_note")
    (session,) = [line for line in told if line["record"] == "console_session"]
    assert session["begun_at"] < session["expires_at"]
    assert len(facts(told, "ClaimCounted")) == 2
    (beyond,) = facts(told, "ClaimBeyondLimit")
    assert beyond["details"] == {"what": "claims", "days": 30, "most": "1"}
    since = {"At-Least": opened["position"]}
    listed = done(await at_home.backend.get("/v1/access-requests?answered=true", headers=since))["items"]
    assert asked["subject"] in {one["subject"] for one in listed}


async def test_nobody_asks_for_somebody_else(at_home: House) -> None:
    """Not the other side, not a representative, who would see the party's other disputes, and not a supervisor."""
    buyer = somebody()
    filed = await at_home.filed(**people(buyer))
    at = f"/v1/disputes/{filed['id']}"
    name = {"side": "buyer", "id": "law-12", "name": "Avv. Rossi"}
    done(await at_home.speaking_for("buyer").post(f"{at}/representatives", name), 201)
    lawyer = await party(at_home, filed["id"], "buyer", representative="law-12")
    refused(await lawyer.post("/v1/access-requests"), 403, "MayNotAskForThem")
    here, seller = await party(at_home, filed["id"], "buyer"), await party(at_home, filed["id"], "seller")
    refused(await seller.post("/v1/access-requests", {"party": buyer}), 403, "MayNotAskForThem")
    refused(await at_home.sender("supervisor").post("/v1/access-requests", {"party": buyer}), 403, "NotForThisRole")
    refused(await at_home.backend.post("/v1/access-requests", {"party": somebody()}), 404, "UnknownPerson")
    asked = done(await here.post("/v1/access-requests"), 201)
    done(await at_home.backend.post(f"/v1/access-requests/{asked['subject']}/1/answer"))
    for nobody in (seller, lawyer):
        assert (await nobody.get(f"/v1/access-requests/{asked['subject']}/1/answer")).status_code in (403, 404)


async def test_a_correction(at_home: House) -> None:
    """It stands beside what it corrects, for the party and the desk. The other side does not see it."""
    filed = await at_home.filed()
    at = f"/v1/disputes/{filed['id']}"
    buyer, seller = at_home.speaking_for("buyer"), at_home.speaking_for("seller")
    before = await at_home.seen(filed["id"], filed["position"], buyer)
    wrong = {"what": "name", "correction": said("Il mio nome è Maria Bianchi.", "it")}
    done_so = done(await buyer.post(f"{at}/rectifications", wrong))
    case = await at_home.seen(filed["id"], done_so["position"], buyer)
    (told,) = case["rectifications"]
    assert (told["number"], told["by"], told["what"]) == (1, "buyer", "name")
    assert told["correction"]["text"] == "Il mio nome è Maria Bianchi."
    assert case["buyer"] == before["buyer"]
    assert (await at_home.seen(filed["id"], done_so["position"], seller))["rectifications"] == []
    assert "RecordRectified" not in (await seller.get(f"{at}/history")).text
