"""Law reports on reminders: before something is due, the person who must act is reminded once. Nothing else changes."""

from datetime import timedelta

import pytest

from domain.clocks.deadline_facts import DeadlineMoved, DeadlineSet
from domain.commitments.events import CommitmentBreached, CommitmentKept, CommitmentMade, CommitmentPassed, Participant
from domain.commitments.reminder_facts import Reminded
from domain.policy.book import FIRST_POLICY
from domain.policy.policy import Policy
from domain.policy.reminder_rules import Reminder
from domain.settlement.conversation_facts import MessagePosted
from domain.silence import next_due
from tests.domain.law.acts import FILED_AT, commitment
from tests.domain.law.cast import administrator, buyer, engine, neutral, seller, supervisor
from tests.domain.law.filings import filing
from tests.domain.law.reports import Clock, Report, day, deadline, due_date, given, lapsed, later, some

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
REMINDING = Policy(
    version="reminding",
    reminders=(
        Reminder(of="deadline", hours_before=24),
        Reminder(of="remedy", hours_before=24),
        Reminder(of="service", hours_before=24),
        Reminder(of="service", hours_before=2, only=("reply", "call_back")),
    ),
)
FILED = (administrator.publishes(REMINDING), filing())
RESPONSE_DUE = FILED_AT + 7 * DAY
"""The first business day after five days."""


def before(number: int, **units: float) -> Clock:
    """So long before the commitment with this number is due."""
    return lambda world, now: due_date(number)(world, now) - timedelta(**units)


def reminders(report: Report) -> list[Reminded]:
    return [fact.event for fact in report.facts if isinstance(fact.event, Reminded)]


def of_promise(number: int, report: Report, again: timedelta | None = None) -> Reminded:
    due_at = report.dispute.commitments.open[commitment(number)].due_at
    again_at = due_at - again if again else None
    return Reminded(to=Participant.SELLER, due_at=due_at, commitment_id=commitment(number), again_at=again_at)


# --- when there will be one ---


def test_the_first_policy_reminds_of_nothing() -> None:
    """No policy without reminders sets any, and nothing more is recorded."""
    assert FIRST_POLICY.reminders == ()
    report = given(filing(), seller.promises("reply", "buyer", within=5 * DAY))
    assert not report.dispute.deadlines.remind_at
    assert not any(owed.remind_at for owed in report.dispute.commitments.open.values())


def test_what_is_set_tells_when_there_will_be_a_reminder() -> None:
    """The deadline names the instants from the beginning, so a subscriber can rely on them."""
    report = given(*FILED)
    told = {f.event.deadline.name: f.event.remind_at for f in report.facts if isinstance(f.event, DeadlineSet)}
    assert told == {"response": (RESPONSE_DUE - DAY,), "negotiation": (FILED_AT + 9 * DAY,)}
    report.when(seller.promises("reply", "buyer", within=5 * DAY))
    (made,) = [f.event for f in report.facts if isinstance(f.event, CommitmentMade)]
    assert made.remind_at == (FILED_AT + 4 * DAY, FILED_AT + 5 * DAY - 2 * HOUR)


@pytest.mark.parametrize(
    ("kind", "within", "hours"),
    [
        ("reply", 2 * DAY, (2,)),
        ("reply", 2 * DAY + timedelta(microseconds=1), (24, 2)),
        ("reply", 4 * HOUR, ()),
        ("reply", 4 * HOUR + timedelta(microseconds=1), (2,)),
        ("review", 5 * DAY, (24,)),
        ("ship", 5 * DAY, (24,)),
    ],
)
def test_how_long_before(kind: str, within: timedelta, hours: tuple[int, ...]) -> None:
    """Only if the time given was more than twice as long. By class, and if the policy names kinds, only for those."""
    report = given(*FILED, seller.promises(kind, "buyer", within=within))
    (owed,) = report.dispute.commitments.open.values()
    assert owed.remind_at == tuple(owed.due_at - timedelta(hours=n) for n in hours)


# --- when it comes ---


def test_a_reminder_comes_at_its_instant_and_changes_nothing() -> None:
    """Once, to the person who must act. Stage, move and deadlines stay the same."""
    report = given(*FILED).when(deadline("response", early=DAY), engine.ticks())
    report.then(Reminded(to="seller", due_at=RESPONSE_DUE, name="response")).leaves("negotiation", "respondent")
    report.at("2026-11-08T10:00:00+00:00", Reminded)
    report.when(engine.ticks()).then_nothing()
    assert report.dispute.deadlines.running["response"].due_at == RESPONSE_DUE
    assert next_due(report.dispute) == RESPONSE_DUE


def test_not_a_microsecond_before() -> None:
    """To the microsecond, as everywhere."""
    early = DAY + timedelta(microseconds=1)
    given(*FILED).when(deadline("response", early=early), engine.ticks()).then_nothing()


def test_the_clock_is_told_when() -> None:
    """The clock waits for the first of all reminders and lapses."""
    assert next_due(given(*FILED).dispute) == RESPONSE_DUE - DAY


def test_whoever_acts_later_finds_it_on_record() -> None:
    """Like a lapse, it is recorded at its own instant before any later decision."""
    report = given(*FILED).when(day(6.5), buyer.writes()).then(Reminded, MessagePosted)
    report.at("2026-11-08T10:00:00+00:00", Reminded)


def test_several_before_one_promise() -> None:
    """One after the other. Each names the next."""
    report = given(*FILED, seller.promises("reply", "buyer", within=4 * DAY))
    report.when(before(1, hours=24), engine.ticks()).then(of_promise(1, report, again=2 * HOUR))
    report.when(before(1, hours=2), engine.ticks()).then(of_promise(1, report))
    report.when(due_date(1), engine.ticks()).then(CommitmentBreached(commitment_id=commitment(1)))


def test_of_several_missed_the_last_one_stands_for_all() -> None:
    """If several were missed, only the last one is recorded."""
    report = given(*FILED, seller.contests(), seller.promises("reply", "buyer", within=4 * DAY))
    report.when(before(1, hours=1), engine.ticks()).then(of_promise(1, report))


def test_none_once_it_is_due() -> None:
    """If the item is due before the reminder is recorded, the reminder is dropped, and the lapse is recorded."""
    report = given(*FILED, seller.contests(), seller.promises("reply", "buyer", within=4 * DAY))
    report.when(due_date(1), engine.ticks()).then(CommitmentBreached(commitment_id=commitment(1)))
    assert next_due(report.dispute) == FILED_AT + 9 * DAY
    silent = given(*FILED).when(deadline("response"), engine.ticks())
    assert reminders(silent) == []
    assert lapsed("response") in [fact.event for fact in silent.facts]


# --- when it does not ---


def test_none_after_the_end() -> None:
    """The commitment was kept or waived, or the deadline was met."""
    given(*FILED, seller.contests()).when(day(8), engine.ticks()).then_nothing()
    promised = (*FILED, seller.contests(), seller.promises("reply", "buyer", within=4 * DAY))
    for end in (seller.writes(), buyer.waives_promise(1)):
        given(*promised, end).when(day(3.99), engine.ticks()).then_nothing()


def test_between_two_reminders() -> None:
    """A reply after the first reminder makes the second unnecessary."""
    report = given(*FILED, seller.contests(), seller.promises("reply", "buyer", within=4 * DAY))
    report.when(before(1, hours=20), seller.writes()).then(Reminded, MessagePosted, CommitmentKept)
    report.when(day(3.99), engine.ticks()).then_nothing()


def test_a_replacement_is_reminded_of_anew() -> None:
    """The replacement has a reminder at its own time."""
    report = given(*FILED, seller.contests(), seller.promises("call_back", "buyer", within=4 * DAY))
    report.when(buyer.replaces_promise(1, "call_back", within=6 * DAY))
    report.when(day(4), engine.ticks()).then_nothing()
    report.when(before(2, hours=24), engine.ticks()).then(of_promise(2, report, again=2 * HOUR))


def test_an_extension_arms_it_anew() -> None:
    """Even if the earlier reminder had come; but not if the new instant has passed."""
    report = given(*FILED).when(day(6.5), engine.ticks()).then(Reminded)
    report.when(supervisor.extends("response", hours=1)).then(some(DeadlineMoved, remind_at=()))
    due_at = report.dispute.deadlines.running["response"].due_at
    report.when(supervisor.extends("response", hours=48))
    (moved,) = [fact.event for fact in report.facts if isinstance(fact.event, DeadlineMoved)]
    assert moved.remind_at == (moved.due_at - DAY,)
    assert moved.due_at > due_at + DAY
    report.when(deadline("response", early=DAY), engine.ticks())
    assert Reminded(to="seller", due_at=moved.due_at, name="response") in reminders(report)


def test_nobody_is_reminded_while_it_is_stayed() -> None:
    """The clocks stand still. After the stay, the reminder is as much later."""
    mediated = (*FILED, seller.contests(), day(3), buyer.escalates(), neutral.takes_case(), neutral.writes())
    report = given(*mediated, neutral.promises("call_back", "buyer", within=4 * DAY))
    report.when(neutral.orders_stay(timedelta(days=10)), later(days=3.5), engine.ticks()).leaves("mediation")
    assert reminders(report) == []
    report.when(neutral.lifts_stay(), later(hours=1), engine.ticks())
    assert reminders(report) == []
    report.when(before(4, hours=24), engine.ticks())
    assert [told.commitment_id for told in reminders(report)] == [commitment(4)]


def test_an_outage() -> None:
    """A reminder of an item that is still to come is recorded at the end of the outage. An item that fell due moved;
    that is recorded instead."""
    report = given(*FILED, seller.contests(), seller.promises("reply", "buyer", within=4 * DAY), day(3.01))
    away = engine.records_outage(FILED_AT + 2.9 * DAY, FILED_AT + 3.01 * DAY)
    report.when(away, engine.ticks())
    assert reminders(report) == [of_promise(1, report, again=2 * HOUR)]
    long = given(*FILED, seller.contests(), seller.promises("reply", "buyer", within=4 * DAY), day(4.5))
    long.when(engine.records_outage(FILED_AT + 2.9 * DAY, FILED_AT + 4.5 * DAY), engine.ticks())
    assert reminders(long) == []
    assert long.dispute.commitments.open[commitment(1)].due_at == FILED_AT + 5.5 * DAY
    assert long.dispute.commitments.open[commitment(1)].remind_at == (FILED_AT + 5.5 * DAY - 2 * HOUR,)


def test_a_past_case_reminds_nobody() -> None:
    """Past cases have no reminders."""
    report = given(administrator.publishes(REMINDING), filing(imported=True))
    assert not report.dispute.deadlines.remind_at
    assert next_due(report.dispute) is None


def test_a_service_that_outlives_the_dispute() -> None:
    """It is still owed after closure, so there is a reminder."""
    report = given(*FILED, seller.promises("call_back", "buyer", within=4 * DAY), buyer.withdraws())
    report.when(before(1, hours=24), engine.ticks()).then(of_promise(1, report, again=2 * HOUR)).leaves(
        "closed", "none"
    )


def test_whoever_owes_it_by_then() -> None:
    """If the commitment passed to the supervisor, the supervisor is reminded."""
    mediated = (*FILED, seller.contests(), day(3), buyer.escalates(), neutral.takes_case(), neutral.writes())
    report = given(*mediated, neutral.promises("call_back", "buyer", within=4 * DAY)).when(neutral.recuses())
    assert any(isinstance(fact.event, CommitmentPassed) for fact in report.facts)
    report.when(before(4, hours=24), engine.ticks())
    assert [(told.to, told.commitment_id) for told in reminders(report)][:1] == [
        (Participant.SUPERVISOR, commitment(4))
    ]


def test_what_follows_from_silence_is_reminded_of_too() -> None:
    """Even if the clock is late: the reminder for what a lapse makes due is set at the instant of the lapse."""
    report = given(*FILED, seller.contests()).when(deadline("negotiation"), engine.ticks())
    owed = next(fact.event for fact in report.facts if isinstance(fact.event, CommitmentMade))
    assert owed.promise.kind == "assign"
    given(*FILED, seller.contests()).when(day(9.5), engine.ticks()).then(Reminded)
