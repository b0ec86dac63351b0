"""Totals of a view's rows, written beside them in the same transaction: how many rows of each sort, and how much money.

Reading them costs the same for a thousand rows as for a million.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any, Generic, TypeVar

from psycopg import AsyncConnection

from mediation.store.log.arrays import Bigints, Column

R = TypeVar("R")


@dataclass(frozen=True, kw_only=True)
class Totals(Generic[R]):
    """`by`: the columns that define a sort. `of`: the column of minor units to sum, if any. `counts`: whether a row counts."""

    by: tuple[str, ...]
    of: str | None = None
    counts: Callable[[R], bool]

    def table(self, view: str) -> str:
        return f"{view}_totals"

    async def create(self, connection: AsyncConnection, view: str, types: Mapping[str, tuple[str, bool]]) -> None:
        """Those of a table of rows that was lost are dropped: the rows are counted again from the first."""
        columns = ", ".join(f"{name} {types[name][0]}" for name in self.by)
        await connection.execute(f"DROP TABLE IF EXISTS {self.table(view)}")
        await connection.execute(
            f"CREATE TABLE {self.table(view)} ({columns}, rows bigint NOT NULL, minor numeric NOT NULL, "
            f"UNIQUE NULLS NOT DISTINCT ({', '.join(self.by)}))"
        )

    async def write(
        self,
        connection: AsyncConnection,
        view: str,
        changes: "Changes[R]",
        arrays: Mapping[str, Callable[[Iterable[Any]], Column[Any]]],
    ) -> None:
        moved = [key for key in changes.rows.keys() | changes.minor.keys() if changes.rows[key] or changes.minor[key]]
        if not moved:
            return
        by = ", ".join(self.by)
        places = ", ".join(["%b"] * (len(self.by) + 2))
        parameters = [
            *(arrays[name](values) for name, values in zip(self.by, zip(*moved, strict=True), strict=True)),
            Bigints(changes.rows[key] for key in moved),
            Bigints(changes.minor[key] for key in moved),
        ]
        await connection.execute(
            f"INSERT INTO {self.table(view)} AS t ({by}, rows, minor) SELECT * FROM unnest({places}) "
            f"ON CONFLICT ({by}) DO UPDATE SET rows = t.rows + excluded.rows, minor = t.minor + excluded.minor",
            parameters,
            binary=True,
        )


@dataclass(slots=True)
class Changes(Generic[R]):
    """How a batch changes the totals."""

    totals: Totals[R]
    rows: Counter[Any] = field(default_factory=Counter)
    minor: Counter[Any] = field(default_factory=Counter)

    def note(self, before: R | None, after: R) -> None:
        """Records that `after` replaces `before`, or is new."""
        for row, sign in ((before, -1), (after, 1)):
            if row is not None and self.totals.counts(row):
                key = attrgetter(*self.totals.by)(row)
                self.rows[key] += sign
                if self.totals.of is not None:
                    self.minor[key] += sign * (getattr(row, self.totals.of) or 0)
