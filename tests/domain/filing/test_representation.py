"""Law reports on the people who act for a party."""

from uuid import UUID

import pytest

from domain.filing.representation import (
    MAX_REPRESENTATIVES,
    CannotRepresent,
    GuardianByMarketplace,
    NoLongerRepresents,
    NotYourSide,
    RepresentativesDoNotDelegate,
    TooManyRepresentatives,
    UnknownRepresentative,
)
from domain.filing.representation_facts import RepresentationEnded, RepresentativeNamed
from domain.kernel.base import Role
from domain.kernel.people import NotAParty, Side
from domain.moves import moves
from domain.neutral.eligibility import HasAnInterest
from domain.neutral.escalation_facts import Escalated
from domain.policy.book import FIRST_POLICY
from domain.settlement.negotiation_facts import OfferMade
from tests.domain.law.cast import (
    Person,
    administrator,
    buyer,
    engine,
    lawyer,
    marketplace,
    neutral,
    seller,
    supervisor,
)
from tests.domain.law.filings import filing
from tests.domain.law.reports import AMPLE, day, given, sets, some

REPRESENTED = (filing(), buyer.names(lawyer))


def test_a_party_names_somebody() -> None:
    """The marketplace can do it for the party too. The same act again is harmless."""
    report = given(filing()).when(buyer.names(lawyer))
    named = {
        "side": "buyer",
        "subject": lawyer.subject,
        "capacity": "representative",
        "name": "Avv. Rossi",
        "id": "law-12",
    }
    report.then(some(RepresentativeNamed, by="buyer", **named))
    report.when(buyer.names(lawyer), marketplace.names(lawyer, side="buyer")).then_nothing()
    given(filing()).when(marketplace.names(lawyer, side="buyer")).then(some(RepresentativeNamed, by="marketplace"))


def test_what_a_representative_does_is_done_by_the_party() -> None:
    """The fact names the side, and the words are the party's. The record's actor is the person who acted."""
    report = (
        given(*REPRESENTED)
        .when(lawyer.offers("100.00 EUR"))
        .then(some(OfferMade, by="buyer"), sets("offer-1", "seller"))
    )
    report.when(day(3), lawyer.escalates())
    assert [f.event.by for f in report.facts if isinstance(f.event, Escalated)] == ["buyer"]


def test_only_for_ones_own_side() -> None:
    """Nobody else can name a party's representative. Nobody can act for two parties, or against themselves."""
    given(filing()).when(seller.names(lawyer, side="buyer")).refused(NotYourSide, side="buyer", role="seller")
    for somebody in (neutral, supervisor, administrator, engine):
        given(filing(), day(3), buyer.escalates(), supervisor.assigns(neutral)).when(
            somebody.names(lawyer, side="buyer")
        ).refused(NotAParty)
    given(*REPRESENTED).when(seller.names(lawyer)).refused(CannotRepresent)
    given(filing()).when(buyer.names(seller)).refused(CannotRepresent)
    for_the_seller = Person(Role.SELLER, lawyer.subject)
    given(*REPRESENTED).when(for_the_seller.contests()).refused(NoLongerRepresents, side="seller")


def test_a_representative_passes_nothing_on() -> None:
    """The party may name several. None of them can name or dismiss another."""
    colleague = Person(Role.BUYER, UUID(int=0xE2))
    report = given(*REPRESENTED).when(lawyer.names(colleague)).refused(RepresentativesDoNotDelegate)
    report.when(buyer.names(colleague), lawyer.dismisses(colleague)).refused(RepresentativesDoNotDelegate)
    report.when(buyer.dismisses(lawyer), lawyer.dismisses(colleague)).refused(NoLongerRepresents)
    report.when(lawyer.names(lawyer)).refused(NoLongerRepresents)


def test_it_ends() -> None:
    """The party, the marketplace or the representative can end it. From then on they can do nothing, until named
    again."""
    for somebody in (buyer, marketplace, lawyer):
        report = given(*REPRESENTED).when(somebody.dismisses(lawyer))
        report.then(RepresentationEnded(side=Side.BUYER, subject=lawyer.subject, by=somebody.role))
        report.when(somebody.dismisses(lawyer)).then_nothing()
        report.when(lawyer.offers("1.00 EUR")).refused(NoLongerRepresents)
        assert not moves(report.dispute, FIRST_POLICY, lawyer.actor, report.now)
        report.when(buyer.names(lawyer), lawyer.offers("1.00 EUR")).leaves("negotiation")
        assert not report.dispute.representation.ended
    given(*REPRESENTED).when(seller.dismisses(lawyer)).refused(NotYourSide)
    given(filing()).when(buyer.dismisses(lawyer)).refused(UnknownRepresentative)
    given(*REPRESENTED, buyer.withdraws()).when(buyer.dismisses(lawyer)).then(RepresentationEnded)


def test_the_number_of_representatives_is_bounded() -> None:
    """The limit is twenty at a time, both sides together."""
    people = [Person(Role.BUYER, UUID(int=0xF00 + n)) for n in range(MAX_REPRESENTATIVES)]
    report = given(filing(), *map(buyer.names, people))
    report.when(buyer.names(lawyer)).refused(TooManyRepresentatives, limit=20)
    report.when(buyer.dismisses(people[0]), buyer.names(lawyer)).leaves("negotiation")


@pytest.mark.parametrize("who", [buyer, lawyer], ids=["the ward", "somebody else"])
def test_a_guardian(who: Person) -> None:
    """Only the marketplace names a guardian. The person who has the guardian cannot dismiss them."""
    given(filing()).when(buyer.names(lawyer, capacity="guardian")).refused(GuardianByMarketplace)
    report = given(filing(), marketplace.names(lawyer, side="buyer", capacity="guardian"))
    report.when(buyer.dismisses(lawyer)).refused(GuardianByMarketplace)
    report.when(who.withdraws()).leaves("closed", outcome="withdrawn")
    report.when(marketplace.dismisses(lawyer)).then(some(RepresentationEnded, by="marketplace"))


def test_an_interest_in_a_representative() -> None:
    """An interest in a representative excludes a neutral like an interest in the party."""
    interested = administrator.grants_mandate(neutral, *AMPLE, conflicts=(lawyer.subject,))
    report = given(*REPRESENTED, interested, day(3), buyer.escalates()).when(neutral.takes_case())
    report.refused(HasAnInterest, parties=["buyer"])
