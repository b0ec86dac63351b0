"""Exactly what is owed is paid, once, under every order of faults: the rules, the attempts and a provider, without a
database.

The provider has every known fault: it ignores idempotency keys, pays more than was charged, answers or fails before
or after it has paid, declines, and lets refunds wait. Workers run in parallel and are killed anywhere. One thing
holds, because the engine waits long enough: no attempt takes longer than the wait for the next one.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Literal, cast, get_args
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.commands import AnyCommand
from domain.kernel.money import Money
from domain.payments.execution import InstructRefund
from domain.payments.refund_facts import Refund
from domain.payments.refunds import ATTEMPTS
from mediation.engine import Engine, Handled, Request
from mediation.gateways.payments import Declined, Gateways, MarketplaceGateway, NoAnswer, Payment, Wanted
from mediation.processes import ENGINE
from mediation.processes.attempts import Attempts
from mediation.store.clocks import Clocks
from mediation.store.keys.blind import Blind
from mediation.store.log.codec import Codec
from mediation.store.log.log import EventLog
from tests.domain.law.acts import FILED_AT, FIRST, MARKETPLACE, commitment, refund
from tests.domain.law.cast import buyer, seller, supervisor
from tests.domain.law.filings import filing
from tests.domain.law.reports import Report
from tests.domain.law.reports import given as told

Fault = Literal[
    "none", "unanswered", "lost", "down", "declined", "refused", "pending", "fails_later",
    "killed_before_storing", "killed_after_storing", "killed_before_paying", "killed_after_paying",
]  # fmt: skip


class Killed(BaseException):
    """A worker dies at once."""


@dataclass
class Provider(MarketplaceGateway):
    """`faults` are the next faults, one for each call. After them the provider works."""

    faults: list[Fault] = field(default_factory=list)
    paid: list[Payment] = field(default_factory=list)
    asked = True

    async def find(self, wanted: Wanted) -> Sequence[Payment]:
        await asyncio.sleep(0)
        self._down()
        found = [payment for payment in self.paid if payment.refund_id == wanted.refund_id]
        await asyncio.sleep(0)
        return found

    async def pay(self, wanted: Wanted) -> Payment:
        await asyncio.sleep(0)
        self._down()
        match fault := self._next():
            case "lost":
                raise NoAnswer
            case "declined":
                raise Declined("declined")
            case "refused":
                raise Declined("insufficient_funds")
            case "killed_before_paying":
                raise Killed
            case _:
                made = self._pay(wanted, "pending" if fault in ("pending", "fails_later") else "paid")
        await asyncio.sleep(0)
        if fault == "unanswered":
            raise NoAnswer
        if fault == "killed_after_paying":
            raise Killed
        return made

    def settle(self, *, fails: bool) -> None:
        how: Any = {"status": "failed", "reason": "declined"} if fails else {"status": "paid"}
        self.paid = [replace(p, **how) if p.status == "pending" else p for p in self.paid]

    async def payments(self, since: datetime) -> AsyncIterator[Payment]:
        for payment in self.paid:
            yield payment

    def _pay(self, wanted: Wanted, status: Literal["pending", "paid"]) -> Payment:
        reference = f"re_{len(self.paid)}"
        self.paid.append(Payment(reference, wanted.refund_id, status, wanted.amount, FILED_AT, attempt=wanted.attempt))
        return self.paid[-1]

    def _down(self) -> None:
        if self.faults and self.faults[0] == "down":
            self.faults.pop(0)
            raise NoAnswer

    def _next(self) -> Fault:
        return self.faults.pop(0) if self.faults else "none"


@dataclass
class Desk:
    """The engine and its workers over the world of a report. `kills` are the next commands at which a worker dies."""

    report: Report
    provider: Provider
    kills: list[Fault] = field(default_factory=list)

    async def handle(self, command: AnyCommand, request: Request) -> Handled:
        await asyncio.sleep(0)
        killed = self.kills.pop(0) if self.kills else "none"
        if killed == "killed_before_storing":
            raise Killed
        world = self.report.world
        case, _ = world.case(command)
        facts = world.do(command)
        case, _ = world.case(command)
        if killed == "killed_after_storing":
            raise Killed
        await asyncio.sleep(0)
        return Handled(case, {}, command.now, len(facts) or None, events=tuple(fact.event for fact in facts))

    async def read(self, wants: Sequence[tuple[UUID, int]]) -> Any:
        filed = next(stored for stored in self.report.world.log if stored.kind == "DisputeFiled")
        return type("Reading", (), {"streams": {FIRST: [filed]}})

    async def open(self, value: Any, marketplace: str) -> Any:
        return value

    @property
    def attempts(self) -> Attempts:
        return Attempts(
            cast(Engine, self),
            Gateways({}, self.provider),
            cast(EventLog, self),
            cast(Codec, self),
            Blind(bytes(32)),
            Clocks(cast(Any, None), real=lambda: self.report.now),
        )

    @property
    def refund(self) -> Refund | None:
        state = self.report.world.states.get(refund(1))
        return state if isinstance(state, Refund) else None

    async def work(self, workers: int) -> None:
        """All workers do what is due, in parallel. A killed worker leaves its work undone."""
        await asyncio.gather(*(self._one() for _ in range(workers)), return_exceptions=True)

    async def _one(self) -> None:
        known = self.refund
        try:
            if known is None:
                command = InstructRefund(
                    marketplace=MARKETPLACE,
                    actor=ENGINE,
                    now=self.report.now,
                    dispute_id=FIRST,
                    commitment_id=commitment(1),
                )
                await self.attempts.store_and_make(command, Request())
            elif known.next_at is not None and known.next_at <= self.report.now:
                await self.attempts.go_on(known, MARKETPLACE, Request())
        except Killed:
            return

    def moved(self) -> list[Money]:
        """All amounts that may have been paid."""
        return [payment.amount for payment in self.provider.paid if payment.status != "failed"]


_FAULTS = st.lists(st.sampled_from(get_args(Fault)), max_size=3)


@settings(max_examples=200, deadline=None, suppress_health_check=(HealthCheck.too_slow,))
@given(data=st.data(), amount=st.sampled_from(("129.90 EUR", "5800 JPY", "41.755 KWD", "0.00100000 XBT")))
def test_paid_once_under_every_order_of_faults(data: st.DataObject, amount: str) -> None:
    """In any order of events: never paid twice, and in the end exactly what was owed."""
    desk = Desk(told(filing(amount), seller.concedes()), Provider())

    async def play() -> None:
        for _ in range(data.draw(st.integers(1, 12))):
            desk.provider.faults = data.draw(_FAULTS)
            desk.kills = data.draw(_FAULTS)
            await desk.work(data.draw(st.integers(1, 3)))
            _check(desk, amount)
            _somebody_acts(desk, data)
            if data.draw(st.booleans()):
                desk.provider.settle(fails=data.draw(st.booleans()))
            desk.report.now += data.draw(
                st.sampled_from((timedelta(seconds=30), timedelta(minutes=1), timedelta(hours=7)))
            )
        await _to_the_end(desk)

    asyncio.run(play())
    _check(desk, amount)
    assert desk.report.dispute.closed
    state, world = desk.refund, desk.report.world
    assert state is not None
    otherwise = [Money.of(*amount.split())] if state.status == "settled_otherwise" else []
    waived = state.status == "cancelled" or desk.report.dispute.commitments.ended[commitment(1)] == "waived"
    assert desk.moved() + otherwise == ([] if waived else [Money.of(*amount.split())])
    assert world.replayed().states[refund(1)] == state


def _check(desk: Desk, amount: str) -> None:
    """At every moment: no more was paid, or may still be paid, than is owed; and what is confirmed was paid."""
    assert len(desk.moved()) <= 1
    state = desk.refund
    if state is None:
        return
    paid = [payment for payment in desk.provider.paid if payment.status == "paid"]
    assert state.status != "confirmed" or [payment.amount for payment in paid] == [state.amount]
    assert not (state.status in ("settled_otherwise", "cancelled") and desk.moved())
    assert state.tries <= ATTEMPTS
    assert desk.report.transaction.left().is_zero or state.status == "cancelled"


def _somebody_acts(desk: Desk, data: st.DataObject) -> None:
    """A person retries, settles otherwise or waives. A refused act changes nothing."""
    wish = data.draw(st.sampled_from((None, None, None, "retry", "settle", "waive")))
    acts: Mapping[str, Any] = {
        "retry": supervisor.retries_refund(1),
        "settle": supervisor.settles_refund(1),
        "waive": buyer.waives_promise(1),
    }
    if wish is not None and desk.refund is not None:
        desk.report.when(acts[wish])
        desk.report.refusal = None


async def _to_the_end(desk: Desk) -> None:
    """The provider works again, no worker dies any more, and a person retries the referred refunds."""
    desk.provider.faults, desk.kills = [], []
    for _ in range(ATTEMPTS + 4):
        await desk.work(1)
        desk.provider.settle(fails=False)
        owed = desk.report.dispute.commitments.get(commitment(1))
        if owed is None:
            return
        if owed.decision is not None:
            desk.report.when(supervisor.retries_refund(1))
        desk.report.now += timedelta(hours=7)
