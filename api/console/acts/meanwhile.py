"""What was recorded in a case: by an act of the reader, or by others since the version that the reader had read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from api.disputes import chronicle
from api.http.reads import Reading
from projections.audit_trail import Entry, entry_of
from projections.told_facts import told_to


@dataclass(frozen=True, slots=True)
class Happened:
    """A fact, without its texts: these are sealed. `details` are the fields that the reader may see. `yours`: the reader
    did it themselves, here or in another window."""

    kind: str
    by: str | None
    yours: bool
    at: datetime
    details: Mapping[str, Any]


async def recorded(reading: Reading, dispute_id: UUID, position: str | None) -> list[Happened]:
    """What was recorded by the act that answered this position; nothing without one. Raises UnknownToken."""
    if position is None:
        return []
    last = int(reading.http.opaque.open("position", reading.caller.marketplace, position))
    facts = await _facts(reading, dispute_id)
    request = next((one.correlation_id for one in facts if one.position == last), None)
    return [happened(reading, one) for one in facts if request is not None and one.correlation_id == request]


async def since(reading: Reading, dispute_id: UUID, version: int) -> list[Happened]:
    """What this reader is told of what was recorded after that version of the dispute."""
    facts = await _facts(reading, dispute_id)
    read = max((one.position for one in facts if one.event.stream == "dispute" and one.version <= version), default=0)
    return [happened(reading, one) for one in facts if one.position > read]


async def _facts(reading: Reading, dispute_id: UUID) -> list[Entry]:
    facts = await reading.http.services.log.of_dispute(dispute_id)
    side = reading.caller.side
    told = facts if side is None else told_to(side, facts)
    return chronicle.seen(reading, map(entry_of, told))


def happened(reading: Reading, entry: Entry) -> Happened:
    """The fact, for this reader, who may see it."""
    body = reading.viewer.told_of(entry.event, entry.body) or {}
    yours = entry.actor == reading.caller.subject
    return Happened(entry.kind, chronicle.by(entry.kind, entry.body), yours, entry.occurred_at, body)
