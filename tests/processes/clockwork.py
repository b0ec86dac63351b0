"""A worker that is only a clock, in its own process, so that a test can kill it.

    python -m tests.processes.clockwork CONNINFO

It prints a line when it is ready. It begins when it reads how many seconds its time of day is ahead.
"""

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

from mediation.processes.deadlines import DeadlineClock
from mediation.store.clocks import Clocks
from mediation.store.follow.follow import Follow
from mediation.store.tasks import run_together
from tests import today
from tests.worlds import world


async def work(conninfo: str) -> None:
    async with world(conninfo) as w:
        print("there", flush=True)
        ahead = timedelta(seconds=float(sys.stdin.readline()))
        clock = DeadlineClock(w.pool, w.engine, Clocks(w.pool, real=lambda: today.now() + ahead))
        await run_together(Follow(w.log, w.pool, [clock]).run(), clock.run())


@asynccontextmanager
async def workers(number: int, conninfo: str) -> AsyncIterator[list[Process]]:
    """So many workers, all ready. In the end those still alive are killed."""
    program = [sys.executable, "-m", __name__, conninfo]
    started = [await asyncio.create_subprocess_exec(*program, stdin=PIPE, stdout=PIPE) for _ in range(number)]
    try:
        for one in started:
            assert one.stdout is not None
            assert await one.stdout.readline() == b"there\n"
        yield started
    finally:
        for one in started:
            if one.returncode is None:
                one.kill()
            await one.wait()


def begin(clocks: Sequence[Process], ahead: timedelta = timedelta()) -> None:
    for one in clocks:
        assert one.stdin is not None
        one.stdin.write(f"{ahead.total_seconds()}\n".encode())


if __name__ == "__main__":
    asyncio.run(work(sys.argv[1]))
