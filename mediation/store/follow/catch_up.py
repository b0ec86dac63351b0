"""Reads the log for consumers that catch up side by side: each batch is read and decoded once.

These consumers are behind what the worker remembers. A fast reader waits for the others, but not for one that is stuck.
"""

import asyncio
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from operator import attrgetter
from typing import Protocol

from mediation.store.log.recorded import Fact

POSITION = attrgetter("position")

_PATIENCE = 1.0
"""Seconds to wait for a slower reader."""


class Source(Protocol):
    """A source of facts in order: the log, or a reader of a shared past."""

    async def facts_after(self, position: int, limit: int) -> Sequence[Fact]: ...


class CatchUpBuffer:
    """Keeps the last `kept` batches of `batch` facts, as long as it has readers. These may be that far apart."""

    def __init__(self, log: Source, *, batch: int, kept: int) -> None:
        self._log = log
        self._batch = batch
        self._kept = kept
        self._batches: OrderedDict[int, Sequence[Fact]] = OrderedDict()
        self._readers: dict[Reader, int] = {}
        self._cleared = 0
        self._turn = asyncio.Condition()

    def reader(self) -> "Reader":
        return Reader(self)

    async def facts_after(self, reader: "Reader", position: int, limit: int) -> Sequence[Fact]:
        """Like the log's `facts_after`, at most a batch. Batches are cut by position, so all readers can share them."""
        number = position // self._batch
        async with self._turn:
            self._readers[reader] = number
            self._turn.notify_all()
            with suppress(TimeoutError):
                async with asyncio.timeout(_PATIENCE):
                    await self._turn.wait_for(lambda: min(self._readers.values()) > number - self._kept)
            self._readers = {one: at for one, at in self._readers.items() if at > number - self._kept}
            cleared, facts = self._cleared, self._batches.get(number, [])
            known = facts[-1].position if facts else number * self._batch
            if position >= known:
                # The last known fact is read again: what is read now has to follow it.
                found = await self._log.facts_after(known - bool(facts), self._batch - len(facts) + bool(facts))
                if facts and not follows(found, facts[-1]):
                    self.clear()
                    return []
                found = found[bool(facts) :]
                facts = [*facts, *(fact for fact in found if fact.position <= (number + 1) * self._batch)]
                if not facts or facts[-1].position <= position:
                    # This batch has nothing more: the next facts are in a later batch, or not stored yet.
                    return await self._log.facts_after(position, limit) if found else []
                if cleared == self._cleared:
                    self._keep(number, facts)
        first = bisect_right(facts, position, key=POSITION)
        return facts[first : first + limit]

    def clear(self) -> None:
        """Drops every batch: the log may have lost some of these facts."""
        self._cleared += 1
        self._batches.clear()

    async def leave(self, reader: "Reader") -> None:
        """For a reader that has caught up. The others wait for it no more, and after the last one nothing is kept."""
        if reader in self._readers:
            async with self._turn:
                self._readers.pop(reader, None)
                self._turn.notify_all()
                if not self._readers:
                    self._batches.clear()

    def _keep(self, number: int, facts: Sequence[Fact]) -> None:
        self._batches[number] = facts
        while len(self._batches) > self._kept:
            self._batches.popitem(last=False)


def follows(found: Sequence[Fact], last: Fact) -> bool:
    """Whether what was read from `last` on begins with that very fact."""
    return bool(found) and found[0].identity == last.identity


@dataclass(frozen=True, eq=False, slots=True)
class Reader:
    """One consumer's way through a shared past."""

    past: CatchUpBuffer

    async def facts_after(self, position: int, limit: int) -> Sequence[Fact]:
        return await self.past.facts_after(self, position, limit)

    async def leave(self) -> None:
        await self.past.leave(self)
