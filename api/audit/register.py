"""The register of what auditors read: each request is a fact in the log, stored while the answer is made.

It is in the log, and not in a table beside it, so that it is sealed and proven like every other fact: even the
holder of the database can't remove a reading. The first byte of the answer waits for the fact, so every reading is
on record. Both are made at the same time, so that the register costs a read almost nothing.
"""

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from uuid import UUID, uuid4

from domain.privacy.audit_read import RecordRead
from mediation.store.keys.blind import Blind
from mediation.store.log.log import EventLog
from mediation.store.log.requests import Append, Pending

WHOLE_CELL = "*"
"""Stands for the marketplace of a reading of all marketplaces."""

_PLAIN = frozenset({
    "act", "actor", "against", "answered", "as_of", "awaiting", "by", "changed_after", "class", "closed", "correlation_id",
    "counts", "dispute_id", "due_after", "due_before", "filed_after", "filed_before", "first", "form", "from",
    "happened_before", "happened_from", "imported", "incident_id", "kind", "known_at", "lifted", "limit", "neutral",
    "number", "outcome", "owed_by", "owed_to", "position", "reason", "refund_id", "second", "side", "sort", "stage",
    "status", "subject", "to", "waiting",
})  # fmt: skip
"""Parameters that hold no free text. For every other parameter the register keeps a keyed hash. Of several values it
keeps each, with commas between them."""

_FORM = re.compile(
    r"[0-9a-f-]{36}|\d{1,20}|[a-z_]{1,40}|[A-Z][A-Za-z]{1,60}|\d{4}-\d\d-\d\d[Tt][0-9:.]{8,15}([Zz]|[+-]\d\d:\d\d)"
)


async def enter(
    log: EventLog,
    blind: Blind,
    *,
    reader: UUID,
    marketplace: str,
    at: datetime,
    correlation_id: UUID,
    route: str,
    path: Mapping[str, str],
    query: Iterable[tuple[str, str]],
) -> None:
    """Raises what `EventLog.append` raises."""
    question = [*((name, value) for name, value in path.items() if name != "dispute_id"), *query]
    kept: dict[str, list[str]] = {}
    for name, value in sorted(question):
        kept.setdefault(name, []).append(_kept(blind, name, value))
    event = RecordRead(
        route=route,
        dispute_id=_dispute(path),
        question={name: ",".join(values) for name, values in kept.items()},
    )
    await log.append(
        Append(
            marketplace=marketplace or WHOLE_CELL,
            actor=reader,
            correlation_id=correlation_id,
            causation_id=None,
            facts=(Pending(uuid4(), 1, None, at, event),),
        )
    )


def _dispute(path: Mapping[str, str]) -> UUID | None:
    with suppress(KeyError, ValueError):
        return UUID(path["dispute_id"])
    return None


def _kept(blind: Blind, name: str, value: str) -> str:
    if name in _PLAIN and _FORM.fullmatch(value):
        return value
    return f"hmac:{blind.digest('asked', name, value).hex()}"
