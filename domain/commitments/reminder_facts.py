"""The fact that somebody was reminded of a deadline or a commitment."""

from uuid import UUID

from domain.clocks.deadline_facts import Whose
from domain.commitments.events import Participant
from domain.kernel.base import Event, Instant
from domain.kernel.disclosure import Audience, Told

# --- types ---


class Reminded(Event, kind="Reminded", stream="dispute", told_to=Audience.WHOM_COMMITMENT_CONCERNS):
    """Somebody was reminded of a deadline (`name`) or of a commitment (`commitment_id`).

    `to` is who has to act before `due_at`. `again_at` is the instant of the next reminder of it.
    """

    to: Told[Whose | Participant]
    due_at: Told[Instant]
    name: Told[str | None] = None
    commitment_id: Told[UUID | None] = None
    again_at: Told[Instant | None] = None
