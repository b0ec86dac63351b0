"""Tells the readers of one worker what is new in the log. Many readers share one look at it."""

import asyncio
from collections import Counter, deque
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import takewhile
from typing import TypeAlias
from uuid import UUID

from domain.kernel.refusals import Refusal
from mediation.store.follow.consumer import PASSING
from mediation.store.follow.follow import Follow
from mediation.store.keys.cache import Coalescer
from mediation.store.log.log import EventLog
from mediation.store.log.recorded import Recorded
from mediation.store.tasks import end
from projections import caseload
from projections.audit_trail import Entry, entry_of
from projections.caseload import CASELOAD, Standing
from projections.table import Pool

Holder: TypeAlias = tuple[UUID, str, str | None]
"""Whoever holds a token, in a role and a marketplace."""

MOST_STREAMS = 30
"""Streams that one holder may have open in one worker: a browser with many tabs."""

KEPT = 2_000
"""Facts that are remembered for slow readers, and that a reader who comes back is told one by one."""

_About: TypeAlias = tuple[Collection[UUID], int]
"""Some disputes, and the position at which they are wanted."""

_PATIENCE = 5.0
"""Seconds for which an event waits until the list of disputes shows it."""

_BATCH = 500
_POLL = 1.0
"""Seconds after which the log is looked at without a notification: that may be lost with its connection."""


class TooManyStreams(Refusal):
    """You have `most` live streams open already.

    Why: Each open stream keeps memory and a connection. A program that opens new ones and closes none would take those of
    everybody else.

    What to do: Close a stream before you open another one. One stream without `dispute_id` tells of all disputes.

    Example: {"most": 30}
    """


class Closed(Exception):
    """This worker stops."""


class Hub:
    """Remembers the last facts while somebody reads. Without readers it does not look at the log."""

    def __init__(self, log: EventLog, follow: Follow, pool: Pool) -> None:
        self._log = log
        self._follow = follow
        self._pool = pool
        self._standings = Coalescer[_About, Mapping[UUID, Standing]](self._read_standings)
        self._entries: dict[int, Entry] = {}
        self._open: Counter[Holder] = Counter()
        self._facts: deque[Recorded] = deque()
        self._first = self._last = 0
        self._losses = 0
        self._closed = False
        self._came = asyncio.Event()
        self._looking: asyncio.Task[None] | None = None
        log.memory.on_drop(self._forget)

    @contextmanager
    def stream(self, holder: Holder) -> Iterator[None]:
        """One open stream of this holder. Raises TooManyStreams."""
        if self._open[holder] >= MOST_STREAMS:
            raise TooManyStreams(most=MOST_STREAMS)
        self._open[holder] += 1
        try:
            yield
        finally:
            self._open[holder] -= 1
            if not self._open[holder]:
                del self._open[holder]

    @property
    def streams(self) -> int:
        """How many streams are open in this worker."""
        return self._open.total()

    async def after(self, position: int) -> Sequence[Recorded] | None:
        """The next facts after a position, in order, as soon as there are any. None: there are more than `KEPT`, or the log
        has just lost some; the reader must read everything anew. Raises Closed.
        """
        if self._looking is None or self._looking.done():
            await self._start_over()
            self._looking = asyncio.create_task(self._look(), name="live")
        losses = self._losses
        while not self._closed:
            came = self._came
            if losses != self._losses:
                return None
            if position < self._first:
                older = await self._log.after(position, KEPT + 1)
                return older if len(older) <= KEPT else None
            if position < self._last:
                newer = takewhile(lambda fact: fact.position > position, reversed(self._facts))
                if found := [*newer]:
                    return found[::-1]
            await came.wait()
        raise Closed

    def entry(self, fact: Recorded) -> Entry:
        """The fact as readers are shown it, made once for all of them."""
        if (known := self._entries.get(fact.position)) is not None:
            return known
        made = entry_of(fact)
        if fact.position > self._first:
            self._entries[fact.position] = made
        return made

    async def standings(self, dispute_ids: Collection[UUID], position: int) -> Mapping[UUID, Standing]:
        """Where these disputes stand, at that position if the list shows it in time. Who asks together shares one look."""
        return await self._standings.ask((dispute_ids, position))

    async def _read_standings(self, asked: Sequence[_About]) -> Sequence[Mapping[UUID, Standing]]:
        await self._follow.caught_up(CASELOAD.name, max(position for _, position in asked), _PATIENCE)
        found = await caseload.standings(self._pool, {one for each, _ in asked for one in each})
        return [found] * len(asked)

    async def close(self) -> None:
        """Ends every stream: this worker stops."""
        self._closed = True
        self._tell()
        if self._looking is not None:
            await end([self._looking])

    async def _look(self) -> None:
        """Ends after the last reader."""
        while self._open:
            stored = self._follow.stored
            losses, facts = self._losses, list[Recorded]()
            try:
                facts = await self._log.after(self._last, _BATCH)
                if losses != self._losses:
                    await self._start_over()
                    continue
            except PASSING:
                pass  # the database is away for a moment
            if facts:
                self._remember(facts)
                continue
            with suppress(TimeoutError):
                async with asyncio.timeout(_POLL):
                    await stored.wait()

    def _remember(self, facts: Sequence[Recorded]) -> None:
        self._facts.extend(facts)
        self._last = facts[-1].position
        while len(self._facts) > KEPT:
            self._first = self._facts.popleft().position
            self._entries.pop(self._first, None)
        self._tell()

    async def _start_over(self) -> None:
        self._facts.clear()
        self._entries.clear()
        self._first = self._last = await self._log.last_position()

    def _forget(self) -> None:
        """The log may have lost facts. Whoever waits reads everything anew."""
        self._losses += 1
        self._facts.clear()
        self._entries.clear()
        self._tell()

    def _tell(self) -> None:
        self._came.set()
        self._came = asyncio.Event()
