"""Law reports on money paid before it was final, and on what becomes of it when the award is replaced."""

from typing import Any

import pytest

from domain.adjudication import RulingIssued
from domain.base import Event
from domain.commitments import CommitmentDischarged
from domain.dispute import Dispute
from domain.division import Division
from domain.evolution import evolve
from domain.mandate import AuthoritySpent
from domain.policy import FIRST_POLICY, Policy
from domain.recovery import AwardOverturned
from domain.remedy import replaced
from tests.domain.acts import commitment, money
from tests.domain.cast import administrator, back, buyer, engine, marketplace, neutral, seller
from tests.domain.filings import filing
from tests.domain.reports import Report, day, given, met, owes, passes_to, sets

ADJUDICATED = (filing(), seller.contests(), day(3), buyer.escalates(), neutral.takes_case(), neutral.declares_impasse())
ZERO, ALL = money("0.00 EUR"), money("129.90 EUR")


def at_once(funder: str) -> Policy:
    return FIRST_POLICY.model_copy(update={"version": "at-once", "early_execution": funder})


def executed_early(funder: str, **terms: Any) -> Report:
    return given(
        administrator.publishes(at_once(funder)), *ADJUDICATED, neutral.rules("129.90 EUR", "0.00 EUR", **terms)
    )


def divided(claimant: str) -> Division:
    return Division(claimant=money(claimant), respondent=ALL - money(claimant))


def owed_anew(dispute: Dispute, policy: Policy, award: Division) -> list[Event]:
    """What one award in the place of another makes happen."""
    events = replaced(dispute, policy, award, "ruling", dispute.filed_at)
    for event in events:
        dispute = evolve(dispute, event)
    return [*events]


# --- before it is final ---


def test_a_ruling_executes_when_it_is_final() -> None:
    """By the first policy nothing moves before."""
    report = given(*ADJUDICATED).when(neutral.rules("129.90 EUR", "0.00 EUR"))
    report.then(
        RulingIssued,
        sets("appeal-1-seller", "seller"),
        AuthoritySpent,
        met("ruling"),
        passes_to("respondent", "appeal"),
    )


@pytest.mark.parametrize("funder", ["seller", "marketplace", "insurer"])
def test_a_ruling_that_executes_at_once(funder: str) -> None:
    """By policy, at the risk of whoever funds it; final, the respondent owes that to the funder."""
    report = executed_early(funder)
    paid = report.dispute.commitments.open[commitment(3)]
    assert (paid.owed_by, paid.owed_to, paid.amount, paid.arises_from) == (funder, "buyer", ALL, "ruling")
    report.leaves("appeal", "respondent")
    report.when(engine.instructs_refund(3), marketplace.confirms_refund(3)).leaves("appeal", "respondent")
    report.when(seller.waives_appeal())
    if funder == "seller":
        report.leaves("closed", "none", "ruled_for_claimant")
        return
    owed = report.dispute.commitments.open[commitment(4)]
    assert (owed.owed_by, owed.owed_to, owed.amount, owed.arises_from) == ("seller", funder, ALL, "recovery")
    report.leaves("execution", "respondent").when(marketplace.confirms_promise(4)).leaves("closed")


def test_what_is_not_executed_at_once() -> None:
    """What waits for goods, what is held, and what the buyer would owe."""
    assert executed_early("marketplace", goods=back()).dispute.advance.funded_by is None
    held = filing(held=("129.90 EUR",))
    report = given(administrator.publishes(at_once("seller")), held, *ADJUDICATED[1:])
    report.when(neutral.rules("129.90 EUR", "0.00 EUR"))
    assert not report.dispute.commitments.open_remedies()


# --- replaced ---


def test_a_paid_ruling_replaced_by_a_smaller_one() -> None:
    """The recipient owes what is too much to whoever funded it, who bears it meanwhile; the respondent what was due."""
    report = executed_early("marketplace").when(engine.instructs_refund(3), marketplace.confirms_refund(3))
    assert owed_anew(report.dispute, at_once("marketplace"), divided("29.90 EUR")) == [
        AwardOverturned(to_buyer=ALL, to_seller=ZERO),
        owes("buyer", "marketplace", "100.00 EUR", "pay", arises_from="recovery", commitment_class="remedy"),
        owes("seller", "marketplace", "29.90 EUR", "pay", arises_from="recovery"),
    ]


def test_an_unpaid_ruling_replaced() -> None:
    """What has not moved is discharged, and the new award is owed."""
    report = executed_early("marketplace")
    assert owed_anew(report.dispute, at_once("marketplace"), divided("29.90 EUR")) == [
        CommitmentDischarged(commitment_id=commitment(3), reason="overturned"),
        AwardOverturned(to_buyer=ZERO, to_seller=ZERO),
        owes("seller", "buyer", "29.90 EUR", arises_from="ruling"),
    ]


def test_a_paid_default_set_aside() -> None:
    """The seller paid by default: less is due, and the buyer owes the rest back; more is due, and the seller the rest."""
    report = given(filing("100.00 EUR"), day(9), engine.instructs_refund(1), marketplace.confirms_refund(1))
    policy, dispute = FIRST_POLICY, report.dispute
    nothing = Division(claimant=ZERO, respondent=money("100.00 EUR"))
    assert owed_anew(dispute, policy, nothing)[1:] == [owes("buyer", "seller", "100.00 EUR", "pay")]
    same = Division(claimant=money("100.00 EUR"), respondent=ZERO)
    assert owed_anew(dispute, policy, same)[1:] == []


def test_escrow_paid_out_and_divided_again() -> None:
    """Nothing is held any more: whoever received too much owes it to the other side."""
    held = filing("60.00 EUR", paid="100.00 EUR", held=("100.00 EUR",))
    report = given(held, day(1), seller.concedes())
    for number in (1, 2):
        report.when(engine.instructs_refund(number), marketplace.confirms_refund(number))
    award = Division(claimant=money("45.00 EUR"), respondent=money("55.00 EUR"))
    assert owed_anew(report.dispute, FIRST_POLICY, award)[1:] == [owes("buyer", "seller", "15.00 EUR", "pay")]


def test_escrow_half_paid_out() -> None:
    """What is still held is paid first, the rest comes from whoever had too much; it adds up to the last cent."""
    held = filing("60.00 EUR", paid="100.00 EUR", held=("100.00 EUR",))
    report = given(held, day(1), seller.concedes(), engine.instructs_refund(1), marketplace.confirms_refund(1))
    award = Division(claimant=money("45.00 EUR"), respondent=money("55.00 EUR"))
    assert owed_anew(report.dispute, FIRST_POLICY, award)[2:] == [
        owes("marketplace", "seller", "40.00 EUR", "pay"),
        owes("buyer", "seller", "15.00 EUR", "pay"),
    ]
