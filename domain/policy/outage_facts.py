"""The fact that the engine was out of service, and the new due instant of deadlines that fell into the outage."""

from datetime import timedelta

from domain.kernel.base import Event, Instant, Role, Value
from domain.kernel.disclosure import Told

# --- types ---

GRACE = timedelta(hours=24)


class Outage(Value):
    """From the last sign of life of the engine to its return."""

    began_at: Told[Instant]
    ended_at: Told[Instant]

    @property
    def due_at(self) -> Instant:
        """The new due instant of everything that fell due during the outage."""
        return self.ended_at + GRACE


class OutageRecorded(Event, kind="OutageRecorded", stream="policies"):
    """An outage of the engine was recorded: by the engine when it returned, or by an administrator."""

    outage: Outage
    by: Role
