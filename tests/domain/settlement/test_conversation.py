"""Law reports on messages."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from domain.evidence.exhibit_facts import File
from domain.kernel.pace import MINUTE
from domain.kernel.people import Text
from domain.settlement.conversation import (
    MAX_ATTACHMENTS,
    MAX_FILES,
    MAX_MESSAGES,
    MOST_IN_A_MINUTE,
    ConversationFull,
    MayNotWrite,
    TooManyAttachments,
    TooManyFiles,
    TooManyMessages,
    UnknownMessage,
    WrittenLater,
)
from domain.settlement.conversation_facts import Conversation, MessagePosted
from domain.stream_ids import conversation_id
from tests.domain.law.acts import FILED_AT, FIRST
from tests.domain.law.cast import administrator, auditor, buyer, engine, marketplace, neutral, seller, supervisor
from tests.domain.law.filings import filing
from tests.domain.law.reports import day, given, later, some

FILE = File(
    blob_id=UUID(int=0xF),
    author=buyer.subject,
    name="ricevuta.pdf",
    media_type="application/pdf",
    size=48_123,
    sha256="a" * 64,
    sealed_sha256="b" * 64,
)
ASSIGNED = (filing(), day(3), buyer.escalates(), neutral.takes_case(), neutral.writes())


def test_messages_are_numbered() -> None:
    """In the order of arrival, in their original language, and as the words of the party for whom they were written."""
    report = given(filing()).when(buyer.writes("Dov'è?"))
    report.then(
        MessagePosted(
            number=1,
            by=buyer.role,
            message=Text(text="Dov'è?", language="en", author=buyer.subject),
            channel="web",
        )
    )
    report.when(seller.writes()).then(some(MessagePosted, number=2, by="seller"))


def test_who_writes() -> None:
    """The parties, the assigned neutral, a supervisor and the marketplace; at any stage."""
    for somebody in (buyer, seller, neutral, supervisor, marketplace):
        given(*ASSIGNED).when(somebody.writes()).then(some(MessagePosted, by=somebody.role.value))
        if somebody is not neutral:
            given(filing()).when(somebody.writes()).then(MessagePosted)
    for somebody in (auditor, administrator, engine):
        given(*ASSIGNED).when(somebody.writes()).refused(MayNotWrite, role=somebody.role.value)


def test_talk_goes_on_after_closure() -> None:
    """Messages in a closed dispute are possible, and change nothing."""
    given(filing(), buyer.withdraws()).when(seller.writes("Sorry.")).then(MessagePosted).leaves("closed", "none")


def test_a_message_is_no_evidence_and_no_answer() -> None:
    """No message changes the state of the dispute."""
    given(filing()).when(seller.writes("I contest this.")).then(MessagePosted).leaves("negotiation", "respondent")


@pytest.mark.parametrize("earlier", [timedelta(0), timedelta(hours=5)])
def test_written_earlier(earlier: timedelta) -> None:
    """A message that arrives late keeps the time at which it was written."""
    report = given(filing()).when(buyer.writes(written_at=FILED_AT - earlier))
    report.then(some(MessagePosted, written_at=FILED_AT - earlier))


def test_not_written_later() -> None:
    """`written_at` cannot be later than the message."""
    tomorrow = FILED_AT + timedelta(days=1)
    given(filing()).when(buyer.writes(written_at=tomorrow)).refused(WrittenLater, at="/written_at")


def test_a_conversation_is_bounded() -> None:
    """The limit is ten thousand messages."""
    report = given(filing())
    report.world.states[conversation_id(FIRST)] = Conversation(messages=MAX_MESSAGES - 1)
    report.when(buyer.writes()).then(some(MessagePosted, number=MAX_MESSAGES))
    report.when(buyer.writes()).refused(ConversationFull, limit=MAX_MESSAGES)


def test_a_message_carries_files() -> None:
    """They are on record with it, and are no evidence. After closure too."""
    report = given(filing()).when(buyer.writes(files=(FILE,))).then(some(MessagePosted, files=(FILE,)))
    assert not report.dispute.exhibits.by
    given(filing(), buyer.withdraws()).when(buyer.writes(files=(FILE,))).then(some(MessagePosted, files=(FILE,)))


def test_the_files_of_a_message_are_bounded() -> None:
    """Ten in a message."""
    report = given(filing()).when(buyer.writes(files=(FILE,) * MAX_FILES)).then(MessagePosted)
    report.when(buyer.writes(files=(FILE,) * (MAX_FILES + 1))).refused(TooManyFiles, limit=MAX_FILES, at="/files")


def test_the_files_of_one_side_are_bounded() -> None:
    """A hundred in all its messages. The other side may send as many, and both go on writing."""
    report = given(filing(), *(buyer.writes(files=(FILE,) * 10) for _ in range(MAX_ATTACHMENTS // 10 - 1)))
    report.when(buyer.writes(files=(FILE,) * 9)).then(MessagePosted)
    report.when(buyer.writes(files=(FILE,) * 2)).refused(TooManyAttachments, limit=MAX_ATTACHMENTS)
    report.when(buyer.writes(files=(FILE,))).then(MessagePosted)
    report.when(seller.writes(files=(FILE,))).then(MessagePosted)
    report.when(buyer.writes()).then(MessagePosted)


def test_a_message_answers_another() -> None:
    """Of any author, the same one included; also one that was answered already."""
    report = given(filing(), buyer.writes()).when(seller.writes(in_reply_to=1))
    report.then(some(MessagePosted, number=2, in_reply_to=1))
    report.when(seller.writes(in_reply_to=2)).then(some(MessagePosted, in_reply_to=2))


@pytest.mark.parametrize("number", [0, -1, 2, 7])
def test_it_answers_a_message_that_is_there(number: int) -> None:
    """No message answers itself, a later one, or none."""
    report = given(filing(), buyer.writes())
    report.when(seller.writes(in_reply_to=number)).refused(UnknownMessage, number=number, at="/in_reply_to")


def test_anybody_says_that_a_machine_wrote_it() -> None:
    """Unless somebody says so, a person did."""
    for somebody in (buyer, seller, neutral, supervisor, marketplace):
        report = given(*ASSIGNED).when(somebody.writes(machine_written=True))
        report.then(some(MessagePosted, machine_written=True))
        report.when(somebody.writes()).then(some(MessagePosted, machine_written=False))


def test_one_side_writes_so_many_messages_in_a_minute() -> None:
    """Then no more until the minute is over, which began with the first of them. Everybody else goes on writing."""
    report = given(filing(), *(buyer.writes() for _ in range(MOST_IN_A_MINUTE - 1)))
    report.when(later(seconds=17.5), buyer.writes()).then(MessagePosted)
    report.when(buyer.writes()).refused(TooManyMessages, limit=MOST_IN_A_MINUTE, retry_after=43)
    for somebody in (seller, marketplace, supervisor):
        report.when(somebody.writes()).then(MessagePosted)
    report.when(later(seconds=42.5), buyer.writes()).then(MessagePosted)


def test_a_minute_begins_with_a_message() -> None:
    """What was written a minute before or earlier does not count."""
    report = given(filing(), *(buyer.writes() for _ in range(MOST_IN_A_MINUTE)))
    again = (buyer.writes() for _ in range(MOST_IN_A_MINUTE))
    report.when(lambda _, now: now + MINUTE, *again).then(*[MessagePosted] * MOST_IN_A_MINUTE)
    report.when(buyer.writes()).refused(TooManyMessages, retry_after=60)


def test_past_messages_come_as_fast_as_they_come() -> None:
    """An import tells of what was written long ago, and nobody waits for it."""
    past = (replace(buyer.writes(), imported=True) for _ in range(MOST_IN_A_MINUTE + 1))
    given(filing(), *past).when(seller.writes()).then(some(MessagePosted, number=MOST_IN_A_MINUTE + 2))
