"""A table of typed rows. Its name contains a version, so that a new version is made beside the old one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from functools import cached_property
from types import NoneType
from typing import Any, Generic, TypeVar, get_args, get_origin, get_type_hints
from uuid import UUID

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

Pool = AsyncConnectionPool[AsyncConnection]
Doc = dict[str, Any]
"""A JSON object. Personal texts in it are sealed tokens, as they came from the log."""

R = TypeVar("R")

_TYPES: Mapping[Any, str] = {
    UUID: "uuid",
    str: "text",
    int: "bigint",
    bool: "boolean",
    datetime: "timestamptz",
    dict: "jsonb",
}

LOCK = 7303
"""Advisory lock: when several processes start at once, one creates the tables."""

_COLUMNS = """SELECT attname::text FROM pg_attribute
WHERE attrelid = to_regclass(%b) AND attnum > 0 AND NOT attisdropped"""


class ShapeChanged(Exception):
    """The columns of a view changed, but its version did not. Workers of the previous release still write the old table."""


@dataclass(frozen=True, kw_only=True)
class Table(Generic[R]):
    """`row` is a frozen dataclass with a field for each column. `key` are the columns that identify a row."""

    title: str
    version: int
    row: type[R]
    key: tuple[str, ...]
    indexes: tuple[str, ...] = ()

    @property
    def table(self) -> str:
        return f"{self.title}_{self.version}"

    @cached_property
    def columns(self) -> Mapping[str, tuple[str, bool]]:
        """Each column's type, and whether it may be null."""
        hints = get_type_hints(self.row)
        return {field.name: _column(hints[field.name]) for field in fields(self.row)}  # type: ignore[arg-type] # a dataclass

    @cached_property
    def selected(self) -> str:
        return ", ".join(self.columns)

    async def create(self, connection: AsyncConnection) -> bool:
        """Makes the table, and says so; False if it is there already. Raises `ShapeChanged`."""
        found = await (await connection.execute(_COLUMNS, (self.table,), binary=True)).fetchall()
        if found:
            if {name for (name,) in found} != self.columns.keys():
                raise ShapeChanged(f"the rows of {self.table} have other columns: this view needs a version of its own")
            return False
        columns = [f"{name} {kind}{'' if null else ' NOT NULL'}" for name, (kind, null) in self.columns.items()]
        columns.append(f"PRIMARY KEY ({', '.join(self.key)})")
        await connection.execute(f"CREATE TABLE {self.table} ({', '.join(columns)})")
        for index in self.indexes:
            await connection.execute(f"CREATE INDEX ON {self.table} {index}")
        return True


async def create_tables(pool: Pool, tables: Iterable[Table[Any]]) -> None:
    """Call it at the start of a worker. Harmless when repeated, also by several workers at once."""
    async with pool.connection() as connection, connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock(%b)", (LOCK,))
        for table in tables:
            await table.create(connection)


def _column(hint: Any) -> tuple[str, bool]:
    null = NoneType in get_args(hint)
    kind = next(part for part in get_args(hint) if part is not NoneType) if null else hint
    return _TYPES[get_origin(kind) or kind], null
