"""The fact that the engine was out of service, and when deadlines that fell into it are due."""

from datetime import timedelta

from domain.kernel.base import Event, Instant, Role, Value
from domain.kernel.disclosure import Told

# --- types ---

GRACE = timedelta(hours=24)


class Outage(Value):
    """From the last sign of life to the return."""

    began_at: Told[Instant]
    ended_at: Told[Instant]

    @property
    def due_at(self) -> Instant:
        """When that is due which was due meanwhile."""
        return self.ended_at + GRACE


class OutageRecorded(Event, kind="OutageRecorded", stream="policies"):
    """By the engine when it returns, or by an administrator."""

    outage: Outage
    by: Role
