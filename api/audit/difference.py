"""The differences between two case files, field by field, in the words and numbers of the API."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest
from typing import Any

from api.disputes.filing.asked import with_asked
from domain.policy.policy import Policy
from projections.case_document import CaseDocument, CaseFields
from projections.table import Doc

_STORED_ONLY = CaseDocument.model_fields.keys() - CaseFields.model_fields.keys()
_NAMED_BY = ("number", "name", "id")
"""What tells the items of a list apart, where an item has it."""


@dataclass(frozen=True, slots=True)
class Change:
    """`at` is a JSON pointer (RFC 6901), which counts the items of a list from 0. `where` is the same place in words: it
    calls an item by its number, its name or its id. `before` or `after` is None where the field does not exist."""

    at: str
    where: str
    before: Any
    after: Any


def as_answered(doc: Doc | None, policy: Policy, at: datetime) -> Doc:
    """The case file under the names that the API answers, as of an instant. What the engine only stores is left out."""
    if doc is None:
        return {}
    shown = with_asked(doc, policy, at)
    return {name: value for name, value in shown.items() if name not in _STORED_ONLY}


def difference(before: Any, after: Any, at: str = "", where: str = "") -> Iterator[Change]:
    """In the order of the documents' fields. Items of lists are matched by their number, name or id, and otherwise by
    position, because lists only grow."""
    match before, after:
        case dict(), dict():
            for name in [*before, *(name for name in after if name not in before)]:
                step = name.replace("~", "~0").replace("/", "~1")
                words = f"{where}, {_words(name)}" if where else _words(name)
                yield from difference(before.get(name), after.get(name), f"{at}/{step}", words)
        case list(), list():
            for index, called, one, other in _matched(before, after):
                yield from difference(one, other, f"{at}/{index}", f"{where} {called}")
        case _ if before != after:
            yield Change(at, where, before, after)
        case _:
            pass


def _matched(before: Sequence[Any], after: Sequence[Any]) -> Iterator[tuple[int, str, Any, Any]]:
    """The pairs of items: index, what the item is called, before, after. A removed item has its former index."""
    for key in _NAMED_BY:
        was, now = _by(key, before), _by(key, after)
        if was is not None and now is not None:
            for name in [*was, *(name for name in now if name not in was)]:
                index = now.get(name, was.get(name))
                assert index is not None, "it is in one of them"
                old, new = was.get(name), now.get(name)
                called = str(name) if key == "number" else f"“{name}”"
                yield index, called, None if old is None else before[old], None if new is None else after[new]
            return
    for index, (one, other) in enumerate(zip_longest(before, after)):
        yield index, f"[{index + 1} of {max(len(before), len(after))}]", one, other


def _by(key: str, items: Sequence[Any]) -> dict[Any, int] | None:
    """The index of each item. None if an item has no such key, or two have the same."""
    named = {one[key]: index for index, one in enumerate(items) if isinstance(one, dict) and one.get(key) is not None}
    return named if len(named) == len(items) else None


def _words(name: str) -> str:
    return name.replace("_", " ")
