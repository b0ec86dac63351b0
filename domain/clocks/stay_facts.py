"""Facts about stays: ordered, begun, lifted; and the other proceedings for which a dispute waits."""

from typing import assert_never

from domain.kernel.base import Event, Instant, Role
from domain.kernel.disclosure import Audience, Told
from domain.kernel.frozen import frozen, replace
from domain.kernel.people import Text
from domain.policy.reasons import Forum

# --- types ---

Proceeding = Forum


class DisputeStayed(Event, kind="DisputeStayed", stream="dispute", told_to=Audience.ALL, consequence=True):
    """From now on the clocks of the dispute stand still."""

    since: Told[Instant]


class StayOrdered(Event, kind="StayOrdered", stream="dispute", told_to=Audience.ALL):
    by: Told[Role]
    until: Told[Instant]
    reasons: Told[Text]


class StayLifted(Event, kind="StayLifted", stream="dispute", told_to=Audience.ALL):
    """A person lifted the stay, or its time is over. By order of a supervisor, the dispute no longer waits for
    `proceedings`.
    """

    by: Told[Role]
    proceedings: Told[tuple[int, ...]] = ()


class ParallelProceedingRecorded(Event, kind="ParallelProceedingRecorded", stream="dispute", told_to=Audience.ALL):
    number: Told[int]
    what: Told[Proceeding]
    by: Told[Role]
    statement: Told[Text]


class ParallelProceedingEnded(Event, kind="ParallelProceedingEnded", stream="dispute", told_to=Audience.ALL):
    number: Told[int]
    by: Told[Role]
    statement: Told[Text | None] = None


class DisputeResumed(Event, kind="DisputeResumed", stream="dispute", told_to=Audience.ALL, consequence=True):
    """The clocks run again. They have moved on by the time since `stayed_since`."""

    stayed_since: Told[Instant]


StayEvent = (
    DisputeStayed | StayOrdered | StayLifted | ParallelProceedingRecorded | ParallelProceedingEnded | DisputeResumed
)


# --- state ---


@frozen
class Stay:
    """`since` is set while the clocks stand still. `ordered` and the open `proceedings` are the causes."""

    since: Instant | None = None
    ordered: bool = False
    proceedings: frozenset[int] = frozenset()
    recorded: int = 0

    @property
    def caused(self) -> bool:
        return self.ordered or bool(self.proceedings)


# --- evolve ---


def evolve(stay: Stay, event: StayEvent) -> Stay:
    match event:
        case DisputeStayed(since=since):
            return replace(stay, since=since)
        case StayOrdered():
            return replace(stay, ordered=True)
        case StayLifted(proceedings=lifted):
            return replace(stay, ordered=False, proceedings=stay.proceedings - set(lifted))
        case ParallelProceedingRecorded(number=number):
            return replace(stay, proceedings=stay.proceedings | {number}, recorded=number)
        case ParallelProceedingEnded(number=number):
            return replace(stay, proceedings=stay.proceedings - {number})
        case DisputeResumed():
            return replace(stay, since=None)
        case _:
            assert_never(event)
