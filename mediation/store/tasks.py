"""Stopping background tasks for certain.

On Python 3.11 `asyncio.wait_for`, with which psycopg's pool waits, swallows a cancellation that arrives together with what it
waits for (https://github.com/python/cpython/issues/86296). A task that loops over a pool may so survive being cancelled, and
whoever awaits it, a `TaskGroup` too, hangs for ever.
"""

import asyncio
from collections.abc import Coroutine, Iterable

_AGAIN = 1.0
"""Seconds left to a cancelled task to clean up, before it is cancelled again."""


async def end(tasks: Iterable[asyncio.Task[None]]) -> None:
    """Cancels until every task has ended."""
    running = set(tasks)
    while running:
        for task in running:
            task.cancel()
        _, running = await asyncio.wait(running, timeout=_AGAIN)


async def run_together(*endless: Coroutine[None, None, None]) -> None:
    """Until cancelled, or until one of them fails; then none is left running."""
    tasks = [asyncio.create_task(one) for one in endless]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
    finally:
        await end(tasks)
    for task in done:
        task.result()
