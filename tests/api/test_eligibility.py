"""Before filing: what is told is what filing then does, and nothing is recorded for it."""

import random
from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio
from httpx import ASGITransport, AsyncClient

from api.app import create_app
from domain.kernel.base import Role
from tests import today
from tests.api.house import House, Sender, done, euros, filing, person, refused, said
from tests.api.rulings import people, somebody
from tests.api.worlds import Clock

pytestmark = pytest.mark.asyncio(loop_scope="module")

AT = "/v1/disputes/eligibility"
FORETOLD = (
    "policy_version",
    "stage",
    "awaiting",
    "outcome",
    "inadmissible",
    "fast_lane",
    "decisions",
    "key_questions",
    "evidence_called_for",
    "missing",
    "deadlines",
)

POLICY: Mapping[str, Any] = {
    "reasons": {
        "not_as_described": {
            "contact_first": {"amount": 24, "unit": "hours"},
            "questions": [
                {"name": "difference", "of": "claimant", "text": {"en": "What differs?", "it": "Che cosa è diverso?"}},
                {"name": "described", "of": "respondent", "text": "How was it described?"},
            ],
            "evidence": [{"name": "photos", "of": "claimant", "text": "Photographs of the goods."}],
        },
        "item_not_received": {},
        "duplicate_charge": {},
    },
    "excluded_forums": ["court"],
    "fast_lane": [
        {"clause": "evidence", "reason": "item_not_received", "up_to": [euros("40.00")], "funded_by": "marketplace"}
    ],
    "abuse": {"limits": [{"of": "buyer", "days": 30, "claims": 2, "beyond": "refuse"}]},
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def still(at_home: House) -> AsyncIterator[tuple[Sender, Clock]]:
    """The backend of a marketplace with a fast lane, questions, a time for the seller, and a limit on claims. The clock
    stands still, so that what is told and what is filed can be compared exactly.
    """
    done(await at_home.sender(Role.ADMINISTRATOR).post("/v1/policies", {"version": "asks", **POLICY}), 201)
    clock = Clock(today.now())
    async with AsyncClient(
        transport=ASGITransport(create_app(at_home.services, now=clock.now)), base_url="http://testserver"
    ) as http:
        yield Sender(http, at_home.backend.token), clock


async def told(backend: Sender, body: Mapping[str, Any], **headers: str) -> dict[str, Any]:
    """Sent without an idempotency key."""
    return done(await backend.send("POST", AT, json=body, headers=headers))


async def test_what_is_told_is_what_filing_does(still: tuple[Sender, Clock]) -> None:
    """Drawn filings, of which many are about the same orders and by the same buyers. Each is asked about, and then filed."""
    backend, clock = still
    draws, seen = random.Random(7), set[str]()
    orders, buyers, closed = [f"O-{uuid4().hex[:8]}" for _ in range(6)], [somebody() for _ in range(4)], list[str]()
    for _ in range(70):
        clock.turn(minutes=draws.choice((1, 600)))
        body = _drawn(draws, clock.at, orders, buyers, closed)
        answer = await told(backend, body)
        filed = await backend.post("/v1/disputes", body)
        if answer["refusal"] is not None:
            problem = refused(filed, answer["refusal"]["status"], answer["refusal"]["code"])
            assert {name: value for name, value in problem.items() if name != "correlation_id"} == {
                name: value for name, value in answer["refusal"].items() if value is not None
            }
            assert (answer["eligible"], answer["way"]) == (False, None)
            seen.add(problem["code"])
            continue
        result = done(filed, 201)
        claimant = Sender(backend.http, backend.token, body["claimant"])
        at_least = {"At-Least": result["position"]}
        case = done(await claimant.get(f"/v1/disputes/{result['id']}", headers=at_least))
        assert {name: case[name] for name in FORETOLD} == {name: answer[name] for name in FORETOLD}
        assert answer["eligible"] is (result["outcome"] != "inadmissible")
        seen.add(answer["way"] or case["inadmissible"]["ground"])
        if result["outcome"] == "inadmissible":
            closed.append(result["id"])
    refusals = {"FilingWindowClosed", "LinesAlreadyInDispute", "UnknownTier", "ClaimExceedsPaid", "NotDeliverable"}
    assert seen >= refusals | {"ordinary", "fast_lane", "seller_not_contacted", "other_forum", "out_of_scope", "policy"}


def _drawn(
    draws: random.Random, now: datetime, orders: list[str], buyers: list[str], closed: list[str]
) -> dict[str, Any]:
    def ago(**distance: float) -> str:
        return (now - timedelta(**distance)).isoformat()

    number = draws.randrange(len(orders))
    new = draws.random() < 0.6
    body = filing(
        order=None if new else orders[number],
        paid="29.90",
        now=now if new else today.now(),
        amount=draws.choice(("29.90", "9.90", "29.90", "99.90")),
        **people(draws.choice(buyers) if draws.random() < 0.4 else somebody() if new else buyers[number % len(buyers)]),
    )
    body["claim"]["reason"] = draws.choice(("not_as_described", "item_not_received", "duplicate_charge", "damaged"))
    body["seller_contacted_at"] = draws.choice((None, ago(hours=2), ago(hours=30), ago(days=3), ago(days=4)))
    if draws.random() < 0.1:
        body["other_forum"] = "court"
    if draws.random() < 0.1:
        body["buyer"]["tier"] = "brass"
    if closed and draws.random() < 0.1:
        body["follows"] = draws.choice(closed)
    if draws.random() < 0.2:
        body["answers"] = [{"question": "difference", "answer": said("Il colore.", "it")}]
    if new:
        late = {"delivered_at": None, "latest_delivery_at": ago(days=1)}
        on_its_way = [{"carrier": "DHL", "number": "JD01", "status": "in_transit", "at": ago(days=3)}]
        if draws.random() < 0.4:
            body["transaction"] |= {**late, "tracking": on_its_way}
        elif draws.random() < 0.4:
            body["transaction"]["delivered_at"] = draws.choice((ago(days=90), ago(days=-1)))
            body["transaction"]["paid_at"] = ago(days=95)
    return body


async def test_nothing_is_recorded(at_home: House) -> None:
    """No fact, and no key for the texts of a person."""
    asking, buyer = at_home.backend_of("quiet"), somebody()
    answer = await told(asking, filing(**people(buyer)))
    assert answer["eligible"]
    facts = done(await asking.get("/v1/events", params={"bookkeeping": "true"}))
    assert facts["items"] == []
    party = at_home.services.blind.uuid("party", "quiet", buyer)
    assert await at_home.services.keys.met({party}) == set()


async def test_what_will_be_asked_and_by_when(still: tuple[Sender, Clock]) -> None:
    """In the reader's language, or else in the claimant's."""
    backend, clock = still
    contacted = (clock.at - timedelta(days=2)).isoformat()
    body = filing(now=clock.at, seller_contacted_at=contacted, **people(somebody()))
    answer = await told(backend, body)
    assert (answer["eligible"], answer["way"], answer["policy_version"]) == (True, "ordinary", "asks")
    assert answer["desk"] == {"country": None, "time_zone": "UTC", "region": None}
    windows = {window["name"]: window for window in answer["deadlines"]}
    assert windows["response"]["whose"] == "seller"
    assert windows["response"]["due_at"] > clock.at.isoformat()
    assert [(one["name"], one["what"], one["side"]) for one in answer["missing"]] == [
        ("difference", "answer", "buyer"),
        ("described", "answer", "seller"),
        ("photos", "evidence", "buyer"),
    ]
    assert answer["key_questions"][0]["text"] == "Che cosa è diverso?"
    assert answer["key_questions"][0]["until"] == windows["answers-buyer"]["due_at"]
    english = await told(backend, body, **{"Accept-Language": "en"})
    assert english["key_questions"][0]["text"] == "What differs?"


async def test_from_when_it_may_be_filed(still: tuple[Sender, Clock]) -> None:
    """After the time of the seller, and not a microsecond before. An instant after the window for filing is not told."""
    backend, clock = still
    now, soon = clock.at, (clock.at - timedelta(hours=2)).isoformat()
    body = filing(now=now, seller_contacted_at=soon, **people(somebody()))
    answer = await told(backend, body)
    assert (answer["eligible"], answer["inadmissible"]["ground"]) == (False, "seller_not_contacted")
    clock.at = datetime.fromisoformat(answer["may_file_from"]) - timedelta(microseconds=1)
    assert (await told(backend, body))["may_file_from"] == answer["may_file_from"]
    clock.turn(microseconds=1)
    assert (await told(backend, body))["eligible"]
    assert done(await backend.post("/v1/disputes", body), 201)["stage"] == "negotiation"
    clock.at = now
    ending = filing(now=now, seller_contacted_at=soon, **people(somebody()))
    clock.turn(days=90)
    closes_at = datetime.fromisoformat((await told(backend, ending))["refusal"]["facts"]["closed_at"])
    clock.at = closes_at - timedelta(hours=1)
    late = await told(backend, {**ending, "seller_contacted_at": (clock.at - timedelta(hours=2)).isoformat()})
    assert (late["eligible"], late["may_file_from"]) == (False, None)
    assert datetime.fromisoformat(late["inadmissible"]["may_file_from"]) > closes_at
    clock.at = now


async def test_from_when_a_claim_is_within_a_limit_again(still: tuple[Sender, Clock]) -> None:
    """Two claims in thirty days. The third may be filed when the first is thirty days old."""
    backend, clock = still
    buyer, began = somebody(), clock.at
    contacted = (began - timedelta(days=2)).isoformat()
    for _ in range(2):
        body = filing(now=began, seller_contacted_at=contacted, **people(buyer))
        assert done(await backend.post("/v1/disputes", body), 201)["stage"] == "negotiation"
        clock.turn(hours=1)
    third = filing(now=began, seller_contacted_at=contacted, **people(buyer))
    answer = await told(backend, third)
    assert (answer["eligible"], answer["inadmissible"]["ground"]) == (False, "policy")
    assert datetime.fromisoformat(answer["may_file_from"]) == began + timedelta(days=30)
    clock.at = began + timedelta(days=30)
    assert (await told(backend, third))["eligible"]
    clock.at = began


async def test_who_asks_and_what_is_no_question(still: tuple[Sender, Clock], at_home: House) -> None:
    """A backend asks for the claimant, whom it need not name. What filing cannot read, this cannot read either."""
    backend, clock = still
    contacted = (clock.at - timedelta(days=2)).isoformat()
    body = filing(now=clock.at, seller_contacted_at=contacted, **people(somebody()))
    wrong = await told(Sender(backend.http, backend.token, "seller"), body)
    assert wrong["refusal"]["code"] == "NotYourClaim"
    unread = await backend.send("POST", AT, json={**body, "claimant": "judge"})
    refused(unread, 422, "InvalidRequest")
    twice = await backend.send(
        "POST", AT, content='{"claimant": "buyer", "claimant": "buyer"}', headers={"Content-Type": "application/json"}
    )
    assert twice.status_code == 422
    refused(await at_home.sender(Role.NEUTRAL).send("POST", AT, json=body), 403, "NotForThisRole")
    german = await told(backend, {**body, "buyer": person("s-9", "DE", "de", "UTC")}, **{"Accept-Language": "de"})
    assert german["refusal"]["code"] == "SameParty"
    assert "gleiche" in german["refusal"]["title"] or "dieselbe" in german["refusal"]["title"]
