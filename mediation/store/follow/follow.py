"""Follows the log: one reader decodes each batch once, and every consumer takes it at its own pace.

Consumers that are behind the reader's memory share what they read (`past`) until they have caught up. `consumer` says
how a batch is taken, `progress` who may take it; `parking` and `rebuild` hold the other operations on consumers.
"""

import asyncio
from bisect import bisect_right
from collections.abc import Callable, Sequence
from contextlib import suppress
from uuid import uuid4

import structlog
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from mediation.store.desk import presences
from mediation.store.desk.presences import Changed
from mediation.store.follow import progress
from mediation.store.follow.catch_up import POSITION, CatchUpBuffer, Reader, follows
from mediation.store.follow.consumer import PASSING, Consumer, Feed
from mediation.store.follow.progress import Fenced, Lease
from mediation.store.follow.rebuild import AlreadyRebuilding
from mediation.store.follow.waiting import GatherDelay, PositionWaiter
from mediation.store.log.append import CHANNEL
from mediation.store.log.log import EventLog
from mediation.store.log.recorded import Fact
from mediation.store.tasks import run_together

__all__ = ["Consumer", "Follow"]

_POLL = 0.5
"""Seconds between two looks at the log without a notification."""

_APART = 2
"""Batches by which consumers that catch up may be apart."""

_ELSEWHERE = 0.02
"""Seconds between two looks at a position that another worker moves on."""

_LISTEN = 30.0
"""Seconds of silence after which the listening connection is tested: waiting on a dead one never ends."""

_log = structlog.get_logger(__name__)


class Follow:
    """One per worker. `batch` limits the facts in one batch, `remembered` those kept decoded. `lease` is in seconds."""

    def __init__(
        self,
        log: EventLog,
        pool: AsyncConnectionPool[AsyncConnection],
        consumers: Sequence[Consumer],
        *,
        batch: int = 500,
        remembered: int = 1000,
        lease: float = 5.0,
    ) -> None:
        names = [consumer.name for consumer in consumers]
        assert len({*names}) == len(names), "two consumers of one name would fence each other off"
        self._log = log
        self._pool = pool
        self._consumers = consumers
        self._batch = batch
        self._remembered = remembered
        self._lease = lease
        self._holder = uuid4().hex
        self._head = PositionWaiter()
        self._recent: list[Fact] = []
        self._past = CatchUpBuffer(log, batch=batch, kept=_APART)
        self._wake = asyncio.Event()
        self._stored = asyncio.Event()
        self._presence: list[Callable[[Changed | None], None]] = []
        self._reached = {consumer.name: PositionWaiter() for consumer in consumers}
        self._haste = {consumer.name: GatherDelay() for consumer in consumers}
        self._haste_to_read = GatherDelay()
        self._held: dict[str, Lease] = {}
        self._feeding = 0
        self._doubts = 0
        log.on_stored(lambda position: self._tell())
        log.memory.on_drop(self._drop)

    @property
    def doubts(self) -> int:
        """How often this worker lost sight of the server, which may have crashed and lost the last writes of consumers.
        If the number grows between `caught_up` and the end of a read, the rows may be older than the position."""
        return self._doubts

    async def run(self) -> None:
        """Runs until cancelled. Then it gives the leases back, so that another worker continues at once."""
        try:
            await run_together(self._read(), self._listen(), *map(self._serve, self._consumers))
        finally:
            with suppress(*PASSING):
                async with self._pool.connection() as connection:
                    await progress.give_back(connection, self._held.values())
            self._held.clear()

    @property
    def stored(self) -> asyncio.Event:
        """Is set once, when any worker has stored facts. Take it before you read, so that nothing falls between."""
        return self._stored

    def on_presence(self, listener: Callable[[Changed | None], None]) -> None:
        """Is called when somebody came to a dispute, left it, or writes something else there, in any worker. None: some of it
        may not have been heard."""
        self._presence.append(listener)

    def _tell_presence(self, changed: Changed | None) -> None:
        for listener in self._presence:
            listener(changed)

    def _tell(self) -> None:
        self._wake.set()
        self._stored.set()
        self._stored = asyncio.Event()

    async def caught_up(self, name: str, position: int, timeout: float) -> bool:
        """Whether a consumer has taken everything up to `position`; waits at most `timeout` seconds.

        Another worker may be the one that moves it on. `KeyError` for an unknown consumer.
        """
        reached = self._reached[name]
        if reached.position < position:
            self._haste[name].want(position)
            self._haste_to_read.want(position)
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                while reached.position < position:
                    with suppress(TimeoutError):
                        async with asyncio.timeout(_POLL if name in self._held else _ELSEWHERE):
                            await reached.wait(position)
                    if name not in self._held:
                        with suppress(*PASSING):
                            async with self._pool.connection() as connection:
                                reached.reach(await progress.position_of(connection, name))
        return reached.position >= position

    async def _read(self) -> None:
        while True:
            self._wake.clear()
            if not self._feeding:
                # Other workers feed all consumers. When this worker takes one over, its reader begins at the log's end.
                self._recent = []
                self._head.put(0)
                await self._wake.wait()
                continue
            try:
                facts = await self._next_facts()
            except PASSING as error:
                _log.warning("follow_cannot_read", error=str(error).strip())
                facts = []
            if facts:
                self._recent = [*self._recent, *facts][-self._remembered :]
                self._head.reach(facts[-1].position)
            if len(facts) < self._batch:
                with suppress(TimeoutError):
                    async with asyncio.timeout(_POLL):
                        await self._wake.wait()
                await self._haste_to_read.gather(self._head.position)

    async def _next_facts(self) -> Sequence[Fact]:
        """The facts after the head. The fact at the head is read again with them, and has to be the same."""
        memory, last = self._log.memory, self._recent[-1] if self._recent else None
        generation = memory.generation
        if self._head.position == 0:
            end = await self._log.last_position()
            if generation != memory.generation:
                return []
            self._head.reach(end)
        if last is None:
            facts = await self._log.facts_after(self._head.position, self._batch)
        else:
            facts = await self._log.facts_after(last.position - 1, self._batch + 1)
            if not follows(facts, last) and generation == memory.generation:
                memory.lost(last.position, facts[-1].position if facts else await self._log.last_position())
            facts = facts[1:]
        if generation != memory.generation:
            return []
        if facts:
            memory.saw(facts[-1].identity)
        return facts

    async def _serve(self, consumer: Consumer) -> None:
        while True:
            try:
                async with self._pool.connection() as connection:
                    lease = await progress.take(connection, consumer.name, self._holder, self._lease)
                    ahead = await progress.ahead_of_log(connection, consumer.name) if lease is not None else None
                if ahead is not None:
                    _log.error("consumer_starts_over", consumer=consumer.name, position=ahead[0], log_ends_at=ahead[1])
                    await consumer.start_over(self._log, self._pool)
                elif lease is not None:
                    self._feeding += 1
                    self._wake.set()
                    try:
                        await self._feed(Feed(self._pool, consumer, lease))
                    finally:
                        self._feeding -= 1
            except Fenced:
                self._past.clear()  # it may hold facts that the log has lost: then each batch of them would be fenced again
                _log.info("follow_fenced", consumer=consumer.name)
            except AlreadyRebuilding:
                _log.info("follow_waits_for_rebuild", consumer=consumer.name)
            except PASSING as error:
                _log.warning("follow_repeats", consumer=consumer.name, error=str(error).strip())
            self._held.pop(consumer.name, None)
            await asyncio.sleep(self._lease / 5)

    async def _feed(self, feed: Feed) -> None:
        lease, past = feed.lease, self._past.reader()
        while True:
            self._held[lease.name] = lease
            self._reached[lease.name].put(lease.position)
            try:
                async with asyncio.timeout(self._lease / 3):
                    await self._head.wait(lease.position + 1)
            except TimeoutError:
                await feed.stay()
            else:
                if self._head.position < lease.position + self._batch:
                    await self._haste[lease.name].gather(lease.position)
                if facts := await self._next(past, lease.position):
                    await feed.take(facts)
                else:
                    await feed.stay()  # the log has lost what the head was at

    async def _next(self, past: Reader, position: int) -> Sequence[Fact]:
        recent = self._recent
        if recent and position >= recent[0].position - 1:
            await past.leave()
            start = bisect_right(recent, position, key=POSITION)
            return recent[start : start + self._batch]
        return await past.facts_after(position, self._batch)

    async def _listen(self) -> None:
        was_away = False
        while True:
            try:
                async with self._pool.connection() as connection:
                    try:
                        await connection.execute(f"LISTEN {CHANNEL}; LISTEN {presences.CHANNEL}")
                        self._doubt()  # a later crash ends this connection; an earlier one may be unnoticed
                        if was_away:
                            self._tell_presence(None)
                        while True:
                            async for notice in connection.notifies(timeout=_LISTEN):
                                if notice.channel == CHANNEL:
                                    self._tell()
                                else:
                                    self._tell_presence(Changed.read(notice.payload))
                            await connection.execute("SELECT")
                    finally:
                        with suppress(*PASSING):
                            await connection.execute("UNLISTEN *")
            except PASSING:
                was_away = True
                self._doubt()
                await asyncio.sleep(_POLL)

    def _drop(self) -> None:
        """The log may have lost facts. Consumers go on from the positions that the database holds."""
        self._recent = []
        self._past.clear()
        self._head.put(0)
        self._haste_to_read = GatherDelay()
        self._haste = {name: GatherDelay() for name in self._haste}
        self._doubt()
        self._wake.set()

    def _doubt(self) -> None:
        """A crashed server may have lost the last writes of consumers, with their positions. Until a lease is renewed,
        `caught_up` asks the database how far a consumer is."""
        self._doubts += 1
        self._held.clear()
        for reached in self._reached.values():
            reached.put(0)
