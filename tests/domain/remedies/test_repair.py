"""Law reports on goods that the seller repairs, and on the money that waits for that."""

from datetime import timedelta

import pytest

from domain.commitments.events import CommitmentBreached, CommitmentDischarged, CommitmentKept
from domain.commitments.waiving import NotYoursToWaive
from domain.filing.filing import ReliefNotOpen
from domain.filing.review_facts import MachineDecided
from domain.kernel.people import Side
from domain.kernel.refusals import Refusal
from domain.kernel.windows import Window
from domain.payments.transaction_facts import ClaimEnded
from domain.remedies.closure_facts import DisputeClosed
from domain.remedies.goods_facts import Goods, GoodsAct, GoodsAwaited, GoodsContested, GoodsEnded, GoodsSent
from domain.remedies.goods_terms import (
    FreightCostMissing,
    FreightOutOfPlace,
    NoRepairTerms,
    NothingAtStake,
    RepairOutOfPlace,
)
from domain.remedies.handover import GoodsNotAwaited, NotYoursToContest, TrackingMissing
from domain.settlement.negotiation_facts import OfferMade
from tests.domain.law.acts import commitment, money
from tests.domain.law.cast import (
    REPLACED,
    back,
    buyer,
    engine,
    marketplace,
    neutral,
    repaired,
    seller,
    supervisor,
)
from tests.domain.law.filings import filing
from tests.domain.law.reports import Report, day, due_date, given, owes, passes_to, sets, some
from tests.domain.test_moves import may

NOTHING = money("0.00 EUR")
ALL = money("129.90 EUR")
TWO_WEEKS = Window(amount=14, unit="calendar_days")


def agreed(goods: Goods, amount: str = "129.90 EUR", **about: str) -> Report:
    return given(filing(**about), day(1), seller.offers(amount, goods=goods), buyer.accepts_offer(1))


def in_the_workshop() -> Report:
    """The goods have come to the seller, who repairs them now."""
    report = agreed(repaired(within=TWO_WEEKS)).when(buyer.sends_goods(1), seller.confirms_promise(2))
    return report.leaves("execution", "respondent")


def test_a_repair_as_terms() -> None:
    """The policy fills in who pays for the way in, and how long the repair takes. A counter-offer can shorten it."""
    report = given(filing(), day(1)).when(seller.offers("129.90 EUR", goods=repaired()))
    stated = repaired(freight=Side.SELLER, within=Window(amount=21, unit="calendar_days"))
    report.then(some(OfferMade, **{"terms.goods": stated}), sets("offer-1", "buyer"))
    countered = report.when(buyer.offers("129.90 EUR", goods=repaired(within=TWO_WEEKS), counters=1))
    countered.when(seller.accepts_offer(2)).leaves("execution", "claimant", "settled")


def test_sent_in_repaired_and_sent_back() -> None:
    """Each step is owed when the one before it is done. At the end the money stays with the seller, who pays the way in."""
    report = in_the_workshop()
    due = report.dispute.commitments.open[commitment(3)]
    assert (due.kind, due.owed_by, due.due_at - report.now) == ("ship", "seller", timedelta(days=14))
    report.when(seller.sends_goods(3)).then(
        GoodsSent,
        some(CommitmentKept, commitment_id=commitment(3), by="seller"),
        some(GoodsAwaited, step="carriage_back"),
        owes("carrier", "buyer", None, "ship", commitment_class="remedy"),
        passes_to("marketplace", "execution"),
    )
    report.when(marketplace.confirms_promise(4)).leaves("execution", "claimant")
    report.when(buyer.confirms_promise(5)).then(
        some(CommitmentKept, commitment_id=commitment(5)),
        GoodsEnded(how="received", to_buyer=NOTHING, to_seller=ALL),
        owes("seller", "buyer", "10.00 EUR", "pay", arises_from="freight"),
        passes_to("respondent", "execution"),
    )
    report.when(buyer.confirms_promise(6)).leaves("closed", "none", "settled")
    assert report.transaction.left() == ALL


def test_fetched_by_the_seller() -> None:
    """Then the seller owes the collection first, and nobody owes freight. A repair that the buyer has back needs no carrier."""
    report = agreed(repaired(None))
    owed = report.dispute.commitments.open[commitment(1)]
    assert (owed.kind, owed.owed_by) == ("return", "seller")
    report.when(buyer.confirms_promise(1)).leaves("execution", "respondent")
    report.when(buyer.confirms_promise(2)).leaves("closed", "none", "settled")


def test_silence_of_the_buyer() -> None:
    """Repaired goods that nobody contests in time are received. Goods that the buyer never sends in are not repaired."""
    report = in_the_workshop().when(seller.sends_goods(3), marketplace.confirms_promise(4))
    report.when(due_date(5), engine.ticks()).then(
        CommitmentBreached(commitment_id=commitment(5)),
        CommitmentDischarged(commitment_id=commitment(5), reason="deemed_received"),
        MachineDecided,
        GoodsEnded(how="deemed_received", to_buyer=NOTHING, to_seller=ALL),
        owes("seller", "buyer", "10.00 EUR", "pay", arises_from="freight"),
        passes_to("respondent", "execution"),
    )
    agreed(repaired()).when(due_date(1), engine.ticks()).then(
        CommitmentBreached,
        some(CommitmentDischarged, reason="remedy_lapsed"),
        MachineDecided,
        GoodsEnded(how="lapsed", to_buyer=NOTHING, to_seller=ALL),
        some(DisputeClosed, outcome="settled"),
        passes_to("none", "closed"),
        ClaimEnded,
    )


def test_no_repair_in_time() -> None:
    """The money that waited for it is the buyer's, and so is the freight of the way in. So are goods that nobody fetches."""
    report = in_the_workshop().when(due_date(3), engine.ticks())
    report.then(
        CommitmentBreached(commitment_id=commitment(3)),
        CommitmentDischarged(commitment_id=commitment(3), reason="remedy_lapsed"),
        MachineDecided,
        GoodsEnded(how="lapsed", to_buyer=ALL, to_seller=NOTHING),
        owes("seller", "buyer", "129.90 EUR"),
        owes("seller", "buyer", "10.00 EUR", "pay", arises_from="freight"),
        passes_to("marketplace", "execution"),
    )
    agreed(repaired(None)).when(due_date(1), engine.ticks()).leaves("execution", "marketplace")


@pytest.mark.parametrize("lost_to", ["seller", "buyer"])
def test_lost_on_the_way(lost_to: str) -> None:
    """A person decides about goods that never came to the seller. What is lost on the way back, the seller bears."""
    if lost_to == "seller":
        report = agreed(repaired()).when(buyer.sends_goods(1), due_date(2), engine.ticks())
        report.leaves("execution", "supervisor")
    else:
        report = in_the_workshop().when(seller.sends_goods(3), due_date(4), engine.ticks())
        report.leaves("execution", "marketplace")


def test_a_failed_repair() -> None:
    """A neutral decides, whether the buyer finds it not repaired or the seller cannot repair it. Both may show why."""
    mediated = (filing(), seller.contests(), day(3), buyer.escalates(), neutral.takes_case())
    report = given(*mediated, neutral.proposes("129.90 EUR", "0.00 EUR", goods=repaired()))
    report.when(buyer.accepts_proposal(), seller.accepts_proposal(), buyer.sends_goods(4), seller.confirms_promise(5))
    report.when(seller.sends_goods(6), buyer.contests_goods(7)).leaves("execution", "neutral")
    report.when(buyer.adds_exhibit("It still does not start.")).leaves("execution", "neutral")
    report.when(neutral.decides_goods("100.00 EUR")).leaves("execution", "marketplace", "settled")

    impossible = in_the_workshop()
    assert {"send_goods", "contest_goods"} <= may(impossible, seller).keys()
    impossible.when(seller.contests_goods(3, "not_repairable")).then(
        some(GoodsContested, commitment_id=commitment(3), ground="not_repairable", by="seller"),
        CommitmentDischarged(commitment_id=commitment(3), reason="contested"),
        some(GoodsAwaited, step="decision"),
        owes("supervisor", "buyer", None, "decide", commitment_class="remedy"),
        passes_to("supervisor", "execution"),
    )
    impossible.when(supervisor.decides_goods("129.90 EUR")).leaves("execution", "marketplace", "settled")


def test_who_does_what_in_a_repair() -> None:
    """The buyer cannot say that it cannot be repaired, nor the seller that it is. The seller sends it with tracking."""
    report = in_the_workshop()
    report.when(buyer.contests_goods(3, "not_repaired")).refused(NotYoursToContest, step="repair")
    report.when(seller.sends_goods(3, tracking=None, proof="It works.")).refused(TrackingMissing)
    report.when(buyer.sends_goods(1)).then_nothing()
    report.when(seller.waives_promise(3)).refused(NotYoursToWaive)
    report.when(buyer.waives_promise(3)).leaves("execution", "respondent", "settled")
    given(filing()).when(seller.sends_goods(1)).refused(GoodsNotAwaited)


@pytest.mark.parametrize(
    ("refused", "goods", "amount"),
    [
        (NothingAtStake, repaired(), "0.00 EUR"),
        (FreightCostMissing, Goods(act=GoodsAct.REPAIR), "10.00 EUR"),
        (FreightOutOfPlace, repaired().model_copy(update={"fetched": True}), "10.00 EUR"),
        (NoRepairTerms, back().model_copy(update={"within": TWO_WEEKS}), "10.00 EUR"),
        (NoRepairTerms, REPLACED.model_copy(update={"fetched": True}), "10.00 EUR"),
    ],
)
def test_terms_that_are_refused(refused: type[Refusal], goods: Goods, amount: str) -> None:
    """A repair needs money that waits for it, and says what the way in costs. Its terms belong to no other act."""
    given(filing(), day(1)).when(seller.offers(amount, goods=goods)).refused(refused)


def test_a_repair_that_is_sought() -> None:
    """Who seeks a repair can have it conceded. Who seeks money cannot be made to take one without a ruling."""
    sought = given(filing(relief="repair"), day(1)).when(seller.concedes(goods=repaired()))
    sought.leaves("execution", "claimant", "conceded")
    given(filing(), day(1)).when(seller.concedes(goods=repaired())).refused(RepairOutOfPlace, relief_sought="refund")
    ruled = (filing(), seller.contests(), day(3), buyer.escalates(), neutral.takes_case(), neutral.declares_impasse())
    report = given(*ruled, neutral.rules("129.90 EUR", "0.00 EUR", goods=repaired()), seller.waives_appeal())
    report.leaves("execution", "claimant", "ruled_for_claimant")
    by_seller = filing(claimant="seller", reason="payment_not_received", relief="repair")
    given().when(by_seller).refused(ReliefNotOpen)
