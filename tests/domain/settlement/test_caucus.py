"""Law reports on the caucus."""

from domain.commitments.events import CommitmentKept
from domain.evidence.exhibits import ExhibitNotCitable
from domain.kernel.base import Role
from domain.kernel.people import NotAParty, Side
from domain.kernel.refusals import DisputeIsClosed, NotYourMove
from domain.neutral.assignment import TookPart
from domain.neutral.escalation import NotTheNeutral
from domain.neutral.escalation_facts import Referred
from domain.ruling.ruling_facts import RulingIssued
from domain.settlement.caucus import (
    MAX_CAUCUS,
    CaucusFull,
    CaucusSideMissing,
    HeardInCaucus,
    NoNeutralYet,
    NothingToConsentTo,
    NotYourCaucus,
)
from domain.settlement.caucus_facts import CaucusConsentGiven, CaucusMessagePosted
from tests.domain.law.cast import (
    another_neutral,
    buyer,
    engine,
    marketplace,
    neutral,
    seller,
    supervisor,
)
from tests.domain.law.filings import filing
from tests.domain.law.reports import Report, day, deadline, given, passes_to, some
from tests.domain.test_moves import may

RULES = neutral.rules("129.90 EUR", "0.00 EUR")


def mediated() -> Report:
    """Before the neutral, four days after filing."""
    return given(filing(), day(1), seller.contests(), day(4), buyer.escalates(), neutral.takes_case())


def heard() -> Report:
    """The buyer wrote in caucus; then the neutral declared an impasse."""
    return mediated().when(buyer.confides(), neutral.declares_impasse())


def test_in_confidence() -> None:
    """A party writes to the neutral, and the neutral to a party. Each side's messages have numbers of their own."""
    report = mediated().when(buyer.confides("Half would do."))
    report.then(some(CaucusMessagePosted, number=1, side="buyer", by=Role.BUYER, neutral=neutral.subject, file=None))
    report.when(neutral.confides("Would 50 do?", to="seller")).then(
        some(CaucusMessagePosted, number=1, side="seller", by=Role.NEUTRAL), CommitmentKept
    )
    report.when(neutral.confides("Noted.", to="buyer")).then(some(CaucusMessagePosted, number=2, side="buyer"))


def test_it_is_between_two() -> None:
    """Nobody else takes part, and no party writes in the other party's caucus."""
    mediated().when(buyer.confides(to="seller")).refused(NotYourCaucus, role="buyer")
    for somebody in (supervisor, marketplace):
        mediated().when(somebody.confides(to="buyer")).refused(NotYourCaucus)
    mediated().when(another_neutral.confides(to="buyer")).refused(NotTheNeutral)
    mediated().when(neutral.confides()).refused(CaucusSideMissing, at="/side")


def test_while_the_neutral_mediates() -> None:
    """Not before there is a neutral, not while a ruling is being made, and not after the dispute has ended."""
    given(filing()).when(buyer.confides()).refused(NotYourMove, stage="negotiation")
    given(filing(), day(4), buyer.escalates()).when(buyer.confides()).refused(NoNeutralYet)
    mediated().when(neutral.declares_impasse()).when(buyer.confides()).refused(NotYourMove, stage="adjudication")
    mediated().when(buyer.withdraws()).when(seller.confides()).refused(DisputeIsClosed)


def test_what_was_said_there_is_never_cited() -> None:
    """A caucus message has no exhibit number."""
    report = heard().when(buyer.consents(), seller.consents())
    report.when(neutral.rules("129.90 EUR", "0.00 EUR", exhibits=(1,))).refused(ExhibitNotCitable, exhibits=[1])


def test_who_heard_a_caucus_rules_only_if_both_consent() -> None:
    """This holds for a caucus with either side. Until then, the side that has not consented has the move."""
    report = heard().leaves("adjudication", "both")
    report.when(RULES).refused(HeardInCaucus, without_consent=["buyer", "seller"])
    report.when(seller.consents()).then(
        CaucusConsentGiven(by=Side.SELLER, neutral=neutral.subject), passes_to("claimant", "adjudication")
    )
    report.when(seller.consents()).then_nothing()
    report.when(RULES).refused(HeardInCaucus, without_consent=["buyer"])
    report.when(buyer.consents(), RULES).leaves("appeal")
    assert [f.event.number for f in report.facts if isinstance(f.event, RulingIssued)] == [1]


def test_where_they_do_not_consent() -> None:
    """When the time for the ruling has passed, the supervisor has the move, and finds another neutral."""
    report = heard().when(buyer.consents(), deadline("ruling"), engine.ticks())
    assert Referred(reason="ruling_overdue") in [f.event for f in report.facts]
    report.leaves("adjudication", "supervisor")


def test_who_consents_to_what() -> None:
    """During mediation a party can consent at once. Whether the other side was heard does not show in that."""
    for before in ((), (seller.confides(),)):
        report = mediated().when(*before)
        assert "consent_to_neutral" in may(report, buyer)
        report.when(buyer.consents()).then(CaucusConsentGiven(by=Side.BUYER, neutral=neutral.subject))
        assert "consent_to_neutral" not in may(report, buyer)
    mediated().when(neutral.declares_impasse(), buyer.consents()).refused(NothingToConsentTo)
    mediated().when(buyer.confides()).when(supervisor.consents()).refused(NotAParty)
    mediated().when(buyer.confides(), seller.consents(), buyer.consents(), neutral.declares_impasse(), RULES).leaves(
        "appeal"
    )


def test_who_heard_a_caucus_hears_no_appeal() -> None:
    """A caucus counts as taking part."""
    report = heard().when(buyer.consents(), seller.consents(), RULES, seller.appeals())
    report.when(neutral.takes_case()).refused(TookPart)


def test_a_caucus_is_bounded() -> None:
    """Two hundred messages a side."""
    report = mediated().when(*(buyer.confides() for _ in range(MAX_CAUCUS)))
    report.when(buyer.confides()).refused(CaucusFull, limit=MAX_CAUCUS)
    report.when(seller.confides()).then(CaucusMessagePosted)
