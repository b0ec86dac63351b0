"""Law reports on mails that arrive as messages."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from domain.commitments.events import CommitmentKept
from domain.kernel.channels import Mailed
from domain.kernel.people import Side
from domain.policy.policy import Policy, Windows
from domain.privacy.erasure import RecordErased, RequestErasure, TookPart
from domain.settlement.conversation import PostMail
from domain.settlement.conversation_facts import MessagePosted
from tests.domain.law.acts import FILED_AT, Act, words
from tests.domain.law.cast import Person, administrator, buyer, engine, marketplace, seller
from tests.domain.law.filings import filing
from tests.domain.law.reports import given, some

WINDOWS = Windows.model_validate({"message_reply": {"amount": 1, "unit": "business_days"}})
ANSWERING = Policy(version="answering", windows=WINDOWS)


def mails(by: Person, **more: Any) -> Act:
    mailed = Mailed(matched_by="reply_address", sender_known=True, verdict="none", author=by.subject)
    about = {"subject": by.subject, "received_at": FILED_AT, "mail": mailed, "arrival": UUID(int=7), **more}
    return by.act(PostMail, message=words("Where is it?"), channel="email", **about)


def test_a_mail_is_a_message_of_its_party_and_comes_once() -> None:
    report = given(filing()).when(mails(buyer)).then(some(MessagePosted, number=1, by="buyer", channel="email"))
    report.when(mails(buyer)).then()


def test_a_mail_is_an_answer_unless_a_program_wrote_it() -> None:
    asked = (administrator.publishes(ANSWERING), filing(), buyer.writes("Well?", to="seller"))
    given(*asked).when(mails(seller, machine_written=True)).then(MessagePosted)
    given(*asked).when(mails(seller)).then(MessagePosted, CommitmentKept)


def test_a_mail_from_before_an_erasure_is_not_posted_after_it() -> None:
    """It would bring back what was destroyed. What they write later is another matter."""
    part = TookPart(side=Side.BUYER, readable=True)
    gone = marketplace.act(RequestErasure, subject=buyer.subject, ground="person_asked", took_part=part)
    erased_at = FILED_AT + timedelta(days=1)
    records = engine.act(RecordErased, subject=buyer.subject, number=1, erased_at=erased_at)
    given(filing(), buyer.withdraws(), gone).when(mails(buyer)).then()
    report = given(filing(), buyer.withdraws(), gone, records).when(mails(buyer)).then()
    report.when(mails(buyer, received_at=erased_at + timedelta(days=1))).then(MessagePosted)
