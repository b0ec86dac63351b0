"""Extracts of a marketplace and of an auditor: everything they may see and nothing else, in forms that other tools read."""

import csv
import json
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from jsonschema import Draft7Validator

from domain.kernel.base import Role
from domain.kernel.people import Side
from tests.api.house import House, Sender, done, filing, refused, said
from tests.api.test_hearing import hearing

pytestmark = pytest.mark.asyncio(loop_scope="module")

SCHEMA = json.loads((Path(__file__).parents[1] / "data" / "ocel20.schema.json").read_text())


async def _taken(reader: Sender, form: str, **headers: str) -> str:
    response = await reader.get("/v1/extract", params={"form": form}, headers=headers)
    assert response.status_code == 200, response.text
    return response.text


async def _lines(reader: Sender, **headers: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (await _taken(reader, "jsonl", **headers)).splitlines()]


async def _settled(house: House) -> str:
    """A dispute with a caucus message, an offer, a settlement and a refund."""
    here = await hearing(house, impasse=False)
    secret = {"message": (None, "Fünfzig reichen mir"), "language": (None, "de")}
    done(await here.buyer.post(f"{here.at}/caucus", files=secret), 201)
    offer = {"amount": {"amount": "40.00", "currency": "EUR"}, "message": said("Mein Angebot.", "de")}
    done(await here.seller.post(f"{here.at}/offers", offer), 201)
    done(await here.buyer.post(f"{here.at}/offers/1/acceptance", match=await here.version(Side.BUYER)))
    (refund,) = await house.refunds(1, dispute_id=here.id)
    done(await house.backend.post(f"/v1/refunds/{refund['id']}/confirmation", {"provider_reference": "re_1"}))
    return here.id


async def test_an_auditor_takes_every_fact_away_whole(at_home: House) -> None:
    dispute, auditor = await _settled(at_home), at_home.sender(Role.AUDITOR)
    last = await at_home.services.log.last_position()
    facts = await _lines(auditor)
    stored = [f for f in await at_home.services.log.after(0, last) if f.marketplace == "bazaar"]
    assert [fact["position"] for fact in facts][: len(stored)] == [f.position for f in stored]
    mine = {fact["kind"]: fact["body"] for fact in facts if fact["dispute_id"] == dispute}
    assert mine["DisputeFiled"]["claim"]["statement"]["text"] == "Il vaso è rotto."
    assert mine["CaucusMessagePosted"]["message"]["text"] == "Fünfzig reichen mir"
    assert {"MandateGranted", "TransactionRecorded"} <= {fact["kind"] for fact in facts}


async def test_a_marketplace_takes_away_what_it_is_told(at_home: House) -> None:
    dispute = await _settled(at_home)
    facts = await _lines(at_home.backend)
    feed: list[dict[str, Any]] = []
    page: dict[str, Any] = {"items": [1], "next": None}
    newest = await at_home.services.log.last_position()
    token = at_home.app.state.http.opaque.seal("position", "bazaar", str(newest))
    while page["items"]:
        query = {"limit": "100", "bookkeeping": "true", **({"cursor": page["next"]} if page["next"] else {})}
        page = done(await at_home.backend.get("/v1/events", params=query, headers={"At-Least": token}))
        feed += page["items"]
    assert [fact["id"] for fact in facts] == [fact["id"] for fact in feed]
    told = {fact["kind"]: fact["details"] for fact in facts if fact["dispute_id"] == dispute}
    assert "message" not in told["CaucusMessagePosted"]
    assert told["OfferMade"]["message"]["text"] == "Mein Angebot."


async def test_a_table_has_the_same_facts(at_home: House) -> None:
    await _settled(at_home)
    for reader, details in ((at_home.sender(Role.AUDITOR), "body"), (at_home.backend, "details")):
        facts = await _lines(reader)
        rows = list(csv.DictReader(StringIO(await _taken(reader, "csv"))))[: len(facts)]
        assert [row["kind"] for row in rows] == [fact["kind"] for fact in facts]
        assert list(rows[0]) == list(facts[0])
        assert [json.loads(row[details]) for row in rows] == [fact[details] for fact in facts]


async def test_process_mining_opens_it(at_home: House) -> None:
    """Valid against the schema of OCEL 2.0. Each named object exists once, and no text is from a person."""
    dispute = await _settled(at_home)
    text = await _taken(at_home.backend, "ocel")
    log = json.loads(text)
    assert list(Draft7Validator(SCHEMA).iter_errors(log)) == []
    objects = {found["id"]: found for found in log["objects"]}
    assert len(objects) == len(log["objects"])
    assert len({event["id"] for event in log["events"]}) == len(log["events"])
    declared = {
        which: {kind["name"]: {attribute["name"] for attribute in kind["attributes"]} for kind in log[which]}
        for which in ("eventTypes", "objectTypes")
    }
    for which, types in (("events", "eventTypes"), ("objects", "objectTypes")):
        for one in log[which]:
            assert {attribute["name"] for attribute in one["attributes"]} <= declared[types][one["type"]]
            assert {related["objectId"] for related in one["relationships"]} <= objects.keys()
    mine = [event for event in log["events"] if {"objectId": dispute, "qualifier": "in"} in event["relationships"]]
    facts = await at_home.services.log.of_dispute(UUID(dispute))
    assert [event["type"] for event in mine] == [fact.kind for fact in facts]
    about = {r["objectId"] for event in mine for r in event["relationships"]}
    assert {objects[id]["type"] for id in about} == {"dispute", "order", "party", "offer", "commitment", "refund"}
    offer = objects[f"{dispute}/offer/1"]
    assert [a["value"] for a in offer["attributes"] if a["name"] == "status"] == ["made", "accepted"]
    stages = [a["value"] for a in objects[dispute]["attributes"] if a["name"] == "stage"]
    assert stages[-1] == "closed"
    for written in ("Fünfzig", "Mein Angebot", "vaso", "Name of", "example.com", '"b-77"', "re_1"):
        assert written not in text


async def test_no_object_is_without_an_event(at_home: House) -> None:
    """Process-mining tools drop an object that no event names: the order, a party who did nothing, a ruling."""
    silent = (await at_home.filed())["id"]
    here = await hearing(at_home)
    await here.rules("50.00", "79.90")
    log = json.loads(await _taken(at_home.backend, "ocel"))
    named = {related["objectId"] for event in log["events"] for related in event["relationships"]}
    assert {found["id"] for found in log["objects"]} <= named
    filed = next(
        e for e in log["events"] if e["type"] == "DisputeFiled" and e["relationships"][0]["objectId"] == silent
    )
    assert {related["qualifier"] for related in filed["relationships"]} == {"in", "about", "by", "buyer", "seller"}


async def test_bookkeeping_is_marked(at_home: House) -> None:
    """A process map leaves out the facts that only keep windows and whose move it is."""
    await _settled(at_home)
    marked: dict[str, set[str]] = {"true": set(), "false": set()}
    for event in json.loads(await _taken(at_home.backend, "ocel"))["events"]:
        (told,) = [one["value"] for one in event["attributes"] if one["name"] == "bookkeeping"]
        marked[told].add(event["type"])
    assert {"DeadlineSet", "DeadlineEnded", "MovePassed"} <= marked["true"]
    assert {"DisputeFiled", "OfferMade", "SettlementReached", "RefundConfirmed"} <= marked["false"]
    assert not marked["true"] & marked["false"]


async def test_everybody_takes_away_their_own_marketplace_alone(at_home: House) -> None:
    other = f"m-{uuid4().hex[:8]}"
    elsewhere = done(await at_home.sender(Role.MARKETPLACE, marketplace=other).post("/v1/disputes", filing()), 201)[
        "id"
    ]
    here = (await at_home.filed())["id"]
    for form in ("jsonl", "csv", "ocel"):
        for reader, mine, not_mine in (
            (at_home.backend, here, elsewhere),
            (at_home.sender(Role.AUDITOR), here, elsewhere),
            (at_home.sender(Role.MARKETPLACE, marketplace=other), elsewhere, here),
        ):
            text = await _taken(reader, form)
            assert mine in text
            assert not_mine not in text
        cell = at_home.sender(Role.AUDITOR, marketplace=None)
        text = await _taken(cell, form)
        assert here in text
        assert elsewhere in text
        assert here not in await _taken(cell, form, **{"Mediation-Marketplace": other})


async def test_it_is_for_marketplaces_and_auditors_and_in_forms_that_there_are(at_home: House) -> None:
    for role in (Role.NEUTRAL, Role.SUPERVISOR, Role.ADMINISTRATOR):
        refused(await at_home.sender(role).get("/v1/extract", params={"form": "csv"}), 403, "NotForThisRole")
    refused(await at_home.speaking_for("buyer").get("/v1/extract", params={"form": "csv"}), 403, "NotForThisRole")
    assert (await at_home.backend.get("/v1/extract", params={"form": "xml"})).status_code == 422
    assert (await at_home.backend.get("/v1/extract")).status_code == 422
