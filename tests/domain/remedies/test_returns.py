"""Law reports on where goods are sent back to, on the freight, and on what the receiver finds in the parcel."""

from datetime import timedelta

import pytest

from domain.commitments.events import CommitmentBreached, CommitmentDeferred, CommitmentDischarged, CommitmentKept
from domain.commitments.keeping import NotYoursToConfirm
from domain.commitments.waiving import NotYoursToWaive
from domain.evidence.exhibit_facts import ExhibitAdded
from domain.evidence.exhibits import NotOnRecord
from domain.filing.review_facts import MachineDecided
from domain.kernel.money import CurrencyMismatch
from domain.kernel.quantities import PiecesNotWhole
from domain.policy.policy import Policy, Silence
from domain.remedies.goods_facts import Goods, GoodsAwaited, GoodsContested, GoodsEnded, GoodsPart
from domain.remedies.handover import GoodsNotAwaited
from domain.remedies.inspection import (
    ConditionDoesNotFit,
    ContestUnexplained,
    LineNotAwaited,
    LinesMissing,
    MoreThanAwaited,
    NothingToContest,
    NotYoursToInspect,
)
from domain.remedies.inspection_facts import GoodsInspected
from domain.remedies.return_details import MAX_STATED, FreightAgainstTerms, NotYoursToReceive, TooOftenStated
from domain.remedies.return_details_facts import ReturnDetailsGiven, ReturnLabelAdded
from tests.domain.law.acts import commitment, money
from tests.domain.law.cast import (
    REPLACED,
    administrator,
    back,
    buyer,
    engine,
    marketplace,
    repaired,
    seller,
    supervisor,
)
from tests.domain.law.filings import Filing, filing
from tests.domain.law.reports import Report, day, deadline, due_date, follows, given, later, owes, passes_to, some
from tests.domain.law.rules import SENT_WHERE
from tests.domain.test_moves import may

NOTHING = money("0.00 EUR")
ALL = money("129.90 EUR")
TWO_LINES = filing(
    "100.00 EUR",
    paid="100.00 EUR",
    about_lines=("1", "2"),
    order_lines={"1": "60.00 EUR", "2": "40.00 EUR"},
    quantities={"1": "3", "2": "0.5 kg"},
)
"""Three vases, and half a kilogram of tea."""


def agreed(goods: Goods | None = None, policy: Policy | None = SENT_WHERE, case: Filing | None = None) -> Report:
    """Settled with a return. Under this policy the seller owes the address first."""
    under = [administrator.publishes(policy)] if policy else []
    claim = case or filing()
    return given(*under, claim, day(1), seller.offers(claim.claim, goods=goods or back()), buyer.accepts_offer(1))


def arrived(case: Filing = TWO_LINES, goods: Goods | None = None) -> Report:
    """The carrier reported the delivery; the address was never asked for."""
    return agreed(goods, None, case).when(buyer.sends_goods(1), marketplace.confirms_promise(2))


# --- where the goods go ---


def test_the_address_is_owed_before_the_goods() -> None:
    """In two business days, if the policy says so. It blocks closure, and only the address keeps it."""
    report = agreed()
    assert [f.event.step for f in report.facts if isinstance(f.event, GoodsAwaited)] == ["details"]
    owed = report.dispute.commitments.open[commitment(1)]
    assert (owed.kind, owed.owed_by, owed.owed_to, owed.commitment_class) == (
        "tell_address",
        "seller",
        "buyer",
        "remedy",
    )
    assert report.dispute.awaiting == "respondent"
    for nobody in (buyer, marketplace, supervisor):
        report.when(nobody.confirms_promise(1)).refused(NotYoursToConfirm)
    report.when(buyer.waives_promise(1)).refused(NotYoursToWaive)
    report.when(buyer.sends_goods(1)).refused(GoodsNotAwaited, step="details")


def test_the_buyers_time_begins_when_the_address_is_known() -> None:
    """The seller gives it, or the marketplace for the seller. The buyer then has all of the ten days."""
    for receiver in (seller, marketplace):
        report = agreed().when(later(days=1), receiver.gives_return_details())
        report.then(
            some(ReturnDetailsGiven, by=receiver.role.value, freight="seller", freight_cost=money("10.00 EUR")),
            some(CommitmentKept, commitment_id=commitment(1), late=False, by=receiver.role.value),
            some(GoodsAwaited, step="dispatch", commitment_id=commitment(2)),
            owes("buyer", "seller", None, "return", commitment_class="remedy"),
            passes_to("claimant", "execution"),
        )
        assert report.dispute.commitments.open[commitment(2)].since == report.now
    report.when(buyer.sends_goods(2)).leaves("execution", "marketplace")


def test_an_address_that_comes_late_is_a_breach_on_record() -> None:
    """The buyer's time does not run meanwhile, and the address is still owed."""
    report = agreed().when(due_date(1), engine.ticks())
    report.then(
        CommitmentBreached(commitment_id=commitment(1)), follows("marketplace", "buyer", "decide", because_of=1)
    )
    report.when(later(days=30), engine.ticks()).leaves("execution", "respondent")
    report.when(seller.gives_return_details()).leaves("execution", "claimant")
    kept = [f.event for f in report.facts if isinstance(f.event, CommitmentKept)]
    assert [(one.commitment_id, one.late) for one in kept] == [(commitment(1), True)]


@pytest.mark.parametrize(
    ("silence", "awaiting", "ended"),
    [("to_a_neutral", "supervisor", []), ("refund_without_return", "marketplace", [ALL])],
)
def test_what_a_missing_address_means_is_policy(silence: str, awaiting: str, ended: list[object]) -> None:
    """A neutral decides, or the buyer keeps goods and money."""
    meaning = Silence.model_validate({"return_details": silence})
    policy = SENT_WHERE.model_copy(update={"version": "else", "silence": meaning})
    report = agreed(policy=policy).when(due_date(1), engine.ticks())
    report.leaves("execution", awaiting)
    facts = [f.event for f in report.facts]
    assert CommitmentBreached(commitment_id=commitment(1)) in facts
    assert [one.to_buyer for one in facts if isinstance(one, GoodsEnded)] == ended
    assert len([one for one in facts if isinstance(one, MachineDecided)]) == len(ended)


def test_without_the_window_nobody_owes_an_address_and_the_seller_may_give_one() -> None:
    """The buyer's time runs from the outcome, as ever."""
    report = agreed(policy=None)
    due_at = report.dispute.commitments.open[commitment(1)].due_at
    report.when(later(days=2), seller.gives_return_details()).then(ReturnDetailsGiven)
    assert report.dispute.commitments.open[commitment(1)].due_at == due_at
    report.when(buyer.sends_goods(1)).leaves("execution", "marketplace")


def test_a_corrected_address_gives_the_buyer_the_whole_time_again() -> None:
    """Where it is owed. Goods that have left cannot be sent elsewhere."""
    report = agreed().when(seller.gives_return_details(), later(days=7))
    whole_time = report.now + timedelta(days=10)
    report.when(seller.gives_return_details()).then(
        ReturnDetailsGiven, some(CommitmentDeferred, commitment_id=commitment(2), due_at=whole_time)
    )
    report.when(seller.gives_return_details()).then(ReturnDetailsGiven)
    report.when(buyer.sends_goods(2), seller.gives_return_details()).refused(GoodsNotAwaited, step="carriage")


def test_goods_that_are_sent_in_for_repair_need_an_address_too() -> None:
    report = agreed(repaired())
    assert report.dispute.awaiting == "respondent"
    report.when(seller.gives_return_details()).leaves("execution", "claimant")
    report.when(buyer.sends_goods(2), seller.confirms_promise(3)).leaves("execution", "respondent")
    report.when(seller.gives_return_details()).refused(GoodsNotAwaited, step="repair")


def test_nobody_knows_yet_what_a_return_costs_that_a_machine_ordered() -> None:
    """The seller may say it, and owes it then. The marketplace cannot lay a sum on the seller."""
    first = SENT_WHERE.model_copy(update={"version": "first-back", "silence": Silence(response="return_first")})
    report = given(administrator.publishes(first), filing(), deadline("response"), engine.ticks())
    report.when(seller.gives_return_details()).then(
        some(ReturnDetailsGiven, freight="seller", freight_cost=None),
        CommitmentKept,
        some(GoodsAwaited, step="dispatch"),
        owes("buyer", "seller", None, "return", commitment_class="remedy", arises_from="default"),
        passes_to("claimant", "execution"),
    )
    report.when(marketplace.gives_return_details(cost="5.00 EUR")).refused(
        FreightAgainstTerms, worse_for="seller", payer="seller", cost=None
    )
    report.when(seller.gives_return_details(cost="5.00 EUR")).then(
        some(ReturnDetailsGiven, freight="seller", freight_cost=money("5.00 EUR"))
    )


def test_a_label_to_print() -> None:
    """It may come with the address or without it, and keeps nothing."""
    report = agreed().when(seller.adds_label()).then(some(ReturnLabelAdded, by="seller"))
    report.when(marketplace.adds_label()).then(some(ReturnLabelAdded, by="marketplace"))
    report.leaves("execution", "respondent")
    report.when(buyer.adds_label()).refused(NotYoursToReceive, role="buyer")


def test_who_says_where_the_goods_go() -> None:
    """Whoever receives them, or the marketplace; not too often, and only for a return."""
    report = agreed()
    for nobody in (buyer, supervisor):
        report.when(nobody.gives_return_details()).refused(NotYoursToReceive, role=nobody.role.value)
    for _ in range(MAX_STATED):
        report.when(seller.gives_return_details())
    report.when(seller.gives_return_details()).refused(TooOftenStated, limit=MAX_STATED)
    agreed(REPLACED).when(seller.gives_return_details()).refused(GoodsNotAwaited, step="dispatch")
    given(filing()).when(seller.gives_return_details()).refused(GoodsNotAwaited, step=None)


# --- who pays the freight ---


def freight_after(report: Report) -> list[tuple[str, str, str]]:
    """Who owes freight to whom, and how much, once the goods are back."""
    report.when(buyer.sends_goods(2), seller.confirms_promise(3))
    owed = report.dispute.commitments.open.values()
    return [(c.owed_by.value, c.owed_to.value, str(c.amount)) for c in owed if c.arises_from == "freight"]


def test_whoever_laid_out_the_freight_gets_it_from_whoever_bears_it() -> None:
    """With a paid label the seller laid it out, otherwise the buyer."""
    by_buyer = back(freight="buyer")
    assert freight_after(agreed().when(seller.gives_return_details())) == [("seller", "buyer", "10.00 EUR")]
    assert freight_after(agreed().when(seller.gives_return_details(prepaid=True, cost="3.00 EUR"))) == []
    assert freight_after(agreed(by_buyer).when(seller.gives_return_details())) == []
    prepaid = seller.gives_return_details(prepaid=True, cost="8.40 EUR")
    assert freight_after(agreed(by_buyer).when(prepaid)) == [("buyer", "seller", "8.40 EUR")]


def test_who_gives_the_details_takes_on_freight_and_lays_it_on_nobody() -> None:
    """The seller may pay more than the terms say. The marketplace cannot promise that for the seller."""
    by_buyer = back(freight="buyer")
    more = seller.gives_return_details(cost="12.00 EUR")
    assert freight_after(agreed().when(more)) == [("seller", "buyer", "12.00 EUR")]
    taken_on = seller.gives_return_details(freight="seller")
    assert freight_after(agreed(by_buyer).when(taken_on)) == [("seller", "buyer", "10.00 EUR")]
    for terms, details, worse_for in (
        (back(), seller.gives_return_details(freight="buyer"), "buyer"),
        (back(), seller.gives_return_details(cost="9.99 EUR"), "buyer"),
        (by_buyer, seller.gives_return_details(prepaid=True, cost="10.01 EUR"), "buyer"),
        (back(), marketplace.gives_return_details(cost="10.01 EUR"), "seller"),
        (by_buyer, marketplace.gives_return_details(freight="seller"), "seller"),
    ):
        agreed(terms).when(details).refused(FreightAgainstTerms, worse_for=worse_for, cost="10.00 EUR")
    agreed().when(seller.gives_return_details(cost="10.00 USD")).refused(CurrencyMismatch, at="/freight_cost")


def test_a_label_that_was_never_used_costs_the_buyer_nothing() -> None:
    """The goods were not sent: the money stays with the seller, and no freight is owed."""
    prepaid = seller.gives_return_details(prepaid=True)
    report = agreed(back(freight="buyer")).when(prepaid, due_date(2), engine.ticks())
    report.leaves("closed", "none", "settled")


# --- what was in the parcel ---


def test_an_inspection_that_confirms() -> None:
    """Every line is named, with how much came and how. Pieces of a line may differ."""
    report = arrived().when(seller.adds_exhibit("The vases on the table.")).then(ExhibitAdded)
    look = seller.inspects(
        3, (1, "2", "as_sent", (1,)), (1, "1", "used", ()), (2, "0.5", "as_sent", ()), statement=None
    )
    report.when(look).then(
        some(GoodsInspected, commitment_id=commitment(3), by="seller", verdict="confirmed", statement=None),
        some(CommitmentKept, commitment_id=commitment(3), **{"kept_by.fact": "GoodsInspected"}),
        GoodsEnded(how="received", to_buyer=money("100.00 EUR"), to_seller=NOTHING),
        owes("seller", "buyer", "100.00 EUR"),
        owes("seller", "buyer", "10.00 EUR", "pay", arises_from="freight"),
        passes_to("marketplace", "execution"),
    )
    report.when(look).then_nothing()


@pytest.mark.parametrize(
    ("first", "second", "ground"),
    [
        ((1, "0", "empty", ()), (2, "0", "empty", ()), "empty_box"),
        ((1, "3", "damaged", ()), (2, "0.5", "as_sent", ()), "damaged"),
        ((1, "3", "other_item", ()), (2, "0.5", "damaged", ()), "not_the_goods"),
        ((1, "3", "used", ()), (2, "0.5", "as_sent", ()), "used"),
        ((1, "3", "missing_parts", ()), (2, "0.5", "used", ()), "incomplete"),
        ((1, "2", "as_sent", ()), (2, "0.5", "as_sent", ()), "incomplete"),
        ((1, "3", "as_sent", ()), (2, "0", "empty", ()), "incomplete"),
    ],
)
def test_an_inspection_that_contests(
    first: tuple[int, str, str, tuple[int, ...]], second: tuple[int, str, str, tuple[int, ...]], ground: str
) -> None:
    """A neutral decides, or a supervisor; the codes give the ground."""
    report = arrived().when(seller.inspects(3, first, second, verdict="contested"))
    report.then(
        some(GoodsInspected, verdict="contested"),
        some(GoodsContested, commitment_id=commitment(3), ground=ground, by="seller"),
        CommitmentDischarged(commitment_id=commitment(3), reason="contested"),
        some(GoodsAwaited, step="decision"),
        owes("supervisor", "buyer", None, "decide", commitment_class="remedy"),
        passes_to("supervisor", "execution"),
    )
    report.when(supervisor.decides_goods("60.00 EUR")).leaves("execution", "marketplace")


def test_what_an_inspection_must_say() -> None:
    """All that was to come, nothing else, and no more of it."""
    report, tea = arrived(), (2, "0.5", "as_sent", ())
    for refused, at, *lines in (
        (LinesMissing, "/lines", (1, "3", "as_sent", ())),
        (LineNotAwaited, "/lines/0/line", (3, "1", "as_sent", ()), tea),
        (LineNotAwaited, "/lines/1/line", (1, "1", "used", ()), (1, "1", "used", ()), tea),
        (MoreThanAwaited, "/lines/1/quantity", (1, "2", "as_sent", ()), (1, "2", "used", ()), tea),
        (PiecesNotWhole, "/lines/0/quantity", (1, "1.5", "as_sent", ()), tea),
        (ConditionDoesNotFit, "/lines/0/condition", (1, "1", "empty", ()), tea),
        (ConditionDoesNotFit, "/lines/0/condition", (1, "0", "used", ()), tea),
        (NotOnRecord, "/lines/0/exhibits", (1, "3", "as_sent", (1,)), tea),
    ):
        report.when(seller.inspects(3, *lines)).refused(refused, at=at)
    whole = ((1, "3", "as_sent", ()), tea)
    report.when(seller.inspects(3, *whole, verdict="contested")).refused(NothingToContest)
    worn = ((1, "3", "used", ()), tea)
    report.when(seller.inspects(3, *worn, verdict="contested", statement=None)).refused(ContestUnexplained)


def test_only_the_goods_that_were_to_come_are_inspected() -> None:
    """Of parts that were agreed on, those."""
    one = back("5.00 EUR").model_copy(update={"parts": (GoodsPart(line=1, quantity="1"),)})
    report = arrived(goods=one)
    report.when(seller.inspects(3, (1, "2", "as_sent", ()))).refused(MoreThanAwaited, awaited="1")
    report.when(seller.inspects(3, (1, "1", "as_sent", ()))).leaves("execution", "marketplace")


def test_who_inspects_and_when() -> None:
    """Whoever receives the parcel, once it was sent: before the carrier reports it, too."""
    report = agreed(policy=None).when(seller.inspects(1, (1, "1", "as_sent", ())))
    report.refused(GoodsNotAwaited, step="dispatch")
    report.when(buyer.sends_goods(1))
    for nobody in (buyer, marketplace, supervisor):
        report.when(nobody.inspects(2, (1, "1", "as_sent", ()))).refused(NotYoursToInspect, role=nobody.role.value)
    report.when(seller.inspects(2, (1, "1", "as_sent", ()))).leaves("execution", "marketplace")


def test_a_replacement_is_inspected_by_the_buyer() -> None:
    """It may be the wrong one."""
    report = agreed(REPLACED).when(seller.sends_goods(1), marketplace.confirms_promise(2))
    report.when(buyer.inspects(3, (1, "1", "other_item", ()), verdict="contested"))
    report.leaves("execution", "supervisor")


def test_moves_about_a_return() -> None:
    """Each is offered to whoever may do it, until it is due."""
    report = agreed()
    details = may(report, seller)["give_return_details"]
    assert details.until == report.dispute.commitments.open[commitment(1)].due_at
    assert "add_return_label" in may(report, marketplace)
    assert not {"give_return_details", "add_return_label"} & may(report, buyer).keys()
    report.when(seller.gives_return_details(), buyer.sends_goods(2))
    assert "inspect_goods" in may(report, seller)
    assert {"give_return_details", "add_return_label"}.isdisjoint(may(report, seller))
    assert "add_exhibit" in may(report, buyer)
