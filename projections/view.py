"""What all views share: a typed row, a pure fold over the rows of one dispute, and the table of the rows.

A view is a consumer of the log (`mediation.store.follow.follow`). For each batch of facts it loads the rows of their
disputes with one query, folds in memory, and writes the changed rows with one statement. The same transaction stores
the position that the view has reached. The name of the table contains the version of the view, so that a new version
is built beside the old one.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from operator import attrgetter
from typing import Any, Literal, TypeVar, get_args
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.errors import LockNotAvailable
from psycopg.rows import class_row

from mediation.store.follow import progress, rebuild
from mediation.store.follow.catch_up import Source
from mediation.store.log.arrays import Bigints, Booleans, Column, Documents, Instants, Texts, Uuids
from mediation.store.log.recorded import Recorded
from projections.table import LOCK, Pool, Table
from projections.totals import Changes, Totals

R = TypeVar("R")
Rows = Mapping[Any, R]
"""The rows of one dispute, by key."""

Fold = Callable[[Rows[R], Recorded], Iterable[R]]
"""From the rows of one dispute and a fact about it to the new or changed rows. Pure; it fails only on a mistake."""

_ARRAYS: Mapping[str, type[Column[Any]]] = {
    "uuid": Uuids,
    "text": Texts,
    "bigint": Bigints,
    "boolean": Booleans,
    "timestamptz": Instants,
    "jsonb": Documents,
}

_TRIES, _PAUSE = 100, 0.2
"""How often a rebuilt table tries to replace a table that is being read, and the seconds between two tries."""


def revised(row: R, **changes: Any) -> R:
    """The row with other values. `dataclasses.replace` takes ten times as long, nine microseconds for a row of twenty
    fields: for some views that is most of the cost of a fact."""
    assert changes.keys() <= row.__dict__.keys(), "a column of that name"
    other = object.__new__(type(row))
    other.__dict__.update(row.__dict__, **changes)
    return other


def kinds(*events: Any) -> frozenset[str]:
    """The stored names of some events, or of unions of them."""
    return frozenset(event.kind for union in events for event in get_args(union) or (union,))


@dataclass(frozen=True, kw_only=True)
class View(Table[R]):
    """One view: its shape, its rule, and its table.

    `row` is a frozen dataclass without slots (see `revised`), with a field for each column. `key` are the columns that
    identify a row. `of_each` says which rows a fact is about: those of its dispute, or those of its stream if it
    belongs to no dispute. `concerns` are the kinds of facts that it takes; None for all. `needs` is the SQL condition
    for the rows that the fold reads; with None it reads none, and rows are only added. `totals` are kept of the rows
    that count now. `building` marks the table of a running rebuild.
    """

    concerns: frozenset[str] | None
    fold: Fold[R]
    needs: str | None = "true"
    building: bool = False
    of_each: Literal["dispute_id", "stream_id"] = "dispute_id"
    totals: Totals[R] | None = None

    @property
    def name(self) -> str:
        """The consumer's name, such as `caseload@1`."""
        return f"{self.title}@{self.version}{'+next' if self.building else ''}"

    @property
    def table(self) -> str:
        return f"{self.title}_{self.version}{'_next' if self.building else ''}"

    def of(self, facts: Iterable[Recorded]) -> list[R]:
        """The rows that follow from these facts of one dispute, in order of position, as of the last of the facts."""
        rows: dict[Any, R] = {}
        for recorded in facts:
            if self.concerns is None or recorded.kind in self.concerns:
                rows.update((self._identity(row), row) for row in self.fold(rows, recorded))
        return list(rows.values())

    async def apply(self, connection: AsyncConnection, batch: Sequence[Recorded]) -> None:
        """See `mediation.store.follow.follow.Consumer`."""
        whose = attrgetter(self.of_each)
        held = await self._load(connection, {whose(recorded) for recorded in batch})
        changed: dict[Any, R] = {}
        counted = Changes(self.totals) if self.totals else None
        for recorded in batch:
            rows = held[whose(recorded)]
            for row in self.fold(rows, recorded):
                identity = self._identity(row)
                if counted is not None:
                    counted.note(rows.get(identity), row)
                rows[identity] = changed[identity] = row
        if changed:
            await self._write(connection, changed.values())
        if counted is not None:
            await counted.totals.write(connection, self.table, counted, self._arrays)

    async def rebuild(
        self, log: Source, pool: Pool, told: Callable[[int], None] = lambda position: None, *, afresh: bool = False
    ) -> None:
        """Folds the whole log again, beside the live table, and replaces that table when it has caught up.

        `told` gets the position after each batch. The next call continues an interrupted rebuild; `afresh` drops what
        it made, which is necessary if the fold was corrected since. Raises `AlreadyRebuilding`.
        """
        successor = replace(self, building=True)
        async with pool.connection() as connection, connection.transaction():
            await connection.execute("SELECT pg_advisory_xact_lock(%b)", (LOCK,))
            if afresh:
                await connection.execute(f"DROP TABLE IF EXISTS {', '.join(successor.tables)}")
            await successor.create(connection)

        async def swap(connection: AsyncConnection) -> None:
            await _replace(connection, self.tables, successor.tables)

        await rebuild.rebuild(log, pool, successor, self.name, swap, told=told)

    async def start_over(self, log: Source, pool: Pool) -> None:
        """See `mediation.store.follow.consumer.Consumer`. The rows are read until the new ones replace them: an empty table
        would say that no dispute exists."""
        await self.rebuild(log, pool, afresh=True)

    async def create(self, connection: AsyncConnection) -> bool:
        """See `Table.create`. A new view begins at the start of the log."""
        if made := await super().create(connection):
            if self.totals:
                await self.totals.create(connection, self.table, self.columns)
            await progress.forget(connection, self.name)
        return made

    @property
    def tables(self) -> Sequence[str]:
        """The table of the rows, and the table of the totals if there is one."""
        return [self.table, *([self.totals.table(self.table)] if self.totals else [])]

    @cached_property
    def _arrays(self) -> Mapping[str, type[Column[Any]]]:
        return {name: _ARRAYS[kind] for name, (kind, _) in self.columns.items()}

    @cached_property
    def _identity(self) -> Callable[[R], Any]:
        return attrgetter(*self.key)

    async def _load(
        self, connection: AsyncConnection, disputes: Collection[UUID | None]
    ) -> defaultdict[UUID | None, dict[Any, R]]:
        held: defaultdict[UUID | None, dict[Any, R]] = defaultdict(dict)
        if self.needs is None or not disputes:
            return held
        query = f"SELECT {self.selected} FROM {self.table} WHERE {self.of_each} = ANY(%b) AND {self.needs}"
        async with connection.cursor(row_factory=class_row(self.row), binary=True) as cursor:
            for row in await (await cursor.execute(query, (Uuids(disputes),))).fetchall():
                held[getattr(row, self.of_each)][self._identity(row)] = row
        return held

    async def _write(self, connection: AsyncConnection, rows: Collection[R]) -> None:
        values = zip(*map(attrgetter(*self.columns), rows), strict=True)
        parameters = [array(column) for array, column in zip(self._arrays.values(), values, strict=True)]
        await connection.execute(self._upsert, parameters, binary=True)

    @cached_property
    def _upsert(self) -> str:
        values = [f"{name}::jsonb" if kind == "jsonb" else name for name, (kind, _) in self.columns.items()]
        insert = (
            f"INSERT INTO {self.table} ({self.selected}) "
            f"SELECT {', '.join(values)} FROM unnest({', '.join(['%b'] * len(values))}) new ({self.selected})"
        )
        if self.needs is None:
            return insert
        changes = ", ".join(f"{name} = excluded.{name}" for name in self.columns if name not in self.key)
        return f"{insert} ON CONFLICT ({', '.join(self.key)}) DO UPDATE SET {changes}"


async def _replace(connection: AsyncConnection, tables: Sequence[str], successors: Sequence[str]) -> None:
    """A worker that waits to drop a table makes new readers wait too, so it gives up at once and tries again."""
    await connection.execute("SET LOCAL lock_timeout = '50ms'")
    for _ in range(_TRIES):
        with suppress(LockNotAvailable):
            async with connection.transaction():
                await connection.execute(f"DROP TABLE IF EXISTS {', '.join(tables)}")
                for table, successor in zip(tables, successors, strict=True):
                    await connection.execute(f"ALTER TABLE {successor} RENAME TO {table}")
            return
        await asyncio.sleep(_PAUSE)
    raise LockNotAvailable(f"{tables[0]} is being read all the time")
