"""Rows with lives: one row for each state of a thing, with when it began and ended.

So a query can ask for any instant. There are two clocks. An event has the instant at which it happened, and its
position in the log says when the engine learned it. A query may name either, or both: what had happened by one instant,
as known at another.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from mediation.store.log.recorded import Recorded
from projections.paging import Where
from projections.table import Pool
from projections.view import revised

_KNOWN_BY = """WITH RECURSIVE search (low, high) AS (
  SELECT 0::bigint, coalesce(max(position), 0) FROM event
  UNION ALL
  SELECT CASE WHEN e.recorded_at <= %(at)s THEN e.position ELSE low END,
         CASE WHEN e.recorded_at <= %(at)s THEN high ELSE e.position - 1 END
  FROM search JOIN event e ON e.position = (low + high + 1) / 2 WHERE low < high)
SELECT low FROM search WHERE low = high"""
"""Positions have no gaps and `recorded_at` never goes back: a binary search takes twenty probes in a million."""


@dataclass(frozen=True, kw_only=True)
class Life:
    """The `n`-th state of a thing. It ended when the next one began; the last one has no end."""

    n: int
    began_at: datetime
    ended_at: datetime | None = None
    began_position: int
    ended_position: int | None = None


L = TypeVar("L", bound=Life)


def succeed(life: L, recorded: Recorded, **changes: Any) -> tuple[L, L]:
    """The life that a fact ends, and the life that it begins.

    Facts about one thing may reach the log slightly out of the order in which they happened. No life begins before the
    one that it follows, so there is exactly one at every instant.
    """
    at = max(life.began_at, recorded.occurred_at)
    ended = revised(life, ended_at=at, ended_position=recorded.position)
    begun = revised(life, n=life.n + 1, began_at=at, began_position=recorded.position, **changes)
    return ended, begun


@dataclass(frozen=True, slots=True)
class Asked:
    """The instant of a query. `as_of`: what had happened by then. `known_at`: what was recorded by then. Neither: now."""

    as_of: datetime | None = None
    known_at: datetime | None = None

    def told(self, facts: Iterable[Recorded]) -> list[Recorded]:
        """The facts that had happened and were known by then."""
        by_then = (f for f in facts if self.as_of is None or f.occurred_at <= self.as_of)
        return [f for f in by_then if self.known_at is None or f.recorded_at <= self.known_at]


NOW = Asked()


async def alive(where: Where, asked: Asked, pool: Pool) -> None:
    """Narrows to the lives at this instant."""
    if asked == NOW:
        where.add("ended_position IS NULL")
        return
    ends = ["ended_position IS NULL"]
    values: list[Any] = []
    if asked.known_at is not None:
        known = await known_by(pool, asked.known_at)
        where.add("began_position <= %s", known)
        ends.append("ended_position > %s")
        values.append(known)
    if asked.as_of is not None:
        where.add("began_at <= %s", asked.as_of)
        ends.append("ended_at > %s")
        values.append(asked.as_of)
    where.add(f"({' OR '.join(ends)})", *values)


async def known_by(pool: Pool, instant: datetime) -> int:
    """The position up to which the log was known at an instant; 0 before the log began."""
    async with pool.connection() as connection:
        row = await (await connection.execute(_KNOWN_BY, {"at": instant})).fetchone()
    assert row is not None, "the search always ends"
    return int(row[0])
