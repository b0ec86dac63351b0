"""The lists of commitments, their totals, and how punctually they are kept."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from api.disputes.commitments.commitment_schemas import (
    Commitments,
    CommitmentsOfDispute,
    CommitmentTotal,
    CommitmentTotals,
    Punctuality,
    PunctualityReport,
)
from api.disputes.settlement.translation import with_translations
from api.http.bodies import Id, When
from api.http.problems import ON_READ, documented
from api.http.reads import Cursor, Limit, Read, ReadAsOf, Reading
from domain.commitments.events import CommitmentClass, CommitmentKind, Participant
from domain.kernel.base import Role
from domain.policy.policy import DeskName
from projections import caseload, commitment_totals, commitments_owed, filings, punctuality
from projections.caseload import CASELOAD
from projections.commitments_owed import Status
from projections.pending_commitments import PENDING_COMMITMENTS, OwedCommitment
from projections.table import Doc

router = APIRouter(tags=["Commitments"])

_OF_DISPUTE = "/v1/disputes/{dispute_id}/commitments"


@router.get(_OF_DISPUTE, responses=documented(*ON_READ))
async def list_commitments_of_dispute(dispute_id: UUID, reading: ReadAsOf) -> CommitmentsOfDispute:
    """Every commitment of one dispute, and how it ended."""
    doc = await reading.case(dispute_id)
    opened = await reading.open(reading.viewer.commitments(doc))
    return CommitmentsOfDispute(items=await with_translations(reading, dispute_id, opened, reading.reads(doc)))


@router.get("/v1/commitments", responses=documented(*ON_READ))
async def list_commitments(
    reading: ReadAsOf,
    status: Status = "open",
    dispute_id: UUID | None = None,
    owed_by: Participant | None = None,
    owed_to: Participant | None = None,
    kind: CommitmentKind | None = None,
    commitment_class: Annotated[CommitmentClass | None, Query(alias="class")] = None,
    due_after: Annotated[When | None, Query(description="This instant is included.")] = None,
    due_before: Annotated[When | None, Query(description="This instant is not included.")] = None,
    seller: Annotated[
        Id | None, Query(description="Only commitments that this seller owes: the marketplace's id of the seller.")
    ] = None,
    desk: Annotated[DeskName | None, Query(description="Only commitments that the neutrals of this desk owe.")] = None,
    in_my_cases: Annotated[
        bool,
        Query(description="For a neutral: also what anybody else owes in the disputes that the neutral has now."),
    ] = False,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Commitments:
    """The commitments of all disputes, the first due first; by default only those still owed. A neutral sees their own, and
    with `in_my_cases` everybody's in the disputes that they have.
    """
    calling, spellings = reading.caller, reading.http.services.spellings
    theirs = await spellings.of("party", calling.marketplace, seller) if seller else None
    page = await reading.see(
        PENDING_COMMITMENTS,
        commitments_owed.commitments,
        reading.http.services.pool,
        calling.marketplace,
        status=status,
        dispute_id=dispute_id,
        owed_by=owed_by,
        owed_to=owed_to,
        kind=kind,
        commitment_class=commitment_class,
        subject=calling.subject if calling.role is Role.NEUTRAL and not in_my_cases else theirs,
        around=calling.subject if calling.role is Role.NEUTRAL and in_my_cases else None,
        due_after=due_after,
        due_before=due_before,
        desk=desk,
        without=reading.viewer.untold_owed,
        asked=reading.asked,
        at=reading.at,
        limit=limit,
        cursor=reading.cursor(cursor),
    )
    items = await reading.open(await _told(reading, page.rows))
    return Commitments(items=items, next=reading.next(page.next))


async def number_owed(reading: Reading, owed_by: Participant) -> int:
    """How many commitments `list_commitments` lists for this debtor, on all its pages."""
    calling = reading.caller
    return await commitments_owed.number(
        reading.http.services.pool,
        calling.marketplace,
        owed_by=owed_by,
        subject=calling.subject if calling.role is Role.NEUTRAL else None,
        without=reading.viewer.untold_owed,
        asked=reading.asked,
    )


async def _told(reading: Reading, rows: Sequence[OwedCommitment]) -> list[Doc]:
    """The rows, with what each is about: one query for the filings, and one each for refunds and for rulings, if any."""
    log, pool = reading.http.services.log, reading.http.services.pool
    filed = await filings.filings_at(log, {row.dispute_id for row in rows})
    refunds = await filings.instructions(log, {row.about_refund for row in rows if row.about_refund})
    to_sign = {row.dispute_id: row.began_position for row in rows if row.kind == CommitmentKind.CO_SIGN}
    unsigned: dict[UUID, Doc | None] = {}
    if to_sign:
        known = replace(reading, at_least=max(to_sign.values()))
        standings = await known.see(CASELOAD, caseload.standings, pool, to_sign, reading.asked)
        unsigned = {dispute_id: standing.unsigned for dispute_id, standing in standings.items()}
    numbers = reading.http.services.case_numbers
    told = []
    for row in rows:
        filing, position = filed[row.dispute_id]
        refund = refunds.get(row.about_refund) if row.about_refund else None
        shown = reading.viewer.commitment(row, filing, refund, unsigned.get(row.dispute_id))
        told.append(shown | {"case_number": numbers.of(position)})
    return told


@router.get("/v1/commitments/totals", responses=documented(*ON_READ))
async def total_commitments(
    reading: Read,
    owed_by: Participant | None = None,
    owed_to: Participant | None = None,
    kind: CommitmentKind | None = None,
    commitment_class: Annotated[CommitmentClass | None, Query(alias="class")] = None,
) -> CommitmentTotals:
    """All commitments ever made in the marketplace: their number and total amount, by status and currency."""
    found = await reading.see(
        PENDING_COMMITMENTS,
        commitment_totals.totals,
        reading.http.services.pool,
        reading.caller.marketplace,
        owed_by=owed_by,
        owed_to=owed_to,
        kind=kind,
        commitment_class=commitment_class,
        at=reading.caller.at,
    )
    return CommitmentTotals(items=[CommitmentTotal.of(one) for one in found])


@router.get("/v1/commitments/punctuality", responses=documented(*ON_READ))
async def tell_punctuality(
    reading: Read,
    by: Annotated[
        punctuality.Whose,
        Query(description="Whether the report is by marketplace, by desk, by neutral or by seller."),
    ] = "marketplace",
    due_after: Annotated[When | None, Query(description="This instant is included.")] = None,
    due_before: Annotated[When | None, Query(description="This instant is not included.")] = None,
) -> PunctualityReport:
    """The commitments that fell due in a period, and how many of them were kept on time. A broken one counts for whoever
    broke it, whatever becomes of it. The least punctual come first, at most 100."""
    pool = reading.http.services.pool
    found = await reading.see(
        PENDING_COMMITMENTS,
        punctuality.punctuality,
        pool,
        reading.caller.marketplace,
        by,
        due_after=due_after,
        due_before=due_before,
        at=reading.caller.at,
    )
    filed = await filings.filings(reading.http.services.log, {one.dispute_id for one in found if by == "seller"})
    known = (filed.get(one.dispute_id) for one in found)
    sellers = await reading.open([filing.seller.id if filing else None for filing in known])
    return PunctualityReport(items=[Punctuality.of(*one) for one in zip(found, sellers, strict=True)])
