"""A worker of the engine: its own pool, log, engine and followers, and its share of the writers.

    python -m tests.harness.soak.worker plan.json NUMBER

A line on standard input ends the writers. The end of standard input ends the worker.
"""

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from functools import partial
from typing import TypeVar

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from mediation.engine import Engine
from mediation.gateways.payments import Gateways
from mediation.processes.attempts import Attempts
from mediation.processes.deadlines import DeadlineClock
from mediation.processes.outages import Heartbeat
from mediation.processes.refunds import RefundProcess
from mediation.store.clocks import Clocks
from mediation.store.follow.consumer import Consumer
from mediation.store.follow.follow import Follow
from mediation.store.keys.blind import Blind
from mediation.store.log.codec import Codec
from mediation.store.log.log import EventLog
from mediation.store.log.memory import Memory
from mediation.store.postgres.pool import open_pool
from mediation.store.tasks import end
from projections import VIEWS
from tests.harness.soak import key_folder
from tests.harness.soak.cases import MARKETPLACE
from tests.harness.soak.facts import Tally, poisoned_caseload
from tests.harness.soak.journal import Journal, Past, next_file, pasts
from tests.harness.soak.plan import Plan
from tests.harness.soak.script import program
from tests.harness.soak.turned import TurnedClocks
from tests.harness.soak.writer import LATER, Writer
from tests.keystore import key_store

Pool = AsyncConnectionPool[AsyncConnection]
T = TypeVar("T")

_AGAIN = 0.2
_AHEAD = "SELECT (SELECT max(position) FROM event) - min(position) FROM progress WHERE name NOT LIKE '%+next'"


async def work(plan: Plan, number: int) -> None:
    past = pasts(plan.path, number)
    journal = Journal(next_file(plan.path, number))
    stop, may = asyncio.Event(), asyncio.Event()
    may.set()
    async with AsyncExitStack() as stack:
        memory = Memory()
        pool = await _until_there(lambda: open_pool(plan.conninfo, check=memory.check_log))
        stack.push_async_callback(pool.close)
        master = key_folder.master(plan)
        keys = await _until_there(lambda: stack.enter_async_context(key_store(plan.conninfo, master, memory=memory)))
        codec = Codec(keys)
        log = EventLog(pool, codec, memory=memory)
        await _until_there(log.__aenter__)
        stack.push_async_exit(log)
        clock_of_worker = TurnedClocks(plan, number)
        clock_of_worker.live_by()
        clocks = Clocks(pool, [MARKETPLACE], real=clock_of_worker.now)
        engine = Engine(log, Heartbeat(pool, clocks))
        clock = DeadlineClock(pool, engine, clocks)
        paying = RefundProcess(pool, engine, Attempts(engine, Gateways({}), log, codec, Blind(bytes(32)), clocks))
        views = [poisoned_caseload() if view.title == "caseload" else view for view in VIEWS]
        tally = Tally(poisoned=True)
        consumers: list[Consumer] = [tally, *views, clock, paying]
        follow = Follow(log, pool, consumers, lease=plan.lease)
        (plan.path / f"worker-{number}.json").write_text(json.dumps({"pid": os.getpid(), "holder": follow._holder}))
        endless = [follow.run, clock.run, paying.run, lambda: _hold_back(pool, plan.ahead, may, stop)]
        background = [asyncio.create_task(_keep_running(run, journal)) for run in endless]
        stack.push_async_callback(end, background)
        listening = asyncio.create_task(_listen(stop))
        writers = [
            Writer(w, journal, plan, log, engine, follow, clocks, may=may, stopping=stop)
            for w in plan.writers_of(number)
        ]
        writing = asyncio.create_task(_write(writers, plan, number, past))
        stack.push_async_callback(end, [writing])
        await asyncio.wait([writing, listening], return_when=asyncio.FIRST_COMPLETED)
        if writing.done():
            await writing
        await listening


async def _write(writers: Sequence[Writer], plan: Plan, number: int, past: Mapping[int, Past]) -> None:
    runs = [
        writer.run(partial(program, plan.seed, writer.number, burst=plan.burst), past.get(writer.number, Past()))
        for writer in writers
    ]
    await asyncio.gather(*runs)
    (plan.quiet / str(number)).touch()


async def _until_there(start: Callable[[], Awaitable[T]]) -> T:
    while True:
        try:
            return await start()
        except LATER:
            await asyncio.sleep(_AGAIN)


async def _keep_running(run: Callable[[], Awaitable[None]], journal: Journal) -> None:
    """Works like `api.services`. An end for any other reason than an absent database is recorded."""
    while True:
        try:
            await run()
        except LATER:
            pass
        except Exception as error:
            journal.note("odd", w=None, what=f"{type(error).__name__}: {error}")
        await asyncio.sleep(_AGAIN)


async def _hold_back(pool: Pool, ahead: int, may: asyncio.Event, stop: asyncio.Event) -> None:
    """Holds the writers back while the views are too far behind. Otherwise the queue of the views would only grow."""
    while True:
        async with pool.connection() as connection:
            row = await (await connection.execute(_AHEAD)).fetchone()
        if row is None or row[0] is None or row[0] < ahead or stop.is_set():
            may.set()
        else:
            may.clear()
        await asyncio.sleep(_AGAIN)


async def _listen(stop: asyncio.Event) -> None:
    await asyncio.to_thread(sys.stdin.readline)
    stop.set()
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(work(Plan.load(sys.argv[1]), int(sys.argv[2])))
