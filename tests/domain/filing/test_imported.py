"""Law reports on past cases: the same rules decide them, at the instants when things happened, and no window lapses."""

from dataclasses import replace

from domain.commitments.events import CommitmentKept
from domain.kernel.people import Outcome
from domain.neutral.escalation import EscalationNotOpenYet
from domain.policy.policy import Policy, Windows
from domain.remedies.closure_facts import DisputeClosed
from tests.domain.law.acts import Act, money
from tests.domain.law.cast import administrator, buyer, engine, marketplace, neutral, seller
from tests.domain.law.filings import filing
from tests.domain.law.reports import Report, at, day, given

AS_THEY_DID = Policy(version="as-they-did", windows=Windows(escalation_opens_after_hours=0))

ESCROW = filing(
    "0.00700000 XBT",
    paid="0.00700000 XBT",
    held=("0.00600000 XBT", "0.01300000 XBT"),
    delivered_days_ago=None,
    imported=True,
)
"""A real case, number 907 of the mediated cases: the trade and both deposits in escrow."""


def past(*acts: Act) -> tuple[Act, ...]:
    return tuple(replace(act, imported=True) for act in acts)


def test_a_case_as_it_was() -> None:
    """Filed, escalated, assigned, ruled, waived and paid within 43 minutes. Every share is paid exactly, to the last
    satoshi."""
    acts = past(
        buyer.escalates(),
        neutral.takes_case(),
        neutral.declares_impasse(),
        neutral.rules("0.01300000 XBT", "0.00600000 XBT"),
        seller.waives_appeal(),
    )
    opened, closed = "2026-12-26T12:01:48+00:00", "2026-12-26T12:44:31+00:00"
    report = given(administrator.publishes(AS_THEY_DID), at(opened), ESCROW, at(closed), *acts)
    report.when(*past(engine.instructs_refund(4), engine.instructs_refund(5)))
    report.when(*past(marketplace.confirms_refund(4), marketplace.confirms_refund(5)))
    report.leaves("closed", "none", "ruled_for_claimant").at(closed, DisputeClosed, CommitmentKept)
    assert [m.amount for m in report.transaction.movements.values()] == [
        money("0.01300000 XBT"),
        money("0.00600000 XBT"),
    ]
    assert report.transaction.left() == money("0.00000000 XBT")
    assert not report.dispute.commitments.open


def test_the_rules_are_the_same() -> None:
    """A rule that refuses today refuses in a past case too, unless the policy of that time was different."""
    given(ESCROW).when(*past(buyer.escalates())).refused(EscalationNotOpenYet)
    given(administrator.publishes(AS_THEY_DID), ESCROW).when(*past(buyer.escalates())).leaves("mediation", "supervisor")


def test_no_window_of_a_past_case_lapses() -> None:
    """Neither during the import nor later: not the response, not the offer, not the appeal, not a breach."""
    report = given(administrator.publishes(AS_THEY_DID), ESCROW, *past(seller.offers("0.00100000 XBT")), day(100))
    report.when(engine.ticks()).then_nothing()
    report.when(*past(seller.contests(), buyer.accepts_offer(1))).leaves("execution", "marketplace", "settled")
    _nothing_lapses(report, 200)
    report = given(administrator.publishes(AS_THEY_DID), ESCROW, *past(buyer.escalates(), neutral.takes_case()))
    _nothing_lapses(report, 300)
    report.when(*past(neutral.declares_impasse(), neutral.rules("0.00700000 XBT", "0.01200000 XBT")))
    _nothing_lapses(report, 400)
    report.when(*past(seller.waives_appeal())).leaves("execution", "marketplace")
    assert report.dispute.outcome is Outcome.RULED_FOR_CLAIMANT


def test_late_is_late_also_then() -> None:
    """A late payment counts as late although nothing lapses, because the import knows the due instant."""
    report = given(ESCROW, *past(seller.concedes(), engine.instructs_refund(1)), day(60))
    report.when(*past(marketplace.confirms_refund(1)))
    assert [f.event.late for f in report.facts if isinstance(f.event, CommitmentKept)] == [True]


def _nothing_lapses(report: Report, on_day: float) -> None:
    report.when(day(on_day), engine.ticks()).then_nothing()
