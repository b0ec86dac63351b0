"""Facts about the end of a dispute: withdrawn, cancelled, closed."""

from domain.kernel.base import Event
from domain.kernel.disclosure import Audience, Told
from domain.kernel.people import Outcome, Text
from domain.remedies.division_facts import Division

# --- types ---


class ClaimWithdrawn(Event, kind="ClaimWithdrawn", stream="dispute", told_to=Audience.ALL):
    """The claimant withdrew. What the respondent conceded before is still owed.

    `terms` say what becomes of the money in escrow: the respondent receives it.
    """

    schema_version = 3

    reason: Told[Text | None] = None
    terms: Told[Division | None] = None


class DisputeCancelled(Event, kind="DisputeCancelled", stream="dispute", told_to=Audience.ALL):
    """The marketplace ended the dispute, for a reason that both sides read. Money is treated as after a withdrawal."""

    schema_version = 2

    reason: Told[Text]
    terms: Told[Division | None] = None


class DisputeClosed(Event, kind="DisputeClosed", stream="dispute", told_to=Audience.ALL, consequence=True):
    """The dispute has an outcome, and no remedy is owed any more."""

    outcome: Told[Outcome]


ClosureEvent = ClaimWithdrawn | DisputeCancelled | DisputeClosed
