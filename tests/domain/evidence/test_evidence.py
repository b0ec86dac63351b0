"""Law reports on exhibits."""

from datetime import timedelta
from uuid import UUID

import pytest

from domain.evidence.exhibit_facts import ExhibitAdded, ExhibitAnswered, ExhibitWithdrawn, File, NewExhibit
from domain.evidence.exhibits import (
    MAX_EXHIBITS,
    ExhibitIsCited,
    ExhibitIsWithdrawn,
    ExhibitStillUnanswered,
    MayNotSubmit,
    NotYourExhibit,
    NotYoursToAnswer,
    RecordIsClosed,
    TooManyExhibits,
    UnknownExhibit,
)
from domain.kernel.people import NotAParty, Side, Text
from domain.kernel.refusals import DisputeIsClosed
from tests.domain.law.acts import FILED_AT, Act, words
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
from tests.domain.law.reports import day, given, later, some

ASSIGNED = (filing(), day(3), buyer.escalates(), neutral.takes_case())
ADJUDICATED = (
    *ASSIGNED, buyer.adds_exhibit(), seller.adds_exhibit(), seller.answers_exhibit(1), seller.contests(),
    neutral.declares_impasse(),
)  # fmt: skip


def test_exhibits_are_numbered_in_the_order_of_arrival() -> None:
    """The whole dispute has one list, whoever adds an exhibit. The words are those of the party for whom they were
    said."""
    report = given(filing()).when(buyer.adds_exhibit("A photograph."))
    report.then(some(ExhibitAdded, number=1, by="buyer", description=_text("A photograph.", buyer), file=None))
    report.when(seller.adds_exhibit("The packing list.")).then(
        some(ExhibitAdded, number=2, by="seller", description=_text("The packing list.", seller))
    )


def test_an_exhibit_with_a_file() -> None:
    """A file is recorded with its hashes, its size, and the type that was found from its content."""
    file = File(
        blob_id=UUID(int=0xF),
        author=buyer.subject,
        name="vaso.jpg",
        media_type="image/jpeg",
        size=48_123,
        sha256="a" * 64,
        sealed_sha256="b" * 64,
    )
    exhibit = NewExhibit(description=words("A photograph."), file=file)
    given(filing()).when(_with(buyer.adds_exhibit(), exhibit)).then(some(ExhibitAdded, file=file))


def test_who_puts_exhibits_in() -> None:
    """The parties and the assigned neutral."""
    for somebody in (buyer, seller, neutral):
        given(*ASSIGNED).when(somebody.adds_exhibit()).leaves("mediation")
    for somebody in (supervisor, marketplace, administrator, auditor, engine):
        given(*ASSIGNED).when(somebody.adds_exhibit()).refused(MayNotSubmit, role=somebody.role.value)


def test_an_exhibit_withdrawn() -> None:
    """A withdrawn exhibit keeps its number, and the next one gets the next number. A repeated withdrawal is
    harmless."""
    report = given(filing(), buyer.adds_exhibit()).when(buyer.withdraws_exhibit(1))
    report.then(ExhibitWithdrawn(number=1, by=buyer.role)).when(buyer.withdraws_exhibit(1)).then_nothing()
    report.when(buyer.adds_exhibit()).then(some(ExhibitAdded, number=2))


@pytest.mark.parametrize("who", [seller, neutral, supervisor, marketplace], ids=lambda who: who.role.value)
def test_only_who_put_it_in_withdraws_it(who: Person) -> None:
    """Nobody can withdraw somebody else's exhibit."""
    given(*ASSIGNED, buyer.adds_exhibit()).when(who.withdraws_exhibit(1)).refused(NotYourExhibit, number=1)


def test_unknown_exhibits() -> None:
    """Numbers begin at 1."""
    for number in (0, 1, -1):
        given(filing()).when(buyer.withdraws_exhibit(number)).refused(UnknownExhibit, number=number)


def test_the_record_closes_with_the_ruling() -> None:
    """Evidence is accepted until the ruling or the settlement, also in adjudication. After that nothing is added or
    withdrawn."""
    report = given(*ADJUDICATED).when(buyer.adds_exhibit()).then(some(ExhibitAdded, number=3))
    report.when(neutral.rules("129.90 EUR", "0.00 EUR", exhibits=(1,))).leaves("appeal")
    report.when(buyer.adds_exhibit()).refused(RecordIsClosed, stage="appeal")
    report.when(seller.withdraws_exhibit(2)).refused(RecordIsClosed)
    given(filing(), seller.concedes()).when(seller.adds_exhibit()).refused(RecordIsClosed, stage="execution")
    given(filing(), buyer.withdraws()).when(buyer.adds_exhibit()).refused(DisputeIsClosed)


def test_a_ruling_keeps_what_it_rests_on() -> None:
    """An exhibit that a ruling cites cannot be withdrawn."""
    report = given(*ADJUDICATED, neutral.rules("129.90 EUR", "0.00 EUR", exhibits=(1,)))
    report.when(buyer.withdraws_exhibit(1)).refused(ExhibitIsCited, number=1)


def test_what_nobody_could_answer_yet_is_not_cited() -> None:
    """A ruling can cite an exhibit once the other side has answered it, or has had 48 hours; to the microsecond."""
    report = given(*ADJUDICATED, day(5), buyer.adds_exhibit())
    citing = neutral.rules("129.90 EUR", "0.00 EUR", exhibits=(1, 3))
    report.when(citing).refused(
        ExhibitStillUnanswered, at="/cites_exhibits", exhibits=[3], citable_at="2026-11-09T10:00:00+00:00"
    )
    report.when(day(7), later(microseconds=-1), citing).refused(ExhibitStillUnanswered)
    report.when(day(7), citing).leaves("appeal")
    answered = given(*ADJUDICATED, day(5), buyer.adds_exhibit()).when(seller.answers_exhibit(3, None))
    answered.then(ExhibitAnswered(number=3, by=Side.SELLER)).when(citing).leaves("appeal")


def test_the_neutrals_own_exhibit_is_answered_by_both() -> None:
    """Both sides can answer the neutral's exhibit, because neither has seen it before."""
    report = given(*ADJUDICATED, neutral.adds_exhibit(), buyer.answers_exhibit(3))
    citing = neutral.rules("129.90 EUR", "0.00 EUR", exhibits=(3,))
    report.when(citing).refused(ExhibitStillUnanswered, exhibits=[3])
    report.when(seller.answers_exhibit(3), citing).leaves("appeal")


def test_exhibits_of_a_filing_and_of_a_past_case() -> None:
    """The 48 hours of an exhibit in the filing begin with the filing. In a past case nothing has to wait."""
    exhibits = (NewExhibit(description=words("A photograph.")),)
    assert given(filing(exhibits=exhibits)).dispute.exhibits.ripens == {1: FILED_AT + timedelta(hours=48)}
    assert given(filing(exhibits=exhibits, imported=True), buyer.adds_exhibit()).dispute.exhibits.ripens == {}


def test_who_answers_an_exhibit() -> None:
    """A side that did not add it, once; not if it was withdrawn, and not after the ruling."""
    report = given(*ADJUDICATED).when(seller.answers_exhibit(1, "Again.")).then_nothing()
    report.when(buyer.answers_exhibit(1)).refused(NotYoursToAnswer, number=1)
    report.when(neutral.answers_exhibit(1)).refused(NotAParty)
    report.when(buyer.answers_exhibit(9)).refused(UnknownExhibit, number=9)
    report.when(seller.withdraws_exhibit(2)).when(buyer.answers_exhibit(2)).refused(ExhibitIsWithdrawn)
    report.when(buyer.adds_exhibit(), neutral.rules("129.90 EUR", "0.00 EUR")).when(seller.answers_exhibit(3)).refused(
        RecordIsClosed
    )


def test_the_number_of_exhibits_is_bounded() -> None:
    """The limit is a hundred, withdrawn ones included."""
    many = (*(seller.adds_exhibit() for _ in range(MAX_EXHIBITS)), seller.withdraws_exhibit(1))
    given(filing(), *many).when(buyer.adds_exhibit()).refused(TooManyExhibits, limit=MAX_EXHIBITS)


def _text(text: str, author: Person) -> Text:
    return words(text).of(author.subject)


def _with(act: Act, exhibit: NewExhibit) -> Act:
    return Act(act.kind, act.actor, {"exhibit": exhibit})
