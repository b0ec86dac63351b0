"""Law reports on outages of the engine: what fell due in one is due 24 hours after its end."""

from datetime import datetime, timedelta

import pytest

from domain.clocks.deadline_facts import DeadlineMoved
from domain.commitments.events import CommitmentBreached, CommitmentDeferred
from domain.filing.response_facts import DefaultGranted, ResponseGiven
from domain.policy.outage_facts import Outage, OutageRecorded
from domain.policy.outages import MayNotRecordOutage, OutageNotOver, OutageTooShort
from tests.domain.law.acts import FIRST, Act, commitment
from tests.domain.law.cast import administrator, buyer, engine, marketplace, neutral, seller, supervisor
from tests.domain.law.filings import filing
from tests.domain.law.reports import at, day, given, just_before, later, some

DUE = datetime.fromisoformat("2026-11-09T10:00+00:00")
"""The seller's response is due then: five days after filing on a Saturday, which rolls to Monday."""


def outage(before: timedelta, after: timedelta) -> Outage:
    return Outage(began_at=DUE - before, ended_at=DUE + after)


HOUR, QUARTER = timedelta(hours=1), timedelta(minutes=15)
AWAY = outage(HOUR, HOUR)


def records(away: Outage = AWAY) -> Act:
    return engine.records_outage(away.began_at, away.ended_at)


def test_what_was_due_meanwhile_moves_on() -> None:
    """Exactly 24 hours after the end of the outage. The move is recorded at that end, and the fact holds the outage."""
    report = given(filing()).when(at(AWAY.ended_at.isoformat()), records(), engine.ticks())
    moved = DeadlineMoved(name="response", due_at=AWAY.ended_at + timedelta(hours=24), why="outage", outage=AWAY)
    report.then(some(OutageRecorded, outage=AWAY), moved).at(AWAY.ended_at.isoformat(), DeadlineMoved)
    report.leaves("negotiation", "respondent")
    report.when(engine.ticks()).then_nothing()


def test_nobody_has_to_look_first() -> None:
    """The respondent can answer within the 24 hours although no clock ran. A moment later is too late."""
    report = given(filing(), at(AWAY.ended_at.isoformat()), records(), later(hours=23, minutes=59), seller.contests())
    assert report.dispute.response is not None
    late = given(filing(), at(AWAY.ended_at.isoformat()), records()).when(later(hours=24), engine.ticks())
    late.leaves("execution", "marketplace", "granted_by_default").at("2026-11-10T11:00+00:00", DefaultGranted)


@pytest.mark.parametrize(
    "missed",
    [outage(HOUR, -timedelta(microseconds=1)), outage(timedelta(0), HOUR)],
    ids=["over before it was due", "began when it was due"],
)
def test_an_outage_across_no_deadline_moves_none(missed: Outage) -> None:
    """The time before or after the outage was available in full."""
    report = given(filing(), at(max(DUE, missed.ended_at).isoformat()), records(missed)).when(engine.ticks())
    report.leaves("execution", "marketplace", "granted_by_default")


def test_it_ends_at_the_very_instant_of_the_deadline() -> None:
    """The last instant at which somebody could act was in the outage."""
    report = given(filing(), at(DUE.isoformat()), records(outage(HOUR, timedelta(0)))).when(engine.ticks())
    report.then(some(DeadlineMoved, why="outage")).leaves("negotiation")


def test_what_had_lapsed_before_lapses_first() -> None:
    """The default is granted at its due instant, days before the outage. The window to set it aside moves."""
    due = datetime.fromisoformat("2026-11-16T10:00+00:00")
    away = Outage(began_at=due - HOUR, ended_at=due + HOUR)
    report = given(filing()).when(at(away.ended_at.isoformat()), records(away), engine.ticks())
    report.at(DUE.isoformat(), DefaultGranted).at(away.ended_at.isoformat(), DeadlineMoved)
    assert report.dispute.deadlines.running["set_aside"].due_at == due + timedelta(hours=25)


def test_what_is_owed_moves_on_too() -> None:
    """A neutral who could not act has broken no commitment, and stays assigned."""
    taken = given(filing(), day(4), seller.contests(), buyer.escalates(), neutral.takes_case())
    began = taken.now + timedelta(hours=23)
    taken.when(later(hours=30), engine.records_outage(began, began + timedelta(hours=7)), engine.ticks())
    due_at = began + timedelta(hours=31)
    taken.then(OutageRecorded, CommitmentDeferred(commitment_id=commitment(2), due_at=due_at))
    assert taken.dispute.escalation.neutral == neutral.subject
    taken.when(at(due_at.isoformat()), engine.ticks()).at(due_at.isoformat(), CommitmentBreached)


def test_a_second_outage() -> None:
    """It moves what the first one had moved into it."""
    first = given(filing(), at(AWAY.ended_at.isoformat()), records(), engine.ticks())
    again = Outage(began_at=AWAY.ended_at + timedelta(hours=23), ended_at=AWAY.ended_at + timedelta(hours=26))
    first.when(at(again.ended_at.isoformat()), records(again), engine.ticks())
    assert first.dispute.deadlines.running["response"].due_at == again.ended_at + timedelta(hours=24)


def test_a_stay_ends_when_it_was_to_end() -> None:
    """Nobody had to act for it to end."""
    stayed = given(filing(), supervisor.orders_stay(timedelta(days=2)), day(1.9))
    stayed.when(later(days=1), engine.records_outage(stayed.now, stayed.now + timedelta(days=1)), engine.ticks())
    assert stayed.dispute.stay.since is None


def test_who_records_an_outage() -> None:
    """The engine records its own outages; an administrator those that the engine could not notice. Each is over, longer
    than fifteen minutes, and recorded once."""
    now = at(AWAY.ended_at.isoformat())
    given(now).when(administrator.records_outage(AWAY.began_at, AWAY.ended_at)).then(OutageRecorded)
    for somebody in (supervisor, marketplace, seller):
        refused = given(now).when(somebody.records_outage(AWAY.began_at, AWAY.ended_at))
        refused.refused(MayNotRecordOutage, role=somebody.role.value)
    given(now).when(engine.records_outage(DUE, DUE + QUARTER)).refused(OutageTooShort, at="/ended_at", minutes=15)
    given(now).when(engine.records_outage(DUE, DUE + 5 * HOUR)).refused(OutageNotOver, at="/ended_at")
    given(now, records()).when(records(outage(HOUR / 2, HOUR))).then_nothing()


def test_an_answer_before_the_deadline_needs_no_excuse() -> None:
    """A deadline that was met is not moved."""
    report = given(filing(), just_before("response"), seller.contests(), at(AWAY.ended_at.isoformat()), records())
    report.when(engine.ticks()).then_nothing()
    assert ResponseGiven.kind in {stored.kind for stored in report.world.log}
    assert report.world.replayed().states[FIRST] == report.dispute
