"""Law reports on one order: how much can still be claimed from it, and how much can still leave it."""

from dataclasses import replace
from uuid import UUID

import pytest

from domain.filing.filing_facts import DisputeFiled
from domain.payments.transaction import ClaimExceedsPaid, LinesAlreadyInDispute
from domain.payments.transaction_facts import ClaimOpened, TransactionRecorded
from tests.domain.law.acts import SECOND, money
from tests.domain.law.cast import buyer, engine, marketplace, seller
from tests.domain.law.filings import filing, line
from tests.domain.law.reports import Played, day, given

LINES = {"1": "100.00 EUR", "2": "150.00 EUR", "3": "9.90 EUR"}
THIRD = UUID(int=0xD3)
FIRST_CLAIM = filing("100.00 EUR", paid="129.90 EUR", order_lines=LINES)
PAID_OUT = (FIRST_CLAIM, seller.concedes(), engine.instructs_refund(1), marketplace.confirms_refund(1))


def test_an_order_is_recorded_once() -> None:
    """With the first dispute. A later one with the same description only adds its claim."""
    second = FIRST_CLAIM.as_second(SECOND, claim="29.90 EUR", about_lines=("2", "3"))
    report = given(FIRST_CLAIM).when(second)
    report.then_filed(SECOND)
    kinds = [type(f.event) for f in report.facts]
    assert (kinds[0], kinds[-1]) == (DisputeFiled, ClaimOpened)
    assert TransactionRecorded not in kinds
    assert report.transaction.claims[SECOND].lines == {line("2"), line("3")}


@pytest.mark.parametrize(
    ("before", "left"),
    [
        ((FIRST_CLAIM,), "29.90 EUR"),
        ((FIRST_CLAIM, buyer.withdraws()), "129.90 EUR"),
        ((FIRST_CLAIM, marketplace.cancels()), "129.90 EUR"),
        ((FIRST_CLAIM, seller.concedes()), "29.90 EUR"),
        (PAID_OUT, "29.90 EUR"),
        ((FIRST_CLAIM, seller.concedes("40.00 EUR")), "29.90 EUR"),
        ((FIRST_CLAIM, seller.concedes("40.00 EUR"), engine.instructs_refund(1)), "29.90 EUR"),
        ((FIRST_CLAIM, seller.concedes(), engine.instructs_refund(1), marketplace.fails_refund(1)), "29.90 EUR"),
        ((FIRST_CLAIM, seller.concedes("40.00 EUR"), engine.instructs_refund(1), marketplace.confirms_refund(1)), "29.90 EUR"),
        (
            (
                FIRST_CLAIM, seller.concedes("40.00 EUR"), buyer.withdraws(),
                engine.instructs_refund(1), marketplace.confirms_refund(1),
            ),
            "89.90 EUR",
        ),
        ((FIRST_CLAIM, seller.concedes(), buyer.waives_promise(1)), "129.90 EUR"),
    ],
    ids=[
        "open", "withdrawn", "cancelled", "conceded", "paid", "part conceded", "part under way", "failed", "part paid",
        "part paid and over", "waived",
    ],
)  # fmt: skip
def test_what_can_still_be_claimed(before: tuple[Played, ...], left: str) -> None:
    """The amount paid, less what has left the order, less what open disputes may still take. Nothing counts twice."""
    most = FIRST_CLAIM.as_second(SECOND, claim=left, about_lines=("2",))
    given(*before).when(most).then_filed(SECOND)
    above = replace(most, claim=str(money(left) + money("0.01 EUR")))
    given(*before).when(above).refused(ClaimExceedsPaid, at="/claim/amount", left=left)


def test_a_line_may_be_disputed_again_after_closure() -> None:
    """But the amount paid on it has gone."""
    again = FIRST_CLAIM.as_second(SECOND, claim="29.90 EUR", about_lines=("1",))
    given(*PAID_OUT).when(again).then_filed(SECOND)
    given(*PAID_OUT[:-1]).when(again).refused(LinesAlreadyInDispute)


def test_an_open_claim_holds_its_lines_through_execution() -> None:
    """A dispute that is decided but not yet paid still holds its lines."""
    again = FIRST_CLAIM.as_second(SECOND, claim="1.00 EUR", about_lines=("1",))
    given(FIRST_CLAIM, seller.concedes(), day(3)).when(again).refused(LinesAlreadyInDispute, at="/claim/lines")


def test_out_of_escrow_what_is_held_is_the_limit() -> None:
    """Everything held is in dispute, so a second dispute on another line finds nothing left to claim."""
    escrow = replace(FIRST_CLAIM, held=("100.00 EUR", "10.00 EUR"))
    assert given(escrow).transaction.limit == money("110.00 EUR")
    given(escrow).when(escrow.as_second(SECOND, claim="1.00 EUR", about_lines=("2",))).refused(
        ClaimExceedsPaid, amount="110.00 EUR", left="0.00 EUR"
    )


def test_three_disputes_exhaust_an_order() -> None:
    """Together they are paid exactly the amount paid for the order."""
    second = FIRST_CLAIM.as_second(SECOND, claim="20.00 EUR", about_lines=("2",))
    third = FIRST_CLAIM.as_second(THIRD, claim="9.90 EUR", about_lines=("3",))
    paid = (seller.concedes(), engine.instructs_refund(1), marketplace.confirms_refund(1))
    report = given(*PAID_OUT, second, third)
    report.when(*(act.about(dispute) for dispute in (SECOND, THIRD) for act in paid))
    report.leaves("closed", of=SECOND).leaves("closed", of=THIRD)
    assert report.transaction.left() == money("0.00 EUR")
    assert not report.transaction.claims
