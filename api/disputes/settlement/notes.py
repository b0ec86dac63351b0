"""Internal notes of the desk: written by the neutral and supervisors, and read by them and whoever takes over."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter

from api.disputes.settlement.note_schemas import Noted, Notes, WriteNote
from api.http.act_route import ActRoute
from api.http.problems import ON_DISPUTE, ON_READ, documented
from api.http.reads import Cursor, Limit, ReadAsOf
from api.http.writes import WriteOnDispute
from domain.settlement.notes_facts import NoteWritten
from domain.stream_ids import notes_id
from mediation.store.log.recorded import Recorded

router = APIRouter(tags=["Notes"], route_class=ActRoute)

_NOTES = "/v1/disputes/{dispute_id}/notes"


@router.post(_NOTES, status_code=201, responses=documented(*ON_DISPUTE))
async def write_note(dispute_id: UUID, body: WriteNote, writing: WriteOnDispute) -> Noted:
    """Writes an internal note, also during a stay and after closure. It changes nothing in the dispute, and no party ever
    reads it."""
    outcome = await writing.act(body, dispute_id=dispute_id)
    return await writing.done(outcome, Noted, number=outcome.case.notes.written)


@router.get(_NOTES, responses=documented(*ON_READ))
async def list_notes(dispute_id: UUID, reading: ReadAsOf, limit: Limit = 50, cursor: Cursor = None) -> Notes:
    """The internal notes, in the order in which they were written. A new neutral reads those of the neutrals before."""
    await reading.case(dispute_id)
    stream_id = notes_id(dispute_id)
    facts = (await reading.http.services.log.read([(stream_id, 0)])).streams[stream_id]
    after = int(reading.cursor(cursor) or 0)
    left = [shown for shown in map(_shown, reading.asked.told(facts)) if shown["number"] > after]
    more = str(left[limit - 1]["number"]) if len(left) > limit else None
    items = await reading.open(left[:limit])
    return Notes.model_validate({"items": items, "next": reading.next(more)})


def _shown(recorded: Recorded) -> dict[str, Any]:
    event = recorded.event
    assert isinstance(event, NoteWritten), "a stream of notes holds nothing else"
    return {
        **event.model_dump(mode="json", exclude={"note"}),
        "note": event.note.model_dump(mode="json", exclude={"author"}),
        "author": recorded.actor,
        "written_at": recorded.occurred_at,
        "recorded_at": recorded.recorded_at,
    }
