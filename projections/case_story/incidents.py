"""The incident that the dispute belongs to."""

from typing import Annotated, assert_never
from uuid import UUID

from pydantic import Field

from domain.incidents.membership_facts import (
    BulkActNotReached,
    BulkActReached,
    IncidentJoined,
    IncidentLeft,
    MembershipEvent,
    SharedAnswered,
    SharedCited,
)
from domain.kernel.base import Instant
from domain.kernel.people import Side
from mediation.store.log.recorded import Recorded
from projections.case_story.items import changed, instant, item
from projections.case_story.parts import Part, Said
from projections.table import Doc


class PartOfIncident(Part):
    """The incident that the dispute is part of."""

    id: Annotated[UUID | None, Field(description="Not shown to the parties.")]
    joined_at: Instant


class SharedAnswer(Part):
    """A side's answer to something that the incident shares."""

    incident_id: UUID
    number: int
    by: Side
    message: Said | None
    at: Instant


def grouped(doc: Doc, event: MembershipEvent, recorded: Recorded) -> Doc:
    match event:
        case IncidentJoined(incident_id=incident_id):
            return {"incident": {"id": str(incident_id), "joined_at": instant(recorded.occurred_at)}}
        case IncidentLeft():
            return {"incident": None}
        case SharedAnswered():
            answer = item(event, at=instant(recorded.occurred_at))
            return {"shared_answers": [*doc["shared_answers"], answer]}
        case SharedCited(ruling=ruling, numbers=numbers):
            return {"rulings": changed(doc["rulings"], "number", ruling, cites_shared=[*numbers])}
        case BulkActReached() | BulkActNotReached():
            return {}  # the incident records it; here it is a proposal or an offer like any other
        case _:
            assert_never(event)
