"""The caucus: confidential messages between one party and the neutral."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import StreamingResponse

from api.disputes.settlement.caucus_schemas import Caucus, CaucusForm, PostInCaucus
from api.disputes.settlement.translation import language_for, with_translations
from api.http.act_route import ActRoute
from api.http.answers import Exhibited
from api.http.bodies import Number
from api.http.files import CONTENT, download, with_file
from api.http.problems import ON_DISPUTE, ON_READ, documented
from api.http.reads import Read, ReadAsOf
from api.http.writes import WriteOnDispute
from domain.evidence.exhibits import UnknownExhibit
from domain.kernel.base import Role
from domain.kernel.people import Side
from domain.settlement.caucus import NotYourCaucus
from mediation.store.files.content import ALLOWED

router = APIRouter(tags=["Mediation"], route_class=ActRoute)

_CAUCUS = "/v1/disputes/{dispute_id}/caucus"
_FORM: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {"$ref": "#/components/schemas/CaucusForm"},
                "encoding": {"file": {"contentType": ", ".join(ALLOWED)}},
            }
        },
    }
}


@router.post(_CAUCUS, status_code=201, responses=documented(*ON_DISPUTE), openapi_extra=_FORM)
async def post_in_caucus(dispute_id: UUID, writing: WriteOnDispute) -> Exhibited:
    """Sends a confidential message, with or without a file: from a party to the neutral, or from the neutral to one party. It
    is never evidence."""
    outcome, body, received = await with_file(writing, dispute_id, CaucusForm)
    side = writing.caller.side or (body.side if isinstance(body, PostInCaucus) else None)
    assert side is not None, "the decider has seen to it"
    number = outcome.dispute.caucus.messages[side]
    return await writing.done(outcome, Exhibited, number=number, sha256=received.sha256)


@router.get(_CAUCUS, responses=documented(*ON_READ))
async def list_caucus(dispute_id: UUID, reading: ReadAsOf) -> Caucus:
    """The messages of the caucuses in which you take part."""
    doc = await reading.case(dispute_id)
    opened = await reading.open(reading.viewer.caucus(doc))
    return Caucus(items=await with_translations(reading, dispute_id, opened, language_for(reading, doc)))


@router.get(
    _CAUCUS + "/{side}/{number}/file",
    response_class=StreamingResponse,
    responses=CONTENT | documented(*ON_READ, 410),
)
async def get_caucus_file(dispute_id: UUID, side: Side, number: Number, reading: Read) -> StreamingResponse:
    """A file of a message in a caucus in which you take part."""
    doc = await reading.case(dispute_id)
    if reading.caller.role is not Role.NEUTRAL and reading.caller.side is not side:
        raise NotYourCaucus(role=reading.caller.role.value)
    heard = (said for said in reading.viewer.caucus(doc) if (said["side"], said["number"]) == (side.value, number))
    sealed = next((said["file"] for said in heard), None)
    if sealed is None:
        raise UnknownExhibit(number=number)
    return await download(reading, sealed, number)
