"""Law reports on the end of a dispute."""

import pytest

from domain.commitments.events import CommitmentDischarged
from domain.kernel.people import NotAParty, Outcome
from domain.kernel.refusals import DisputeIsClosed
from domain.neutral.mandate_facts import CaseDone
from domain.payments.transaction_facts import ClaimEnded
from domain.remedies.closure import (
    CancelDispute,
    OnlyClaimantWithdraws,
    OnlyMarketplaceCancels,
    TooLateToCancel,
    TooLateToWithdraw,
)
from domain.remedies.closure_facts import ClaimWithdrawn, DisputeCancelled, DisputeClosed
from domain.settlement.negotiation_facts import OfferExpired
from domain.settlement.proposal_facts import ProposalLapsed
from tests.domain.law.acts import FIRST, SECOND, money, words
from tests.domain.law.cast import (
    administrator,
    another_neutral,
    buyer,
    engine,
    marketplace,
    neutral,
    seller,
    supervisor,
)
from tests.domain.law.filings import filing
from tests.domain.law.reports import day, given, moot, of_ruling, owes, passes_to, some

MEDIATED = (filing(), day(1), seller.contests(), day(3), buyer.escalates(), neutral.takes_case(), neutral.writes())


def test_a_claim_withdrawn() -> None:
    """The claimant may withdraw the claim. If nothing is owed, the dispute closes, and its lines are free again."""
    given(filing()).when(buyer.withdraws()).then(
        ClaimWithdrawn(),
        DisputeClosed(outcome=Outcome.WITHDRAWN),
        moot("response"),
        moot("negotiation"),
        passes_to("none", "closed"),
        some(ClaimEnded, dispute_id=FIRST),
    ).leaves(outcome="withdrawn")


def test_withdrawing_twice_is_harmless() -> None:
    """The claim is already withdrawn, also after closure."""
    given(filing(), buyer.withdraws()).when(day(100), buyer.withdraws()).then_nothing()


def test_who_withdraws() -> None:
    """Only the claimant, buyer or seller."""
    given(filing()).when(seller.withdraws()).refused(OnlyClaimantWithdraws, claimant="buyer")
    given(filing()).when(marketplace.withdraws()).refused(NotAParty)
    given(filing(claimant="seller")).when(buyer.withdraws()).refused(OnlyClaimantWithdraws)
    given(filing(claimant="seller")).when(seller.withdraws()).leaves("closed", "none", "withdrawn")


def test_a_part_conceded_stays_owed() -> None:
    """What the respondent conceded earlier stays owed in spite of the withdrawal. The dispute closes when it is
    paid."""
    report = given(filing(), seller.concedes("29.90 EUR")).when(buyer.withdraws())
    report.then(ClaimWithdrawn(), moot("negotiation"), passes_to("marketplace", "execution"))
    report.when(engine.instructs_refund(1), marketplace.confirms_refund(1)).leaves("closed", "none", "withdrawn")
    assert report.transaction.left() == money("100.00 EUR")


def test_what_is_withdrawn_goes_on_nowhere() -> None:
    """Offers, proposals and windows end with the claim."""
    busy = (
        *MEDIATED,
        neutral.proposes("1.00 EUR", "128.90 EUR"),
        seller.offers("50.00 EUR"),
        buyer.offers("90.00 EUR"),
    )
    report = given(*busy).when(buyer.withdraws()).leaves("closed", "none")
    ended = [f.event for f in report.facts if isinstance(f.event, OfferExpired | ProposalLapsed)]
    assert ended == [
        OfferExpired(number=1, why="moot"),
        OfferExpired(number=2, why="moot"),
        ProposalLapsed(number=1, why="moot"),
    ]
    assert not report.dispute.deadlines.running


@pytest.mark.parametrize("stage", ["mediation", "adjudication"])
def test_until_the_ruling(stage: str) -> None:
    """A claim may be withdrawn during mediation and adjudication."""
    before = MEDIATED if stage == "mediation" else (*MEDIATED, neutral.declares_impasse())
    given(*before).leaves(stage).when(buyer.withdraws()).leaves("closed", "none", "withdrawn")


def test_too_late_to_withdraw() -> None:
    """Not after a ruling or a settlement, and not after a default or a concession."""
    ruled = (*MEDIATED, neutral.declares_impasse(), neutral.rules("0.00 EUR", "129.90 EUR"))
    given(*ruled).when(buyer.withdraws()).refused(TooLateToWithdraw, stage="appeal")
    given(*MEDIATED, seller.offers("1.00 EUR"), buyer.accepts_offer(1)).when(buyer.withdraws()).refused(
        TooLateToWithdraw
    )
    given(filing(), seller.concedes()).when(buyer.withdraws()).refused(TooLateToWithdraw, stage="execution")
    given(filing(), day(9)).when(buyer.withdraws()).refused(TooLateToWithdraw, stage="execution")
    given(*ruled, buyer.waives_appeal()).when(buyer.withdraws()).refused(
        DisputeIsClosed, closed_as="ruled_for_respondent"
    )


def test_out_of_escrow_a_withdrawal_releases_all_to_the_respondent() -> None:
    """The other side gets all of the money in escrow, exactly."""
    report = given(filing("0.05 XBT", paid="0.05 XBT", held=("0.06 XBT", "0.01 XBT"))).when(buyer.withdraws())
    report.then(
        some(ClaimWithdrawn, **{"terms.claimant": money("0.00000000 XBT"), "terms.respondent": money("0.07 XBT")}),
        owes("marketplace", "seller", "0.07 XBT", "pay", arises_from="withdrawal"),
        moot("response"),
        moot("negotiation"),
        passes_to("marketplace", "execution"),
    ).leaves("execution", "marketplace", "withdrawn")
    report.when(engine.instructs_refund(1), marketplace.confirms_refund(1)).leaves("closed", "none", "withdrawn")
    assert report.transaction.left() == money("0.00000000 XBT")


def test_a_dispute_cancelled() -> None:
    """The marketplace ends the dispute with a reason. Neither side wins, and the lines and the neutral are free
    again."""
    report = given(*MEDIATED, buyer.offers("90.00 EUR")).when(marketplace.cancels())
    report.then(
        some(DisputeCancelled, **{"reason.text": "Opened twice by mistake.", "terms": None}),
        OfferExpired(number=1, why="moot"),
        of_ruling(CommitmentDischarged, reason="dispute_over"),
        DisputeClosed(outcome=Outcome.CANCELLED),
        moot("ruling"),
        moot("offer-1"),
        passes_to("none", "closed"),
        some(ClaimEnded, dispute_id=FIRST),
        CaseDone(dispute_id=FIRST),
    ).leaves("closed", "none", "cancelled")
    given(filing(), marketplace.cancels()).when(filing().as_second(SECOND)).then_filed(SECOND)


def test_cancelling_twice_is_harmless() -> None:
    """It is already cancelled, also after closure. A withdrawn claim cannot be cancelled."""
    report = given(filing(), marketplace.cancels()).when(day(100), marketplace.cancels()).then_nothing()
    report.when(buyer.withdraws()).refused(DisputeIsClosed, closed_as="cancelled")
    given(filing(), buyer.withdraws()).when(marketplace.cancels()).refused(DisputeIsClosed, closed_as="withdrawn")


def test_who_cancels() -> None:
    """Only the marketplace: neither party, and nobody who decides."""
    for somebody in (buyer, seller, neutral, supervisor, administrator):
        report = given(*MEDIATED).when(somebody.act(CancelDispute, reason=words("No.")))
        report.refused(OnlyMarketplaceCancels, role=somebody.role.value)


def test_a_part_conceded_stays_owed_when_it_is_cancelled() -> None:
    """As after a withdrawal. Until it is paid, the claimant cannot withdraw, because there is no claim any more."""
    report = given(filing(), seller.concedes("29.90 EUR")).when(marketplace.cancels())
    report.leaves("execution", "marketplace", "cancelled")
    report.when(buyer.withdraws()).refused(TooLateToWithdraw, stage="execution")
    report.when(engine.instructs_refund(1), marketplace.confirms_refund(1)).leaves("closed", "none", "cancelled")
    assert report.transaction.left() == money("100.00 EUR")


def test_too_late_to_cancel() -> None:
    """Not after a ruling, a settlement, a concession or a default: the side that got something keeps it."""
    ruled = (*MEDIATED, neutral.declares_impasse(), neutral.rules("0.00 EUR", "129.90 EUR"))
    given(*ruled).when(marketplace.cancels()).refused(TooLateToCancel, stage="appeal")
    appealed = given(*ruled, buyer.appeals(), another_neutral.takes_case())
    appealed.when(marketplace.cancels()).refused(TooLateToCancel, stage="appeal")
    given(filing(), seller.concedes()).when(marketplace.cancels()).refused(TooLateToCancel, stage="execution")
    given(filing(), day(9)).when(marketplace.cancels()).refused(TooLateToCancel, stage="execution")
    given(*ruled, buyer.waives_appeal()).when(marketplace.cancels()).refused(DisputeIsClosed)


def test_out_of_escrow_a_cancellation_releases_all_to_the_respondent() -> None:
    """As after a withdrawal."""
    report = given(filing("0.05 XBT", paid="0.05 XBT", held=("0.06 XBT", "0.01 XBT"))).when(marketplace.cancels())
    report.then(
        some(DisputeCancelled, **{"terms.claimant": money("0.00000000 XBT"), "terms.respondent": money("0.07 XBT")}),
        owes("marketplace", "seller", "0.07 XBT", "pay", arises_from="cancellation"),
        moot("response"),
        moot("negotiation"),
        passes_to("marketplace", "execution"),
    )
    report.when(engine.instructs_refund(1), marketplace.confirms_refund(1)).leaves("closed", "none", "cancelled")


def test_what_was_had_under_a_default_that_fell_is_owed_back_when_it_is_cancelled() -> None:
    """The buyer was paid by default, and no decision confirmed that."""
    paid = (filing(), day(9), engine.instructs_refund(1), seller.asks_to_set_aside(), supervisor.sets_aside())
    report = given(*paid, marketplace.confirms_refund(1)).when(marketplace.cancels())
    report.leaves("execution", "claimant", "cancelled")
    (back,) = report.dispute.commitments.open.values()
    assert (back.owed_by, back.amount) == ("buyer", money("129.90 EUR"))


def test_a_stayed_dispute_is_cancelled() -> None:
    """A stay halts decisions. A cancellation is none, like a withdrawal."""
    report = given(*MEDIATED, marketplace.records_proceeding("court")).when(marketplace.cancels())
    report.leaves("closed", "none", "cancelled")
    assert report.dispute.stay.since is None


def test_a_cancelled_dispute_is_reopened() -> None:
    """A supervisor reopens it. Then a neutral rules, unless it is cancelled again."""
    report = given(filing(), marketplace.cancels()).when(supervisor.reopens()).leaves("adjudication", "supervisor")
    assert report.dispute.outcome is None
    report.when(marketplace.cancels()).leaves("closed", "none", "cancelled")


def test_no_closure_over_an_open_remedy() -> None:
    """As long as money or goods are owed, the dispute stays in execution, whatever else was paid."""
    report = given(filing(), seller.promises("ship", "buyer"), seller.concedes(), engine.instructs_refund(2))
    report.when(marketplace.confirms_refund(2)).leaves("execution", "respondent")
    report.when(buyer.confirms_promise(1)).leaves("closed", "none", "conceded")


def test_a_closed_dispute_moves_no_more() -> None:
    """Every act on the claim is refused. Messages and service commitments are still possible."""
    acts = (
        seller.contests(), buyer.adds_exhibit(), buyer.offers("1.00 EUR"), buyer.escalates(), neutral.takes_case(),
        seller.promises("refund", "buyer", "1.00 EUR"),
    )  # fmt: skip
    report = given(filing(), day(3), buyer.withdraws())
    for act in acts:
        report.when(act).refused(DisputeIsClosed, closed_as="withdrawn")
    report.when(buyer.writes(), seller.promises("reply", "buyer")).leaves("closed", "none")


def test_other_disputes_on_the_order_go_on() -> None:
    """Closing one claim ends that claim only."""
    first = filing("100.00 EUR", paid="129.90 EUR", order_lines={"1": "100.00 EUR", "2": "29.90 EUR"})
    second = first.as_second(SECOND, claim="29.90 EUR", about_lines=("2",))
    report = given(first, second, buyer.withdraws()).leaves("negotiation", "respondent", of=SECOND)
    assert set(report.transaction.claims) == {SECOND}
    report.when(seller.concedes().about(SECOND)).leaves("execution", "marketplace", of=SECOND)
