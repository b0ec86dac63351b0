"""What is owed, as a list: the first due first, at any instant, for any reader."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Literal, TypeAlias
from uuid import UUID

from domain.commitments.events import CommitmentClass, CommitmentKind, Participant
from projections.caseload import CASELOAD
from projections.falling_due import due_within, is_past_due, overdue_at
from projections.lives import NOW, Asked, alive
from projections.mandates import MANDATES
from projections.paging import Page, Where, page
from projections.pending_commitments import OPEN, PENDING_COMMITMENTS, OwedCommitment
from projections.table import Pool
from projections.view import revised

Status: TypeAlias = Literal["open", "pending", "overdue", "ended", "all"]

_STATUS: Mapping[Status, str] = {
    "open": OPEN,
    "pending": "status = 'pending'",
    "overdue": "status = 'overdue'",
    "ended": f"NOT {OPEN}",
    "all": "true",
}


_AROUND = f"""commitment_id IN (
SELECT commitment_id FROM {PENDING_COMMITMENTS.table} WHERE subject = %s UNION ALL
SELECT owed.commitment_id FROM {CASELOAD.table} mine JOIN {PENDING_COMMITMENTS.table} owed USING (dispute_id)
WHERE mine.ended_position IS NULL AND mine.marketplace = %s AND mine.neutral = %s)"""


async def commitments(
    pool: Pool,
    marketplace: str | None,
    *,
    status: Status = "open",
    dispute_id: UUID | None = None,
    owed_by: Participant | None = None,
    owed_to: Participant | None = None,
    subject: UUID | None = None,
    around: UUID | None = None,
    commitment_class: CommitmentClass | None = None,
    kind: CommitmentKind | None = None,
    due_after: datetime | None = None,
    due_before: datetime | None = None,
    desk: str | None = None,
    without: Sequence[Mapping[str, Collection[str]]] = (),
    asked: Asked = NOW,
    at: datetime | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[OwedCommitment]:
    """What is owed, the first due first; `due_after` is included, `due_before` is not. `at` is the instant at which it
    counts whether something in an imported past case is overdue; None is now.

    Without a marketplace it covers the whole cell. `subject`: what this person owes. `around`: what this neutral owes, and
    what anybody owes in the disputes that the neutral has now. `desk`: what its neutrals owe. `without` leaves out what the
    reader may not see, the rows with all values of one of these; no page is shorter because of that. The others are
    numbered among themselves.
    """
    where = Where()
    at = at or asked.as_of or asked.known_at or datetime.now(UTC)
    match status:
        case "pending":
            past_due, *values = await is_past_due(pool, PENDING_COMMITMENTS.table, at, asked)
            where.add(f"{_STATUS[status]} AND NOT ({past_due})", *values)
        case "overdue":
            past_due, *values = await is_past_due(pool, PENDING_COMMITMENTS.table, at, asked)
            where.add(f"({_STATUS[status]} OR (status = 'pending' AND {past_due}))", *values)
        case _:
            where.add(_STATUS[status])
    where.equal(marketplace=marketplace, dispute_id=dispute_id, owed_by=owed_by, owed_to=owed_to)
    where.equal(subject=subject, commitment_class=commitment_class, kind=kind)
    if around is not None:
        where.add(_AROUND, around, marketplace, around)
    due_within(where, due_after, due_before)
    if desk is not None:
        where.add(
            f"(marketplace, subject) IN (SELECT marketplace, neutral FROM {MANDATES.table} WHERE desk = %s)", desk
        )
    _leave_out(where, without)
    await alive(where, asked, pool)
    order = ("due_at", "commitment_id")
    found = await page(pool, PENDING_COMMITMENTS, where, order=order, limit=limit, cursor=cursor)
    rows = await overdue_at(pool, found.rows, at, asked)
    if without and rows:
        numbers = await _numbers(pool, {row.dispute_id for row in rows}, without)
        rows = [revised(row, number=numbers[row.commitment_id]) for row in rows]
    return replace(found, rows=rows)


async def number(
    pool: Pool,
    marketplace: str | None,
    *,
    owed_by: Participant,
    subject: UUID | None,
    without: Sequence[Mapping[str, Collection[str]]] = (),
    asked: Asked = NOW,
) -> int:
    """How many commitments are open; the rest as in `commitments`."""
    where = Where()
    where.add(OPEN)
    where.equal(marketplace=marketplace, owed_by=owed_by, subject=subject)
    _leave_out(where, without)
    await alive(where, asked, pool)
    query = f"SELECT count(*) FROM {PENDING_COMMITMENTS.table} WHERE {where.sql}"
    async with pool.connection() as connection:
        row = await (await connection.execute(query.encode(), where.values)).fetchone()
    assert row is not None
    return int(row[0])


async def _numbers(
    pool: Pool, dispute_ids: Collection[UUID], without: Sequence[Mapping[str, Collection[str]]]
) -> dict[UUID, int]:
    """The numbers of the commitments of these disputes among those that the reader may see. `without`: see `commitments`."""
    where = Where()
    where.add("n = 1 AND dispute_id = ANY(%s)", list(dispute_ids))
    _leave_out(where, without)
    query = (
        "SELECT commitment_id, row_number() OVER (PARTITION BY dispute_id ORDER BY number) "
        f"FROM {PENDING_COMMITMENTS.table} WHERE {where.sql}"
    )
    async with pool.connection() as connection:
        return dict(await (await connection.execute(query.encode(), where.values)).fetchall())


def _leave_out(where: Where, without: Sequence[Mapping[str, Collection[str]]]) -> None:
    for untold in without:
        where.add(f"NOT ({' AND '.join(f'{column} = ANY(%s)' for column in untold)})", *map(sorted, untold.values()))
