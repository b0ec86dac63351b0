"""Law reports on repeat offenders: they are counted and reported to the marketplace, with their cases, and it must
answer."""

from typing import Any
from uuid import UUID

from domain.commitments.events import CommitmentBreached, CommitmentDischarged, CommitmentKept, CommitmentMade
from domain.commitments.own_acts import AnswerDecides
from domain.filing.claim_facts import (
    ActionRecommended,
    CaseCounted,
    CaseUncounted,
    PartyWarned,
    RecommendationAnswered,
    RecommendationWithdrawn,
    WarningWithdrawn,
)
from domain.filing.recommendations import (
    AnsweredOtherwise,
    DeclinedWithoutReason,
    OnlyMarketplaceAnswers,
    UnknownRecommendation,
)
from domain.filing.review_facts import MachineDecided, ReviewAnswered, ReviewRequested
from domain.kernel.people import Side
from domain.policy.book import FIRST_POLICY
from domain.policy.claim_limits import AbuseRules, Threshold
from domain.policy.policy import Policy
from domain.stream_ids import claims_id
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
    stated = some(MachineDecided, decision="delisting_recommended", burdens="seller", objection="request_review")
    report.when(counted(2)).then(some(CaseCounted, dispute_id=SECOND), flagged, owed, stated)
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


# --- what the party is told, and its objection ---

WARNING = WATCHFUL.model_copy(
    update={"version": "warning", "abuse": AbuseRules(thresholds=(TWICE.model_copy(update={"warn_first": True}),))}
)


def stated(report: Report) -> MachineDecided:
    (told,) = (f.event for f in report.facts if isinstance(f.event, MachineDecided))
    return told


def test_the_seller_reads_why() -> None:
    """The rule, its own disputes, that no person decided, and until when to object."""
    told = stated(recommended())
    facts = {used.name: used.value for used in told.facts}
    assert (told.clause, told.decided_by) == ("watchful/abuse.thresholds", "machine")
    assert facts == {
        "ground": "ruled_against",
        "cases": "2",
        "disputes": f"{FIRST} {SECOND}",
        "from_cases": "2",
        "days": "90",
    }
    assert told.review_until is not None


def test_a_warning_comes_first_where_policy_says_so() -> None:
    """With the second case the seller is warned, and the marketplace is asked for nothing. With the third, it is."""
    report = watched(*ruled(1), *ruled(2), counted(1), policy=WARNING).when(counted(2))
    report.then(
        some(CaseCounted, dispute_id=SECOND),
        some(PartyWarned, party=seller.subject, cases=(FIRST, SECOND), ground="ruled_against"),
        some(MachineDecided, decision="warned", burdens="seller"),
    )
    report.when(*ruled(3)).when(counted(3)).then(
        some(CaseCounted, dispute_id=DISPUTES[2]),
        some(ActionRecommended, cases=DISPUTES[:3]),
        some(CommitmentMade, arises_from="recommendation"),
        some(MachineDecided, decision="delisting_recommended"),
    )
    assert "warned_at" in {used.name for used in stated(report).facts}


def test_an_old_warning_is_none() -> None:
    """A warning counts for as long as a case does. After that the seller is warned again."""
    report = watched(*ruled(1), *ruled(2), counted(1), counted(2), policy=WARNING).when(later(days=89), *ruled(3))
    report.when(counted(3)).then(CaseCounted, some(ActionRecommended), CommitmentMade, MachineDecided)
    report = watched(*ruled(1), *ruled(2), counted(1), counted(2), policy=WARNING).when(later(days=90), *ruled(3))
    report.when(counted(3)).then(CaseCounted)
    report.when(*ruled(4)).when(counted(4)).then(CaseCounted, PartyWarned, MachineDecided)


def objected(report: Report) -> Report:
    return report.when(seller.asks_for_review().about(SECOND))


def test_a_warning_is_withdrawn() -> None:
    """Then the seller counts as not warned."""
    report = watched(*ruled(1), *ruled(2), counted(1), counted(2), policy=WARNING)
    objected(report).then(some(ReviewRequested, by="seller"), CommitmentMade)
    report.when(supervisor.answers_review().about(SECOND)).then(
        some(ReviewAnswered, answer="changed", burdens="seller"),
        CommitmentKept,
        WarningWithdrawn(ground="ruled_against"),
    )
    report.when(*ruled(3)).when(counted(3)).then(CaseCounted, PartyWarned, MachineDecided)
    report.leaves("execution", "marketplace", of=SECOND)


def test_a_recommendation_is_withdrawn_before_the_answer() -> None:
    """The marketplace owes no answer any more, and can give none."""
    report = objected(recommended()).when(supervisor.answers_review().about(SECOND))
    gone = commitment(promised_before(report), SECOND)
    report.then(
        ReviewAnswered,
        CommitmentKept,
        RecommendationWithdrawn(recommendation_id=gone),
        CommitmentDischarged(commitment_id=gone, reason="recommendation_withdrawn"),
    )
    number = promised_before(report)
    report.when(answers(number=number)).refused(AnsweredOtherwise, answer="withdrawn")


def test_a_recommendation_is_withdrawn_after_the_marketplace_acted() -> None:
    """It then owes the seller a decision on what becomes of that, and says itself that it was made."""
    report = recommended()
    report.when(answers(number=promised(report)))
    objected(report).when(supervisor.answers_review().about(SECOND)).then(
        ReviewAnswered,
        CommitmentKept,
        RecommendationWithdrawn,
        owes("marketplace", "seller", None, "decide", arises_from="review", commitment_class="service"),
    )
    (owed,) = (c for c in report.world.dispute(SECOND).commitments.open.values() if c.arises_from == "review")
    report.when(marketplace.confirms_promise(owed.number).about(SECOND)).then(some(CommitmentKept, by="marketplace"))


def test_a_recommendation_is_upheld() -> None:
    report = objected(recommended()).when(supervisor.answers_review("upheld").about(SECOND))
    report.then(some(ReviewAnswered, answer="upheld"), CommitmentKept)
    report.when(answers(number=promised(report))).then(RecommendationAnswered, CommitmentKept)


def promised_before(report: Report) -> int:
    """The number of the commitment to answer, also after it ended."""
    (made,) = (rid for rid in report.world.states[claims_id(MARKETPLACE, seller.subject)].recommended)
    return next(number for number in range(1, 20) if commitment(number, SECOND) == made)
