"""Plays a year of disputes on a real log, with the engine's own processes and a clock that runs ahead. Then the oracle
checks it."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from heapq import heapify, heappop, heappush
from random import Random
from time import monotonic
from uuid import UUID

from domain.commands import AnyCommand
from domain.commitments.events import refund_id_of
from domain.kernel.base import Actor, Role
from domain.kernel.money import Money
from domain.kernel.refusals import Conflict, Forbidden
from domain.neutral.escalation import AssignNeutral
from domain.neutral.mandate import GrantMandate
from domain.policy.book import PublishPolicy
from domain.policy.outage_facts import Outage
from domain.policy.outages import RecordOutage
from mediation.gateways.payments import Gateways
from mediation.processes import deadlines, refunds
from mediation.processes.attempts import Attempts
from mediation.processes.deadlines import DeadlineClock
from mediation.processes.refunds import RefundProcess
from mediation.store import clocks
from mediation.store.clocks import Clocks
from mediation.store.follow.follow import Follow
from mediation.store.keys.blind import Blind
from mediation.store.tasks import end
from projections.pending_commitments import PENDING_COMMITMENTS
from projections.table import create_tables
from tests.harness.year.people import NEUTRALS, People
from tests.harness.year.reckoned import Reckoned
from tests.harness.year.reckoning import reckon
from tests.harness.year.telling import Telling
from tests.harness.year.told import TELLS
from tests.harness.year.world import PLACES, YEAR, Provider, policies, way_at
from tests.worlds import MARKETPLACE, World, world

BEGINS = datetime(YEAR, 1, 1, tzinfo=UTC)
LAST_FILED = datetime(YEAR, 12, 31, tzinfo=UTC)
_AT_MOST = timedelta(days=300)
"""After the last filing. Everything has ended by then."""

_AT_ONCE = 32
_ENOUGH = 50
_A_DAY = 86_400  # seconds


@dataclass
class Report:
    """`unfinished` disputes, and commitments still `in_view`, when everything should have ended. `misplaced` is how
    many instants would differ if the sellers of some disputes lived elsewhere, `unheard` if nobody had been told of
    anything. They show how sharp the comparison is."""

    disputes: int = 0
    acts: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    ended: datetime = BEGINS
    unfinished: list[str] = field(default_factory=list)
    in_view: int = 0
    reckoned: Reckoned = field(default_factory=Reckoned)
    misplaced: int = 0
    unheard: int = 0
    money: list[str] = field(default_factory=list)
    paid: int = 0

    @property
    def sound(self) -> bool:
        return not (self.reckoned.wrong or self.unfinished or self.in_view or self.money)


async def year(conninfo: str, disputes: int, *, seed: int, tick: timedelta) -> Report:
    """Plays so many disputes, filed over the year by people of all places. The processes look for what is due every
    `tick`."""
    began, report = monotonic(), Report()
    async with world(conninfo) as w:
        async with w.pool.connection() as conn:
            for table in (clocks.TABLE, deadlines.TABLE, refunds.TABLE):
                await conn.execute(table)
        await create_tables(w.pool, [PENDING_COMMITMENTS])
        running = _Running(w, report, tick, Random(seed))
        following = asyncio.create_task(running.follow.run())
        try:
            await running.play(disputes)
            await _judge(running, report)
        finally:
            await end([following])
    report.seconds = monotonic() - began
    return report


class _Running:
    def __init__(self, w: World, report: Report, tick: timedelta, random: Random) -> None:
        self.world, self.report, self.tick, self.random = w, report, tick, random
        self.now = BEGINS
        self.provider = Provider()
        times = Clocks(w.pool, real=lambda: self.now)
        attempts = Attempts(w.engine, Gateways({}, self.provider), w.log, w.codec, Blind(bytes(32)), times)
        self.clock = DeadlineClock(w.pool, w.engine, times)
        self.refunding = RefundProcess(w.pool, w.engine, attempts)
        self.follow = Follow(w.log, w.pool, [self.clock, self.refunding, PENDING_COMMITMENTS])
        self.people: dict[UUID, People] = {}
        self.outages: list[Outage] = []
        self._agenda: list[tuple[datetime, UUID]] = []

    async def play(self, disputes: int) -> None:
        await self._house()
        for number in range(disputes):
            # A random source of its own: with one source for all, the results would depend on the speed of the machine.
            own = Random(self.random.getrandbits(64))
            one = People(UUID(int=own.getrandbits(128), version=4), own, PLACES[number % len(PLACES)])
            self.people[one.id] = one
            heappush(self._agenda, (self._filed_at(number / disputes), one.id))
        while self._agenda and self.now < LAST_FILED + _AT_MOST:
            if self.random.random() < 0.04:
                await self._away()
            until = self.now + self.tick * self.random.uniform(0.2, 1.8)
            await self._until(until)
            self.now = self.provider.now = until
            await self._settle()
        self.report.ended = self.now
        self.report.unfinished = [str(dispute) for _, dispute in self._agenda]
        self.report.disputes = disputes

    async def _away(self) -> None:
        """An outage of the engine: nobody can act, and no process runs."""
        back = self.now + timedelta(seconds=self.random.randrange(1_200, 30 * 3_600))
        outage = Outage(began_at=self.now, ended_at=back)
        self._agenda = [(max(at, back + timedelta(seconds=n)), dispute) for n, (at, dispute) in enumerate(self._agenda)]
        heapify(self._agenda)
        actor = Actor(subject=UUID(int=4), role=Role.ENGINE)
        await self.world.engine.handle(RecordOutage(marketplace=MARKETPLACE, actor=actor, now=back, outage=outage))
        self.outages.append(outage)
        self.now = self.provider.now = back

    def _filed_at(self, share: float) -> datetime:
        """Spread over the year. Some are filed in the small hours, when clocks change."""
        at = BEGINS + (LAST_FILED - BEGINS) * share + timedelta(seconds=self.random.randrange(86_400))
        return at.replace(microsecond=self.random.randrange(1_000_000))

    async def _house(self) -> None:
        about = {
            "marketplace": MARKETPLACE,
            "actor": Actor(subject=UUID(int=3), role=Role.ADMINISTRATOR),
            "now": BEGINS,
        }
        for since, policy in policies():
            published = {**about, "policy": policy, "applies_from": since}
            await self.world.engine.handle(PublishPolicy.model_validate(published))
        authority = tuple(Money(10**9, currency) for currency in sorted({currency for _, _, currency, _ in PLACES}))
        for neutral in NEUTRALS:
            granted = {"neutral": neutral, "languages": ("en", "it"), "authority": authority}
            await self.world.engine.handle(GrantMandate.model_validate({**about, **granted}))

    async def _until(self, until: datetime) -> None:
        """What people do by then. Each dispute is played in order, many of them side by side."""
        while self._agenda and self._agenda[0][0] <= until:
            due: list[tuple[datetime, UUID]] = []
            while self._agenda and self._agenda[0][0] <= until:
                due.append(heappop(self._agenda))
            left = iter(due)
            await asyncio.gather(*(self._work(left) for _ in range(min(_AT_ONCE, len(due)))))

    async def _work(self, left: Iterator[tuple[datetime, UUID]]) -> None:
        for at, dispute in left:
            await self._look(dispute, at)

    async def _look(self, dispute_id: UUID, at: datetime) -> None:
        people, engine = self.people[dispute_id], self.world.engine
        if not people.filed:
            commands: list[AnyCommand] = [people.files(at)]
        else:
            filed, _, policy = await engine.dispute(dispute_id, MARKETPLACE)
            if filed.closed and not filed.commitments.open:
                return
            commands = [*people.acts(filed, at)] if at >= people.acts_at else []
            if people.telling is not None:
                notices = await engine.notices(dispute_id, MARKETPLACE)
                commands = [*people.telling.acts(filed, policy, notices, at), *commands]
        for command in commands:
            self.report.acts += 1
            try:
                await engine.handle(command)
            except (Conflict, Forbidden) as refusal:  # first everything that was due by now is decided
                self.report.refused[refusal.code] += 1
        if not people.filed and (way := way_at(at)) is not None:
            people.telling = Telling(people.random, way)
        people.filed = True
        if at >= people.acts_at:
            soon = any(isinstance(command, AssignNeutral) for command in commands) and people.random.random() < 0.8
            later = people.random.randrange(3_600, (_A_DAY if soon else 5 * _A_DAY))
            people.acts_at = at + timedelta(seconds=later, microseconds=people.random.randrange(10**6))
        heappush(self._agenda, (people.looks_at(at), dispute_id))

    async def _settle(self) -> None:
        """Runs until no process has anything left to do."""
        while True:
            position = await self.world.log.last_position()
            for name in (DeadlineClock.name, RefundProcess.name):
                assert await self.follow.caught_up(name, position, 60)
            if not (await self.clock.fire() + await self.refunding.work()):
                return


async def _judge(running: _Running, report: Report) -> None:
    w = running.world
    assert await running.follow.caught_up(PENDING_COMMITMENTS.name, await w.log.last_position(), 60)
    async with w.pool.connection() as conn:
        query = f"""SELECT count(*) FROM {PENDING_COMMITMENTS.table} WHERE ended_position IS NULL
          AND status IN ('pending', 'overdue')"""
        row = await (await conn.execute(query.encode())).fetchone()
    report.in_view = row[0] if row else -1
    owed: dict[UUID, Money] = {}
    for one in running.people.values():
        history = await w.log.of_dispute(one.id)
        owed |= {
            refund_id_of(cid): amount for cid, amount in reckon(one, history, running.outages, report.reckoned).items()
        }
        if report.unheard < _ENOUGH:
            reckon(one, [f for f in history if f.kind not in TELLS], running.outages, found := Reckoned())
            report.unheard += len(found.wrong)
        if report.misplaced < _ENOUGH:
            elsewhere, found = copy(one), Reckoned()
            elsewhere.seller_at = PLACES[PLACES.index(one.seller_at) - 1]
            reckon(elsewhere, history, running.outages, found)
            report.misplaced += len(found.wrong)
    report.money = _money(running, owed)
    report.paid = len(running.provider.paid)


def _money(running: _Running, owed: dict[UUID, Money]) -> list[str]:
    """Every commitment to pay that was not given up was paid once. No order paid out more than was paid for it."""
    paid = Counter(payment.refund_id for payment in running.provider.paid)
    wrong = [f"{refund} was paid {times} times" for refund, times in paid.items() if times > 1]
    wrong += [f"{refund} owed {amount} and not paid" for refund, amount in owed.items() if refund not in paid]
    for payment in running.provider.paid:
        if payment.refund_id is None or owed.get(payment.refund_id) != payment.amount:
            wrong.append(f"{payment.refund_id} paid {payment.amount} without being owed that")
    left = {currency: Money.zero(currency) for _, _, currency, _ in PLACES}
    for people in running.people.values():
        left[people.amount.currency] += people.amount
    wrong += [
        f"more {currency} paid than was ever charged"
        for currency in left
        if left[currency] < running.provider.total(currency)
    ]
    return wrong
