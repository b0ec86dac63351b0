"""Deadlines, and the stays in which they stand still."""

from typing import assert_never

from api.audit.story.about import About
from api.audit.story.phrases import THE, moment, reckoned, says, worded
from domain.clocks import deadlines, stay
from domain.commitments import reminders


def timed(about: About, event: deadlines.DeadlineEvent) -> str:
    match event:
        case deadlines.DeadlineSet(deadline=deadline, whose=whose):
            proof = deadline.proof
            until = moment(deadline.due_at, about.zone_of(whose))
            return f"deadline {deadline.name} for {THE[whose]}: until {until}; {reckoned(proof)}"
        case deadlines.DeadlineMoved(name=name, due_at=due_at, why=why):
            return f"deadline {name} moves, by {why}: until {moment(due_at, about.zone_of('engine'))}"
        case deadlines.DeadlineEnded(name=name, how=how):
            return f"deadline {name} is {how}"
        case deadlines.DeadlineLapsed(name=name):
            return f"deadline {name} lapsed"
        case _:
            assert_never(event)


def reminded(about: About, event: reminders.Reminded) -> str:
    owed = about.commitments.get(event.commitment_id, "a commitment") if event.commitment_id else None
    what = owed or f"deadline {event.name}"
    return f"{THE[event.to]} is reminded of {what}, due {moment(event.due_at, about.zone_of(event.to))}"


def stayed(about: About, event: stay.StayEvent) -> str:
    match event:
        case stay.DisputeStayed():
            return "stayed: the clocks stand still"
        case stay.DisputeResumed(stayed_since=since):
            return f"resumed: the clocks move on by the time since {moment(since, about.zone_of('engine'))}"
        case stay.StayOrdered(by=by, until=until, reasons=reasons):
            return f"{THE[by]} orders a stay until {moment(until, about.zone_of('engine'))}{says(reasons)}"
        case stay.StayLifted(by=by):
            return f"the stay is lifted by {THE[by]}"
        case stay.ParallelProceedingRecorded(number=number, what=what, statement=statement):
            return f"proceeding {number} elsewhere ({worded(what)}){says(statement)}"
        case stay.ParallelProceedingEnded(number=number, statement=statement):
            return f"proceeding {number} elsewhere has ended{says(statement)}"
        case _:
            assert_never(event)
