"""Law reports on the respondent's first response."""

from dataclasses import replace

import pytest

from domain.commitments.events import CommitmentMade
from domain.filing.response import (
    ConcededAmountMissing,
    ConcededAmountOutOfPlace,
    ConcessionExceedsClaim,
    ResponseAlreadyGiven,
)
from domain.filing.response_facts import ResponseGiven
from domain.kernel.money import CurrencyMismatch
from domain.kernel.people import NotAParty
from domain.kernel.refusals import DeadlineHasLapsed, DisputeIsClosed, NotYourMove
from domain.settlement.negotiation import OfferNotOpen
from domain.settlement.negotiation_facts import OfferExpired
from domain.settlement.proposal_facts import ProposalLapsed
from tests.domain.law.acts import Act, money
from tests.domain.law.cast import buyer, engine, marketplace, neutral, seller
from tests.domain.law.filings import filing
from tests.domain.law.reports import day, given, met, moot, owes, passes_to, some

ESCROW = filing("0.06240000 XBT", paid="0.06240000 XBT", held=("0.07176000 XBT", "0.00936000 XBT"))


def test_a_claim_contested() -> None:
    """Contesting moves no money. Both sides may now negotiate."""
    given(filing()).when(day(1), seller.contests()).then(
        some(ResponseGiven, answer="contest", by="seller", conceded=None),
        met("response"),
        passes_to("both", "negotiation"),
    )


def test_a_claim_conceded() -> None:
    """A concession ends the dispute: the whole claim is owed at once, due within five business days of the payer's
    country."""
    given(filing()).when(day(1), seller.concedes()).then(
        some(ResponseGiven, answer="concede", conceded=money("129.90 EUR")),
        owes("seller", "buyer", "129.90 EUR", arises_from="concession"),
        met("response"),
        moot("negotiation"),
        passes_to("marketplace", "execution"),
    ).leaves(outcome="conceded")


def test_a_part_conceded_is_owed_at_once() -> None:
    """The conceded part is owed at once. The dispute continues about the rest."""
    report = given(filing()).when(day(1), seller.concedes("29.90 EUR"))
    report.then(
        some(ResponseGiven, answer="concede_part", conceded=money("29.90 EUR")),
        owes("seller", "buyer", "29.90 EUR", arises_from="concession"),
        met("response"),
        passes_to("both", "negotiation"),
    )
    assert report.dispute.in_dispute == report.dispute.claimed == money("100.00 EUR")
    report.when(engine.instructs_refund(1), marketplace.confirms_refund(1)).leaves("negotiation", "both")


@pytest.mark.parametrize("part", ["0.00 EUR", "129.90 EUR", "130.00 EUR"])
def test_a_part_is_less_than_the_whole(part: str) -> None:
    """The part is above zero and less than the claim."""
    given(filing()).when(seller.concedes(part)).refused(ConcessionExceedsClaim, conceded=part, claimed="129.90 EUR")


def test_the_least_parts() -> None:
    """One yen of two can be conceded, and one satoshi of two. One unit has no part."""
    given(filing("2 JPY")).when(seller.concedes("1 JPY")).leaves("negotiation")
    given(filing("1 JPY")).when(seller.concedes("1 JPY")).refused(ConcessionExceedsClaim)
    given(filing("0.00000002 XBT")).when(seller.concedes("0.00000001 XBT")).leaves("negotiation")


def test_the_amount_belongs_to_a_part() -> None:
    """Only `concede_part` names an amount, in the currency of the claim."""
    concede_part, contest = seller.concedes("1.00 EUR"), seller.contests()
    given(filing()).when(_with(concede_part, conceded=None)).refused(ConcededAmountMissing, at="/conceded")
    given(filing()).when(_with(contest, conceded=money("1.00 EUR"))).refused(ConcededAmountOutOfPlace, at="/conceded")
    given(filing()).when(seller.concedes("1.00 USD")).refused(CurrencyMismatch)


def test_out_of_escrow() -> None:
    """With escrow, a concession divides all of it: the claimant gets the claim, and the respondent the rest."""
    given(ESCROW).when(seller.concedes()).then(
        ResponseGiven,
        owes("marketplace", "buyer", "0.06240000 XBT"),
        owes("marketplace", "seller", "0.01872000 XBT", kind="pay"),
        met("response"),
        moot("negotiation"),
        passes_to("marketplace", "execution"),
    )


def test_a_part_out_of_escrow() -> None:
    """Only the conceded part is paid out. The rest stays in escrow and in dispute, to the last satoshi."""
    report = given(ESCROW).when(seller.concedes("0.00000001 XBT"))
    owed = owes("marketplace", "buyer", "0.00000001 XBT")
    report.then(ResponseGiven, owed, met("response"), passes_to("both", "negotiation"))
    assert report.dispute.in_dispute == money("0.08111999 XBT")


def test_a_seller_who_claims_is_paid_by_the_buyer() -> None:
    """The buyer owes the payment, and no refund carries it out."""
    given(filing(claimant="seller")).when(buyer.concedes()).then(
        ResponseGiven,
        owes("buyer", "seller", "129.90 EUR", kind="pay"),
        met("response"),
        moot("negotiation"),
        passes_to("respondent", "execution"),
    )


def test_only_the_respondent_answers() -> None:
    """The claimant cannot respond, and nobody but a party can."""
    given(filing()).when(buyer.contests()).refused(NotYourMove, awaiting="respondent")
    given(filing()).when(marketplace.contests()).refused(NotAParty, role="marketplace")


def test_an_answer_is_given_once() -> None:
    """The same answer again is harmless; another one is refused."""
    report = given(filing(), seller.concedes("29.90 EUR")).when(seller.concedes("29.90 EUR")).then_nothing()
    report.when(seller.concedes("30.00 EUR")).refused(ResponseAlreadyGiven, answer="concede_part")
    report.when(seller.contests()).refused(ResponseAlreadyGiven)


def test_no_answer_to_what_is_over() -> None:
    """A claim that was withdrawn or settled cannot be answered."""
    given(filing(), buyer.withdraws()).when(seller.contests()).refused(DisputeIsClosed, closed_as="withdrawn")
    given(filing(), buyer.offers("1.00 EUR"), seller.accepts_offer(1)).when(seller.contests()).refused(
        NotYourMove, stage="execution"
    )


def test_no_answer_after_the_window() -> None:
    """The deadline ends the right: a silent buyer whose dispute went to a neutral cannot respond any more."""
    given(filing(claimant="seller"), day(8)).when(buyer.concedes()).refused(DeadlineHasLapsed, deadline="response")


def test_in_the_response_window_also_after_escalation() -> None:
    """Escalation leaves the window running, even after the neutral has declared an impasse."""
    given(filing(), day(3), buyer.escalates(), neutral.takes_case(), neutral.declares_impasse()).when(
        seller.concedes()
    ).leaves("execution", "marketplace", "conceded")


# --- a concession while offers and proposals are open ---


def test_a_concession_makes_older_offers_moot() -> None:
    """An offer divides the amount that was in dispute when it was made. After a concession it no longer adds up, so it
    expires.

    Otherwise the concession and the offer together could exceed the amount paid.
    """
    report = given(filing(), buyer.offers("129.90 EUR")).when(seller.concedes("100.00 EUR"))
    report.then(
        ResponseGiven,
        CommitmentMade,
        OfferExpired(number=1, why="moot"),
        met("response"),
        moot("offer-1"),
        passes_to("both", "negotiation"),
    )
    report.when(seller.accepts_offer(1)).refused(OfferNotOpen, status="expired")


def test_a_concession_makes_an_open_proposal_moot() -> None:
    """The proposal also becomes moot. It was not refused, and the neutral can make a new one."""
    proposed = (neutral.takes_case(), neutral.proposes("64.95 EUR", "64.95 EUR"), buyer.accepts_proposal())
    report = given(filing(), day(3), buyer.escalates(), *proposed).when(seller.concedes("100.00 EUR"))
    report.then(
        ResponseGiven,
        CommitmentMade,
        ProposalLapsed(number=1, why="moot"),
        met("response"),
        moot("proposal-1-seller"),
        passes_to("neutral", "mediation"),
    )
    report.when(neutral.proposes("10.00 EUR", "19.90 EUR")).leaves("mediation", "both")


def test_an_imported_claim_waits_for_its_answer() -> None:
    """In a past case the window does not lapse. The record shows what happened."""
    given(filing(imported=True)).when(day(30), replace(seller.contests(), imported=True)).then(
        ResponseGiven, met("response"), passes_to("both", "negotiation")
    )


def _with(act: Act, **fields: object) -> Act:
    return replace(act, fields={**act.fields, **fields})
