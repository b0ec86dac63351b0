"""Facts about deadlines: set, moved, ended, lapsed; and which deadlines run."""

from collections.abc import Iterable, Mapping
from dataclasses import field
from typing import Literal, TypeVar, assert_never
from uuid import UUID

from domain.kernel.base import Event, Instant, Role, Value
from domain.kernel.disclosure import Audience, Told
from domain.kernel.frozen import frozen, replace
from domain.kernel.places import LanguageTag
from domain.kernel.windows import Deadline
from domain.policy.outage_facts import Outage

# --- types ---

T = TypeVar("T")

Whose = Literal["buyer", "seller", "both", "neutral"]


ToldWay = Literal["mail", "marketplace", "phone", "in_person", "chat", "post", "other", "deemed"]
"""How a party was told of a window. `deemed`: nobody reached them, and a person decided that they count as told."""


class ToldBy(Value):
    """What shows that the party was told of a window before it began: the notice, in a language that they read, and the
    translations that it told of. Without `notice_id`, a person of the desk or the marketplace (`by`) says so. No party sees
    `translations`: their number would show how many texts of the other side are confidential.
    """

    way: Told[ToldWay]
    by: Told[Role]
    notice_id: Told[UUID | None] = None
    language: Told[LanguageTag | None] = None
    translations: tuple[UUID, ...] = ()


class DeadlineSet(
    Event, kind="DeadlineSet", stream="dispute", told_to=Audience.ALL, consequence=True, bookkeeping=True
):
    """A window opens, or begins anew. `whose` is who must act before it ends. `remind_at` are the instants of the reminders.

    While it `awaits_notice`, the window has not begun: the instant in `deadline` is the earliest at which it can end.
    `told_by` shows how the party was told, after which the window began.
    """

    schema_version = 4

    deadline: Told[Deadline]
    whose: Told[Whose]
    remind_at: Told[tuple[Instant, ...]] = ()
    awaits_notice: Told[bool] = False
    told_by: Told[ToldBy | None] = None


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
    when they end. `remind_at` are the reminders to come of those that run. `awaiting_notice` are those of `running` that
    have not begun, because the party was not told. `told_by` are the notices after which the others began.
    """

    running: Mapping[str, Deadline] = field(default_factory=dict)
    whose: Mapping[str, Whose] = field(default_factory=dict)
    since: Mapping[str, Instant] = field(default_factory=dict)
    lapsed: Mapping[str, Deadline] = field(default_factory=dict)
    quiet: Mapping[str, Deadline] = field(default_factory=dict)
    remind_at: Mapping[str, tuple[Instant, ...]] = field(default_factory=dict)
    awaiting_notice: frozenset[str] = frozenset()
    told_by: Mapping[str, UUID] = field(default_factory=dict)

    def get(self, name: str) -> Deadline | None:
        return self.running.get(name) or self.quiet.get(name)

    def timed(self, name: str) -> Deadline | None:
        """The deadline if it is known when it ends: its window does not wait for a notice."""
        return None if name in self.awaiting_notice else self.get(name)

    def first_due(self) -> Deadline | None:
        """The first that can lapse."""
        return min(self.begun(), key=lambda d: (d.due_at, d.name), default=None)

    def begun(self) -> Iterable[Deadline]:
        """Those that run and wait for no notice."""
        if not self.awaiting_notice:
            return self.running.values()
        return [deadline for name, deadline in self.running.items() if name not in self.awaiting_notice]


# --- evolve ---


def evolve(deadlines: Deadlines, event: DeadlineEvent) -> Deadlines:
    match event:
        case DeadlineSet(deadline=deadline, whose=whose, remind_at=instants):
            before = (
                _but(deadlines.since, deadline.name) if deadline.name in deadlines.awaiting_notice else deadlines.since
            )
            since = {deadline.name: deadline.proof.starts_at, **before}
            owners = {**deadlines.whose, deadline.name: whose}
            running = {**deadlines.running, deadline.name: deadline}
            moved = reminded(deadlines, deadline.name, instants)
            lapsed = _but(deadlines.lapsed, deadline.name)
            return _told(replace(moved, running=running, whose=owners, since=since, lapsed=lapsed), event)
        case DeadlineMoved(name=name, due_at=due_at, remind_at=instants):
            if (known := deadlines.get(name)) is None:
                return deadlines
            later = {name: known.model_copy(update={"due_at": due_at})}
            if name in deadlines.quiet:
                return replace(deadlines, quiet={**deadlines.quiet, **later})
            return replace(reminded(deadlines, name, instants), running={**deadlines.running, **later})
        case DeadlineEnded(name=name):
            since = {n: begun for n, begun in deadlines.since.items() if n != name}
            return replace(_ended(deadlines, name), since=since)
        case DeadlineLapsed(name=name):
            over = deadlines.running.get(name)
            lapsed = {**deadlines.lapsed, name: over} if over is not None else deadlines.lapsed
            return replace(_ended(deadlines, name), lapsed=lapsed)
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


def _told(deadlines: Deadlines, event: DeadlineSet) -> Deadlines:
    """Whether the party was told of the window, and by which notice. Most windows ask for none."""
    name, told_by = event.deadline.name, event.told_by
    known = name in deadlines.awaiting_notice or name in deadlines.told_by
    if not (known or event.awaits_notice or told_by is not None):
        return deadlines
    awaiting = deadlines.awaiting_notice | {name} if event.awaits_notice else deadlines.awaiting_notice - {name}
    notices = _but(deadlines.told_by, name)
    if told_by is not None and told_by.notice_id is not None:
        notices = {**notices, name: told_by.notice_id}
    return replace(deadlines, awaiting_notice=awaiting, told_by=notices)


def _ended(deadlines: Deadlines, name: str) -> Deadlines:
    ended = replace(reminded(deadlines, name, ()), running=_but(deadlines.running, name))
    if name not in deadlines.awaiting_notice and name not in deadlines.told_by:
        return ended
    return replace(ended, awaiting_notice=deadlines.awaiting_notice - {name}, told_by=_but(deadlines.told_by, name))


def _but(known: Mapping[str, T], name: str) -> Mapping[str, T]:
    return {n: value for n, value in known.items() if n != name}
