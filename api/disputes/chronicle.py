"""Turns stored facts into the entries of a history. Each event class and its fields declare who may see them."""

import re
from collections.abc import Container, Iterator, Mapping
from typing import Any
from uuid import UUID

from api.audit.steps import DONE_BY
from api.http.reads import Reading
from domain.payments.refund_facts import RefundEvent
from projections import filings
from projections.audit_trail import Entry
from projections.view import kinds

_OF_REFUND = kinds(RefundEvent)
_WORD = re.compile(r"(?<=[a-z])(?=[A-Z])")


async def told(
    reading: Reading,
    entries: list[Entry],
    representatives: Container[UUID] = (),
    untold: Container[str] = (),
) -> list[dict[str, Any]]:
    """The facts that this reader may see, unsealed. Every reader sees the subject of a representative who acted.

    `untold` holds the ids of the commitments that are hidden from this reader.
    """
    seen = [*_seen(reading, entries, untold)]
    refunds = await _refunds(reading, [entry for entry, _ in seen])
    return [await reading.open(_told(reading, entry, body, representatives, refunds)) for entry, body in seen]


async def _refunds(reading: Reading, entries: list[Entry]) -> Mapping[UUID, dict[str, Any]]:
    """What each refund is, of which one of these facts tells a step. One query for the refunds, one for the filings."""
    log = reading.http.services.log
    instructed = await filings.instructions(log, {one.stream_id for one in entries if one.kind in _OF_REFUND})
    filed = await filings.filings(log, {refund.dispute_id for refund in instructed.values()})
    return {of: reading.viewer.refund_of_fact(refund, filed[refund.dispute_id]) for of, refund in instructed.items()}


def seen(reading: Reading, entries: list[Entry], untold: Container[str]) -> list[Entry]:
    """The facts of which this reader may see at least one field."""
    return [entry for entry, _ in _seen(reading, entries, untold)]


def _seen(reading: Reading, entries: list[Entry], untold: Container[str]) -> Iterator[tuple[Entry, dict[str, Any]]]:
    for entry in entries:
        if entry.body.get("commitment_id") in untold:
            continue
        if (body := reading.viewer.told_of(entry.kind, entry.body)) is not None:
            yield entry, body


def by(kind: str, body: Mapping[str, Any]) -> str | None:
    """The role of the person who did it. None for a settlement: its `by` names an act, and not a role."""
    if kind == "DisputeFiled":
        return str(body["claimant"])
    return None if kind == "SettlementReached" else body.get("by") or DONE_BY.get(kind)


def _told(
    reading: Reading,
    entry: Entry,
    body: dict[str, Any],
    representatives: Container[UUID],
    refunds: Mapping[UUID, dict[str, Any]],
) -> dict[str, Any]:
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
        "refund": refunds.get(entry.stream_id),
    }
