"""Law reports on files of messages that become exhibits."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from domain.clocks.deadline_facts import DeadlineEnded
from domain.commitments.events import CommitmentKept
from domain.evidence.attachments import AlreadyAnExhibit, AttachmentErased, NotYourAttachment, UnknownAttachment
from domain.evidence.exhibit_facts import ExhibitAdded, ExhibitWithdrawn, File, FiledFrom
from domain.evidence.exhibits import MayNotSubmit, NotYourExhibit
from domain.evidence.request_facts import UnknownEvidenceRequest
from domain.evidence.requests import NotAskedOfYou
from domain.kernel.base import Role
from domain.kernel.people import Side, Text
from domain.kernel.refusals import DisputeIsClosed
from domain.privacy.erasure_facts import Erased, Pending, Person
from domain.stream_ids import person_id
from tests.domain.law.acts import FILED_AT, MARKETPLACE, Act
from tests.domain.law.cast import Person as Cast
from tests.domain.law.cast import administrator, auditor, buyer, marketplace, neutral, seller, supervisor
from tests.domain.law.filings import filing
from tests.domain.law.reports import day, given, later, some

ASSIGNED = (filing(), day(3), buyer.escalates(), neutral.takes_case())


def _file(of: Cast, number: int = 1) -> File:
    return File(
        blob_id=UUID(int=0xF00 + number),
        author=of.subject,
        name="ricevuta.pdf",
        media_type="application/pdf",
        size=48_123,
        sha256="a" * 64,
        sealed_sha256="b" * 64,
    )


def _sends(who: Cast, files: int = 1) -> Act:
    return who.writes(files=tuple(_file(who, number) for number in range(1, files + 1)))


def test_whoever_sent_a_file_makes_an_exhibit_of_it() -> None:
    """The exhibit has the same stored file, says where it comes from, and is described in the words of who files it."""
    report = given(filing(), _sends(buyer, 2)).when(buyer.files(1, 2, "The waybill."))
    report.then(
        some(
            ExhibitAdded,
            number=1,
            by="buyer",
            file=_file(buyer, 2),
            description=Text(text="The waybill.", language="en", author=buyer.subject),
            filed_from=FiledFrom(message=1, file=2, by=Role.BUYER),
            citable_at=FILED_AT + timedelta(hours=48),
        )
    )


def test_the_neutral_files_it_for_the_side_that_sent_it() -> None:
    """It is an exhibit of that side: the other side answers it, and that side may withdraw it. The neutral may not."""
    report = given(*ASSIGNED, _sends(buyer)).when(neutral.files())
    added = some(ExhibitAdded, by="buyer", file=_file(buyer), filed_from=FiledFrom(message=1, file=1, by=Role.NEUTRAL))
    report.then(added, CommitmentKept)
    assert report.dispute.exhibits.unanswered_by(1) == {"seller"}
    report.when(neutral.withdraws_exhibit(1)).refused(NotYourExhibit)
    report.when(buyer.withdraws_exhibit(1)).then(ExhibitWithdrawn)


def test_what_the_desk_sent_becomes_an_exhibit_of_the_neutral() -> None:
    """The marketplace and supervisors add no evidence. Both sides answer what the neutral makes of it."""
    for somebody in (marketplace, supervisor):
        report = given(*ASSIGNED, _sends(somebody)).when(neutral.files())
        report.then(some(ExhibitAdded, by="neutral", file=_file(somebody)), CommitmentKept)
        assert report.dispute.exhibits.unanswered_by(1) == {"buyer", "seller"}


def test_nobody_else_files_it() -> None:
    """The other side does not decide what a side shows."""
    given(*ASSIGNED, _sends(buyer)).when(seller.files()).refused(NotYourAttachment, message=1, file=1, role="seller")
    given(*ASSIGNED, _sends(neutral)).when(buyer.files()).refused(NotYourAttachment)
    for somebody in (marketplace, supervisor, administrator, auditor):
        given(*ASSIGNED, _sends(marketplace)).when(somebody.files()).refused(MayNotSubmit, role=somebody.role.value)


def test_once() -> None:
    """Also if somebody else files it, or if it was withdrawn. Another file of the message is another exhibit."""
    report = given(*ASSIGNED, _sends(buyer, 2), buyer.files())
    for somebody in (buyer, neutral):
        report.when(somebody.files()).refused(AlreadyAnExhibit, message=1, file=1, exhibit=1)
    report.when(buyer.withdraws_exhibit(1))
    report.when(buyer.files()).refused(AlreadyAnExhibit, exhibit=1)
    report.when(buyer.files(1, 2)).then(some(ExhibitAdded, number=2))


@pytest.mark.parametrize(("message", "file"), [(1, 1), (2, 2), (2, 0), (3, 1), (0, 1)])
def test_a_file_that_is_not_there(message: int, file: int) -> None:
    """Neither a message without files has any, nor one that was never written."""
    report = given(filing(), buyer.writes(), _sends(buyer))
    report.when(buyer.files(message, file)).refused(UnknownAttachment, message=message, file=file)


def test_the_rules_of_every_exhibit_of_that_side_hold() -> None:
    """The record must be open, and the request must be asked of that side."""
    given(*ASSIGNED, _sends(buyer), buyer.withdraws()).when(buyer.files()).refused(DisputeIsClosed)
    asked = given(*ASSIGNED, _sends(buyer), neutral.declares_impasse(), neutral.asks_evidence("seller"))
    asked.when(buyer.files(answering=1)).refused(NotAskedOfYou)
    asked.when(neutral.files(answering=1)).refused(NotAskedOfYou)
    asked.when(buyer.files(answering=2)).refused(UnknownEvidenceRequest)


def test_the_neutral_answers_a_request_with_what_the_side_sent_already() -> None:
    """Then no inference follows from the side's silence."""
    report = given(*ASSIGNED, _sends(seller), neutral.declares_impasse(), neutral.asks_evidence("seller"))
    report.when(neutral.files(answering=1)).then(some(ExhibitAdded, by="seller", answers_request=1), DeadlineEnded)
    assert not report.dispute.evidence_requests.unanswered


def test_filing_for_a_side_is_no_act_of_that_side() -> None:
    """A side that only sent a message took no part in the dispute. When it files the file itself, it does."""
    report = given(*ASSIGNED, _sends(seller, 2)).when(neutral.files())
    assert not report.dispute.took_part(Side.SELLER)
    report.when(seller.files(1, 2))
    assert report.dispute.took_part(Side.SELLER)


def test_nothing_is_made_of_a_file_that_nobody_can_open() -> None:
    """Its author was erased, or the erasure is granted. A file that was sent after an erasure can be opened."""
    asked = Pending(1, "person_asked", Role.MARKETPLACE, FILED_AT)
    gone, going = Person(erased={1: Erased(asked, FILED_AT)}), Person(pending=replace(asked, granted=True))
    for person in (gone, going):
        report = given(filing(), _sends(buyer))
        report.world.states[person_id(MARKETPLACE, buyer.subject)] = person
        report.when(buyer.files()).refused(AttachmentErased, message=1, file=1)
    report = given(filing(), later(hours=1), _sends(buyer))
    report.world.states[person_id(MARKETPLACE, buyer.subject)] = gone
    report.when(buyer.files()).then(some(ExhibitAdded))
