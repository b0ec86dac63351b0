"""Who asked what is kept about them, until when the answer is owed, and whether it was given.

Nothing in it is personal: the person is an opaque subject.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.privacy.access_facts import AccessAnswered, AccessEvent, AccessRequested
from mediation.store.log.recorded import Recorded
from projections.paging import Page, Where, page
from projections.table import Pool
from projections.view import Rows, View, kinds, revised


@dataclass(frozen=True, kw_only=True)
class AccessRow:
    """`dispute_id` is the dispute with the commitment to answer. A person without a dispute has none."""

    stream_id: UUID
    number: int
    marketplace: str
    subject: UUID
    by: str
    requested_at: datetime
    due_at: datetime
    dispute_id: UUID | None
    commitment_id: UUID | None
    answered_at: datetime | None = None


def _fold(rows: Rows[AccessRow], recorded: Recorded) -> Iterable[AccessRow]:
    event = recorded.event
    assert isinstance(event, AccessEvent), "a fact that this view concerns"
    if isinstance(event, AccessAnswered):
        return [revised(rows[recorded.stream_id, event.number], answered_at=recorded.occurred_at)]
    asked = AccessRow(
        stream_id=recorded.stream_id,
        number=event.number,
        marketplace=recorded.marketplace,
        subject=event.subject,
        by=event.by.value,
        requested_at=recorded.occurred_at,
        due_at=event.due_at,
        dispute_id=event.dispute_id,
        commitment_id=event.commitment_id,
    )
    return [asked]


ACCESS_REQUESTS = View(
    title="access_requests",
    version=2,
    row=AccessRow,
    key=("stream_id", "number"),
    concerns=kinds(AccessRequested | AccessAnswered),
    fold=_fold,
    indexes=("(marketplace, due_at, stream_id, number)",),
    of_each="stream_id",
)


async def access_requests(
    pool: Pool, marketplace: str, *, answered: bool | None = None, limit: int = 50, cursor: str | None = None
) -> Page[AccessRow]:
    """The requests that were `answered`, those that were not, or all; the first due first."""
    where = Where()
    where.equal(marketplace=marketplace)
    where.filled(answered_at=answered)
    return await page(pool, ACCESS_REQUESTS, where, order=("due_at", "stream_id", "number"), limit=limit, cursor=cursor)
