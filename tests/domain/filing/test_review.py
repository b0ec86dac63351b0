"""Law reports on the review of what the machine decided: a person who took no part answers, with reasons."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.commitments.events import CommitmentBreached, CommitmentKept, KeptBy, Matter
from domain.commitments.own_acts import ReviewDecides
from domain.filing.claim_facts import ClaimCounted
from domain.filing.review import (
    MayNotReview,
    NoReviewRequested,
    NotBurdened,
    NothingToReview,
    ObjectOtherwise,
    ReviewedOtherwise,
    ReviewWindowClosed,
)
from domain.filing.review_facts import MachineDecided, ReviewAnswered, ReviewRequested
from domain.kernel.base import Role
from domain.kernel.people import NotAParty
from domain.neutral.escalation_facts import NeutralReleased
from domain.payments.transaction import TakenMeanwhile
from domain.payments.transaction_facts import ClaimOpened
from domain.policy.claim_limits import AbuseRules, ClaimLimit
from domain.policy.policy import Policy
from domain.remedies.recovery_facts import AwardOverturned
from domain.remedies.reopening_facts import DisputeReopened
from tests.domain.law.acts import FIRST, SECOND, Act, commitment, money
from tests.domain.law.cast import Person, administrator, back, buyer, engine, marketplace, neutral, seller, supervisor
from tests.domain.law.filings import filing
from tests.domain.law.reports import (
    Report,
    day,
    deadline,
    due_date,
    given,
    later,
    neutral_owed,
    owes,
    passes_to,
    sets,
    some,
)

SHORT = Policy(version="short", abuse=AbuseRules(limits=(ClaimLimit(days=30, claims=5),)))


def refused_by_policy() -> Report:
    """Another forum deals with the same money, so the claim is not heard."""
    return given(administrator.publishes(SHORT), filing(more={"other_forum": "chargeback"}))


def by(who: Person, act: Act) -> Act:
    """The same act by somebody else."""
    return replace(act, actor=who.actor)


def told(report: Report, number: int = 1) -> MachineDecided:
    found = [f.event for f in report.facts if isinstance(f.event, MachineDecided) and f.event.number == number]
    return found[0]


# --- what is told ---


def test_a_claim_that_is_not_heard_is_explained() -> None:
    """The claimant is told that no person decided, under which rule, on which facts, and until when to ask for one."""
    decided = told(refused_by_policy())
    assert (decided.decided_by, decided.burdens, decided.objection) == ("machine", "buyer", "request_review")
    assert decided.clause == "short/admissibility"
    facts = {used.name: used.value for used in decided.facts}
    assert facts == {"ground": "other_forum", "reason": "not_as_described", "other_forum": "chargeback"}
    assert decided.review_until is not None
    assert decided.proof is not None
    assert decided.review_until.isoformat() == "2026-12-02T10:00:00+00:00"
    assert decided.proof.rule == "short/review"


def test_a_default_is_explained_to_the_respondent() -> None:
    """It has a way of its own to object: to ask that the default be set aside."""
    report = given(filing()).when(deadline("response"), engine.ticks())
    decided = told(report)
    assert (decided.decision, decided.burdens, decided.objection) == (
        "granted_by_default",
        "seller",
        "request_set_aside",
    )
    assert decided.review_until is None
    report.when(seller.asks_for_review()).refused(ObjectOtherwise, act="request_set_aside")


def test_a_person_decides_nothing_for_the_machine() -> None:
    """What a supervisor declares is no decision of the machine, so no review is asked for."""
    report = given(filing(), day(1)).when(supervisor.declares_inadmissible())
    assert not [f for f in report.facts if isinstance(f.event, MachineDecided)]
    report.when(buyer.asks_for_review()).refused(NothingToReview, number=1)


# --- the request ---


def test_a_supervisor_owes_an_answer() -> None:
    """To the burdened side, within the policy's window, fourteen days if it names none. A repeated request is the same."""
    report = refused_by_policy().when(day(2), buyer.asks_for_review())
    owed = owes("supervisor", "buyer", None, "review", arises_from="review", commitment_class="service")
    report.then(some(ReviewRequested, number=1, by="buyer"), owed)
    (made,) = report.dispute.commitments.open.values()
    assert made.due_at.date().isoformat() == "2026-11-18"
    assert made.about == Matter(what="machine_decision", number=1)
    report.when(day(3), buyer.asks_for_review()).then_nothing()
    report.leaves("closed", "none", "inadmissible")


def test_only_the_burdened_side_asks() -> None:
    report = refused_by_policy()
    report.when(seller.asks_for_review()).refused(NotBurdened, burdens="buyer")
    report.when(by(marketplace, buyer.asks_for_review())).refused(NotAParty)


def test_the_window_closes() -> None:
    """Thirty calendar days on the claimant's calendar, if policy names no other window."""
    report = refused_by_policy()
    until = told(report).review_until
    assert until is not None
    report.when(lambda _, __: until, buyer.asks_for_review()).refused(ReviewWindowClosed, closed_at=until.isoformat())
    report.when(lambda _, __: until - timedelta(microseconds=1), buyer.asks_for_review()).then_filed()


def test_nobody_can_wave_the_answer_through() -> None:
    """Only an answer with reasons keeps the commitment. It cannot be confirmed or waived."""
    report = refused_by_policy().when(buyer.asks_for_review())
    report.when(marketplace.confirms_promise(1)).refused(ReviewDecides)
    report.when(buyer.waives_promise(1)).refused(ReviewDecides)


def test_a_late_answer_is_overdue() -> None:
    report = refused_by_policy().when(buyer.asks_for_review())
    report.when(due_date(1), engine.ticks()).then(CommitmentBreached(commitment_id=commitment(1)))
    report.when(later(days=1), supervisor.answers_review("upheld"))
    assert [f.event.late for f in report.facts if isinstance(f.event, CommitmentKept)] == [True]


# --- the answer ---


def test_the_decision_is_upheld() -> None:
    report = refused_by_policy().when(buyer.asks_for_review()).when(day(1), supervisor.answers_review("upheld"))
    report.then(
        some(ReviewAnswered, number=1, burdens="buyer", answer="upheld", by="supervisor"),
        some(CommitmentKept, commitment_id=commitment(1), late=False, kept_by=KeptBy(fact="ReviewAnswered", number=1)),
    ).leaves("closed", "none", "inadmissible")
    report.when(supervisor.answers_review("upheld")).then_nothing()
    report.when(supervisor.answers_review("changed")).refused(ReviewedOtherwise, answer="upheld")


def test_a_claim_that_was_not_heard_is_heard() -> None:
    """From the beginning: the respondent has its whole window, and the claim counts towards the limit of its claimant."""
    report = refused_by_policy().when(buyer.asks_for_review()).when(day(3), supervisor.answers_review())
    report.then(
        some(ReviewAnswered, answer="changed"),
        some(CommitmentKept, commitment_id=commitment(1)),
        some(DisputeReopened, ground="review", by="supervisor"),
        sets("response", "seller", "2026-11-10T10:00:00+00:00"),
        sets("negotiation", "both"),
        some(ClaimOpened, dispute_id=FIRST),
        some(ClaimCounted, dispute_id=FIRST),
        passes_to("respondent", "negotiation"),
    ).leaves("negotiation", "respondent")
    report.when(day(4), seller.concedes()).leaves("execution", "marketplace", "conceded")


def test_the_lines_were_claimed_again_meanwhile() -> None:
    """Then the other dispute goes on, and this one stays closed."""
    report = refused_by_policy().when(buyer.asks_for_review(), filing().as_second(SECOND))
    report.when(supervisor.answers_review()).refused(TakenMeanwhile)
    report.when(supervisor.answers_review("upheld")).leaves("closed", "none", "inadmissible")


@pytest.mark.parametrize("who", [buyer, seller, marketplace, administrator], ids=lambda who: who.role)
def test_only_a_supervisor_answers(who: Person) -> None:
    report = refused_by_policy().when(buyer.asks_for_review())
    report.when(by(who, supervisor.answers_review())).refused(MayNotReview)


def test_nobody_answers_what_nobody_asked() -> None:
    refused_by_policy().when(supervisor.answers_review()).refused(NoReviewRequested, number=1)


# --- goods ---


def not_sent_back() -> Report:
    """A neutral ruled that the buyer gets the money back for the goods. The goods were not sent in time."""
    mediated = (
        filing(),
        seller.contests(),
        day(3),
        buyer.escalates(),
        neutral.takes_case(),
        neutral.declares_impasse(),
    )
    ruled = (neutral.rules("129.90 EUR", "0.00 EUR", goods=back()), seller.waives_appeal())
    report = given(*mediated, *ruled)
    (owed,) = report.dispute.commitments.open
    return report.when(lambda world, _: world.dispute(FIRST).commitments.open[owed].due_at, engine.ticks())


def test_goods_that_were_not_sent_in_time() -> None:
    """Silence alone took the money from the buyer. A person looks at it, and then a neutral rules again."""
    report = not_sent_back()
    decided = told(report)
    assert (decided.decision, decided.burdens, decided.clause) == ("goods_given_up", "buyer", "first-2026/goods")
    assert {used.name for used in decided.facts} == {"step", "due_at", "at_stake"}
    report.leaves("closed", "none", "ruled_for_claimant")
    report.when(buyer.asks_for_review(), later(days=1)).when(supervisor.answers_review()).then(
        some(ReviewAnswered, answer="changed"),
        CommitmentKept,
        some(AwardOverturned, to_buyer=money("0.00 EUR")),
        some(DisputeReopened, ground="review"),
        some(NeutralReleased, why="reopened"),
        ClaimOpened,
        neutral_owed(),
        passes_to("supervisor", "adjudication"),
    )


def test_whoever_took_part_does_not_review() -> None:
    """The neutral who ruled may be a supervisor today. That is not the person who answers."""
    report = not_sent_back().when(buyer.asks_for_review())
    report.when(Person(Role.SUPERVISOR, neutral.subject).answers_review()).refused(MayNotReview)
    report.when(supervisor.answers_review("upheld")).leaves("closed")


def test_silence_at_receipt_burdens_the_receiver() -> None:
    report = given(filing(), day(1), seller.offers("129.90 EUR", goods=back()), buyer.accepts_offer(1))
    report.when(buyer.sends_goods(1), marketplace.confirms_promise(2)).when(due_date(3), engine.ticks())
    decided = told(report)
    assert (decided.decision, decided.burdens) == ("deemed_received", "seller")
    report.when(seller.asks_for_review()).when(supervisor.answers_review())
    report.leaves("adjudication", "supervisor")


def test_what_was_reopened_meanwhile() -> None:
    """The answer is recorded all the same, and changes nothing more."""
    report = not_sent_back().when(buyer.asks_for_review(), supervisor.reopens("fraud"))
    report.when(supervisor.answers_review()).then(some(ReviewAnswered, answer="changed"), CommitmentKept)
