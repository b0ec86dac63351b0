"""A position, and those who wait until it is reached."""

import asyncio
from heapq import heappop, heappush


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
