"""The public history: each field of each event is listed as shown or withheld."""

from typing import Any, get_args

import pytest
from pydantic import BaseModel

from api.disputes.chronicle import TOLD, WITHHELD, details
from domain.kernel.base import Event
from domain.kernel.money import Money
from domain.kernel.personal import Personal

OF_DISPUTES = [event for event in Event.registry.values() if event.stream in ("dispute", "conversation", "refund")]


@pytest.mark.parametrize("event", OF_DISPUTES, ids=lambda event: event.kind)
def test_every_field_is_told_or_withheld(event: type[Event]) -> None:
    for name in _fields(event):
        assert (name in TOLD) is not (name in WITHHELD), name


def test_what_is_withheld_takes_all_below_it_along() -> None:
    body = {"claim": {"amount": 1, "lines": ["key"]}, "order": {"amount": 2}, "buyer": {"name": "Ada"}}
    assert details(body) == {"claim": {"amount": 1}}


def _fields(model: type[BaseModel]) -> set[str]:
    """The fields of a model and of the models inside it, down to withheld ones."""
    names: set[str] = set()
    for name, field in model.model_fields.items():
        names.add(name)
        if name not in WITHHELD:
            for inner in _models(field.annotation):
                names |= _fields(inner)
    return names


def _models(annotation: Any) -> list[type[BaseModel]]:
    if annotation is Money or isinstance(annotation, Personal):
        return []
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for inner in get_args(annotation) for model in _models(inner)]
