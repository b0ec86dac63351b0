"""Every fact, read from the log, for auditors and for the `/history` of a dispute. Bodies are sealed as in the log."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.kernel.base import Event
from mediation.store.log.log import EventLog
from mediation.store.log.recorded import Recorded
from projections import paging
from projections.lives import NOW, Asked
from projections.paging import Page, Where, opened
from projections.table import Doc


@dataclass(frozen=True, kw_only=True)
class Entry:
    """`dispute_id` is None for facts of no dispute: orders, mandates, policies. `version` counts in the stream.
    `body` is the event in JSON.
    """

    position: int
    marketplace: str
    dispute_id: UUID | None
    stream_id: UUID
    version: int
    kind: str
    schema_version: int
    actor: UUID | None
    correlation_id: UUID | None
    causation_id: UUID | None
    occurred_at: datetime
    recorded_at: datetime
    event: Event
    body: Doc


def entry_of(recorded: Recorded) -> Entry:
    return Entry(
        position=recorded.position,
        marketplace=recorded.marketplace,
        dispute_id=recorded.dispute_id,
        stream_id=recorded.stream_id,
        version=recorded.version,
        kind=recorded.kind,
        schema_version=recorded.schema_version,
        actor=recorded.actor,
        correlation_id=recorded.correlation_id,
        causation_id=recorded.causation_id,
        occurred_at=recorded.occurred_at,
        recorded_at=recorded.recorded_at,
        event=recorded.event,
        body=recorded.event.model_dump(mode="json"),
    )


async def entries(
    log: EventLog,
    marketplace: str | None,
    *,
    dispute_id: UUID | None = None,
    actor: UUID | None = None,
    kinds: Sequence[str] | None = None,
    correlation_id: UUID | None = None,
    of_disputes: bool = False,
    happened_from: datetime | None = None,
    happened_before: datetime | None = None,
    asked: Asked = NOW,
    after: int = 0,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[Entry]:
    """Facts in the order in which they were recorded: all, those of some `kinds`, or those `of_disputes`. No marketplace: the
    whole cell."""
    where = Where()
    where.equal(marketplace=marketplace, dispute_id=dispute_id, actor=actor, correlation_id=correlation_id)
    where.among(kind=kinds)
    if of_disputes:
        where.add("dispute_id IS NOT NULL")
    bounds = (
        ("position > %s", after),
        ("occurred_at >= %s", happened_from),
        ("occurred_at < %s", happened_before),
        ("occurred_at <= %s", asked.as_of),
        ("recorded_at <= %s", asked.known_at),
    )
    for condition, bound in bounds:
        if bound is not None:
            where.add(condition, bound)
    if cursor is not None:
        where.add("position > %s", *opened(cursor, ["bigint"]))
    found = [entry_of(recorded) for recorded in await log.where(where.sql, where.values, limit + 1)]
    return Page(found[:limit], paging.after(found[limit - 1].position) if len(found) > limit else None)


async def end(log: EventLog, marketplace: str) -> int:
    """The position of the marketplace's last fact; 0 if there is none."""
    found = await log.where("marketplace = %s", [marketplace], 1, newest=True)
    return found[0].position if found else 0


async def newest(log: EventLog, marketplace: str, dispute_id: UUID, limit: int) -> list[Entry]:
    """The newest facts of a dispute, the newest first."""
    where = Where()
    where.equal(marketplace=marketplace, dispute_id=dispute_id)
    return [entry_of(recorded) for recorded in await log.where(where.sql, where.values, limit, newest=True)]
