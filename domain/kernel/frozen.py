"""Dataclasses that nobody changes: the type checker refuses an assignment, and at run time nothing is checked.

A dataclass that is frozen at run time is made twice as slowly, because it sets each field through `object.__setattr__`.
The state of a dispute is made anew for every fact. So this is also the place of a quicker `replace`: the one of the standard
library asks each of forty fields whether it changed, and then calls the constructor with all of them.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True)
def frozen(cls: type[T]) -> type[T]:
    """As `@dataclass(frozen=True, slots=True)`: equal and hashed by its fields. `replace` calls no `__post_init__`."""
    made = dataclass(slots=True, unsafe_hash=True)(cls)
    _COPIERS[made] = _copier(made)
    return made


def _copier(cls: type[Any]) -> Callable[[Any], Any]:
    """A function that copies every field. It is written as source, as the standard library writes `__init__`."""
    lines = [
        "def copy(old):",
        " new = make(cls)",
        *(f" new.{f.name} = old.{f.name}" for f in fields(cls)),
        " return new",
    ]
    names: dict[str, Any] = {"cls": cls, "make": object.__new__}
    exec("\n".join(lines), names)
    copier: Callable[[Any], Any] = names["copy"]
    return copier


_COPIERS: dict[type[Any], Callable[[Any], Any]] = {}

if TYPE_CHECKING:
    from dataclasses import replace as replace  # type checkers know the fields of what it is given
else:

    def replace(state, /, **changes):
        """`dataclasses.replace` for a `frozen` class. Raises KeyError for another class."""
        new = _COPIERS[type(state)](state)
        for name, value in changes.items():
            setattr(new, name, value)
        return new
