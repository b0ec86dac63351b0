"""Law reports on money that was paid before the ruling was final, and on its recovery when the award is replaced."""

from datetime import timedelta
from typing import Any

import pytest

from domain.commitments.events import CommitmentDischarged, CommitmentKept, Origin
from domain.dispute.evolve import evolve
from domain.dispute.state import Dispute
from domain.kernel.base import Event
from domain.neutral.mandate_facts import AuthoritySpent
from domain.payments.execution import NotARefund
from domain.policy.book import FIRST_POLICY
from domain.policy.policy import Policy
from domain.remedies.division_facts import Division
from domain.remedies.recovery_facts import AwardOverturned
from domain.remedies.remedy import replaced
from domain.ruling.ruling_facts import RulingIssued
from tests.domain.law.acts import commitment, money
from tests.domain.law.cast import (
    administrator,
    another_neutral,
    back,
    buyer,
    engine,
    marketplace,
    neutral,
    seller,
    supervisor,
)
from tests.domain.law.filings import filing
from tests.domain.law.reports import Clock, Played, Report, day, given, met, of_ruling, owes, passes_to, sets

ADJUDICATED = (filing(), seller.contests(), day(3), buyer.escalates(), neutral.takes_case(), neutral.declares_impasse())
ZERO, ALL, AFTER = money("0.00 EUR"), money("129.90 EUR"), timedelta(days=60)


def at_once(funder: str) -> Policy:
    return FIRST_POLICY.model_copy(update={"version": "at-once", "early_execution": funder})


def executed_early(funder: str, **terms: Any) -> Report:
    return given(
        administrator.publishes(at_once(funder)), *ADJUDICATED, neutral.rules("129.90 EUR", "0.00 EUR", **terms)
    )


def divided(claimant: str) -> Division:
    return Division(claimant=money(claimant), respondent=ALL - money(claimant))


def owed_anew(dispute: Dispute, policy: Policy, award: Division) -> list[Event]:
    """The events that follow when one award replaces another."""
    events = replaced(dispute, policy, award, Origin.RULING, dispute.filed_at)
    for event in events:
        dispute = evolve(dispute, event)
    return [*events]


# --- before it is final ---


def test_a_ruling_executes_when_it_is_final() -> None:
    """Under the first policy nothing is paid earlier."""
    report = given(*ADJUDICATED).when(neutral.rules("129.90 EUR", "0.00 EUR"))
    report.then(
        RulingIssued,
        sets("appeal-1-seller", "seller"),
        AuthoritySpent,
        of_ruling(CommitmentKept, late=False),
        met("ruling"),
        passes_to("respondent", "appeal"),
    )


@pytest.mark.parametrize("funder", ["seller", "marketplace", "insurer"])
def test_a_ruling_that_executes_at_once(funder: str) -> None:
    """By policy, at the risk of `funded_by`. When it is final, the respondent owes the money to the funder."""
    report = executed_early(funder)
    paid = report.dispute.commitments.open[commitment(4)]
    assert (paid.owed_by, paid.owed_to, paid.amount, paid.arises_from) == (funder, "buyer", ALL, "ruling")
    report.leaves("appeal", "respondent")
    report.when(engine.instructs_refund(4), marketplace.confirms_refund(4)).leaves("appeal", "respondent")
    report.when(seller.waives_appeal())
    if funder == "seller":
        report.leaves("closed", "none", "ruled_for_claimant")
        return
    owed = report.dispute.commitments.open[commitment(5)]
    assert (owed.owed_by, owed.owed_to, owed.amount, owed.arises_from) == ("seller", funder, ALL, "recovery")
    report.leaves("execution", "respondent").when(marketplace.confirms_promise(5)).leaves("closed")


def test_what_is_not_executed_at_once() -> None:
    """What waits for goods, what is in escrow, and what the buyer would owe."""
    assert executed_early("marketplace", goods=back()).dispute.advance.funded_by is None
    held = filing(held=("129.90 EUR",))
    report = given(administrator.publishes(at_once("seller")), held, *ADJUDICATED[1:])
    report.when(neutral.rules("129.90 EUR", "0.00 EUR"))
    assert not report.dispute.commitments.open_remedies()


# --- replaced ---


def test_a_paid_ruling_replaced_by_a_smaller_one() -> None:
    """The recipient owes the difference to the funder, who bears it until then."""
    report = executed_early("marketplace").when(engine.instructs_refund(4), marketplace.confirms_refund(4))
    assert owed_anew(report.dispute, at_once("marketplace"), divided("29.90 EUR")) == [
        AwardOverturned(to_buyer=ALL, to_seller=ZERO),
        owes("buyer", "marketplace", "100.00 EUR", "pay", arises_from="recovery", commitment_class="remedy"),
    ]  # the respondent's debt follows from the outcome: see below


def test_an_unpaid_ruling_replaced() -> None:
    """What has not moved is discharged, and the new award is owed."""
    report = executed_early("marketplace")
    assert owed_anew(report.dispute, at_once("marketplace"), divided("29.90 EUR")) == [
        CommitmentDischarged(commitment_id=commitment(4), reason="overturned"),
        AwardOverturned(to_buyer=ZERO, to_seller=ZERO),
        owes("seller", "buyer", "29.90 EUR", arises_from="ruling"),
    ]


def test_a_paid_default_set_aside() -> None:
    """The seller paid by default. If less is due, the buyer owes the rest back; if more is due, the seller owes the
    rest."""
    report = given(filing("100.00 EUR"), day(9), engine.instructs_refund(1), marketplace.confirms_refund(1))
    policy, dispute = FIRST_POLICY, report.dispute
    nothing = Division(claimant=ZERO, respondent=money("100.00 EUR"))
    assert owed_anew(dispute, policy, nothing)[1:] == [owes("buyer", "seller", "100.00 EUR", "pay")]
    same = Division(claimant=money("100.00 EUR"), respondent=ZERO)
    assert owed_anew(dispute, policy, same)[1:] == []


def test_escrow_paid_out_and_divided_again() -> None:
    """Nothing is in escrow any more. A side that got too much owes it to the other side."""
    held = filing("60.00 EUR", paid="100.00 EUR", held=("100.00 EUR",))
    report = given(held, day(1), seller.concedes())
    for number in (1, 2):
        report.when(engine.instructs_refund(number), marketplace.confirms_refund(number))
    award = Division(claimant=money("45.00 EUR"), respondent=money("55.00 EUR"))
    assert owed_anew(report.dispute, FIRST_POLICY, award)[1:] == [owes("buyer", "seller", "15.00 EUR", "pay")]


def test_escrow_half_paid_out() -> None:
    """Money still in escrow is paid first, and the side that got too much owes the rest. It adds up to the last
    cent."""
    held = filing("60.00 EUR", paid="100.00 EUR", held=("100.00 EUR",))
    report = given(held, day(1), seller.concedes(), engine.instructs_refund(1), marketplace.confirms_refund(1))
    award = Division(claimant=money("45.00 EUR"), respondent=money("55.00 EUR"))
    assert owed_anew(report.dispute, FIRST_POLICY, award)[2:] == [
        owes("marketplace", "seller", "40.00 EUR", "pay"),
        owes("buyer", "seller", "15.00 EUR", "pay"),
    ]


# --- what the respondent owes the funder ---

PAID = (engine.instructs_refund(4), marketplace.confirms_refund(4))
TWO_LINES = filing("100.00 EUR", paid="129.90 EUR", order_lines={"1": "100.00 EUR", "2": "29.90 EUR"})


def owing(report: Report) -> list[tuple[str, str, str]]:
    return [(c.owed_by.value, c.owed_to.value, str(c.amount)) for c in report.dispute.commitments.open_remedies()]


def of_hundred(*acts: Played | Clock) -> Report:
    """A claim for 100.00 of an order of 129.90, all awarded to the buyer and paid by the marketplace; then these acts
    follow."""
    ruled = (TWO_LINES, *ADJUDICATED[1:], neutral.rules("100.00 EUR", "0.00 EUR"))
    return given(administrator.publishes(at_once("marketplace")), *ruled, *acts)


def test_a_refund_waived_before_the_ruling_is_final() -> None:
    """Nothing was paid in the seller's place, so the seller owes nothing for it."""
    of_hundred(buyer.waives_promise(4)).when(seller.waives_appeal()).leaves("closed", "none", "ruled_for_claimant")


def test_a_refund_waived_after_the_ruling_was_final() -> None:
    """The seller's debt ends too. If the seller has paid already, it is owed back, and not out of the order."""
    report = of_hundred(seller.waives_appeal())
    assert owing(report) == [("marketplace", "buyer", "100.00 EUR"), ("seller", "marketplace", "100.00 EUR")]
    report.when(buyer.waives_promise(4)).leaves("closed", "none", "ruled_for_claimant")
    report = of_hundred(seller.waives_appeal(), marketplace.confirms_promise(5), buyer.waives_promise(4))
    assert owing(report) == [("marketplace", "seller", "100.00 EUR")]
    report.when(engine.instructs_refund(6)).refused(NotARefund)
    report.when(seller.confirms_promise(6)).leaves("closed")
    assert report.transaction.left() == money("129.90 EUR")


def test_less_is_taken_for_a_refund() -> None:
    """The seller owes the funder the amount that the funder has to pay."""
    report = of_hundred(day(8), buyer.replaces_promise(4, "refund", "60.00 EUR", within=AFTER), seller.waives_appeal())
    assert owing(report) == [("marketplace", "buyer", "60.00 EUR"), ("seller", "marketplace", "60.00 EUR")]
    report.when(buyer.replaces_promise(5, "refund", "25.00 EUR", within=AFTER))
    assert sorted(owing(report)) == [("marketplace", "buyer", "25.00 EUR"), ("seller", "marketplace", "25.00 EUR")]


def test_a_funder_that_lets_the_debt_go() -> None:
    """It is not owed again. If a refund is waived afterwards, nobody owes the seller what it never paid."""
    report = of_hundred(*PAID, seller.waives_appeal()).when(marketplace.waives_promise(5)).leaves("closed")
    report = of_hundred(seller.waives_appeal(), marketplace.waives_promise(5))
    assert owing(report) == [("marketplace", "buyer", "100.00 EUR")]
    report.when(buyer.waives_promise(4)).leaves("closed")


def test_a_refund_elsewhere_before_an_executed_ruling_is_final() -> None:
    """The buyer owes the excess back to the funder, and the seller owes the funder only the rest. Nobody is paid twice,
    and nobody pays twice."""
    report = of_hundred(*PAID, marketplace.refunds_elsewhere("29.90 EUR"), seller.waives_appeal())
    assert owing(report) == [("buyer", "marketplace", "29.90 EUR"), ("seller", "marketplace", "70.10 EUR")]
    not_yet = of_hundred(marketplace.refunds_elsewhere("29.90 EUR"), seller.waives_appeal())
    assert owing(not_yet) == [("marketplace", "buyer", "70.10 EUR"), ("seller", "marketplace", "70.10 EUR")]


def test_a_refund_elsewhere_after_an_executed_ruling_was_final() -> None:
    """Unpaid amounts are owed no more, and the seller's debt to the funder is lowered by the same amount."""
    report = of_hundred(seller.waives_appeal(), marketplace.refunds_elsewhere("40.00 EUR"))
    assert sorted(owing(report)) == [("marketplace", "buyer", "60.00 EUR"), ("seller", "marketplace", "60.00 EUR")]


def test_more_was_refunded_elsewhere_than_the_funder_bears() -> None:
    """The excess goes to the funder up to what it paid, and the rest of it to the seller."""
    report = of_hundred(buyer.replaces_promise(4, "refund", "20.00 EUR", within=AFTER))
    report.when(engine.instructs_refund(5), marketplace.confirms_refund(5), marketplace.refunds_elsewhere("109.90 EUR"))
    report.when(seller.waives_appeal())
    assert owing(report) == [("buyer", "marketplace", "20.00 EUR"), ("buyer", "seller", "9.90 EUR")]


def test_a_ruling_overturned_after_the_funder_was_paid() -> None:
    """Reopened for fraud and dismissed: the money goes back to the side that bears the cost, by then the seller."""
    report = of_hundred(*PAID, seller.waives_appeal(), marketplace.confirms_promise(5)).leaves("closed")
    report.when(
        supervisor.reopens("fraud"), another_neutral.takes_case(), another_neutral.rules("0.00 EUR", "100.00 EUR")
    )
    report.when(buyer.waives_appeal())
    assert owing(report) == [("buyer", "seller", "100.00 EUR")]


def test_a_part_conceded_that_was_waived() -> None:
    """It was not received. If the ruling falls, its whole payment counts."""
    conceded = (filing(), seller.concedes("29.90 EUR"), day(3), buyer.escalates(), neutral.takes_case())
    ruled = (*conceded, neutral.declares_impasse(), neutral.rules("100.00 EUR", "0.00 EUR"))
    paid = (engine.instructs_refund(5), marketplace.confirms_refund(5))
    report = given(administrator.publishes(at_once("marketplace")), *ruled, *paid, buyer.waives_promise(1))
    report.when(seller.appeals(), another_neutral.takes_case(), another_neutral.sends_back())
    assert AwardOverturned(to_buyer=money("100.00 EUR"), to_seller=ZERO) in [f.event for f in report.facts]


def test_a_part_conceded_for_which_less_was_taken() -> None:
    """The rest was waived, and not received."""
    conceded = (filing(), seller.concedes("29.90 EUR"), buyer.replaces_promise(1, "refund", "9.90 EUR", within=AFTER))
    ruled = (*conceded, day(3), buyer.escalates(), neutral.takes_case(), neutral.declares_impasse())
    report = given(administrator.publishes(at_once("marketplace")), *ruled, neutral.rules("100.00 EUR", "0.00 EUR"))
    paid = [(engine.instructs_refund(number), marketplace.confirms_refund(number)) for number in (2, 6)]
    report.when(*paid[0], *paid[1], seller.appeals(), another_neutral.takes_case(), another_neutral.sends_back())
    assert AwardOverturned(to_buyer=money("100.00 EUR"), to_seller=ZERO) in [f.event for f in report.facts]


def test_goodwill_of_the_funder_is_its_own() -> None:
    """The respondent owes what was paid in its place, but not what the funder gave beyond that."""
    freely = marketplace.promises("refund", "buyer", "5.00 EUR", goodwill=True)
    report = of_hundred(freely, *PAID).when(engine.instructs_refund(5), marketplace.confirms_refund(5))
    report.when(seller.waives_appeal())
    assert owing(report) == [("seller", "marketplace", "100.00 EUR")]


def test_a_debt_to_the_funder_that_is_lowered_in_parts() -> None:
    """Each time by the amount that is owed less, to the cent. When it reaches zero, nothing is owed."""
    report = of_hundred(seller.waives_appeal(), marketplace.refunds_elsewhere("0.01 EUR", "cb-1"))
    assert owing(report) == [("marketplace", "buyer", "99.99 EUR"), ("seller", "marketplace", "99.99 EUR")]
    report.when(marketplace.refunds_elsewhere("99.98 EUR", "cb-2"))
    assert owing(report) == [("marketplace", "buyer", "0.01 EUR"), ("seller", "marketplace", "0.01 EUR")]
    report.when(marketplace.refunds_elsewhere("0.01 EUR", "cb-3")).leaves("closed")


def test_a_debt_to_the_funder_that_was_replaced_is_lowered() -> None:
    """The funder never gets more than it bears, whatever it had waived before."""
    report = of_hundred(seller.waives_appeal())
    report.when(
        marketplace.replaces_promise(5, "pay", "70.00 EUR", within=AFTER), marketplace.refunds_elsewhere("50.00 EUR")
    )
    assert sorted(owing(report)) == [("marketplace", "buyer", "50.00 EUR"), ("seller", "marketplace", "50.00 EUR")]
