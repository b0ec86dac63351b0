"""How many commitments there are of each status, and their sums: of one marketplace, or for the metrics of all."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime

from domain.commitments.events import CommitmentClass, CommitmentKind, Participant
from projections.falling_due import IMPORTED, is_past_due
from projections.paging import Where
from projections.pending_commitments import OPEN, PENDING_COMMITMENTS
from projections.table import Pool


@dataclass(frozen=True, slots=True)
class Owed:
    """How many commitments of a marketplace have one status, and their sum in minor units of `currency`, if any."""

    status: str
    currency: str | None
    count: int
    minor: int | None


async def totals(
    pool: Pool,
    marketplace: str,
    *,
    owed_by: Participant | None = None,
    owed_to: Participant | None = None,
    commitment_class: CommitmentClass | None = None,
    kind: CommitmentKind | None = None,
    at: datetime | None = None,
) -> list[Owed]:
    """How many commitments have each status, by currency, of all that were ever made. Read from the stored totals.

    Of imported past cases, what is past due at `at` is counted again, because the totals know no breach of it.
    """
    where = Where()
    where.equal(marketplace=marketplace, owed_by=owed_by, owed_to=owed_to, commitment_class=commitment_class, kind=kind)
    kept = PENDING_COMMITMENTS.totals
    assert kept is not None, "this view keeps totals"
    query = (
        f"SELECT status, currency, sum(rows)::bigint AS count, sum(minor)::bigint AS minor "
        f"FROM {kept.table(PENDING_COMMITMENTS.table)} WHERE {where.sql} "
        "GROUP BY status, currency HAVING sum(rows) > 0 ORDER BY status, currency NULLS FIRST"
    )
    async with pool.connection() as connection:
        found = await (await connection.execute(query.encode(), where.values)).fetchall()
        past_due, *values = await is_past_due(pool, PENDING_COMMITMENTS.table, at or datetime.now(UTC))
        where.add(f"ended_position IS NULL AND status = 'pending' AND {past_due}", *values)
        recounted = (
            f"SELECT currency, count(*), coalesce(sum(minor), 0)::bigint FROM {PENDING_COMMITMENTS.table} "
            f"WHERE {where.sql} GROUP BY currency"
        )
        moved = await (await connection.execute(recounted.encode(), where.values)).fetchall()
    counted = {(status, currency): (count, minor or 0) for status, currency, count, minor in found}
    for currency, count, minor in moved:
        for status, sign in (("pending", -1), ("overdue", 1)):
            before = counted.get((status, currency), (0, 0))
            counted[status, currency] = (before[0] + sign * count, before[1] + sign * minor)
    by_name = sorted(counted.items(), key=lambda one: (one[0][0], one[0][1] or ""))
    return [Owed(s, currency, n, minor if currency else None) for (s, currency), (n, minor) in by_name if n]


@dataclass(frozen=True, slots=True)
class OpenCommitments:
    """How many open commitments of all marketplaces a kind of debtor owes, pending or overdue."""

    status: str
    owed_by: str
    imported: bool
    count: int


async def open_commitments(pool: Pool, at: datetime) -> list[OpenCommitments]:
    """For the metrics. Those of imported past cases stand apart: nobody can keep most of them any more."""
    kept = PENDING_COMMITMENTS.totals
    assert kept is not None, "this view keeps totals"
    table = kept.table(PENDING_COMMITMENTS.table)
    every = f"SELECT status, owed_by, sum(rows)::bigint FROM {table} WHERE {OPEN} GROUP BY 1, 2"
    past = (
        f"SELECT status, owed_by, status = 'pending' AND due_at <= %s, count(*) FROM {PENDING_COMMITMENTS.table} "
        f"WHERE ended_position IS NULL AND {OPEN} AND {IMPORTED} GROUP BY 1, 2, 3"
    )
    async with pool.connection() as connection:
        counted = Counter({(s, who, False): n for s, who, n in await (await connection.execute(every)).fetchall()})
        for status, who, past_due, count in await (await connection.execute(past, (at,))).fetchall():
            counted[status, who, False] -= count
            counted["overdue" if past_due else status, who, True] += count
    return [OpenCommitments(*key, count) for key, count in sorted(counted.items()) if count > 0]
