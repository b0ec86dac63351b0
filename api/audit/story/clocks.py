"""Deadlines, reminders and stays."""

from typing import assert_never

from api.audit.story.about import About
from api.audit.story.phrases import THE, moment, reckoned, says, worded
from domain.clocks import deadline_facts, stay_facts
from domain.commitments import reminder_facts


def timed(about: About, event: deadline_facts.DeadlineEvent) -> str:
    match event:
        case deadline_facts.DeadlineSet(deadline=deadline, whose=whose, told_by=told_by):
            until = moment(deadline.due_at, about.zone_of(whose))
            if event.awaits_notice:
                return f"deadline {deadline.name} for {THE[whose]} begins when they were told: until {until} at the earliest"
            told = f"; told by {told_by.way.replace('_', ' ')}" if told_by is not None else ""
            return f"deadline {deadline.name} for {THE[whose]}: until {until}; {reckoned(deadline.proof)}{told}"
        case deadline_facts.DeadlineMoved(name=name, due_at=due_at, why=why):
            return f"deadline {name} moves, by {why}: until {moment(due_at, about.zone_of('engine'))}"
        case deadline_facts.DeadlineEnded(name=name, how=how):
            return f"deadline {name} is {how}"
        case deadline_facts.DeadlineLapsed(name=name):
            return f"deadline {name} lapsed"
        case _:
            assert_never(event)


def reminded(about: About, event: reminder_facts.Reminded) -> str:
    owed = about.commitments.get(event.commitment_id, "a commitment") if event.commitment_id else None
    what = owed or f"deadline {event.name}"
    return f"{THE[event.to]} is reminded of {what}, due {moment(event.due_at, about.zone_of(event.to))}"


def stayed(about: About, event: stay_facts.StayEvent) -> str:
    match event:
        case stay_facts.DisputeStayed():
            return "stayed: the clocks stand still"
        case stay_facts.DisputeResumed(stayed_since=since):
            return f"resumed: the clocks move on by the time since {moment(since, about.zone_of('engine'))}"
        case stay_facts.StayOrdered(by=by, until=until, reasons=reasons):
            return f"{THE[by]} orders a stay until {moment(until, about.zone_of('engine'))}{says(reasons)}"
        case stay_facts.StayLifted(by=by):
            return f"the stay is lifted by {THE[by]}"
        case stay_facts.ParallelProceedingRecorded(number=number, what=what, statement=statement):
            return f"proceeding {number} elsewhere ({worded(what)}){says(statement)}"
        case stay_facts.ParallelProceedingEnded(number=number, statement=statement):
            return f"proceeding {number} elsewhere has ended{says(statement)}"
        case _:
            assert_never(event)
