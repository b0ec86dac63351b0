"""The case file of one dispute."""

from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from api.disputes.case_file_schemas import CaseFile
from api.disputes.settlement.translation import with_translations
from api.http.exact_json import ExactRoute
from api.http.problems import ON_READ, documented
from api.http.reads import ReadAsOf
from api.http.writes import etag
from api.marketplace import claim_histories

router = APIRouter(tags=["Disputes"], route_class=ExactRoute)


@router.get(
    "/v1/disputes/{dispute_id}",
    responses={304: {"description": "The dispute has the version in `If-None-Match`."}, **documented(*ON_READ)},
)
async def get_dispute(dispute_id: UUID, reading: ReadAsOf, response: Response) -> CaseFile:
    """The case file as you may see it, with the acts that are open to you now."""
    doc, actions = await reading.case_and_actions(dispute_id)
    opened = await reading.open(reading.viewer.case_file(doc))
    shown = await with_translations(reading, dispute_id, opened, reading.reads(doc))
    response.headers["ETag"] = etag(doc["version"])
    response.headers["Vary"] = "Accept-Language"
    histories = await claim_histories.in_short(reading, doc)
    number = reading.http.services.case_numbers.of(doc["filed_position"])
    return CaseFile(**shown, case_number=number, claim_histories=histories, actions=actions)
