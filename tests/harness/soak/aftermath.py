"""Work on views beside feeding them: before the run, during it, and between the checks.

python -m tests.harness.soak.aftermath plan.json prepare  creates the tables of every consumer, before the run
python -m tests.harness.soak.aftermath plan.json VIEW     rebuilds this view; a view with a mistake keeps it
python -m tests.harness.soak.aftermath plan.json again    retries parked facts, by views that still have their mistake
python -m tests.harness.soak.aftermath plan.json cold     builds every view again from position 0, beside the live one
python -m tests.harness.soak.aftermath plan.json retry    retries parked facts, by views without their mistake
"""

import asyncio
import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from mediation.processes import deadlines, refunds
from mediation.store import clocks
from mediation.store.follow.consumer import Consumer
from mediation.store.follow.follow import Follow
from mediation.store.follow.parking import retry
from mediation.store.log.codec import Codec
from mediation.store.log.log import EventLog
from mediation.store.postgres.pool import open_pool
from mediation.store.tasks import end
from projections import VIEWS
from projections.caseload import CASELOAD
from projections.view import View
from tests.harness.soak import key_folder
from tests.harness.soak.facts import Tally, poisoned_caseload
from tests.harness.soak.plan import COLD, Plan
from tests.keystore import key_store

Pool = AsyncConnectionPool[AsyncConnection]

_PATIENCE = 6 * 3600.0


async def main(plan: Plan, what: str) -> None:
    pool = await open_pool(plan.conninfo)
    try:
        async with key_store(plan.conninfo, key_folder.master(plan)) as keys, EventLog(pool, Codec(keys)) as log:
            match what:
                case "prepare":
                    await _prepare(pool)
                case "cold":
                    await _build(pool, log)
                case "again":
                    await _retry(pool, log, (Tally(poisoned=True), poisoned_caseload()))
                case "retry":
                    await _retry(pool, log, (Tally(), CASELOAD))
                case title:
                    (view,) = [poisoned_caseload() if v is CASELOAD else v for v in VIEWS if v.title == title]
                    await view.rebuild(log, pool)
    finally:
        await pool.close()


async def _prepare(pool: Pool) -> None:
    await _create(pool, [Tally(), *VIEWS])
    async with pool.connection() as connection:
        await connection.execute(clocks.TABLE)
        await connection.execute(deadlines.TABLE)
        await connection.execute(refunds.TABLE)


async def _build(pool: Pool, log: EventLog) -> None:
    twins: list[Tally | View[Any]] = [
        Tally(version=1 + COLD),
        *(replace(view, version=view.version + COLD) for view in VIEWS),
    ]
    await _create(pool, twins)
    follow = Follow(log, pool, twins)
    running = asyncio.create_task(follow.run())
    last = await log.last_position()
    try:
        for twin in twins:
            assert await follow.caught_up(twin.name, last, _PATIENCE)
    finally:
        await end([running])


async def _retry(pool: Pool, log: EventLog, consumers: Sequence[Consumer]) -> None:
    for consumer in consumers:
        await retry(log, pool, consumer)  # facts that still fail stay parked, and the checks look for them


async def _create(pool: Pool, consumers: Sequence[Tally | View[Any]]) -> None:
    async with pool.connection() as connection, connection.transaction():
        for consumer in consumers:
            await consumer.create(connection)


if __name__ == "__main__":
    asyncio.run(main(Plan.load(sys.argv[1]), sys.argv[2]))
