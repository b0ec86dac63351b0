"""Law reports on reminders: before something falls due whoever must act is told so, once, and nothing changes by it."""

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
    """Nor does any that was published before there were reminders: nothing is armed, and nothing more is recorded."""
    assert FIRST_POLICY.reminders == ()
    report = given(filing(), seller.promises("reply", "buyer", within=5 * DAY))
    assert not report.dispute.deadlines.remind_at
    assert not any(owed.remind_at for owed in report.dispute.commitments.open.values())


def test_what_is_set_tells_when_there_will_be_a_reminder() -> None:
    """The deadline says so from the beginning: whoever subscribes may count on it."""
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
    """Of what was given more than twice the time; by class, and where the policy names kinds, of these alone."""
    report = given(*FILED, seller.promises(kind, "buyer", within=within))
    (owed,) = report.dispute.commitments.open.values()
    assert owed.remind_at == tuple(owed.due_at - timedelta(hours=n) for n in hours)


# --- when it comes ---


def test_a_reminder_comes_at_its_instant_and_changes_nothing() -> None:
    """Once, to whoever must act; stage, move and deadlines stand as they stood."""
    report = given(*FILED).when(deadline("response", early=DAY), engine.ticks())
    report.then(Reminded(to="seller", due_at=RESPONSE_DUE, name="response")).leaves("negotiation", "respondent")
    report.at("2026-11-08T10:00:00+00:00", Reminded)
    report.when(engine.ticks()).then_nothing()
    assert report.dispute.deadlines.running["response"].due_at == RESPONSE_DUE
    assert next_due(report.dispute) == RESPONSE_DUE


def test_not_a_microsecond_before() -> None:
    """To the microsecond, as everything here."""
    early = DAY + timedelta(microseconds=1)
    given(*FILED).when(deadline("response", early=early), engine.ticks()).then_nothing()


def test_the_clock_is_told_when() -> None:
    """The first of reminders and lapses is what it waits for."""
    assert next_due(given(*FILED).dispute) == RESPONSE_DUE - DAY


def test_whoever_acts_later_finds_it_on_record() -> None:
    """Like a lapse it is recorded before whatever is decided after it, at its own instant."""
    report = given(*FILED).when(day(6.5), buyer.writes()).then(Reminded, MessagePosted)
    report.at("2026-11-08T10:00:00+00:00", Reminded)


def test_several_before_one_promise() -> None:
    """One after the other; each tells of the next."""
    report = given(*FILED, seller.promises("reply", "buyer", within=4 * DAY))
    report.when(before(1, hours=24), engine.ticks()).then(of_promise(1, report, again=2 * HOUR))
    report.when(before(1, hours=2), engine.ticks()).then(of_promise(1, report))
    report.when(due_date(1), engine.ticks()).then(CommitmentBreached(commitment_id=commitment(1)))


def test_of_several_missed_the_last_one_stands_for_all() -> None:
    """Nobody is told twice at once."""
    report = given(*FILED, seller.contests(), seller.promises("reply", "buyer", within=4 * DAY))
    report.when(before(1, hours=1), engine.ticks()).then(of_promise(1, report))


def test_none_once_it_is_due() -> None:
    """What was missed for so long that the thing itself is due comes no more: it lapses, and that is told."""
    report = given(*FILED, seller.contests(), seller.promises("reply", "buyer", within=4 * DAY))
    report.when(due_date(1), engine.ticks()).then(CommitmentBreached(commitment_id=commitment(1)))
    assert next_due(report.dispute) == FILED_AT + 9 * DAY
    silent = given(*FILED).when(deadline("response"), engine.ticks())
    assert reminders(silent) == []
    assert lapsed("response") in [fact.event for fact in silent.facts]


# --- when it does not ---


def test_none_after_the_end() -> None:
    """Kept, waived, or the deadline met: there is nothing left to be reminded of."""
    given(*FILED, seller.contests()).when(day(8), engine.ticks()).then_nothing()
    promised = (*FILED, seller.contests(), seller.promises("reply", "buyer", within=4 * DAY))
    for end in (seller.writes(), buyer.waives_promise(1)):
        given(*promised, end).when(day(3.99), engine.ticks()).then_nothing()


def test_between_two_reminders() -> None:
    """A reply given after the first one makes the second needless."""
    report = given(*FILED, seller.contests(), seller.promises("reply", "buyer", within=4 * DAY))
    report.when(before(1, hours=20), seller.writes()).then(Reminded, MessagePosted, CommitmentKept)
    report.when(day(3.99), engine.ticks()).then_nothing()


def test_a_replacement_is_reminded_of_anew() -> None:
    """Of what took its place, at its own time."""
    report = given(*FILED, seller.contests(), seller.promises("call_back", "buyer", within=4 * DAY))
    report.when(buyer.replaces_promise(1, "call_back", within=6 * DAY))
    report.when(day(4), engine.ticks()).then_nothing()
    report.when(before(2, hours=24), engine.ticks()).then(of_promise(2, report, again=2 * HOUR))


def test_an_extension_arms_it_anew() -> None:
    """Also where the reminder had come already; not where the new instant lies behind."""
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
    """The clocks stand still; when they go on the reminder is as much later."""
    mediated = (*FILED, seller.contests(), day(3), buyer.escalates(), neutral.takes_case(), neutral.writes())
    report = given(*mediated, neutral.promises("call_back", "buyer", within=4 * DAY))
    report.when(neutral.orders_stay(timedelta(days=10)), later(days=3.5), engine.ticks()).leaves("mediation")
    assert reminders(report) == []
    report.when(neutral.lifts_stay(), later(hours=1), engine.ticks())
    assert reminders(report) == []
    report.when(before(3, hours=24), engine.ticks())
    assert [told.commitment_id for told in reminders(report)] == [commitment(3)]


def test_an_outage() -> None:
    """What it reminds of is still ahead: it comes when we return. What fell due meanwhile moved on; that is told, not this."""
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
    """What happened then happened."""
    report = given(administrator.publishes(REMINDING), filing(imported=True))
    assert not report.dispute.deadlines.remind_at
    assert next_due(report.dispute) is None


def test_a_service_that_outlives_the_dispute() -> None:
    """Still owed after closure, and so reminded of."""
    report = given(*FILED, seller.promises("call_back", "buyer", within=4 * DAY), buyer.withdraws())
    report.when(before(1, hours=24), engine.ticks()).then(of_promise(1, report, again=2 * HOUR)).leaves(
        "closed", "none"
    )


def test_whoever_owes_it_by_then() -> None:
    """What passed to the supervisor the supervisor is reminded of."""
    mediated = (*FILED, seller.contests(), day(3), buyer.escalates(), neutral.takes_case(), neutral.writes())
    report = given(*mediated, neutral.promises("call_back", "buyer", within=4 * DAY)).when(neutral.recuses())
    assert any(isinstance(fact.event, CommitmentPassed) for fact in report.facts)
    report.when(before(3, hours=24), engine.ticks())
    assert [(told.to, told.commitment_id) for told in reminders(report)][:1] == [
        (Participant.SUPERVISOR, commitment(3))
    ]


def test_what_follows_from_silence_is_reminded_of_too() -> None:
    """However late the clock gets to it: what a lapse makes due is armed at the instant of the lapse."""
    report = given(*FILED, seller.contests()).when(deadline("negotiation"), engine.ticks())
    owed = next(fact.event for fact in report.facts if isinstance(fact.event, CommitmentMade))
    assert owed.promise.kind == "assign"
    given(*FILED, seller.contests()).when(day(9.5), engine.ticks()).then(Reminded)
