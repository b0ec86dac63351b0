"""Law reports on messages."""

from datetime import timedelta

import pytest

from domain.kernel.people import Text
from domain.settlement.conversation import MAX_MESSAGES, ConversationFull, MayNotWrite, WrittenLater
from domain.settlement.conversation_facts import Conversation, MessagePosted
from domain.streams import conversation_id
from tests.domain.law.acts import FILED_AT, FIRST
from tests.domain.law.cast import administrator, auditor, buyer, engine, marketplace, neutral, seller, supervisor
from tests.domain.law.filings import filing
from tests.domain.law.reports import day, given, some

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
