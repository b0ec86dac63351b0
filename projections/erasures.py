"""Who asked to be erased, the status of each erasure, until when something stands against it; and the legal holds.

Nothing in it is personal except the reasons of holds, which belong to their authors. The person is an opaque subject.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeAlias, assert_never
from uuid import UUID

from domain.privacy.erasure_facts import (
    ErasureCompleted,
    ErasureDeferred,
    ErasureGranted,
    ErasureRequested,
    PersonErased,
)
from domain.privacy.legal_hold_facts import LegalHoldLifted, LegalHoldPlaced
from mediation.store.log.recorded import Recorded
from projections.paging import Page, Where, page
from projections.table import Doc, Pool
from projections.view import Rows, View, kinds, revised

ErasureStatus: TypeAlias = Literal["requested", "deferred", "granted", "erased", "complete"]
_ErasureEvent: TypeAlias = ErasureRequested | ErasureDeferred | ErasureGranted | PersonErased | ErasureCompleted
_HoldEvent: TypeAlias = LegalHoldPlaced | LegalHoldLifted


@dataclass(frozen=True, kw_only=True)
class ErasureRow:
    """`against` is why it was last put off. `dispute_id` is the dispute with the commitment to erase at the later date."""

    stream_id: UUID
    number: int
    marketplace: str
    subject: UUID
    status: str
    ground: str
    by: str
    requested_at: datetime
    against: Doc | None = None
    until: datetime | None = None
    due_at: datetime | None = None
    dispute_id: UUID | None = None
    commitment_id: UUID | None = None
    erased_at: datetime | None = None
    completed_at: datetime | None = None


def _fold(rows: Rows[ErasureRow], recorded: Recorded) -> Iterable[ErasureRow]:
    event = recorded.event
    assert isinstance(event, _ErasureEvent), "a fact that this view concerns"
    if isinstance(event, ErasureRequested):
        asked = ErasureRow(
            stream_id=recorded.stream_id,
            number=event.number,
            marketplace=recorded.marketplace,
            subject=event.subject,
            status="requested",
            ground=event.ground,
            by=event.by.value,
            requested_at=recorded.occurred_at,
        )
        return [asked]
    return [revised(rows[recorded.stream_id, event.number], **_changes(event))]


def _changes(event: _ErasureEvent) -> dict[str, Any]:
    match event:
        case ErasureDeferred():
            against = {"items": [one.model_dump(mode="json") for one in event.against]}
            told = {name: getattr(event, name) for name in ("until", "due_at", "dispute_id", "commitment_id")}
            return {"status": "deferred", "against": against, **told}
        case ErasureGranted():
            return {"status": "granted", "against": None, "until": None}
        case PersonErased(erased_at=erased_at):
            return {"status": "erased", "erased_at": erased_at}
        case ErasureCompleted(completed_at=completed_at):
            return {"status": "complete", "completed_at": completed_at}
        case ErasureRequested():
            raise AssertionError("folded before")
        case _:
            assert_never(event)


ERASURES = View(
    title="erasures",
    version=1,
    row=ErasureRow,
    key=("stream_id", "number"),
    concerns=kinds(_ErasureEvent),
    fold=_fold,
    indexes=("(marketplace, requested_at, stream_id, number)", "(marketplace, subject)"),
    of_each="stream_id",
)


@dataclass(frozen=True, kw_only=True)
class HoldRow:
    """`reason` and `lifted_because` are sealed."""

    stream_id: UUID
    number: int
    marketplace: str
    subject: UUID
    reason: Doc
    by: str
    placed_at: datetime
    until: datetime | None
    lifted_at: datetime | None = None
    lifted_because: Doc | None = None


def _fold_hold(rows: Rows[HoldRow], recorded: Recorded) -> Iterable[HoldRow]:
    event = recorded.event
    assert isinstance(event, _HoldEvent), "a fact that this view concerns"
    match event:
        case LegalHoldPlaced():
            placed = HoldRow(
                stream_id=recorded.stream_id,
                number=event.number,
                marketplace=recorded.marketplace,
                subject=event.subject,
                reason=event.reason.model_dump(mode="json"),
                by=event.by.value,
                placed_at=recorded.occurred_at,
                until=event.until,
            )
            return [placed]
        case LegalHoldLifted(number=number, reason=said):
            because = said.model_dump(mode="json") if said else None
            held = rows[recorded.stream_id, number]
            return [revised(held, lifted_at=recorded.occurred_at, lifted_because=because)]
        case _:
            assert_never(event)


LEGAL_HOLDS = View(
    title="legal_holds",
    version=1,
    row=HoldRow,
    key=("stream_id", "number"),
    concerns=kinds(_HoldEvent),
    fold=_fold_hold,
    indexes=("(marketplace, placed_at, stream_id, number)", "(marketplace, subject)"),
    of_each="stream_id",
)


async def erasures(
    pool: Pool,
    marketplace: str,
    *,
    status: ErasureStatus | None = None,
    subject: UUID | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[ErasureRow]:
    """The erasures with this status, or all; the first requested first."""
    where = Where()
    where.equal(marketplace=marketplace, status=status, subject=subject)
    order = ("requested_at", "stream_id", "number")
    return await page(pool, ERASURES, where, order=order, limit=limit, cursor=cursor)


async def legal_holds(
    pool: Pool,
    marketplace: str,
    *,
    lifted: bool | None = None,
    subject: UUID | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[HoldRow]:
    """The holds that were `lifted`, those that were not, or all; the oldest first."""
    where = Where()
    where.equal(marketplace=marketplace, subject=subject)
    where.filled(lifted_at=lifted)
    order = ("placed_at", "stream_id", "number")
    return await page(pool, LEGAL_HOLDS, where, order=order, limit=limit, cursor=cursor)
