"""Law reports on the neutral's mandate."""

from uuid import UUID

from domain.base import Role
from domain.case import mandate_id
from domain.mandate import CaseDone, CaseTaken, MandateGranted
from domain.policy import NotAnAdministrator
from tests.domain.cast import (
    FIRST,
    MARKETPLACE,
    Person,
    administrator,
    buyer,
    marketplace,
    money,
    neutral,
    seller,
    supervisor,
)
from tests.domain.filings import filing
from tests.domain.reports import day, given

newcomer = Person(Role.NEUTRAL, UUID(int=0xA9))


def test_an_administrator_grants() -> None:
    """Languages, and the amount per currency that one ruling may divide. The same again is harmless."""
    grant = administrator.grants_mandate(newcomer, "500.00 EUR", "60000 JPY", languages=("en", "zh-Hans"))
    report = (
        given()
        .when(grant)
        .then(
            MandateGranted(
                neutral=newcomer.subject,
                languages=("en", "zh-Hans"),
                authority=(money("500.00 EUR"), money("60000 JPY")),
                by=administrator.subject,
            )
        )
    )
    report.when(grant).then_nothing()


def test_only_an_administrator() -> None:
    """Neither a supervisor nor the neutral."""
    for somebody in (supervisor, newcomer, marketplace, buyer):
        given().when(somebody.grants_mandate(newcomer, "500.00 EUR")).refused(
            NotAnAdministrator, role=somebody.role.value
        )


def test_granting_again_replaces() -> None:
    """A new grant replaces languages and authority, and leaves the cases in hand."""
    held = (filing(), day(3), buyer.escalates(), neutral.takes_case())
    report = (
        given(*held).when(administrator.grants_mandate(neutral, "1.00 EUR", languages=("it",))).then(MandateGranted)
    )
    mandate = report.world.states[mandate_id(MARKETPLACE, neutral.subject)]
    assert (mandate.languages, mandate.authority, mandate.cases) == (("it",), {"EUR": money("1.00 EUR")}, {FIRST})


def test_the_last_word_on_a_currency_counts() -> None:
    """Listed twice, the later limit holds."""
    report = given().when(administrator.grants_mandate(newcomer, "1.00 EUR", "2.00 EUR"))
    assert report.world.states[mandate_id(MARKETPLACE, newcomer.subject)].authority == {"EUR": money("2.00 EUR")}


def test_a_neutral_holds_a_case_until_it_closes() -> None:
    """Taken with the assignment, done with the closure, by the parties' doing as well."""
    report = given(filing(), day(3), buyer.escalates()).when(supervisor.assigns(neutral))
    assert [f.event for f in report.facts if f.event.stream == "mandate"] == [CaseTaken(dispute_id=FIRST)]
    report.when(seller.offers("0.00 EUR"), buyer.accepts_offer(1)).leaves("closed")
    assert [f.event for f in report.facts if f.event.stream == "mandate"] == [CaseDone(dispute_id=FIRST)]
