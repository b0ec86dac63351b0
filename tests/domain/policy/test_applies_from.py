"""Law reports on when a policy applies: to the claims that are filed from an instant on, which may be announced."""

from datetime import timedelta
from uuid import UUID

from domain.clocks.deadline_facts import DeadlineSet
from domain.filing.filing_facts import DisputeFiled
from domain.kernel.windows import Window
from domain.policy.book import (
    AnnouncedTooEarly,
    AppliesInThePast,
    NoticeTooShort,
    PolicyBook,
    PolicyPublished,
    VersionAlreadyPublished,
    evolve,
)
from domain.policy.claim_limits import AbuseRules, ClaimLimit
from domain.policy.policy import Policy, Windows
from domain.stream_ids import policies_id
from tests.domain.law.acts import FILED_AT, FIRST, MARKETPLACE, SECOND, Act
from tests.domain.law.cast import administrator
from tests.domain.law.filings import Filing, filing
from tests.domain.law.reports import Report, day, given, some

IN_A_WEEK = FILED_AT + timedelta(days=7)
QUICK = Policy(version="quick", windows=Windows(response=Window(amount=1, unit="calendar_days")))
SLOW = Policy(version="slow", windows=Windows(response=Window(amount=20, unit="calendar_days")))
_LINES = {"1": "50.00 EUR", "2": "40.00 EUR"}
ONE = filing("50.00 EUR", paid="90.00 EUR", order_lines=_LINES)
OTHER = ONE.as_second(SECOND, claim="40.00 EUR", about_lines=("2",))


def announces(policy: Policy, days: float = 7) -> Act:
    return administrator.publishes(policy, applies_from=FILED_AT + timedelta(days=days))


def version_of(report: Report, claim: Filing) -> str:
    report.when(claim).then_filed(claim.dispute)
    return report.dispute.policy_version if claim.dispute == FIRST else report.world.dispute(SECOND).policy_version


def book(report: Report) -> PolicyBook:
    known = report.world.states[policies_id(MARKETPLACE)]
    assert isinstance(known, PolicyBook)
    return known


def test_it_applies_from_its_publication() -> None:
    """If nobody says otherwise, it applies at once, and the event says from when."""
    report = given(day(1)).when(administrator.publishes(QUICK))
    report.then(PolicyPublished(policy=QUICK, by=administrator.subject, applies_from=FILED_AT + timedelta(days=1)))
    assert version_of(report, ONE) == "quick"


def test_it_applies_from_the_announced_instant() -> None:
    """To the exact instant. A claim filed before keeps the rules of its filing."""
    report = given(announces(QUICK))
    assert version_of(report.when(day(7 - 1e-9)), ONE) == "first-2026"
    assert version_of(report.when(day(7)), OTHER) == "quick"
    (window,) = [f.event for f in report.facts if isinstance(f.event, DeadlineSet) and f.event.whose == "seller"]
    assert window.deadline.proof.rule == "quick/response"


def test_what_is_published_meanwhile_applies_until_then() -> None:
    """The announced version applies from its instant on, whatever else was published before that."""
    report = given(announces(QUICK), day(1), administrator.publishes(SLOW))
    assert version_of(report.when(day(2)), ONE) == "slow"
    assert version_of(report.when(day(8)), OTHER) == "quick"


def test_the_last_of_two_for_one_instant_applies() -> None:
    """So an announced version can be replaced before it applies to anything."""
    report = given(announces(QUICK), day(1), announces(SLOW), day(7))
    assert version_of(report, ONE) == "slow"
    assert book(report).until("quick") == book(report).since("quick") == IN_A_WEEK


def test_the_limits_of_the_version_in_force_count() -> None:
    """A limit that is announced counts no claim before it applies."""
    strict = Policy(version="strict", abuse=AbuseRules(limits=(ClaimLimit(days=30, claims=1),)))
    report = given(announces(strict), ONE, day(8), OTHER)
    report.leaves("negotiation", of=SECOND)
    third = filing("1.00 EUR", dispute=UUID(int=0xD9), order=UUID(int=0x78))
    report.when(day(9), third).leaves("closed", "none", "inadmissible", of=third.dispute)


def test_not_in_the_past_and_not_too_far_ahead() -> None:
    """From this instant on is possible; before it, people would have acted under rules that nobody knew."""
    given(day(1)).when(announces(QUICK, 1 - 1e-9)).refused(AppliesInThePast, at="/applies_from")
    given(day(1)).when(announces(QUICK, 1)).then(some(PolicyPublished, applies_from=FILED_AT + timedelta(days=1)))
    given().when(announces(QUICK, 366)).then(PolicyPublished)
    given().when(announces(QUICK, 366.001)).refused(AnnouncedTooEarly, at="/applies_from", days=366)


def test_an_announcement_does_not_move() -> None:
    """The same version again is harmless. For another instant, it needs another name."""
    report = given(announces(QUICK))
    report.when(announces(QUICK)).then_nothing()
    report.when(administrator.publishes(QUICK)).then_nothing()
    report.when(announces(QUICK, 8)).refused(VersionAlreadyPublished, at="/version")
    report.when(day(8), announces(QUICK)).then_nothing()


def test_from_when_until_when() -> None:
    """The book tells for each version."""
    known = book(given(announces(QUICK), day(1), announces(SLOW, 30)))
    assert (known.since("first-2026"), known.until("first-2026")) == (None, IN_A_WEEK)
    assert (known.since("quick"), known.until("quick")) == (IN_A_WEEK, FILED_AT + timedelta(days=30))
    assert (known.since("slow"), known.until("slow")) == (FILED_AT + timedelta(days=30), None)


def test_what_a_publication_overtakes() -> None:
    """A claim that was received before a publication and is decided after it has the new rules, as has a past case."""
    report = given(day(2), administrator.publishes(QUICK))
    assert version_of(report.when(day(1)), ONE) == "quick"
    past = ONE.as_second(SECOND, claim="40.00 EUR", about_lines=("2",), imported=True)
    assert version_of(report.when(day(0)), past) == "quick"


def test_an_older_publication_applied_at_once() -> None:
    """Events of earlier releases name no instant."""
    known = evolve(PolicyBook(), PolicyPublished(policy=QUICK, by=administrator.subject), IN_A_WEEK)
    assert known.in_force(IN_A_WEEK).version == "quick"
    assert known.in_force(FILED_AT).version == "quick"


def test_the_filing_names_its_version() -> None:
    given(administrator.publishes(SLOW)).when(filing()).then_filed()
    report = given(announces(SLOW, 1)).when(filing())
    assert some(DisputeFiled, policy_version="first-2026") in [f.event for f in report.facts]


def test_a_notice_that_is_too_short() -> None:
    """People read the rules before they apply. The last instant that is early enough is allowed."""
    short = FILED_AT + timedelta(days=15) - timedelta(microseconds=1)
    refused = given()
    for applies_from in (None, FILED_AT, short):
        act = administrator.publishes(QUICK, applies_from=applies_from, notice_days=15)
        refused.when(act).refused(NoticeTooShort, at="/applies_from", notice_days=15)
    early = administrator.publishes(QUICK, applies_from=FILED_AT + timedelta(days=15), notice_days=15)
    refused.when(early).then(some(PolicyPublished, applies_from=FILED_AT + timedelta(days=15)))
    refused.when(day(3), early).then_nothing()
