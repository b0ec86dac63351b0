"""Exhibits: numbered evidence, with or without a file."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import StreamingResponse

from api.disputes.evidence.exhibit_schemas import ExhibitForm, Exhibits
from api.disputes.settlement.translation import language_for, with_translations
from api.http.act_route import ActRoute
from api.http.answers import Exhibited
from api.http.bodies import Number
from api.http.files import CONTENT, download, with_file
from api.http.problems import ON_DISPUTE, ON_READ, documented
from api.http.reads import Read, ReadAsOf
from api.http.writes import WriteOnDispute
from domain.evidence.exhibits import UnknownExhibit
from mediation.store.files.content import ALLOWED

router = APIRouter(tags=["Evidence"], route_class=ActRoute)

_FORM: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {"$ref": "#/components/schemas/ExhibitForm"},
                "encoding": {"file": {"contentType": ", ".join(ALLOWED)}},
            }
        },
    }
}


@router.post(
    "/v1/disputes/{dispute_id}/exhibits", status_code=201, responses=documented(*ON_DISPUTE), openapi_extra=_FORM
)
async def add_exhibit(dispute_id: UUID, writing: WriteOnDispute) -> Exhibited:
    """Adds evidence. The engine finds the type of a file from its content, hashes the file while it arrives, and stores it
    encrypted. It never deletes a file."""
    outcome, _, received = await with_file(writing, dispute_id, ExhibitForm)
    return await writing.done(outcome, Exhibited, number=len(outcome.dispute.exhibits.by), sha256=received.sha256)


@router.get("/v1/disputes/{dispute_id}/exhibits", responses=documented(*ON_READ))
async def list_exhibits(dispute_id: UUID, reading: ReadAsOf) -> Exhibits:
    """All exhibits in order, withdrawn ones included."""
    doc = await reading.case(dispute_id)
    opened = await reading.open(reading.viewer.exhibits(doc))
    return Exhibits(items=await with_translations(reading, dispute_id, opened, language_for(reading, doc)))


@router.get(
    "/v1/disputes/{dispute_id}/exhibits/{number}/file",
    response_class=StreamingResponse,
    responses=CONTENT | documented(*ON_READ, 410),
)
async def get_exhibit_file(dispute_id: UUID, number: Number, reading: Read) -> StreamingResponse:
    """The file of an exhibit. A browser saves it and does not display it."""
    doc = await reading.case(dispute_id)
    sealed = next((exhibit["file"] for exhibit in doc["exhibits"] if exhibit["number"] == number), None)
    if sealed is None:
        raise UnknownExhibit(number=number)
    return await download(reading, sealed, number)
