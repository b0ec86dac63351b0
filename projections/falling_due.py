"""When what is owed falls due, and what is past due in an imported past case: there no event says that it was broken."""

from datetime import datetime
from typing import Any

from projections.caseload import CASELOAD, past_cases
from projections.lives import NOW, Asked, alive
from projections.paging import Where
from projections.pending_commitments import PENDING_COMMITMENTS, OwedCommitment
from projections.table import Pool
from projections.view import revised

IMPORTED = f"dispute_id IN (SELECT c.dispute_id FROM {CASELOAD.table} c WHERE c.imported)"


def due_within(where: Where, due_after: datetime | None, due_before: datetime | None, column: str = "due_at") -> None:
    if due_after is not None:
        where.add(f"{column} >= %s", due_after)
    if due_before is not None:
        where.add(f"{column} < %s", due_before)


async def is_past_due(pool: Pool, owed: str, at: datetime, asked: Asked = NOW) -> tuple[Any, ...]:
    """The condition that a commitment of an imported past case is past due, and its values. `owed` names the rows.

    What was to fall due later than a stay began has not fallen due.
    """
    stayed = Where()
    await alive(stayed, asked, pool)
    condition = (
        f"{owed}.due_at <= %s AND {owed}.{IMPORTED} AND NOT EXISTS (SELECT FROM {CASELOAD.table} s "
        f"WHERE s.dispute_id = {owed}.dispute_id AND s.stayed_since < {owed}.due_at AND {stayed.sql})"
    )
    return condition, at, *stayed.values


async def overdue_at(pool: Pool, rows: list[OwedCommitment], at: datetime, asked: Asked) -> list[OwedCommitment]:
    """The rows, where those of imported past cases are overdue from their due instant on: nothing lapses there."""
    past_due = {row.dispute_id for row in rows if row.status == "pending" and row.due_at <= at}
    stayed_since = await past_cases(pool, past_due, asked) if past_due else {}

    def overdue(row: OwedCommitment) -> bool:
        if row.status != "pending" or row.due_at > at or row.dispute_id not in stayed_since:
            return False
        since = stayed_since[row.dispute_id]
        return since is None or row.due_at <= since

    return [
        revised(row, status="overdue", began_at=max(row.began_at, row.due_at)) if overdue(row) else row for row in rows
    ]


def broken_in_the_past() -> str:
    """The condition that a life of an imported past case ended past its due instant, and its debtor owed it no more. The
    fold cannot tell: no event says of an imported commitment that it was broken. Its value are the uncounted statuses.
    """
    return (
        "c.ended_position IS NOT NULL AND NOT c.broken AND c.status = 'pending' AND c.due_at <= c.ended_at "
        f"AND c.{IMPORTED} AND EXISTS (SELECT FROM {PENDING_COMMITMENTS.table} later "
        "WHERE (later.commitment_id, later.n) = (c.commitment_id, c.n + 1) AND (later.status = ANY(%s) "
        "OR (later.owed_by, later.subject) IS DISTINCT FROM (c.owed_by, c.subject))) "
        f"AND NOT EXISTS (SELECT FROM {CASELOAD.table} s WHERE s.dispute_id = c.dispute_id "
        "AND s.stayed_since < c.due_at AND s.began_at <= c.ended_at AND (s.ended_at IS NULL OR s.ended_at > c.ended_at))"
    )
