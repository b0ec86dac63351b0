"""Facts about stays: ordered, begun, lifted; and the proceedings elsewhere that a dispute waits for."""

from dataclasses import dataclass, replace
from typing import assert_never

from domain.kernel.base import Event, Instant, Role
from domain.kernel.people import Text
from domain.policy.reasons import Forum

# --- types ---

Proceeding = Forum


class DisputeStayed(Event, kind="DisputeStayed", stream="dispute"):
    """From now on the clocks stand still."""

    since: Instant


class StayOrdered(Event, kind="StayOrdered", stream="dispute"):
    by: Role
    until: Instant
    reasons: Text


class StayLifted(Event, kind="StayLifted", stream="dispute"):
    """By order, or because its time is over. `proceedings` are those for which a supervisor lets the dispute wait no longer."""

    by: Role
    proceedings: tuple[int, ...] = ()


class ParallelProceedingRecorded(Event, kind="ParallelProceedingRecorded", stream="dispute"):
    number: int
    what: Proceeding
    by: Role
    statement: Text


class ParallelProceedingEnded(Event, kind="ParallelProceedingEnded", stream="dispute"):
    number: int
    by: Role
    statement: Text | None = None


class DisputeResumed(Event, kind="DisputeResumed", stream="dispute"):
    """The clocks run again, moved on by the time since then."""

    stayed_since: Instant


StayEvent = (
    DisputeStayed | StayOrdered | StayLifted | ParallelProceedingRecorded | ParallelProceedingEnded | DisputeResumed
)


# --- state ---


@dataclass(frozen=True, slots=True)
class Stay:
    """`since` is set while the clocks stand still; `ordered` and the open `proceedings` are why."""

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
