"""Group commit: everything that waits goes to the database together. Each worker has one call in flight at a time."""

import asyncio
from collections import deque
from collections.abc import Callable, Hashable, Sequence
from datetime import datetime
from time import monotonic, time

import structlog
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from domain.kernel.frozen import frozen
from mediation.store.log import batch
from mediation.store.log.batch import Outdated, Sealed
from mediation.store.log.counts import AppendCounts
from mediation.store.log.memory import Identity, Memory
from mediation.store.log.requests import ClockAstray, Overloaded, Stored, Unavailable, Verdict
from mediation.store.postgres.pool import TRANSIENT
from mediation.store.tasks import end

CHANNEL = "event_appended"

_APART = 0.5
"""Seconds that the clocks of worker and database may differ. Beyond that, deadlines cannot be judged here."""

_ANNOUNCE = 0.02
"""The least number of seconds between two NOTIFYs: each takes a lock of the whole instance at its commit."""

_MANY = 32
"""From so many requests on, a batch is answered in two halves, so that worker and database work at the same time."""

_log = structlog.get_logger(__name__)


@frozen
class _Waiting:
    sealed: Sealed
    changes: frozenset[Hashable]
    verdict: "asyncio.Future[Verdict | Outdated]"


class Appender:
    """The one writer of a worker.

    `queue` limits the waiting requests and `most` the requests in a batch. `patience` is how many seconds to wait for
    an absent database. `stored` is called with the last position of each batch. A request that is older than the last
    time that `memory` was dropped is not stored any more.
    """

    def __init__(
        self,
        pool: AsyncConnectionPool[AsyncConnection],
        memory: Memory,
        stored: Callable[[int], None],
        *,
        queue: int = 4096,
        most: int = 256,
        patience: float = 20.0,
        counts: AppendCounts | None = None,
    ) -> None:
        self._pool = pool
        self._counts = counts or AppendCounts()
        self._memory = memory
        self._stored = stored
        self._queue = queue
        self._most = most
        self._patience = patience
        self._waiting: deque[_Waiting] = deque()
        self._idle = asyncio.Event()
        self._wake = asyncio.Event()
        self._unannounced = asyncio.Event()
        self._connection: AsyncConnection | None = None
        self._apart = 0.0  # seconds between the clocks of worker and database, when they were last compared
        self._ran_on = 0.0  # how far the worker's clock was then ahead of one that never jumps
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        await self._compare_clocks()
        self._tasks = [asyncio.create_task(self._run()), asyncio.create_task(self._announce())]

    async def close(self) -> None:
        """Stores what is waiting, and gives the connection back."""
        await self._idle.wait()
        await end(self._tasks)
        await self._release()

    async def put(self, sealed: Sealed) -> Verdict | Outdated:
        """Waits for the verdict.

        Raises `Overloaded`, `Unavailable`, `ClockAstray`, and `psycopg.Error` if no repetition would help.
        """
        if self._apart > _APART or abs(clock() - self._ran_on) > _APART:  # or this worker's clock has jumped
            await self._compare_clocks()
        decided_by = sealed.request.decided_by
        if decided_by is not None and abs(clock() - decided_by) > _APART:
            raise ClockAstray("it was set while this was decided")
        if len(self._waiting) >= self._queue:
            raise Overloaded
        request = sealed.request
        changes: set[Hashable] = {fact.stream_id for fact in request.facts}
        if request.key is not None:
            changes.add((request.marketplace, request.key))
        waiting = _Waiting(sealed, frozenset(changes), asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        self._counts.cells[AppendCounts.WAITING] = len(self._waiting)
        self._idle.clear()
        self._wake.set()
        return await waiting.verdict

    async def _run(self) -> None:
        while True:
            if not self._waiting:
                self._idle.set()
                self._wake.clear()
                await self._wake.wait()
            await self._store(self._next_batch())

    def _next_batch(self) -> list[_Waiting]:
        """In order of arrival. A request waits for the next batch if an earlier one changes its streams, or has its key.

        Many requests may guard one stream in one batch. The database compares all versions before it stores the first
        fact, so a request that changes the stream may also follow them: its facts get later positions.
        """
        chosen: list[_Waiting] = []
        later: list[_Waiting] = []
        changed: set[Hashable] = set()
        while self._waiting and len(chosen) < self._most and len(later) < self._most:
            waiting = self._waiting.popleft()
            if waiting.verdict.cancelled():
                continue
            free = changed.isdisjoint(waiting.changes) and changed.isdisjoint(waiting.sealed.request.guards)
            (chosen if free else later).append(waiting)
            changed |= waiting.changes
        self._waiting.extendleft(reversed(later))
        self._counts.cells[AppendCounts.WAITING] = len(self._waiting)
        return chosen

    async def _store(self, chosen: list[_Waiting]) -> None:
        begun = monotonic()
        try:
            verdicts = await self._verdicts([waiting.sealed for waiting in chosen])
        except Unavailable as error:
            self._counts.failed()
            _refuse([*chosen, *self._waiting], error)
            self._waiting.clear()
            self._counts.cells[AppendCounts.WAITING] = 0
        except Exception as error:
            self._counts.failed()
            if len(chosen) == 1:
                _refuse(chosen, error)
            for waiting in chosen if len(chosen) > 1 else ():
                await self._store([waiting])
        else:
            last = self._saw_last(chosen, verdicts)
            events = 0
            for verdict in verdicts:
                events += verdict.events if isinstance(verdict, Stored) else 0
            self._counts.stored(events, monotonic() - begun)
            first = len(chosen) // 2 if len(chosen) >= _MANY else 0
            _answer(chosen[:first], verdicts[:first])
            await asyncio.sleep(0)  # these callers now send their next requests, before the others are answered
            _answer(chosen[first:], verdicts[first:])
            if last:
                self._unannounced.set()
                self._stored(last)

    def _saw_last(self, chosen: Sequence[_Waiting], verdicts: Sequence[Verdict | Outdated]) -> int:
        """Remembers the last fact that the batch stored, and returns its position; 0 if it stored nothing."""
        last, newest = 0, None
        for waiting, verdict in zip(chosen, verdicts, strict=True):
            if isinstance(verdict, Stored) and verdict.first_position > last:
                last, newest = verdict.first_position + verdict.events - 1, (waiting.sealed, verdict.recorded_at)
        if newest is not None and newest[0].generation == self._memory.generation:
            request = newest[0].request
            self._memory.saw(Identity(last, newest[1], request.facts[-1].stream_id, request.causation_id))
        return last

    async def _verdicts(self, requests: Sequence[Sealed]) -> list[Verdict | Outdated]:
        deadline = monotonic() + self._patience
        lost = False
        pause = 0.02
        while True:
            try:
                connection = await self._connected()
                for sealed in requests:
                    if sealed.generation != self._memory.generation:
                        return [await batch.find(connection, one) or Outdated() for one in requests]
                before, steady = time(), monotonic()
                verdicts, clock = await batch.append(connection, requests)
                self._apart, self._ran_on = _distance(clock, before), before - steady
                if lost:
                    return [
                        verdict if isinstance(verdict, Stored) else await batch.find(connection, request) or verdict
                        for request, verdict in zip(requests, verdicts, strict=True)
                    ]
                return [*verdicts]
            except TRANSIENT as error:
                _log.warning("append_repeated", requests=len(requests), error=str(error).strip())
                lost = True
                await self._release()
                if monotonic() > deadline:
                    raise Unavailable from error
                await asyncio.sleep(pause)
                pause = min(2 * pause, 1.0)

    async def _connected(self) -> AsyncConnection:
        if self._connection is None:
            self._connection = await self._pool.getconn()
        return self._connection

    async def _release(self) -> None:
        """The pool replaces a broken connection."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await self._pool.putconn(connection)

    async def _compare_clocks(self) -> None:
        async with self._pool.connection() as connection:
            before, steady = time(), monotonic()  # one reading: the clock may be set between two
            row = await (await connection.execute("SELECT clock_timestamp()")).fetchone()
            assert row is not None
            self._apart, self._ran_on = _distance(row[0], before), before - steady
        if self._apart > _APART:
            raise ClockAstray(f"{self._apart:.3f} s")

    async def _announce(self) -> None:
        """Notifies other workers, outside the append and at most once every `_ANNOUNCE`. Other workers also poll."""
        while True:
            await self._unannounced.wait()
            self._unannounced.clear()
            try:
                async with self._pool.connection() as connection:
                    await connection.execute(f"NOTIFY {CHANNEL}")
            except TRANSIENT as error:
                _log.warning("notify_failed", error=str(error).strip())
            await asyncio.sleep(_ANNOUNCE)


def clock() -> float:
    """How far this worker's clock is ahead of one that never jumps, in seconds. It changes when the clock is set, and
    while the machine is suspended.
    """
    return time() - monotonic()


def _answer(waiting: Sequence[_Waiting], verdicts: Sequence[Verdict | Outdated]) -> None:
    for one, verdict in zip(waiting, verdicts, strict=True):
        if not one.verdict.done():
            one.verdict.set_result(verdict)


def _refuse(waiting: Sequence[_Waiting], error: Exception) -> None:
    for one in waiting:
        if not one.verdict.done():
            one.verdict.set_exception(error)


def _distance(clock: datetime, before: float) -> float:
    """The least possible distance of the two clocks, in seconds: `clock` was read between `before` and now."""
    return max(before - clock.timestamp(), clock.timestamp() - time(), 0.0)
