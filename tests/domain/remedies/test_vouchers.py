"""Law reports on vouchers: which are agreed and awarded, and how they are issued."""

from datetime import timedelta
from typing import Any

import pytest

from domain.commitments.events import CommitmentKept, CommitmentWaived, Origin
from domain.commitments.own_acts import VoucherDecides
from domain.commitments.waiving import NotYoursToWaive
from domain.kernel.base import Role
from domain.kernel.money import CurrencyMismatch
from domain.kernel.refusals import Refusal
from domain.payments.transaction_facts import ClaimEnded
from domain.remedies.closure_facts import DisputeClosed
from domain.remedies.voucher_facts import UnknownVoucher, VoucherIssued, VoucherOwed
from domain.remedies.vouchers import (
    NotYoursToIssue,
    VoucherExceedsClaim,
    VoucherExpiresTooSoon,
    VoucherNotConsented,
    VoucherNotOfMarketplace,
    VoucherNotOwed,
    VoucherValidTooShortly,
    VoucherWithoutValue,
)
from domain.settlement.negotiation_facts import OfferAccepted, OfferMade, SettlementReached
from tests.domain.law.acts import commitment, money
from tests.domain.law.cast import administrator, buyer, engine, marketplace, neutral, seller, supervisor, voucher
from tests.domain.law.filings import filing
from tests.domain.law.reports import Report, day, due_date, given, later, met, moot, owes, passes_to, sets, some
from tests.domain.law.rules import LENIENT
from tests.domain.test_moves import may


def agreed(terms: Any, amount: str = "29.90 EUR", **about: Any) -> Report:
    """Settled with money and this voucher."""
    return given(filing(**about), day(1), seller.offers(amount, voucher=terms), buyer.accepts_offer(1))


def ruled_on(*before: Any) -> tuple[Any, ...]:
    to_rule = (seller.contests(), day(3), buyer.escalates(), neutral.takes_case(), neutral.declares_impasse())
    return (*before, filing(), *to_rule)


def test_a_voucher_beside_the_money() -> None:
    """The policy says how long it is valid if the terms don't. The issuer owes it beside the refund, by the same time."""
    report = given(filing(), day(1)).when(seller.offers("29.90 EUR", voucher=voucher("30.00 EUR")))
    stated = voucher("30.00 EUR", valid_days=365)
    report.then(some(OfferMade, **{"terms.voucher": stated}), sets("offer-1", "buyer"))
    report.when(buyer.accepts_offer(1)).then(
        OfferAccepted,
        some(SettlementReached, **{"terms.voucher": stated}),
        owes("seller", "buyer", "29.90 EUR"),
        VoucherOwed(number=1, voucher=stated, arises_from=Origin.SETTLEMENT),
        owes("seller", "buyer", None, "issue_voucher", commitment_class="remedy"),
        moot("response"),
        moot("negotiation"),
        met("offer-1"),
        passes_to("marketplace", "execution"),
    )
    refund, beside = (report.dispute.commitments.open[commitment(n)] for n in (1, 2))
    assert refund.due_at == beside.due_at


def test_a_voucher_is_issued() -> None:
    """With its code, once. The dispute waits for that, and the order's ledger counts nothing."""
    report = agreed(voucher("130.00 EUR"), "0.00 EUR").leaves("execution", "respondent", "settled")
    assert "issue_voucher" in may(report, seller)
    report.when(seller.issues_voucher()).then(
        some(VoucherIssued, number=1, by="seller", subject=buyer.subject, code="SUMMER-7Q4X"),
        some(CommitmentKept, commitment_id=commitment(1), late=False, by="seller"),
        some(DisputeClosed, outcome="settled"),
        passes_to("none", "closed"),
        ClaimEnded,
    )
    assert (report.transaction.left(), dict(report.transaction.movements)) == (money("129.90 EUR"), {})
    report.when(seller.issues_voucher(code="ANOTHER")).refused(VoucherNotOwed, number=1, issued=True)


def test_a_late_voucher() -> None:
    """It stays owed after its time, and can still be issued. It counts from its issue, and not from the agreement."""
    report = agreed(voucher("30.00 EUR"), "0.00 EUR").when(due_date(1), engine.ticks(), later(days=30))
    assert report.dispute.commitments.open[commitment(1)].overdue
    report.when(seller.issues_voucher(days=360)).refused(VoucherExpiresTooSoon, at="/expires_at")
    report.when(seller.issues_voucher())
    assert report.dispute.commitments.ended[commitment(1)] == "kept_late"


def test_who_issues_and_who_gives_it_up() -> None:
    """The issuer alone, with the code: nobody reports it. The buyer alone can waive it, or give more time."""
    report = agreed(voucher("30.00 EUR"), "0.00 EUR")
    for nobody in (buyer, marketplace, supervisor):
        report.when(nobody.issues_voucher()).refused(NotYoursToIssue, issued_by="seller")
    report.when(seller.issues_voucher(2)).refused(UnknownVoucher)
    for somebody in (buyer, marketplace):
        report.when(somebody.confirms_promise(1)).refused(VoucherDecides, number=1)
    report.when(seller.waives_promise(1)).refused(NotYoursToWaive)
    report.when(buyer.replaces_promise(1, "issue_voucher", within=timedelta(days=30)), seller.issues_voucher())
    report.leaves("closed", "none", "settled")

    waived = agreed(voucher("30.00 EUR"), "0.00 EUR").when(buyer.waives_promise(1))
    waived.then(CommitmentWaived, DisputeClosed, passes_to("none", "closed"), ClaimEnded)
    waived.when(seller.issues_voucher()).refused(VoucherNotOwed, issued=False)


@pytest.mark.parametrize(
    ("refused", "terms"),
    [
        (VoucherWithoutValue, voucher("0.00 EUR")),
        (VoucherValidTooShortly, voucher("1.00 EUR", valid_days=364)),
        (VoucherNotOfMarketplace, voucher("1.00 EUR", Role.MARKETPLACE)),
        (CurrencyMismatch, voucher("1 JPY")),
    ],
)
def test_terms_that_are_refused(refused: type[Refusal], terms: Any) -> None:
    given(filing(), day(1)).when(seller.offers("0.00 EUR", voucher=terms)).refused(refused)


@pytest.mark.parametrize("amount", ["1 JPY", "0.001 KWD"])
def test_the_smallest_voucher(amount: str) -> None:
    """One minor unit of the currency: a yen has none, a dinar has a thousand."""
    claim = amount.replace("1", "5", 1)
    nothing = str(money(amount) - money(amount))
    report = agreed(voucher(amount), nothing, claim=claim)
    assert str(report.dispute.vouchers.owed[0].voucher.amount) == amount


def test_a_voucher_without_consent() -> None:
    """A ruling awards one only where the policy says so, and never more than the respondent keeps. Both may appeal."""
    first = given(*ruled_on())
    first.when(neutral.rules("0.00 EUR", "129.90 EUR", voucher=voucher("50.00 EUR"))).refused(VoucherNotConsented)
    report = given(*ruled_on(administrator.publishes(LENIENT)))
    beyond = neutral.rules("100.00 EUR", "29.90 EUR", voucher=voucher("30.00 EUR"))
    report.when(beyond).refused(VoucherExceedsClaim, left="29.90 EUR", voucher="30.00 EUR")
    report.when(neutral.rules("0.00 EUR", "129.90 EUR", voucher=voucher("50.00 EUR", Role.MARKETPLACE)))
    report.when(seller.waives_appeal(), buyer.waives_appeal()).leaves("execution", "marketplace", "ruled_split")
    report.when(seller.issues_voucher(days=30)).refused(NotYoursToIssue, issued_by="marketplace")
    report.when(marketplace.issues_voucher(days=30)).leaves("closed", "none", "ruled_split")


def test_a_voucher_that_is_proposed() -> None:
    """Both sides agree to a proposal, so it needs no rule of the policy."""
    mediated = (filing(relief="voucher"), seller.contests(), day(3), buyer.escalates(), neutral.takes_case())
    report = given(*mediated, neutral.proposes("0.00 EUR", "129.90 EUR", voucher=voucher("140.00 EUR")))
    report.when(buyer.accepts_proposal(), seller.accepts_proposal()).leaves("execution", "respondent", "settled")
