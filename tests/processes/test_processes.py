"""What the engine does by itself: it fires what is due, and starts a refund for money that is owed."""

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from unittest.mock import AsyncMock
from uuid import UUID, uuid4

import psycopg
import pytest

from domain.commitments.events import refund_id_of
from domain.commitments.waiving import ReplaceCommitment, WaiveCommitment
from domain.filing.response import Respond
from domain.filing.response_facts import Answer
from domain.kernel.base import Role
from domain.kernel.money import Money
from domain.kernel.people import Outcome, Stage
from domain.payments.execution import ConfirmRefund
from domain.payments.failure import FailRefund
from domain.settlement.negotiation import AcceptOffer, MakeOffer
from mediation.engine import Engine
from mediation.gateways.payments import Gateways, MarketplaceGateway, NoAnswer, Payment, Wanted
from mediation.processes import deadlines, refunds
from mediation.processes.attempts import Attempts
from mediation.processes.deadlines import DeadlineClock
from mediation.processes.refunds import RefundProcess
from mediation.store import clocks
from mediation.store.clocks import Clocks
from mediation.store.follow.follow import Follow
from mediation.store.keys.blind import Blind
from mediation.store.tasks import end
from tests import today
from tests.postgres import each_version
from tests.worlds import MARKETPLACE, World, actor, filing, order, world

LONG_AGO = today.now() - timedelta(days=30)


_UNDECODABLE = """INSERT INTO event
  (position, recorded_at, occurred_at, stream_id, dispute_id, version, marketplace, kind, body)
SELECT max(position) + 1, max(recorded_at), max(recorded_at), min(stream_id::text) FILTER (WHERE kind = 'DisputeFiled'
  AND dispute_id = d)::uuid, d, max(version) FILTER (WHERE dispute_id = d) + 1, min(marketplace), 'Nonsense', '{}'
FROM event, (SELECT %s::uuid AS d) broken GROUP BY d"""
_OWED = """INSERT INTO views.refund_work (commitment_id, dispute_id, marketplace, owed_at, act)
VALUES (%s, %s, %s, %s, 'instruct')"""


class Gateway(MarketplaceGateway):
    """A provider that remembers what it was asked to pay, and does not say whether it has paid."""

    asked = True

    def __init__(self) -> None:
        self.paid: list[tuple[UUID, Money]] = []

    async def pay(self, wanted: Wanted) -> Payment:
        self.paid.append((wanted.refund_id, wanted.amount))
        raise NoAnswer


@dataclass(frozen=True, slots=True)
class Running:
    world: World
    clocks: Clocks
    follow: Follow
    clock: DeadlineClock
    refunding: RefundProcess
    gateway: Gateway

    async def settle(self) -> None:
        """Until neither process has anything left to do."""
        while True:
            position = await self.world.log.last_position()
            for name in (DeadlineClock.name, RefundProcess.name):
                assert await self.follow.caught_up(name, position, 60)
            if not (await self.clock.fire() + await self.refunding.work()):
                return

    async def state(self, dispute_id: UUID) -> Any:
        return (await self.world.engine.dispute(dispute_id, MARKETPLACE))[0]


@asynccontextmanager
async def running(conninfo: str, tests: Collection[str] = ()) -> AsyncIterator[Running]:
    async with world(conninfo) as w:
        async with w.pool.connection() as conn:
            await conn.execute(clocks.TABLE)
            await conn.execute(deadlines.TABLE)
            await conn.execute(refunds.TABLE)
        gateway, times = Gateway(), Clocks(w.pool, tests, real=today.now)
        attempts = Attempts(w.engine, Gateways({}, gateway), w.log, w.codec, Blind(bytes(32)), times)
        clock = DeadlineClock(w.pool, w.engine, times)
        refunding = RefundProcess(w.pool, w.engine, attempts)
        follow = Follow(w.log, w.pool, [clock, refunding])
        task = asyncio.create_task(follow.run())
        try:
            yield Running(w, times, follow, clock, refunding, gateway)
        finally:
            await end([task])


def about(role: Role, dispute_id: UUID, **rest: Any) -> dict[str, Any]:
    now = rest.pop("now", today.now())
    return {"marketplace": MARKETPLACE, "actor": actor(role), "now": now, "dispute_id": dispute_id, **rest}


async def test_a_silent_respondent_is_found_by_the_clock(database: str) -> None:
    """Filed long ago and never answered: granted by default at the instant of the lapse, and the refund instructed."""
    async with running(database) as r:
        filed = await r.world.engine.handle(filing(order("129.90", now=LONG_AGO), now=LONG_AGO))
        await r.settle()
        dispute = await r.state(filed.dispute.id)
        assert (dispute.stage, dispute.outcome) == (Stage.EXECUTION, Outcome.GRANTED_BY_DEFAULT)
        (granted,) = [e for e in await r.world.log.of_dispute(filed.dispute.id) if e.kind == "DefaultGranted"]
        due = filed.dispute.deadlines.running["response"].due_at
        assert granted.occurred_at == due < granted.recorded_at + today.AHEAD
        (owed,) = dispute.commitments.open_remedies()
        assert owed.overdue, "due long ago, and still there"
        assert r.gateway.paid == [(refund_id_of(owed.id), Money.of("129.90", "EUR"))]


async def test_a_restart_forgets_no_timer(database: str) -> None:
    async with running(database) as r:
        filed = await r.world.engine.handle(filing(order("10.00", now=LONG_AGO), now=LONG_AGO))
        await r.follow.caught_up(DeadlineClock.name, await r.world.log.last_position(), 60)
    async with running(database) as r:
        await r.settle()
        assert (await r.state(filed.dispute.id)).outcome is Outcome.GRANTED_BY_DEFAULT


async def test_the_clock_fires_once_and_then_is_quiet(database: str) -> None:
    async with running(database) as r:
        await r.world.engine.handle(filing(order("10.00", now=LONG_AGO), now=LONG_AGO))
        await r.settle()
        position = await r.world.log.last_position()
        assert await r.clock.fire() == 0
        assert await r.world.log.last_position() == position


async def test_a_dispute_that_cannot_be_loaded_stops_neither_the_clock_nor_the_refunds(database: str) -> None:
    """Its own timer and refund are kept, and tried again later. Those of all other disputes go on."""
    async with running(database) as r:
        engine = r.world.engine
        earlier = LONG_AGO - timedelta(days=1)
        broken = await engine.handle(filing(order("10.00", now=earlier), now=earlier))
        sound = await engine.handle(filing(order("129.90", now=LONG_AGO), now=LONG_AGO))
        assert await r.follow.caught_up(DeadlineClock.name, await r.world.log.last_position(), 60)
        with psycopg.connect(database) as owner:
            owner.execute(_UNDECODABLE, (broken.dispute.id,))
            owner.execute(_OWED, (uuid4(), broken.dispute.id, MARKETPLACE, today.now()))
        await r.settle()
        assert (await r.state(sound.dispute.id)).outcome is Outcome.GRANTED_BY_DEFAULT
        assert [amount for _, amount in r.gateway.paid] == [Money.of("129.90", "EUR")]
        with psycopg.connect(database) as owner:
            kept = "SELECT bool_and(not_before > %s) FROM views.{} WHERE dispute_id = %s"
            for table in ("timer", "refund_work"):
                assert owner.execute(kept.format(table).encode(), (today.now(), broken.dispute.id)).fetchall() == [
                    (True,)
                ]


async def test_a_database_that_is_away_is_nobodys_fault(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock is started again, and finds its timers unchanged."""
    async with running(database) as r:
        filed = await r.world.engine.handle(filing(order("10.00", now=LONG_AGO), now=LONG_AGO))
        assert await r.follow.caught_up(DeadlineClock.name, await r.world.log.last_position(), 60)
        with monkeypatch.context() as away:
            away.setattr(Engine, "handle", AsyncMock(side_effect=psycopg.OperationalError("gone")))
            with pytest.raises(psycopg.OperationalError):
                await r.clock.fire()
        await r.settle()
        assert (await r.state(filed.dispute.id)).outcome is Outcome.GRANTED_BY_DEFAULT


async def test_a_failed_refund_stays_owed_and_may_still_be_confirmed(database: str) -> None:
    async with running(database) as r:
        dispute_id, refund_id = await _conceded(r)
        engine = r.world.engine
        await engine.handle(FailRefund(**about(Role.MARKETPLACE, dispute_id, refund_id=refund_id, reason="declined")))
        await r.settle()
        assert (await r.state(dispute_id)).stage is Stage.EXECUTION
        await engine.handle(ConfirmRefund(**about(Role.MARKETPLACE, dispute_id, refund_id=refund_id)))
        await r.settle()
        assert (await r.state(dispute_id)).closed
        assert len(r.gateway.paid) == 1


@each_version
async def test_a_turned_clock_is_that_of_the_next_attempt_too(database: str) -> None:
    """In a test marketplace a refund without an answer is tried again as soon as the clock is turned."""
    async with running(database, [MARKETPLACE]) as r:
        await _conceded(r)
        await r.settle()
        assert len(r.gateway.paid) == 1
        await r.clocks.turn(MARKETPLACE, today.now() + timedelta(minutes=3))
        await r.settle()
        assert r.gateway.paid == [r.gateway.paid[0]] * 2


async def test_a_turned_clock_is_that_of_instalments_too(database: str) -> None:
    """Each instalment is instructed when it is owed by the clock of its marketplace, and not before."""
    async with running(database, [MARKETPLACE]) as r:
        now = today.now()
        filed = await r.world.engine.handle(filing(order("129.90", now=now), now=now))
        halves = [
            {"amount": Money.of(part, "EUR"), "after": {"amount": days, "unit": "calendar_days"}}
            for part, days in (("60.00", 30), ("69.90", 60))
        ]
        whole = {"amount": Money.of("129.90", "EUR"), "instalments": halves}
        await r.world.engine.handle(MakeOffer.model_validate(about(Role.SELLER, filed.dispute.id, **whole)))
        await r.world.engine.handle(AcceptOffer(**about(Role.BUYER, filed.dispute.id, number=1)))
        for days, paid in ((0, []), (45, ["60.00"])):
            if days:
                await r.clocks.turn(MARKETPLACE, now + timedelta(days=days))
            await r.settle()
            assert [amount for _, amount in r.gateway.paid] == [Money.of(amount, "EUR") for amount in paid]


@each_version
async def test_a_failed_refund_that_is_waived_frees_the_money(database: str) -> None:
    async with running(database) as r:
        dispute_id, refund_id = await _conceded(r)
        (owed,) = (await r.state(dispute_id)).commitments.open_remedies()
        engine = r.world.engine
        await engine.handle(
            FailRefund(**about(Role.MARKETPLACE, dispute_id, refund_id=refund_id, reason="account_closed"))
        )
        await engine.handle(WaiveCommitment(**about(Role.BUYER, dispute_id, commitment_id=owed.id)))
        await r.settle()
        assert (await r.state(dispute_id)).closed
        assert (await engine.refund(refund_id, MARKETPLACE)).status == "cancelled"


async def test_a_smaller_refund_replaces_a_failed_one(database: str) -> None:
    """The amount set aside for the failed refund is released before the smaller refund could exceed what was paid."""
    async with running(database) as r:
        dispute_id, refund_id = await _conceded(r)
        (owed,) = (await r.state(dispute_id)).commitments.open_remedies()
        engine = r.world.engine
        await engine.handle(FailRefund(**about(Role.MARKETPLACE, dispute_id, refund_id=refund_id, reason="declined")))
        smaller = about(
            Role.BUYER,
            dispute_id,
            commitment_id=owed.id,
            kind="refund",
            amount=Money.of("100.00", "EUR"),
            due_at=owed.due_at,
        )
        await engine.handle(ReplaceCommitment(**smaller))
        await r.settle()
        assert [amount for _, amount in r.gateway.paid] == [Money.of("129.90", "EUR"), Money.of("100.00", "EUR")]


async def _conceded(r: Running) -> tuple[UUID, UUID]:
    """A dispute conceded in full, with its refund submitted."""
    now = today.now()
    filed = await r.world.engine.handle(filing(order("129.90", now=now), now=now))
    await r.world.engine.handle(Respond(**about(Role.SELLER, filed.dispute.id, answer=Answer.CONCEDE)))
    await r.settle()
    (owed,) = (await r.state(filed.dispute.id)).commitments.open_remedies()
    return filed.dispute.id, refund_id_of(owed.id)
