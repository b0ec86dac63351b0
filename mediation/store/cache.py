"""What the key store keeps in memory, and how look-ups made at the same time share one statement."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from time import monotonic
from typing import Generic, TypeVar
from uuid import UUID

T = TypeVar("T")


class Cache(Generic[T]):
    """At most `bound` values, the longest unread leaving first; after `ttl` seconds a value counts as missing."""

    def __init__(self, ttl: float, bound: int) -> None:
        self._ttl = ttl
        self._bound = bound
        self._values: OrderedDict[UUID, tuple[T, float]] = OrderedDict()

    def __getitem__(self, key: UUID) -> T:
        """Also one that has expired meanwhile: whoever checked with `missing` may go on."""
        return self._values[key][0]

    def put(self, key: UUID, value: T) -> None:
        self._values[key] = (value, monotonic() + self._ttl)
        self._values.move_to_end(key)
        while len(self._values) > self._bound:
            self._values.popitem(last=False)

    def forget(self, key: UUID) -> None:
        self._values.pop(key, None)

    def missing(self, keys: Collection[UUID]) -> set[UUID]:
        now = monotonic()
        missing = set()
        for key in keys:
            known = self._values.get(key)
            if known is None or known[1] <= now:
                missing.add(key)
            else:
                self._values.move_to_end(key)
        return missing


class Rounds:
    """Gathers what is asked for while a look-up is under way, so that the next one answers everybody who waits."""

    def __init__(self, look_up: Callable[[set[UUID]], Awaitable[None]]) -> None:
        self._look_up = look_up
        self._next: _Round | None = None
        self._running: asyncio.Task[None] | None = None

    async def ask(self, keys: set[UUID]) -> None:
        """Returns when they have been looked up, and raises what that raised."""
        if self._next is None:
            self._next = _Round(set(), asyncio.get_running_loop().create_future())
        round = self._next
        round.keys.update(keys)
        if self._running is None:
            self._running = asyncio.create_task(self._run())
        await asyncio.shield(round.over)

    async def _run(self) -> None:
        while self._next is not None:
            round, self._next = self._next, None
            try:
                await self._look_up(round.keys)
                round.over.set_result(None)
            except Exception as error:
                round.over.set_exception(error)
        self._running = None


@dataclass(frozen=True, slots=True)
class _Round:
    keys: set[UUID]
    over: "asyncio.Future[None]"
