"""The list of disputes, and the case file of one dispute."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response

from api.disputes.case_fields import Fields, as_json, asked_for
from api.disputes.case_file_schemas import CaseFile, Disputes
from api.disputes.settlement.translation import with_translations
from api.http.bodies import Id, When
from api.http.exact_json import ExactRoute
from api.http.problems import ON_READ, documented
from api.http.reads import Cursor, Limit, ReadAsOf
from api.http.writes import etag
from api.marketplace import claim_histories
from domain.kernel.base import Role
from domain.kernel.people import Awaiting, Stage
from domain.policy.reasons import ClaimReason
from projections import caseload
from projections.caseload import CASELOAD

router = APIRouter(tags=["Disputes"], route_class=ExactRoute)


@router.get("/v1/disputes", responses=documented(*ON_READ))
async def list_disputes(
    reading: ReadAsOf,
    stage: Stage | None = None,
    awaiting: Awaiting | None = None,
    reason: ClaimReason | None = None,
    order_id: Id | None = None,
    marketplace_reference: Id | None = None,
    seller: Annotated[Id | None, Query(description="The marketplace's id of the seller.")] = None,
    neutral: Annotated[UUID | None, Query(description="The neutral to whom the dispute is assigned.")] = None,
    changed_after: Annotated[
        When | None,
        Query(description="Changes at exactly this instant are included, so that repeated requests miss nothing."),
    ] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Disputes:
    """Disputes, the latest filed first. A neutral sees the disputes assigned to them, and those that wait for a neutral."""
    calling, blind = reading.caller, reading.http.services.blind
    marketplace = calling.marketplace
    page = await reading.see(
        CASELOAD,
        caseload.disputes,
        reading.http.services.pool,
        marketplace,
        stage=stage,
        awaiting=awaiting,
        reason=reason,
        transaction_ids=blind.spellings("transaction", marketplace, order_id) if order_id else None,
        reference_keys=blind.spellings("reference", marketplace, marketplace_reference)
        if marketplace_reference
        else None,
        sellers=blind.spellings("party", marketplace, seller) if seller else None,
        neutral=neutral,
        for_neutral=calling.subject if calling.role is Role.NEUTRAL else None,
        changed_after=changed_after and calling.clock.first_showed(changed_after),
        to=calling.side,
        asked=reading.asked,
        limit=limit,
        cursor=reading.cursor(cursor),
    )
    items = await reading.open([reading.viewer.standing(row) for row in page.rows])
    return Disputes(items=items, next=reading.next(page.next))


@router.get(
    "/v1/disputes/{dispute_id}",
    response_model=CaseFile,
    responses={304: {"description": "The dispute has the version in `If-None-Match`."}, **documented(*ON_READ)},
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
    headers = {"ETag": etag(doc["version"]), "Vary": "Accept-Language"}
    if fields is not None:
        return Response(as_json({**shown, **more}), media_type="application/json", headers=headers)
    response.headers.update(headers)
    return CaseFile(**shown, **more)
