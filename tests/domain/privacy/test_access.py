"""Law reports on access: a person asks what is kept about them, is answered within a month, and corrects it."""

from dataclasses import replace

from domain.commitments.events import CommitmentBreached, CommitmentKept, KeptBy
from domain.commitments.own_acts import AccessDecides
from domain.kernel.people import NotAParty
from domain.privacy.access import MayNotAskForThem, MayNotOpenAnswer, NoAccessRequested
from domain.privacy.access_facts import AccessAnswered, AccessRequested
from domain.privacy.rectification import MOST, TooManyRectifications
from domain.privacy.rectification_facts import RecordRectified
from tests.domain.law.acts import FIRST, commitment
from tests.domain.law.cast import administrator, buyer, engine, lawyer, marketplace, seller, supervisor
from tests.domain.law.filings import filing
from tests.domain.law.reports import Report, day, due_date, given, owes, some


def asked() -> Report:
    return given(filing(), day(1)).when(buyer.asks_for_access("buyer"))


def test_the_marketplace_owes_the_answer_within_a_month() -> None:
    """A calendar month, on the clock of the person: from 3 November to 3 December. While one request waits, another
    one is the same."""
    report = asked().then(
        some(
            AccessRequested, subject=buyer.subject, number=1, by="buyer", commitment_id=commitment(1), dispute_id=FIRST
        ),
        owes("marketplace", "buyer", None, "provide", arises_from="access", commitment_class="service"),
    )
    (owed,) = report.dispute.commitments.open.values()
    assert owed.due_at.isoformat() == "2026-12-03T10:00:00+00:00"
    report.when(day(2), buyer.asks_for_access("buyer")).then_nothing()
    report.when(marketplace.asks_for_access("buyer", buyer.subject)).then_nothing()


def test_the_answer_keeps_it() -> None:
    """After that the person may ask again."""
    report = asked().when(day(3), marketplace.answers_access(buyer.subject))
    report.then(
        AccessAnswered(subject=buyer.subject, number=1, by=marketplace.role),
        some(CommitmentKept, commitment_id=commitment(1), late=False, kept_by=KeptBy(fact="AccessAnswered", number=1)),
    )
    report.when(administrator.answers_access(buyer.subject)).refused(NoAccessRequested)
    report.when(day(4), buyer.asks_for_access("buyer")).then(
        some(AccessRequested, number=2), owes("marketplace", "buyer", None, "provide")
    )


def test_a_late_answer_is_overdue() -> None:
    asked().when(day(60), engine.ticks()).leaves("execution")
    report = given(filing(), buyer.withdraws(), buyer.asks_for_access("buyer"))
    report.when(due_date(1), engine.ticks()).then(CommitmentBreached(commitment_id=commitment(1)))


def test_each_asks_for_themselves() -> None:
    """The marketplace may ask for anybody. The other side, a neutral and a representative may not."""
    report = given(filing(), buyer.names(lawyer))
    report.when(seller.asks_for_access("buyer", buyer.subject)).refused(MayNotAskForThem)
    report.when(seller.asks_for_access("seller", buyer.subject)).refused(MayNotAskForThem)
    report.when(supervisor.asks_for_access("buyer", buyer.subject)).refused(MayNotAskForThem)
    report.when(lawyer.asks_for_access("buyer", buyer.subject)).refused(MayNotAskForThem)
    report.when(administrator.asks_for_access("seller", seller.subject)).then(
        some(AccessRequested, subject=seller.subject, by="administrator"),
        owes("marketplace", "seller", None, "provide"),
    )


def test_only_the_marketplace_opens_the_answer() -> None:
    """Because somebody has to make sure who asks. Nobody can confirm or waive the commitment instead."""
    report = asked()
    report.when(buyer.answers_access(buyer.subject)).refused(MayNotOpenAnswer)
    report.when(supervisor.answers_access(buyer.subject)).refused(MayNotOpenAnswer)
    report.when(marketplace.answers_access(seller.subject)).refused(NoAccessRequested)
    report.when(marketplace.confirms_promise(1)).refused(AccessDecides)
    report.when(buyer.waives_promise(1)).refused(AccessDecides)


def test_a_correction_stands_beside_what_it_corrects() -> None:
    """In the party's own words, at any time, also after closure. Nothing is overwritten."""
    report = given(filing(), buyer.withdraws())
    before = report.dispute.buyer
    report.when(buyer.corrects()).then(some(RecordRectified, number=1, by="buyer", what="name"))
    report.when(seller.corrects("tier")).then(some(RecordRectified, number=2, by="seller", what="tier"))
    assert report.dispute.buyer == before
    report.when(replace(buyer.corrects(), actor=marketplace.actor)).refused(NotAParty)


def test_not_without_end() -> None:
    report = given(filing(), *(buyer.corrects(text=f"Correction {n}.") for n in range(MOST)))
    report.when(buyer.corrects()).refused(TooManyRectifications, limit=MOST)
