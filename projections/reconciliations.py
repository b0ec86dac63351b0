"""Comparisons of the ledger with the providers' own lists, and the differences that they found; one row each."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, assert_never
from uuid import UUID

from domain.payments.reconciliation_facts import DifferenceEnded, DifferenceFound, LedgerCompared, ReconciliationEvent
from mediation.store.log.recorded import Recorded
from projections.paging import Page, Where, page
from projections.table import Doc, Pool
from projections.view import Rows, View, kinds, revised

DifferenceStatus = Literal["open", "gone", "explained"]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """`what` is `comparison`, or the kind of a difference. `told` is what the event says about it, references sealed.

    `status` is None for a comparison. `note` is why a difference is explained, sealed.
    """

    position: int
    stream_id: UUID
    marketplace: str
    what: str
    number: int
    status: str | None
    told: Doc
    found_at: datetime
    ended_at: datetime | None = None
    note: Doc | None = None


def _fold(rows: Rows[Finding], recorded: Recorded) -> Iterable[Finding]:
    event = recorded.event
    assert isinstance(event, ReconciliationEvent), "a fact that this view concerns"
    match event:
        case LedgerCompared(number=number):
            return [_finding(recorded, "comparison", number, None, event.model_dump(mode="json"))]
        case DifferenceFound(number=number, difference=difference):
            told = difference.model_dump(mode="json")
            return [_finding(recorded, difference.what, number, "open", told)]
        case DifferenceEnded(number=number, how=how, note=note):
            found = next(row for row in rows.values() if row.number == number and row.status is not None)
            said = note.model_dump(mode="json") if note else None
            return [revised(found, status=how, ended_at=recorded.occurred_at, note=said)]
        case _:
            assert_never(event)


def _finding(recorded: Recorded, what: str, number: int, status: str | None, told: Doc) -> Finding:
    return Finding(
        position=recorded.position,
        stream_id=recorded.stream_id,
        marketplace=recorded.marketplace,
        what=what,
        number=number,
        status=status,
        told=told,
        found_at=recorded.occurred_at,
    )


RECONCILIATIONS = View(
    title="reconciliations",
    version=1,
    row=Finding,
    key=("position",),
    concerns=kinds(ReconciliationEvent),
    fold=_fold,
    needs="status = 'open'",
    indexes=("(marketplace, position)", "(stream_id) WHERE status = 'open'"),
    of_each="stream_id",
)


async def comparisons(pool: Pool, marketplace: str, *, limit: int = 50, cursor: str | None = None) -> Page[Finding]:
    where = Where()
    where.equal(marketplace=marketplace, what="comparison")
    return await page(pool, RECONCILIATIONS, where, order=("position",), limit=limit, cursor=cursor)


async def differences(
    pool: Pool, marketplace: str, *, status: DifferenceStatus | None, limit: int = 50, cursor: str | None = None
) -> Page[Finding]:
    """In the order in which they were found."""
    where = Where()
    where.equal(marketplace=marketplace, status=status)
    where.add("status IS NOT NULL")
    return await page(pool, RECONCILIATIONS, where, order=("position",), limit=limit, cursor=cursor)
