"""When a neutral leaves, every case they held is handed over, even if the worker that does it is killed."""

import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

from domain.commitments.events import Participant
from domain.kernel.base import Actor, Role
from domain.kernel.money import Money
from domain.kernel.people import Awaiting, Words
from domain.neutral.escalation import AssignNeutral, Escalate
from domain.neutral.mandate import CloseMandate, GrantMandate
from mediation.processes import departures
from mediation.processes.departures import Departures
from mediation.store.clocks import Clocks
from mediation.store.follow.follow import Follow
from mediation.store.tasks import end
from tests import today
from tests.postgres import each_version
from tests.worlds import MARKETPLACE, World, actor, filing, order, world

NEUTRAL = Actor(subject=uuid4(), role=Role.NEUTRAL)
EARLIER = today.now() - timedelta(days=4)


async def _held(w: World, cases: int) -> list[UUID]:
    """So many disputes, each assigned to the neutral."""
    about = {"marketplace": MARKETPLACE, "now": today.now()}
    authority = (Money.of("1000.00", "EUR"),)
    granted = {"neutral": NEUTRAL.subject, "languages": ("en",), "authority": authority}
    await w.engine.handle(GrantMandate.model_validate({**about, "actor": actor(Role.ADMINISTRATOR), **granted}))
    disputes = []
    for _ in range(cases):
        filed = await w.engine.handle(filing(order("129.90", now=EARLIER), now=EARLIER))
        of = {**about, "dispute_id": filed.dispute.id}
        await w.engine.handle(Escalate.model_validate({**of, "actor": actor(Role.BUYER)}))
        await w.engine.handle(AssignNeutral.model_validate({**of, "actor": NEUTRAL, "neutral": NEUTRAL.subject}))
        disputes.append(filed.dispute.id)
    return disputes


@each_version
async def test_nothing_is_left_with_somebody_who_is_gone(database: str) -> None:
    """The mandate is closed while no worker runs. The next worker hands over every case, once."""
    async with world(database) as w:
        async with w.pool.connection() as conn:
            await conn.execute(departures.TABLE)
        disputes = await _held(w, 3)
        leaving = {"neutral": NEUTRAL.subject, "reason": Words(text="Has left.", language="en")}
        about = {"marketplace": MARKETPLACE, "now": today.now(), "actor": actor(Role.ADMINISTRATOR)}
        await w.engine.handle(CloseMandate.model_validate(about | leaving))
        departing = Departures(w.pool, w.engine, Clocks(w.pool, real=today.now))
        follow = Follow(w.log, w.pool, [departing])
        following = asyncio.create_task(follow.run())
        try:
            assert await follow.caught_up(departing.name, await w.log.last_position(), 60)
            assert await departing.work() == 3
        finally:
            await end([following])
        assert await departing.work() == 0
        for dispute_id in disputes:
            dispute, _, _ = await w.engine.dispute(dispute_id, MARKETPLACE)
            assert (dispute.escalation.neutral, dispute.awaiting) == (None, Awaiting.SUPERVISOR)
            assert {c.owed_by for c in dispute.commitments.open.values()} == {Participant.SUPERVISOR}
