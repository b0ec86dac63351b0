"""Tells the readers of one worker what is new in the log, and who comes and goes. Many readers share one look at the log."""

import asyncio
from collections import deque
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import takewhile
from typing import TypeAlias
from uuid import UUID

from domain.kernel.refusals import Refusal
from mediation.counts import Cells
from mediation.store.desk.presences import Changed
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


@dataclass(slots=True, eq=False)
class Stream:
    """One open stream, of one dispute or of all. `present` are the disputes to which somebody else came, or which they left,
    since it last looked. `at` is the position from which it waits.
    """

    holder: Holder
    dispute_id: UUID | None = None
    at: int = 0
    present: set[UUID] = field(default_factory=set)
    came: asyncio.Event = field(default_factory=asyncio.Event)

    def take_present(self) -> set[UUID]:
        taken, self.present = self.present, set()
        return taken


class Hub:
    """Remembers the last facts while somebody reads. Without readers it does not look at the log.

    `counts` holds how many streams are open in this worker.
    """

    SIZE = 1

    def __init__(self, log: EventLog, follow: Follow, pool: Pool, counts: Cells | None = None) -> None:
        self._log = log
        self._follow = follow
        self._pool = pool
        self._standings = Coalescer[_About, Mapping[UUID, Standing]](self._read_standings)
        self._entries: dict[int, Entry] = {}
        self._open: set[Stream] = set()
        self._counts: Cells = counts if counts is not None else [0.0]
        self._counts[0] = 0  # a worker that died had some
        self._facts: deque[Recorded] = deque()
        self._first = self._last = 0
        self._losses = 0
        self._closed = False
        self._looking: asyncio.Task[None] | None = None
        log.memory.on_drop(self._forget)
        follow.on_presence(self._somebody_came)

    @contextmanager
    def stream(self, holder: Holder, dispute_id: UUID | None = None) -> Iterator[Stream]:
        """One open stream of this holder, of one dispute or of all. Raises TooManyStreams."""
        if sum(one.holder == holder for one in self._open) >= MOST_STREAMS:
            raise TooManyStreams(most=MOST_STREAMS)
        opened = Stream(holder, dispute_id)
        self._open.add(opened)
        self._counts[0] = len(self._open)
        try:
            yield opened
        finally:
            self._open.discard(opened)
            self._counts[0] = len(self._open)

    @property
    def streams(self) -> int:
        """How many streams are open in this worker."""
        return len(self._open)

    async def after(self, position: int, reader: Stream) -> Sequence[Recorded] | None:
        """The next facts after a position, in order, as soon as there is one of the reader's dispute and marketplace; others
        may be among them. Empty: somebody came to a dispute. None: there are more than `KEPT`, or some may have been lost; the
        reader must read everything anew. Raises Closed.
        """
        if self._looking is None or self._looking.done():
            await self._start_over()
            self._looking = asyncio.create_task(self._look(), name="live")
        losses = self._losses
        while not self._closed:
            reader.came.clear()
            if losses != self._losses:
                return None
            if position < self._first:
                older = await self._log.after(position, KEPT + 1)
                return older if len(older) <= KEPT else None
            if position < self._last:
                newer = takewhile(lambda fact: fact.position > position, reversed(self._facts))
                if found := [*newer]:
                    return found[::-1]
            if reader.present:
                return []
            reader.at = position
            await reader.came.wait()
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
        self._tell_of(facts)

    async def _start_over(self) -> None:
        self._facts.clear()
        self._entries.clear()
        self._first = self._last = await self._log.last_position()

    def _forget(self) -> None:
        """The log may have lost facts, or something was not heard. Whoever waits reads everything anew."""
        self._losses += 1
        self._facts.clear()
        self._entries.clear()
        self._tell()

    def _somebody_came(self, changed: Changed | None) -> None:
        """Or left. Nobody is told of themselves. None: it is not known where, so that all read everything anew."""
        if changed is None:
            self._forget()
            return
        for one in self._open:
            subject, _, marketplace = one.holder
            here = marketplace == changed.marketplace and one.dispute_id in (None, changed.dispute_id)
            if here and subject != changed.subject:
                one.present.add(changed.dispute_id)
                one.came.set()

    def _tell_of(self, facts: Sequence[Recorded]) -> None:
        """Wakes those whom a fact concerns: readers of other disputes sleep on, unless they fall behind what is kept."""
        of_disputes = {(fact.marketplace, fact.dispute_id) for fact in facts if fact.dispute_id is not None}
        of_desks = {(marketplace, None) for marketplace, _ in of_disputes}
        concerned, behind = of_disputes | of_desks, self._last - KEPT // 2
        for one in self._open:
            if one.at < behind or (one.holder[2], one.dispute_id) in concerned:
                one.came.set()

    def _tell(self) -> None:
        for one in self._open:
            one.came.set()
