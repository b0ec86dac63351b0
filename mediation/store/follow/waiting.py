"""Waiting until a position is reached, and how long facts gather while no caller waits for them."""

import asyncio
from contextlib import suppress
from heapq import heappop, heappush

_GATHER = 0.025
"""Seconds for which facts gather while no caller waits."""


class PositionWaiter:
    """A position that grows, except by `put`. All that wait for the same position share one future."""

    def __init__(self) -> None:
        self.position = 0
        self._waiting: dict[int, asyncio.Future[None]] = {}
        self._order: list[int] = []

    def reach(self, position: int) -> None:
        self.put(max(self.position, position))

    def put(self, position: int) -> None:
        """Sets the position, also to an earlier one."""
        self.position = position
        while self._order and self._order[0] <= position:
            self._waiting.pop(heappop(self._order)).set_result(None)

    async def wait(self, position: int) -> None:
        if self.position < position:
            if position not in self._waiting:
                self._waiting[position] = asyncio.get_running_loop().create_future()
                heappush(self._order, position)
            await asyncio.shield(self._waiting[position])


class GatherDelay:
    """Knows if a caller waits for the next facts. If none does, more are taken at once, as each batch has a cost."""

    def __init__(self) -> None:
        self._wanted = 0
        self._asked = asyncio.Event()

    def want(self, position: int) -> None:
        """Says that a caller waits until this position is reached."""
        self._wanted = max(self._wanted, position)
        self._asked.set()

    async def gather(self, reached: int) -> None:
        """Returns at once if a caller waits for more than `reached`, or when one comes, or after `_GATHER` seconds."""
        if self._wanted <= reached:
            self._asked.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(_GATHER):
                    await self._asked.wait()
