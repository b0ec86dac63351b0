"""Pages of a view, by keyset: stable while rows are written, and as fast on the last page as on the first."""

import base64
import binascii
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from psycopg.rows import class_row

from domain.kernel.refusals import Malformed
from projections.table import Pool, Table
from projections.view import View

R = TypeVar("R")

MAX_LIMIT = 100
"""The most rows on a page."""

_READ: Mapping[str, Callable[[str], Any]] = {
    "text": str,
    "uuid": UUID,
    "bigint": int,
    "timestamptz": datetime.fromisoformat,
}


class UnknownCursor(Malformed):
    """The `cursor` is not one that this list has given out.

    Why: A cursor is a place in one list. In another list, or made by hand, it means nothing.

    What to do: Use the `next` of the previous page of this list. To begin again, leave `cursor` out.
    """


@dataclass(frozen=True, slots=True)
class Page(Generic[R]):
    """`next` is the cursor of the next page; None on the last page. It holds a place in the order, and names no person."""

    rows: list[R]
    next: str | None


@dataclass(slots=True)
class Where:
    """Conditions that must all hold, with their values."""

    conditions: list[str] = field(default_factory=lambda: ["true"])
    values: list[Any] = field(default_factory=list)

    def add(self, condition: str, *values: Any) -> None:
        self.conditions.append(condition)
        self.values += values

    def equal(self, **columns: Any) -> None:
        """Adds a condition for each column whose value is not None."""
        for column, value in columns.items():
            if value is not None:
                self.add(f"{column} = %s", value)

    def among(self, **columns: Sequence[Any] | None) -> None:
        """Adds a condition for each column that must have one of several values. A None adds none."""
        for column, values in columns.items():
            if values is not None:
                self.add(f"{column} = ANY(%s)", list(values))

    def filled(self, **columns: bool | None) -> None:
        """Columns that must be filled (True) or null (False). A None adds no condition."""
        for column, is_filled in columns.items():
            if is_filled is not None:
                self.add(f"{column} IS {'NOT ' if is_filled else ''}NULL")

    @property
    def sql(self) -> str:
        return " AND ".join(self.conditions)


async def page(
    pool: Pool,
    view: View[R],
    where: Where,
    *,
    order: tuple[str, ...],
    limit: int,
    cursor: str | None,
    descending: bool = False,
    source: str | None = None,
) -> Page[R]:
    """The rows after `cursor`, in the order of columns that together are unique.

    A row whose columns change between two pages may move past the cursor. `-amount` stands for the greatest amount first,
    in a column of numbers. `source` is what to select from, if it is not simply the view's table. Raises UnknownCursor.
    """
    if not 1 <= limit <= MAX_LIMIT:
        raise ValueError(f"a page has 1 to {MAX_LIMIT} rows")
    keys = [view.columns[column.removeprefix("-")][0] for column in order]
    if cursor is not None:
        places = ", ".join(["%s"] * len(order))
        where.add(f"({', '.join(order)}) {'<' if descending else '>'} ({places})", *opened(cursor, keys))
    direction = " DESC" if descending else ""
    query = (
        f"SELECT {view.selected} FROM {source or view.table} WHERE {where.sql} "
        f"ORDER BY {', '.join(column + direction for column in order)} LIMIT {limit + 1}"
    )
    rows = await select(pool, view, query, where.values)
    if len(rows) <= limit:
        return Page(rows, None)
    last = rows[limit - 1]
    return Page(rows[:limit], after(*[_place(last, column) for column in order]))


def _place(row: object, column: str) -> Any:
    value = getattr(row, column.removeprefix("-"))
    return -value if column.startswith("-") else value


async def select(pool: Pool, table: Table[R], query: str, values: Any) -> list[R]:
    """The rows of a query over the columns of a table.

    It is planned each time, for its values: one plan for all values takes the order of a list for the cheapest way, and reads
    the whole list in search of a value that hardly any row has.
    """
    async with (
        pool.connection() as connection,
        connection.cursor(row_factory=class_row(table.row), binary=True) as cursor,
    ):
        return await (await cursor.execute(query, values, prepare=False)).fetchall()


def after(*values: Any) -> str:
    """The cursor that continues after the row with these values in the columns of the order."""
    texts = [value.isoformat() if isinstance(value, datetime) else str(value) for value in values]
    return base64.urlsafe_b64encode(json.dumps(texts, separators=(",", ":")).encode()).rstrip(b"=").decode()


def opened(cursor: str, kinds: list[str]) -> list[Any]:
    """The values that `after` was given, each of a column type. Raises UnknownCursor."""
    try:
        texts = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return [_READ[kind](text) for kind, text in zip(kinds, texts, strict=True)]
    except (ValueError, TypeError, AttributeError, binascii.Error):
        raise UnknownCursor from None
