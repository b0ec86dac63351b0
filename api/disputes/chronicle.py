"""From stored facts to what is told of them: field by field, so that a field nobody thought about is not told.

Every field of every event that belongs to a dispute is in one of the two lists here; a test says so.
"""

import re
from collections.abc import Container, Iterator, Mapping
from typing import Any
from uuid import UUID

from api.audit.steps import DONE_BY
from api.http.reads import Reading
from projections.audit_trail import Entry

TOLD = frozenset({
    # texts, money, divisions, files
    "text", "language", "amount", "currency", "claimant", "respondent", "name", "media_type", "size", "sha256",
    "sealed_sha256",
    # the claim and the answer to it
    "policy_version", "claim", "in_dispute", "imported", "relief_sought", "statement", "answer", "conceded",
    "claimant_receives", "reason", "cause", "clause", "may_file_from", "seller_contacted_at", "other_forum", "answers_due",
    # evidence, bargaining, mediation
    "number", "by", "description", "file", "citable_at", "terms", "counters", "message", "why", "neutral", "offers_standing",
    "reasons", "channel", "written_at", "to",
    # pleadings, evidence asked for, the neutral, and who acts for a party
    "question", "edition", "shows", "of", "fact", "against", "answers_request", "relief", "addresses_inferences",
    "counterclaim", "disclosed", "ground", "granted", "side", "capacity",
    # ruling and appeal
    "award", "outcome", "cites_exhibits", "cites_clauses", "appealable_by", "awaits_co_signature", "on_appeal", "supervisor",
    "stage", "awaiting",
    # promises, deadlines and money
    "commitment_id", "commitment_class", "promise", "kind", "owed_by", "owed_to", "due_at", "proof", "note", "arises_from",
    "because_of", "about", "kept_by", "late", "attempt", "retry_at", "paid", "rate", "source", "quoted_at", "residue", "payout",
    "decision_id", "refund_id",
    "replaced_by", "deadline", "whose", "how", "rule", "window", "unit", "starts_at",
    "calendar", "time_zone", "tzdata", "closed", "first", "last", "recipient", "funded_by", "owed_from", "made_at",
    # goods
    "goods", "act", "freight", "freight_cost", "instalments", "after", "at_stake", "step", "shipment",
    "carrier", "to_buyer", "to_seller",
    # stays and elsewhere
    "since", "stayed_since", "until", "proceedings", "what", "off_claim", "resolves", "excess", "rating", "outage", "began_at",
    "ended_at", "remind_at", "again_at",
    # incidents
    "joined_at", "numbers", "as_number", "code",
    # limits on claims
    "ruling", "days", "most",
    # the fast lane
    "shown_by", "up_to",
})  # fmt: skip

WITHHELD = frozenset({
    "dispute_id", "transaction_id", "reference", "reference_subject", "reference_key", "order", "buyer", "seller", "lines",
    "author", "subject", "id", "blob_id", "recipient_subject", "provider_reference", "payment_key", "bounced", "follows",
    "incident_id",
})  # fmt: skip
"""Keys and subjects of our own; and what the case file shows to whom it concerns."""

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


def details(body: Any) -> Any:
    match body:
        case dict():
            return {name: details(value) for name, value in body.items() if name in TOLD}
        case list():
            return [details(value) for value in body]
        case _:
            return body


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
        "details": details(body),
    }
