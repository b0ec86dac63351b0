"""Law reports on payments, goods and commitments under a ruling that is appealed, sent back or reopened, and on
stays."""

from datetime import timedelta

import pytest

from domain.clocks.stay import DisputeIsStayed
from domain.commitments.events import CommitmentDischarged, CommitmentKept, CommitmentPassed, KeptBy
from domain.commitments.waiving import NotYoursToWaive
from domain.kernel.refusals import NotYourMove
from domain.neutral.escalation_facts import NeutralReleased
from domain.payments.execution_facts import RefundReferred, RefundReturned, RefundStalled
from domain.payments.refund_facts import RefundBounced, RefundFailed
from domain.payments.refunds import RefundEnded
from domain.payments.transaction_facts import RefundReleased
from domain.policy.book import FIRST_POLICY
from domain.remedies.divisions import AlreadyPaidOut
from domain.remedies.recovery_facts import AwardOverturned, RulingExecuted
from domain.ruling.ruling_facts import RulingIssued
from tests.domain.law.acts import Act, commitment, money, refund
from tests.domain.law.cast import (
    administrator,
    another_neutral,
    back,
    buyer,
    engine,
    instalment,
    marketplace,
    neutral,
    seller,
    supervisor,
    third_neutral,
)
from tests.domain.law.filings import filing
from tests.domain.law.reports import Report, day, given, later, owes, some
from tests.domain.test_moves import may

AT_ONCE = FIRST_POLICY.model_copy(update={"version": "at-once", "early_execution": "marketplace"})
ZERO, ALL = money("0.00 EUR"), money("129.90 EUR")
CONTESTED = (filing(), day(1), seller.contests(), day(4), buyer.escalates(), neutral.takes_case())
PAID = (engine.instructs_refund(4), marketplace.confirms_refund(4))


def executed(*acts: Act) -> Report:
    """Everything is awarded to the buyer, and the marketplace paid before the ruling was final; then these acts
    follow."""
    ruled = (*CONTESTED, neutral.declares_impasse(), neutral.rules("129.90 EUR", "0.00 EUR"))
    return given(administrator.publishes(AT_ONCE), *ruled, *acts)


def owed(report: Report) -> list[tuple[str, str, object, str]]:
    remedies = report.dispute.commitments.open_remedies()
    return [(c.owed_by.value, c.owed_to.value, c.amount, c.arises_from) for c in remedies]


def events(report: Report) -> list[object]:
    return [fact.event for fact in report.facts]


# --- executed before it was final ---


def test_a_paid_ruling_replaced_on_appeal() -> None:
    """The buyer owes back the part that is too much, and the seller the part that is due. Both owe it to the
    marketplace, which bears the cost until then."""
    report = executed(*PAID, seller.appeals(), another_neutral.takes_case())
    report.when(another_neutral.rules("29.90 EUR", "100.00 EUR")).leaves("execution", outcome="ruled_split")
    assert AwardOverturned(to_buyer=ALL, to_seller=ZERO) in events(report)
    assert owed(report) == [
        ("buyer", "marketplace", money("100.00 EUR"), "recovery"),
        ("seller", "marketplace", money("29.90 EUR"), "recovery"),
    ]


def test_a_paid_ruling_affirmed_on_appeal() -> None:
    """Nothing is overturned. The seller owes the money to the marketplace."""
    report = executed(*PAID, seller.appeals(), another_neutral.takes_case())
    report.when(another_neutral.rules("129.90 EUR", "0.00 EUR"))
    assert not any(isinstance(e, AwardOverturned) for e in events(report))
    assert owed(report) == [("seller", "marketplace", ALL, "recovery")]


def test_an_unpaid_ruling_replaced_on_appeal() -> None:
    """What has not moved is discharged, and the new award is owed."""
    report = executed(seller.appeals(), another_neutral.takes_case())
    report.when(another_neutral.rules("29.90 EUR", "100.00 EUR"))
    assert CommitmentDischarged(commitment_id=commitment(4), reason="overturned") in events(report)
    assert owed(report) == [("seller", "buyer", money("29.90 EUR"), "ruling")]


def test_a_paid_ruling_sent_back() -> None:
    """The ruling falls at once. The payment counts towards any later outcome, a settlement too."""
    report = executed(*PAID, seller.appeals(), another_neutral.takes_case(), another_neutral.sends_back())
    report.leaves("adjudication", "supervisor")
    report.when(seller.offers("29.90 EUR"), buyer.accepts_offer(1)).leaves("execution", outcome="settled")
    assert ("buyer", "marketplace", money("100.00 EUR"), "recovery") in owed(report)


def test_no_goods_where_money_has_moved() -> None:
    """After a payment, an appeal can only divide money."""
    report = executed(*PAID, seller.appeals(), another_neutral.takes_case())
    report.when(another_neutral.rules("129.90 EUR", "0.00 EUR", goods=back())).refused(AlreadyPaidOut)


def test_nothing_is_executed_before_it_is_signed() -> None:
    """A ruling that awaits a co-signature has no effect yet."""
    modest = administrator.grants_mandate(neutral, "1.00 EUR")
    ruled = (neutral.declares_impasse(), neutral.rules("129.90 EUR", "0.00 EUR"))
    report = given(administrator.publishes(AT_ONCE), *CONTESTED, modest, *ruled)
    assert not owed(report)
    report.when(supervisor.co_signs())
    assert some(RulingExecuted, number=1) in events(report)
    assert owed(report) == [("marketplace", "buyer", ALL, "ruling")]


def test_a_refund_made_elsewhere_while_a_ruling_can_be_appealed() -> None:
    """It counts towards the ruling once that is final. The part that is too much is owed back."""
    ruled = (*CONTESTED, neutral.declares_impasse(), neutral.rules("100.00 EUR", "29.90 EUR"), buyer.waives_appeal())
    less = given(*ruled, marketplace.refunds_elsewhere("30.00 EUR")).when(seller.waives_appeal())
    assert owed(less) == [("seller", "buyer", money("70.00 EUR"), "ruling")]
    more = given(*ruled, marketplace.refunds_elsewhere("110.00 EUR")).when(seller.waives_appeal())
    assert owed(more) == [("buyer", "seller", money("10.00 EUR"), "recovery")]


@pytest.mark.parametrize("final_before", [False, True])
def test_a_refund_made_elsewhere_is_taken_from_instalments(final_before: bool) -> None:
    """From the instalments that are due first, like any payment. The others stay as ruled, and so does goodwill."""
    bit_by_bit = (instalment("40.00 EUR", 10), instalment("30.00 EUR", 20), instalment("30.00 EUR", 31))
    claim = filing("100.00 EUR", paid="129.90 EUR")
    freely = seller.promises("refund", "buyer", "9.90 EUR", goodwill=True)
    ruled = (claim, freely, *CONTESTED[1:], neutral.declares_impasse())
    report = given(*ruled, neutral.rules("100.00 EUR", "0.00 EUR", instalments=bit_by_bit))
    elsewhere = marketplace.refunds_elsewhere("50.00 EUR")
    report.when(*((seller.waives_appeal(), elsewhere) if final_before else (elsewhere, seller.waives_appeal())))
    assert owed(report)[0] == ("seller", "buyer", money("9.90 EUR"), "goodwill")
    assert sorted(owed(report)[1:]) == [
        ("seller", "buyer", money("20.00 EUR"), "ruling"),
        ("seller", "buyer", money("30.00 EUR"), "ruling"),
    ]
    owed_from = [c.owed_from for c in report.dispute.commitments.open_remedies() if c.arises_from == "ruling"]
    assert {*owed_from} == {report.now + timedelta(days=20), report.now + timedelta(days=31)}


def test_a_claim_refunded_elsewhere_that_was_paid_before() -> None:
    """Paid by a default that was set aside, the claim is now paid twice: the payment here is owed back. This does not
    hold for a part."""
    claim = filing("50.00 EUR", paid="129.90 EUR")
    report = given(claim, day(9), engine.instructs_refund(1), marketplace.confirms_refund(1))
    report.when(seller.asks_to_set_aside(), supervisor.sets_aside())
    report.when(marketplace.refunds_elsewhere("20.00 EUR", "cb-1"))
    assert owed(report) == []
    report.when(marketplace.refunds_elsewhere("30.00 EUR", "cb-2")).leaves("execution", outcome="resolved_elsewhere")
    assert owed(report) == [("buyer", "seller", money("50.00 EUR"), "recovery")]


@pytest.mark.parametrize("final_before", [False, True])
@pytest.mark.parametrize(
    ("arrive", "owing"),
    [
        (True, ("seller", "buyer", money("70.00 EUR"), "ruling")),
        (False, ("buyer", "seller", money("30.00 EUR"), "recovery")),
    ],
)
def test_a_refund_made_elsewhere_and_goods(arrive: bool, final_before: bool, owing: tuple[object, ...]) -> None:
    """When the handling of the goods has ended, the refund counts towards the buyer's part. If the goods did not come,
    it was too much."""
    ruled = (*CONTESTED, neutral.declares_impasse(), neutral.rules("100.00 EUR", "29.90 EUR", goods=back()))
    final = (buyer.waives_appeal(), seller.waives_appeal())
    elsewhere = marketplace.refunds_elsewhere("30.00 EUR")
    report = given(*ruled, *((*final, elsewhere) if final_before else (elsewhere, *final)))
    if arrive:
        report.when(buyer.sends_goods(4), seller.confirms_promise(5))
    else:
        report.when(later(days=20), engine.ticks())
    assert owing in owed(report)


# --- goods ---


def sent_back() -> Report:
    """Settled on a return, with a neutral. The goods were sent and delivered."""
    report = given(*CONTESTED, neutral.proposes("129.90 EUR", "0.00 EUR", goods=back()))
    report.when(buyer.accepts_proposal(), seller.accepts_proposal(), buyer.sends_goods(4))
    return report.when(marketplace.confirms_promise(5))


@pytest.mark.parametrize("leaves", [administrator.closes_mandate(neutral), neutral.recuses()])
def test_the_neutral_leaves_contested_goods(leaves: Act) -> None:
    """After a departure or a recusal, the supervisor owes the decision, and decides."""
    report = sent_back().when(seller.contests_goods(6))
    report.leaves("execution", "neutral").when(leaves, engine.hands_over(neutral))
    assert CommitmentPassed(commitment_id=commitment(7), owed_by="supervisor") in events(report)  # type: ignore[arg-type]
    report.leaves("execution", "supervisor").when(supervisor.decides_goods("0.00 EUR")).leaves("closed")


def test_goods_contested_when_the_neutral_has_left() -> None:
    """The supervisor owes the decision from the start. A neutral cannot step down when there is nothing to decide."""
    sent_back().when(neutral.recuses()).refused(NotYourMove)
    report = sent_back().when(administrator.closes_mandate(neutral), engine.hands_over(neutral))
    report.when(seller.contests_goods(6)).leaves("execution", "supervisor")
    assert "decide_goods" in may(report, supervisor)


# --- reopened ---


def test_a_ruled_dispute_reopened() -> None:
    """Rulings keep their numbers, and the old neutral is released. Either side may appeal a new ruling."""
    report = given(*CONTESTED, neutral.declares_impasse(), neutral.rules("100.00 EUR", "29.90 EUR"), seller.appeals())
    report.when(another_neutral.takes_case(), another_neutral.rules("129.90 EUR", "0.00 EUR"))
    report.when(engine.instructs_refund(7), marketplace.confirms_refund(7)).leaves("closed")
    report.when(supervisor.reopens()).leaves("adjudication", "supervisor")
    assert some(NeutralReleased, neutral=another_neutral.subject, why="reopened") in events(report)
    report.when(third_neutral.takes_case(), third_neutral.rules("10.00 EUR", "119.90 EUR")).leaves("appeal", "both")
    assert some(RulingIssued, number=3, on_appeal=None) in events(report)
    assert [r.status for r in report.dispute.adjudication.rulings] == ["replaced", "overturned", "in_effect"]
    report.when(seller.appeals()).leaves("appeal", "supervisor")
    for took_part in (neutral, another_neutral, third_neutral):
        assert "take_case" not in may(report, took_part)


def test_a_neutral_who_stepped_down_stays_away() -> None:
    """This also holds after the dispute is reopened."""
    report = given(*CONTESTED, neutral.recuses(), seller.offers("129.90 EUR"), buyer.accepts_offer(1))
    number = report.dispute.commitments.made
    report.when(engine.instructs_refund(number), marketplace.confirms_refund(number)).leaves("closed")
    report.when(supervisor.reopens())
    assert "take_case" not in may(report, neutral)
    assert "take_case" in may(report, another_neutral)


# --- stayed ---


def test_nobody_appeals_or_signs_while_it_is_stayed() -> None:
    """The window for the appeal moves by the length of the stay."""
    report = given(*CONTESTED, neutral.declares_impasse(), neutral.rules("100.00 EUR", "29.90 EUR"))
    before = report.dispute.deadlines.running["appeal-1-seller"].due_at
    report.when(supervisor.orders_stay())
    report.when(seller.appeals()).refused(DisputeIsStayed)
    assert "appeal" not in may(report, seller)
    report.when(later(days=7), supervisor.lifts_stay())
    assert (report.dispute.deadlines.running["appeal-1-seller"].due_at - before).days == 7
    modest = administrator.grants_mandate(neutral, "1.00 EUR")
    unsigned = given(*CONTESTED, modest, neutral.declares_impasse(), neutral.rules("100.00 EUR", "29.90 EUR"))
    unsigned.when(supervisor.orders_stay(), supervisor.co_signs()).refused(DisputeIsStayed)


# --- money that was on its way, and did not arrive ---


def test_a_refund_fails_after_the_default_was_set_aside() -> None:
    """It counted as received, and does not any more. It is owed only if the next ruling grants it."""
    report = given(filing("100.00 EUR"), day(9), engine.instructs_refund(1))
    report.when(seller.asks_to_set_aside(), supervisor.sets_aside(), neutral.takes_case(), seller.contests())
    report.when(marketplace.fails_refund(1)).then(
        RefundFailed,
        RefundStalled,
        CommitmentDischarged(commitment_id=commitment(1), reason="overturned"),
        AwardOverturned(to_buyer=ZERO, to_seller=ZERO),
    )
    report.when(marketplace.fails_refund(1)).then_nothing()
    report.when(engine.releases_refund(1), neutral.declares_impasse(), neutral.rules("40.00 EUR", "60.00 EUR"))
    report.when(seller.waives_appeal(), buyer.waives_appeal())
    assert owed(report) == [("seller", "buyer", money("40.00 EUR"), "ruling")]


def test_a_refund_fails_after_another_award_counted_it() -> None:
    """The amount that the buyer had to give back of it is set off. The debtor still owes the rest."""
    report = executed(engine.instructs_refund(4), seller.appeals(), another_neutral.takes_case())
    report.when(another_neutral.rules("29.90 EUR", "100.00 EUR"), marketplace.fails_refund(4))
    assert owed(report) == [
        ("seller", "marketplace", money("29.90 EUR"), "recovery"),
        ("marketplace", "buyer", money("29.90 EUR"), "ruling"),
    ]


def test_escrow_that_did_not_arrive() -> None:
    """The amount that its recipient owed the other side is still in escrow, and is paid out from there."""
    held = filing("60.00 EUR", held=("100.00 EUR",), paid="100.00 EUR")
    report = given(held, day(9), engine.instructs_refund(1), seller.asks_to_set_aside(), supervisor.sets_aside())
    report.when(seller.contests(), seller.offers("45.00 EUR"), buyer.accepts_offer(1))
    assert owed(report)[-1] == ("buyer", "seller", money("15.00 EUR"), "recovery")
    report.when(marketplace.fails_refund(1))
    assert sorted(owed(report)) == [
        ("marketplace", "buyer", money("45.00 EUR"), "default"),
        ("marketplace", "seller", money("15.00 EUR"), "default"),
        ("marketplace", "seller", money("40.00 EUR"), "settlement"),
    ]


def test_a_part_conceded_that_is_not_paid_yet() -> None:
    """It was not received. If the ruling falls, its whole payment counts."""
    conceded = (filing(), day(1), seller.concedes("29.90 EUR"), day(4), buyer.escalates(), neutral.takes_case())
    ruled = (*conceded, neutral.declares_impasse(), neutral.rules("100.00 EUR", "0.00 EUR"))
    report = given(administrator.publishes(AT_ONCE), *ruled, engine.instructs_refund(5), marketplace.confirms_refund(5))
    report.when(seller.appeals(), another_neutral.takes_case(), another_neutral.sends_back())
    assert AwardOverturned(to_buyer=money("100.00 EUR"), to_seller=ZERO) in events(report)
    assert owed(report) == [("seller", "buyer", money("29.90 EUR"), "concession")]  # this part stands


def test_goodwill_counts_for_nothing_that_is_overturned() -> None:
    """Whether it was paid or is still owed, it was beside the claim."""
    part = filing("100.00 EUR", paid="129.90 EUR")
    given_freely = tuple(
        seller.promises("refund", "buyer", sum_of, goodwill=True) for sum_of in ("9.90 EUR", "5.00 EUR")
    )
    first = (*given_freely, engine.instructs_refund(1), marketplace.confirms_refund(1), seller.concedes("30.00 EUR"))
    ruled = (day(4), buyer.escalates(), neutral.takes_case(), neutral.declares_impasse())
    report = given(administrator.publishes(AT_ONCE), part, *first, *ruled, neutral.rules("70.00 EUR", "0.00 EUR"))
    paid = report.dispute.commitments.made
    report.when(engine.instructs_refund(paid), marketplace.confirms_refund(paid))
    report.when(seller.appeals(), another_neutral.takes_case(), another_neutral.sends_back())
    assert AwardOverturned(to_buyer=money("70.00 EUR"), to_seller=ZERO) in events(report)


def test_what_was_given_back_was_not_received() -> None:
    """When an award falls a second time, only the part that its recipient still has counts."""
    report = executed(*PAID, seller.appeals(), another_neutral.takes_case())
    report.when(another_neutral.rules("29.90 EUR", "100.00 EUR"))
    back_again = [c.number for c in report.dispute.commitments.open_remedies()]
    report.when(*(marketplace.confirms_promise(number) for number in back_again)).leaves("closed")
    report.when(supervisor.reopens("fraud"))
    assert AwardOverturned(to_buyer=money("29.90 EUR"), to_seller=ZERO) in events(report)


def test_a_refund_fails_that_was_a_part_of_what_is_owed_back() -> None:
    """A chargeback came on top of it. The amount is set off against the debt, and the rest is still owed."""
    claim = filing("100.00 EUR", paid="129.90 EUR")
    report = given(claim, day(9), engine.instructs_refund(1), marketplace.refunds_elsewhere("29.90 EUR"))
    report.when(seller.asks_to_set_aside(), supervisor.sets_aside(), neutral.takes_case(), seller.contests())
    report.when(neutral.declares_impasse(), neutral.rules("0.00 EUR", "100.00 EUR"), buyer.waives_appeal())
    assert owed(report)[1:] == [("buyer", "seller", money("129.90 EUR"), "recovery")]
    report.when(marketplace.fails_refund(1))
    assert owed(report) == [("buyer", "seller", money("29.90 EUR"), "recovery")]


def test_escrow_for_the_seller_that_did_not_arrive() -> None:
    """What the seller owes the buyer of it comes from the escrow, as an ordinary refund. The rest is owed again."""
    held = filing("60.00 EUR", held=("100.00 EUR",), paid="100.00 EUR")
    both = (engine.instructs_refund(1), engine.instructs_refund(2))
    report = given(held, day(9), *both, seller.asks_to_set_aside(), supervisor.sets_aside(), neutral.takes_case())
    report.when(seller.contests(), neutral.declares_impasse(), neutral.rules("90.00 EUR", "10.00 EUR"))
    report.when(seller.waives_appeal(), buyer.waives_appeal())
    assert owed(report)[2:] == [("seller", "buyer", money("30.00 EUR"), "recovery")]
    report.when(marketplace.fails_refund(2))
    assert owed(report)[1:] == [
        ("marketplace", "buyer", money("30.00 EUR"), "default"),
        ("marketplace", "seller", money("10.00 EUR"), "default"),
    ]
    assert [c.kind for c in report.dispute.commitments.open_remedies()[1:]] == ["refund", "pay"]


def test_a_refund_comes_back_of_which_some_need_not_be_given_back() -> None:
    """The recipient keeps the part that was waived, whatever the other side owes."""
    report = executed(*PAID, seller.appeals(), another_neutral.takes_case())
    report.when(another_neutral.rules("29.90 EUR", "100.00 EUR"))
    too_much = next(c.number for c in report.dispute.commitments.open_remedies() if c.owed_by == "buyer")
    report.when(marketplace.replaces_promise(too_much, "pay", "90.00 EUR", within=timedelta(days=60)))
    assert [by for by, *_ in owed(report)] == ["seller", "buyer"]
    report.when(marketplace.fails_refund(4, "bounced"))
    assert owed(report) == [
        ("seller", "marketplace", money("29.90 EUR"), "recovery"),
        ("marketplace", "buyer", money("39.90 EUR"), "ruling"),
    ]


# --- money that came back ---


def test_a_refund_comes_back_before_the_ruling_is_final() -> None:
    """It is owed again, and another refund carries it out. Reported twice it counts once. A late report of a failure
    has no effect."""
    report = executed(*PAID)
    report.when(marketplace.fails_refund(4)).refused(RefundEnded, status="confirmed")
    report.when(marketplace.fails_refund(4, "bounced")).then(
        RefundReturned(commitment_id=commitment(4), refund_id=refund(4)),
        RefundBounced(),
        RefundReleased(refund_id=refund(4)),
        owes("marketplace", "buyer", "129.90 EUR", arises_from="ruling"),
    )
    report.when(marketplace.fails_refund(4, "bounced")).then_nothing()
    report.when(marketplace.confirms_refund(4)).refused(RefundEnded, status="bounced")
    report.when(engine.instructs_refund(5), marketplace.confirms_refund(5))
    assert report.transaction.left() == ZERO


def test_a_refund_comes_back_that_another_award_counted() -> None:
    """The amount that the buyer had to give back of it is set off."""
    report = executed(*PAID, seller.appeals(), another_neutral.takes_case())
    report.when(another_neutral.rules("29.90 EUR", "100.00 EUR"), marketplace.fails_refund(4, "bounced"))
    assert owed(report) == [
        ("seller", "marketplace", money("29.90 EUR"), "recovery"),
        ("marketplace", "buyer", money("29.90 EUR"), "ruling"),
    ]


def test_goodwill_that_comes_back() -> None:
    """It is set aside again, out of what nobody claims."""
    report = given(
        filing("100.00 EUR", paid="129.90 EUR"), seller.promises("refund", "buyer", "29.90 EUR", goodwill=True)
    )
    report.when(engine.instructs_refund(1), marketplace.confirms_refund(1), marketplace.fails_refund(1, "bounced"))
    assert report.transaction.unclaimed() == ZERO
    assert owed(report) == [("seller", "buyer", money("29.90 EUR"), "goodwill")]


BACK_AFTER_CLOSURE = (
    filing(), seller.concedes(), engine.instructs_refund(1), marketplace.confirms_refund(1),
    marketplace.fails_refund(1, "bounced"),
)  # fmt: skip


def test_a_refund_comes_back_after_closure() -> None:
    """The dispute stays closed, and a supervisor owes it to the marketplace to reopen it. Reported twice it counts once.
    Reopening keeps that commitment; then the money is owed again."""
    report = given(*BACK_AFTER_CLOSURE[:-1]).when(BACK_AFTER_CLOSURE[-1])
    report.then(
        owes("supervisor", "marketplace", None, arises_from="refund", kind="decide"),
        RefundReferred(commitment_id=commitment(1), refund_id=refund(1), decision_id=commitment(2), why="bounced"),
    )
    assert report.dispute.closed
    report.when(marketplace.fails_refund(1, "bounced")).then_nothing()
    report.when(marketplace.waives_promise(2)).refused(NotYoursToWaive)
    report.when(supervisor.reopens("bounced_refund", bounced=1))
    kept = [fact.event for fact in report.facts if isinstance(fact.event, CommitmentKept)]
    assert [(one.commitment_id, one.kept_by) for one in kept] == [(commitment(2), KeptBy(fact="DisputeReopened"))]
    assert owed(report) == [("seller", "buyer", ALL, "concession")]
    report.when(marketplace.fails_refund(1, "bounced")).then_nothing()
    report.when(engine.instructs_refund(3), marketplace.confirms_refund(3)).leaves("closed")


def test_a_refund_that_came_back_stays_owed_by_the_supervisor_when_the_dispute_is_reopened_for_another_ground() -> None:
    """Until it is reported again, and is owed again by itself."""
    report = given(*BACK_AFTER_CLOSURE).when(supervisor.reopens("fraud"))
    assert commitment(2) in report.dispute.commitments.open
    report.when(marketplace.fails_refund(1, "bounced"))
    assert CommitmentDischarged(commitment_id=commitment(2), reason="refund_over") in [f.event for f in report.facts]
