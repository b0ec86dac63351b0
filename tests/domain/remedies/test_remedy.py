"""Law reports on refunds: the movements of money that carry out the commitments of an outcome."""

from dataclasses import replace
from datetime import timedelta
from typing import get_args
from uuid import UUID

import pytest

from domain.commitments.events import CommitmentKept, CommitmentMade, CommitmentReplaced, CommitmentWaived
from domain.commitments.own_acts import RefundDecides
from domain.commitments.waiving import MoneyOnItsWay, NotYoursToWaive
from domain.dispute.events import MovePassed
from domain.kernel.people import Side
from domain.payments.execution import NotARefund
from domain.payments.execution_facts import RefundReferred, RefundStalled, RefundUnderway
from domain.payments.refund_facts import (
    FailureReason,
    RefundCancelled,
    RefundConfirmed,
    RefundFailed,
    RefundInstructed,
    RefundSubmitted,
)
from domain.payments.refunds import DEFINITE, MayNotReport, PaidOtherwise, RefundEnded, UnknownRefund
from domain.payments.transaction import ClaimExceedsPaid, RefundExceedsPaid
from domain.payments.transaction_facts import ClaimEnded, RefundReleased, RefundReserved, RefundSettled
from domain.remedies.closure_facts import DisputeClosed
from tests.domain.law.acts import FILED_AT, FIRST, SECOND, TRANSACTION, Act, commitment, money, refund
from tests.domain.law.cast import administrator, auditor, buyer, engine, marketplace, neutral, seller, supervisor
from tests.domain.law.filings import filing
from tests.domain.law.reports import day, given, owes, passes_to, some

CONCEDED = (filing(), day(1), seller.concedes())
SUBMITTED = (*CONCEDED, engine.instructs_refund(1))
FAILED = (*SUBMITTED, marketplace.fails_refund(1))
WEEK = timedelta(days=7)
ESCROW = filing("0.06240000 XBT", paid="0.06240000 XBT", held=("0.07176000 XBT", "0.00936000 XBT"))


# --- the way of a refund ---


def test_a_refund_is_on_record_before_anybody_is_asked_to_pay() -> None:
    """It is set aside in the order, instructed and submitted before the provider is called. A repeated act is
    harmless."""
    given(*CONCEDED).when(engine.instructs_refund(1)).then(
        RefundReserved(refund_id=refund(1), dispute_id=FIRST, amount=money("129.90 EUR")),
        RefundInstructed(
            refund_id=refund(1),
            dispute_id=FIRST,
            transaction_id=TRANSACTION,
            commitment_id=commitment(1),
            recipient=Side.BUYER,
            recipient_subject=buyer.subject,
            funded_by="seller",
            amount=money("129.90 EUR"),
        ),
        RefundSubmitted(),
        RefundUnderway(commitment_id=commitment(1), refund_id=refund(1)),
    ).leaves("execution", "marketplace")
    given(*SUBMITTED).when(engine.instructs_refund(1)).then_nothing()


def test_a_refund_confirmed() -> None:
    """The confirmation keeps the commitment. When no remedy is owed any more, the dispute closes."""
    report = given(*SUBMITTED).when(marketplace.confirms_refund(1))
    report.then(
        some(RefundConfirmed, recipient_subject=buyer.subject, provider_reference="re_1"),
        RefundSettled(refund_id=refund(1)),
        some(CommitmentKept, commitment_id=commitment(1), refund_id=refund(1), late=False, by="marketplace"),
        some(DisputeClosed, outcome="conceded"),
        passes_to("none", "closed"),
        some(ClaimEnded, dispute_id=FIRST),
    )
    report.when(marketplace.confirms_refund(1)).then_nothing()
    report.when(marketplace.fails_refund(1)).refused(RefundEnded, status="confirmed")


def test_a_refund_is_confirmed_with_one_reference() -> None:
    """The same confirmation again is harmless, also without the reference. Another reference may be a second
    payment."""
    confirmation = marketplace.confirms_refund(1)

    def with_key(key: int | None) -> Act:
        given_key = UUID(int=key) if key is not None else None
        return replace(confirmation, fields={**confirmation.fields, "reference_key": given_key})

    report = given(*SUBMITTED, with_key(1)).when(with_key(1), with_key(None)).then_nothing()
    report.when(with_key(2)).refused(PaidOtherwise, at="/provider_reference", refund_id=str(refund(1)))


def test_a_refund_that_fails_and_is_then_confirmed() -> None:
    """After a failure the sum stays set aside. It is still owed, and the marketplace may still confirm it."""
    report = given(*SUBMITTED).when(marketplace.fails_refund(1))
    failed = some(RefundFailed, reason="declined", retry_at=FILED_AT + timedelta(days=1, minutes=1))
    report.then(failed, RefundStalled(commitment_id=commitment(1), refund_id=refund(1)))
    report.leaves("execution", "marketplace").when(marketplace.fails_refund(1)).then_nothing()
    report.when(engine.instructs_refund(1)).then_nothing()
    assert report.transaction.left() == money("0.00 EUR")
    report.when(marketplace.confirms_refund(1)).leaves("closed", "none", "conceded")


@pytest.mark.parametrize("reason", get_args(FailureReason))
def test_why_a_refund_fails(reason: str) -> None:
    """A failure has one of these reasons."""
    failure = marketplace.fails_refund(1)
    report = given(*SUBMITTED).when(replace(failure, fields={**failure.fields, "reason": reason}))
    decided = (CommitmentMade, RefundReferred, MovePassed) if reason in DEFINITE else ()
    report.then(some(RefundFailed, reason=reason), RefundStalled, *decided)


def test_out_of_escrow_both_sides_are_paid() -> None:
    """The dispute closes when both have their part. The parts add up to the escrow, to the last satoshi."""
    report = given(ESCROW, seller.concedes(), engine.instructs_refund(1), engine.instructs_refund(2))
    report.when(marketplace.confirms_refund(2)).leaves("execution", "marketplace")
    report.when(marketplace.confirms_refund(1)).leaves("closed", "none")
    paid = [(m.amount, m.settled) for m in report.transaction.movements.values()]
    assert paid == [(money("0.06240000 XBT"), True), (money("0.01872000 XBT"), True)]
    assert report.transaction.left() == money("0.00000000 XBT")


def test_who_says_what_became_of_it() -> None:
    """Only the marketplace, or the engine for a payment provider, reports on a refund."""
    for somebody in (buyer, seller, supervisor, administrator, auditor):
        given(*SUBMITTED).when(somebody.confirms_refund(1)).refused(MayNotReport, role=somebody.role.value)
        given(*SUBMITTED).when(somebody.fails_refund(1)).refused(MayNotReport)
    given(*SUBMITTED).when(engine.confirms_refund(1)).leaves("closed")


def test_unknown_refunds() -> None:
    """A refund that was never instructed, or that belongs to another dispute, cannot be confirmed here."""
    given(*CONCEDED).when(marketplace.confirms_refund(1)).refused(UnknownRefund)
    two = filing("100.00 EUR", paid="129.90 EUR", order_lines={"1": "100.00 EUR", "2": "29.90 EUR"})
    second = two.as_second(SECOND, claim="29.90 EUR", about_lines=("2",))
    paid = (two, second, seller.concedes().about(SECOND), engine.instructs_refund(1).about(SECOND))
    for act in (marketplace.confirms_refund(1), marketplace.fails_refund(1), engine.releases_refund(1)):
        theirs = replace(act, fields={**act.fields, "refund_id": refund(1, SECOND)})
        given(*paid).when(theirs).refused(UnknownRefund, refund_id=str(refund(1, SECOND)))


def test_only_money_out_of_the_order_is_refunded() -> None:
    """A refund does not carry out a buyer's debt, or goods. A refund that nobody owes is not instructed."""
    given(filing(claimant="seller"), buyer.concedes()).when(engine.instructs_refund(1)).refused(NotARefund)
    given(filing(), seller.promises("ship", "buyer")).when(engine.instructs_refund(1)).refused(NotARefund)
    given(filing(), seller.promises("ship", "buyer")).when(engine.instructs_refund(2)).then_nothing()


# --- waived or replaced ---


def test_a_refund_is_kept_by_its_confirmation_alone() -> None:
    """Only the payment keeps it, and no report."""
    for somebody in (buyer, marketplace, supervisor):
        given(*SUBMITTED).when(somebody.confirms_promise(1)).refused(RefundDecides)


def test_not_while_it_is_under_way() -> None:
    """While the money is on its way, the commitment can be neither waived nor replaced."""
    given(*SUBMITTED).when(buyer.waives_promise(1)).refused(MoneyOnItsWay, refund_id=str(refund(1)))
    given(*SUBMITTED).when(buyer.replaces_promise(1, "refund", "1.00 EUR")).refused(MoneyOnItsWay)


def test_a_refund_waived_before_it_began() -> None:
    """The creditor may waive it. Then no money moves, and nothing is owed."""
    report = given(*CONCEDED).when(seller.waives_promise(1)).refused(NotYoursToWaive, owed_to="buyer")
    report.when(buyer.waives_promise(1)).leaves("closed", "none", "conceded")
    report.when(engine.instructs_refund(1)).then_nothing()


def test_a_failed_refund_waived() -> None:
    """The sum set aside is released, once. The refund cannot be confirmed any more."""
    report = given(*FAILED, buyer.waives_promise(1)).leaves("closed")
    report.when(marketplace.confirms_refund(1)).refused(RefundEnded, commitment="waived")
    report.when(engine.releases_refund(1)).then(RefundCancelled(), RefundReleased(refund_id=refund(1)))
    report.when(engine.releases_refund(1)).then_nothing()
    report.when(marketplace.confirms_refund(1)).refused(RefundEnded, status="cancelled")
    report.when(marketplace.fails_refund(1)).refused(RefundEnded, status="cancelled")
    assert report.transaction.left() == money("129.90 EUR")


def test_a_refund_replaced() -> None:
    """A smaller refund replaces it, and can use the money of the failed one once that is released."""
    report = given(*FAILED).when(buyer.replaces_promise(1, "refund", "100.00 EUR", within=WEEK))
    report.then(
        some(CommitmentReplaced, commitment_id=commitment(1), replaced_by=commitment(2)),
        owes("seller", "buyer", "100.00 EUR", arises_from="concession", commitment_class="remedy"),
    )
    report.when(engine.instructs_refund(2)).refused(RefundExceedsPaid, left="0.00 EUR")
    report.when(engine.releases_refund(1), engine.instructs_refund(2), marketplace.confirms_refund(2)).leaves("closed")
    assert report.transaction.left() == money("29.90 EUR")


def test_a_replaced_refund_is_not_paid_beside_its_replacement() -> None:
    """A late confirmation of a replaced refund is refused, because the claimant would be paid twice."""
    report = given(filing(), seller.concedes("20.00 EUR"), engine.instructs_refund(1), marketplace.fails_refund(1))
    replaced = buyer.replaces_promise(1, "refund", "20.00 EUR", within=WEEK)
    report.when(replaced, engine.instructs_refund(2)).leaves("negotiation")
    report.when(marketplace.confirms_refund(1)).refused(RefundEnded, commitment="replaced")


def test_no_release_of_what_is_still_owed() -> None:
    """The sum of a failed refund that is still owed stays set aside, and so does that of one under way."""
    given(*FAILED).when(engine.releases_refund(1)).then_nothing()
    given(*SUBMITTED).when(engine.releases_refund(1)).then_nothing()
    given(*CONCEDED).when(engine.releases_refund(1)).refused(UnknownRefund)


# --- never more than was paid ---


def test_two_disputes_on_one_order() -> None:
    """Refunds of two disputes on different lines together never exceed the amount paid."""
    first = filing("100.00 EUR", paid="129.90 EUR", order_lines={"1": "100.00 EUR", "2": "29.90 EUR"})
    second = first.as_second(SECOND, claim="29.90 EUR", about_lines=("2",))
    both = (first, second, seller.concedes(), seller.concedes().about(SECOND), engine.instructs_refund(1))
    report = given(*both).when(engine.instructs_refund(1).about(SECOND)).leaves("execution", of=SECOND)
    assert report.transaction.left() == money("0.00 EUR")


TWO_LINES = filing(paid="169.90 EUR", order_lines={"1": "129.90 EUR", "2": "40.00 EUR"})
ADJUDICATED = (seller.contests(), day(3), buyer.escalates(), neutral.takes_case(), neutral.declares_impasse())


def test_no_side_promise_spends_what_is_in_dispute() -> None:
    """A seller can commit to money only up to what nobody claims, to the cent. The ruling can still be paid in full."""
    given(TWO_LINES).when(seller.promises("refund", "buyer", "40.01 EUR")).refused(
        RefundExceedsPaid, amount="40.01 EUR", left="40.00 EUR"
    )
    report = given(TWO_LINES, seller.promises("refund", "buyer", "40.00 EUR"), engine.instructs_refund(1))
    report.when(marketplace.confirms_refund(1)).leaves("negotiation")
    report.when(*ADJUDICATED, neutral.rules("129.90 EUR", "0.00 EUR"), seller.waives_appeal()).leaves("execution")
    report.when(engine.instructs_refund(5)).then(  # the second commitment was the neutral's first act
        some(RefundReserved, amount=money("129.90 EUR"), beyond_claim=False),
        RefundInstructed,
        RefundSubmitted,
        RefundUnderway,
    )
    report.when(marketplace.confirms_refund(5)).leaves("closed", "none", "ruled_for_claimant")
    assert report.transaction.left() == money("0.00 EUR")


def test_what_was_promised_freely_is_not_set_aside_twice() -> None:
    """The commitment set it aside. When its refund begins, nothing more leaves the order."""
    promised = given(TWO_LINES, seller.promises("refund", "buyer", "40.00 EUR"))
    promised.when(engine.instructs_refund(1)).then(RefundInstructed, RefundSubmitted, RefundUnderway)
    assert promised.transaction.unclaimed() == money("0.00 EUR")
    promised.when(seller.promises("refund", "buyer", "0.01 EUR")).refused(RefundExceedsPaid, left="0.00 EUR")


def test_a_free_promise_leaves_the_other_disputes_alone() -> None:
    """What another dispute claims is not available. A later dispute cannot claim what is set aside here."""
    second = TWO_LINES.as_second(SECOND, claim="30.00 EUR", about_lines=("2",))
    given(TWO_LINES, second).when(seller.promises("refund", "buyer", "10.01 EUR")).refused(
        RefundExceedsPaid, left="10.00 EUR"
    )
    given(TWO_LINES, seller.promises("refund", "buyer", "10.01 EUR")).when(second).refused(
        ClaimExceedsPaid, left="29.99 EUR"
    )


def test_nothing_in_escrow_is_promised_freely() -> None:
    """Everything in escrow is in dispute. The marketplace, which holds it, cannot commit to pay from it either."""
    for promise in (
        seller.promises("refund", "buyer", "0.00000001 XBT"),
        marketplace.promises("pay", "seller", "0.00000001 XBT"),
    ):
        given(ESCROW).when(promise).refused(RefundExceedsPaid, left="0.00000000 XBT")


def test_a_free_promise_whose_refund_failed() -> None:
    """A waiver frees the money at once. The refund is then cancelled."""
    failed = (seller.promises("refund", "buyer", "40.00 EUR"), engine.instructs_refund(1), marketplace.fails_refund(1))
    report = given(TWO_LINES, *failed).when(buyer.waives_promise(1))
    report.then(CommitmentWaived(commitment_id=commitment(1), by=buyer.role), RefundReleased(refund_id=refund(1)))
    assert report.transaction.unclaimed() == money("40.00 EUR")
    report.when(engine.releases_refund(1), marketplace.confirms_refund(1)).refused(RefundEnded, status="cancelled")
    assert report.transaction.unclaimed() == money("40.00 EUR")
