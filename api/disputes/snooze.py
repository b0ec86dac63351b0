"""A case that a mediator or a supervisor puts aside until an instant. It is their own mark: nobody else is told."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field

from api.disputes import snoozed
from api.http.bodies import Answer, Body, When, example
from api.http.exact_json import ExactRoute
from api.http.problems import ON_DISPUTE, ON_READ, documented
from api.http.reads import Read, Reading
from api.http.relative import ahead
from domain.kernel.base import Instant
from domain.kernel.refusals import Conflict, Malformed
from mediation.store.desk import snoozes
from mediation.store.desk.snoozes import Snooze
from projections import caseload

router = APIRouter(tags=["Disputes"], route_class=ExactRoute)

_SNOOZE = "/v1/disputes/{dispute_id}/snooze"


class SnoozeIsOver(Malformed):
    """`until` has passed already.

    Why: A dispute that is put aside comes back at that instant. This one would come back at once.

    What to do: Name a later instant. `now` is the time on the clock of the marketplace.

    Example: {"until": "2026-12-02T08:00:00+00:00", "now": "2026-12-02T09:00:00+00:00"}
    """

    pointer = "/until"


class SnoozeBeyondDue(Conflict):
    """`until` is later than an instant at which something is due from you in this dispute.

    Why: A dispute that is put aside is not in your list. You would see it again only after `due_at`, when it is too late.

    What to do: Put it aside until `due_at` at the latest, or do first what is due.

    Example: {"until": "2026-12-04T08:00:00+00:00", "due_at": "2026-12-03T17:00:00+00:00"}
    """

    pointer = "/until"


class SnoozeDispute(Body):
    """Until when you put the dispute aside."""

    model_config = example({"until": ahead(days=1)})

    until: When


class SnoozeShown(Answer):
    """Until when the dispute is put aside."""

    model_config = example({"until": ahead(days=1)})

    until: Annotated[
        Instant | None, Field(description="Null: you have not put it aside, or it has come back to your list.")
    ]


@router.put(_SNOOZE, responses=documented(*ON_DISPUTE))
async def snooze_dispute(dispute_id: UUID, body: SnoozeDispute, reading: Read) -> SnoozeShown:
    """Puts the dispute aside: `snoozed=false` leaves it out of your list until this instant. It comes back before when it waits
    for something new, and while you owe a reply to a new message. It is no fact, and nobody else learns of it.
    """
    caller = reading.caller
    due = await _due(reading, dispute_id)
    if body.until <= caller.at:
        raise SnoozeIsOver(until=body.until.isoformat(), now=caller.at.isoformat())
    if due is not None and body.until > due:
        raise SnoozeBeyondDue(until=body.until.isoformat(), due_at=due.isoformat())
    await snoozes.put(
        reading.http.services.pool,
        subject=caller.subject,
        marketplace=caller.marketplace,
        dispute_id=dispute_id,
        snooze=Snooze(body.until, caller.at),
    )
    return SnoozeShown(until=body.until)


@router.get(_SNOOZE, responses=documented(*ON_READ))
async def get_snooze(dispute_id: UUID, reading: Read) -> SnoozeShown:
    """Until when you have put the dispute aside."""
    await reading.case(dispute_id)
    return SnoozeShown(until=(await snoozed.aside(reading)).get(dispute_id))


@router.delete(_SNOOZE, status_code=204, responses=documented(*ON_READ))
async def end_snooze(dispute_id: UUID, reading: Read) -> None:
    """Brings the dispute back to your list, if you have put it aside."""
    await reading.case(dispute_id)
    caller = reading.caller
    await snoozes.end(
        reading.http.services.pool, subject=caller.subject, marketplace=caller.marketplace, dispute_id=dispute_id
    )


async def _due(reading: Reading, dispute_id: UUID) -> Instant | None:
    """When the reader must first do something: a duty of theirs, or what the list shows as due by them.

    Raises what `Reading.case` raises.
    """
    _, owed, _ = await reading.case_and_duties(dispute_id)
    row = (await caseload.standings(reading.http.services.pool, [dispute_id])).get(dispute_id)
    listed = [row.due.at] if row and row.due and row.due.by == reading.caller.role.value else []
    return min([*(one.due_at for one in owed), *listed], default=None)
