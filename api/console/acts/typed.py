"""What somebody typed into a form, by the place of each field; and the body that it means."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from api.console.acts import amounts, clocks
from api.console.acts.fields import Field
from api.words.languages import ENGLISH

CURRENCY, AMOUNT, TEXT, LANGUAGE = "/currency", "/amount", "/text", "/language"
SECOND = ":second"
"""An input beside an instant: which of the two times is meant, when the clock is put back and shows a time twice."""

_UTC = ZoneInfo("UTC")
_ROW = re.compile(r"/(\d{1,4})(?:/|$|:)")


@dataclass(frozen=True, slots=True)
class Typed:
    """The inputs of a form, by name. A box that is ticked has its value; several inputs may have the same name."""

    inputs: Mapping[str, Sequence[str]]

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, str]]) -> "Typed":
        found: dict[str, list[str]] = {}
        for name, value in pairs:
            found.setdefault(name, []).append(value.replace("\r\n", "\n"))
        return cls(found)

    def one(self, at: str) -> str:
        return (self.inputs.get(at) or [""])[0]

    def all(self, at: str) -> Sequence[str]:
        return self.inputs.get(at, ())

    def rows(self, at: str) -> list[int]:
        """The numbers of the rows of a list that have an input, in order."""
        places = (_ROW.match(name, len(at)) for name in self.inputs if name.startswith(f"{at}/"))
        return sorted({int(place[1]) for place in places if place})


@dataclass(slots=True)
class Meant:
    """Reads the body out of what was typed by a reader of this language, whose clock is in `zone`. What is left empty is left
    out. `faults` says what cannot be read, by place.
    """

    typed: Typed
    language: str
    zone: ZoneInfo
    faults: dict[str, clocks.Astray] = field(default_factory=dict)

    def body(self, fields: Sequence[Field], at: str = "") -> dict[str, Any]:
        found = ((one.name, self._value(one, f"{at}/{one.name}")) for one in fields)
        return {name: value for name, value in found if value is not None}

    def _value(self, one: Field, at: str) -> Any:
        """None: nothing was typed."""
        match one.kind:
            case "group":
                return self._group(one, at)
            case "rows":
                rows = [self.body(one.inner, f"{at}/{row}") for row in self.typed.rows(at)]
                return [row for row in rows if not _hollow(row)] or None
            case "several":
                assert one.item is not None
                return self._several(one.item, at)
            case "statement":
                text = self.typed.one(at + TEXT)
                return {"text": text, "language": self.typed.one(at + LANGUAGE)} if text.strip() else None
            case "money":
                return self._money(at)
            case "instant":
                return self._instant(at)
            case "files":
                return None
            case _:
                return _plain(one, self.typed.one(at))

    def _group(self, one: Field, at: str) -> Any:
        body = self.body(one.inner, at)
        return body if one.required or not _hollow(body) else None

    def _several(self, item: Field, at: str) -> Any:
        given = self.typed.all(at)
        lines = [line.strip() for value in given for line in value.splitlines()]
        return [_plain(item, line) for line in lines if line] or None

    def _money(self, at: str) -> Any:
        typed = self.typed.one(at + AMOUNT).strip()
        if not typed:
            return None
        return {"amount": amounts.plain(typed, self.language), "currency": self.typed.one(at + CURRENCY).strip()}

    def _instant(self, at: str) -> str | None:
        typed = self.typed.one(at)
        if not typed.strip():
            return None
        read = clocks.read(typed, self.zone, self.typed.one(at + SECOND))
        if isinstance(read, clocks.Astray):
            self.faults[at] = read
            return None
        return read.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _hollow(body: Any) -> bool:
    """Whether there is nothing in it but parts in which there is nothing."""
    return isinstance(body, dict) and all(map(_hollow, body.values()))


def _plain(one: Field, typed: str) -> Any:
    if not typed.strip():
        return None
    match one.kind:
        case "flag" | "yes_no":
            return typed == "true"
        case "number":
            number = amounts.digits(typed.strip())
            return int(number) if number.isascii() and number.isdigit() and len(number) < 20 else typed
        case "prose":
            return typed
        case _:
            return typed.strip()


def renumbered(typed: Typed, fields: Sequence[Field]) -> Typed:
    """The same without the rows that were left empty, so that the rows have the numbers that they have in the body."""
    for one, at in _lists(fields, ""):
        kept = [row for row in typed.rows(at) if _filled(typed, one, f"{at}/{row}")]
        others = {name: values for name, values in typed.inputs.items() if not name.startswith(f"{at}/")}
        moved = {
            f"{at}/{place}{name.removeprefix(f'{at}/{row}')}": values
            for place, row in enumerate(kept)
            for name, values in typed.inputs.items()
            if name.startswith((f"{at}/{row}/", f"{at}/{row}:"))
        }
        typed = Typed({**others, **moved})
    return typed


def _lists(fields: Sequence[Field], at: str) -> Iterator[tuple[Field, str]]:
    for one in fields:
        if one.kind == "rows":
            yield one, f"{at}/{one.name}"
        elif one.kind == "group":
            yield from _lists(one.inner, f"{at}/{one.name}")


def _filled(typed: Typed, row: Field, at: str) -> bool:
    meant = Meant(typed, ENGLISH, _UTC)
    return not _hollow(meant.body(row.inner, at)) or bool(meant.faults)


def as_typed(body: Mapping[str, Any], fields: Sequence[Field], language: str, zone: ZoneInfo) -> Typed:
    """What somebody would type who means this body."""
    return Typed.of(_pairs(body, fields, language, zone, ""))


def _pairs(
    body: Mapping[str, Any], fields: Sequence[Field], language: str, zone: ZoneInfo, at: str
) -> Iterator[tuple[str, str]]:
    for one in fields:
        if body.get(one.name) is not None:
            yield from _written(one, body[one.name], language, zone, f"{at}/{one.name}")


def _written(one: Field, value: Any, language: str, zone: ZoneInfo, at: str) -> Iterator[tuple[str, str]]:
    match one.kind:
        case "group":
            yield from _pairs(value, one.inner, language, zone, at)
        case "rows":
            for row, inner in enumerate(value):
                yield from _pairs(inner, one.inner, language, zone, f"{at}/{row}")
        case "several":
            yield from ((at, str(inner)) for inner in value)
        case "statement":
            yield from ((at + TEXT, value["text"]), (at + LANGUAGE, value["language"]))
        case "money":
            written = amounts.written(value["amount"], language)
            yield from ((at + AMOUNT, written), (at + CURRENCY, value["currency"]))
        case "instant":
            shown = clocks.shown(datetime.fromisoformat(value), zone)
            yield from ((at, shown.typed), (at + SECOND, shown.second))
        case "flag" | "yes_no":
            yield at, "true" if value else "false"
        case "files":
            return
        case _:
            yield at, str(value)
