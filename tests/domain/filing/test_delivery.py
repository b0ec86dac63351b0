"""Law reports on tracking and delivery that become known after filing."""

from datetime import timedelta

import pytest

from domain.filing.delivery import MayNotReportDelivery, NotDeliveredYet, NothingReported
from domain.filing.delivery_facts import DeliveryReported
from domain.filing.response_facts import DefaultDeclined
from domain.kernel.refusals import DisputeIsClosed
from domain.neutral.escalation_facts import Escalated
from tests.domain.law.acts import Act
from tests.domain.law.cast import administrator, buyer, engine, marketplace, seller, supervisor
from tests.domain.law.filings import filing
from tests.domain.law.reports import day, deadline, given, lapsed, moot, neutral_owed, passes_to, some

NEVER_CAME = filing(reason="item_not_received", delivered_days_ago=None, tracking="in_transit")
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def test_a_delivery_reported_after_filing_speaks_against_a_claim_of_not_received() -> None:
    """Silence alone then decides nothing, as if the filing had said so: a neutral looks at it."""
    report = given(NEVER_CAME, day(2)).when(marketplace.reports_delivery(arrived=DAY, tracking="1Z"))
    report.then(some(DeliveryReported, number="1Z", delivered_at=report.now - DAY))
    report.when(deadline("response"), engine.ticks()).then(
        lapsed("response"),
        DefaultDeclined(reason="tracked_as_delivered"),
        some(Escalated, by="silence"),
        moot("negotiation"),
        neutral_owed(),
        passes_to("supervisor", "mediation"),
    )


@pytest.mark.parametrize(
    "reported",
    [marketplace.reports_delivery(tracking="1Z"), marketplace.reports_delivery(expected=DAY)],
    ids=["tracking", "an estimate"],
)
def test_a_parcel_under_way_speaks_against_nothing(reported: Act) -> None:
    report = given(NEVER_CAME).when(reported).then(DeliveryReported)
    report.when(deadline("response"), engine.ticks()).leaves("execution", outcome="granted_by_default")


def test_a_delivery_speaks_against_no_other_claim() -> None:
    """That a damaged vase arrived contradicts nothing."""
    report = given(filing(reason="damaged")).when(marketplace.reports_delivery(arrived=DAY))
    report.when(deadline("response"), engine.ticks()).leaves("execution", outcome="granted_by_default")


def test_a_delivery_after_the_default_changes_no_outcome() -> None:
    """The default was right when it was granted. What came to light is on record for those who may set it aside."""
    report = given(NEVER_CAME, deadline("response"), engine.ticks()).when(marketplace.reports_delivery(arrived=HOUR))
    report.then(DeliveryReported).leaves("execution", "marketplace", "granted_by_default")


def test_a_report_that_says_nothing_new() -> None:
    """A backend may report again. Each new piece is recorded, and what a report leaves out stays."""
    report = given(NEVER_CAME, day(2)).when(marketplace.reports_delivery(tracking="1Z"))
    report.when(marketplace.reports_delivery(tracking="1Z")).then_nothing()
    report.when(marketplace.reports_delivery(arrived=HOUR)).then(some(DeliveryReported, number=None))
    report.when(marketplace.reports_delivery(arrived=HOUR, tracking="1Z")).then_nothing()
    report.when(marketplace.reports_delivery(tracking="2Z")).then(some(DeliveryReported, number="2Z"))


def test_what_is_no_report() -> None:
    """Nothing at all, or a delivery that lies in the future."""
    given(NEVER_CAME).when(marketplace.reports_delivery()).refused(NothingReported)
    given(NEVER_CAME).when(marketplace.reports_delivery(arrived=-HOUR)).refused(NotDeliveredYet)


def test_a_closed_dispute_takes_no_report() -> None:
    """What was reported before may be repeated."""
    before = marketplace.reports_delivery(tracking="1Z")
    closed = given(NEVER_CAME, before, buyer.withdraws())
    closed.when(before).then_nothing()
    closed.when(marketplace.reports_delivery(tracking="2Z")).refused(DisputeIsClosed, closed_as="withdrawn")


@pytest.mark.parametrize("who", [buyer, seller, supervisor, administrator], ids=lambda who: who.role.value)
def test_only_the_marketplace_reports(who: object) -> None:
    """It hears from carriers. A party shows its tracking as an exhibit."""
    reported = marketplace.reports_delivery(tracking="1Z")
    by_another = who.act(reported.kind, **reported.fields)  # type: ignore[attr-defined] # each is a Somebody
    given(NEVER_CAME).when(by_another).refused(MayNotReportDelivery)
