"""The history and the deadlines of a dispute, and the feed of all facts."""

from uuid import UUID

from fastapi import APIRouter

from api.disputes import chronicle
from api.disputes.clocks.deadline_schemas import Deadlines
from api.disputes.history_schemas import Feed, History
from api.http.problems import ON_READ, documented
from api.http.reads import Cursor, Limit, Read, ReadAsOf
from api.http.words import Words
from projections import audit_trail, paging
from projections.audit_trail import Entry

router = APIRouter(tags=["History"])


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
    untold, place = reading.viewer.untold(doc), reading.cursor(cursor)
    seen: list[Entry] = []
    while True:  # until the page is full: a shorter page would reveal that facts are hidden from this reader
        page = await audit_trail.entries(
            reading.http.services.log,
            reading.caller.marketplace,
            dispute_id=dispute_id,
            asked=reading.asked,
            limit=limit,
            cursor=place,
        )
        seen += chronicle.seen(reading, page.rows, untold)
        place = page.next
        if place is None or len(seen) > limit:
            break
    named = {UUID(representative["subject"]) for representative in doc["representatives"]}
    items = await chronicle.told(reading, seen[:limit], words, named, untold)
    last = paging.after(seen[limit - 1].position) if len(seen) > limit else None
    return History.model_validate({"items": items, "next": reading.next(last)})


@router.get("/v1/events", responses=documented(*ON_READ))
async def list_events(reading: Read, words: Words, limit: Limit = 50, cursor: Cursor = None) -> Feed:
    """Every fact about every dispute, in the order in which the engine learned it. Ask again with `next` for new facts."""
    since = reading.cursor(cursor)
    page = await audit_trail.entries(
        reading.http.services.log,
        reading.caller.marketplace,
        of_disputes=True,
        after=int(since or 0),
        limit=limit,
    )
    last = str(page.rows[-1].position) if page.rows else since or "0"
    items = await chronicle.told(reading, page.rows, words, untold=await _untold(reading, page.rows))
    return Feed.model_validate({"items": items, "next": reading.next(last)})


async def _untold(reading: Read, entries: list[Entry]) -> frozenset[str]:
    """The ids of the commitments that are hidden from this reader. Only parties have any."""
    if reading.caller.side is None:
        return frozenset()
    disputes = {entry.dispute_id for entry in entries if entry.dispute_id and "commitment_id" in entry.body}
    docs = [await reading.case(dispute_id) for dispute_id in disputes]
    return frozenset[str]().union(*(reading.viewer.untold(doc) for doc in docs))
