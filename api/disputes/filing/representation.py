"""Who acts for a party."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Path

from api.disputes.filing.representation_schemas import EndRepresentation, NameRepresentative
from api.http.answers import Done
from api.http.exact_json import ExactRoute
from api.http.problems import ON_DISPUTE, documented
from api.http.writes import WriteOnDispute

router = APIRouter(tags=["Disputes"], route_class=ExactRoute)


@router.post("/v1/disputes/{dispute_id}/representatives", status_code=201, responses=documented(*ON_DISPUTE))
async def name_representative(dispute_id: UUID, body: NameRepresentative, writing: WriteOnDispute) -> Done:
    """Names somebody who acts for a party: what they do counts as the party's, and is recorded as theirs."""
    return await writing.done(await writing.act(body, dispute_id=dispute_id), Done)


@router.post("/v1/disputes/{dispute_id}/representatives/{representative}/end", responses=documented(*ON_DISPUTE))
async def end_representation(
    dispute_id: UUID,
    representative: Annotated[UUID, Path(description="The subject, as the case file shows it.")],
    writing: WriteOnDispute,
    body: Annotated[EndRepresentation, Body(default_factory=EndRepresentation)],
) -> Done:
    """Somebody acts for a party no more, from now on; their tokens open nothing."""
    return await writing.done(await writing.act(body, dispute_id=dispute_id, representative=representative), Done)
