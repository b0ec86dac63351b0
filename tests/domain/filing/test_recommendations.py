"""Law reports on repeat offenders: they are counted and reported to the marketplace, with their cases, and it must
answer."""

from typing import Any
from uuid import UUID

from domain.commitments.acts import AnswerDecides
from domain.commitments.events import CommitmentBreached, CommitmentKept
from domain.filing.claim_facts import ActionRecommended, CaseCounted, CaseUncounted, RecommendationAnswered
from domain.filing.recommendations import (
    AnsweredOtherwise,
    DeclinedWithoutReason,
    OnlyMarketplaceAnswers,
    UnknownRecommendation,
)
from domain.kernel.people import Side
from domain.policy.book import FIRST_POLICY
from domain.policy.claim_limits import AbuseRules, Threshold
from domain.policy.policy import Policy
from domain.streams import claims_id
from tests.domain.law.acts import FIRST, MARKETPLACE, SECOND, commitment
from tests.domain.law.cast import administrator, auditor, buyer, engine, marketplace, neutral, seller, supervisor
from tests.domain.law.filings import filing
from tests.domain.law.reports import Report, given, later, owes, some

TWICE = Threshold(of=Side.SELLER, ground="ruled_against", cases=2, days=90)
WATCHFUL = FIRST_POLICY.model_copy(
    update={
        "version": "watchful",
        "abuse": AbuseRules(thresholds=(TWICE,)),
        "windows": FIRST_POLICY.windows.model_copy(update={"escalation_opens_after_hours": 0}),
    }
)
DISPUTES = (FIRST, SECOND, UUID(int=0xD3), UUID(int=0xD4))
_LINES = {str(n): "50.00 EUR" for n in range(1, 5)}


def ruled(number: int, award: tuple[str, str] = ("50.00 EUR", "0.00 EUR")) -> tuple[Any, ...]:
    """The dispute on the line with this number: filed, ruled on and final."""
    dispute = DISPUTES[number - 1]
    filed = filing("50.00 EUR", paid="200.00 EUR", order_lines=_LINES, about_lines=(str(number),), dispute=dispute)
    acts = (seller.contests(), buyer.escalates(), neutral.takes_case(), neutral.declares_impasse())
    waivers = (seller.waives_appeal(), buyer.waives_appeal())
    return (filed, *(act.about(dispute) for act in (*acts, neutral.rules(*award), *waivers)))


def counted(number: int) -> Any:
    return engine.counts("seller").about(DISPUTES[number - 1])


def watched(*items: Any, policy: Policy = WATCHFUL) -> Report:
    return given(administrator.publishes(policy), *items)


def recommended() -> Report:
    """Two rulings against the seller. The answer is the second commitment of the second dispute, after the remedy and
    the first act."""
    return watched(*ruled(1), *ruled(2), counted(1), counted(2))


def answers(answer: str = "acted", reason: str | None = None, *, by: Any = marketplace, number: int = 3) -> Any:
    return by.answers_recommendation(number, answer, reason).about(SECOND)


def promised(report: Report) -> int:
    (owed,) = (c for c in report.world.dispute(SECOND).commitments.open.values() if c.arises_from == "recommendation")
    return owed.number


def test_the_marketplace_is_told_of_a_repeat_offender() -> None:
    """With the second case. It owes an answer within ten business days, and the last case holds the commitment."""
    report = watched(*ruled(1), *ruled(2)).when(counted(1)).then(some(CaseCounted, dispute_id=FIRST))
    flagged = some(
        ActionRecommended, party=seller.subject, action="delist", cases=(FIRST, SECOND), dispute_id=SECOND, days=90
    )
    owed = owes("marketplace", "supervisor", None, "reply", commitment_class="service", arises_from="recommendation")
    report.when(counted(2)).then(some(CaseCounted, dispute_id=SECOND), flagged, owed)
    (made,) = (f.event for f in report.facts if isinstance(f.event, ActionRecommended))
    assert made.recommendation_id == commitment(promised(report), SECOND)
    report.when(counted(2)).then_nothing().when(counted(1)).then_nothing()


def test_a_case_stands_behind_one_recommendation() -> None:
    """A third case alone leads to no second recommendation. A fourth one does."""
    report = recommended().when(*ruled(3), counted(3))
    assert not any(isinstance(f.event, ActionRecommended) for f in report.facts)
    report.when(*ruled(4), counted(4))
    (again,) = (f.event for f in report.facts if isinstance(f.event, ActionRecommended))
    assert again.cases == DISPUTES[2:]


def test_cases_are_counted_in_a_rolling_period() -> None:
    """The first case was more than ninety days before the second."""
    soon = WATCHFUL.model_copy(update={"abuse": AbuseRules(thresholds=(TWICE.model_copy(update={"days": 1}),))})
    report = watched(*ruled(1), counted(1), later(days=1), *ruled(2), policy=soon)
    report.when(counted(2)).then(some(CaseCounted, dispute_id=SECOND))


def test_what_does_not_count() -> None:
    """A claim that was refused or split, and every claim under a policy that counts nothing."""
    report = watched(*ruled(1, ("0.00 EUR", "50.00 EUR")), *ruled(2, ("25.00 EUR", "25.00 EUR")))
    report.when(counted(1), counted(2)).then_nothing()
    nothing = WATCHFUL.model_copy(update={"abuse": AbuseRules()})
    watched(*ruled(1), policy=nothing).when(counted(1)).then_nothing()


def test_a_reopened_case_counts_no_more() -> None:
    report = watched(*ruled(1), counted(1), engine.instructs_refund(4), marketplace.confirms_refund(4))
    report.when(supervisor.reopens())
    report.when(counted(1)).then(CaseUncounted(dispute_id=FIRST, ground="ruled_against"))
    report.when(*ruled(2), counted(2))
    assert not any(isinstance(f.event, ActionRecommended) for f in report.facts)


def test_the_marketplace_answers() -> None:
    """The answer keeps the commitment. The same answer again is harmless; another one is refused."""
    report = recommended()
    number = promised(report)
    report.when(answers(number=number)).then(RecommendationAnswered, some(CommitmentKept, late=False))
    report.when(answers(number=number)).then_nothing()
    report.when(answers("declined", "No.", number=number)).refused(AnsweredOtherwise, answer="acted")


def test_who_declines_says_why() -> None:
    report = recommended()
    number = promised(report)
    report.when(answers("declined", number=number)).refused(DeclinedWithoutReason, at="/reason")
    report.when(answers("declined", "They have paid.", number=number)).then(RecommendationAnswered, CommitmentKept)


def test_an_answer_that_does_not_come_is_a_breach() -> None:
    """It stays overdue, also long after the dispute has closed, and can still be given."""
    paid = (engine.instructs_refund(4), marketplace.confirms_refund(4))
    report = recommended().when(*(act.about(SECOND) for act in paid)).leaves("closed", of=SECOND)
    number = promised(report)
    due = report.world.dispute(SECOND).commitments.open[commitment(number, SECOND)].due_at
    report.when(lambda *_: due, engine.ticks().about(SECOND)).then(
        CommitmentBreached(commitment_id=commitment(number, SECOND))
    )
    report.when(answers(number=number)).then(RecommendationAnswered, some(CommitmentKept, late=True))


def test_only_the_marketplace_answers_and_nothing_else_does() -> None:
    """Nobody else can report the commitment kept, and nobody can waive it."""
    report = recommended()
    number = promised(report)
    for somebody in (seller, buyer, supervisor, auditor):
        report.when(answers(by=somebody, number=number)).refused(OnlyMarketplaceAnswers)
    for by in (marketplace, supervisor):
        report.when(by.confirms_promise(number).about(SECOND)).refused(AnswerDecides)
    report.when(supervisor.waives_promise(number).about(SECOND)).refused(AnswerDecides)
    report.when(supervisor.replaces_promise(number, "reply").about(SECOND)).refused(AnswerDecides)


def test_what_was_never_recommended() -> None:
    """An unknown recommendation cannot be answered, and neither can one about the other side."""
    report = recommended()
    report.when(answers(number=99)).refused(UnknownRecommendation)
    other = marketplace.answers_recommendation(promised(report), side="buyer").about(SECOND)
    report.when(other).refused(UnknownRecommendation)


def test_a_party_with_no_record() -> None:
    """Nothing is stored about a person without counted cases."""
    report = recommended()
    assert claims_id(MARKETPLACE, buyer.subject) not in report.world.states
