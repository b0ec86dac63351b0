"""Law reports on acts after closure: reopening, a dispute that continues another, and ratings."""

from dataclasses import replace
from typing import Any

import pytest

from domain.filing.filing import FilingWindowClosed, NotTurnedUp
from domain.kernel.people import NotAParty
from domain.payments.refund_facts import RefundBounced
from domain.payments.refunds import RefundEnded
from domain.payments.transaction import FollowsNothing, TakenMeanwhile
from domain.payments.transaction_facts import ClaimOpened, RefundRecovered, RefundReleased
from domain.remedies.divisions import AlreadyPaidOut
from domain.remedies.recovery_facts import AwardOverturned
from domain.remedies.reopening import (
    AlreadyRated,
    BouncedRefundMissing,
    MayNotReopen,
    NotClosedYet,
    NothingToOverturn,
    NotPaidByRefund,
)
from domain.remedies.reopening_facts import DisputeReopened, HandlingRated
from tests.domain.law.acts import FIRST, SECOND, commitment, money, refund
from tests.domain.law.cast import administrator, back, buyer, engine, marketplace, neutral, seller, supervisor
from tests.domain.law.filings import Filing, filing
from tests.domain.law.reports import day, given, later, neutral_owed, owes, passes_to, some

NOT_RECEIVED = filing(reason="item_not_received", delivered_days_ago=None, latest_delivery_days_ago=2)
PAID = (NOT_RECEIVED, day(1), seller.concedes(), engine.instructs_refund(1), marketplace.confirms_refund(1))


# --- reopened ---


@pytest.mark.parametrize("ground", ["late_delivery", "fraud"])
def test_a_dispute_reopened(ground: str) -> None:
    """The outcome is overturned: a neutral rules again, and payments count towards the new ruling."""
    report = given(*PAID).when(supervisor.reopens(ground))
    report.then(
        AwardOverturned(to_buyer=money("129.90 EUR"), to_seller=money("0.00 EUR")),
        some(DisputeReopened, ground=ground, by="supervisor"),
        some(ClaimOpened, dispute_id=FIRST),
        neutral_owed(),
        passes_to("supervisor", "adjudication"),
    )
    report.when(supervisor.assigns(neutral), neutral.rules("0.00 EUR", "129.90 EUR"), buyer.waives_appeal())
    owed = report.dispute.commitments.open[commitment(5)]
    assert (owed.owed_by, owed.owed_to, owed.amount, owed.kind) == ("buyer", "seller", money("129.90 EUR"), "pay")
    report.leaves("execution", "claimant", "ruled_for_respondent")
    report.when(seller.confirms_promise(5)).leaves("closed", "none", "ruled_for_respondent")
    assert any(isinstance(f.event, RefundRecovered) for f in report.facts)
    assert report.transaction.left() == money("129.90 EUR")


def test_reopened_and_ruled_the_same() -> None:
    """Nobody owes anything more."""
    report = given(*PAID, supervisor.reopens(), supervisor.assigns(neutral))
    report.when(neutral.rules("129.90 EUR", "0.00 EUR"), seller.waives_appeal()).leaves("closed", "none")


def test_money_paid_is_not_put_at_stake_again() -> None:
    """The new decision divides only money, at once."""
    report = given(*PAID, supervisor.reopens(), supervisor.assigns(neutral))
    report.when(neutral.rules("129.90 EUR", "0.00 EUR", goods=back())).refused(AlreadyPaidOut)


def test_a_refund_that_bounced() -> None:
    """It is owed again, and another refund carries it out. The outcome stays."""
    report = given(*PAID).when(supervisor.reopens("bounced_refund", bounced=1))
    report.then(
        some(DisputeReopened, bounced=commitment(1)),
        RefundBounced(),
        RefundReleased(refund_id=refund(1)),
        some(ClaimOpened, dispute_id=FIRST),
        owes("seller", "buyer", "129.90 EUR", arises_from="concession"),
        passes_to("marketplace", "execution"),
    ).leaves(outcome="conceded")
    report.when(marketplace.confirms_refund(1)).refused(RefundEnded, status="bounced")
    report.when(engine.instructs_refund(2), marketplace.confirms_refund(2)).leaves("closed", "none", "conceded")
    assert report.transaction.left() == money("0.00 EUR")


def test_who_reopens_what() -> None:
    """A supervisor, a closed dispute, on a ground that fits; but not one that was resolved elsewhere."""
    report = given(*PAID)
    for nobody in (buyer, seller, marketplace, administrator):
        report.when(nobody.reopens()).refused(MayNotReopen, role=nobody.role.value)
    report.when(supervisor.reopens("fraud", bounced=1)).refused(BouncedRefundMissing)
    report.when(supervisor.reopens("bounced_refund")).refused(BouncedRefundMissing)
    report.when(supervisor.reopens("bounced_refund", bounced=2)).refused(NotPaidByRefund)
    given(NOT_RECEIVED).when(supervisor.reopens()).refused(NotClosedYet, stage="negotiation")
    elsewhere = given(NOT_RECEIVED, marketplace.refunds_elsewhere("129.90 EUR"))
    elsewhere.when(supervisor.reopens()).refused(NothingToOverturn)


def test_lines_that_were_taken_up_meanwhile() -> None:
    """Another dispute on the lines keeps them."""
    first = filing("10.00 EUR", paid="129.90 EUR")
    report = given(first, buyer.withdraws(), first.as_second(SECOND))
    report.when(supervisor.reopens()).refused(TakenMeanwhile)


# --- a parcel that turns up ---


def turned_up(**changes: Any) -> Filing:
    """The seller's claim after the refund."""
    claims = {"claimant": "seller", "reason": "parcel_turned_up", "more": {"follows": FIRST}}
    return NOT_RECEIVED.as_second(SECOND, **claims | changes)


def test_a_parcel_that_turns_up_after_the_refund() -> None:
    """The seller may claim the payment for sixty days, in a dispute that continues the first. The buyer may return the
    parcel instead."""
    report = given(*PAID, day(40)).when(turned_up())
    report.then_filed(SECOND)
    report.when(buyer.offers("0.00 EUR", goods=back()).about(SECOND), seller.accepts_offer(1).about(SECOND))
    report.leaves("execution", "respondent", "settled", of=SECOND)
    late = given(*PAID, day(40), turned_up(), buyer.concedes().about(SECOND)).leaves(
        "execution", "respondent", of=SECOND
    )
    late.when(seller.confirms_promise(1).about(SECOND)).leaves("closed", "none", "conceded", of=SECOND)


def test_goods_that_do_not_come_back_are_paid() -> None:
    """If the goods come back, the buyer keeps the money."""
    report = given(*PAID, day(40), turned_up())
    report.when(buyer.offers("0.00 EUR", goods=back()).about(SECOND), seller.accepts_offer(1).about(SECOND))
    report.when(later(days=15), engine.ticks().about(SECOND))
    [owed] = report.world.dispute(SECOND).commitments.open.values()
    assert (owed.owed_by, owed.owed_to, owed.amount) == ("buyer", "seller", money("129.90 EUR"))


def test_a_parcel_that_did_not_turn_up_in_time() -> None:
    """Sixty calendar days from closure; only after a refund, only by the seller, for no more than the refund, and
    once."""
    given(*PAID, day(70)).when(turned_up()).refused(FilingWindowClosed, clause="first-2026/turned_up")
    given(*PAID).when(turned_up(claim="129.91 EUR")).refused(NotTurnedUp, at="/claim/amount")
    given(NOT_RECEIVED, buyer.withdraws()).when(turned_up()).refused(NotTurnedUp, at="/claim/amount")
    given(*PAID).when(turned_up(more={})).refused(NotTurnedUp, at="/claim/reason")
    again = given(*PAID, turned_up(), seller.withdraws().about(SECOND))
    again.when(replace(turned_up(), dispute=commitment(9))).refused(FollowsNothing)


def test_a_dispute_that_follows_another() -> None:
    """It names a closed dispute on the same order."""
    first = filing("10.00 EUR", paid="129.90 EUR")
    follows = first.as_second(SECOND, more={"follows": FIRST})
    given(first, buyer.withdraws()).when(follows).then_filed(SECOND)
    given(first, buyer.withdraws()).when(replace(follows, more={"follows": commitment(1)})).refused(FollowsNothing)


# --- ratings ---


def test_rating_the_handling() -> None:
    """Once by each party, from 1 to 5, after closure. Messages are still possible."""
    report = given(*PAID).when(buyer.rates(5)).then(some(HandlingRated, by="buyer", rating=5))
    report.when(buyer.rates(5)).then_nothing()
    report.when(buyer.rates(1)).refused(AlreadyRated, rating=5)
    report.when(seller.rates(1), buyer.writes()).leaves("closed")
    report.when(marketplace.rates(1)).refused(NotAParty)
    given(NOT_RECEIVED).when(buyer.rates()).refused(NotClosedYet)
