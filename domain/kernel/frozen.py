"""Dataclasses that nobody changes: the type checker refuses an assignment, and at run time nothing is checked.

A dataclass that is frozen at run time is made twice as slowly, because it sets each field through `object.__setattr__`.
The state of a dispute is made anew for every fact.
"""

from dataclasses import dataclass
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True)
def frozen(cls: type[T]) -> type[T]:
    """As `@dataclass(frozen=True, slots=True)`: equal and hashed by its fields."""
    return dataclass(slots=True, unsafe_hash=True)(cls)
