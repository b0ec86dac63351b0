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
from dataclasses import dataclass, fields, replace
from datetime import datetime
from functools import cached_property
from operator import attrgetter
from types import NoneType
from typing import Any, Generic, Literal, TypeVar, get_args, get_origin, get_type_hints
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.errors import LockNotAvailable
from psycopg.rows import class_row
from psycopg_pool import AsyncConnectionPool

from mediation.store.follow import progress, rebuild
from mediation.store.follow.catch_up import Source
from mediation.store.log.arrays import Bigints, Booleans, Column, Documents, Instants, Texts, Uuids
from mediation.store.log.recorded import Recorded
from projections.totals import Changes, Totals

Pool = AsyncConnectionPool[AsyncConnection]
Doc = dict[str, Any]
"""A JSON object. Personal texts in it are sealed tokens, as they came from the log."""

R = TypeVar("R")
Rows = Mapping[Any, R]
"""The rows of one dispute, by key."""

Fold = Callable[[Rows[R], Recorded], Iterable[R]]
"""From the rows of one dispute and a fact about it to the new or changed rows. Pure; it fails only on a mistake."""

_TYPES: Mapping[Any, str] = {
    UUID: "uuid",
    str: "text",
    int: "bigint",
    bool: "boolean",
    datetime: "timestamptz",
    dict: "jsonb",
}

_ARRAYS: Mapping[str, type[Column[Any]]] = {
    "uuid": Uuids,
    "text": Texts,
    "bigint": Bigints,
    "boolean": Booleans,
    "timestamptz": Instants,
    "jsonb": Documents,
}

_LOCK = 7303
"""Advisory lock: when several processes start at once, one creates the tables."""

_COLUMNS = """SELECT attname::text FROM pg_attribute
WHERE attrelid = to_regclass(%b) AND attnum > 0 AND NOT attisdropped"""

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


class ShapeChanged(Exception):
    """The columns of a view changed, but its version did not. Workers of the previous release still write the old table."""


@dataclass(frozen=True)
class View(Generic[R]):
    """One view: its shape, its rule, and its table.

    `row` is a frozen dataclass without slots (see `revised`), with a field for each column. `key` are the columns that
    identify a row. `of_each` says which rows a fact is about: those of its dispute, or those of its stream if it
    belongs to no dispute. `concerns` are the kinds of facts that it takes; None for all. `needs` is the SQL condition
    for the rows that the fold reads; with None it reads none, and rows are only added. `totals` are kept of the rows
    that count now. `building` marks the table of a running rebuild.
    """

    title: str
    version: int
    row: type[R]
    key: tuple[str, ...]
    concerns: frozenset[str] | None
    fold: Fold[R]
    needs: str | None = "true"
    indexes: tuple[str, ...] = ()
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

    @cached_property
    def columns(self) -> Mapping[str, tuple[str, bool]]:
        """Each column's type, and whether it may be null."""
        hints = get_type_hints(self.row)
        return {field.name: _column(hints[field.name]) for field in fields(self.row)}  # type: ignore[arg-type] # a dataclass

    @cached_property
    def selected(self) -> str:
        return ", ".join(self.columns)

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
            await connection.execute("SELECT pg_advisory_xact_lock(%b)", (_LOCK,))
            if afresh:
                await connection.execute(f"DROP TABLE IF EXISTS {', '.join(successor.tables)}")
            await successor.create(connection)

        async def swap(connection: AsyncConnection) -> None:
            await _replace(connection, self.tables, successor.tables)

        await rebuild.rebuild(log, pool, successor, self.name, swap, told=told)

    async def create(self, connection: AsyncConnection) -> None:
        """Makes the table, if there is none yet; a new view begins at the start of the log. Raises `ShapeChanged`."""
        found = await (await connection.execute(_COLUMNS, (self.table,), binary=True)).fetchall()
        if found:
            if {name for (name,) in found} != self.columns.keys():
                raise ShapeChanged(f"the rows of {self.table} have other columns: this view needs a version of its own")
            return
        columns = [f"{name} {kind}{'' if null else ' NOT NULL'}" for name, (kind, null) in self.columns.items()]
        columns.append(f"PRIMARY KEY ({', '.join(self.key)})")
        await connection.execute(f"CREATE TABLE {self.table} ({', '.join(columns)})")
        for index in self.indexes:
            await connection.execute(f"CREATE INDEX ON {self.table} {index}")
        if self.totals:
            await self.totals.create(connection, self.table, self.columns)
        await progress.forget(connection, self.name)

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


async def create_tables(pool: Pool, views: Iterable[View[Any]]) -> None:
    """Call it at the start of a worker. Harmless when repeated, also by several workers at once."""
    async with pool.connection() as connection, connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock(%b)", (_LOCK,))
        for view in views:
            await view.create(connection)


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


def _column(hint: Any) -> tuple[str, bool]:
    null = NoneType in get_args(hint)
    kind = next(part for part in get_args(hint) if part is not NoneType) if null else hint
    return _TYPES[get_origin(kind) or kind], null
