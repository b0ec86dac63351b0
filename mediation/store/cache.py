"""What the key store keeps in memory, and how look-ups made at the same time share one statement."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
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


class Asked:
    """Gathers what is asked for while a look-up is under way, so that the next one answers everybody."""

    def __init__(self) -> None:
        self._waiting: set[UUID] = set()
        self._lock = asyncio.Lock()

    @asynccontextmanager
    async def sharing(self, keys: set[UUID]) -> AsyncIterator[set[UUID]]:
        """Everything asked for until it is our turn; empty when somebody before us has looked it up already."""
        self._waiting |= keys
        async with self._lock:
            asked, self._waiting = self._waiting, set()
            yield asked
