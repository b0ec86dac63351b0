"""Law reports on closed periods: a policy publishes them, and they stop the clocks of the people whom they name."""

from datetime import date, datetime, timedelta
from typing import Any

from domain.clocks.deadline_facts import DeadlineMoved
from domain.commitments.events import CommitmentMade
from domain.kernel.people import Side
from domain.policy.policy import Closure, Policy
from tests.domain.law.cast import administrator, seller, supervisor
from tests.domain.law.filings import filing
from tests.domain.law.reports import Report, at, given, later, some

SPRING = Closure(name="Chinese New Year", first=date(2027, 2, 5), last=date(2027, 2, 12), countries=("CN",))
RULES = Policy(version="with-spring", closed_periods=(SPRING,))
FILED = at("2027-02-03T10:00+08:00")


def filed(rules: Policy = RULES, **changes: Any) -> Report:
    return given(administrator.publishes(rules), FILED, filing(**changes))


def test_the_new_year_over_a_response_window() -> None:
    """One day before it and four after: the seller's clock stands still, and the proof names the period."""
    response = filed().dispute.deadlines.running["response"]
    assert response.due_at.isoformat() == "2027-02-16T02:00:00+00:00"
    assert [(p.name, p.first, p.last) for p in response.proof.closed] == [(SPRING.name, SPRING.first, SPRING.last)]


def test_nobody_elses_clock_stops() -> None:
    """Not the desk's clock, not that of a seller in another country, not the buyer's."""
    report = filed()
    assert report.dispute.deadlines.running["negotiation"].due_at.isoformat() == "2027-02-15T02:00:00+00:00"
    german = filed(seller_country=("DE", "Europe/Berlin")).dispute.deadlines.running["response"]
    assert (german.due_at.isoformat(), german.proof.closed) == ("2027-02-08T02:00:00+00:00", ())
    offered = report.when(seller.offers("50.00 EUR")).dispute.deadlines.running["offer-1"]
    assert offered.due_at.isoformat() == "2027-02-08T02:00:00+00:00"


def test_a_period_for_both_sides_everywhere() -> None:
    """The policy chooses roles and countries."""
    closure = SPRING.model_copy(update={"countries": (), "roles": (Side.BUYER, Side.SELLER)})
    rules = Policy(version="closed", closed_periods=(closure,))
    report = filed(rules).when(seller.offers("50.00 EUR"))
    assert report.dispute.deadlines.running["offer-1"].due_at.isoformat() == "2027-02-16T02:00:00+00:00"


def test_what_the_seller_owes() -> None:
    """The seller's time to pay stands still too."""
    report = filed().when(seller.concedes())
    (owed,) = (fact.event for fact in report.facts if isinstance(fact.event, CommitmentMade))
    assert owed.promise.proof is not None
    assert [period.name for period in owed.promise.proof.closed] == [SPRING.name]


def test_an_extension_into_it() -> None:
    """An extension is time in which people can act: 38 hours before the New Year and 34 after it."""
    begun = given(administrator.publishes(RULES), at("2027-01-29T10:00+08:00"), filing())
    assert begun.dispute.deadlines.running["response"].due_at.isoformat() == "2027-02-03T02:00:00+00:00"
    begun.when(supervisor.extends("response", hours=72))
    begun.then(some(DeadlineMoved, due_at=datetime.fromisoformat("2027-02-14T10:00+08:00")))


def test_a_stay_that_ends_before_it() -> None:
    """Two days are left: one before the New Year, one after."""
    begun = given(administrator.publishes(RULES), at("2027-01-29T10:00+08:00"), filing(), later(days=3))
    begun.when(supervisor.orders_stay(timedelta(days=30)), later(days=3), supervisor.lifts_stay())
    response = begun.dispute.deadlines.running["response"]
    assert response.due_at.isoformat() == "2027-02-15T02:00:00+00:00"
    answers = begun.dispute.deadlines.quiet
    assert answers["answers-seller"].due_at == response.due_at
    assert answers["answers-buyer"].due_at.isoformat() == "2027-02-08T02:00:00+00:00"


def test_more_time_for_answers_into_it() -> None:
    """It works as in any other window of the seller."""
    begun = given(administrator.publishes(RULES), at("2027-01-29T10:00+08:00"), filing())
    begun.when(supervisor.extends("answers-seller", hours=72))
    begun.then(some(DeadlineMoved, due_at=datetime.fromisoformat("2027-02-14T10:00+08:00")))
