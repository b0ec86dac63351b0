"""Shared by the stories: how items of the document are made and changed."""

from datetime import datetime
from typing import Any, TypeAlias

from domain.kernel.base import Event
from domain.kernel.money import Money
from projections.table import Doc

Items: TypeAlias = list[Doc]


def changed(items: Items, key: str, value: int | str | None, **changes: Any) -> Items:
    """The items, with those whose `key` has this value changed."""
    return [{**item, **changes} if item[key] == value else item for item in items]


def item(event: Event, **more: Any) -> Doc:
    return {**event.model_dump(mode="json"), **more}


def as_json(money: Money) -> Doc:
    return {"amount": money.amount, "currency": money.currency}


def money_of(told: Doc) -> Money:
    return Money.of(told["amount"], told["currency"])


def instant(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
