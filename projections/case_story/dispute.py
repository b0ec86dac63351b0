"""The stage of a dispute, its end and its reopening, and the incident that it belongs to."""

from typing import assert_never

from domain.dispute.events import MovePassed
from domain.incidents.membership_facts import (
    BulkActNotReached,
    BulkActReached,
    IncidentJoined,
    IncidentLeft,
    MembershipEvent,
    SharedAnswered,
    SharedCited,
)
from domain.remedies.closure_facts import ClaimWithdrawn, ClosureEvent, DisputeCancelled, DisputeClosed
from domain.remedies.reopening_facts import DisputeReopened, HandlingRated, ReopeningEvent
from mediation.store.log.recorded import Recorded
from projections.case_story.items import changed, instant, item
from projections.view import Doc


def moved(doc: Doc, event: MovePassed, recorded: Recorded) -> Doc:
    return {"stage": event.stage.value, "awaiting": event.awaiting.value}


def ended(doc: Doc, event: ClosureEvent, recorded: Recorded) -> Doc:
    at = instant(recorded.occurred_at)
    match event:
        case ClaimWithdrawn():
            return {"withdrawal": item(event, at=at)}
        case DisputeCancelled():
            return {"cancellation": item(event, at=at)}
        case DisputeClosed():
            return {"closed_at": at}
        case _:
            assert_never(event)


def reopened(doc: Doc, event: ReopeningEvent, recorded: Recorded) -> Doc:
    told = item(event, at=instant(recorded.occurred_at))
    match event:
        case HandlingRated():
            return {"ratings": [*doc["ratings"], told]}
        case DisputeReopened(bounced=None):
            rulings = changed(doc["rulings"], "status", "in_effect", status="overturned")
            return {"reopenings": [*doc["reopenings"], told], "closed_at": None, "rulings": rulings}
        case DisputeReopened():
            return {"reopenings": [*doc["reopenings"], told], "closed_at": None}
        case _:
            assert_never(event)


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
