"""Stops background tasks reliably.

On Python 3.11 `asyncio.wait_for`, which psycopg's pool uses, swallows a cancellation that arrives at the same moment as
the awaited result (https://github.com/python/cpython/issues/86296). So a task that loops over a pool may survive its
cancellation, and its awaiter, such as a `TaskGroup`, hangs for ever.
"""

import asyncio
from collections.abc import Coroutine, Iterable

_AGAIN = 1.0
"""Seconds that a cancelled task has to clean up before it is cancelled again."""


async def end(tasks: Iterable[asyncio.Task[None]]) -> None:
    """Cancels the tasks again and again until every task has ended."""
    running = set(tasks)
    while running:
        for task in running:
            task.cancel()
        _, running = await asyncio.wait(running, timeout=_AGAIN)


async def run_together(*endless: Coroutine[None, None, None]) -> None:
    """Runs until cancelled, or until one of them fails. Then none is left running."""
    tasks = [asyncio.create_task(one) for one in endless]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
    finally:
        await end(tasks)
    for task in done:
        task.result()
