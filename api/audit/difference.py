"""The differences between two documents, field by field."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any


@dataclass(frozen=True, slots=True)
class Change:
    """`at` is a JSON pointer (RFC 6901). `before` or `after` is None where the field does not exist."""

    at: str
    before: Any
    after: Any


def difference(before: Any, after: Any, at: str = "") -> Iterator[Change]:
    """In the order of the documents' fields. Items of lists are matched by position, because lists only grow."""
    match before, after:
        case dict(), dict():
            for name in [*before, *(name for name in after if name not in before)]:
                step = name.replace("~", "~0").replace("/", "~1")
                yield from difference(before.get(name), after.get(name), f"{at}/{step}")
        case list(), list():
            for n, (one, other) in enumerate(zip_longest(before, after)):
                yield from difference(one, other, f"{at}/{n}")
        case _ if before != after:
            yield Change(at, before, after)
        case _:
            pass
