"""A part of a case file: only the fields that the reader asks for, and only the work that they need."""

from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any

from fastapi import Query
from pydantic import TypeAdapter
from pydantic_core import to_json

from api.disputes.case_file_schemas import CaseFile
from domain.kernel.refusals import Malformed

ALL = tuple(CaseFile.model_fields)

Fields = Annotated[
    str | None,
    Query(
        max_length=4_000,
        description="Top-level fields, such as `stage,actions`. The answer then has these and no others. `ETag` is the same.",
    ),
]


class UnknownCaseField(Malformed):
    """`fields` names a field that a case file does not have; `known` lists those that it has.

    Why: A misspelt name that is ignored would look like a field without a value.

    What to do: Send names from `known`, with commas between them. Leave `fields` out for the whole case file.

    Example: {"known": ["id", "stage", "actions"]}
    """


def asked_for(fields: str | None) -> frozenset[str]:
    """Raises UnknownCaseField."""
    if fields is None:
        return frozenset(ALL)
    names = frozenset(name.strip() for name in fields.split(","))
    if not names <= frozenset(ALL):
        raise UnknownCaseField(known=list(ALL))
    return names


def as_json(part: Mapping[str, Any]) -> bytes:
    """These fields as the whole case file has them, in its order."""
    return to_json({name: _written(name, part[name]) for name in ALL if name in part})


def _written(name: str, value: Any) -> Any:
    field = _field(name)
    return field.dump_python(field.validate_python(value), mode="json")


@cache
def _field(name: str) -> TypeAdapter[Any]:
    field = CaseFile.model_fields[name]
    annotation: Any = Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation
    return TypeAdapter(annotation)
