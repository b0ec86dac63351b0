"""Exhibits: numbered evidence, with or without a file."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Body
from starlette.responses import StreamingResponse

from api.disputes.evidence.exhibit_schemas import AnswerExhibit, ExhibitForm, Exhibits, RequestEvidence, WithdrawExhibit
from api.http.answers import Done, Exhibited, Numbered
from api.http.bodies import Number
from api.http.exact_json import ExactRoute
from api.http.files import CONTENT, download, with_file
from api.http.problems import ON_DISPUTE, ON_READ, documented
from api.http.reads import Read, ReadAsOf
from api.http.writes import WriteOnDispute
from domain.evidence.exhibits import UnknownExhibit
from mediation.store.files.content import ALLOWED

router = APIRouter(tags=["Evidence"], route_class=ExactRoute)

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
    """Adds evidence. A file is judged by its content, hashed while it comes in, and stored sealed; it is never deleted."""
    outcome, _, sha256 = await with_file(writing, dispute_id, ExhibitForm)
    return await writing.done(outcome, Exhibited, number=len(outcome.dispute.exhibits.by), sha256=sha256)


@router.get("/v1/disputes/{dispute_id}/exhibits", responses=documented(*ON_READ))
async def list_exhibits(dispute_id: UUID, reading: ReadAsOf) -> Exhibits:
    """All exhibits in their order, the withdrawn among them."""
    doc = await reading.case(dispute_id)
    return Exhibits(items=await reading.open(reading.viewer.exhibits(doc)))


@router.get(
    "/v1/disputes/{dispute_id}/exhibits/{number}/file",
    response_class=StreamingResponse,
    responses=CONTENT | documented(*ON_READ, 410),
)
async def get_exhibit_file(dispute_id: UUID, number: Number, reading: Read) -> StreamingResponse:
    """The file of an exhibit, to be saved and never to be shown by a browser."""
    doc = await reading.case(dispute_id)
    sealed = next((exhibit["file"] for exhibit in doc["exhibits"] if exhibit["number"] == number), None)
    if sealed is None:
        raise UnknownExhibit(number=number)
    return await download(reading, sealed, number)


@router.post("/v1/disputes/{dispute_id}/exhibits/{number}/withdrawal", responses=documented(*ON_DISPUTE))
async def withdraw_exhibit(
    dispute_id: UUID,
    number: Number,
    writing: WriteOnDispute,
    body: Annotated[WithdrawExhibit, Body(default_factory=WithdrawExhibit)],
) -> Done:
    """Takes an exhibit back. It stays on the record, and can no longer be cited."""
    return await writing.done(await writing.act(body, dispute_id=dispute_id, number=number), Done)


@router.post("/v1/disputes/{dispute_id}/exhibits/{number}/answer", responses=documented(*ON_DISPUTE))
async def answer_exhibit(
    dispute_id: UUID,
    number: Number,
    writing: WriteOnDispute,
    body: Annotated[AnswerExhibit, Body(default_factory=AnswerExhibit)],
) -> Done:
    """Answers what somebody else put in, or just says that it was seen. From then on a ruling may cite it."""
    return await writing.done(await writing.act(body, dispute_id=dispute_id, number=number), Done)


@router.post("/v1/disputes/{dispute_id}/evidence-requests", status_code=201, responses=documented(*ON_DISPUTE))
async def request_evidence(dispute_id: UUID, body: RequestEvidence, writing: WriteOnDispute) -> Numbered:
    """Asks a side to show a fact, within the policy's window. Where it does not, an adverse inference is recorded."""
    outcome = await writing.act(body, dispute_id=dispute_id)
    return await writing.done(outcome, Numbered, number=len(outcome.dispute.evidence_requests.made))
