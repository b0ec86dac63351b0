"""Those who wait until a position is reached, and how long facts gather where nobody waits for them."""

import asyncio
from contextlib import suppress
from heapq import heappop, heappush

_GATHER = 0.025
"""Seconds for which facts gather while nobody waits."""


class PositionWaiter:
    """Grows, but for `put`. Whoever waits again for the same position is not counted twice."""

    def __init__(self) -> None:
        self.position = 0
        self._waiting: dict[int, asyncio.Future[None]] = {}
        self._order: list[int] = []

    def reach(self, position: int) -> None:
        self.put(max(self.position, position))

    def put(self, position: int) -> None:
        """Also back to where it has been."""
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
    """Whether anybody waits for what comes next. If nobody does, more of it is taken at once, as each batch has its price."""

    def __init__(self) -> None:
        self._wanted = 0
        self._asked = asyncio.Event()

    def want(self, position: int) -> None:
        """Somebody waits until this position is reached."""
        self._wanted = max(self._wanted, position)
        self._asked.set()

    async def gather(self, reached: int) -> None:
        """Returns at once where somebody waits for more than was `reached`, or else when somebody does, or after a while."""
        if self._wanted <= reached:
            self._asked.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(_GATHER):
                    await self._asked.wait()
