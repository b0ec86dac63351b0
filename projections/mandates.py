"""The neutrals of a marketplace: what each may be assigned, their open cases, and who is on leave or has left."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, assert_never
from uuid import UUID

from domain.neutral.mandate_facts import (
    AuthoritySpent,
    CaseDone,
    CaseHandedOver,
    CaseTaken,
    LeaveBegan,
    LeaveEnded,
    MandateClosed,
    MandateEvent,
    MandateGranted,
)
from mediation.store.log.recorded import Recorded
from projections.paging import Page, Where, page
from projections.table import Doc, Pool
from projections.view import Rows, View, kinds, revised


@dataclass(frozen=True, kw_only=True)
class Office:
    """One mandate. `terms` are what it allows; of conflicts they give only the number. `closure` is sealed."""

    stream_id: UUID
    marketplace: str
    neutral: UUID
    desk: str | None
    terms: Doc
    cases: int
    on_leave: bool
    leave_until: datetime | None
    granted_at: datetime
    closed_at: datetime | None
    closure: Doc | None


def _fold(rows: Rows[Office], recorded: Recorded) -> Iterable[Office]:
    event = recorded.event
    assert isinstance(event, MandateEvent), "a fact that this view concerns"
    before = next(iter(rows.values()), None)
    if isinstance(event, MandateGranted):
        return [_granted(event, recorded, before)]
    if before is None:
        raise LookupError("a mandate that was never granted")
    return [revised(before, **_changes(event, recorded, before))]


def _granted(event: MandateGranted, recorded: Recorded, before: Office | None) -> Office:
    told = event.model_dump(mode="json", include={"languages", "authority", "daily", "most_cases", "tiers"})
    still = before if before is not None and before.closed_at is None else None
    return Office(
        stream_id=recorded.stream_id,
        marketplace=recorded.marketplace,
        neutral=event.neutral,
        desk=event.desk,
        terms={**told, "conflicts": len(event.conflicts)},
        cases=before.cases if before else 0,
        on_leave=still.on_leave if still else False,
        leave_until=still.leave_until if still else None,
        granted_at=recorded.occurred_at,
        closed_at=None,
        closure=None,
    )


def _changes(event: MandateEvent, recorded: Recorded, before: Office) -> dict[str, Any]:
    match event:
        case LeaveBegan(until=until):
            return {"on_leave": True, "leave_until": until}
        case LeaveEnded():
            return {"on_leave": False, "leave_until": None}
        case MandateClosed():
            return {"closed_at": recorded.occurred_at, "closure": event.reason.model_dump(mode="json")}
        case CaseTaken():
            return {"cases": before.cases + 1}
        case CaseDone() | CaseHandedOver():
            return {"cases": before.cases - 1}
        case AuthoritySpent():
            return {}
        case MandateGranted():
            raise AssertionError("folded before")
        case _:
            assert_never(event)


MANDATES = View(
    title="mandates",
    version=1,
    row=Office,
    key=("stream_id",),
    concerns=kinds(MandateEvent),
    fold=_fold,
    indexes=("(marketplace, neutral)",),
    of_each="stream_id",
)


async def mandates(
    pool: Pool,
    marketplace: str,
    *,
    desk: str | None = None,
    closed: bool = False,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[Office]:
    """The mandates in force; or, with `closed`, the closed ones."""
    where = Where()
    where.equal(marketplace=marketplace, desk=desk)
    where.filled(closed_at=closed)
    return await page(pool, MANDATES, where, order=("neutral",), limit=limit, cursor=cursor)
