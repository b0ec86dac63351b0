"""Law reports on internal notes of the desk."""

import pytest

from domain.commitments.events import CommitmentKept
from domain.kernel.people import Text
from domain.settlement.conversation_facts import MessagePosted
from domain.settlement.notes import MAX_NOTES, MayNotNote, TooManyNotes
from domain.settlement.notes_facts import Notes, NoteWritten
from domain.stream_ids import notes_id
from tests.domain.law.acts import FIRST
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
from tests.domain.law.reports import day, given, some

ASSIGNED = (filing(), day(3), buyer.escalates(), neutral.takes_case())


def test_a_note_is_the_author_s_own() -> None:
    """It is sealed for the author, and has a number of its own: messages do not count it."""
    report = given(*ASSIGNED).when(neutral.notes("Wrong parcel."))
    text = Text(text="Wrong parcel.", language="en", author=neutral.subject)
    report.then(NoteWritten(number=1, by=neutral.role, note=text))
    report.when(supervisor.notes()).then(some(NoteWritten, number=2, by="supervisor", visibility="desk"))
    report.when(buyer.writes()).then(some(MessagePosted, number=1))


def test_a_note_is_no_first_act() -> None:
    """The parties would see what it keeps."""
    given(*ASSIGNED).when(neutral.notes()).then(NoteWritten)
    report = given(*ASSIGNED).when(neutral.writes())
    assert any(isinstance(fact.event, CommitmentKept) for fact in report.facts)


@pytest.mark.parametrize("who", [buyer, seller, marketplace, administrator, auditor, engine], ids=lambda who: who.role)
def test_who_writes_none(who: Person) -> None:
    given(filing()).when(who.notes()).refused(MayNotNote, role=who.role.value)


def test_a_note_is_possible_at_any_time() -> None:
    """Before the neutral, during a stay, and after closure. It changes nothing."""
    given(filing()).when(supervisor.notes()).then(NoteWritten).leaves("negotiation", "respondent")
    given(*ASSIGNED, neutral.orders_stay()).when(neutral.notes()).then(NoteWritten)
    given(filing(), buyer.withdraws()).when(supervisor.notes()).then(NoteWritten).leaves("closed", "none")


def test_notes_are_bounded() -> None:
    report = given(filing())
    report.world.states[notes_id(FIRST)] = Notes(written=MAX_NOTES - 1)
    report.when(supervisor.notes()).then(some(NoteWritten, number=MAX_NOTES))
    report.when(supervisor.notes()).refused(TooManyNotes, limit=MAX_NOTES)
