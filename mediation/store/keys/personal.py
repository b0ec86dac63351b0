"""Where the personal fields of an event are: found once per class from the types, then visited in each event."""

from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple, get_args, get_origin
from uuid import UUID

from pydantic import BaseModel

from domain.kernel.personal import Personal


class Spot(NamedTuple):
    """A personal text, the subject of its key, its path (`claim.statement.text`, `lines.0.title`), and the part of the event's
    JSON form that holds it under the last step of the path. `person` is whose key it is, if that is a key for one purpose."""

    text: str
    subject: UUID
    path: str
    holder: Any
    last: str | int
    person: UUID | None = None

    def write(self, text: str) -> None:
        """Replaces the text."""
        self.holder[self.last] = text


@cache
def has_personal(model: type[BaseModel]) -> bool:
    return bool(_fields(model))


def spots(model: BaseModel, doc: Any) -> list[Spot]:
    """Every personal text of a model, also in nested models and in tuples and lists of them. `doc` is its JSON form.

    Raises `TypeError` if the field that a mark refers to holds no subject: that is a mistake in the event class, not in
    the data.
    """
    found: list[Spot] = []
    _visit(model, doc, "", (), found)
    return found


def _visit(model: BaseModel, doc: Any, path: str, outer: tuple[BaseModel, ...], found: list[Spot]) -> None:
    scope, values = (model, *outer), model.__dict__
    for name, mark in _fields(type(model)):
        _visit_value(values[name], mark, doc, name, path + name, scope, found)


def _visit_value(
    value: Any,
    mark: Personal | None,
    holder: Any,
    last: str | int,
    path: str,
    scope: tuple[BaseModel, ...],
    found: list[Spot],
) -> None:
    if isinstance(value, str):
        if mark is not None:
            person = _subject(mark.person, path, scope) if mark.person else None
            found.append(Spot(value, _subject(mark.of, path, scope), path, holder, last, person))
    elif isinstance(value, tuple | list):
        for n, one in enumerate(value):
            _visit_value(one, mark, holder[last], n, f"{path}.{n}", scope, found)
    elif isinstance(value, BaseModel):
        _visit(value, holder[last], path + ".", scope, found)


def _subject(field: str, path: str, scope: tuple[BaseModel, ...]) -> UUID:
    for model in scope:
        if field in model.__dict__:
            subject = model.__dict__[field]
            if isinstance(subject, UUID):
                return subject
            break
    raise TypeError(f"{type(scope[-1]).__name__}.{path}: {field} names nobody")


@cache
def _fields(model: type[BaseModel]) -> tuple[tuple[str, Personal | None], ...]:
    """The fields to visit: a marked field with its mark; a field that holds models with marked fields, with None."""
    found: list[tuple[str, Personal | None]] = []
    for name, field in model.model_fields.items():
        marks = {mark for mark in field.metadata if isinstance(mark, Personal)} | set(_marks(field.annotation))
        if len(marks) > 1:
            raise TypeError(f"{model.__name__}.{name} is marked twice")
        if marks or any(_reaches_mark(inner, {model}) for inner in _models(field.annotation)):
            _refuse_unordered(field.annotation, f"{model.__name__}.{name}")
            found.append((name, marks.pop() if marks else None))
    return tuple(found)


def _marks(annotation: Any) -> Iterator[Personal]:
    yield from (mark for mark in getattr(annotation, "__metadata__", ()) if isinstance(mark, Personal))
    for inner in get_args(annotation):
        yield from _marks(inner)


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models(inner)


def _reaches_mark(model: type[BaseModel], seen: set[type[BaseModel]]) -> bool:
    if model in seen:
        return False
    seen.add(model)
    fields = model.model_fields.values()
    if any(isinstance(mark, Personal) for field in fields for mark in field.metadata):
        return True
    return any(
        any(_marks(field.annotation)) or any(_reaches_mark(inner, seen) for inner in _models(field.annotation))
        for field in fields
    )


def _refuse_unordered(annotation: Any, where: str) -> None:
    """A path must lead back to the text, so personal fields may be only in models, tuples and lists."""
    if get_origin(annotation) in (dict, set, frozenset):
        raise TypeError(f"{where}: personal fields can't be kept in a {get_origin(annotation).__name__}")
    for inner in get_args(annotation):
        _refuse_unordered(inner, where)
