"""Setting a default aside."""

from uuid import UUID

from fastapi import APIRouter

from api.disputes.filing.set_aside_schemas import RefuseSetAside, RequestSetAside, SetDefaultAside
from api.http.answers import Done
from api.http.exact_json import ExactRoute
from api.http.problems import ON_DISPUTE, documented
from api.http.writes import WriteOnDispute

router = APIRouter(tags=["Response"], route_class=ExactRoute)

_DEFAULT = "/v1/disputes/{dispute_id}/default"


@router.post(_DEFAULT + "/set-aside-request", responses=documented(*ON_DISPUTE))
async def request_set_aside(dispute_id: UUID, body: RequestSetAside, writing: WriteOnDispute) -> Done:
    """The respondent, who stayed silent for a cause, asks to be heard after all."""
    return await writing.done(await writing.act(body, dispute_id=dispute_id), Done)


@router.post(_DEFAULT + "/set-aside", responses=documented(*ON_DISPUTE))
async def set_default_aside(dispute_id: UUID, body: SetDefaultAside, writing: WriteOnDispute) -> Done:
    """The default falls; what it made owed is owed no more, and the case goes to a neutral."""
    return await writing.done(await writing.act(body, dispute_id=dispute_id), Done)


@router.post(_DEFAULT + "/set-aside-refusal", responses=documented(*ON_DISPUTE))
async def refuse_set_aside(dispute_id: UUID, body: RefuseSetAside, writing: WriteOnDispute) -> Done:
    """The default stands."""
    return await writing.done(await writing.act(body, dispute_id=dispute_id), Done)
