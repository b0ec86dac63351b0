"""The case file of one dispute."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from api.disputes.case_fields import Fields, as_json, asked_for
from api.disputes.case_file_schemas import CaseFile
from api.disputes.settlement.translation import with_translations
from api.http.exact_json import ExactRoute
from api.http.problems import ON_READ, documented
from api.http.reads import ReadAsOf
from api.http.writes import etag
from api.marketplace import claim_histories, contacts

router = APIRouter(tags=["Disputes"], route_class=ExactRoute)


@router.get(
    "/v1/disputes/{dispute_id}",
    response_model=CaseFile,
    responses={
        304: {"description": "The dispute and its refunds are as `If-None-Match` says."},
        **documented(*ON_READ),
    },
)
async def get_dispute(
    dispute_id: UUID, reading: ReadAsOf, response: Response, fields: Fields = None
) -> CaseFile | Response:
    """The case file as you may see it, with the acts that are open to you now. With `fields`, only a part of it."""
    asked, more = asked_for(fields), dict[str, Any]()
    if "actions" in asked:
        doc, more["actions"] = await reading.case_and_actions(dispute_id)
    else:
        doc = await reading.case(dispute_id)
    seen = {name: value for name, value in reading.viewer.case_file(doc).items() if name in asked}
    shown = await with_translations(reading, dispute_id, await reading.open(seen), reading.reads(doc))
    if "claim_histories" in asked:
        more["claim_histories"] = await claim_histories.in_short(reading, doc)
    if "contacts" in asked:
        more["contacts"] = await contacts.in_case(reading, doc)
    if "case_number" in asked:
        more["case_number"] = reading.http.services.case_numbers.of(doc["filed_position"])
    headers = {"ETag": etag(doc["version"], doc["refunds"]), "Vary": "Accept-Language"}
    if fields is not None:
        return Response(as_json({**shown, **more}), media_type="application/json", headers=headers)
    response.headers.update(headers)
    return CaseFile(**shown, **more)
