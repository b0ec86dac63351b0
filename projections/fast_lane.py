"""The outcome of claims that were granted at once: how many stood, and how much money. Counted at each query."""

from dataclasses import dataclass
from datetime import datetime

from domain.kernel.people import Outcome
from projections.claim_history import CLAIM_HISTORY
from projections.paging import Where
from projections.table import Pool


@dataclass(frozen=True, slots=True)
class Granted:
    """Grants under one clause in one currency with the same result (`how`): their number, and sums in minor units.

    `undecided` are grants that were contested and then ended without a finding. `kept` is what the claimants keep of
    those that are over.
    """

    clause: str
    currency: str
    how: str
    contested: bool
    claims: int
    granted: int
    kept: int


_GRANTED = f"""SELECT at_once, currency,
  CASE WHEN outcome IS NULL OR (outcome = '{Outcome.GRANTED_BY_DEFAULT}' AND NOT uncontested) THEN 'open'
    WHEN outcome IN ('{Outcome.WITHDRAWN}', '{Outcome.CANCELLED}', '{Outcome.RESOLVED_ELSEWHERE}') THEN 'undecided'
    WHEN conceded + granted < claimed THEN 'overturned' WHEN contested THEN 'upheld' ELSE 'stood' END AS how,
  contested, count(*), sum(claimed)::bigint, sum(least(conceded + granted, claimed))::bigint
FROM {{table}} WHERE {{where}} GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4"""


async def granted(
    pool: Pool, marketplace: str, *, filed_after: datetime | None = None, filed_before: datetime | None = None
) -> list[Granted]:
    """`filed_after` is included, `filed_before` is not."""
    where = Where()
    where.equal(marketplace=marketplace)
    where.add("at_once IS NOT NULL")
    if filed_after is not None:
        where.add("filed_at >= %s", filed_after)
    if filed_before is not None:
        where.add("filed_at < %s", filed_before)
    query = _GRANTED.format(table=CLAIM_HISTORY.table, where=where.sql)
    async with pool.connection() as connection:
        rows = await (await connection.execute(query, where.values)).fetchall()
    return [Granted(*row) for row in rows]
