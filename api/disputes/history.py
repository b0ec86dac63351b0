"""The history and the deadlines of a dispute."""

from uuid import UUID

from fastapi import APIRouter

from api.disputes import chronicle
from api.disputes.clocks.deadline_schemas import Deadlines
from api.disputes.history_schemas import History
from api.http.problems import ON_READ, documented
from api.http.reads import Cursor, Limit, ReadAsOf, Reading
from api.http.words import Words
from domain.kernel.people import Side
from projections import audit_trail, paging
from projections.audit_trail import Entry, entry_of
from projections.paging import Page
from projections.told_facts import told_to

router = APIRouter(tags=["History"])

_MOST = 1_000
"""Facts that are read at a time."""


@router.get("/v1/disputes/{dispute_id}/deadlines", responses=documented(*ON_READ))
async def list_deadlines(dispute_id: UUID, reading: ReadAsOf) -> Deadlines:
    """Every deadline with its proof, and in each party's local time."""
    doc = await reading.case(dispute_id)
    return Deadlines.model_validate({"items": reading.viewer.deadlines(doc)})


@router.get("/v1/disputes/{dispute_id}/history", responses=documented(*ON_READ))
async def get_history(
    dispute_id: UUID, reading: ReadAsOf, words: Words, limit: Limit = 50, cursor: Cursor = None
) -> History:
    """Every fact about a dispute, in the order in which the engine learned it."""
    doc = await reading.case(dispute_id)
    side, place = reading.caller.side, reading.cursor(cursor)
    if side is None:
        seen = await _full_page(reading, dispute_id, limit, place)
    else:
        seen = chronicle.seen(reading, await _told(reading, dispute_id, side, place))
    items = await chronicle.of_case(reading, dispute_id, doc, seen[:limit], words)
    last = paging.after(seen[limit - 1].position) if len(seen) > limit else None
    return History.model_validate({"items": items, "next": reading.next(last)})


async def all_seen(dispute_id: UUID, reading: Reading) -> list[Entry]:
    """All facts that this reader of the desk may see, in order. Nothing of them is unsealed. Raises UnknownDispute."""
    await reading.case(dispute_id)
    seen, place = list[Entry](), None
    while True:
        page = await _entries(reading, dispute_id, _MOST, place)
        seen += chronicle.seen(reading, page.rows)
        if (place := page.next) is None:
            return seen


async def _full_page(reading: Reading, dispute_id: UUID, limit: int, place: str | None) -> list[Entry]:
    """More than `limit` facts that the reader may see, if there are so many: a shorter page would reveal that facts are
    hidden from this reader.
    """
    seen: list[Entry] = []
    while True:
        page = await _entries(reading, dispute_id, limit, place)
        seen += chronicle.seen(reading, page.rows)
        place = page.next
        if place is None or len(seen) > limit:
            return seen


async def _entries(reading: Reading, dispute_id: UUID, limit: int, place: str | None) -> Page[Entry]:
    log, marketplace = reading.http.services.log, reading.caller.marketplace
    return await audit_trail.entries(
        log, marketplace, dispute_id=dispute_id, asked=reading.asked, limit=limit, cursor=place
    )


async def _told(reading: Reading, dispute_id: UUID, side: Side, place: str | None) -> list[Entry]:
    """All facts after a place that this side was told."""
    log, asked = reading.http.services.log, reading.asked
    facts = await log.of_dispute(dispute_id, as_of=asked.as_of, known_at=asked.known_at)
    (after,) = paging.opened(place, ["bigint"]) if place is not None else (0,)
    return [entry_of(fact) for fact in told_to(side, facts) if fact.position > after]
