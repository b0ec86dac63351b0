"""Law reports on disputes about a part of an order line: some of its pieces, or some of its weight or length."""

from dataclasses import replace
from uuid import UUID

import pytest

from domain.filing.filing import ClaimExceedsLines, QuantityExceedsLine
from domain.kernel.quantities import PiecesNotWhole
from domain.payments import transaction
from domain.payments.transaction import (
    InadmissibleForGood,
    LinesAlreadyInDispute,
    QuantityInDispute,
    TransactionDiffers,
)
from domain.payments.transaction_facts import Transaction, TransactionRecorded, evolve
from domain.remedies.goods_facts import GoodsAwaited, GoodsPart
from domain.remedies.goods_terms import FreightExceedsValue, GoodsNotClaimed
from tests.domain.law.acts import FIRST, SECOND, money
from tests.domain.law.cast import back, buyer, seller, supervisor
from tests.domain.law.filings import Filing, filing
from tests.domain.law.reports import given

THIRD = UUID(int=0xD3)
FIVE = filing("40.00 EUR", paid="100.00 EUR", parts={"1": "2"}, quantities={"1": "5"})
"""Two of five vases that cost 100 euros."""


def other(claim: str, part: str | None, dispute: UUID = SECOND) -> Filing:
    return FIVE.as_second(dispute, claim=claim, parts={} if part is None else {"1": part})


def test_two_disputes_about_different_pieces_stand_beside_each_other() -> None:
    """Together never about more than the line has."""
    given(FIVE).when(other("60.00 EUR", "3")).then_filed(SECOND)
    given(FIVE).when(other("60.00 EUR", "4")).refused(
        QuantityInDispute, at="/claim/parts", left="3", open_disputes=[str(FIRST)]
    )
    given(FIVE).when(other("60.00 EUR", None)).refused(LinesAlreadyInDispute)
    given(FIVE, other("60.00 EUR", "3")).when(other("1.00 EUR", "1", THIRD)).refused(LinesAlreadyInDispute)


def test_who_claims_the_whole_line_leaves_nothing_of_it() -> None:
    """As every dispute did before there were parts."""
    whole = replace(FIVE, parts={})
    given(whole).when(other("20.00 EUR", "1")).refused(LinesAlreadyInDispute)


def test_pieces_of_a_closed_dispute_are_free_again() -> None:
    """A withdrawn claim holds nothing."""
    given(FIVE, buyer.withdraws()).when(other("100.00 EUR", "5")).then_filed(SECOND)


@pytest.mark.parametrize(
    ("paid", "quantity", "part", "most", "above"),
    [
        ("100.00 EUR", "5", "2", "40.00 EUR", "40.01 EUR"),
        ("100 JPY", "3", "1", "33 JPY", "34 JPY"),
        ("10.000 KWD", "3", "2", "6.666 KWD", "6.667 KWD"),
        ("9.99 EUR", "0.5 kg", "0.125", "2.49 EUR", "2.50 EUR"),
    ],
)
def test_a_part_is_worth_its_share(paid: str, quantity: str, part: str, most: str, above: str) -> None:
    """To the minor unit, rounded down: three thirds of 100 yen are never 102."""
    claim = filing(most, paid=paid, parts={"1": part}, quantities={"1": quantity})
    given().when(claim).then_filed(FIRST)
    given().when(replace(claim, claim=above)).refused(ClaimExceedsLines, lines=most)


def test_nobody_claims_more_than_was_bought_or_half_a_piece() -> None:
    """Fractions are for what is sold by weight, volume, length or area."""
    given().when(replace(FIVE, parts={"1": "6"})).refused(QuantityExceedsLine, quantity="6", line="5")
    given().when(replace(FIVE, parts={"1": "1.5"})).refused(PiecesNotWhole, at="/claim/parts/0/quantity")
    given().when(replace(FIVE, parts={"1": "0.4"}, quantities={"1": "1 kg"})).then_filed(FIRST)


def test_the_quantity_of_an_order_does_not_change() -> None:
    """Otherwise a second description would allow more pieces than were bought."""
    given(FIVE).when(FIVE.as_second(SECOND, claim="11.00 EUR", parts={"1": "1"}, quantities={"1": "9"})).refused(
        TransactionDiffers
    )


def test_an_order_of_a_time_without_quantities_gets_them_with_the_next_filing() -> None:
    """Claims of that time are about whole lines."""
    before = given(FIVE).transaction
    now = TransactionRecorded(
        buyer=buyer.subject,
        seller=seller.subject,
        paid=money("100.00 EUR"),
        held=(),
        lines=tuple(before.lines.values()),
    )
    old = now.model_copy(update={"lines": tuple(x.model_copy(update={"quantity": None}) for x in now.lines)})
    known = evolve(Transaction(), old)
    assert transaction.record(known, now) == [now]
    assert transaction.record(evolve(known, now), now) == []


def test_a_bar_on_two_pieces_leaves_the_other_three() -> None:
    """Nobody can say which piece is which, so bars add up."""
    barred = (FIVE, supervisor.declares_inadmissible("vexatious"))
    given(*barred).when(other("60.00 EUR", "3")).then_filed(SECOND)
    given(*barred).when(other("80.00 EUR", "4")).refused(InadmissibleForGood, disputes=[str(FIRST)])


def test_some_of_the_claimed_goods_go_back() -> None:
    """The offer names them. The freight is measured against what they cost, and the case says which ones are awaited."""
    one = back("5.00 EUR").model_copy(update={"parts": (GoodsPart(line=1, quantity="1"),)})
    offered = (FIVE, seller.offers("20.00 EUR", goods=one))
    report = given(*offered).when(buyer.accepts_offer(1))
    assert [f.event.goods.parts for f in report.facts if isinstance(f.event, GoodsAwaited)] == [one.parts]
    dear = one.model_copy(update={"freight_cost": money("20.01 EUR")})
    given(FIVE).when(seller.offers("20.00 EUR", goods=dear)).refused(FreightExceedsValue, value="20.00 EUR")


@pytest.mark.parametrize(("line", "quantity", "claimed"), [(1, "3", "2"), (2, None, None)])
def test_no_more_goods_go_back_than_are_claimed(line: int, quantity: str | None, claimed: str | None) -> None:
    """Nor goods of another line."""
    goods = back().model_copy(update={"parts": (GoodsPart(line=line, quantity=quantity),)})
    given(FIVE).when(seller.offers("20.00 EUR", goods=goods)).refused(GoodsNotClaimed, line=line, claimed=claimed)
