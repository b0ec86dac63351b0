"""Facts about deadlines: set, moved, ended, lapsed; and which deadlines run."""

from collections.abc import Mapping
from dataclasses import field
from typing import Literal, assert_never

from domain.kernel.base import Event, Instant
from domain.kernel.disclosure import Audience, Told
from domain.kernel.frozen import frozen, replace
from domain.kernel.windows import Deadline
from domain.policy.outage_facts import Outage

# --- types ---

Whose = Literal["buyer", "seller", "both", "neutral"]


class DeadlineSet(
    Event, kind="DeadlineSet", stream="dispute", told_to=Audience.ALL, consequence=True, bookkeeping=True
):
    """A window opens. `whose` is who must act before it ends. `remind_at` are the instants of the reminders."""

    schema_version = 3

    deadline: Told[Deadline]
    whose: Told[Whose]
    remind_at: Told[tuple[Instant, ...]] = ()


class DeadlineEnded(
    Event, kind="DeadlineEnded", stream="dispute", told_to=Audience.ALL, consequence=True, bookkeeping=True
):
    name: Told[str]
    how: Told[Literal["met", "moot"]]


class DeadlineLapsed(Event, kind="DeadlineLapsed", stream="dispute", told_to=Audience.ALL, consequence=True):
    """The deadline passed and nobody acted. It occurred at the due instant, even if the engine recorded it later."""

    name: Told[str]


class DeadlineMoved(Event, kind="DeadlineMoved", stream="dispute", told_to=Audience.ALL, bookkeeping=True):
    """The deadline is later than its proof says: after a stay, an extension, or an outage of the engine (`outage`)."""

    schema_version = 3

    name: Told[str]
    due_at: Told[Instant]
    why: Told[Literal["stay", "extension", "outage"]]
    outage: Told[Outage | None] = None
    remind_at: Told[tuple[Instant, ...]] = ()


DeadlineEvent = DeadlineSet | DeadlineEnded | DeadlineLapsed | DeadlineMoved


# --- state ---


@frozen
class Deadlines:
    """The deadlines of a dispute.

    `since` is when each window first began, however often it began anew before it ended. `lapsed` are those that lapsed
    and did not begin anew. `quiet` are deadlines whose end has no consequence: the filing sets them, and no event says
    when they end. `remind_at` are the reminders to come of those that run.
    """

    running: Mapping[str, Deadline] = field(default_factory=dict)
    whose: Mapping[str, str] = field(default_factory=dict)
    since: Mapping[str, Instant] = field(default_factory=dict)
    lapsed: Mapping[str, Deadline] = field(default_factory=dict)
    quiet: Mapping[str, Deadline] = field(default_factory=dict)
    remind_at: Mapping[str, tuple[Instant, ...]] = field(default_factory=dict)

    def get(self, name: str) -> Deadline | None:
        return self.running.get(name) or self.quiet.get(name)

    def first_due(self) -> Deadline | None:
        return min(self.running.values(), key=lambda d: (d.due_at, d.name), default=None)


# --- evolve ---


def evolve(deadlines: Deadlines, event: DeadlineEvent) -> Deadlines:
    match event:
        case DeadlineSet(deadline=deadline, whose=whose, remind_at=instants):
            since = {deadline.name: deadline.proof.starts_at, **deadlines.since}
            owners = {**deadlines.whose, deadline.name: whose}
            running = {**deadlines.running, deadline.name: deadline}
            moved = reminded(deadlines, deadline.name, instants)
            lapsed = _but(deadlines.lapsed, deadline.name)
            return replace(moved, running=running, whose=owners, since=since, lapsed=lapsed)
        case DeadlineMoved(name=name, due_at=due_at, remind_at=instants):
            if (known := deadlines.get(name)) is None:
                return deadlines
            later = {name: known.model_copy(update={"due_at": due_at})}
            if name in deadlines.quiet:
                return replace(deadlines, quiet={**deadlines.quiet, **later})
            return replace(reminded(deadlines, name, instants), running={**deadlines.running, **later})
        case DeadlineEnded(name=name):
            since = {n: begun for n, begun in deadlines.since.items() if n != name}
            return replace(reminded(deadlines, name, ()), running=_but(deadlines.running, name), since=since)
        case DeadlineLapsed(name=name):
            over = deadlines.running.get(name)
            lapsed = {**deadlines.lapsed, name: over} if over is not None else deadlines.lapsed
            return replace(reminded(deadlines, name, ()), running=_but(deadlines.running, name), lapsed=lapsed)
        case _:
            assert_never(event)


def reminded(deadlines: Deadlines, name: str, to_come: tuple[Instant, ...]) -> Deadlines:
    """Sets the reminders of a deadline that are still to come."""
    if not to_come and name not in deadlines.remind_at:
        return deadlines
    others = {n: instants for n, instants in deadlines.remind_at.items() if n != name}
    return replace(deadlines, remind_at={**others, name: to_come} if to_come else others)


def forgotten(deadlines: Deadlines, name: str) -> Deadlines:
    """A window that lapsed was met late: the next one of that name is a new one."""
    if name not in deadlines.lapsed:
        return deadlines
    since = {n: begun for n, begun in deadlines.since.items() if n != name}
    return replace(deadlines, lapsed=_but(deadlines.lapsed, name), since=since)


def _but(deadlines: Mapping[str, Deadline], name: str) -> Mapping[str, Deadline]:
    return {n: deadline for n, deadline in deadlines.items() if n != name}
