"""Law reports on what a party asks of the other party: who owes an answer, until when, and what ends it."""

from datetime import timedelta

import pytest

from domain.clocks.stay import DisputeIsStayed
from domain.commitments.events import CommitmentBreached, CommitmentDischarged, CommitmentKept, KeptBy
from domain.commitments.own_acts import RequestDecides
from domain.evidence.exhibits import NotOnRecord
from domain.kernel.people import NotAParty, Side
from domain.kernel.refusals import DisputeIsClosed
from domain.moves import moves
from domain.policy.notice_rules import NoticeRules
from domain.policy.party_request_rules import PartyRequestRules
from domain.policy.policy import Policy
from domain.privacy.erasure import RecordErased, RequestErasure, TookPart
from domain.settlement.party_request_facts import (
    PartyRequestAnswered,
    PartyRequestDeclined,
    PartyRequestMade,
    PartyRequestWithdrawn,
)
from domain.settlement.party_requests import (
    NotYourPartyRequest,
    PartyRequestIsOver,
    PartyRequestsNotTaken,
    TimeOutOfBounds,
    TooManyPartyRequests,
    UnknownPartyRequest,
)
from tests.domain.law.acts import FILED_AT, commitment
from tests.domain.law.cast import administrator, buyer, engine, lawyer, marketplace, neutral, seller, supervisor
from tests.domain.law.filings import filing
from tests.domain.law.reports import Report, Some, day, due_date, given, owes, some

ASKING = Policy(version="asking-each-other", party_requests=PartyRequestRules(at_most_days=10, open_at_once=2))
FILED = (administrator.publishes(ASKING), filing())


def over(number: int, reason: str) -> Some:
    return some(CommitmentDischarged, commitment_id=commitment(number), reason=reason)


def kept(number: int, by: str, *, late: bool = False) -> Some:
    return some(CommitmentKept, commitment_id=commitment(1), late=late, kept_by=KeptBy(fact=by, number=number))


def waiting(report: Report) -> list[int]:
    requests, owed = report.dispute.party_requests.made, report.dispute.commitments.open
    return [one.number for one in requests if one.commitment_id in owed]


def test_who_is_asked_owes_an_answer() -> None:
    report = given(*FILED).when(buyer.asks_for("photo"))
    asked = some(PartyRequestMade, number=1, by=Side.BUYER, asks_for="photo", commitment_id=commitment(1))
    report.then(asked, owes("seller", "buyer", None, "reply", arises_from="request", commitment_class="service"))
    owed = report.dispute.commitments.open[commitment(1)]
    assert owed.due_at > FILED_AT + timedelta(days=3) - timedelta(hours=1)


@pytest.mark.parametrize("days", [1, 10])
def test_another_time_within_the_bounds(days: int) -> None:
    """The bounds are the policy's. The window ends on a business day of whoever was asked."""
    report = given(*FILED).when(seller.asks_for("address", days=days))
    owed = report.dispute.commitments.open[commitment(1)]
    assert (owed.owed_by, owed.owed_to) == ("buyer", "seller")
    assert owed.due_at >= FILED_AT + timedelta(days=days)


@pytest.mark.parametrize("days", [0, 11])
def test_a_time_out_of_bounds_is_refused(days: int) -> None:
    given(*FILED).when(buyer.asks_for(days=days)).refused(TimeOutOfBounds, at="/days", at_least=1, at_most=10)


def test_only_under_a_policy_that_says_so() -> None:
    given(filing()).when(buyer.asks_for()).refused(PartyRequestsNotTaken)


def test_only_parties_ask() -> None:
    """A representative asks for the party. The desk has acts of its own."""
    named = given(*FILED, buyer.names(lawyer)).when(lawyer.asks_for())
    named.then(PartyRequestMade, owes("seller", "buyer", None, "reply"))
    given(*FILED).when(supervisor.asks_for()).refused(NotAParty)


def test_an_answer_keeps_it() -> None:
    """It may point to evidence that is on record. Said twice, it is said once."""
    report = given(*FILED, buyer.asks_for(), seller.adds_exhibit(), day(1)).when(
        seller.answers_request(1, exhibits=(1,))
    )
    report.then(some(PartyRequestAnswered, number=1, exhibits=(1,)), kept(1, "PartyRequestAnswered"))
    report.when(seller.answers_request(1)).then_nothing()
    report.when(seller.declines_request(1)).refused(PartyRequestIsOver, ended="answered")
    report.when(buyer.withdraws_request(1)).refused(PartyRequestIsOver, ended="answered")


def test_an_answer_points_to_what_is_there() -> None:
    report = given(*FILED, buyer.asks_for(), seller.adds_exhibit(), seller.withdraws_exhibit(1))
    report.when(seller.answers_request(1, exhibits=(1, 2))).refused(NotOnRecord, at="/exhibits", exhibits=[1, 2])


@pytest.mark.parametrize("text", ["I threw it away.", None])
def test_to_decline_is_an_answer(text: str | None) -> None:
    report = given(*FILED, buyer.asks_for()).when(seller.declines_request(1, text))
    report.then(PartyRequestDeclined, kept(1, "PartyRequestDeclined"))
    report.when(seller.declines_request(1)).then_nothing()


def test_who_asked_may_withdraw() -> None:
    report = given(*FILED, buyer.asks_for()).when(buyer.withdraws_request(1))
    report.then(PartyRequestWithdrawn, over(1, "request_withdrawn"))
    report.when(buyer.withdraws_request(1)).then_nothing()
    report.when(seller.answers_request(1)).refused(PartyRequestIsOver, ended="withdrawn")


def test_each_side_ends_it_in_its_own_way() -> None:
    report = given(*FILED, buyer.asks_for())
    report.when(buyer.answers_request(1)).refused(NotYourPartyRequest, by="buyer", role="buyer")
    report.when(seller.withdraws_request(1)).refused(NotYourPartyRequest, by="buyer", role="seller")
    report.when(seller.answers_request(2)).refused(UnknownPartyRequest, number=2)


def test_silence_is_a_broken_commitment_and_nothing_else() -> None:
    """No default follows. A late answer keeps it late."""
    report = given(*FILED, buyer.asks_for(days=1)).when(due_date(1), engine.ticks())
    report.then(some(CommitmentBreached, commitment_id=commitment(1)))
    assert (report.dispute.outcome, waiting(report)) == (None, [1])
    report.when(seller.answers_request(1)).then(PartyRequestAnswered, kept(1, "PartyRequestAnswered", late=True))


def test_nobody_ends_it_otherwise() -> None:
    report = given(*FILED, buyer.asks_for())
    for ends in (buyer.waives_promise(1), buyer.confirms_promise(1)):
        report.when(ends).refused(RequestDecides, number=1)


def test_at_most_so_many_at_once() -> None:
    """Each side has its own. One that is overdue still counts; one that was answered or withdrawn does not."""
    report = given(*FILED, buyer.asks_for(days=1), buyer.asks_for(), due_date(1))
    for who, more in ((buyer, False), (seller, True)):
        names = {move.name for move in moves(report.dispute, ASKING, who.actor, report.now)}
        assert ("make_party_request" in names) is more
    report.when(buyer.asks_for()).refused(TooManyPartyRequests, limit=2)
    report.when(buyer.withdraws_request(2)).then(
        CommitmentBreached, PartyRequestWithdrawn, over(2, "request_withdrawn")
    )
    report.when(buyer.asks_for()).then(PartyRequestMade, owes("seller", "buyer", None, "reply"))


def test_a_stay_halts_it() -> None:
    """Nothing can be asked meanwhile. What was asked may be answered, and the time to answer stands still."""
    begun = (*FILED, day(3), buyer.escalates(), neutral.takes_case(), neutral.writes(), buyer.asks_for(days=2))
    report = given(*begun, neutral.orders_stay(timedelta(days=20)))
    report.when(seller.asks_for()).refused(DisputeIsStayed)
    report.when(day(12), neutral.lifts_stay())
    assert waiting(report) == [1]
    assert not any(isinstance(fact.event, CommitmentBreached) for fact in report.facts)
    meanwhile = given(*begun, neutral.orders_stay(timedelta(days=20)))
    meanwhile.when(seller.answers_request(1)).then(PartyRequestAnswered, CommitmentKept)


def test_closure_ends_it() -> None:
    report = given(*FILED, buyer.asks_for(), seller.asks_for()).when(buyer.withdraws())
    ended = [fact.event for fact in report.facts if isinstance(fact.event, CommitmentDischarged)]
    assert [event.reason for event in ended] == ["dispute_over", "dispute_over"]
    report.when(seller.answers_request(1)).refused(PartyRequestIsOver, ended="discharged")
    report.when(buyer.asks_for()).refused(DisputeIsClosed)


def test_the_window_does_not_wait_for_a_notice() -> None:
    """No right ends with it, so it begins with the request, also where a window that burdens a party waits."""
    rules = {"version": "told", "notices": NoticeRules(way="marketplace", notice="required")}
    report = given(administrator.publishes(ASKING.model_copy(update=rules)), filing())
    report.when(buyer.asks_for(days=1)).when(day(4), engine.ticks())
    (request,) = report.dispute.party_requests.made
    assert report.dispute.commitments.open[request.commitment_id].overdue


def test_an_erased_person_neither_asks_nor_answers() -> None:
    """Only a restored log shows an open dispute of somebody who was erased since."""
    part = TookPart(side=Side.SELLER, readable=True)
    asked = {"subject": seller.subject, "ground": "person_asked", "took_part": part}
    report = given(*FILED, buyer.asks_for(), seller.asks_for()).when(marketplace.act(RequestErasure, **asked))
    report.when(engine.act(RecordErased, subject=seller.subject, number=1, erased_at=FILED_AT))
    ended = [fact.event for fact in report.facts if isinstance(fact.event, CommitmentDischarged)]
    assert [(one.commitment_id, one.reason) for one in ended] == [
        (commitment(1), "person_erased"),
        (commitment(2), "author_erased"),
    ]
