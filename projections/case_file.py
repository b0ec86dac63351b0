"""All facts about one dispute in one document. Each viewer is shown their part of it.

Its fields are in `projections.case_document`.

The fold never refuses. A document as of an instant may hold facts that occurred before facts which they follow in the
log. Then a fact about something that is not there yet changes nothing.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from domain.dispute.events import DisputeEvent
from domain.filing.filing_facts import DisputeFiled
from domain.payments.refund_facts import RefundEvent
from mediation.store.log.recorded import Recorded
from projections.case_document import beginning
from projections.case_story import dispute, stories
from projections.paging import Where, select
from projections.view import Doc, Pool, Rows, View, kinds


@dataclass(frozen=True, kw_only=True)
class CaseFile:
    dispute_id: UUID
    marketplace: str
    doc: Doc


def _fold(rows: Rows[CaseFile], recorded: Recorded) -> Iterable[CaseFile]:
    event = recorded.event
    assert recorded.dispute_id is not None, "both streams belong to a dispute"
    doc = dispute.filed(event, recorded) if isinstance(event, DisputeFiled) else _continued(rows, recorded)
    return [CaseFile(dispute_id=recorded.dispute_id, marketplace=recorded.marketplace, doc=doc)]


def _continued(rows: Rows[CaseFile], recorded: Recorded) -> Doc:
    for row in rows.values():
        return stories.told({**beginning(), **row.doc}, recorded)
    raise LookupError("a dispute that was never filed")


CASE_FILE = View(
    title="case_file",
    version=11,
    row=CaseFile,
    key=("dispute_id",),
    concerns=kinds(DisputeEvent, RefundEvent),
    fold=_fold,
)


async def get(pool: Pool, marketplace: str | None, dispute_id: UUID) -> Doc | None:
    """The document of a dispute; None if there is none in this marketplace. Without a marketplace: in the whole cell."""
    where = Where()
    where.equal(marketplace=marketplace, dispute_id=dispute_id)
    view = CASE_FILE
    rows = await select(pool, view, f"SELECT {view.selected} FROM {view.table} WHERE {where.sql}", where.values)
    return {**beginning(), **rows[0].doc} if rows else None  # a field may be younger than the stored document


async def parties(pool: Pool, dispute_ids: Collection[UUID]) -> dict[UUID, Doc]:
    """The parties of these disputes, sealed."""
    query = (
        "SELECT dispute_id, jsonb_build_object('buyer', doc->'buyer', 'seller', doc->'seller') "
        f"FROM {CASE_FILE.table} WHERE dispute_id = ANY(%s)"
    )
    async with pool.connection() as connection:
        return dict(await (await connection.execute(query, [list(dispute_ids)])).fetchall())


def of(facts: Iterable[Recorded]) -> Doc | None:
    """The document that these facts of one dispute make; None if its filing is not among them.

    The facts may be all of them, those up to an instant, or those that one viewer may see.
    """
    known = list(facts)
    start = next((n for n, recorded in enumerate(known) if isinstance(recorded.event, DisputeFiled)), len(known))
    rows = CASE_FILE.of(known[start:])
    return rows[0].doc if rows else None
