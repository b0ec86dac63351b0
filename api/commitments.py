"""What is owed: by whom, to whom, by when."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Query

from api.problems import ON_DISPUTE, ON_READ, documented
from api.reading import Cursor, Limit, ReadAsOf
from api.schemas.answers import Done, Promised
from api.schemas.base import When
from api.schemas.commitments import (
    Commitments,
    CommitmentsOfDispute,
    KeepCommitment,
    MakeCommitment,
    ReplaceCommitment,
    WaiveCommitment,
)
from api.writing import WriteOnDispute
from domain.base import Role
from domain.commitments import Bearer, CommitmentClass, CommitmentKind, commitment_id_of
from mediation.engine import Outcome
from projections import pending_commitments
from projections.pending_commitments import PENDING_COMMITMENTS, Status

router = APIRouter(tags=["Commitments"])

_OF_DISPUTE = "/v1/disputes/{dispute_id}/commitments"


@router.post(_OF_DISPUTE, status_code=201, responses=documented(*ON_DISPUTE))
async def make_commitment(dispute_id: UUID, body: MakeCommitment, writing: WriteOnDispute) -> Promised:
    """Promises something. Nobody can promise in somebody else's name; third parties promise through the marketplace."""
    outcome = await writing.act(body, dispute_id=dispute_id)
    return await writing.done(outcome, Promised, commitment_id=_last(outcome))


@router.get(_OF_DISPUTE, responses=documented(*ON_READ))
async def list_commitments_of_dispute(dispute_id: UUID, reading: ReadAsOf) -> CommitmentsOfDispute:
    """Every promise of one dispute, and how it ended."""
    doc = await reading.case(dispute_id)
    return CommitmentsOfDispute(items=await reading.open(reading.viewer.commitments(doc)))


@router.post(_OF_DISPUTE + "/{commitment_id}/fulfilment", responses=documented(*ON_DISPUTE))
async def keep_commitment(
    dispute_id: UUID,
    commitment_id: UUID,
    writing: WriteOnDispute,
    body: Annotated[KeepCommitment, Body(default_factory=KeepCommitment)],
) -> Done:
    """Says that a promise was kept; never by who owes it."""
    return await writing.done(await writing.act(body, dispute_id=dispute_id, commitment_id=commitment_id), Done)


@router.post(_OF_DISPUTE + "/{commitment_id}/waiver", responses=documented(*ON_DISPUTE))
async def waive_commitment(
    dispute_id: UUID,
    commitment_id: UUID,
    writing: WriteOnDispute,
    body: Annotated[WaiveCommitment, Body(default_factory=WaiveCommitment)],
) -> Done:
    """Lets a promise go; by whom it is owed to."""
    return await writing.done(await writing.act(body, dispute_id=dispute_id, commitment_id=commitment_id), Done)


@router.post(_OF_DISPUTE + "/{commitment_id}/replacement", status_code=201, responses=documented(*ON_DISPUTE))
async def replace_commitment(
    dispute_id: UUID, commitment_id: UUID, body: ReplaceCommitment, writing: WriteOnDispute
) -> Promised:
    """Takes another promise in place of one; by whom it is owed to."""
    outcome = await writing.act(body, dispute_id=dispute_id, commitment_id=commitment_id)
    return await writing.done(outcome, Promised, commitment_id=_last(outcome))


@router.get("/v1/commitments", responses=documented(*ON_READ))
async def list_commitments(
    reading: ReadAsOf,
    status: Status = "open",
    dispute_id: UUID | None = None,
    owed_by: Bearer | None = None,
    owed_to: Bearer | None = None,
    kind: CommitmentKind | None = None,
    commitment_class: Annotated[CommitmentClass | None, Query(alias="class")] = None,
    due_after: Annotated[When | None, Query(description="Included.")] = None,
    due_before: Annotated[When | None, Query(description="Not included.")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Commitments:
    """What is owed in all disputes, the first due first. For a neutral: what they owe themselves."""
    calling = reading.caller
    page = await reading.see(
        PENDING_COMMITMENTS,
        pending_commitments.commitments,
        reading.front.services.pool,
        calling.marketplace,
        status=status,
        dispute_id=dispute_id,
        owed_by=owed_by,
        owed_to=owed_to,
        kind=kind,
        commitment_class=commitment_class,
        subject=calling.subject if calling.role is Role.NEUTRAL else None,
        recommended=calling.side is None,
        due_after=due_after,
        due_before=due_before,
        asked=reading.asked,
        limit=limit,
        cursor=reading.cursor(cursor),
    )
    items = await reading.open([reading.viewer.commitment(row) for row in page.rows])
    return Commitments(items=items, next=reading.next(page.next))


def _last(outcome: Outcome) -> UUID:
    return commitment_id_of(outcome.dispute.id, outcome.dispute.commitments.made)
