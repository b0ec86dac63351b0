"""What is owed: every promise from the fact that made it to the fact that ended it. A promise made is never lost.

    pending → overdue → kept | kept_late | waived | replaced | discharged

One row per life of a commitment. An overdue one stays, overdue, until an event says how it ended.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeAlias, assert_never
from uuid import UUID

from domain.commitments import (
    Bearer,
    CommitmentBreached,
    CommitmentClass,
    CommitmentDeferred,
    CommitmentDischarged,
    CommitmentEvent,
    CommitmentKept,
    CommitmentKind,
    CommitmentMade,
    CommitmentPassed,
    CommitmentReplaced,
    CommitmentWaived,
)
from domain.money import Money
from domain.people import Text
from domain.remedy import RefundReferred, RefundStalled, RefundUnderway, RemedyEvent
from mediation.store.recorded import Recorded
from projections.lives import NOW, Asked, Life, alive, succeed
from projections.paging import Page, Where, page, select
from projections.view import Doc, Pool, Rows, View, kinds

Status: TypeAlias = Literal["open", "pending", "overdue", "ended", "all"]

_OPEN = "status IN ('pending', 'overdue')"
_STATUS: Mapping[Status, str] = {
    "open": _OPEN,
    "pending": "status = 'pending'",
    "overdue": "status = 'overdue'",
    "ended": f"NOT {_OPEN}",
    "all": "true",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OwedCommitment(Life):
    """`minor` are minor units of `currency`. `by` and `end_note` tell who ended it and what was said; notes are sealed.

    `refund_id` is the movement of money that carries it out, once that has begun.
    """

    commitment_id: UUID
    dispute_id: UUID
    marketplace: str
    number: int
    commitment_class: str
    kind: str
    owed_by: str
    owed_to: str
    subject: UUID | None
    minor: int | None
    currency: str | None
    due_at: datetime
    proof: Doc | None
    arises_from: str
    note: Doc | None
    status: str
    by: str | None = None
    end_note: Doc | None = None
    replaced_by: UUID | None = None
    refund_id: UUID | None = None

    @property
    def amount(self) -> Money | None:
        return None if self.minor is None or self.currency is None else Money(self.minor, self.currency)


def _fold(rows: Rows[OwedCommitment], recorded: Recorded) -> Iterable[OwedCommitment]:
    event: CommitmentEvent | RemedyEvent = recorded.event  # type: ignore[assignment] # what the view concerns
    match event:
        case CommitmentMade():
            return [_made(event, recorded)]
        case CommitmentDeferred():
            changes: dict[str, Any] = {"due_at": event.due_at}
        case CommitmentBreached():
            changes = {"status": "overdue"}
        case CommitmentKept():
            status = "kept_late" if event.late else "kept"
            changes = {"status": status, "by": event.by.value, "end_note": _note(event.note)}
            if event.refund_id is not None:
                changes["refund_id"] = event.refund_id
        case CommitmentWaived():
            changes = {"status": "waived", "by": event.by.value, "end_note": _note(event.note)}
        case CommitmentReplaced():
            changes = {"status": "replaced", "by": event.by.value, "replaced_by": event.replaced_by}
        case CommitmentPassed():
            changes = {"owed_by": event.owed_by.value, "subject": event.subject}
        case CommitmentDischarged():
            changes = {"status": "discharged"}
        case RefundUnderway():
            changes = {"refund_id": event.refund_id}
        case RefundStalled() | RefundReferred():
            return []  # still owed, as before
        case _:
            assert_never(event)
    return succeed(_living(rows, event.commitment_id), recorded, **changes)


def _made(event: CommitmentMade, recorded: Recorded) -> OwedCommitment:
    promise = event.promise
    assert recorded.dispute_id is not None, "a commitment belongs to a dispute"
    return OwedCommitment(
        n=1,
        began_at=recorded.occurred_at,
        began_position=recorded.position,
        commitment_id=event.commitment_id,
        dispute_id=recorded.dispute_id,
        marketplace=recorded.marketplace,
        number=event.number,
        commitment_class=event.commitment_class.value,
        kind=promise.kind.value,
        owed_by=promise.owed_by.value,
        owed_to=promise.owed_to.value,
        subject=promise.subject,
        minor=promise.amount.minor if promise.amount else None,
        currency=promise.amount.currency if promise.amount else None,
        due_at=promise.due_at,
        proof=promise.proof.model_dump(mode="json") if promise.proof else None,
        arises_from=event.arises_from,
        note=_note(promise.note),
        status="pending",
    )


def _living(rows: Rows[OwedCommitment], commitment_id: UUID) -> OwedCommitment:
    for row in rows.values():
        if row.commitment_id == commitment_id and row.ended_position is None:
            return row
    raise LookupError("a commitment that was never made, or has ended")


def _note(text: Text | None) -> Doc | None:
    return text.model_dump(mode="json") if text else None


PENDING_COMMITMENTS = View(
    title="pending_commitments",
    version=2,
    row=OwedCommitment,
    key=("commitment_id", "n"),
    concerns=kinds(CommitmentEvent, RemedyEvent),
    fold=_fold,
    needs=f"ended_position IS NULL AND {_OPEN}",
    indexes=(
        *(
            f"{columns} WHERE ended_position IS NULL AND {_OPEN}"
            for columns in (
                "(marketplace, due_at, commitment_id)",
                "(marketplace, kind, due_at, commitment_id)",
                "(subject, due_at, commitment_id)",
                "(due_at, commitment_id)",
            )
        ),
        "(marketplace, due_at, commitment_id)",
        "(dispute_id)",
    ),
)


async def commitments(
    pool: Pool,
    marketplace: str | None,
    *,
    status: Status = "open",
    dispute_id: UUID | None = None,
    owed_by: Bearer | None = None,
    owed_to: Bearer | None = None,
    subject: UUID | None = None,
    commitment_class: CommitmentClass | None = None,
    kind: CommitmentKind | None = None,
    due_after: datetime | None = None,
    due_before: datetime | None = None,
    asked: Asked = NOW,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[OwedCommitment]:
    """What is owed, the first due first; `due_after` is included, `due_before` is not. No marketplace: the whole cell."""
    where = Where()
    where.add(_STATUS[status])
    where.equal(marketplace=marketplace, dispute_id=dispute_id, owed_by=owed_by, owed_to=owed_to)
    where.equal(subject=subject, commitment_class=commitment_class, kind=kind)
    if due_after is not None:
        where.add("due_at >= %s", due_after)
    if due_before is not None:
        where.add("due_at < %s", due_before)
    await alive(where, asked, pool)
    order = ("due_at", "commitment_id")
    return await page(pool, PENDING_COMMITMENTS, where, order=order, limit=limit, cursor=cursor)


async def commitment(
    pool: Pool, marketplace: str | None, commitment_id: UUID, asked: Asked = NOW
) -> OwedCommitment | None:
    """One commitment, as it stood at the instant asked for; None where it wasn't made by then, or not here."""
    where = Where()
    where.equal(marketplace=marketplace, commitment_id=commitment_id)
    await alive(where, asked, pool)
    view = PENDING_COMMITMENTS
    rows = await select(pool, view, f"SELECT {view.selected} FROM {view.table} WHERE {where.sql}", where.values)
    return rows[0] if rows else None
