"""Facts about the end of a dispute: withdrawn, cancelled, closed."""

from domain.kernel.base import Event
from domain.kernel.people import Outcome, Text
from domain.remedies.division_facts import Division

# --- types ---


class ClaimWithdrawn(Event, kind="ClaimWithdrawn", stream="dispute"):
    """What the respondent conceded before stays owed. `terms` say what becomes of what is held: the respondent receives it."""

    schema_version = 2

    reason: Text | None = None
    terms: Division | None = None


class DisputeCancelled(Event, kind="DisputeCancelled", stream="dispute"):
    """The marketplace ended it, for a reason that both sides read. What is owed and held is as where a claim is withdrawn."""

    reason: Text
    terms: Division | None = None


class DisputeClosed(Event, kind="DisputeClosed", stream="dispute"):
    """It has an outcome, and no remedy is owed any more."""

    outcome: Outcome


ClosureEvent = ClaimWithdrawn | DisputeCancelled | DisputeClosed
