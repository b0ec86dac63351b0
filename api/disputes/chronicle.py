"""From stored facts to the entries of a history: what each event tells, and to whom, is said at the event and its fields."""

import re
from collections.abc import Container, Iterator, Mapping
from typing import Any
from uuid import UUID

from api.audit.steps import DONE_BY
from api.http.reads import Reading
from projections.audit_trail import Entry

_WORD = re.compile(r"(?<=[a-z])(?=[A-Z])")


async def told(
    reading: Reading,
    entries: list[Entry],
    representatives: Container[UUID] = (),
    untold: Container[str] = (),
) -> list[dict[str, Any]]:
    """The facts as this reader is told of them, opened. Whoever acts for a party is told by name of their subject to all.

    `untold` are the commitments that are not for this reader.
    """
    seen = _seen(reading, entries, untold)
    return [await reading.open(_told(reading, entry, body, representatives)) for entry, body in seen]


def seen(reading: Reading, entries: list[Entry], untold: Container[str]) -> list[Entry]:
    """Those of which this reader is told anything."""
    return [entry for entry, _ in _seen(reading, entries, untold)]


def _seen(reading: Reading, entries: list[Entry], untold: Container[str]) -> Iterator[tuple[Entry, dict[str, Any]]]:
    for entry in entries:
        if entry.body.get("commitment_id") in untold:
            continue
        if (body := reading.viewer.told_of(entry.kind, entry.body)) is not None:
            yield entry, body


def by(kind: str, body: Mapping[str, Any]) -> str | None:
    """In which role somebody did it. What a dispute was settled by is an act, and nobody's role."""
    if kind == "DisputeFiled":
        return str(body["claimant"])
    return None if kind == "SettlementReached" else body.get("by") or DONE_BY.get(kind)


def _told(reading: Reading, entry: Entry, body: dict[str, Any], representatives: Container[UUID]) -> dict[str, Any]:
    insider = reading.viewer.insider
    return {
        "id": reading.http.opaque.seal("position", entry.marketplace, str(entry.position)),
        "kind": entry.kind,
        "title": _WORD.sub(" ", entry.kind).capitalize(),
        "dispute_id": entry.dispute_id,
        "occurred_at": entry.occurred_at,
        "recorded_at": entry.recorded_at,
        "by": by(entry.kind, body),
        "actor": entry.actor if insider or entry.actor in representatives else None,
        "correlation_id": entry.correlation_id if insider else None,
        "causation_id": entry.causation_id if insider else None,
        "details": body,
    }
