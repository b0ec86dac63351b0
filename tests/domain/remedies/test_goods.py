"""Law reports on goods that are returned, destroyed, collected or replaced, and on the money that waits for them."""

from datetime import timedelta

import pytest

from domain.commitments.events import CommitmentBreached, CommitmentDischarged, CommitmentKept, CommitmentWaived
from domain.commitments.keeping import NotYoursToConfirm
from domain.commitments.waiving import NotYoursToWaive
from domain.evidence.exhibit_facts import ExhibitAdded
from domain.filing.response import GoodsOutOfPlace
from domain.filing.response_facts import ResponseGiven
from domain.filing.review_facts import MachineDecided
from domain.kernel.people import Side
from domain.payments.transaction_facts import ClaimEnded
from domain.remedies.closure_facts import DisputeClosed
from domain.remedies.goods_facts import (
    Goods,
    GoodsAct,
    GoodsAwaited,
    GoodsContested,
    GoodsDecided,
    GoodsEnded,
    GoodsSent,
)
from domain.remedies.goods_terms import (
    DestructionOutOfPlace,
    FreightAgainstPolicy,
    FreightCostMissing,
    FreightExceedsValue,
    FreightOutOfPlace,
    NothingAtStake,
    ReplacementOutOfPlace,
)
from domain.remedies.handover import (
    ExceedsStake,
    GoodsNotAwaited,
    NotYoursToContest,
    NotYoursToDecide,
    NotYoursToSend,
    ProofMissing,
    TrackingMissing,
)
from domain.settlement.negotiation_facts import OfferAccepted, OfferMade, SettlementReached
from tests.domain.law.acts import commitment, money
from tests.domain.law.cast import (
    DESTROYED,
    PICKED_UP,
    REPLACED,
    administrator,
    back,
    buyer,
    engine,
    marketplace,
    neutral,
    seller,
    supervisor,
)
from tests.domain.law.filings import filing
from tests.domain.law.reports import (
    Report,
    day,
    due_date,
    follows,
    given,
    later,
    met,
    moot,
    owes,
    passes_to,
    sets,
    some,
)
from tests.domain.test_moves import may

NOTHING = money("0.00 EUR")
ALL = money("129.90 EUR")


def agreed(goods: Goods, amount: str = "129.90 EUR", **about: str) -> Report:
    """Settled with these goods: the seller makes an offer, and the buyer accepts it."""
    return given(filing(**about), day(1), seller.offers(amount, goods=goods), buyer.accepts_offer(1))


# --- the terms ---


def test_a_return_as_terms_of_an_offer() -> None:
    """The terms say who pays for the return; without that, the policy does. After acceptance, the buyer owes the goods
    first."""
    report = given(filing(), day(1)).when(seller.offers("129.90 EUR", goods=back()))
    report.then(some(OfferMade, **{"terms.goods": back(freight="seller")}), sets("offer-1", "buyer"))
    report.when(buyer.accepts_offer(1)).then(
        OfferAccepted(number=1, by=Side.BUYER),
        some(SettlementReached, **{"terms.goods": back(freight="seller"), "terms.claimant": ALL}),
        some(GoodsAwaited, at_stake=ALL, step="dispatch", commitment_id=commitment(1), arises_from="settlement"),
        owes("buyer", "seller", None, "return", commitment_class="remedy"),
        moot("response"),
        moot("negotiation"),
        met("offer-1"),
        passes_to("claimant", "execution"),
    )


def test_a_return_as_terms_of_a_proposal_a_concession_and_a_ruling() -> None:
    """Every act that divides money can make it wait for goods."""
    conceded = given(filing(), day(1)).when(seller.concedes(goods=back()))
    conceded.then(
        some(ResponseGiven, goods=back(freight="seller"), conceded=ALL),
        some(GoodsAwaited, arises_from="concession"),
        owes("buyer", "seller", None, "return"),
        met("response"),
        moot("negotiation"),
        passes_to("claimant", "execution"),
    )
    mediated = (filing(), seller.contests(), day(3), buyer.escalates(), neutral.takes_case())
    proposed = given(*mediated, neutral.proposes("100.00 EUR", "29.90 EUR", goods=back()))
    proposed.when(buyer.accepts_proposal(), seller.accepts_proposal()).leaves("execution", "claimant", "settled")
    ruled = given(*mediated, neutral.declares_impasse(), neutral.rules("129.90 EUR", "0.00 EUR", goods=back()))
    ruled.when(neutral.rules("129.90 EUR", "0.00 EUR", goods=back())).then_nothing()
    ruled.when(seller.waives_appeal()).leaves("execution", "claimant", "ruled_for_claimant")


def test_what_terms_with_goods_are_refused() -> None:
    """A return says who pays for it, costs no more than the goods, and gives the buyer something. One side alone cannot
    deviate from the policy."""
    report = given(filing(), day(1))
    for refused, goods, amount in (
        (NothingAtStake, back(), "0.00 EUR"),
        (FreightCostMissing, back(None), "10.00 EUR"),
        (FreightExceedsValue, back("129.91 EUR"), "129.90 EUR"),
        (FreightOutOfPlace, Goods(act=GoodsAct.PICK_UP, freight=Side.BUYER), "10.00 EUR"),
    ):
        report.when(seller.offers(amount, goods=goods)).refused(refused)
    report.when(seller.concedes(goods=back(freight="buyer"))).refused(FreightAgainstPolicy, policy="seller")
    report.when(seller.concedes(goods=DESTROYED)).refused(DestructionOutOfPlace, reason="not_as_described")
    report.when(seller.concedes(goods=REPLACED)).refused(ReplacementOutOfPlace)
    report.when(seller.concedes("10.00 EUR", goods=back())).refused(GoodsOutOfPlace, answer="concede_part")
    report.when(seller.offers("129.90 EUR", goods=back("129.90 EUR", "buyer"))).leaves("negotiation")


# --- sent back ---


def test_goods_sent_back_and_confirmed() -> None:
    """The goods are sent with tracking, carried and confirmed. Only then the refund is owed, and the freight as
    agreed."""
    report = agreed(back()).when(later(days=3), buyer.sends_goods(1))
    report.then(
        some(GoodsSent, commitment_id=commitment(1), **{"shipment.number": "JD0146"}),
        some(CommitmentKept, commitment_id=commitment(1), late=False, by="buyer"),
        some(GoodsAwaited, step="carriage", commitment_id=commitment(2)),
        owes("carrier", "seller", None, "ship", commitment_class="remedy"),
        passes_to("marketplace", "execution"),
    )
    report.when(buyer.sends_goods(1)).then_nothing()
    report.when(later(days=9), marketplace.confirms_promise(2)).then(
        some(CommitmentKept, commitment_id=commitment(2)),
        some(GoodsAwaited, step="receipt", commitment_id=commitment(3)),
        owes("seller", "buyer", None, "confirm", commitment_class="remedy"),
        passes_to("respondent", "execution"),
    )
    report.when(seller.confirms_promise(3)).then(
        some(CommitmentKept, commitment_id=commitment(3), by="seller"),
        GoodsEnded(how="received", to_buyer=ALL, to_seller=NOTHING),
        owes("seller", "buyer", "129.90 EUR", arises_from="settlement"),
        owes("seller", "buyer", "10.00 EUR", "pay", arises_from="freight"),
        passes_to("marketplace", "execution"),
    )
    report.when(engine.instructs_refund(4), marketplace.confirms_refund(4)).leaves("execution", "respondent")
    report.when(buyer.confirms_promise(5)).leaves("closed", "none", "settled")


def test_goods_that_whoever_receives_them_already_has() -> None:
    """The recipient can confirm the goods at any step."""
    agreed(back()).when(seller.confirms_promise(1)).then(
        some(CommitmentKept, by="seller"),
        some(GoodsEnded, how="received"),
        owes("seller", "buyer", "129.90 EUR"),
        passes_to("marketplace", "execution"),
    )
    agreed(back()).when(buyer.sends_goods(1), seller.confirms_promise(2)).leaves("execution", "marketplace")


def test_the_buyer_who_pays_the_way_back() -> None:
    """Then only the refund is owed."""
    report = agreed(back(freight="buyer")).when(buyer.sends_goods(1), seller.confirms_promise(2))
    assert [c.kind for c in report.dispute.commitments.open.values()] == ["refund"]


def test_goods_not_sent_back_in_time() -> None:
    """The buyer has ten calendar days, with proof. After that the remedy lapses to the seller, and nothing is owed."""
    report = agreed(back())
    owed = report.dispute.commitments.open[commitment(1)]
    assert owed.due_at - report.now == timedelta(days=10)
    report.when(due_date(1), engine.ticks()).then(
        CommitmentBreached(commitment_id=commitment(1)),
        CommitmentDischarged(commitment_id=commitment(1), reason="remedy_lapsed"),
        MachineDecided,
        GoodsEnded(how="lapsed", to_buyer=NOTHING, to_seller=ALL),
        some(DisputeClosed, outcome="settled"),
        passes_to("none", "closed"),
        ClaimEnded,
    )
    report.when(buyer.sends_goods(1)).refused(GoodsNotAwaited, step=None)
    assert report.transaction.left() == ALL


def test_silence_after_delivery() -> None:
    """Seven calendar days after tracked delivery, the goods are deemed received."""
    report = agreed(back()).when(buyer.sends_goods(1), marketplace.confirms_promise(2))
    assert report.dispute.commitments.open[commitment(3)].due_at - report.now == timedelta(days=7)
    report.when(due_date(3), engine.ticks()).then(
        CommitmentBreached(commitment_id=commitment(3)),
        CommitmentDischarged(commitment_id=commitment(3), reason="deemed_received"),
        MachineDecided,
        GoodsEnded(how="deemed_received", to_buyer=ALL, to_seller=NOTHING),
        owes("seller", "buyer", "129.90 EUR"),
        owes("seller", "buyer", "10.00 EUR", "pay"),
        passes_to("marketplace", "execution"),
    )


def test_out_of_escrow_what_waits_stays_held() -> None:
    """The seller's part is paid at once, the buyer's when the goods are back. Both add up to the money held."""
    held = filing("60.00 EUR", paid="100.00 EUR", held=("100.00 EUR",))
    report = given(held, seller.offers("60.00 EUR", goods=back("5.00 EUR")), buyer.accepts_offer(1))
    report.when(engine.instructs_refund(2), marketplace.confirms_refund(2)).leaves("execution", "claimant")
    report.when(due_date(1), engine.ticks()).leaves("execution", "marketplace")
    report.when(engine.instructs_refund(3), marketplace.confirms_refund(3)).leaves("closed")
    assert [(m.amount.amount, m.settled) for m in report.transaction.movements.values()] == [
        ("40.00", True),
        ("60.00", True),
    ]


def test_who_sends_and_how() -> None:
    """The debtor of the goods, with carrier and number. Nobody can report their own commitment as kept."""
    report = agreed(back())
    report.when(seller.sends_goods(1)).refused(NotYoursToSend, owed_by="buyer")
    report.when(buyer.sends_goods(1, tracking=None, proof="I did.")).refused(TrackingMissing, at="/number")
    report.when(buyer.confirms_promise(1)).refused(NotYoursToConfirm)
    report.when(buyer.sends_goods(2)).refused(GoodsNotAwaited, step="dispatch")
    given(filing()).when(buyer.sends_goods(1)).refused(GoodsNotAwaited)


def test_letting_the_return_go() -> None:
    """Only the side that loses by a waiver can waive a step: the seller the return, but the buyer never the receipt."""
    agreed(back()).when(seller.waives_promise(1)).then(
        some(CommitmentWaived, commitment_id=commitment(1)),
        some(GoodsEnded, how="waived", to_buyer=ALL),
        owes("seller", "buyer", "129.90 EUR"),
        passes_to("marketplace", "execution"),
    )
    report = agreed(back()).when(buyer.sends_goods(1), marketplace.confirms_promise(2))
    report.when(buyer.waives_promise(3)).refused(NotYoursToWaive)
    more_time = seller.replaces_promise(1, "return", within=timedelta(days=20))
    replaced = agreed(back()).when(more_time, buyer.sends_goods(2))
    replaced.leaves("execution", "marketplace")


# --- contested ---


def contested(ground: str = "empty_box") -> Report:
    report = agreed(back()).when(buyer.sends_goods(1), marketplace.confirms_promise(2), later(days=1))
    return report.when(seller.contests_goods(3, ground))


def test_a_return_contested() -> None:
    """An empty box goes to the neutral, or to a supervisor if there is none. Evidence is open again, and the money
    waits."""
    report = contested()
    report.then(
        some(GoodsContested, commitment_id=commitment(3), ground="empty_box", by="seller"),
        CommitmentDischarged(commitment_id=commitment(3), reason="contested"),
        some(GoodsAwaited, step="decision", commitment_id=commitment(4)),
        owes("supervisor", "buyer", None, "decide", commitment_class="remedy"),
        passes_to("supervisor", "execution"),
    )
    report.when(seller.contests_goods(3)).then_nothing()
    report.when(buyer.adds_exhibit("The weight at dispatch.")).then(ExhibitAdded)
    assert "decide_goods" in may(report, supervisor)
    report.when(supervisor.decides_goods("100.00 EUR")).then(
        some(GoodsDecided, to_buyer=money("100.00 EUR"), to_seller=money("29.90 EUR"), by="supervisor"),
        some(CommitmentKept, commitment_id=commitment(4)),
        GoodsEnded(how="decided", to_buyer=money("100.00 EUR"), to_seller=money("29.90 EUR")),
        owes("seller", "buyer", "100.00 EUR"),
        owes("seller", "buyer", "10.00 EUR", "pay", arises_from="freight"),
        passes_to("marketplace", "execution"),
    )
    report.when(supervisor.decides_goods("100.00 EUR")).then_nothing()
    report.when(supervisor.decides_goods("10.00 EUR")).refused(GoodsNotAwaited)


def test_the_neutral_of_the_case_decides() -> None:
    """A late decision is a breach that ends nothing: the contested goods wait for the decision."""
    mediated = (filing(), seller.contests(), day(3), buyer.escalates(), neutral.takes_case())
    report = given(*mediated, neutral.proposes("129.90 EUR", "0.00 EUR", goods=back()))
    report.when(buyer.accepts_proposal(), seller.accepts_proposal(), buyer.sends_goods(4))
    report.when(seller.contests_goods(5, "customs")).leaves("execution", "neutral")
    report.when(due_date(6), engine.ticks()).then(
        CommitmentBreached(commitment_id=commitment(6)), follows("supervisor", "buyer", "review", because_of=6)
    )
    report.when(neutral.decides_goods("0.00 EUR")).leaves("closed", "none", "settled")


def test_who_contests_and_who_decides() -> None:
    """The recipient contests the goods, and either side a loss on the way. A neutral or supervisor decides."""
    report = agreed(back()).when(buyer.sends_goods(1))
    report.when(supervisor.contests_goods(2)).refused(NotYoursToContest, step="carriage")
    report.when(marketplace.confirms_promise(2)).when(buyer.contests_goods(3)).refused(
        NotYoursToContest, step="receipt"
    )
    report.when(supervisor.decides_goods("1.00 EUR")).refused(GoodsNotAwaited, step="receipt")
    for nobody in (buyer, seller, marketplace, administrator):
        contested().when(nobody.decides_goods("1.00 EUR")).refused(NotYoursToDecide)
    contested().when(supervisor.decides_goods("129.91 EUR")).refused(ExceedsStake)
    contested().when(marketplace.confirms_promise(4)).refused(NotYoursToConfirm)


def test_goods_lost_on_their_way_back() -> None:
    """The buyer sent them, but the seller did not get them: a neutral decides."""
    report = agreed(back()).when(buyer.sends_goods(1), due_date(2), engine.ticks())
    report.leaves("execution", "supervisor")


# --- in the place of a return ---


def test_counterfeit_goods_are_destroyed() -> None:
    """With proof, instead of a return. If the seller is silent, the proof is accepted."""
    report = given(filing(reason="counterfeit"), day(1), seller.concedes(goods=DESTROYED))
    report.when(buyer.sends_goods(1, tracking=None)).refused(ProofMissing)
    report.when(buyer.sends_goods(1, tracking=None, proof="https://example.org/video")).leaves(
        "execution", "respondent"
    )
    report.when(due_date(2), engine.ticks()).leaves("execution", "marketplace")
    assert report.dispute.commitments.open[commitment(3)].amount == ALL


def test_goods_fetched_at_the_door() -> None:
    """The refund is owed at the door, and also if the seller does not come. If the buyer refuses, a neutral decides."""
    agreed(PICKED_UP).when(marketplace.confirms_promise(1)).leaves("execution", "marketplace")
    report = agreed(PICKED_UP).when(due_date(1), engine.ticks())
    assert report.dispute.commitments.open[commitment(2)].amount == ALL
    agreed(PICKED_UP).when(buyer.waives_promise(1)).refused(NotYoursToWaive)
    agreed(PICKED_UP).when(seller.contests_goods(1, "refused")).leaves("execution", "supervisor")


def test_a_replacement() -> None:
    """It has its own tracking and time. Once received, the seller keeps the money."""
    report = agreed(REPLACED).leaves("execution", "respondent")
    report.when(seller.sends_goods(1), marketplace.confirms_promise(2)).leaves("execution", "claimant")
    report.when(buyer.confirms_promise(3)).leaves("closed", "none", "settled")
    assert report.transaction.left() == ALL


@pytest.mark.parametrize("broken", [1, 2])
def test_a_replacement_that_does_not_come(broken: int) -> None:
    """If it is not sent, or lost on its way, the refund is owed instead."""
    report = agreed(REPLACED)
    if broken == 2:
        report.when(seller.sends_goods(1))
    report.when(due_date(broken), engine.ticks())
    assert report.dispute.commitments.open[commitment(broken + 1)].amount == ALL
    report.leaves("execution", "marketplace")


def test_a_replacement_that_is_broken_too() -> None:
    """It can be contested like any goods."""
    report = agreed(REPLACED).when(seller.sends_goods(1), marketplace.confirms_promise(2))
    report.when(buyer.contests_goods(3, "damaged"), supervisor.decides_goods("129.90 EUR"))
    report.leaves("execution", "marketplace")


# --- what somebody may do ---


def test_moves_about_goods() -> None:
    """The debtor can send until the goods are due; the recipient can contest."""
    report = agreed(back())
    assert may(report, buyer)["send_goods"].until == report.dispute.commitments.open[commitment(1)].due_at
    assert "send_goods" not in may(report, seller)
    report.when(buyer.sends_goods(1), marketplace.confirms_promise(2))
    assert {"contest_goods", "keep_commitment"} <= may(report, seller).keys()
    assert "contest_goods" not in may(report, buyer)
