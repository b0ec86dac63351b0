"""What auditors can find: any dispute at any instant, what changed, every fact. Their readings are on record."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from domain.filing.filing_facts import DisputeFiled
from domain.kernel.base import Role
from domain.kernel.people import Side
from mediation.store.log.log import EventLog
from mediation.store.log.requests import Overloaded
from tests import today
from tests.api.house import House, Sender, done, filing, refused, said
from tests.api.test_hearing import Hearing, hearing

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def _trail(auditor: Sender, dispute: str, **asked: str) -> list[dict[str, Any]]:
    """The complete trail, page by page."""
    items: list[dict[str, Any]] = []
    page: dict[str, Any] = {"next": None}
    while not items or page["next"]:
        query = {**asked, "limit": "7", **({"cursor": page["next"]} if page["next"] else {})}
        page = done(await auditor.get(f"/v1/audit/disputes/{dispute}/trail", params=query))
        items += page["items"]
    return items


async def _ruled(house: House) -> tuple[Hearing, dict[str, Any]]:
    """A ruling after a caucus that both sides consented to."""
    here = await hearing(house, impasse=False)
    form = {"message": "Fünfzig reichen mir", "language": "de"}
    done(await here.buyer.post(f"{here.at}/caucus", files={name: (None, text) for name, text in form.items()}), 201)
    done(await here.neutral.post(f"{here.at}/impasse"))
    for side in (here.buyer, here.seller):
        done(await side.post(f"{here.at}/consent"))
    return here, await here.rules("50.00", "79.90")


async def test_the_trail_tells_who_what_why_under_which_clause_and_caused_by_what(at_home: House) -> None:
    here, _ = await _ruled(at_home)
    auditor = at_home.sender(Role.AUDITOR)
    steps = await _trail(auditor, here.id)
    assert [step["position"] for step in steps] == sorted(step["position"] for step in steps)
    told = {step["kind"]: step for step in steps}
    policy = (await at_home.services.engine.dispute(UUID(here.id), "bazaar"))[0].policy_version
    filed, ruled = told["DisputeFiled"], told["RulingIssued"]
    assert (filed["act"], filed["cause"], filed["who"]) == (1, None, "buyer")
    assert filed["body"]["buyer"]["name"] == "Name of b-77"
    assert "Il vaso è rotto." in filed["what"]
    assert (ruled["who"], ruled["actor"], ruled["clauses"]) == (
        "neutral",
        str(here.neutral.subject),
        [f"{policy}/conformity"],
    )
    assert "Unser Grund." in ruled["what"]
    response = [s for s in steps if s["kind"] == "DeadlineSet" and s["body"]["deadline"]["name"] == "response"]
    assert response[0]["clauses"] == [f"{policy}/response"]
    ended = [s for s in steps if s["kind"] == "DeadlineEnded" and s["body"]["name"] == "response"]
    assert ended[0]["clauses"] == [f"{policy}/response"]
    assert told["CaucusMessagePosted"]["body"]["message"]["text"] == "Fünfzig reichen mir"


async def test_the_trail_as_of_an_instant_is_what_had_happened_by_then(at_home: House) -> None:
    here, _ = await _ruled(at_home)
    auditor = at_home.sender(Role.AUDITOR)
    steps = await _trail(auditor, here.id)
    escalated = next(step for step in steps if step["kind"] == "Escalated")
    for clock, when in (("as_of", "occurred_at"), ("known_at", "recorded_at")):
        then = await _trail(auditor, here.id, **{clock: escalated[when]})
        assert then == [step for step in steps if step[when] <= escalated[when]]
        assert 0 < len(then) < len(steps)


async def test_what_changed_between_two_instants(at_home: House) -> None:
    here, _ = await _ruled(at_home)
    auditor = at_home.sender(Role.AUDITOR)
    steps = await _trail(auditor, here.id)
    escalated = next(step for step in steps if step["kind"] == "Escalated")
    before = steps[steps.index(escalated) - 1]
    between = {"from": before["occurred_at"], "to": escalated["occurred_at"]}
    found = done(await auditor.get(f"/v1/audit/disputes/{here.id}/difference", params=between))
    changes = {change["at"]: (change["before"], change["after"]) for change in found["changes"]}
    assert changes["/stage"] == ("negotiation", "mediation")
    assert changes["/escalation"][0] is None
    assert "/claim" not in "".join(changes)
    assert "Escalated" in {fact["kind"] for fact in found["facts"]}
    assert {fact["act"] for fact in found["facts"]} == {escalated["act"]}
    known = escalated["recorded_at"]
    same = {"from": known, "to": known, "by": "knowledge"}
    nothing = done(await auditor.get(f"/v1/audit/disputes/{here.id}/difference", params=same))
    assert (nothing["changes"], nothing["facts"]) == ([], [])


async def test_a_difference_is_told_in_the_words_and_numbers_of_the_api(at_home: House) -> None:
    """The second offer is the offer with the number 2, also where a pointer counts from 0. What the API never answers
    is no difference."""
    here = await hearing(at_home, impasse=False)
    auditor = at_home.sender(Role.AUDITOR)
    for sum_ in ("40.00", "50.00"):
        offer = {"amount": {"amount": sum_, "currency": "EUR"}, "message": said("Mein Angebot.", "de")}
        done(await here.seller.post(f"{here.at}/offers", offer), 201)
    steps = await _trail(auditor, here.id)
    first, second = [step for step in steps if step["kind"] == "OfferMade"]
    done(await here.buyer.post(f"{here.at}/offers/2/acceptance", match=await here.version(Side.BUYER)))
    accepted = next(s for s in await _trail(auditor, here.id) if s["kind"] == "OfferAccepted")
    between = {"from": second["recorded_at"], "to": accepted["recorded_at"], "by": "knowledge"}
    found = done(await auditor.get(f"/v1/audit/disputes/{here.id}/difference", params=between))
    changes = {change["where"]: (change["at"], change["before"], change["after"]) for change in found["changes"]}
    assert changes["offers 2, status"] == ("/offers/1/status", "open", "accepted")
    award = changes["settlement"][2]["award"]
    assert (award["buyer"]["amount"], "claimant" in award) == ("50.00", False)
    whole = {"from": "2020-01-01T00:00:00Z", "to": accepted["recorded_at"], "by": "knowledge"}
    found = done(await auditor.get(f"/v1/audit/disputes/{here.id}/difference", params=whole))
    case = done(await at_home.backend.get(f"/v1/disputes/{here.id}"))
    assert {change["at"].split("/")[1] for change in found["changes"]} <= case.keys()
    assert first["body"]["number"] == 1


async def test_what_a_neutral_had_in_front_of_them_when_they_ruled(at_home: House) -> None:
    """What was said to them in caucus too, but nothing later and no address of a party."""
    here, ruled = await _ruled(at_home)
    auditor = at_home.sender(Role.AUDITOR)
    act = next(step["act"] for step in await _trail(auditor, here.id) if step["kind"] == "RulingIssued")
    basis = done(await auditor.get(f"/v1/audit/disputes/{here.id}/acts/{act}/basis"))
    case = basis["case_file"]
    assert (basis["who"], basis["actor"]) == ("neutral", str(here.neutral.subject))
    assert "RulingIssued" in basis["kinds"]
    assert (case["stage"], case["rulings"], case["version"] < ruled["version"]) == ("adjudication", [], True)
    assert [said["message"]["text"] for said in case["caucus"]] == ["Fünfzig reichen mir"]
    assert (case["buyer"]["email"], case["buyer"]["id"]) == (None, None)
    refused(await auditor.get(f"/v1/audit/disputes/{here.id}/acts/1000/basis"), 404, "UnknownAct")
    filed = done(await auditor.get(f"/v1/audit/disputes/{here.id}/acts/1/basis"))
    assert (filed["who"], filed["case_file"]) == ("buyer", None)


async def test_what_a_party_had_in_front_of_them_hides_the_others_confidences(at_home: House) -> None:
    here, _ = await _ruled(at_home)
    auditor = at_home.sender(Role.AUDITOR)
    consents = [step["act"] for step in await _trail(auditor, here.id) if step["kind"] == "CaucusConsentGiven"]
    bases = [done(await auditor.get(f"/v1/audit/disputes/{here.id}/acts/{act}/basis")) for act in consents]
    assert [(one["who"], len(one["case_file"]["caucus"])) for one in bases] == [("buyer", 1), ("seller", 0)]


async def test_facts_are_found_by_whatever_they_are_known_by(at_home: House) -> None:
    here, ruled = await _ruled(at_home)
    auditor, newest = at_home.sender(Role.AUDITOR), {"At-Least": ruled["position"]}

    async def found(**asked: str) -> list[dict[str, Any]]:
        page = done(await auditor.get("/v1/audit/trail", params={"limit": "100", **asked}, headers=newest))
        items: list[dict[str, Any]] = page["items"]
        return items

    (ruling,) = await found(kind="RulingIssued", actor=str(here.neutral.subject))
    assert ruling["body"]["reasons"]["text"] == "Unser Grund."
    chain = await found(correlation_id=ruling["correlation_id"])
    assert {fact["correlation_id"] for fact in chain} == {ruling["correlation_id"]}
    assert ruling in chain
    of_dispute = await found(dispute_id=here.id)
    at = ruling["occurred_at"]
    assert await found(dispute_id=here.id, happened_from=at) == [f for f in of_dispute if f["occurred_at"] >= at]
    assert await found(dispute_id=here.id, happened_before=at) == [f for f in of_dispute if f["occurred_at"] < at]
    assert await found(actor=str(uuid4())) == []


async def test_an_auditor_of_the_cell_finds_the_facts_of_every_marketplace(at_home: House) -> None:
    other = f"m-{uuid4().hex[:8]}"
    backend = at_home.sender(Role.MARKETPLACE, marketplace=other)
    elsewhere = done(await backend.post("/v1/disputes", filing()), 201)
    here = await at_home.filed()
    auditor = at_home.sender(Role.AUDITOR, marketplace=None)

    async def filings(headers: dict[str, str] | None = None) -> set[str]:
        seen: set[str] = set()
        since = (today.now() - timedelta(minutes=5)).isoformat()
        query: dict[str, Any] = {"kind": "DisputeFiled", "limit": 100, "happened_from": since}
        page: dict[str, Any] = {"next": None}
        while not seen or page["next"]:
            page = done(await auditor.get("/v1/audit/trail", params=query, headers=headers or {}))
            seen |= {fact["dispute_id"] for fact in page["items"]}
            query["cursor"] = page["next"]
        return seen

    trail = {"At-Least": here["position"]}
    done(await at_home.sender(Role.AUDITOR).get("/v1/audit/trail", headers=trail))
    assert {elsewhere["id"], here["id"]} <= await filings()
    assert await filings({"Mediation-Marketplace": other}) == {elsewhere["id"]}
    bounded = await at_home.sender(Role.AUDITOR).get(f"/v1/audit/disputes/{elsewhere['id']}/trail")
    refused(bounded, 404, "UnknownDispute")
    refused(await auditor.get(f"/v1/disputes/{here['id']}"), 422, "MarketplaceMissing")


async def test_what_auditors_read_is_on_record(at_home: House) -> None:
    filed, auditor = await at_home.filed(), at_home.sender(Role.AUDITOR)
    done(await auditor.get(f"/v1/disputes/{filed['id']}", params={"as_of": "2999-01-01T00:00:00Z"}), 422)
    done(await auditor.get(f"/v1/disputes/{filed['id']}"))
    done(await auditor.get("/v1/disputes", params={"order_id": "Ada", "q": "Ada", "stage": ["negotiation", "appeal"]}))
    last = await at_home.services.log.last_position()
    facts = [f for f in await at_home.services.log.after(0, last) if f.actor == auditor.subject]
    read = [json.loads(f.event.model_dump_json()) for f in facts]
    assert [(r["route"], r["dispute_id"]) for r in read] == [
        ("get_dispute", filed["id"]),
        ("get_dispute", filed["id"]),
        ("list_disputes", None),
    ]
    assert read[0]["question"] == {"as_of": "2999-01-01T00:00:00Z"}
    assert read[2]["question"]["stage"] == "appeal,negotiation", "each of several values"
    assert read[2]["question"]["q"].startswith("hmac:")
    assert read[2]["question"]["order_id"].startswith("hmac:")
    assert "Ada" not in str(read)
    assert {f.dispute_id for f in facts} == {None}
    done(await at_home.sender(Role.SUPERVISOR).get(f"/v1/disputes/{filed['id']}"))
    assert await at_home.services.log.last_position() == last


async def test_nobody_reads_off_the_record(at_home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the reading can't be stored, there is no answer."""
    filed, auditor = await at_home.filed(), at_home.sender(Role.AUDITOR)

    async def full(log: EventLog, request: Any) -> None:
        raise Overloaded

    monkeypatch.setattr(EventLog, "append", full)
    refused(await auditor.get(f"/v1/disputes/{filed['id']}"), 503, "Overloaded")
    done(await at_home.backend.get(f"/v1/disputes/{filed['id']}"))


async def test_an_auditor_changes_nothing(at_home: House) -> None:
    filed, auditor = await at_home.filed(), at_home.sender(Role.AUDITOR)
    refused(await auditor.post(f"/v1/disputes/{filed['id']}/escalation"), 403, "NotForThisRole")
    facts = await at_home.services.log.of_dispute(UUID(filed["id"]))
    assert isinstance(facts[0].event, DisputeFiled)
    assert auditor.subject not in {fact.actor for fact in facts}


@pytest.mark.parametrize("path", ["trail", "disputes/{id}/trail", "disputes/{id}/acts/1/basis"])
@pytest.mark.parametrize("role", [Role.MARKETPLACE, Role.SUPERVISOR, Role.ADMINISTRATOR, Role.NEUTRAL])
async def test_only_auditors_read_everything(at_home: House, role: Role, path: str) -> None:
    refused(await at_home.sender(role).get(f"/v1/audit/{path.format(id=uuid4())}"), 403, "NotForThisRole")


async def test_what_makes_no_sense_is_told(at_home: House) -> None:
    filed, auditor = await at_home.filed(), at_home.sender(Role.AUDITOR)
    at = f"/v1/audit/disputes/{filed['id']}"
    past, now, future = "2020-01-01T00:00:00Z", today.now().isoformat(), "2100-01-01T00:00:00Z"
    refused(await auditor.get(f"{at}/trail", params={"as_of": future}), 422, "NotYetKnown")
    refused(await auditor.get(f"{at}/trail", params={"as_of": past}), 404, "UnknownDispute")
    refused(await auditor.get(f"{at}/difference", params={"from": past, "to": future}), 422, "NotYetKnown")
    refused(await auditor.get(f"{at}/difference", params={"from": now, "to": past}), 422, "InstantsReversed")
    refused(await auditor.get(f"/v1/audit/disputes/{uuid4()}/trail"), 404, "UnknownDispute")
    assert (await auditor.get("/v1/audit/trail", params={"kind": "ruling issued"})).status_code == 422
    refused(await auditor.get("/v1/audit/trail", params={"kind": "RulingIsued"}), 422, "UnknownKindOfFact")
