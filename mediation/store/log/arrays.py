"""The columns of a batch, in the binary form of a PostgreSQL array.

The driver inspects every element of a list, which takes longer for a batch than everything else. Here the type is
known: pass `Uuids(ids)` as a parameter in place of the list.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from struct import Struct
from typing import Any, Generic, TypeVar
from uuid import UUID

from psycopg import adapters, postgres
from psycopg.abc import Buffer
from psycopg.adapt import Dumper
from psycopg.pq import Format
from pydantic_core import to_json

T = TypeVar("T")

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_NULL = b"\xff\xff\xff\xff"

_head = Struct("!iiIii").pack
"""Number of dimensions, whether there are nulls, type of the elements, how many, and the number of the first."""

_length = Struct("!i").pack
_int2, _int4, _int8 = Struct("!h").pack, Struct("!i").pack, Struct("!q").pack


class Column(list[T | None], Generic[T]):
    """The values of one column, row by row."""


class Uuids(Column[UUID]): ...


class Texts(Column[str]): ...


class Bytes(Column[bytes]): ...


class Documents(Column[Mapping[str, Any]]):
    """JSON objects, sent as texts: cast them."""


class Smallints(Column[int]): ...


class Ints(Column[int]): ...


class Bigints(Column[int]): ...


class Booleans(Column[bool]): ...


class Instants(Column[datetime]): ...


def _microseconds(at: datetime) -> bytes:
    return _int8((at - _EPOCH) // _MICROSECOND)


def _register(column: type[Column[T]], element: str, encode: Callable[[T], bytes]) -> None:
    info = postgres.types[element]

    class ColumnDumper(Dumper):
        format = Format.BINARY
        oid = info.array_oid

        def dump(self, obj: Any) -> Buffer:
            elements = [_NULL if value is None else _length(len(raw := encode(value))) + raw for value in obj]
            return _head(1, 1, info.oid, len(obj), 1) + b"".join(elements)

    adapters.register_dumper(column, ColumnDumper)


_register(Uuids, "uuid", lambda id: id.int.to_bytes(16, "big"))  # `bytes` is one call more
_register(Texts, "text", str.encode)
_register(Bytes, "bytea", lambda raw: raw)
_register(Documents, "text", to_json)
_register(Smallints, "int2", _int2)
_register(Ints, "int4", _int4)
_register(Bigints, "int8", _int8)
_register(Booleans, "bool", lambda truth: b"\x01" if truth else b"\x00")
_register(Instants, "timestamptz", _microseconds)
