"""Law reports on filing."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError

from domain.evidence.exhibit_facts import ExhibitAdded, NewExhibit
from domain.evidence.exhibits import TooManyExhibits
from domain.filing.filing import (
    ClaimExceedsHeld,
    ClaimExceedsLines,
    FilingWindowClosed,
    NotDeliverable,
    NothingInDispute,
    NotYourClaim,
    ReliefNotOpen,
    SameParty,
)
from domain.filing.filing_facts import DisputeFiled
from domain.kernel.base import Actor, Role
from domain.kernel.money import CurrencyMismatch
from domain.kernel.people import NotAParty
from domain.kernel.refusals import UnknownDispute
from domain.payments.transaction import ClaimExceedsPaid, LinesAlreadyInDispute, TransactionDiffers, UnknownLine
from domain.payments.transaction_facts import ClaimOpened, TransactionRecorded
from domain.policy.book import UnknownTier
from tests.domain.law.acts import FIRST, SECOND, money, words
from tests.domain.law.cast import buyer, seller
from tests.domain.law.filings import Filing, filing, line
from tests.domain.law.reports import day, given, later, sets, some


def test_a_claim_is_filed() -> None:
    """Filing pins the policy, records the order, and opens two windows: for the respondent's answer, and for
    negotiation.

    The respondent's five days end on a Saturday in China, so they roll to the next business day, at the same time of
    day.
    """
    report = given().when(filing())
    report.then(
        some(DisputeFiled, policy_version="first-2026", in_dispute=money("129.90 EUR"), imported=False),
        sets("response", "seller", due_at="2026-11-09T18:00+08:00"),
        sets("negotiation", "both", due_at="2026-11-12T10:00+00:00"),
        TransactionRecorded,
        ClaimOpened(dispute_id=FIRST, lines=(line("1"),), amount=money("129.90 EUR")),
    ).leaves("negotiation", "respondent")
    assert report.dispute.claimed == money("129.90 EUR")


def test_the_proof_of_a_deadline() -> None:
    """Every deadline is stored with its rule, calendar and time zone, and their versions."""
    running = given(filing()).dispute.deadlines.running
    response, negotiation = running["response"].proof, running["negotiation"].proof
    assert (response.rule, response.time_zone) == ("first-2026/response", "Asia/Shanghai")
    assert response.calendar.startswith("holidays ")
    assert response.calendar.endswith(" CN")
    assert (negotiation.rule, negotiation.calendar, negotiation.time_zone) == (
        "first-2026/negotiation",
        "weekends only",
        "UTC",
    )


def test_filing_again_is_harmless() -> None:
    """A repeated filing makes no second dispute."""
    given(filing()).when(filing()).then_nothing()


def test_exhibits_may_come_along() -> None:
    """Exhibits in the filing are numbered from 1."""
    photos = tuple(NewExhibit(description=words(text)) for text in ("A photograph.", "Another one."))
    report = given(filing(exhibits=photos))
    assert report.dispute.exhibits.by == {1: Role.BUYER, 2: Role.BUYER}
    report.when(day(1), buyer.adds_exhibit()).then(some(ExhibitAdded, number=3))
    given().when(filing(exhibits=photos * 51)).refused(TooManyExhibits, limit=100)


# --- the filing window ---


def test_the_filing_window_counts_from_delivery() -> None:
    """Sixty calendar days after delivery, to the same local time. Here the clocks in Rome went back in between."""
    delivered = filing(delivered_days_ago=60, paid_days_ago=70)
    given().when(later(minutes=59), replace(delivered, delivered_days_ago=60 + 59 / 1440)).then_filed()
    closed = replace(delivered, delivered_days_ago=60 + 60 / 1440)
    given().when(later(minutes=60), closed).refused(FilingWindowClosed, closed_at="2026-11-02T11:00:00+00:00")


def test_the_filing_window_counts_from_the_latest_estimate() -> None:
    """If nothing was delivered, the window counts from the latest estimated delivery."""
    promised = filing(reason="item_not_received", delivered_days_ago=None, paid_days_ago=100)
    given().when(replace(promised, latest_delivery_days_ago=59)).then_filed()
    given().when(replace(promised, latest_delivery_days_ago=63)).refused(FilingWindowClosed, clause="first-2026/filing")


def test_the_filing_window_counts_from_payment() -> None:
    """Without an estimated delivery, it counts from the payment."""
    promised = filing(reason="item_not_received", delivered_days_ago=None)
    given().when(replace(promised, paid_days_ago=59)).then_filed()
    given().when(replace(promised, paid_days_ago=63)).refused(FilingWindowClosed)


def test_the_filing_window_ends_on_a_business_day_of_the_claimant() -> None:
    """A window that ends on a weekend rolls to Monday: here from Saturday 31 October and from Sunday, All Saints'."""
    for delivered in (62, 61):
        given().when(filing(delivered_days_ago=delivered, paid_days_ago=80)).then_filed()
    given().when(filing(delivered_days_ago=63, paid_days_ago=80)).refused(FilingWindowClosed)


@pytest.mark.parametrize("wrong", [{"paid_days_ago": -1, "delivered_days_ago": None}, {"delivered_days_ago": -1}])
def test_nothing_is_paid_or_delivered_in_the_future(wrong: dict[str, Any]) -> None:
    """A payment or delivery later than now is a mistake in the filing."""
    given().when(filing(**wrong)).refused(NotDeliverable)


# --- who, and what for ---


def test_either_side_may_be_the_claimant() -> None:
    """A seller seeks payment. The buyer is then the respondent, and the buyer's calendar counts."""
    given().when(filing(claimant="seller", reason="payment_not_received")).then(
        some(DisputeFiled, claimant="seller"),
        sets("response", "buyer", due_at="2026-11-09T11:00+01:00"),
        sets("negotiation", "both"),
        TransactionRecorded,
        some(ClaimOpened, pays_in=True),
    ).leaves("negotiation", "respondent")


def test_nobody_files_in_anothers_name() -> None:
    """A party files its own claim only."""
    as_seller = Actor(subject=seller.subject, role=Role.SELLER)
    given().when(filing(more={"actor": as_seller})).refused(NotYourClaim, claimant="buyer", role="seller")
    given().when(filing(more={"actor": Actor(subject=seller.subject, role=Role.NEUTRAL)})).refused(NotAParty)


@pytest.mark.parametrize(
    ("claimant", "relief"), [("buyer", "payment"), ("seller", "refund"), ("seller", "partial_refund")]
)
def test_relief_belongs_to_a_side(claimant: str, relief: str) -> None:
    """A buyer seeks a refund, a seller seeks payment."""
    given().when(filing(claimant=claimant, relief=relief)).refused(ReliefNotOpen, relief_sought=relief)


def test_nobody_has_a_dispute_with_themselves() -> None:
    """Buyer and seller are two people."""
    party = filing().command(given().now).buyer
    given().when(filing(more={"seller": party})).refused(SameParty)


def test_tiers_are_those_of_the_policy() -> None:
    """A tier that the policy does not know is refused."""
    known = ["standard", "silver", "gold"]
    given().when(filing(seller_tier="platinum")).refused(UnknownTier, at="/seller/tier", tiers=known)


# --- the money ---


@pytest.mark.parametrize("least", ["0.01 EUR", "1 JPY", "0.001 KWD", "0.00000001 XBT"])
def test_the_least_claim(least: str) -> None:
    """A claim is for more than nothing: for one unit of the smallest kind, in any currency."""
    given().when(filing(least)).then_filed()
    given().when(filing(f"0 {least[-3:]}", paid=least)).refused(NothingInDispute)


def test_one_order_has_one_currency() -> None:
    """Currencies never mix. The refusal points to the amount with the other currency."""
    mixed: list[tuple[str, Filing]] = [
        ("/claim/amount", filing("129.90 EUR", paid="129.90 USD")),
        ("/transaction/lines/1/amount", filing(order_lines={"1": "100.00 EUR", "2": "29.90 USD"})),
        ("/transaction/held/1/amount", filing(held=("100.00 EUR", "29.90 USD"))),
    ]
    for pointer, wrong in mixed:
        given().when(wrong).refused(CurrencyMismatch, at=pointer)


def test_no_claim_above_what_was_paid() -> None:
    """A buyer claims back no more than was paid; a seller who seeks payment may claim more."""
    given().when(filing("129.91 EUR", paid="129.90 EUR")).refused(ClaimExceedsPaid, left="129.90 EUR")
    given().when(filing("500.00 EUR", paid="0.00 EUR", claimant="seller")).then_filed()


def test_what_is_held_is_in_dispute() -> None:
    """If sums are in escrow, all of them are divided: the trade amount and both deposits."""
    escrow = filing("0.06240000 XBT", paid="0.06240000 XBT", held=("0.07176000 XBT", "0.00936000 XBT"))
    report = given().when(escrow).then_filed()
    assert report.dispute.in_dispute == money("0.08112000 XBT")
    assert report.dispute.claimed == money("0.06240000 XBT")
    given().when(replace(escrow, claim="0.08112000 XBT")).then_filed()
    given().when(replace(escrow, claim="0.08112001 XBT")).refused(ClaimExceedsHeld, held="0.08112000 XBT")


# --- other disputes on the order ---

TWO_LINES = {"1": "100.00 EUR", "2": "29.90 EUR"}
DISCOUNTED = {"1": "129.90 EUR", "2": "129.90 EUR"}
"""Two lines at the price of one."""


def test_one_open_dispute_a_line() -> None:
    """While a dispute is open, a second one on the same order lines is refused. After it, it is not."""
    first = filing("100.00 EUR", paid="129.90 EUR", order_lines=TWO_LINES)
    again = first.as_second(SECOND, claim="10.00 EUR", about_lines=("2", "1"))
    given(first).when(again).refused(LinesAlreadyInDispute, open_disputes=[str(FIRST)])
    given(first, buyer.withdraws()).when(again).then(
        DisputeFiled, sets("response", "seller"), sets("negotiation", "both"), some(ClaimOpened, dispute_id=SECOND)
    )


def test_two_disputes_on_one_order() -> None:
    """Disputes on different lines run at the same time. Together they claim no more than was paid."""
    first = filing("100.00 EUR", paid="129.90 EUR", order_lines=DISCOUNTED)
    other = first.as_second(SECOND, about_lines=("2",))
    given(first).when(replace(other, claim="29.91 EUR")).refused(ClaimExceedsPaid, amount="29.91 EUR", left="29.90 EUR")
    given(first).when(replace(other, claim="29.90 EUR")).then_filed(SECOND)


def test_a_claim_for_payment_takes_nothing_from_the_order() -> None:
    """Such a claim takes nothing from the amount that can be claimed back."""
    pays_in = filing("129.90 EUR", claimant="seller", order_lines=DISCOUNTED)
    given(pays_in).when(pays_in.as_second(SECOND, claimant="buyer", about_lines=("2",))).then_filed(SECOND)


def test_an_order_is_described_the_same_way_each_time() -> None:
    """Other sums or lines for a known order are refused: a second filing must not raise the amount paid."""
    first = filing("10.00 EUR", paid="129.90 EUR", order_lines=TWO_LINES)
    for changes in (
        {"paid": "500.00 EUR"},
        {"order_lines": {"1": "500.00 EUR", "2": "29.90 EUR"}},
        {"held": ("500.00 EUR",)},
    ):
        other = first.as_second(SECOND, about_lines=("2",), **changes)
        given(first).when(other).refused(TransactionDiffers, paid="129.90 EUR")


@pytest.mark.parametrize("side", ["buyer", "seller"])
def test_an_order_has_the_same_parties_every_time(side: str) -> None:
    """A second filing cannot name another buyer or seller."""
    first = filing("100.00 EUR", paid="129.90 EUR", order_lines={"1": "100.00 EUR", "2": "29.90 EUR"})
    stranger = {"id": "x-1", "country": "IT", "language": "it", "time_zone": "Europe/Rome", "tier": "standard"}
    other = first.as_second(
        SECOND, claim="29.90 EUR", about_lines=("2",), more={side: {"subject": UUID(int=0xFF), **stranger}}
    )
    given(first).when(other).refused(TransactionDiffers, at="/transaction")


def test_a_claim_is_about_lines_of_the_order() -> None:
    """A claim names at least one line, and only lines that the order has."""
    given().when(filing(about_lines=("1", "3"))).refused(UnknownLine, unknown=1)
    with pytest.raises(ValidationError, match="at least 1 item"):
        given().when(filing(about_lines=()))


def test_no_act_without_a_dispute() -> None:
    """A dispute that was never filed cannot be answered."""
    given().when(seller.contests()).refused(UnknownDispute)


def test_a_claim_stays_within_its_lines() -> None:
    """At most the price of the claimed lines with the order's charges. If all are claimed, or none has a price, the
    amount paid."""
    part = filing("100.01 EUR", paid="129.90 EUR", order_lines={"1": "100.00 EUR", "2": "29.90 EUR"})
    given().when(part).refused(ClaimExceedsLines, at="/claim/amount", amount="100.01 EUR", lines="100.00 EUR")
    given().when(replace(part, claim="100.00 EUR")).then_filed()
    given().when(replace(part, about_lines=("1", "2"))).then_filed()
    given().when(replace(part, order_lines={"1": "0.00 EUR", "2": "0.00 EUR"})).then_filed()
    given().when(replace(part, held=("129.90 EUR",))).then_filed()
