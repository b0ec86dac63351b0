"""The call of append_events: sends a batch of requests as arrays and reads the verdicts. See schema.sql."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from psycopg import AsyncConnection

from domain.kernel.frozen import frozen
from mediation.store.log.arrays import Bytes, Column, Instants, Ints, Smallints, Texts, Uuids
from mediation.store.log.requests import Append, Repeated, Stale, Stored, Verdict

APPEND = """SELECT * FROM append_events(
  %b::text[], %b::uuid[], %b::uuid[], %b::uuid[], %b::bytea[], %b::bytea[],
  %b::int[], %b::uuid[], %b::int[],
  %b::int[], %b::uuid[], %b::int[], %b::uuid[], %b::timestamptz[], %b::text[], %b::smallint[], %b::bytea[])"""

_OURS = """SELECT min(e.position), count(*), min(e.recorded_at)
FROM unnest(%b::uuid[], %b::int[], %b::bytea[]) f (s, v, b) JOIN event e ON e.stream_id = f.s AND e.version = f.v
WHERE e.body = f.b AND e.correlation_id = %b AND e.causation_id IS NOT DISTINCT FROM %b"""
"""Matches by the causation id, which belongs to the command of one worker alone. Another worker may have stored the
same facts in the same chain. A worker that took those for its own would pay a refund twice."""


@frozen
class Sealed:
    """A request, with the body of each of its facts as it will be stored. `generation` is the one of the worker's memory
    before it was decided, or before the keys were looked up with which the bodies are sealed."""

    request: Append
    bodies: Sequence[bytes]
    generation: int


@frozen
class Outdated:
    """The worker has dropped what it remembers since, so the request may be decided on lost facts, and sealed with lost
    keys. Nothing was added."""


async def append(connection: AsyncConnection, batch: Sequence[Sealed]) -> tuple[list[Verdict], datetime]:
    """One verdict per request, in order, and the database's clock. `connection` is in autocommit."""
    cursor = await connection.execute(APPEND, _arrays(batch), binary=True)
    rows = await cursor.fetchall()
    verdicts: list[Verdict] = [Stale()] * len(batch)
    for number, outcome, first, events, prior, recorded_at, _ in rows:
        if outcome == "stored":
            verdicts[number - 1] = Stored(first, events, recorded_at)
        elif outcome == "repeated":
            verdicts[number - 1] = Repeated(first, events, prior)
    return verdicts, rows[0][-1]


async def find(connection: AsyncConnection, sealed: Sealed) -> Stored | None:
    """Whether these very facts are in the log. Use it after a lost connection, when the verdict did not arrive."""
    facts = sealed.request.facts
    parameters = (
        Uuids(fact.stream_id for fact in facts),
        Ints(fact.version for fact in facts),
        Bytes(sealed.bodies),
        sealed.request.correlation_id,
        sealed.request.causation_id,
    )
    row = await (await connection.execute(_OURS, parameters, binary=True)).fetchone()
    if row is None or row[1] != len(facts):
        return None
    return Stored(*row)


def _arrays(batch: Sequence[Sealed]) -> tuple[Column[Any], ...]:
    requests = [sealed.request for sealed in batch]
    guards = [(n, *guard) for n, request in enumerate(requests, 1) for guard in request.expected().items()]
    facts = [(n, fact) for n, request in enumerate(requests, 1) for fact in request.facts]
    return (
        Texts(request.marketplace for request in requests),
        Uuids(request.actor for request in requests),
        Uuids(request.correlation_id for request in requests),
        Uuids(request.causation_id for request in requests),
        Bytes(request.key for request in requests),
        Bytes(request.request for request in requests),
        Ints(number for number, _, _ in guards),
        Uuids(stream_id for _, stream_id, _ in guards),
        Ints(version for _, _, version in guards),
        Ints(number for number, _ in facts),
        Uuids(fact.stream_id for _, fact in facts),
        Ints(fact.version for _, fact in facts),
        Uuids(fact.dispute_id for _, fact in facts),
        Instants(fact.occurred_at for _, fact in facts),
        Texts(fact.event.kind for _, fact in facts),
        Smallints(fact.event.schema_version for _, fact in facts),
        Bytes(body for sealed in batch for body in sealed.bodies),
    )
