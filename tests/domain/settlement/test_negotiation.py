"""Law reports on negotiation: offers, counter-offers, acceptance, rejection."""

import pytest

from domain.commitments.events import CommitmentDischarged, CommitmentKept
from domain.kernel.money import CurrencyMismatch
from domain.kernel.people import NotAParty, Side
from domain.kernel.refusals import DisputeIsClosed, NotYourMove
from domain.neutral.mandate_facts import AuthoritySpent
from domain.remedies.division_facts import Division
from domain.ruling.ruling_facts import RulingIssued
from domain.settlement.negotiation import MAX_OFFERS, NotYourOffer, OfferExceedsClaim, OfferNotOpen, TooManyOffers
from domain.settlement.negotiation_facts import (
    OfferAccepted,
    OfferExpired,
    OfferMade,
    OfferRejected,
    SettlementReached,
    UnknownOffer,
)
from tests.domain.law.acts import money
from tests.domain.law.cast import buyer, engine, marketplace, neutral, seller, supervisor
from tests.domain.law.filings import filing
from tests.domain.law.reports import day, given, later, met, moot, of_ruling, owes, passes_to, sets, some

CONTESTED = (filing(), day(1), seller.contests())
OFFERED = (*CONTESTED, seller.offers("50.00 EUR"))
ESCALATED = (*OFFERED, day(3), buyer.escalates(), supervisor.assigns(neutral))


def terms(claimant: str, respondent: str) -> Division:
    return Division(claimant=money(claimant), respondent=money(respondent))


def test_an_offer() -> None:
    """An offer names the claimant's amount; the respondent gets the rest. The other side has three business days."""
    given(*CONTESTED).when(seller.offers("50.00 EUR")).then(
        some(OfferMade, number=1, by="seller", terms=terms("50.00 EUR", "79.90 EUR"), counters=None),
        sets("offer-1", "buyer", due_at="2026-11-06T11:00+01:00"),
        passes_to("claimant", "negotiation"),
    )


def test_an_offer_is_answered_on_the_calendar_of_the_offeree() -> None:
    """The same three days for the seller in China, from Friday: Monday, Tuesday, Wednesday."""
    given(*CONTESTED, day(4)).when(buyer.offers("120.00 EUR")).then(
        OfferMade, sets("offer-1", "seller", due_at="2026-11-11T18:00+08:00"), passes_to("respondent", "negotiation")
    )


@pytest.mark.parametrize("amount", ["0.00 EUR", "129.90 EUR"])
def test_an_offer_of_nothing_or_of_everything(amount: str) -> None:
    """Anything from nothing to all that is in dispute may be offered."""
    given(*CONTESTED).when(buyer.offers(amount)).leaves("negotiation", "respondent")


def test_an_offer_above_what_is_in_dispute() -> None:
    """Never more than that. After a part was conceded, only the rest can be offered."""
    given(*CONTESTED).when(seller.offers("129.91 EUR")).refused(OfferExceedsClaim, in_dispute="129.90 EUR")
    report = given(filing(), seller.concedes("29.90 EUR"))
    report.when(seller.offers("100.01 EUR")).refused(OfferExceedsClaim, at="/amount", in_dispute="100.00 EUR")
    report.when(seller.offers("100.00 USD")).refused(CurrencyMismatch, at="/amount")


def test_out_of_escrow_all_of_it_may_be_offered() -> None:
    """If deposits are held too, an offer may exceed the claim: the claimant's own deposit comes back."""
    escrow = filing("0.05 XBT", paid="0.05 XBT", held=("0.06 XBT", "0.01 XBT"))
    given(escrow).when(seller.offers("0.07 XBT"), buyer.accepts_offer(1)).then(
        OfferMade,
        sets("offer-1", "buyer"),
        some(OfferAccepted),
        SettlementReached,
        owes("marketplace", "buyer", "0.07 XBT"),
        moot("response"),
        moot("negotiation"),
        met("offer-1"),
        passes_to("marketplace", "execution"),
    )


def test_an_offer_accepted() -> None:
    """The dispute is settled, and the agreed amount is owed at once."""
    given(*OFFERED).when(buyer.accepts_offer(1)).then(
        OfferAccepted(number=1, by=Side.BUYER),
        SettlementReached(terms=terms("50.00 EUR", "79.90 EUR"), by="offer", number=1),
        owes("seller", "buyer", "50.00 EUR", arises_from="settlement"),
        moot("negotiation"),
        met("offer-1"),
        passes_to("marketplace", "execution"),
    ).leaves(outcome="settled")


def test_a_settlement_for_nothing_closes() -> None:
    """If the claimant settles for nothing, nobody owes anything, and the dispute closes."""
    given(filing("5800 JPY"), buyer.offers("0 JPY")).when(seller.accepts_offer(1)).leaves("closed", "none", "settled")


def test_accepting_twice_is_harmless() -> None:
    """A repeated acceptance changes nothing, even after everything was paid."""
    report = given(*OFFERED, buyer.accepts_offer(1)).when(buyer.accepts_offer(1)).then_nothing()
    report.when(engine.instructs_refund(1), marketplace.confirms_refund(1)).leaves("closed")
    report.when(buyer.accepts_offer(1)).then_nothing()


def test_an_offer_rejected() -> None:
    """A rejection ends only the offer. A repeated rejection is harmless; an acceptance is then too late."""
    report = given(*OFFERED).when(buyer.rejects_offer(1))
    report.then(some(OfferRejected, number=1, by="buyer"), met("offer-1"), passes_to("both", "negotiation"))
    report.when(buyer.rejects_offer(1)).then_nothing()
    report.when(buyer.accepts_offer(1)).refused(OfferNotOpen, status="rejected")


def test_a_counter_offer() -> None:
    """A counter-offer rejects the offer that it answers."""
    report = given(*OFFERED).when(buyer.offers("90.00 EUR", counters=1))
    report.then(
        OfferRejected(number=1, by=Side.BUYER),
        some(OfferMade, number=2, by="buyer", counters=1),
        sets("offer-2", "seller"),
        met("offer-1"),
        passes_to("respondent", "negotiation"),
    )
    report.when(buyer.offers("90.00 EUR", counters=1)).refused(OfferNotOpen, number=1)


def test_one_open_offer_a_side() -> None:
    """A new offer replaces the side's own open one. The same offer again changes nothing."""
    report = given(*OFFERED).when(seller.offers("50.00 EUR")).then_nothing()
    report.when(seller.offers("60.00 EUR")).then(
        OfferExpired(number=1, why="superseded"), some(OfferMade, number=2), sets("offer-2", "buyer"), moot("offer-1")
    )
    report.when(buyer.accepts_offer(1)).refused(OfferNotOpen, status="expired")


def test_both_sides_may_have_an_offer_open() -> None:
    """Both sides can then answer. Accepting one makes the other moot."""
    crossed = given(*OFFERED, buyer.offers("90.00 EUR")).leaves("negotiation", "both")
    crossed.when(seller.accepts_offer(2)).then(
        OfferAccepted,
        SettlementReached,
        owes("seller", "buyer", "90.00 EUR"),
        OfferExpired(number=1, why="moot"),
        moot("negotiation"),
        moot("offer-1"),
        met("offer-2"),
        passes_to("marketplace", "execution"),
    )


def test_an_offer_is_answered_by_the_other_side() -> None:
    """Nobody can accept, reject or counter their own offer. Only parties negotiate."""
    report = given(*OFFERED)
    report.when(seller.accepts_offer(1)).refused(NotYourOffer, number=1)
    report.when(seller.rejects_offer(1)).refused(NotYourOffer)
    report.when(seller.offers("60.00 EUR", counters=1)).refused(NotYourOffer)
    report.when(marketplace.accepts_offer(1)).refused(NotAParty)
    report.when(buyer.accepts_offer(2)).refused(UnknownOffer, number=2)
    report.when(buyer.accepts_offer(0)).refused(UnknownOffer, number=0)


def test_no_bargaining_after_a_ruling() -> None:
    """Offers are possible until the ruling, but not after a settlement or closure."""
    ruled = (*ESCALATED, neutral.declares_impasse(), neutral.rules("60.00 EUR", "69.90 EUR"))
    given(*ruled).when(seller.offers("60.00 EUR")).refused(NotYourMove, stage="appeal")
    given(*ruled).when(buyer.accepts_offer(1)).refused(NotYourMove, stage="appeal")
    given(*OFFERED, buyer.accepts_offer(1)).when(buyer.offers("60.00 EUR")).refused(NotYourMove, stage="execution")
    given(filing(), buyer.withdraws()).when(buyer.offers("60.00 EUR")).refused(DisputeIsClosed)


def test_bargaining_goes_on_before_the_neutral() -> None:
    """An offer during mediation has three business days like any other. The neutral keeps the move."""
    given(*ESCALATED).when(buyer.offers("70.00 EUR")).then(some(OfferMade, number=2), sets("offer-2", "seller"))


def test_an_offer_open_at_escalation_is_accepted_during_adjudication() -> None:
    """Offers that are open at escalation stay acceptable until the ruling, long after their own deadline."""
    report = given(*ESCALATED, neutral.declares_impasse(), later(days=10)).leaves("adjudication", "neutral")
    report.when(buyer.accepts_offer(1)).then(
        OfferAccepted,
        SettlementReached(terms=terms("50.00 EUR", "79.90 EUR"), by="offer", number=1),
        owes("seller", "buyer", "50.00 EUR"),
        of_ruling(CommitmentDischarged, reason="dispute_over"),
        moot("ruling"),
        passes_to("marketplace", "execution"),
    ).leaves(outcome="settled")


def test_a_ruling_makes_a_standing_offer_moot() -> None:
    """The ruling ends all offers that nobody accepted."""
    given(*ESCALATED, neutral.declares_impasse()).when(neutral.rules("129.90 EUR", "0.00 EUR")).then(
        RulingIssued,
        sets("appeal-1-seller", "seller"),
        AuthoritySpent,
        of_ruling(CommitmentKept, late=False),
        OfferExpired(number=1, why="moot"),
        met("ruling"),
        passes_to("respondent", "appeal"),
    )


def test_the_number_of_offers_is_bounded() -> None:
    """The limit is two hundred offers."""
    haggling = [
        offer for n in range(MAX_OFFERS // 2) for offer in (seller.offers(f"{n}.00 EUR"), buyer.offers(f"{n}.50 EUR"))
    ]
    given(*CONTESTED, *haggling).when(seller.offers("129.90 EUR")).refused(TooManyOffers, limit=MAX_OFFERS)
