"""The event log: the only place where facts are stored and read back."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Any, Self
from uuid import UUID

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from mediation.store.log.append import Appender, clock
from mediation.store.log.arrays import Bigints, Uuids
from mediation.store.log.batch import Outdated, Sealed
from mediation.store.log.codec import Codec
from mediation.store.log.counts import AppendCounts
from mediation.store.log.memory import Memory
from mediation.store.log.news import StreamQuery, StreamReader
from mediation.store.log.recorded import COLUMNS, Fact, Recorded, Row, Unreadable, identity_of
from mediation.store.log.requests import (
    Append,
    ClockAstray,
    Overloaded,
    Pending,
    Repeated,
    Stale,
    Stored,
    Unavailable,
    Verdict,
)
from mediation.store.postgres.pool import fetch

__all__ = [
    "Append",
    "ClockAstray",
    "EventLog",
    "Overloaded",
    "Pending",
    "Reading",
    "Recorded",
    "Repeated",
    "Stale",
    "Stored",
    "Unavailable",
    "Verdict",
]

_AFTER = f"SELECT {COLUMNS} FROM fact WHERE position > %b ORDER BY position LIMIT %b"
_AT = f"SELECT {COLUMNS} FROM fact WHERE position = ANY(%b) ORDER BY position"
_BETWEEN = f"SELECT {COLUMNS} FROM fact WHERE position >= %b AND position < %b ORDER BY position"
_WITHIN = "position > %b AND position <= %b ORDER BY position LIMIT %b"
_OF_DISPUTE = f"SELECT {COLUMNS} FROM fact WHERE dispute_id = %b AND position > %b"
_FIRST_OF = f"SELECT {COLUMNS} FROM fact WHERE stream_id = ANY(%b) AND version = 1"
_OF_KIND = f"SELECT {COLUMNS} FROM fact WHERE kind = %b ORDER BY position"
_LAST = "SELECT coalesce(max(position), 0) FROM fact"


@dataclass(frozen=True, slots=True)
class Reading:
    """The new events of each stream, in order, at one instant; and the result kept under a key."""

    streams: dict[UUID, list[Recorded]]
    result: Repeated | None


class EventLog:
    """Use as `async with EventLog(pool, codec) as log`. `queue` limits the requests that wait to be stored.

    `memory` is the worker's: without it, the log has one of its own. Every method may raise `psycopg.OperationalError`
    when the database has been away for `patience` seconds.
    """

    def __init__(
        self,
        pool: AsyncConnectionPool[AsyncConnection],
        codec: Codec,
        *,
        memory: Memory | None = None,
        queue: int = 4096,
        patience: float = 20.0,
        counts: AppendCounts | None = None,
    ) -> None:
        self.memory = memory or Memory()
        self._pool = pool
        self._codec = codec
        self._patience = patience
        self._appender = Appender(pool, self.memory, self._nudge, queue=queue, patience=patience, counts=counts)
        self._desk = StreamReader(self._rows, self.memory)
        self._listeners: list[Callable[[int], None]] = []

    async def __aenter__(self) -> Self:
        await self._appender.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._appender.close()

    def on_stored(self, listener: Callable[[int], None]) -> None:
        """Calls `listener` in the event loop with the last position of each batch that this worker stores."""
        self._listeners.append(listener)

    @property
    def clock(self) -> float:
        """See `Append.decided_by`. Read it when the instant of a command is fixed."""
        return clock()

    async def append(self, request: Append) -> Verdict:
        """Seals the facts and stores them together with everything else that is waiting.

        `Stale` too if the worker has dropped the memory on which the request was decided. Raises `Overloaded`,
        `Unavailable`, `ClockAstray`, and `ReservedText` for a text that looks like a sealed one.
        """
        while True:
            generation = self.memory.generation if request.generation is None else request.generation
            drafts = await self._codec.ready(fact.event for fact in request.facts)
            bodies = [
                self._codec.seal(draft, marketplace=request.marketplace, stream_id=fact.stream_id, version=fact.version)
                for draft, fact in zip(drafts, request.facts, strict=True)
            ]
            verdict = await self._appender.put(Sealed(request, bodies, generation))
            if not isinstance(verdict, Outdated):
                return verdict
            if request.generation is not None:
                return Stale()

    async def read(self, wants: Sequence[tuple[UUID, int]], result: tuple[str, bytes] | None = None) -> Reading:
        """In one round trip: each stream's events after a version, and the result kept under (marketplace, key) if any."""
        news = await self._desk.ask(StreamQuery(wants, result))
        return Reading({stream_id: self._decoded(rows) for stream_id, rows in news.streams.items()}, news.result)

    async def after(self, position: int, limit: int) -> list[Recorded]:
        """The next facts, at most `limit`, in order of position."""
        return self._decoded(await self._rows(_AFTER, (position, limit)))

    async def facts_after(self, position: int, limit: int) -> list[Fact]:
        """Like `after`, but returns `Unreadable` for a fact that cannot be decoded, instead of raising."""
        return [self._fact(row) for row in await self._rows(_AFTER, (position, limit))]

    async def at(self, positions: Sequence[int]) -> list[Recorded]:
        """The facts at these positions, in order."""
        return self._decoded(await self._rows(_AT, (Bigints(positions),)))

    async def between(self, first: int, count: int) -> list[Recorded]:
        return self._decoded(await self._rows(_BETWEEN, (first, first + count)))

    async def first_of(self, stream_ids: Collection[UUID]) -> list[Recorded]:
        """The first fact of each of these streams, in no order."""
        if not stream_ids:
            return []
        return self._decoded(await self._rows(_FIRST_OF, (Uuids(stream_ids),)))

    async def of_dispute(
        self,
        dispute_id: UUID,
        *,
        after: int = 0,
        until_position: int | None = None,
        as_of: datetime | None = None,
        known_at: datetime | None = None,
    ) -> list[Recorded]:
        """The facts of a dispute after a position, from all its streams, in order of position.

        `as_of` selects what had happened by then (`occurred_at`), `known_at` what the engine had learned
        (`recorded_at`).
        """
        bounds = [("position", until_position), ("occurred_at", as_of), ("recorded_at", known_at)]
        given = [(column, bound) for column, bound in bounds if bound is not None]
        query = _OF_DISPUTE + "".join(f" AND {column} <= %b" for column, _ in given) + " ORDER BY position"
        return self._decoded(await self._rows(query, (dispute_id, after, *(bound for _, bound in given))))

    async def of_marketplace(self, marketplace: str | None, after: int, until: int, limit: int) -> list[Recorded]:
        """The next facts of one marketplace, or of all, up to a position."""
        return self._decoded(await self._within(f"SELECT {COLUMNS} FROM fact", marketplace, after, until, limit))

    async def where(self, condition: str, values: Sequence[Any], limit: int, *, newest: bool = False) -> list[Recorded]:
        """The first facts for which a condition over the columns of the log holds, in order of position; or the last ones,
        the newest first."""
        order = "position DESC" if newest else "position"
        query = f"SELECT {COLUMNS} FROM fact WHERE {condition} ORDER BY {order} LIMIT %s"
        return self._decoded(await self._rows(query, (*values, limit)))

    async def extent(self, condition: str) -> tuple[int, int]:
        """How many facts there are for which a condition holds, and the position of the last one."""
        query = f"SELECT count(*), coalesce(max(position), 0) FROM fact WHERE {condition}"
        count, last = (await self._rows(query))[0]
        return count, last

    async def of_kind(self, kind: str) -> list[Recorded]:
        """All facts of one kind. It reads the whole log, so use it only for work that is done once."""
        return self._decoded(await self._rows(_OF_KIND, (kind,)))

    async def filed(self, marketplace: str | None, after: int, until: int, limit: int) -> list[tuple[int, UUID]]:
        """The next disputes of one marketplace, or of all, up to a position: where each was filed, and its id."""
        query = "SELECT position, dispute_id FROM fact"
        return await self._within(query, marketplace, after, until, limit, kind="kind = 'DisputeFiled' AND ")

    async def _within(
        self, query: str, marketplace: str | None, after: int, until: int, limit: int, *, kind: str = ""
    ) -> list[Any]:
        bounds = (after, until, limit)
        if marketplace is None:
            return await self._rows(f"{query} WHERE {kind}{_WITHIN}", bounds)
        return await self._rows(f"{query} WHERE {kind}marketplace = %b AND {_WITHIN}", (marketplace, *bounds))

    async def last_position(self) -> int:
        """0 while the log is empty."""
        return int((await self._rows(_LAST))[0][0])

    def _decoded(self, rows: Sequence[Row]) -> list[Recorded]:
        return [self._codec.decode(row) for row in rows]

    def _fact(self, row: Row) -> Fact:
        try:
            return self._codec.decode(row)
        except Exception as error:
            return Unreadable(identity_of(row), row[5] or row[3], error)

    async def _rows(self, query: str, parameters: Sequence[Any] = ()) -> list[Any]:
        return await fetch(self._pool, query, parameters, patience=self._patience)

    def _nudge(self, position: int) -> None:
        for listener in self._listeners:
            listener(position)
