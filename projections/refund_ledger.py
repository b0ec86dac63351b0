"""Every step of every movement of money, one row each, never changed.

The steps are: instructed, submitted, confirmed, failed, referred to a person, settled otherwise, cancelled, bounced.
The latest entry of a refund is its status. A payment against the record is no step of it, but a fact of its history.
Totals are computed at each query.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias
from uuid import UUID

from domain.kernel.money import Money
from domain.payments.execution_facts import RefundReferred
from domain.payments.refund_facts import (
    RefundEvent,
    RefundFailed,
    RefundInstructed,
    RefundPaidAgainstRecord,
    RefundSubmitted,
)
from mediation.store.log.recorded import Recorded
from projections.caseload import CASELOAD
from projections.lives import NOW, Asked
from projections.paging import Page, Where, page, select
from projections.refund_steps import step
from projections.table import Doc, Pool
from projections.view import Rows, View, kinds, revised

RefundStatus: TypeAlias = Literal[
    "instructed", "submitted", "confirmed", "failed", "referred", "settled_otherwise", "cancelled", "bounced"
]


@dataclass(frozen=True, kw_only=True)
class RefundEntry:
    """One step of a refund.

    `minor` are minor units of `currency`. `reason` is why it failed or was referred, or how it was settled otherwise.
    `provider_reference` is sealed. `attempt` counts submissions. `retry_at` is when the next submission is due after a
    failure. `payout` is what was paid out, if in another currency. `instruction` is the position of the refund's first
    entry.
    """

    position: int
    instruction: int
    refund_id: UUID
    dispute_id: UUID
    marketplace: str
    transaction_id: UUID
    commitment_id: UUID
    recipient: str
    recipient_subject: UUID
    funded_by: str
    minor: int
    currency: str
    status: str
    reason: str | None = None
    provider_reference: str | None = None
    attempt: int | None = None
    retry_at: datetime | None = None
    payout: Doc | None = None
    occurred_at: datetime
    recorded_at: datetime

    @property
    def amount(self) -> Money:
        return Money(self.minor, self.currency)


@dataclass(frozen=True, slots=True)
class Total:
    """How many refunds have `status`, and their sum in minor units of `currency`."""

    status: str
    currency: str
    refunds: int
    minor: int

    @property
    def amount(self) -> Money:
        return Money(self.minor, self.currency)


_Event: TypeAlias = RefundEvent | RefundReferred


def _fold(rows: Rows[RefundEntry], recorded: Recorded) -> Iterable[RefundEntry]:
    event = recorded.event
    assert isinstance(event, _Event), "a fact that this view concerns"
    match event:
        case RefundInstructed():
            return [_instructed(event, recorded)]
        case RefundPaidAgainstRecord():
            return []  # how it ended stays as it was; `pending_commitments` shows who has to look at the payment
        case _:
            changes = step(event)
    last = _last(rows, event.refund_id if isinstance(event, RefundReferred) else recorded.stream_id)
    if isinstance(event, RefundReferred) and (last.status, last.reason) == (changes["status"], changes["reason"]):
        return []  # the report of another sum has said so
    attempt = event.attempt if isinstance(event, RefundSubmitted | RefundFailed) else None
    retry_at = event.retry_at if isinstance(event, RefundFailed) else None
    known = {"position": recorded.position, "occurred_at": recorded.occurred_at, "recorded_at": recorded.recorded_at}
    return [revised(last, attempt=attempt, retry_at=retry_at, **known, **changes)]


def _instructed(event: RefundInstructed, recorded: Recorded) -> RefundEntry:
    return RefundEntry(
        position=recorded.position,
        instruction=recorded.position,
        refund_id=event.refund_id,
        dispute_id=event.dispute_id,
        marketplace=recorded.marketplace,
        transaction_id=event.transaction_id,
        commitment_id=event.commitment_id,
        recipient=event.recipient.value,
        recipient_subject=event.recipient_subject,
        funded_by=event.funded_by,
        minor=event.amount.minor,
        currency=event.amount.currency,
        status="instructed",
        occurred_at=recorded.occurred_at,
        recorded_at=recorded.recorded_at,
    )


def _last(rows: Rows[RefundEntry], refund_id: UUID) -> RefundEntry:
    """The latest entry of a refund. Raises ValueError if it was never instructed."""
    return max((row for row in rows.values() if row.refund_id == refund_id), key=lambda row: row.position)


REFUND_LEDGER = View(
    title="refund_ledger",
    version=3,
    row=RefundEntry,
    key=("position",),
    concerns=kinds(RefundEvent) | kinds(RefundReferred),
    fold=_fold,
    indexes=(
        "(refund_id, position)",
        "(dispute_id, position)",
        "(marketplace, instruction) WHERE status = 'instructed'",
    ),
)


async def refunds(
    pool: Pool,
    marketplace: str | None,
    *,
    status: RefundStatus | None = None,
    dispute_id: UUID | None = None,
    imported: bool | None = None,
    begun_since: datetime | None = None,
    asked: Asked = NOW,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[RefundEntry]:
    """The status of each refund, in the order in which they were instructed. Without a marketplace: the whole cell.

    `imported`: only those of imported disputes, or only the others, as `caseload` knows them.
    """
    where = Where()
    source = _latest(where, marketplace, dispute_id, asked, begun_since)
    where.equal(status=status)
    if imported is not None:
        past = f"EXISTS (SELECT FROM {CASELOAD.table} c WHERE c.dispute_id = refund.dispute_id AND c.imported)"
        where.add(past if imported else f"NOT {past}")
    order = ("instruction",)
    return await page(pool, REFUND_LEDGER, where, order=order, limit=limit, cursor=cursor, source=source)


async def refund(pool: Pool, marketplace: str | None, refund_id: UUID) -> list[RefundEntry]:
    """All steps of one refund in their order; none if it does not exist, or not in this marketplace."""
    where = Where()
    where.equal(marketplace=marketplace, refund_id=refund_id)
    view = REFUND_LEDGER
    query = f"SELECT {view.selected} FROM {view.table} WHERE {where.sql} ORDER BY position"
    return await select(pool, view, query, where.values)


async def totals(
    pool: Pool, marketplace: str | None, *, dispute_id: UUID | None = None, asked: Asked = NOW
) -> list[Total]:
    """Number and sum of the refunds, by status and currency."""
    where = Where()
    source = _latest(where, marketplace, dispute_id, asked)
    query = (
        f"SELECT status, currency, count(*), sum(minor) FROM {source} "
        f"WHERE {where.sql} GROUP BY status, currency ORDER BY currency, status"
    )
    async with pool.connection() as connection:
        rows = await (await connection.execute(query, where.values)).fetchall()
    return [Total(status, currency, refunds, int(minor)) for status, currency, refunds, minor in rows]


def _latest(
    where: Where,
    marketplace: str | None,
    dispute_id: UUID | None,
    asked: Asked,
    begun_since: datetime | None = None,
) -> str:
    """The latest entry of each refund at this instant. It starts from the instructions, so that pages use their index."""
    first, last = Where(), Where()
    first.equal(marketplace=marketplace, dispute_id=dispute_id)
    first.add("status = 'instructed'")
    if begun_since is not None:
        first.add("recorded_at >= %s", begun_since)
    last.add("later.refund_id = first.refund_id")
    if asked.as_of is not None:
        last.add("occurred_at <= %s", asked.as_of)
    if asked.known_at is not None:
        last.add("recorded_at <= %s", asked.known_at)
    where.values += [*first.values, *last.values]
    view = REFUND_LEDGER
    columns = (f"{'first' if column == 'instruction' else 'latest'}.{column}" for column in view.columns)
    return (
        f"(SELECT {', '.join(columns)} FROM (SELECT refund_id, instruction FROM {view.table} WHERE {first.sql}) first "
        f"CROSS JOIN LATERAL (SELECT * FROM {view.table} later WHERE {last.sql} ORDER BY position DESC LIMIT 1) latest) refund"
    )
