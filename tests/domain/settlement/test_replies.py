"""Law reports on whose answer is owed: the clock that a message to somebody starts, and what ends it."""

from datetime import timedelta

import pytest

from domain.commitments.events import (
    CommitmentBreached,
    CommitmentDeferred,
    CommitmentDischarged,
    CommitmentKept,
    CommitmentMade,
    CommitmentPassed,
    CommitmentWaived,
    KeptBy,
)
from domain.commitments.named import CommitmentEnded, UnknownCommitment
from domain.kernel.people import Side
from domain.kernel.windows import Window
from domain.neutral.escalation_facts import NeutralAssigned
from domain.policy.policy import Policy, Windows
from domain.privacy.erasure import RecordErased, RequestErasure, TookPart
from domain.privacy.erasure_facts import ErasureGranted
from domain.settlement.conversation_facts import MessagePosted
from domain.settlement.replies import AskedAgain, NoMessageWaits, NotYourReply
from domain.settlement.replies_facts import MessageSeen, ReplyNotNeeded
from tests.domain.law.acts import FILED_AT, Act, Somebody, commitment, promising
from tests.domain.law.cast import (
    administrator,
    another_neutral,
    buyer,
    engine,
    lawyer,
    marketplace,
    neutral,
    seller,
    supervisor,
)
from tests.domain.law.filings import filing
from tests.domain.law.reports import Report, Some, day, due_date, given, owes, some

ANSWERING = Policy(version="answering", windows=Windows(message_reply=Window(amount=2, unit="business_days")))
OPEN_TO_ALL = ANSWERING.model_copy(update={"version": "open", "parties_told_seen": True})
ASKED = (administrator.publishes(ANSWERING), filing())


def asks(by: Somebody, to: str, text: str = "Where is it?") -> Act:
    return by.writes(text, to=to)  # type: ignore[attr-defined,no-any-return]


def owes_reply(by: str, to: str, message: int, **values: object) -> Some:
    return owes(by, to, None, "reply", arises_from="message", message=message, commitment_class="service", **values)


def kept(number: int, message: int) -> CommitmentKept:
    by = KeptBy(fact="MessagePosted", number=message)
    return some(CommitmentKept, commitment_id=commitment(number), kept_by=by)  # type: ignore[return-value]


def over(number: int, reason: str) -> Some:
    return some(CommitmentDischarged, commitment_id=commitment(number), reason=reason)


def open_replies(report: Report) -> list[str]:
    return [owed.owed_by.value for owed in report.dispute.commitments.open.values() if owed.answers_message]


def test_a_message_to_somebody_is_to_be_answered() -> None:
    """Within the policy's window, on the calendar of whoever is asked."""
    report = given(*ASKED).when(asks(buyer, "seller"))
    report.then(MessagePosted, owes_reply("seller", "buyer", 1))
    made = report.facts[1].event
    assert isinstance(made, CommitmentMade)
    assert made.promise.proof is not None
    assert (made.promise.proof.rule, made.promise.proof.starts_at) == ("answering/message_reply", FILED_AT)
    assert made.promise.subject == seller.subject


@pytest.mark.parametrize("to", ["buyer", "seller", "neutral", "supervisor", "marketplace"])
def test_without_the_window_nobody_owes_an_answer(to: str) -> None:
    """Policies of before have no such window, and disputes keep the policy that they were filed under."""
    by = buyer if to != "buyer" else seller
    given(filing()).when(asks(by, to)).then(MessagePosted)


def test_nobody_is_asked_by_their_own_side_or_by_a_message_to_all() -> None:
    """A lawyer who writes to the buyer speaks for the buyer."""
    speaks = buyer.names(lawyer)
    given(*ASKED).when(buyer.writes()).then(MessagePosted)
    given(*ASKED).when(asks(buyer, "buyer")).then(MessagePosted)
    given(*ASKED, speaks).when(asks(lawyer, "buyer")).then(MessagePosted)
    given(*ASKED).when(asks(supervisor, "neutral")).then(MessagePosted)


def test_the_next_message_of_that_side_keeps_it() -> None:
    """To whomever it is written; the answer to whoever asked starts their own clock."""
    given(*ASKED, asks(buyer, "seller"), day(1)).when(seller.writes("On its way.")).then(MessagePosted, kept(1, 2))
    to_all = given(*ASKED, asks(buyer, "seller"), day(1))
    to_all.when(asks(seller, "marketplace")).then(MessagePosted, owes_reply("marketplace", "seller", 2), kept(1, 2))
    back = given(*ASKED, asks(buyer, "seller"), day(1)).when(asks(seller, "buyer"))
    back.then(MessagePosted, owes_reply("buyer", "seller", 2), kept(1, 2))
    back.when(asks(buyer, "seller", "Thank you.")).then(MessagePosted, owes_reply("seller", "buyer", 3), kept(2, 3))


def test_a_representative_answers_for_the_party() -> None:
    given(*ASKED, buyer.names(lawyer), asks(seller, "buyer")).when(lawyer.writes()).then(MessagePosted, kept(1, 2))


def test_somebody_else_does_not_answer() -> None:
    """A message of the marketplace is no answer of the seller."""
    given(*ASKED, asks(buyer, "seller")).when(marketplace.writes("We asked them too.")).then(MessagePosted)


def test_a_program_is_owed_no_answer_and_gives_none() -> None:
    """What a machine wrote starts no clock, and the clock of its side runs on."""
    given(*ASKED).when(buyer.writes(to="seller", machine_written=True)).then(MessagePosted)
    report = given(*ASKED, asks(buyer, "seller")).when(seller.writes("We have your message.", machine_written=True))
    report.then(MessagePosted)
    report.when(seller.writes("On its way.")).then(MessagePosted, kept(1, 3))
    unread = given(*ASKED, asks(buyer, "seller"), buyer.writes(to="seller", machine_written=True))
    unread.when(seller.needs_no_reply(1, up_to=1)).then(ReplyNotNeeded, over(1, "no_reply_needed"))


def test_several_unanswered_messages_have_one_clock_from_the_first() -> None:
    """Whoever wrote them."""
    report = given(*ASKED, asks(buyer, "seller"), day(1))
    report.when(asks(buyer, "seller", "Hello?"), asks(marketplace, "seller")).then(MessagePosted, MessagePosted)
    report.when(seller.writes()).then(MessagePosted, kept(1, 4))
    report.when(asks(buyer, "seller")).then(MessagePosted, owes_reply("seller", "buyer", 5))


def test_a_silence_is_broken_and_still_owed() -> None:
    """It is on record, and decides nothing."""
    report = given(*ASKED, asks(buyer, "seller"), due_date(1)).when(buyer.writes("Hello?"))
    report.then(some(CommitmentBreached, commitment_id=commitment(1)), MessagePosted)
    report.leaves("negotiation", "respondent")
    late = some(CommitmentKept, commitment_id=commitment(1), late=True)
    report.when(seller.writes("Sorry.")).then(MessagePosted, late)


def test_a_neutral_s_silence_is_looked_at() -> None:
    """As with every service that a neutral owes, a supervisor reviews it."""
    mediated = (seller.contests(), day(3), buyer.escalates(), neutral.takes_case(), neutral.writes())
    report = given(*ASKED, *mediated, asks(buyer, "neutral"))
    number = max(owed.number for owed in report.dispute.commitments.open.values() if owed.answers_message)
    report.when(due_date(number), buyer.writes()).then(
        CommitmentBreached, owes("supervisor", "buyer", None, "review", arises_from="breach"), MessagePosted
    )


def test_whoever_was_asked_may_say_that_no_answer_is_needed() -> None:
    """Otherwise every "thank you" would start the clock again. Two tabs say it once."""
    thanked = (*ASKED, asks(buyer, "seller", "Thank you."))
    report = given(*thanked).when(seller.needs_no_reply(1))
    report.then(
        ReplyNotNeeded(commitment_id=commitment(1), by=seller.role, message=1),
        CommitmentDischarged(commitment_id=commitment(1), reason="no_reply_needed"),
    )
    report.when(seller.needs_no_reply(1)).then_nothing()
    report.when(asks(buyer, "seller")).then(MessagePosted, owes_reply("seller", "buyer", 2))


def test_nobody_else_may_say_it() -> None:
    """Who asked can waive the answer."""
    report = given(*ASKED, asks(buyer, "seller"))
    for somebody in (buyer, supervisor, marketplace):
        report.when(somebody.needs_no_reply(1)).refused(NotYourReply, owed_by="seller", role=somebody.role.value)
    report.when(seller.needs_no_reply(2)).refused(UnknownCommitment)
    report.when(buyer.waives_promise(1)).then(CommitmentWaived)
    report.when(seller.needs_no_reply(1)).refused(CommitmentEnded, how="waived")


def test_only_the_answer_to_a_message_ends_so() -> None:
    """A promise is owed to somebody who counts on it."""
    report = given(*ASKED, seller.promises("call_back", "buyer"))
    report.when(seller.needs_no_reply(1)).refused(NoMessageWaits, arises_from="promise")


def test_a_later_message_that_was_not_read_still_waits() -> None:
    """Another tab shows the conversation of before."""
    report = given(*ASKED, asks(buyer, "seller"), asks(buyer, "seller", "And the second parcel?"))
    report.when(seller.needs_no_reply(1, up_to=1)).refused(AskedAgain, at="/up_to", number=2, up_to=1)
    report.when(seller.needs_no_reply(1, up_to=2)).then(ReplyNotNeeded, over(1, "no_reply_needed"))


def test_closure_ends_it() -> None:
    """Messages of afterwards start no clock."""
    report = given(*ASKED, asks(buyer, "seller"), asks(seller, "marketplace")).when(buyer.withdraws())
    ended = [fact.event for fact in report.facts if isinstance(fact.event, CommitmentDischarged)]
    assert [event.reason for event in ended] == ["dispute_over"]
    assert open_replies(report) == []
    report.when(asks(buyer, "seller")).then(MessagePosted)


def test_a_stay_halts_it() -> None:
    """It may be said meanwhile that no answer is needed."""
    stayed = (*ASKED, day(3), buyer.escalates(), neutral.takes_case(), neutral.writes(), asks(buyer, "seller"))
    report = given(*stayed, neutral.orders_stay(timedelta(days=20))).when(day(8), buyer.writes())
    report.then(MessagePosted)
    report.when(neutral.lifts_stay())
    assert any(isinstance(fact.event, CommitmentDeferred) for fact in report.facts)
    answers = [owed for owed in report.dispute.commitments.open.values() if owed.answers_message]
    assert [owed.overdue for owed in answers] == [False]
    meanwhile = given(*stayed, neutral.orders_stay(timedelta(days=20)))
    meanwhile.when(seller.needs_no_reply(answers[0].number)).then(ReplyNotNeeded, CommitmentDischarged)


def test_what_a_neutral_is_asked_before_there_is_one() -> None:
    """The supervisor owes the answer, and the neutral who takes the case owes it from then on."""
    report = given(*ASKED, day(3)).when(asks(buyer, "neutral"))
    report.then(MessagePosted, owes_reply("neutral", "buyer", 1), some(CommitmentPassed, owed_by="supervisor"))
    report.when(buyer.escalates(), neutral.takes_case())
    passed = [fact.event for fact in report.facts if isinstance(fact.event, CommitmentPassed)]
    assert [(event.commitment_id, event.owed_by.value, event.subject) for event in passed] == [
        (commitment(1), "neutral", neutral.subject)
    ]
    report.when(neutral.writes())
    assert report.dispute.commitments.ended[commitment(1)] == "kept"


def test_the_supervisor_answers_while_there_is_no_neutral() -> None:
    given(*ASKED, asks(buyer, "neutral")).when(supervisor.writes()).then(MessagePosted, kept(1, 2))
    report = given(*ASKED, asks(buyer, "neutral"), asks(seller, "neutral"))
    report.when(supervisor.needs_no_reply(1, up_to=1)).refused(AskedAgain, number=2)


def test_a_promise_beside_it_has_its_own_number() -> None:
    """Both are commitments of one message; also while there is no neutral."""
    report = given(*ASKED).when(buyer.writes(to="neutral", promise=promising("call_back", "seller")))
    report.then(
        MessagePosted, owes("buyer", "seller", None, "call_back"), owes_reply("neutral", "buyer", 1), CommitmentPassed
    )
    assert [owed.number for owed in report.dispute.commitments.open.values()] == [1, 2]
    assert open_replies(report) == ["supervisor"]


def test_the_successor_owes_what_the_neutral_was_asked() -> None:
    asked = (*ASKED, day(3), buyer.escalates(), neutral.takes_case(), neutral.writes(), asks(buyer, "neutral"))
    report = given(*asked, neutral.recuses())
    assert open_replies(report) == ["supervisor"]
    report.when(another_neutral.takes_case())
    assert any(isinstance(fact.event, NeutralAssigned) for fact in report.facts)
    assert open_replies(report) == ["neutral"]


def test_an_erased_person_owes_no_answer() -> None:
    """Only a restored log shows an open dispute of somebody who was erased since."""
    part = TookPart(side=Side.SELLER, readable=True)
    asked = {"subject": seller.subject, "ground": "person_asked", "took_part": part}
    report = given(*ASKED, asks(buyer, "seller")).when(marketplace.act(RequestErasure, **asked))
    assert any(isinstance(fact.event, ErasureGranted) for fact in report.facts)
    report.when(engine.act(RecordErased, subject=seller.subject, number=1, erased_at=FILED_AT))
    assert over(1, "person_erased") in [fact.event for fact in report.facts]
    assert open_replies(report) == []


def test_the_first_sight_is_on_record() -> None:
    """Once, for whoever owes the answer, and only of a message that waits for one."""
    report = given(*ASKED, buyer.writes(), asks(buyer, "seller"))
    report.when(seller.reads(1)).then_nothing()
    report.when(buyer.reads(2), marketplace.reads(2)).then_nothing()
    report.when(seller.reads(2)).then(MessageSeen(message=2, by=seller.role, shared=False))
    report.when(seller.reads(2), seller.writes(), seller.reads(3)).then(MessagePosted, kept(1, 3))


def test_a_policy_may_tell_the_parties_what_was_seen() -> None:
    asked = (administrator.publishes(OPEN_TO_ALL), filing(), asks(buyer, "seller"))
    given(*asked).when(seller.reads(1)).then(MessageSeen(message=1, by=seller.role, shared=True))


def test_neither_a_look_nor_no_answer_is_a_neutral_s_first_act() -> None:
    """Whoever only reads or waves off has not begun with the case."""
    asked = (*ASKED, day(3), buyer.escalates(), neutral.takes_case(), asks(buyer, "neutral"))
    report = given(*asked).when(neutral.reads(1))
    report.then(MessageSeen)
    number = max(owed.number for owed in report.dispute.commitments.open.values() if owed.answers_message)
    report.when(neutral.needs_no_reply(number)).then(ReplyNotNeeded, over(number, "no_reply_needed"))
