"""Whether anybody waits for what comes next. Nobody does: then more of it is taken at once, as each batch has its price."""

import asyncio
from contextlib import suppress

_GATHER = 0.025
"""Seconds for which facts gather while nobody waits."""


class GatherDelay:
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
