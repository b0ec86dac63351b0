"""The legal basis of a claim over HTTP: the clock of the law, the floor of an award, and withdrawals from the contract."""

from datetime import timedelta
from typing import Any

import pytest

from tests import today
from tests.api.house import House, Sender, done, euros, filing, refused, said
from tests.api.rulings import people, somebody

pytestmark = pytest.mark.asyncio(loop_scope="module")

LAW: list[dict[str, Any]] = [
    {"basis": "withdrawal", "countries": ["IT"], "period": {"amount": 14, "unit": "calendar_days"}},
    {"basis": "legal_guarantee", "period": {"amount": 24, "unit": "months"}, "floor_percent": 50},
]


QUICK = {"windows": {"escalation_opens_after_hours": 0}}


def resting_on(basis: str, *, delivered_days_ago: int = 5, **changes: Any) -> dict[str, Any]:
    body = filing(paid="100.00", **people(somebody())) | changes
    delivered = today.now() - timedelta(days=delivered_days_ago)
    body["transaction"] |= {
        "paid_at": (delivered - timedelta(days=5)).isoformat(),
        "delivered_at": delivered.isoformat(),
        "tracking": [],
    }
    body["claim"]["legal_basis"] = basis
    return body


async def _filed(house: House, body: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The dispute's address, and its case file as the seller reads it."""
    done(await house.sender("administrator").post("/v1/policies", {"version": "law", "legal_bases": LAW, **QUICK}), 201)
    filed = done(await house.backend.post("/v1/disputes", body), 201)
    case = await house.seen(filed["id"], filed["position"], house.speaking_for("seller"))
    return f"/v1/disputes/{filed['id']}", case


async def _read(at: str, answer: dict[str, Any], reader: Sender) -> dict[str, Any]:
    return dict(done(await reader.get(at, headers={"At-Least": answer["position"]})))


async def test_the_clock_of_the_law_in_the_case_file(at_home: House) -> None:
    """A claim after the marketplace's window is filed, and both clocks are shown."""
    body = resting_on("legal_guarantee", delivered_days_ago=200)
    _, case = await _filed(at_home, body)
    assert (case["claim"]["legal_basis"], case["buyer_kind"]) == ("legal_guarantee", "consumer")
    clock = case["statutory"]
    assert (clock["period"], clock["rule"]) == ({"amount": 24, "unit": "months"}, "law/legal_bases")
    assert clock["platform_ends_at"] < today.now().isoformat() < clock["ends_at"]
    assert clock["floor"] == euros("50.00")
    late = resting_on("guarantee", delivered_days_ago=200)
    refused(await at_home.backend.post("/v1/disputes", late), 409, "FilingWindowClosed")


async def test_a_withdrawal_before_and_after_filing(at_home: House) -> None:
    """What is told before filing is what follows: the goods go back, and the seller has a window to contest it."""
    body = resting_on("withdrawal")
    await _filed(at_home, resting_on("withdrawal"))
    would = done(await at_home.backend.post("/v1/disputes/eligibility", body))
    assert (would["way"], would["contract_withdrawal"]["goods"]["act"]) == ("contract_withdrawal", "return")
    at, case = await _filed(at_home, body)
    assert (case["stage"], case["awaiting"], case["outcome"]) == ("execution", "claimant", "granted_by_default")
    assert case["contract_withdrawal"]["claimant_receives"] == euros("100.00")
    assert [owed["kind"] for owed in case["commitments"]] == ["return"]
    assert {action["name"] for action in case["actions"]} >= {"respond"}
    (explained,) = case["decisions"]
    assert (explained["decision"], explained["objection"]) == ("contract_withdrawn", "respond")

    seller = at_home.speaking_for("seller")
    because = said("The vase was made to order.")
    refused(await seller.post(f"{at}/response", {"answer": "contest"}), 422, "WithdrawalGroundMissing")
    answer = {"answer": "contest", "ground": "exempt", "statement": because}
    contested = done(await seller.post(f"{at}/response", answer))
    assert (contested["stage"], contested["outcome"]) == ("mediation", None)
    after = await _read(at, contested, seller)
    assert after["contract_withdrawal"]["contested_at"] is not None
    assert (after["response"]["ground"], after["goods"]["ended"]["how"]) == ("exempt", "overturned")


async def test_a_business_does_not_withdraw(at_home: House) -> None:
    body = resting_on("withdrawal") | {"buyer_kind": "business"}
    problem = refused(await at_home.backend.post("/v1/disputes", body), 422, "LegalBasisOutOfPlace")
    assert (problem["pointer"], problem["facts"]["buyer"]) == ("/claim/legal_basis", "business")
    refused(await at_home.backend.post("/v1/disputes", resting_on("returns")), 422, "InvalidRequest")


async def test_an_award_below_the_floor(at_home: House) -> None:
    at, _ = await _filed(at_home, resting_on("legal_guarantee"))
    done(await at_home.speaking_for("seller").post(f"{at}/response", {"answer": "contest"}))
    done(await at_home.speaking_for("buyer").post(f"{at}/escalation"))
    neutral = await at_home.neutral()
    done(await neutral.post(f"{at}/assignment", {}))
    read = done(await neutral.post(f"{at}/impasse"))
    ruling = {"cites_clauses": ["conformity"], "reasons": said("A scratch.")}
    low = {"award": {"buyer": euros("20.00"), "seller": euros("80.00")}} | ruling
    problem = refused(await neutral.post(f"{at}/rulings", low, match=read["version"]), 422, "AwardBelowFloor")
    assert (problem["pointer"], problem["facts"]["floor"]) == ("/award/buyer", "50.00 EUR")
    enough = {"award": {"buyer": euros("50.00"), "seller": euros("50.00")}} | ruling
    done(await neutral.post(f"{at}/rulings", enough, match=read["version"]), 201)


async def test_a_policy_that_states_a_basis_twice(at_home: House) -> None:
    twice = {"version": "twice", "legal_bases": [LAW[0], LAW[0]]}
    problem = refused(await at_home.sender("administrator").post("/v1/policies", twice), 422, "LegalBasisStatedTwice")
    assert problem["pointer"] == "/legal_bases/1"
