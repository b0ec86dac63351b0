"""A document as a person reads it in a terminal: a line for each value, and none for an empty field."""

from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import Group
from rich.padding import Padding
from rich.text import Text

from api.audit.story.phrases import plain

_INDENT = 2
_Line = tuple[int, str]


def outline(value: Any, depth: int = 0) -> Group:
    """Long lines wrap at their own indentation."""
    return Group(*(Padding(Text(line), (0, 0, 0, _INDENT * in_), expand=False) for in_, line in _lines(value, depth)))


def short(value: Any) -> str | None:
    """The value on one line. None for an empty value, and for one that needs more lines."""
    match value:
        case None | "":
            return None
        case bool():
            return "yes" if value else "no"
        case {"amount": amount, "currency": currency} if len(value) == 2:
            return f"{amount} {currency}"
        case {"text": text, "language": language} if value.keys() <= {"text", "language", "author"}:
            return f"“{plain(text)}” ({language})"
        case dict():
            return None
        case list() | tuple():
            return ", ".join(map(str, value)) if not any(isinstance(one, dict | list) for one in value) else None
        case _:
            return plain(str(value))


def _lines(value: Any, depth: int) -> Iterator[_Line]:
    match value:
        case Mapping():
            for name, inner in value.items():
                title = str(name).replace("_", " ")
                if said := short(inner):
                    yield depth, f"{title}: {said}"
                elif below := list(_lines(inner, depth + 1)):
                    yield depth, title
                    yield from below
        case list() | tuple():
            for inner in value:
                first, *others = list(_lines(inner, depth + 1)) or [(depth + 1, "–")]
                yield depth, f"- {first[1]}"
                yield from others
        case _:
            if said := short(value):
                yield depth, said
