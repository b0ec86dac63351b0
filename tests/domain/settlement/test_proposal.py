"""Law reports on the neutral's proposal."""

import pytest

from domain.commitments.events import CommitmentDischarged
from domain.kernel.money import CurrencyMismatch
from domain.kernel.people import NotAParty, Side
from domain.kernel.refusals import DisputeIsClosed, NotYourMove
from domain.neutral.escalation import NotTheNeutral
from domain.remedies.division_facts import Division
from domain.settlement.negotiation_facts import OfferAccepted, SettlementReached
from domain.settlement.proposal import DoesNotAddUp, ProposalIsOpen, ProposalNotOpen
from domain.settlement.proposal_facts import (
    ImpasseDeclared,
    ProposalAccepted,
    ProposalLapsed,
    ProposalMade,
    ProposalRefused,
    UnknownProposal,
)
from tests.domain.law.acts import money
from tests.domain.law.cast import Person, buyer, neutral, seller, supervisor
from tests.domain.law.filings import filing
from tests.domain.law.reports import day, given, met, moot, of_ruling, owes, passes_to, sets, some

MEDIATED = (
    filing(),
    day(1),
    seller.contests(),
    day(3),
    buyer.escalates(),
    supervisor.assigns(neutral),
    neutral.writes(),
)
PROPOSED = (*MEDIATED, neutral.proposes("100.00 EUR", "29.90 EUR"))


def test_a_proposal() -> None:
    """Each side has three business days on its own calendar."""
    given(*MEDIATED).when(neutral.proposes("100.00 EUR", "29.90 EUR")).then(
        some(ProposalMade, number=1, terms=Division(claimant=money("100.00 EUR"), respondent=money("29.90 EUR"))),
        sets("proposal-1-buyer", "buyer", due_at="2026-11-10T11:00+01:00"),
        sets("proposal-1-seller", "seller", due_at="2026-11-10T18:00+08:00"),
        passes_to("both", "mediation"),
    )


def test_only_the_assigned_neutral_proposes() -> None:
    """Only the neutral proposes: parties make offers, and a supervisor does neither."""
    for somebody in (buyer, seller, supervisor):
        given(*MEDIATED).when(somebody.proposes("100.00 EUR", "29.90 EUR")).refused(NotTheNeutral)


def test_a_proposal_divides_what_is_in_dispute() -> None:
    """It adds up exactly, whatever was conceded before, in one currency."""
    given(*MEDIATED).when(neutral.proposes("100.00 EUR", "29.89 EUR")).refused(DoesNotAddUp, total="129.89 EUR")
    given(*MEDIATED).when(neutral.proposes("100.00 USD", "29.90 USD")).refused(CurrencyMismatch)
    conceded = (filing("5800 JPY"), seller.concedes("800 JPY"), day(3), buyer.escalates(), neutral.takes_case())
    given(*conceded).when(neutral.proposes("5800 JPY", "0 JPY")).refused(DoesNotAddUp, in_dispute="5000 JPY")
    given(*conceded).when(neutral.proposes("1 JPY", "4999 JPY")).leaves("mediation", "both")


def test_one_proposal_at_a_time() -> None:
    """The same proposal again changes nothing. Another one is refused until this one is answered or lapses."""
    report = given(*PROPOSED).when(neutral.proposes("100.00 EUR", "29.90 EUR")).then_nothing()
    report.when(neutral.proposes("90.00 EUR", "39.90 EUR")).refused(ProposalIsOpen, number=1)
    report.when(neutral.declares_impasse()).refused(ProposalIsOpen, number=1)


def test_both_sides_must_accept() -> None:
    """The first acceptance settles nothing. The second settles the dispute."""
    report = given(*PROPOSED).when(seller.accepts_proposal())
    report.then(
        ProposalAccepted(number=1, by=Side.SELLER), met("proposal-1-seller"), passes_to("claimant", "mediation")
    )
    report.when(buyer.accepts_proposal()).then(
        ProposalAccepted(number=1, by=Side.BUYER),
        some(SettlementReached, by="proposal", number=1),
        owes("seller", "buyer", "100.00 EUR", arises_from="settlement"),
        of_ruling(CommitmentDischarged, reason="dispute_over"),
        moot("ruling"),
        met("proposal-1-buyer"),
        passes_to("marketplace", "execution"),
    ).leaves(outcome="settled")


@pytest.mark.parametrize("first", [buyer, seller], ids=["buyer", "seller"])
def test_accepting_twice_is_harmless(first: Person) -> None:
    """A side's repeated acceptance counts once, also after the settlement."""
    second = seller if first is buyer else buyer
    report = given(*PROPOSED, first.accepts_proposal()).when(first.accepts_proposal()).then_nothing()
    report.when(second.accepts_proposal()).leaves("execution").when(second.accepts_proposal()).then_nothing()


@pytest.mark.parametrize("who", [buyer, seller], ids=["buyer", "seller"])
def test_a_refusal_leads_to_a_ruling(who: Person) -> None:
    """If either side refuses, mediation has failed and the neutral will rule, also after the other side accepted."""
    other = seller if who is buyer else buyer
    report = given(*PROPOSED, other.accepts_proposal()).when(who.refuses_proposal())
    report.then(
        some(ProposalRefused, by=who.role.value), moot(f"proposal-1-{who.role}"), passes_to("neutral", "adjudication")
    )
    report.when(who.refuses_proposal()).then_nothing()
    report.when(who.accepts_proposal()).refused(ProposalNotOpen, status="refused")
    report.when(neutral.proposes("1.00 EUR", "128.90 EUR")).refused(NotYourMove, stage="adjudication")


def test_only_parties_answer() -> None:
    """Only proposals that were made can be answered."""
    given(*PROPOSED).when(neutral.accepts_proposal()).refused(NotAParty)
    given(*PROPOSED).when(buyer.accepts_proposal(2)).refused(UnknownProposal, number=2)
    given(*PROPOSED).when(buyer.refuses_proposal(0)).refused(UnknownProposal)


def test_an_impasse() -> None:
    """The neutral may declare that no agreement is possible. A repeated declaration is harmless."""
    report = (
        given(*MEDIATED).when(neutral.declares_impasse()).then(ImpasseDeclared, passes_to("neutral", "adjudication"))
    )
    report.when(neutral.declares_impasse()).then_nothing()
    given(*MEDIATED).when(supervisor.declares_impasse()).refused(NotTheNeutral)


def test_a_settlement_between_the_parties_makes_a_proposal_moot() -> None:
    """The parties may settle between themselves. The proposal then lapses without an impasse."""
    given(*PROPOSED, seller.offers("60.00 EUR")).when(buyer.accepts_offer(1)).then(
        OfferAccepted(number=1, by=Side.BUYER),
        SettlementReached,
        owes("seller", "buyer", "60.00 EUR"),
        ProposalLapsed(number=1, why="moot"),
        of_ruling(CommitmentDischarged, reason="dispute_over"),
        moot("ruling"),
        moot("proposal-1-buyer"),
        moot("proposal-1-seller"),
        met("offer-1"),
        passes_to("marketplace", "execution"),
    )


def test_no_mediation_of_what_is_over() -> None:
    """After a withdrawal no proposal can be made or accepted."""
    report = given(*PROPOSED, buyer.withdraws())
    report.when(neutral.proposes("1.00 EUR", "128.90 EUR")).refused(DisputeIsClosed)
    report.when(seller.accepts_proposal()).refused(DisputeIsClosed)


def test_a_second_proposal() -> None:
    """After a default was set aside the neutral proposes again. The first proposal binds nobody."""
    silent = (filing(), day(3), buyer.escalates(), neutral.takes_case(), neutral.proposes("100.00 EUR", "29.90 EUR"))
    again = (day(7.5), seller.asks_to_set_aside(), neutral.sets_aside(), neutral.proposes("40.00 EUR", "89.90 EUR"))
    report = given(*silent, *again)
    report.when(buyer.accepts_proposal(1)).refused(ProposalNotOpen, number=1, status="lapsed")
    report.when(buyer.accepts_proposal(2)).then(
        ProposalAccepted(number=2, by=Side.BUYER), met("proposal-2-buyer"), passes_to("respondent", "mediation")
    )
    report.when(seller.accepts_proposal(2)).leaves("execution", outcome="settled")
    assert [c.amount for c in report.dispute.commitments.open_remedies()] == [money("40.00 EUR")]
    report.when(seller.refuses_proposal(2)).refused(ProposalNotOpen, number=2, status="accepted")
    other = given(*silent, *again).when(seller.refuses_proposal(2)).leaves("adjudication", "neutral")
    assert [p.status for p in other.dispute.proposals.made] == ["lapsed", "refused"]


def test_a_proposal_in_another_currency() -> None:
    """Both parts are in the currency of the dispute."""
    given(*MEDIATED).when(neutral.proposes("100.00 USD", "29.90 USD")).refused(
        CurrencyMismatch, at="/award", expected="EUR", found="USD"
    )
