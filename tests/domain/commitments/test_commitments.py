"""Law reports on commitments: a commitment is never lost."""

from datetime import timedelta

import pytest

from domain.commitments.events import (
    CommitmentBreached,
    CommitmentDischarged,
    CommitmentKept,
    CommitmentMade,
    CommitmentReplaced,
    CommitmentWaived,
)
from domain.commitments.keeping import NotYoursToConfirm
from domain.commitments.named import CommitmentEnded, UnknownCommitment
from domain.commitments.promising import MAX_COMMITMENTS, ArisesByLawAlone, NotYoursToPromise, TooManyCommitments
from domain.commitments.terms import AmountMissing, AmountOutOfPlace, DueInThePast, OwedToOneself, RefundOutOfPlace
from domain.commitments.waiving import NotYoursToWaive, ReplacementAsksMore, ReplacementTooLarge
from domain.kernel.money import CurrencyMismatch
from domain.kernel.refusals import DisputeIsClosed
from domain.payments.transaction_facts import RefundReleased, RefundReserved
from domain.remedies.closure_facts import ClaimWithdrawn
from tests.domain.law.acts import FIRST, commitment, money, refund
from tests.domain.law.cast import (
    Person,
    administrator,
    auditor,
    buyer,
    engine,
    marketplace,
    neutral,
    seller,
    supervisor,
)
from tests.domain.law.filings import filing
from tests.domain.law.reports import day, due_date, follows, given, later, moot, owes, passes_to, some

MEDIATED = (filing(), day(1), seller.contests(), day(3), buyer.escalates(), neutral.takes_case())
EVERYBODY = (buyer, seller, neutral, supervisor, marketplace, administrator, auditor, engine)


# --- making ---


def test_a_promise_of_service() -> None:
    """Everybody in the dispute can commit to a reply, a call or a review. It is owed, and blocks nothing."""
    given(filing()).when(seller.promises("call_back", "buyer")).then(
        owes("seller", "buyer", None, kind="call_back", arises_from="promise", commitment_class="service")
    )


@pytest.mark.parametrize(("kind", "amount"), [("pay", "20.00 EUR"), ("ship", None), ("return", None)])
def test_a_promise_of_money_or_goods(kind: str, amount: str | None) -> None:
    """Money and goods are remedies."""
    given(filing()).when(seller.promises(kind, "buyer", amount)).then(
        owes("seller", "buyer", amount, kind=kind, commitment_class="remedy")
    )


def test_a_refund_promised_freely_is_set_aside() -> None:
    """The money is set aside with the commitment, out of what nobody claims. A waiver gives it back; a smaller
    replacement gives back a part."""
    report = given(filing(paid="149.90 EUR")).when(seller.promises("refund", "buyer", "20.00 EUR"))
    set_aside = RefundReserved(refund_id=refund(1), dispute_id=FIRST, amount=money("20.00 EUR"), beyond_claim=True)
    report.then(owes("seller", "buyer", "20.00 EUR", arises_from="promise", commitment_class="remedy"), set_aside)
    report.when(buyer.replaces_promise(1, "refund", "5.00 EUR")).then(
        some(CommitmentReplaced, replaced_by=commitment(2)),
        RefundReleased(refund_id=refund(1)),
        owes("seller", "buyer", "5.00 EUR", arises_from="promise"),
        some(RefundReserved, refund_id=refund(2), amount=money("5.00 EUR"), beyond_claim=True),
    )
    report.when(buyer.waives_promise(2)).then(some(CommitmentWaived), RefundReleased(refund_id=refund(2)))
    assert report.transaction.left() == money("149.90 EUR")


def test_nobody_promises_in_anothers_name() -> None:
    """Everybody makes commitments for themselves; the marketplace also for carriers, warehouses and banks."""
    for owed_by in ("buyer", "neutral", "supervisor", "marketplace", "carrier"):
        given(*MEDIATED).when(seller.promises("reply", "buyer", owed_by=owed_by)).refused(
            NotYoursToPromise, owed_by=owed_by
        )
    for third in ("carrier", "warehouse", "bank", "marketplace"):
        given(filing()).when(marketplace.promises("reply", "buyer", owed_by=third)).then(CommitmentMade)
    for nobody in (administrator, auditor, engine):
        given(filing()).when(nobody.promises("reply", "buyer", owed_by="marketplace")).refused(NotYoursToPromise)


def test_a_promise_is_due_ahead() -> None:
    """The due instant is in the future, by at least a microsecond."""
    given(filing()).when(seller.promises("reply", "buyer", within=timedelta(0))).refused(DueInThePast, at="/due_at")
    given(filing()).when(seller.promises("reply", "buyer", within=timedelta(microseconds=1))).then(CommitmentMade)


def test_nobody_owes_themselves() -> None:
    """The creditor is somebody else than the debtor."""
    given(filing()).when(seller.promises("reply", "seller")).refused(OwedToOneself, at="/owed_to", owed_by="seller")


def test_the_number_of_promises_is_bounded() -> None:
    """Two hundred can be open. One that ends makes room."""
    many = tuple(seller.promises("reply", "buyer") for _ in range(MAX_COMMITMENTS))
    given(filing(), *many).when(seller.promises("reply", "buyer")).refused(TooManyCommitments, limit=MAX_COMMITMENTS)
    given(filing(), *many, buyer.waives_promise(1)).when(seller.promises("reply", "buyer")).then(
        owes("seller", "buyer", None, "reply")
    )


def test_money_names_its_amount() -> None:
    """A commitment to pay names an amount above zero. No other commitment names an amount."""
    given(filing()).when(seller.promises("refund", "buyer")).refused(AmountMissing, kind="refund")
    given(filing()).when(seller.promises("pay", "buyer", "0.00 EUR")).refused(AmountMissing)
    given(filing()).when(seller.promises("ship", "buyer", "1.00 EUR")).refused(AmountOutOfPlace, kind="ship")


@pytest.mark.parametrize("kind", ["assign", "co_sign", "erase"])
@pytest.mark.parametrize("who", [seller, supervisor, marketplace], ids=lambda who: who.role.value)
def test_what_the_law_alone_makes_owed(who: Person, kind: str) -> None:
    """Only the state of the dispute makes a neutral, a co-signature or an erasure owed. Nobody can commit to one."""
    given(filing()).when(who.promises(kind, "buyer")).refused(ArisesByLawAlone, kind=kind)


def test_what_a_refund_is() -> None:
    """Money back to the buyer, from the seller or the marketplace, in the currency of the order. Other money is a
    payment."""
    report = given(filing())
    report.when(buyer.promises("refund", "seller", "1.00 EUR")).refused(RefundOutOfPlace, owed_by="buyer")
    for owed_to in ("seller", "warehouse", "neutral"):
        report.when(marketplace.promises("refund", owed_to, "1.00 EUR")).refused(RefundOutOfPlace, owed_to=owed_to)
    report.when(seller.promises("refund", "buyer", "1.00 USD")).refused(CurrencyMismatch, at="/amount", found="USD")
    report.when(marketplace.promises("pay", "seller", "1.00 USD")).refused(CurrencyMismatch)
    report.when(buyer.promises("pay", "seller", "1.00 USD")).then(owes("buyer", "seller", "1.00 USD", kind="pay"))


def test_money_to_a_third_party_does_not_come_out_of_the_order() -> None:
    """No refund carries out a payment of the marketplace to a warehouse: the marketplace reports when it has paid."""
    report = given(filing(), marketplace.promises("pay", "warehouse", "9.00 EUR"))
    assert not report.dispute.commitments.open[commitment(1)].by_refund
    report.when(marketplace.confirms_promise(1)).then(some(CommitmentKept, late=False))


# --- keeping ---


def test_a_promise_kept() -> None:
    """The creditor confirms that it was kept. A repeated confirmation is harmless."""
    report = given(filing(), seller.promises("call_back", "buyer")).when(buyer.confirms_promise(1))
    report.then(some(CommitmentKept, commitment_id=commitment(1), late=False, by="buyer", refund_id=None))
    report.when(buyer.confirms_promise(1), marketplace.confirms_promise(1)).then_nothing()
    report.when(buyer.waives_promise(1)).refused(CommitmentEnded, how="kept")


def test_who_says_that_it_was_kept() -> None:
    """The creditor, the neutral, the supervisor or the marketplace; never the debtor, and nobody outside the
    dispute."""
    promised = (*MEDIATED, seller.promises("ship", "buyer"))
    for witness in (buyer, neutral, supervisor, marketplace):
        given(*promised).when(witness.confirms_promise(4)).leaves("mediation")
    for nobody in (seller, administrator, auditor, engine):
        given(*promised).when(nobody.confirms_promise(4)).refused(NotYoursToConfirm, owed_by="seller")


def test_nobody_is_a_witness_in_their_own_cause() -> None:
    """Others confirm a supervisor's own commitment. Only the marketplace can confirm its own."""
    given(filing(), supervisor.promises("review", "buyer")).when(supervisor.confirms_promise(1)).refused(
        NotYoursToConfirm
    )
    given(filing(), marketplace.promises("ship", "buyer")).when(marketplace.confirms_promise(1)).then(
        some(CommitmentKept)
    )


def test_a_breach_is_not_an_end() -> None:
    """At its due instant a commitment is broken and still owed, until it is kept late or ends in another way."""
    report = given(filing(), seller.promises("call_back", "buyer")).when(due_date(1), engine.ticks())
    report.then(CommitmentBreached(commitment_id=commitment(1))).at("2026-11-04T10:00+00:00", CommitmentBreached)
    report.when(later(days=1), engine.ticks()).then_nothing()
    report.when(buyer.confirms_promise(1)).then(some(CommitmentKept, late=True))
    assert report.dispute.commitments.ended == {commitment(1): "kept_late"}


def test_unknown_promises() -> None:
    """An unknown commitment cannot be kept, waived or replaced."""
    for act in (buyer.confirms_promise(1), buyer.waives_promise(1), buyer.replaces_promise(1, "reply")):
        given(filing()).when(act).refused(UnknownCommitment)


# --- waiving and replacing ---


def test_a_promise_waived() -> None:
    """The creditor may waive it, also when it is overdue. A repeated waiver is harmless."""
    report = given(filing(), seller.promises("ship", "buyer"), due_date(1)).when(buyer.waives_promise(1))
    report.then(
        some(CommitmentBreached),
        follows("marketplace", "buyer", "decide", because_of=1),
        some(CommitmentWaived, by="buyer"),
        CommitmentDischarged(commitment_id=commitment(2), reason="breach_over"),
    )
    report.when(buyer.waives_promise(1)).then_nothing()
    report.when(buyer.confirms_promise(1)).refused(CommitmentEnded, how="waived")


@pytest.mark.parametrize("who", [p for p in EVERYBODY if p is not buyer], ids=lambda p: p.role.value)
def test_who_waives(who: Person) -> None:
    """Nobody can waive what is owed to somebody else."""
    promised = (*MEDIATED, seller.promises("ship", "buyer"))
    given(*promised).when(who.waives_promise(4)).refused(NotYoursToWaive, owed_to="buyer")
    given(*promised).when(who.replaces_promise(4, "ship")).refused(NotYoursToWaive)


def test_the_marketplace_speaks_for_third_parties() -> None:
    """The marketplace can waive what is owed to a carrier, a warehouse or a bank."""
    given(filing(), seller.promises("return", "warehouse")).when(marketplace.waives_promise(1)).then(
        some(CommitmentWaived)
    )


def test_a_promise_replaced() -> None:
    """The new one has the same kind, class, debtor, creditor and origin. The old one has ended."""
    report = given(filing(), seller.promises("ship", "buyer"))
    report.when(buyer.replaces_promise(1, "ship", within=timedelta(days=5))).then(
        some(CommitmentReplaced, commitment_id=commitment(1), replaced_by=commitment(2), by="buyer"),
        owes("seller", "buyer", None, kind="ship", arises_from="promise", commitment_class="remedy"),
    )
    report.when(buyer.replaces_promise(1, "ship")).refused(CommitmentEnded, how="replaced")
    report.when(buyer.waives_promise(2)).then(some(CommitmentWaived))


def test_a_replacement_is_no_heavier() -> None:
    """Not more money, and no other currency, because the debtor was not asked."""
    owed, week = given(filing(), seller.concedes("20.00 EUR")), timedelta(days=7)
    owed.when(buyer.replaces_promise(1, "refund", "20.01 EUR", within=week)).refused(
        ReplacementTooLarge, at="/amount", promised="20.00 EUR"
    )
    owed.when(buyer.replaces_promise(1, "refund", "20.00 USD", within=week)).refused(CurrencyMismatch)
    owed.when(buyer.replaces_promise(1, "refund", "20.00 EUR", within=week)).then(
        some(CommitmentReplaced), owes("seller", "buyer", "20.00 EUR", arises_from="concession")
    )


def test_a_replacement_is_no_sooner() -> None:
    """It may be due at the same instant as the old one, but not a microsecond earlier."""
    promised = given(filing(), seller.promises("ship", "buyer"))
    early = buyer.replaces_promise(1, "ship", within=timedelta(days=2, microseconds=-1))
    promised.when(early).refused(ReplacementAsksMore, due_at="2026-11-04T10:00:00+00:00")
    promised.when(buyer.replaces_promise(1, "ship")).then(some(CommitmentReplaced), CommitmentMade)


def test_a_replacement_is_of_the_same_kind() -> None:
    """Not a payment instead of a refund, and not other goods: one side alone cannot ask for something else."""
    week = timedelta(days=7)
    conceded = given(filing(), seller.concedes())
    conceded.when(buyer.replaces_promise(1, "pay", "129.90 EUR", within=week)).refused(
        ReplacementAsksMore, kind="refund"
    )
    given(filing(), seller.promises("ship", "buyer")).when(buyer.replaces_promise(1, "provide")).refused(
        ReplacementAsksMore, kind="ship"
    )
    given(*MEDIATED).when(buyer.replaces_promise(2, "pay", "129.90 EUR", within=week)).refused(ReplacementAsksMore)
    given(*MEDIATED).when(buyer.replaces_promise(2, "refund", "129.90 EUR")).refused(
        RefundOutOfPlace, owed_by="neutral"
    )
    given(filing(claimant="seller"), buyer.concedes()).when(seller.replaces_promise(1, "refund", "1.00 EUR")).refused(
        RefundOutOfPlace
    )


# --- after the dispute is over ---


def test_a_service_outlives_the_dispute() -> None:
    """A call stays owed after closure; it can be broken and kept. New service commitments are possible."""
    report = given(filing(), seller.promises("call_back", "buyer"), buyer.withdraws()).leaves("closed")
    report.when(due_date(1), buyer.confirms_promise(1)).then(some(CommitmentBreached), some(CommitmentKept, late=True))
    report.when(seller.promises("reply", "buyer")).then(owes("seller", "buyer", None, kind="reply"))


def test_no_remedy_is_promised_after_closure() -> None:
    """Money or goods would have to reopen the dispute."""
    report = given(filing(), buyer.withdraws())
    report.when(seller.promises("ship", "buyer")).refused(DisputeIsClosed)
    report.when(seller.promises("refund", "buyer", "1.00 EUR")).refused(DisputeIsClosed)


def test_goods_promised_keep_a_dispute_open() -> None:
    """No dispute closes while a remedy is open, whoever owes it. That side then has the move."""
    report = given(filing(), seller.promises("ship", "buyer")).when(buyer.withdraws())
    report.then(ClaimWithdrawn, moot("response"), moot("negotiation"), passes_to("respondent", "execution"))
    report.when(buyer.confirms_promise(1)).leaves("closed", "none", "withdrawn")
