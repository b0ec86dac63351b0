"""Turns stored facts into the entries of a history. Each event class and its fields declare who may see them."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from api.audit.steps import DONE_BY
from api.disputes.settlement.translation import with_translations
from api.http.reads import Reading
from api.words import facts
from api.words.catalogue import Catalogue
from domain.evidence.machine_reading_facts import MachineReadingEvent
from domain.kernel.people import Side
from domain.kernel.texts import revealed
from domain.payments.refund_facts import RefundEvent
from projections import audit_trail, filings
from projections.audit_trail import Entry, entry_of
from projections.table import Doc
from projections.told_facts import told_to
from projections.view import kinds

_OF_REFUND = kinds(RefundEvent)
OF_MACHINES = kinds(MachineReadingEvent)
"""That a machine read a picture is nothing that happened in the dispute."""

_NEWEST = 50
"""Facts that are looked at, for the last one that somebody of the desk may see."""


async def of_case(
    reading: Reading, dispute_id: UUID, doc: Doc, entries: Iterable[Entry], words: Catalogue
) -> list[dict[str, Any]]:
    """The facts of one dispute that this reader may see, as `told`, with the translations of their texts."""
    named = {UUID(representative["subject"]) for representative in doc["representatives"]}
    items = await told(reading, entries, words, named)
    return list(await with_translations(reading, dispute_id, items, reading.reads(doc)))


async def told(
    reading: Reading, entries: Iterable[Entry], words: Catalogue, representatives: Container[UUID] = ()
) -> list[dict[str, Any]]:
    """The facts that this reader may see, unsealed. Every reader sees the subject of a representative who acted.

    A party's are selected before: see `as_told`.
    """
    seen = [*_seen(reading, entries)]
    refunds = await _refunds(reading, [entry for entry, _ in seen])
    opened = await reading.open([_told(reading, entry, body, words, representatives, refunds) for entry, body in seen])
    return [{**one, "details": _with_names_revealed(one["details"])} for one in opened]


def _with_names_revealed(value: Any) -> Any:
    """The details, with the names of files as lists show them."""
    match value:
        case {"name": str(name), "sealed_sha256": str()}:
            return {**value, "name": revealed(name)}
        case dict():
            return {key: _with_names_revealed(inner) for key, inner in value.items()}
        case list():
            return [_with_names_revealed(inner) for inner in value]
        case _:
            return value


async def _refunds(reading: Reading, entries: list[Entry]) -> Mapping[UUID, dict[str, Any]]:
    """What each refund is, of which one of these facts tells a step. One query for the refunds, one for the filings."""
    log = reading.http.services.log
    instructed = await filings.instructions(log, {one.stream_id for one in entries if one.kind in _OF_REFUND})
    filed = await filings.filings(log, {refund.dispute_id for refund in instructed.values()})
    return {of: reading.viewer.refund_of_fact(refund, filed[refund.dispute_id]) for of, refund in instructed.items()}


def seen(reading: Reading, entries: Iterable[Entry]) -> list[Entry]:
    """The facts of which this reader may see at least one field."""
    viewer = reading.viewer
    return [entry for entry in entries if viewer.sees(entry.event, entry.body)]


async def as_told(reading: Reading, side: Side, entries: Sequence[Entry]) -> list[Entry]:
    """Those of the facts that this side was told, as it was told them. It reads their disputes from the filing on."""
    told: dict[int, Entry] = {}
    until = max((entry.position for entry in entries), default=0)
    for dispute_id in {entry.dispute_id for entry in entries if entry.dispute_id is not None}:
        facts = await reading.http.services.log.of_dispute(dispute_id, until_position=until)
        told |= {fact.position: entry_of(fact) for fact in told_to(side, facts)}
    return [told[entry.position] for entry in entries if entry.position in told]


async def last(reading: Reading, dispute_id: UUID) -> Entry | None:
    """The last fact that this reader may see, and no machine's reading."""
    log, side = reading.http.services.log, reading.caller.side
    if side is None:
        entries = await audit_trail.newest(log, reading.caller.marketplace, dispute_id, _NEWEST)
    else:
        entries = [entry_of(fact) for fact in reversed([*told_to(side, await log.of_dispute(dispute_id))])]
    return next((entry for entry, _ in _seen(reading, entries) if entry.kind not in OF_MACHINES), None)


def _seen(reading: Reading, entries: Iterable[Entry]) -> Iterator[tuple[Entry, dict[str, Any]]]:
    for entry in entries:
        if (body := reading.viewer.told_of(entry.event, entry.body)) is not None:
            yield entry, body


def by(kind: str, body: Mapping[str, Any]) -> str | None:
    """The role of the person who did it. None for a settlement: its `by` names an act, and not a role."""
    if kind == "DisputeFiled":
        return str(body["claimant"])
    if kind == "ExhibitAdded" and body.get("filed_from"):  # the neutral may file for a side
        return str(body["filed_from"]["by"])
    return None if kind == "SettlementReached" else body.get("by") or DONE_BY.get(kind)


def _told(
    reading: Reading,
    entry: Entry,
    body: dict[str, Any],
    words: Catalogue,
    representatives: Container[UUID],
    refunds: Mapping[UUID, dict[str, Any]],
) -> dict[str, Any]:
    insider, refund = reading.viewer.insider, refunds.get(entry.stream_id)
    return {
        "id": reading.http.opaque.seal("position", entry.marketplace, str(entry.position)),
        "kind": entry.kind,
        "title": facts.said(words, entry.kind),
        "dispute_id": entry.dispute_id,
        "occurred_at": entry.occurred_at,
        "recorded_at": entry.recorded_at,
        "by": by(entry.kind, body),
        "actor": entry.actor if insider or entry.actor in representatives else None,
        "correlation_id": entry.correlation_id if insider else None,
        "causation_id": entry.causation_id if insider else None,
        "details": body,
        "refund": refund and {**refund, "attempt": body.get("attempt")},
    }
