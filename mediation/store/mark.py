"""A position that only grows, and those who wait for it."""

import asyncio
from heapq import heappop, heappush
from itertools import count


class Mark:
    def __init__(self) -> None:
        self.position = 0
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []
        self._order = count()

    def reach(self, position: int) -> None:
        self.position = max(self.position, position)
        while self._waiting and self._waiting[0][0] <= self.position:
            *_, reached = heappop(self._waiting)
            if not reached.done():
                reached.set_result(None)

    async def wait(self, position: int) -> None:
        if self.position < position:
            reached = asyncio.get_running_loop().create_future()
            heappush(self._waiting, (position, next(self._order), reached))
            await reached
