"""How far each consumer of the log is: for the operator, on the command line and in the metrics."""

from collections.abc import Sequence
from dataclasses import dataclass

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

_STANDING = """SELECT c.name, coalesce(p.position, 0), greatest(l.position - coalesce(p.position, 0), 0),
  coalesce(greatest(extract(epoch FROM clock_timestamp() - f.recorded_at), 0), 0)::float8,
  (SELECT count(DISTINCT subject) FROM parked h WHERE h.consumer = c.name)
FROM unnest(%b::text[]) WITH ORDINALITY c (name, n)
CROSS JOIN (SELECT coalesce(max(position), 0) AS position FROM fact) l
LEFT JOIN progress p ON p.name = c.name
LEFT JOIN LATERAL (
  SELECT recorded_at FROM fact WHERE position > coalesce(p.position, 0) ORDER BY position LIMIT 1
) f ON true
ORDER BY c.n"""
"""One statement, so that no position is ahead of the log's end."""


@dataclass(frozen=True, slots=True)
class Standing:
    """`behind` is how many facts a consumer has not taken, `lag` for how many seconds the first of these has waited, and
    `parked` how many subjects wait because of a failure. `name` has the version.
    """

    name: str
    position: int
    behind: int
    lag: float
    parked: int

    @property
    def title(self) -> str:
        return self.name.partition("@")[0]

    @property
    def version(self) -> str:
        return self.name.partition("@")[2]


async def standings(pool: AsyncConnectionPool[AsyncConnection], consumers: Sequence[str]) -> list[Standing]:
    """The standing of each of these consumers, in the given order. A consumer that never ran has position 0."""
    async with pool.connection() as connection:
        rows = await (await connection.execute(_STANDING, (list(consumers),), binary=True)).fetchall()
    return [Standing(*row) for row in rows]
