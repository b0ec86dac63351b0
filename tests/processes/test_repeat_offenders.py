"""Repeat offenders: each final ruling is counted once, even if a worker is killed; and limits hold."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from domain.filing.admissibility import DeclareInadmissible
from domain.filing.claim_facts import ActionRecommended, CaseCounted, ClaimCounted
from domain.filing.response import Respond
from domain.kernel.base import Actor, Role
from domain.kernel.money import Money
from domain.kernel.people import Outcome, Party, Side, Words
from domain.neutral.escalation import AssignNeutral, Escalate
from domain.neutral.mandate import GrantMandate
from domain.policy.book import FIRST_POLICY, PublishPolicy
from domain.policy.claim_limits import AbuseRules, ClaimLimit, Threshold
from domain.remedies.division_facts import Division
from domain.ruling.rulings import IssueRuling, WaiveAppeal
from domain.settlement.proposal import DeclareImpasse
from domain.stream_ids import claims_id
from mediation.processes import repeat_offenders
from mediation.processes.repeat_offenders import RepeatOffenders
from mediation.store.clocks import Clocks
from mediation.store.follow.follow import Follow
from mediation.store.tasks import end
from tests import today
from tests.postgres import each_version
from tests.processes.deaths import DiesOnceStored
from tests.worlds import MARKETPLACE, World, actor, euros, filing, order, party, world

NEUTRAL = Actor(subject=uuid4(), role=Role.NEUTRAL)
EARLIER = today.now() - timedelta(days=4)


async def _publish(w: World, **abuse: Any) -> None:
    windows = FIRST_POLICY.windows.model_copy(update={"escalation_opens_after_hours": 0})
    changed = {"version": f"v-{uuid4().hex[:8]}", "abuse": AbuseRules.model_validate(abuse), "windows": windows}
    policy = FIRST_POLICY.model_copy(update=changed)
    about = {"marketplace": MARKETPLACE, "now": today.now(), "actor": actor(Role.ADMINISTRATOR)}
    await w.engine.handle(PublishPolicy.model_validate({**about, "policy": policy}))
    granted = {"neutral": NEUTRAL.subject, "languages": ("en",), "authority": (Money.of("1000.00", "EUR"),)}
    await w.engine.handle(GrantMandate.model_validate({**about, **granted}))


async def _ruled_against(w: World, seller: Party) -> UUID:
    filed = filing(order("129.90", now=EARLIER), now=EARLIER).model_copy(update={"seller": seller})
    await w.engine.handle(filed)
    about = {"marketplace": MARKETPLACE, "now": today.now(), "dispute_id": filed.dispute_id}
    award = Division(claimant=euros("129.90"), respondent=euros("0.00"))
    ruling = {"award": award, "cites_clauses": ("conformity",), "reasons": Words(text="So.", language="en")}
    acts: tuple[tuple[Any, Actor, dict[str, Any]], ...] = (
        (Respond, actor(Role.SELLER), {"answer": "contest"}),
        (Escalate, actor(Role.BUYER), {}),
        (AssignNeutral, NEUTRAL, {"neutral": NEUTRAL.subject}),
        (DeclareImpasse, NEUTRAL, {}),
        (IssueRuling, NEUTRAL, ruling),
        (WaiveAppeal, actor(Role.SELLER), {}),
    )
    for kind, by, fields in acts:
        await w.engine.handle(kind.model_validate({**about, "actor": by, **fields}))
    return filed.dispute_id


@asynccontextmanager
async def _followed(w: World, process: RepeatOffenders) -> AsyncIterator[None]:
    """The process has received the whole log, but has not worked through it."""
    async with w.pool.connection() as conn:
        await conn.execute(repeat_offenders.TABLE)
    follow = Follow(w.log, w.pool, [process])
    following = asyncio.create_task(follow.run())
    try:
        assert await follow.caught_up(process.name, await w.log.last_position(), 60)
        yield
    finally:
        await end([following])


async def _on_record(w: World, seller: Party) -> list[Any]:
    reading = await w.log.read([(claims_id(MARKETPLACE, seller.subject), 0)])
    return [recorded.event for stored in reading.streams.values() for recorded in stored]


@each_version
async def test_a_repeat_offender_is_flagged_once(database: str) -> None:
    """One worker is killed after it has counted the first case, and two others continue at once: one recommendation
    is made.
    """
    async with world(database) as w:
        await _publish(w, thresholds=[Threshold(of=Side.SELLER, ground="ruled_against", cases=2, days=30)])
        seller = party("CN", "zh-Hans", "Asia/Shanghai")
        disputes = [await _ruled_against(w, seller) for _ in range(2)]
        clocks = Clocks(w.pool, real=today.now)
        one, other = RepeatOffenders(w.pool, w.engine, clocks), RepeatOffenders(w.pool, w.another_worker(), clocks)
        async with _followed(w, one):
            with suppress(asyncio.CancelledError):
                await RepeatOffenders(w.pool, DiesOnceStored(w.log, w.heartbeat), clocks).work()
            assert len(await _on_record(w, seller)) == 1
            await asyncio.gather(one.work(), other.work())
            assert await other.work() == 0
        told = await _on_record(w, seller)
        assert sorted(e.dispute_id for e in told if isinstance(e, CaseCounted)) == sorted(disputes)
        (flagged,) = (e for e in told if isinstance(e, ActionRecommended))
        assert set(flagged.cases) == set(disputes)
        dispute, _, _ = await w.engine.dispute(flagged.dispute_id, MARKETPLACE)
        assert flagged.recommendation_id in dispute.commitments.open


@each_version
async def test_a_claim_inadmissible_as_vexatious_is_counted(database: str) -> None:
    """The process counts it like a ruling that finds a claim vexatious."""
    async with world(database) as w:
        await _publish(w, limits=[ClaimLimit(days=30, vexatious=1)])
        buyer = party("IT", "it", "Europe/Rome")
        filed = filing(order("129.90", now=EARLIER), now=EARLIER).model_copy(update={"buyer": buyer})
        await w.engine.handle(filed)
        about = {"marketplace": MARKETPLACE, "now": today.now(), "dispute_id": filed.dispute_id}
        declared = {"ground": "vexatious", "reasons": Words(text="The fourth.", language="en")}
        supervisor = {"actor": actor(Role.SUPERVISOR)}
        await w.engine.handle(DeclareInadmissible.model_validate({**about, **supervisor, **declared}))
        process = RepeatOffenders(w.pool, w.engine, Clocks(w.pool, real=today.now))
        async with _followed(w, process):
            await process.work()
        assert [type(event) for event in await _on_record(w, buyer)] == [ClaimCounted, CaseCounted]


@each_version
async def test_of_two_claims_at_once_one_is_too_many(database: str) -> None:
    """One buyer files two claims at the same moment, in two workers, about two orders. The limit is one, and one is heard."""
    async with world(database) as w:
        await _publish(w, limits=[ClaimLimit(days=30, claims=1)])
        buyer = party("IT", "it", "Europe/Rome")
        for _ in range(5):
            buyer = buyer.model_copy(update={"subject": uuid4()})
            bodies = [filing(order("129.90", now=EARLIER)).model_copy(update={"buyer": buyer}) for _ in range(2)]
            engines = (w.engine, w.another_worker())
            answers = await asyncio.gather(*(engine.handle(body) for engine, body in zip(engines, bodies, strict=True)))
            assert {answer.dispute.outcome for answer in answers} == {None, Outcome.INADMISSIBLE}, answers
            (counted,) = await _on_record(w, buyer)
            assert isinstance(counted, ClaimCounted)
