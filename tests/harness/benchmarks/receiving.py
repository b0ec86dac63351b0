"""A receiver of webhooks, in a process of its own. It takes everything, and never answers at `/dead`.

    python -m tests.harness.benchmarks.receiving

It prints its port when it listens, and runs until its standard input ends.
"""

import asyncio
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvloop

from tests.harness.webhook_receiver import HANG, Receiver, receiver


async def _receive() -> None:
    async with receiver() as there:
        there.says = lambda got: (HANG if got.path == "/dead" else 204, {})
        print(there.port, flush=True)
        await asyncio.to_thread(sys.stdin.read)


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    """A receiver in another process, of which only the address is known here."""
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", __name__, stdin=PIPE, stdout=PIPE)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield Receiver(port=int(await process.stdout.readline()))
    finally:
        process.stdin.close()
        await process.wait()


if __name__ == "__main__":
    uvloop.run(_receive())
