"""Rulings above authority, appeals, and what only some may see, over HTTP."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from domain.kernel.base import Role
from domain.kernel.people import Side
from tests.api.house import House, Sender, done, euros, refused, said

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass(frozen=True, slots=True)
class Hearing:
    """A contested dispute about 129.90 EUR. Its neutral may rule on `alone` without a co-signature."""

    house: House
    neutral: Sender
    id: str

    @property
    def at(self) -> str:
        return f"/v1/disputes/{self.id}"

    @property
    def buyer(self) -> Sender:
        return self.house.speaking_for("buyer")

    @property
    def seller(self) -> Sender:
        return self.house.speaking_for("seller")

    @property
    def supervisor(self) -> Sender:
        return self.house.sender(Role.SUPERVISOR)

    async def version(self, side: Side | None = None) -> int:
        """As this side counts it, or the desk."""
        return (await self.house.services.engine.dispute(UUID(self.id), "bazaar", side))[1]

    async def rules(self, buyer: str, seller: str, by: Sender | None = None, status: int = 201, **more: Any) -> Any:
        award = {"buyer": euros(buyer), "seller": euros(seller)}
        body = {"award": award, "cites_clauses": ["conformity"], "reasons": said("Unser Grund."), **more}
        return done(await (by or self.neutral).post(f"{self.at}/rulings", body, match=await self.version()), status)

    async def case(self, reader: Sender, since: Mapping[str, Any]) -> dict[str, Any]:
        return await self.house.seen(self.id, since["position"], reader)

    async def history(self, reader: Sender, since: Mapping[str, Any]) -> str:
        """The complete history that a reader may see, as text."""
        headers = {"At-Least": since["position"]}
        return (await reader.get(f"{self.at}/history", params={"limit": "100"}, headers=headers)).text


async def _mandate(house: House, alone: str) -> Sender:
    neutral = house.sender(Role.NEUTRAL)
    mandate = {"neutral": str(neutral.subject), "languages": ["en"], "authority": [euros(alone)]}
    done(await house.sender(Role.ADMINISTRATOR).post("/v1/mandates", mandate), 201)
    return neutral


async def hearing(house: House, alone: str = "1000.00", *, impasse: bool = True) -> Hearing:
    await house.open_at_once()
    neutral = await _mandate(house, alone)
    told = Hearing(house, neutral, (await house.filed())["id"])
    done(await told.seller.post(f"{told.at}/response", {"answer": "contest"}))
    done(await told.buyer.post(f"{told.at}/escalation"))
    done(await neutral.post(f"{told.at}/assignment", {}))
    if impasse:
        done(await neutral.post(f"{told.at}/impasse"))
    return told


async def test_a_ruling_above_authority_waits_unseen_by_the_parties(at_home: House) -> None:
    """202. The parties see the ruling when it is co-signed, and never see the refused one before it."""
    here = await hearing(at_home, alone="1.00")
    first = await here.rules("129.90", "0.00", status=202)
    assert (first["stage"], first["awaiting"], first["number"]) == ("adjudication", "supervisor", 1)
    assert (await here.case(here.buyer, first))["rulings"] == []
    before = await here.history(here.buyer, first)
    assert "RulingIssued" not in before
    assert "co_sign" not in before + (await here.buyer.get("/v1/events", params={"limit": "100"})).text
    seen = {"At-Least": first["position"]}
    lists = (f"{here.at}/commitments", f"/v1/commitments?status=all&dispute_id={here.id}")
    shown = [done(await here.buyer.get(listed, headers=seen)) for listed in lists]
    assert "co_sign" not in str([await here.case(here.buyer, first), *shown])
    offered = await here.case(here.supervisor, first)
    assert {"co_sign_ruling", "refuse_co_signature"} <= {action["name"] for action in offered["actions"]}
    asked, seen = {"dispute_id": here.id, "owed_by": "supervisor"}, {"At-Least": first["position"]}
    owed = done(await here.supervisor.get("/v1/commitments", params=asked, headers=seen))
    assert [(c["kind"], c["status"], c["arises_from"]) for c in owed["items"]] == [("co_sign", "pending", "policy")]

    for party in (here.buyer, here.seller):
        case = await here.case(party, first)
        (time_to_rule,) = (d for d in case["deadlines"] if d["name"] == "ruling")
        assert (case["awaiting"], time_to_rule["status"], time_to_rule["ended_at"]) == ("neutral", "running", None)
        listed = done(await party.get("/v1/disputes", headers={"At-Least": first["position"]}))["items"]
        assert [one["awaiting"] for one in listed if one["id"] == here.id] == ["neutral"]
        for awaiting, there in (("neutral", True), ("supervisor", False)):
            found = done(await party.get("/v1/disputes", params={"awaiting": awaiting, "limit": "100"}))["items"]
            assert (here.id in {one["id"] for one in found}) is there, awaiting
        facts = done(await party.get(f"{here.at}/history?limit=100", headers={"At-Least": first["position"]}))["items"]
        assert not any(f["kind"] == "DeadlineEnded" and f["details"].get("name") == "ruling" for f in facts)
        assert facts[-1]["details"].get("awaiting") != "supervisor"
        written = done(await party.post(f"{here.at}/messages", {"message": said("Is there any news?")}), 201)
        assert written["awaiting"] == "neutral"
    no = {"reasons": said("Not reasoned.")}
    done(await here.supervisor.post(f"{here.at}/rulings/1/co-signature-refusal", no))
    await here.rules("100.00", "29.90", status=202)
    signed = done(await here.supervisor.post(f"{here.at}/rulings/2/co-signature", match=await here.version()))
    assert (signed["stage"], signed["awaiting"]) == ("appeal", "both")
    (shown,) = (await here.case(here.buyer, signed))["rulings"]
    assert (shown["number"], shown["status"], shown["award"]["buyer"]) == (1, "in_effect", euros("100.00"))
    signature = next(c["id"] for c in owed["items"])
    assert signature not in await here.history(here.seller, signed)
    told = await here.history(here.seller, signed)
    assert "RulingCoSigned" in told
    ended = [d["status"] for d in (await here.case(here.buyer, signed))["deadlines"] if d["name"] == "ruling"]
    assert ended == ["met"], "of the one that was refused nothing is told"
    assert "Not reasoned." not in told
    feed = (await here.buyer.get("/v1/events", params={"limit": "100"})).text
    assert "Not reasoned." not in feed
    whole = await here.case(here.supervisor, signed)
    assert [ruling["status"] for ruling in whole["rulings"]] == ["refused", "in_effect"]


async def test_the_commitment_to_rule_does_not_reveal_a_ruling_that_waits(at_home: House) -> None:
    """The ruling keeps it. Its end would tell the parties that there is one."""
    here = await hearing(at_home, alone="1.00")
    issued = await here.rules("129.90", "0.00", status=202)
    seen, asked = {"At-Least": issued["position"]}, {"dispute_id": here.id, "kind": "decide", "status": "all"}
    (ruled,) = done(await here.supervisor.get("/v1/commitments", params=asked, headers=seen))["items"]
    assert (ruled["owed_by"], ruled["neutral"]) == ("neutral", str(here.neutral.subject))
    assert (ruled["status"], ruled["about"]["what"]) == ("kept", "claim")
    told = await here.history(here.buyer, issued), str(await here.case(here.buyer, issued))
    listed = done(await here.buyer.get("/v1/commitments", params=asked, headers=seen))
    assert ruled["id"] not in str((*told, listed))


@pytest.mark.parametrize("awaiting", ["supervisor", "neutral"])
async def test_no_list_tells_of_a_ruling_that_is_not_signed(at_home: House, awaiting: str) -> None:
    """The filter by `awaiting` shows a party the same as the dispute itself."""
    here = await hearing(at_home, alone="1.00")
    since = {"At-Least": (await here.rules("129.90", "0.00", status=202))["position"]}
    query = {"awaiting": awaiting}
    for reader, told in ((here.buyer, "neutral"), (here.seller, "neutral"), (here.supervisor, "supervisor")):
        listed = done(await reader.get("/v1/disputes", params=query, headers=since))["items"]
        assert (here.id in [one["id"] for one in listed]) is (awaiting == told)


async def test_pages_of_a_history_are_full_whatever_is_left_out(at_home: House) -> None:
    """A short page would reveal that something is hidden, and when. Here a caucus message to the other side and an
    unsigned ruling are hidden.
    """
    here = await hearing(at_home, alone="1.00", impasse=False)
    form = {"message": (None, "Unter uns"), "language": (None, "de"), "side": (None, "buyer")}
    done(await here.neutral.post(f"{here.at}/caucus", files=form), 201)
    done(await here.neutral.post(f"{here.at}/impasse"))
    done(await here.buyer.post(f"{here.at}/consent"))
    done(await here.seller.post(f"{here.at}/consent"))
    last = await here.rules("129.90", "0.00", status=202)
    whole = done(await here.seller.get(f"{here.at}/history?limit=100", headers={"At-Least": last["position"]}))
    assert not {"CaucusMessagePosted", "RulingIssued"} & {fact["kind"] for fact in whole["items"]}
    read: list[str] = []
    query: dict[str, Any] = {"limit": 1}
    while query.get("cursor", "the first page"):
        page = done(await here.seller.get(f"{here.at}/history", params=query))
        assert len(page["items"]) == 1
        read, query["cursor"] = [*read, page["items"][0]["id"]], page["next"]
    assert read == [fact["id"] for fact in whole["items"]]


async def test_an_appeal_from_the_ruling_to_the_end(at_home: House) -> None:
    """Another neutral sends the ruling back. The other side appeals the second ruling, and a third neutral replaces it."""
    here, second, third = await hearing(at_home), await _mandate(at_home, "1000.00"), await _mandate(at_home, "1000.00")
    await here.rules("100.00", "29.90")
    ground = {"ground": "stated_error", "statement": said("Das Datum stimmt nicht.", "de")}
    lodged = done(await here.seller.post(f"{here.at}/appeal", ground))
    assert (lodged["stage"], lodged["awaiting"]) == ("appeal", "supervisor")
    waiting = done(await second.get("/v1/disputes", headers={"At-Least": lodged["position"]}))["items"]
    assert here.id in [dispute["id"] for dispute in waiting]
    refused(await here.neutral.post(f"{here.at}/assignment", {}), 409, "TookPart")
    done(await second.post(f"{here.at}/assignment", {}))
    back = done(await second.post(f"{here.at}/appeal/return", {"reasons": said("Not heard.")}))
    assert (back["stage"], back["awaiting"]) == ("adjudication", "supervisor")

    done(await here.supervisor.post(f"{here.at}/assignment", {"neutral": str(here.neutral.subject)}))
    await here.rules("10.00", "119.90")
    refused(await here.seller.post(f"{here.at}/appeal", ground), 409, "AppealedBefore")
    done(await here.buyer.post(f"{here.at}/appeal", {**ground, "ground": "new_evidence"}))
    done(await third.post(f"{here.at}/assignment", {}))
    final = await here.rules("129.90", "0.00", by=third)
    assert (final["stage"], final["outcome"]) == ("execution", "ruled_for_claimant")
    case = await here.case(here.buyer, final)
    assert [(r["number"], r["status"]) for r in case["rulings"]] == [
        (1, "sent_back"),
        (2, "replaced"),
        (3, "in_effect"),
    ]
    assert [(a["number"], a["by"], a["decided"]) for a in case["appeals"]] == [
        (1, "seller", "sent_back"),
        (2, "buyer", "replaces"),
    ]
    assert case["rulings"][2]["final"]


async def test_a_default_set_aside(at_home: House) -> None:
    """Granted by default and paid, set aside for cause, heard after all. Nobody is paid twice."""
    filed = await at_home.filed()
    here = Hearing(at_home, await at_home.neutral(), filed["id"])
    at_home.clock.ahead += timedelta(days=9)
    try:
        cause = {"cause": said("Hochwasser.", "de")}
        asked = done(await here.seller.post(f"{here.at}/default/set-aside-request", cause))
        assert (asked["stage"], asked["awaiting"], asked["outcome"]) == (
            "execution",
            "supervisor",
            "granted_by_default",
        )
        (refund,) = await at_home.refunds(1, dispute_id=here.id)
        yes = {"reasons": said("It is on record.")}
        done(await at_home.backend.post(f"/v1/refunds/{refund['id']}/confirmation", {}))
        fell = done(await here.supervisor.post(f"{here.at}/default/set-aside", yes))
        assert (fell["stage"], fell["outcome"]) == ("mediation", None)
        case = await here.case(here.buyer, fell)
        assert (case["set_aside"]["decided"], case["overturned"]["to_buyer"]) == ("set_aside", euros("129.90"))
        assert "respond" in {a["name"] for a in (await here.case(here.seller, fell))["actions"]}
        conceded = done(await here.seller.post(f"{here.at}/response", {"answer": "concede"}))
        assert (conceded["stage"], conceded["outcome"]) == ("closed", "conceded")
    finally:
        at_home.clock.ahead -= timedelta(days=9)


async def test_pleadings_and_evidence_that_was_asked_for(at_home: House) -> None:
    """A rebuttal, a counterclaim, a request for evidence. The ruling must address the missing evidence and decide
    the counterclaim.
    """
    here = await hearing(at_home)
    done(await here.buyer.post(f"{here.at}/rebuttal", {"statement": said("Doch.", "de")}))
    wanted = {"relief": "payment", "amount": euros("12.00"), "statement": said("Das Porto.", "de")}
    done(await here.seller.post(f"{here.at}/counterclaim", wanted))
    for fact in ("It was packed.", "It was sent."):
        asked = done(await here.neutral.post(f"{here.at}/evidence-requests", {"of": "seller", "fact": said(fact)}), 201)
    assert asked["number"] == 2
    form = {"description": "Packliste", "language": "de", "answers_request": "1"}
    done(await here.seller.post(f"{here.at}/exhibits", data=form, files={"file": b"Liste"}), 201)
    at_home.clock.ahead += timedelta(days=6)
    try:
        body = {
            "award": {"buyer": euros("129.90"), "seller": euros("0.00")},
            "cites_exhibits": [1],
            "cites_clauses": ["evidence"],
            "reasons": said("Nothing shows that it was sent."),
            "counterclaim": {"granted": True, "amount": euros("5.00")},
        }
        version = await here.version()
        unaddressed = await here.neutral.post(f"{here.at}/rulings", body, match=version)
        assert refused(unaddressed, 422, "InferenceNotAddressed")["facts"]["missing"] == [2]
        ruled = done(
            await here.neutral.post(f"{here.at}/rulings", body | {"addresses_inferences": [2]}, match=version), 201
        )
        case = await here.case(here.buyer, ruled)
        assert [(r["status"], r["of"]) for r in case["evidence_requests"]] == [
            ("answered", "seller"),
            ("inferred", "seller"),
        ]
        assert case["exhibits"][0]["answers_request"] == 1
        assert case["rebuttal"]["statement"] == said("Doch.", "de")
        assert (case["counterclaim"]["relief"], case["counterclaim"]["amount"]) == ("payment", euros("12.00"))
        assert case["rulings"][0]["counterclaim"] == {"granted": True, "amount": euros("5.00")}
        assert case["rulings"][0]["appealable_by"] == ["buyer", "seller"]
    finally:
        at_home.clock.ahead -= timedelta(days=6)


async def test_a_caucus_is_seen_by_two_alone(at_home: House) -> None:
    """No answer to anybody else holds a trace of what was said or shown. Both sides must consent before the neutral rules."""
    here = await hearing(at_home, impasse=False)
    form = {"message": "Fünfzig reichen mir", "language": "de"}
    told = done(await here.buyer.post(f"{here.at}/caucus", data=form, files={"file": ("Wert.txt", b"geheim")}), 201)
    assert told["number"] == 1
    answered = {"message": "Verstanden unter uns", "language": "de", "side": "buyer"}
    without_file = {name: (None, text) for name, text in answered.items()}
    last = done(await here.neutral.post(f"{here.at}/caucus", files=without_file), 201)
    assert last["number"] == 2

    for reader in (here.buyer, here.neutral):
        case = await here.case(reader, last)
        assert [said["message"]["text"] for said in case["caucus"]] == ["Fünfzig reichen mir", "Verstanden unter uns"]
        assert [s["number"] for s in done(await reader.get(f"{here.at}/caucus"))["items"]] == [1, 2]
        href = case["caucus"][0]["file"]["href"]
        assert (await reader.get(href)).content == b"geheim"
        assert "reichen" in await here.history(reader, last)

    auditor, admin = at_home.sender(Role.AUDITOR), at_home.sender(Role.ADMINISTRATOR)
    for reader in (here.seller, at_home.backend, here.supervisor, auditor, admin):
        seen = [await here.history(reader, last), str(await here.case(reader, last))]
        seen += [
            (await reader.get(here.at + path)).text for path in ("/messages", "/exhibits", "/caucus", "/commitments")
        ]
        seen.append((await reader.get("/v1/events", params={"limit": "100"})).text)
        for secret in ("reichen", "Verstanden", "Wert.txt"):
            assert not [text for text in seen if secret in text]
        assert (await reader.get(href)).status_code == 403
    assert "CaucusMessagePosted" not in await here.history(here.seller, last)
    assert "CaucusMessagePosted" in await here.history(auditor, last)
    refused(await here.seller.post(f"{here.at}/caucus", files=without_file), 403, "NotYourCaucus")

    done(await here.neutral.post(f"{here.at}/impasse"))
    body = {
        "award": {"buyer": euros("50.00"), "seller": euros("79.90")},
        "cites_clauses": ["conformity"],
        "reasons": said("So."),
    }
    early = await here.neutral.post(f"{here.at}/rulings", body, match=await here.version())
    assert refused(early, 409, "HeardInCaucus")["facts"]["without_consent"] == ["buyer", "seller"]
    done(await here.buyer.post(f"{here.at}/consent"))
    done(await here.seller.post(f"{here.at}/consent"))
    await here.rules("50.00", "79.90")


async def test_an_appeal_is_withdrawn(at_home: House) -> None:
    """By the side that lodged it. The other side then has a new appeal window, and waives it."""
    here = await hearing(at_home)
    await here.rules("100.00", "29.90")
    ground = {"ground": "stated_error", "statement": said("Das Datum stimmt nicht.", "de")}
    done(await here.seller.post(f"{here.at}/appeal", ground))
    withdrawn = done(await here.seller.post(f"{here.at}/appeal/withdrawal"))
    assert (withdrawn["stage"], withdrawn["awaiting"]) == ("appeal", "claimant")
    (shown,) = (await here.case(here.buyer, withdrawn))["appeals"]
    assert (shown["decided"], shown["number"]) == ("withdrawn", 1)
    assert done(await here.buyer.post(f"{here.at}/appeal-waiver"))["stage"] == "execution"
