"""Several clocks, one of them killed: each reminder once, at its instant."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from domain.commitments.promising import MakeCommitment
from domain.commitments.reminder_facts import Reminded
from domain.commitments.waiving import WaiveCommitment
from domain.kernel.base import Role
from domain.kernel.windows import Window
from domain.policy.book import PublishPolicy
from domain.policy.policy import Policy, Windows
from domain.policy.reminder_rules import Reminder
from mediation.processes.deadlines import DeadlineClock
from tests import today
from tests.processes.clockwork import begin, workers
from tests.processes.test_processes import Running, running
from tests.worlds import MARKETPLACE, actor, filing, order

HOUR = timedelta(hours=1)
REMINDING = Policy(
    version="reminding",
    windows=Windows(response=Window(amount=100, unit="hours")),
    reminders=(Reminder(of="deadline", hours_before=24, only=("response",)), Reminder(of="service", hours_before=2)),
)
_REMINDED = "SELECT count(*) FROM event WHERE kind = 'Reminded'"
_WAITING = "SELECT count(*) FROM timer WHERE name LIKE '%(reminder)'"


async def test_three_clocks_and_one_is_killed(database: str) -> None:
    """No reminder is sent twice or forgotten, and the windows run on."""
    async with running(database) as r:
        due = await _filed(r, 150, ago=90 * HOUR)
        async with workers(3, database) as clocks:
            begin(clocks)
            await _until(r, _REMINDED, lambda reminded: reminded > 0)
            clocks[0].kill()
            await clocks[0].wait()
            await _until(r, _WAITING, lambda waiting: waiting == 0)
        for dispute_id, due_at in due.items():
            facts = await r.world.log.of_dispute(dispute_id)
            (told,) = [fact for fact in facts if isinstance(fact.event, Reminded)]
            assert told.event == Reminded(to="seller", due_at=due_at, name="response")
            assert told.occurred_at == due_at - 24 * HOUR < told.recorded_at + today.AHEAD
            assert "response" in (await r.state(dispute_id)).deadlines.running


async def test_nobody_is_reminded_of_what_is_over(database: str) -> None:
    """A waived commitment, and one that fell due while no clock ran, leave no reminder behind."""
    async with running(database) as r:
        ((dispute_id, _),) = (await _filed(r, 1, ago=HOUR)).items()
        now = today.now()
        about = {"marketplace": MARKETPLACE, "dispute_id": dispute_id, "now": now}
        promise = {"kind": "call_back", "owed_by": "seller", "owed_to": "buyer", "due_at": now + 5 * HOUR}
        made = await r.world.engine.handle(
            MakeCommitment.model_validate({**about, **promise, "actor": actor(Role.SELLER)})
        )
        assert made.position is not None
        assert await r.follow.caught_up(DeadlineClock.name, made.position, 60)
        assert await _number(r, _WAITING) == 2
        (owed,) = made.dispute.commitments.open
        waived = await r.world.engine.handle(
            WaiveCommitment.model_validate({**about, "actor": actor(Role.BUYER), "commitment_id": owed})
        )
        assert waived.position is not None
        assert await r.follow.caught_up(DeadlineClock.name, waived.position, 60)
        assert await _number(r, _WAITING) == 1
        await r.settle()
        assert await _number(r, _REMINDED) == 0


async def _filed(r: Running, number: int, *, ago: timedelta) -> dict[UUID, datetime]:
    """Disputes under a policy with reminders, and the ends of their response windows. Their timers are set."""
    at = today.now() - ago
    publish = PublishPolicy(marketplace=MARKETPLACE, actor=actor(Role.ADMINISTRATOR), now=at, policy=REMINDING)
    await r.world.engine.handle(publish)
    due = {}
    for _ in range(number):
        filed = await r.world.engine.handle(filing(order("10.00", now=at), now=at))
        due[filed.dispute.id] = filed.dispute.deadlines.running["response"].due_at
    assert await r.follow.caught_up(DeadlineClock.name, await r.world.log.last_position(), 60)
    return due


async def _number(r: Running, query: str) -> int:
    async with r.world.pool.connection() as conn:
        (row,) = await (await conn.execute(query.encode())).fetchall()
    return int(row[0])


async def _until(r: Running, query: str, there: Callable[[int], bool]) -> None:
    async with asyncio.timeout(60):
        while True:
            if there(await _number(r, query)):
                return
            await asyncio.sleep(0.01)
