"""Law reports on refunds that were paid elsewhere."""

from domain.commitments.events import CommitmentBreached, CommitmentDischarged
from domain.kernel.money import CurrencyMismatch
from domain.kernel.people import Side
from domain.payments.refund_facts import RefundCancelled
from domain.payments.refunds import MayNotReport, RefundEnded
from domain.payments.transaction import ClaimExceedsPaid
from domain.payments.transaction_facts import ClaimEnded, RefundReleased, RefundReserved, RefundSettled
from domain.remedies.closure_facts import DisputeClosed
from domain.remedies.elsewhere import NothingRefunded, OutcomeUnderway, PaidOutOfEscrow
from domain.remedies.elsewhere_facts import RefundedElsewhere, RefundElsewhereTakenBack
from domain.settlement.negotiation_facts import OfferExpired
from tests.domain.law.acts import SECOND, commitment, money, refund
from tests.domain.law.cast import buyer, engine, instalment, marketplace, neutral, seller, supervisor
from tests.domain.law.filings import filing
from tests.domain.law.reports import day, given, moot, owes, passes_to, some

TWO = filing("100.00 EUR", paid="129.90 EUR", order_lines={"1": "100.00 EUR", "2": "29.90 EUR"})


def test_a_claim_refunded_elsewhere() -> None:
    """If it is paid in full, the dispute is resolved elsewhere, and closes."""
    given(TWO).when(marketplace.refunds_elsewhere("100.00 EUR")).then(
        some(RefundReserved, amount=money("100.00 EUR"), beyond_claim=False),
        RefundSettled,
        some(RefundedElsewhere, off_claim=money("100.00 EUR"), resolves=True),
        some(DisputeClosed, outcome="resolved_elsewhere"),
        moot("response"),
        moot("negotiation"),
        passes_to("none", "closed"),
        ClaimEnded,
    ).leaves("closed", "none", "resolved_elsewhere")


def test_a_part_refunded_elsewhere() -> None:
    """The dispute continues about the rest. Larger offers become moot. A payment that is reported twice counts once."""
    report = given(TWO, day(1), seller.offers("50.00 EUR")).when(marketplace.refunds_elsewhere("40.00 EUR"))
    assert any(isinstance(f.event, OfferExpired) for f in report.facts)
    assert report.dispute.claimed == report.dispute.in_dispute == money("60.00 EUR")
    assert report.transaction.unclaimed() == money("29.90 EUR")
    report.when(marketplace.refunds_elsewhere("40.00 EUR")).then_nothing()
    report.when(seller.concedes(), engine.instructs_refund(1), marketplace.confirms_refund(1)).leaves("closed")
    assert report.transaction.left() == money("29.90 EUR")


def test_what_is_owed_is_lowered() -> None:
    """After the outcome: amounts that have not begun to move are owed no more, or less."""
    report = given(TWO, seller.concedes()).when(marketplace.refunds_elsewhere("30.00 EUR"))
    report.then(
        RefundReserved,
        RefundSettled,
        some(RefundedElsewhere, off_claim=money("0.00 EUR"), resolves=False),
        CommitmentDischarged(commitment_id=commitment(1), reason="paid_elsewhere"),
        owes("seller", "buyer", "70.00 EUR", arises_from="concession"),
    )
    report.when(marketplace.refunds_elsewhere("70.00 EUR", "cb-2")).leaves("closed", "none", "conceded")


def test_more_than_the_rest_of_the_claim() -> None:
    """If a part was conceded, it is lowered by what exceeds the rest of the claim."""
    report = given(TWO, seller.concedes("80.00 EUR")).when(marketplace.refunds_elsewhere("50.00 EUR"))
    report.then(
        RefundReserved,
        RefundSettled,
        some(RefundedElsewhere, off_claim=money("20.00 EUR"), resolves=True),
        CommitmentDischarged(commitment_id=commitment(1), reason="paid_elsewhere"),
        owes("seller", "buyer", "50.00 EUR", arises_from="concession"),
        moot("negotiation"),
        passes_to("marketplace", "execution"),
    )
    report.when(engine.instructs_refund(2), marketplace.confirms_refund(2)).leaves(
        "closed", "none", "resolved_elsewhere"
    )


def test_the_order_is_the_last_limit() -> None:
    """It does not reduce other disputes' claims. The rest of the order cannot be claimed any more. A person must look
    at the part above it."""
    second = TWO.as_second(SECOND, claim="29.90 EUR", about_lines=("2",))
    report = given(TWO, second).when(marketplace.refunds_elsewhere("100.01 EUR"))
    excess = some(RefundedElsewhere, amount=money("100.00 EUR"), excess=money("0.01 EUR"), resolves=True)
    assert excess in [fact.event for fact in report.facts]
    assert report.transaction.left_for(SECOND) == money("29.90 EUR")
    given(TWO, marketplace.refunds_elsewhere("110.00 EUR")).when(second).refused(ClaimExceedsPaid, left="19.90 EUR")


def test_a_chargeback_of_what_was_paid_already() -> None:
    """Nothing is left of the order. The chargeback is recorded all the same, and counts once."""
    report = given(filing(), day(1), seller.contests(), seller.offers("129.90 EUR"), buyer.accepts_offer(1))
    report.when(engine.instructs_refund(1)).when(marketplace.refunds_elsewhere("129.90 EUR"))
    told = some(RefundedElsewhere, amount=money("0.00 EUR"), excess=money("129.90 EUR"))
    assert told in [fact.event for fact in report.facts]
    report.when(marketplace.refunds_elsewhere("129.90 EUR")).then_nothing()


def test_a_chargeback_in_place_of_a_refund_that_failed() -> None:
    """A failed refund moved nothing: the chargeback pays the debt, and nobody tries that refund again."""
    failed = given(
        filing(), seller.concedes(), engine.instructs_refund(1), marketplace.fails_refund(1, "account_closed")
    )
    failed.when(marketplace.refunds_elsewhere("129.90 EUR"))
    assert some(RefundedElsewhere, amount=money("129.90 EUR"), excess=None) in [fact.event for fact in failed.facts]
    failed.leaves("closed", "none", "conceded")
    assert failed.transaction.refunded(failed.dispute.id) == money("129.90 EUR")
    failed.when(engine.releases_refund(1)).then(RefundCancelled)
    failed.when(marketplace.confirms_refund(1)).refused(RefundEnded)


def test_a_chargeback_in_place_of_a_part_of_it() -> None:
    """A new refund carries out the rest. The part above the debt is an excess, as always."""
    twice = (filing(), seller.concedes(), engine.instructs_refund(1), marketplace.fails_refund(1, "declined"))
    part = given(*twice).when(marketplace.refunds_elsewhere("100.00 EUR"))
    assert some(RefundReleased, refund_id=refund(1)) in [fact.event for fact in part.facts]
    part.when(engine.releases_refund(1), engine.instructs_refund(2), marketplace.confirms_refund(2))
    part.leaves("closed", "none", "conceded")
    assert part.transaction.left().is_zero
    more = given(*twice).when(marketplace.refunds_elsewhere("130.00 EUR"))
    assert some(RefundedElsewhere, excess=money("0.10 EUR")) in [fact.event for fact in more.facts]


def test_a_chargeback_while_a_refund_is_retried() -> None:
    """A refund that is tried again may arrive. Then the chargeback came on top, and a person must look at it."""
    report = given(filing(), seller.concedes(), engine.instructs_refund(1), marketplace.fails_refund(1, "declined"))
    report.when(marketplace.retries_refund(1), marketplace.refunds_elsewhere("129.90 EUR"))
    assert some(RefundedElsewhere, excess=money("129.90 EUR")) in [fact.event for fact in report.facts]
    report.when(marketplace.confirms_refund(1)).leaves("closed", "none", "conceded")


def test_a_chargeback_before_what_nobody_is_owed_was_cancelled() -> None:
    """The money of a failed refund that is owed no more is free at once, even before the engine cancels the refund."""
    report = given(filing(), seller.concedes("29.90 EUR"), engine.instructs_refund(1), marketplace.fails_refund(1))
    report.when(buyer.waives_promise(1), marketplace.refunds_elsewhere("129.90 EUR"))
    assert some(RefundedElsewhere, amount=money("129.90 EUR"), excess=None) in [fact.event for fact in report.facts]
    report.when(engine.releases_refund(1)).then(RefundCancelled)


def test_a_part_of_what_is_overdue() -> None:
    """The rest is overdue at once, and the marketplace owes a decision about it. The same report again changes
    nothing."""
    report = given(TWO, seller.concedes(), day(20), engine.ticks())
    report.when(marketplace.refunds_elsewhere("30.00 EUR"))
    rest = next(c for c in report.dispute.commitments.open.values() if c.amount)
    assert (rest.overdue, rest.amount) == (True, money("70.00 EUR"))
    assert [c.because_of for c in report.dispute.commitments.open.values() if not c.amount] == [rest.id]
    breach = next(fact for fact in report.facts if isinstance(fact.event, CommitmentBreached))
    assert breach.occurred_at == report.now
    report.when(marketplace.refunds_elsewhere("30.00 EUR")).then_nothing()
    report.when(engine.ticks()).then_nothing()


def test_a_chargeback_leaves_alone_what_it_does_not_pay() -> None:
    """If two instalments failed, it pays the first. The money for the other stays set aside."""
    parts = (instalment("60.00 EUR", 1), instalment("69.90 EUR", 2))
    report = given(filing(), seller.offers("129.90 EUR", instalments=parts), buyer.accepts_offer(1), day(3))
    for number in (1, 2):
        report.when(engine.instructs_refund(number), marketplace.fails_refund(number, "declined"))
    report.when(marketplace.refunds_elsewhere("60.00 EUR"))
    assert refund(2) in report.transaction.movements
    assert refund(1) not in report.transaction.movements
    report.when(marketplace.retries_refund(2), marketplace.confirms_refund(2)).leaves("closed", "none", "settled")


def test_a_refund_elsewhere_that_is_refused() -> None:
    """Only the marketplace can report it, only with an amount above zero, and not with money in escrow."""
    given(TWO).when(supervisor.refunds_elsewhere("1.00 EUR")).refused(MayNotReport)
    given(TWO).when(marketplace.refunds_elsewhere("0.00 EUR")).refused(NothingRefunded)
    held = filing("100.00 EUR", held=("100.00 EUR",))
    given(held).when(marketplace.refunds_elsewhere("1.00 EUR")).refused(PaidOutOfEscrow)


def test_a_chargeback_after_closure() -> None:
    """It is recorded here and in the order, once. Nothing is owed that it could lower, and the dispute stays closed."""
    report = given(TWO, buyer.withdraws()).when(marketplace.refunds_elsewhere("30.00 EUR"))
    report.then(
        some(RefundReserved, amount=money("30.00 EUR")),
        RefundSettled,
        some(RefundedElsewhere, amount=money("30.00 EUR"), off_claim=money("0.00 EUR"), resolves=False, excess=None),
    ).leaves("closed", "none", "withdrawn")
    assert report.transaction.left() == money("99.90 EUR")
    report.when(marketplace.refunds_elsewhere("30.00 EUR")).then_nothing()
    report.when(TWO.as_second(SECOND, claim="100.00 EUR", about_lines=("1",))).refused(
        ClaimExceedsPaid, left="99.90 EUR"
    )


def test_a_chargeback_after_all_was_paid_here() -> None:
    """The part above the rest of the order is an excess. A supervisor may reopen the dispute; then the part that counts
    is deducted."""
    paid = (seller.concedes(), engine.instructs_refund(1), marketplace.confirms_refund(1))
    report = given(TWO, *paid).when(marketplace.refunds_elsewhere("100.00 EUR")).leaves("closed")
    told = some(RefundedElsewhere, amount=money("29.90 EUR"), excess=money("70.10 EUR"))
    assert told in [fact.event for fact in report.facts]
    report.when(supervisor.reopens("refunded_elsewhere"), neutral.takes_case(), neutral.rules("100.00 EUR", "0.00 EUR"))
    report.when(seller.waives_appeal())
    [owed] = report.dispute.commitments.open_remedies()
    assert (owed.owed_by, owed.owed_to, owed.amount) == ("buyer", "seller", money("29.90 EUR"))


def test_what_was_paid_here_as_well() -> None:
    """In a reopened dispute that was paid in full elsewhere, the buyer owes back what was paid here."""
    more = filing("50.00 EUR", paid="129.90 EUR", order_lines={"1": "50.00 EUR", "2": "79.90 EUR"})
    report = given(more, seller.concedes(), engine.instructs_refund(1), marketplace.confirms_refund(1))
    report.when(supervisor.reopens(), marketplace.refunds_elsewhere("50.00 EUR"))
    report.leaves("execution", "claimant", "resolved_elsewhere")
    [owed] = report.dispute.commitments.open_remedies()
    assert (owed.owed_by, owed.owed_to, owed.amount) == ("buyer", "seller", money("50.00 EUR"))


def test_a_claim_for_payment_is_not_lowered() -> None:
    """A refund elsewhere does not change what the buyer owes."""
    report = given(filing(claimant="seller", reason="payment_not_received"), marketplace.refunds_elsewhere("10.00 EUR"))
    assert report.dispute.claimed == money("129.90 EUR")
    report.leaves("negotiation")


def test_in_another_currency() -> None:
    """A refund elsewhere counts only in the currency of the dispute."""
    given(filing()).when(marketplace.refunds_elsewhere("1.00 USD")).refused(
        CurrencyMismatch, at="/amount", expected="EUR", found="USD"
    )


def test_a_refund_elsewhere_is_taken_back() -> None:
    """What it lowered rises again, once. The money can leave the order again."""
    report = given(TWO, marketplace.refunds_elsewhere("40.00 EUR")).when(engine.takes_back())
    report.then(RefundReleased, some(RefundElsewhereTakenBack, amount=money("40.00 EUR"), on_claim=money("40.00 EUR")))
    assert report.dispute.claimed == report.dispute.in_dispute == money("100.00 EUR")
    assert report.transaction.left() == money("129.90 EUR")
    report.when(engine.takes_back()).then_nothing()
    given(TWO).when(engine.takes_back("another")).then_nothing()
    given(TWO, marketplace.refunds_elsewhere("40.00 EUR")).when(seller.takes_back()).refused(
        MayNotReport, role="seller"
    )


def test_an_outcome_is_carried_out_first() -> None:
    """What people are paying does not change under their hands. After closure, a supervisor can have the rest decided."""
    report = given(TWO, marketplace.refunds_elsewhere("40.00 EUR"), seller.concedes())
    report.when(engine.takes_back()).refused(OutcomeUnderway, stage="execution")
    report.when(engine.instructs_refund(1), marketplace.confirms_refund(1), engine.takes_back())
    assert report.dispute.closed
    report.when(supervisor.reopens("refunded_elsewhere"))
    assert report.dispute.in_dispute == money("100.00 EUR")
    assert report.dispute.advance.received[Side.BUYER] == money("60.00 EUR")
