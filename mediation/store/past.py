"""The log behind what a worker remembers, for consumers that catch up side by side: each batch is read and decoded once."""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from typing import Protocol

from mediation.store.recorded import Fact


class Source(Protocol):
    """A log to be read in order: all of it, or what several read together."""

    async def facts_after(self, position: int, limit: int) -> Sequence[Fact]: ...


class Past:
    """Keeps the `kept` batches of `batch` facts that were asked for last."""

    def __init__(self, log: Source, *, batch: int, kept: int) -> None:
        self._log = log
        self._batch = batch
        self._kept = kept
        self._batches: OrderedDict[int, Sequence[Fact]] = OrderedDict()
        self._turn = asyncio.Lock()

    async def facts_after(self, position: int, limit: int) -> Sequence[Fact]:
        """As of the log, and at most a batch: positions have no gaps, so that all who catch up can share the same ones."""
        number = position // self._batch
        async with self._turn:
            facts = self._batches.get(number)
            if facts is None:
                facts = await self._log.facts_after(number * self._batch, self._batch)
                if len(facts) == self._batch:
                    self._keep(number, facts)
            else:
                self._batches.move_to_end(number)
        first = position - number * self._batch
        return facts[first : first + limit]

    def _keep(self, number: int, facts: Sequence[Fact]) -> None:
        self._batches[number] = facts
        while len(self._batches) > self._kept:
            self._batches.popitem(last=False)
