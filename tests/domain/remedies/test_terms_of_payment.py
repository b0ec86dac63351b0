"""Law reports on terms of payment: instalments, a price difference, and money beyond the claim."""

from datetime import timedelta

from domain.commitments.promising import GoodwillIsMoney
from domain.payments.execution import NotOwedYet
from domain.payments.transaction import RefundExceedsPaid
from domain.payments.transaction_facts import RefundReserved
from domain.remedies.divisions import InstalmentsDontAddUp, InstalmentsOutOfPlace
from tests.domain.law.acts import FIRST, money, refund
from tests.domain.law.cast import back, buyer, engine, instalment, marketplace, neutral, seller
from tests.domain.law.filings import filing
from tests.domain.law.reports import day, given, later, owes

HALVES = (instalment("60.00 EUR", 30), instalment("69.90 EUR", 60))


# --- instalments ---


def test_instalments() -> None:
    """Each is owed when its window after the outcome has passed, and due within the remedy window from then on, with
    proof."""
    report = given(filing(), day(1), seller.offers("129.90 EUR", instalments=HALVES), buyer.accepts_offer(1))
    first, second = report.dispute.commitments.open.values()
    assert (first.amount, second.amount) == (money("60.00 EUR"), money("69.90 EUR"))
    assert first.owed_from is not None
    assert second.owed_from is not None
    assert first.due_at > first.owed_from >= report.now + timedelta(days=30)
    assert second.owed_from >= report.now + timedelta(days=60)
    report.when(engine.instructs_refund(1)).refused(NotOwedYet)
    report.when(later(days=32), engine.instructs_refund(1), marketplace.confirms_refund(1)).leaves("execution")
    report.when(later(days=31), engine.instructs_refund(2), marketplace.confirms_refund(2)).leaves("closed")
    assert report.transaction.left() == money("0.00 EUR")


def test_an_instalment_that_is_late() -> None:
    """It is overdue by itself. The others are not."""
    report = given(filing(), day(1), seller.offers("129.90 EUR", instalments=HALVES), buyer.accepts_offer(1))
    report.when(later(days=45), engine.ticks())
    assert [c.overdue for c in report.dispute.commitments.open_remedies()] == [True, False]


def test_instalments_that_are_refused() -> None:
    """They add up to the claimant's amount, and none is zero. They are not possible with escrow, or with goods."""
    report = given(filing(), day(1))
    report.when(seller.offers("100.00 EUR", instalments=HALVES)).refused(InstalmentsDontAddUp, claimant="100.00 EUR")
    nothing = (*HALVES, instalment("0.00 EUR", 90))
    report.when(seller.offers("129.90 EUR", instalments=nothing)).refused(InstalmentsDontAddUp)
    report.when(seller.offers("129.90 EUR", instalments=HALVES, goods=back())).refused(InstalmentsOutOfPlace)
    held = given(filing("129.90 EUR", held=("129.90 EUR",)))
    held.when(seller.offers("129.90 EUR", instalments=HALVES)).refused(InstalmentsOutOfPlace, held=True)


def test_a_ruling_may_grant_instalments() -> None:
    """A proposal may do so too."""
    adjudicated = (
        filing(),
        seller.contests(),
        day(3),
        buyer.escalates(),
        neutral.takes_case(),
        neutral.declares_impasse(),
    )
    report = given(*adjudicated, neutral.rules("129.90 EUR", "0.00 EUR", instalments=HALVES), seller.waives_appeal())
    assert len(report.dispute.commitments.open_remedies()) == 2


# --- less than all of it ---


def test_a_price_difference_after_shipment() -> None:
    """The price fell after the order. The claim is for the difference, and the goods stay with the buyer."""
    report = given(filing("20.00 EUR", paid="129.90 EUR", reason="price_difference"), day(1), seller.concedes())
    report.when(engine.instructs_refund(1), marketplace.confirms_refund(1)).leaves("closed", "none", "conceded")
    assert report.transaction.left() == money("109.90 EUR")


# --- beyond the claim ---


def test_goodwill() -> None:
    """Money beyond the claim is marked as goodwill, set aside at once, and paid by its giver."""
    report = given(filing("100.00 EUR", paid="129.90 EUR"), day(1))
    report.when(marketplace.promises("refund", "buyer", "10.00 EUR", goodwill=True)).then(
        owes("marketplace", "buyer", "10.00 EUR", arises_from="goodwill", commitment_class="remedy"),
        RefundReserved(refund_id=refund(1), dispute_id=FIRST, amount=money("10.00 EUR"), beyond_claim=True),
    )
    report.when(seller.concedes()).leaves("execution", "marketplace")
    assert {c.arises_from for c in report.dispute.commitments.open.values()} == {"goodwill", "concession"}


def test_goodwill_that_is_refused() -> None:
    """It is money. As a refund it stays within what was paid and nobody claims. A payment from the giver's own pocket
    has no limit."""
    report = given(filing("100.00 EUR", paid="129.90 EUR"), day(1))
    report.when(seller.promises("reply", "buyer", goodwill=True)).refused(GoodwillIsMoney, at="/goodwill")
    report.when(seller.promises("refund", "buyer", "29.91 EUR", goodwill=True)).refused(RefundExceedsPaid)
    report.when(seller.promises("pay", "buyer", "500.00 EUR", goodwill=True)).then(
        owes("seller", "buyer", "500.00 EUR", "pay", arises_from="goodwill")
    )
