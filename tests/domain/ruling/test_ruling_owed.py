"""Law reports on the commitment to rule: who owes the ruling, until when, and what ends it."""

from dataclasses import replace
from datetime import timedelta

from domain.clocks.deadline_facts import DeadlineLapsed, DeadlineMoved
from domain.commitments.events import (
    CommitmentBreached,
    CommitmentDeferred,
    CommitmentDischarged,
    CommitmentKept,
    CommitmentPassed,
    CommitmentReplaced,
    KeptBy,
    Participant,
)
from domain.commitments.own_acts import RulingDecides
from domain.commitments.state import Commitment
from domain.kernel.base import Role
from domain.kernel.people import Awaiting
from tests.domain.law.acts import commitment
from tests.domain.law.cast import (
    administrator,
    another_neutral,
    buyer,
    engine,
    marketplace,
    neutral,
    seller,
    supervisor,
    third_neutral,
)
from tests.domain.law.filings import filing
from tests.domain.law.reports import Report, day, deadline, follows, given, later, of_ruling, ruling_owed

TAKEN = (filing(), seller.contests(), day(3), buyer.escalates(), neutral.takes_case(), neutral.writes())
ADJUDICATED = (*TAKEN, neutral.declares_impasse())
RULES = neutral.rules("129.90 EUR", "0.00 EUR")


def owing(report: Report) -> Commitment:
    (owed,) = [c for c in report.dispute.commitments.open.values() if c.is_ruling]
    return owed


def of_it(report: Report) -> list[object]:
    """What the last part said about commitments to rule."""
    told = (CommitmentKept, CommitmentPassed, CommitmentReplaced, CommitmentDischarged, CommitmentDeferred)
    ids = {commitment(n) for n in (3, 5, 6)}
    return [f.event for f in report.facts if isinstance(f.event, told) and f.event.commitment_id in ids]


def test_it_is_owed_from_the_assignment() -> None:
    """With the time to rule: the same proof and the same instant. It is owed to the marketplace."""
    report = given(*TAKEN)
    owed, window = owing(report), report.dispute.deadlines.running["ruling"]
    assert (owed.owed_by, owed.owed_to, owed.subject) == ("neutral", "marketplace", neutral.subject)
    assert (owed.due_at, owed.since) == (window.due_at, window.proof.starts_at)


def test_the_ruling_keeps_it() -> None:
    """In time, or late. It ends nothing else that a neutral promised."""
    assert of_it(given(*ADJUDICATED).when(RULES)) == [of_ruling(CommitmentKept, late=False, by=Role.NEUTRAL)]
    report = given(*ADJUDICATED, deadline("ruling"), engine.ticks())
    assert of_it(report.when(later(days=1), RULES)) == [
        of_ruling(CommitmentKept, late=True, kept_by=KeptBy(fact="RulingIssued", number=1))
    ]


def test_a_ruling_that_awaits_a_signature_keeps_it() -> None:
    """The neutral has done what was owed: the signature is the supervisor's. A refusal begins another one."""
    modest = administrator.grants_mandate(neutral, "1.00 EUR")
    report = given(*ADJUDICATED, modest).when(RULES)
    assert of_it(report) == [of_ruling(CommitmentKept, late=False, kept_by=None)]
    report.when(later(days=20), engine.ticks())
    assert not [c for c in report.dispute.commitments.open.values() if c.is_ruling]
    report.when(supervisor.refuses_co_signature())
    assert owing(report).owed_by is Participant.NEUTRAL
    assert report.dispute.awaiting is Awaiting.NEUTRAL


def test_who_owes_another_ruling_in_time_is_awaited() -> None:
    """The time to rule ended while the signature was awaited. A counterclaim ends that ruling: its neutral rules again, and
    is late only when that time is over too.
    """
    modest = administrator.grants_mandate(neutral, "1.00 EUR")
    unsigned = given(*ADJUDICATED, modest, RULES, deadline("ruling"), engine.ticks())
    assert unsigned.dispute.awaiting is Awaiting.SUPERVISOR
    report = unsigned.when(seller.counterclaims())
    assert (owing(report).owed_by, report.dispute.awaiting) == (Participant.NEUTRAL, Awaiting.NEUTRAL)
    report.when(later(days=30), engine.ticks())
    assert (owing(report).overdue, report.dispute.awaiting) == (True, Awaiting.SUPERVISOR)


def test_it_is_overdue_from_its_instant() -> None:
    """The dispute is referred. The ruling stays owed, and a supervisor owes a review of that."""
    report = given(*ADJUDICATED).when(deadline("ruling"), later(days=1), engine.ticks())
    events = [fact.event for fact in report.facts]
    assert DeadlineLapsed(name="ruling") in events
    assert CommitmentBreached(commitment_id=commitment(3)) in events
    assert follows("supervisor", "marketplace", "review", because_of=3) in events
    report.at("2026-11-19T10:00+00:00", DeadlineLapsed, CommitmentBreached)
    assert (owing(report).overdue, owing(report).owed_by) == (True, "neutral")


def test_it_moves_with_the_time_to_rule() -> None:
    """By an extension and by a stay, to the same instant."""
    report = given(*TAKEN).when(supervisor.extends("ruling"))
    assert owing(report).due_at == report.dispute.deadlines.running["ruling"].due_at
    report.when(supervisor.orders_stay(timedelta(days=10)), later(days=4), supervisor.lifts_stay())
    (moved,) = [f.event for f in report.facts if isinstance(f.event, DeadlineMoved) and f.event.name == "ruling"]
    assert of_it(report) == [of_ruling(CommitmentDeferred, due_at=moved.due_at)]
    assert owing(report).due_at == moved.due_at


def test_a_settlement_or_a_withdrawal_ends_it() -> None:
    """Nobody needs a ruling any more."""
    settled = given(*TAKEN, seller.offers("1.00 EUR")).when(buyer.accepts_offer(1))
    withdrawn = given(*TAKEN).when(buyer.withdraws())
    for report in (settled, withdrawn):
        assert of_it(report) == [of_ruling(CommitmentDischarged, reason="dispute_over")]


def test_another_neutral_owes_another_one() -> None:
    """With a whole window of their own. While there is no neutral, the supervisor owes it."""
    report = given(*TAKEN, later(days=2)).when(neutral.recuses())
    assert of_it(report) == [of_ruling(CommitmentPassed, owed_by="supervisor")]
    report.when(another_neutral.takes_case())
    assert of_ruling(CommitmentReplaced) in of_it(report)
    assert (owing(report).subject, owing(report).since) == (another_neutral.subject, report.now)
    at_once = given(*TAKEN).when(supervisor.reassigns(another_neutral))
    assert of_it(at_once)[0] == of_ruling(CommitmentReplaced)
    assert owing(at_once).subject == another_neutral.subject


def test_no_time_is_left_for_another_neutral() -> None:
    """After the longest time in all, the supervisor answers for a ruling that is overdue."""
    report = given(*ADJUDICATED, deadline("ruling"), engine.ticks(), later(days=100))
    report.when(supervisor.reassigns(another_neutral))
    assert of_it(report) == [of_ruling(CommitmentPassed, owed_by="supervisor")]
    assert (owing(report).overdue, owing(report).owed_by) == (True, "supervisor")
    report.when(another_neutral.writes(), another_neutral.rules("129.90 EUR", "0.00 EUR"))
    assert of_ruling(CommitmentKept, late=True) in of_it(report)


def test_on_appeal() -> None:
    """Whoever hears the appeal owes the ruling on it. To send it back keeps that, and the next ruling is owed."""
    appealed = (*ADJUDICATED, neutral.rules("0.00 EUR", "129.90 EUR"), buyer.appeals())
    report = given(*appealed, another_neutral.takes_case())
    assert owing(report).subject == another_neutral.subject
    report.when(another_neutral.writes(), another_neutral.sends_back())
    assert of_ruling(CommitmentKept, 6, kept_by=KeptBy(fact="AppealSentBack", number=1)) in of_it(report)
    assert owing(report).owed_by is Participant.SUPERVISOR
    report.when(third_neutral.takes_case())
    assert owing(report).subject == third_neutral.subject


def test_a_late_ruling_leaves_whole_time_for_the_appeal() -> None:
    """The limit in all is counted anew: the window that lapsed was for another ruling."""
    late = (*ADJUDICATED, deadline("ruling"), engine.ticks(), later(days=100))
    report = given(*late, neutral.rules("0.00 EUR", "129.90 EUR"), buyer.appeals(), another_neutral.takes_case())
    assert report.dispute.deadlines.running["ruling"].proof.starts_at == report.now
    assert owing(report).since == report.now


def test_only_the_ruling_ends_it() -> None:
    """Nobody confirms, waives or replaces it."""
    report = given(*TAKEN)
    report.when(marketplace.confirms_promise(3)).refused(RulingDecides)
    report.when(marketplace.waives_promise(3)).refused(RulingDecides)
    report.when(marketplace.replaces_promise(3, "decide")).refused(RulingDecides)


def test_a_dispute_of_an_earlier_release() -> None:
    """It has a time to rule and no commitment. The engine makes it once: due as the deadline says, lapsed or not."""
    for clock in (later(days=1), later(days=20)):
        report = given(*ADJUDICATED, clock, engine.ticks())
        _forget(report)
        report.when(engine.ticks())
        assert ruling_owed(due_at="2026-11-19T10:00+00:00") == report.facts[0].event
        report.when(engine.ticks()).then_nothing()
        assert owing(report).overdue is (owing(report).due_at <= report.now)


def _forget(report: Report) -> None:
    """As if the commitment had never been made, and nothing had followed from it."""
    dispute = report.dispute
    held = {i: c for i, c in dispute.commitments.open.items() if not c.is_ruling and c.because_of is None}
    report.world.states[dispute.id] = replace(dispute, commitments=replace(dispute.commitments, open=held))
