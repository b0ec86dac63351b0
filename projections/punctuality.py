"""How punctually marketplaces, desks, neutrals and sellers keep what they owe."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, TypeAlias
from uuid import UUID

from psycopg.rows import class_row

from projections.falling_due import broken_in_the_past, due_within, is_past_due
from projections.mandates import MANDATES
from projections.paging import Where
from projections.pending_commitments import PENDING_COMMITMENTS, UNCOUNTED
from projections.table import Pool

Whose: TypeAlias = Literal["marketplace", "desk", "neutral", "seller"]

_DEBTORS: Mapping[Whose, tuple[str, str, str]] = {
    "marketplace": ("c.marketplace", "", "true"),
    "desk": (
        "m.desk",
        "JOIN {mandates} m ON (m.marketplace, m.neutral) = (c.marketplace, c.subject)",
        "m.desk IS NOT NULL",
    ),
    "neutral": ("c.subject::text", "", "c.owed_by = 'neutral' AND c.subject IS NOT NULL"),
    "seller": ("c.subject::text", "", "c.owed_by = 'seller'"),
}
"""For each kind of debtor: the column that identifies it, the join for that, and the filter for its commitments."""


@dataclass(frozen=True, slots=True)
class Punctuality:
    """Of what fell due in a period: how much was kept on time, kept late, or not kept yet. `broken` was broken by this
    debtor, who owes it no more: it passed on, was waived, replaced or discharged. Before it is broken, what ends so counts
    for nobody. `dispute_id` is one of the disputes in which it was owed."""

    who: str
    on_time: int
    late: int
    overdue: int
    broken: int
    dispute_id: UUID

    @property
    def share(self) -> float | None:
        """The part kept on time, of all that counts; None if nothing counts."""
        of = self.on_time + self.late + self.overdue + self.broken
        return self.on_time / of if of else None


async def punctuality(
    pool: Pool,
    marketplace: str,
    by: Whose,
    *,
    due_after: datetime | None = None,
    due_before: datetime | None = None,
    at: datetime | None = None,
    limit: int = 100,
) -> list[Punctuality]:
    """How punctually each debtor kept commitments, the worst first; `due_after` is included, `due_before` is not.

    A commitment that passed on counts for each of its debtors: for the first from its due instant, for the next from when
    they got it, if that was later. `at`: see `commitments`.
    """
    who, join, theirs = _DEBTORS[by]
    whose = Where()
    whose.add("c.marketplace = %s", marketplace)
    whose.add(theirs)
    due_within(whose, due_after, due_before, "falls_due_at")
    past_due, *values = await is_past_due(pool, "c", at or datetime.now(UTC))
    counts = f"status IN ('kept', 'kept_late', 'overdue') OR (status = 'pending' AND {past_due})"
    table = f"{PENDING_COMMITMENTS.table} c {join.format(mandates=MANDATES.table)} WHERE {whose.sql}"
    query = f"""SELECT who, count(*) FILTER (WHERE status = 'kept') AS on_time,
        count(*) FILTER (WHERE status = 'kept_late') AS late,
        count(*) FILTER (WHERE status IN ('overdue', 'pending') AND NOT broken) AS overdue,
        count(*) FILTER (WHERE broken) AS broken,
        (array_agg(dispute_id))[1] AS dispute_id
        FROM (SELECT {who} AS who, status, broken, c.dispute_id FROM {table}
              AND (broken OR (c.ended_position IS NULL AND ({counts})))
              UNION ALL SELECT {who}, status, true, c.dispute_id FROM {table} AND {broken_in_the_past()}) counted
        GROUP BY who
        ORDER BY count(*) FILTER (WHERE status = 'kept')::numeric / count(*), count(*) DESC, who LIMIT {limit}"""
    values = [*whose.values, *values, *whose.values, sorted(UNCOUNTED)]
    async with pool.connection() as connection, connection.cursor(row_factory=class_row(Punctuality)) as cursor:
        return await (await cursor.execute(query.encode(), values)).fetchall()
