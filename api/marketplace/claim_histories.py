"""The claim history of a buyer or a seller: for neutrals, supervisors, administrators and auditors, never for a party."""

from collections.abc import Mapping
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query

from api.http.bodies import Id, When
from api.http.problems import ON_READ, documented
from api.http.reads import Read, Reading
from api.http.roles import KNOW_CLAIM_HISTORIES
from api.marketplace.claim_history_schemas import ClaimHistories, ClaimHistory, HistoriesInShort, HistoryInShort
from domain.kernel.people import Side
from projections import claim_history
from projections.claim_history import CLAIM_HISTORY, Tally
from projections.table import Doc

router = APIRouter(tags=["Claim histories"])

FiledAfter = Annotated[When | None, Query(description="Claims filed at this instant or later.")]
FiledBefore = Annotated[When | None, Query(description="Claims filed before this instant.")]


@router.get("/v1/claim-histories/{side}/{party}", responses=documented(*ON_READ))
async def get_claim_history(
    side: Side,
    party: Annotated[Id, Path(description="The marketplace's id of the buyer or seller.")],
    reading: Read,
    filed_after: FiledAfter = None,
    filed_before: FiledBefore = None,
) -> ClaimHistory:
    """All claims that a buyer or a seller has filed, and all that were filed against them. For an unknown person all
    counts are zero.
    """
    subject = await reading.http.services.spellings.of("party", reading.caller.marketplace, party)
    return ClaimHistory.of(await _tallies(reading, side, subject, filed_after, filed_before))


@router.get("/v1/disputes/{dispute_id}/claim-history", responses=documented(*ON_READ))
async def get_claim_histories(
    dispute_id: UUID, reading: Read, filed_after: FiledAfter = None, filed_before: FiledBefore = None
) -> ClaimHistories:
    """The claim histories of both parties of a dispute."""
    subjects = subjects_of(await reading.case(dispute_id))
    told = {s.value: await _tallies(reading, s, subject, filed_after, filed_before) for s, subject in subjects.items()}
    return ClaimHistories.model_validate({side: ClaimHistory.of(tallies) for side, tallies in told.items()})


async def in_short(reading: Reading, doc: Doc) -> HistoriesInShort | None:
    """Both parties' histories in short, for the roles that may see them."""
    if reading.caller.role not in KNOW_CLAIM_HISTORIES:
        return None
    told = {side.value: await _tallies(reading, side, subject) for side, subject in subjects_of(doc).items()}
    return HistoriesInShort.model_validate({side: HistoryInShort.of(tallies) for side, tallies in told.items()})


def subjects_of(doc: Doc) -> Mapping[Side, UUID]:
    return {side: UUID(doc[side.value]["subject"]) for side in Side}


async def _tallies(
    reading: Reading, side: Side, subject: UUID, after: FiledAfter = None, before: FiledBefore = None
) -> list[Tally]:
    pool, marketplace = reading.http.services.pool, reading.caller.marketplace
    return await reading.see(
        CLAIM_HISTORY,
        claim_history.tallies,
        pool,
        marketplace,
        side,
        subject,
        filed_after=after,
        filed_before=before,
    )
