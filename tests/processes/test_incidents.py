"""A proposal or offer to all reaches each member of an incident once, even if the workers that deliver it are killed."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from domain.commands import AnyCommand
from domain.incidents.incident import OpenIncident, ProposeToAll
from domain.incidents.incident_facts import IncidentKind, Share
from domain.incidents.membership import JoinIncident, LeaveIncident
from domain.incidents.membership_facts import BulkActNotReached
from domain.kernel.base import Actor, Command, Role
from domain.kernel.money import Money
from domain.kernel.people import Words
from domain.neutral.escalation import AssignNeutral, Escalate
from domain.neutral.mandate import GrantMandate
from domain.settlement.proposal import DeclareImpasse, RefuseProposal
from domain.settlement.proposal_facts import ProposalMade
from mediation.engine import ALONE, Engine, Handled, Request
from mediation.processes import incidents
from mediation.processes.incidents import IncidentProcess
from mediation.store.clocks import Clocks
from mediation.store.follow.follow import Follow
from mediation.store.tasks import end
from tests import today
from tests.postgres import each_version
from tests.worlds import MARKETPLACE, World, actor, filing, order, world

NEUTRAL = Actor(subject=uuid4(), role=Role.NEUTRAL)
SUPERVISOR = actor(Role.SUPERVISOR)
EARLIER = today.now() - timedelta(days=4)
REASONS = Words(text="Nobody is at fault.", language="en")


class Killed(BaseException):
    """The worker dies after its command was stored, and before it knew."""


class Dying(Engine):
    """No command's result comes back."""

    async def handle(self, command: AnyCommand, request: Request = ALONE) -> Handled:
        await super().handle(command, request)
        raise Killed


async def _does(w: World, kind: type[Command], who: Actor, **fields: Any) -> Handled:
    about = {"marketplace": MARKETPLACE, "now": today.now(), "actor": who}
    return await w.engine.handle(kind.model_validate(about | fields))  # type: ignore[arg-type]


async def _mediated(w: World) -> UUID:
    """A dispute that is assigned to the neutral."""
    filed = await w.engine.handle(filing(order("129.90", now=EARLIER), now=EARLIER))
    dispute_id = filed.dispute.id
    await _does(w, Escalate, actor(Role.BUYER), dispute_id=dispute_id)
    await _does(w, AssignNeutral, NEUTRAL, dispute_id=dispute_id, neutral=NEUTRAL.subject)
    return dispute_id


async def _opened(w: World) -> UUID:
    async with w.pool.connection() as conn:
        await conn.execute(incidents.TABLE)
    authority = (Money.of("1000.00", "EUR"),)
    administrator = actor(Role.ADMINISTRATOR)
    await _does(w, GrantMandate, administrator, neutral=NEUTRAL.subject, languages=("en",), authority=authority)
    incident_id, told = uuid4(), {"title": REASONS, "reason": REASONS, "what": IncidentKind.CUSTOMS_SEIZURE}
    await _does(w, OpenIncident, SUPERVISOR, incident_id=incident_id, **told)
    return incident_id


@asynccontextmanager
async def _followed(w: World, process: IncidentProcess) -> AsyncIterator[None]:
    """The process has read the whole log."""
    follow = Follow(w.log, w.pool, [process])
    following = asyncio.create_task(follow.run())
    try:
        assert await follow.caught_up(process.name, await w.log.last_position(), 60)
        yield
    finally:
        await end([following])


async def _came(w: World, dispute_id: UUID) -> Counter[str]:
    """What a dispute has received from the incident."""
    of = ("ProposalMade", "BulkActReached", "BulkActNotReached")
    return Counter(fact.kind for fact in await w.log.of_dispute(dispute_id) if fact.kind in of)


@each_version
async def test_a_proposal_to_all_comes_to_each_once(database: str) -> None:
    """The worker is killed each time after the delivery was stored. Two others continue, at the same time."""
    async with world(database) as w:
        incident_id = await _opened(w)
        members = [await _mediated(w) for _ in range(5)]
        late, gone, *reached = members[0], members[1], *members[2:]
        for dispute_id in (gone, *reached):
            await _does(w, JoinIncident, SUPERVISOR, dispute_id=dispute_id, incident_id=incident_id)
        elsewhere = reached[-1]
        await _does(w, DeclareImpasse, NEUTRAL, dispute_id=elsewhere)
        await _does(w, LeaveIncident, SUPERVISOR, dispute_id=gone, incident_id=incident_id)
        await _does(w, ProposeToAll, NEUTRAL, incident_id=incident_id, terms=Share(share=5000), reasons=REASONS)
        await _does(w, JoinIncident, SUPERVISOR, dispute_id=late, incident_id=incident_id)

        dying = IncidentProcess(w.pool, Dying(w.log, w.heartbeat), Clocks(w.pool, real=today.now))
        async with _followed(w, dying):
            with pytest.raises(Killed):
                await dying.work()
        refusing = {"dispute_id": reached[0], "number": 1}
        await _does(w, RefuseProposal, actor(Role.BUYER), **refusing)
        workers = [IncidentProcess(w.pool, w.another_worker(), Clocks(w.pool, real=today.now)) for _ in range(2)]
        await asyncio.gather(*(worker.work() for worker in workers))

        assert [await worker.work() for worker in workers] == [0, 0]
        for dispute_id in reached[:-1]:
            assert await _came(w, dispute_id) == {"ProposalMade": 1, "BulkActReached": 1}
        assert await _came(w, elsewhere) == {"BulkActNotReached": 1}
        assert await _came(w, late) == await _came(w, gone) == {}
        (missed,) = [f.event for f in await w.log.of_dispute(elsewhere) if isinstance(f.event, BulkActNotReached)]
        assert missed.code == "NotYourMove"
        (made,) = [f for f in await w.log.of_dispute(reached[0]) if isinstance(f.event, ProposalMade)]
        assert isinstance(made.event, ProposalMade)
        assert made.actor == NEUTRAL.subject
        told = await w.codec.open(made.event.reasons.model_dump(mode="json"), MARKETPLACE)
        assert told["text"] == REASONS.text


async def test_what_is_killed_before_it_is_stored_comes_later(database: str) -> None:
    """Each member is a row of the process until its dispute has decided."""
    async with world(database) as w:
        incident_id, dispute_id = await _opened(w), await _mediated(w)
        await _does(w, JoinIncident, SUPERVISOR, dispute_id=dispute_id, incident_id=incident_id)
        await _does(w, ProposeToAll, NEUTRAL, incident_id=incident_id, terms=Share(share=10_000), reasons=REASONS)
        process = IncidentProcess(w.pool, w.engine, Clocks(w.pool, real=today.now))
        async with _followed(w, process):
            pass
        async with w.pool.connection() as conn:
            waiting = await (await conn.execute("SELECT dispute_id FROM bulk_task")).fetchall()
        assert waiting == [(dispute_id,)]
        assert await _came(w, dispute_id) == {}
        assert await IncidentProcess(w.pool, w.another_worker(), Clocks(w.pool, real=today.now)).work() == 1
        assert await _came(w, dispute_id) == {"ProposalMade": 1, "BulkActReached": 1}
