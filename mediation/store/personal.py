"""Where the personal fields of an event are: found once per class from the types, then visited in each event."""

from collections.abc import Callable, Iterator
from functools import cache
from operator import is_
from typing import Any, TypeVar, get_args, get_origin
from uuid import UUID

from pydantic import BaseModel

from domain.personal import Personal

M = TypeVar("M", bound=BaseModel)

Change = Callable[[str, UUID, str], str]
"""From a personal text, its subject and its path (`claim.statement.text`, `lines.0.title`) to what shall stand there."""


@cache
def has_personal(model: type[BaseModel]) -> bool:
    return bool(_fields(model))


def rewrite(model: M, change: Change) -> M:
    """The model with every personal text changed, also those in nested models and in tuples and lists of them.

    Raises `TypeError` when the field that a mark refers to holds no subject: a mistake in the event, not in the data.
    """
    return _rewrite(model, change, "", ())


def _rewrite(model: M, change: Change, path: str, outer: tuple[BaseModel, ...]) -> M:
    scope: tuple[BaseModel, ...] = (model, *outer)
    changed = {}
    for name, mark in _fields(type(model)):
        value = getattr(model, name)
        new = _rewrite_value(value, mark, change, path + name, scope)
        if new is not value:
            changed[name] = new
    return model.model_copy(update=changed) if changed else model


def _rewrite_value(value: Any, mark: Personal | None, change: Change, path: str, scope: tuple[BaseModel, ...]) -> Any:
    if isinstance(value, tuple | list):
        new = [_rewrite_value(one, mark, change, f"{path}.{n}", scope) for n, one in enumerate(value)]
        return value if all(map(is_, new, value)) else type(value)(new)
    if isinstance(value, BaseModel):
        return _rewrite(value, change, f"{path}.", scope)
    if mark is not None and isinstance(value, str):
        return change(value, _subject(mark, path, scope), path)
    return value


def _subject(mark: Personal, path: str, scope: tuple[BaseModel, ...]) -> UUID:
    for model in scope:
        if mark.of in type(model).model_fields:
            subject = getattr(model, mark.of)
            if isinstance(subject, UUID):
                return subject
            break
    raise TypeError(f"{type(scope[-1]).__name__}.{path}: {mark.of} names nobody")


@cache
def _fields(model: type[BaseModel]) -> tuple[tuple[str, Personal | None], ...]:
    """The fields worth visiting: a marked one with its mark, one that holds models with marked fields without."""
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
    """A path must lead back to the text, so personal fields live in models, tuples and lists only."""
    if get_origin(annotation) in (dict, set, frozenset):
        raise TypeError(f"{where}: personal fields can't be kept in a {get_origin(annotation).__name__}")
    for inner in get_args(annotation):
        _refuse_unordered(inner, where)
