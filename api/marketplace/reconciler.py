"""Compares the ledger's refunds with the provider's own list, and records the differences.

It is in `api` because it reads a view and asks a gateway. It runs by itself for every marketplace whose gateway can
be asked, and in `mediation reconcile`.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import structlog
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from domain.kernel.base import Role
from domain.payments.reconciliation import Odd, Ours, RecordComparison, Theirs, compare
from domain.payments.reconciliation_facts import Difference
from domain.payments.refunds import UnknownRefund, contradicts
from mediation.engine import Engine, Request
from mediation.gateways.payments import NoAnswer, Payment, Unread
from mediation.processes import ENGINE
from mediation.processes.attempts import Attempts
from mediation.store.follow.consumer import PASSING, describe
from mediation.store.follow.follow import Follow
from mediation.store.keys.blind import Blind
from mediation.store.log.log import EventLog
from projections import refund_ledger
from projections.refund_ledger import REFUND_LEDGER, RefundEntry

WINDOW = timedelta(days=90)
"""How far back a comparison by itself goes."""

SETTLES = timedelta(minutes=10)
"""A refund that moved more recently is still in progress, and is left for the next comparison."""

_LOOK = 60.0  # seconds
_CAUGHT_UP = 30.0  # seconds

_log = structlog.get_logger(__name__)


class LedgerBehind(Exception):
    """The ledger does not show yet what is on record. Compare later."""


@dataclass(frozen=True, slots=True)
class Compared:
    marketplace: str
    gateway: str
    refunds: int
    payments: int
    differences: Sequence[Difference]
    """The differences that nobody has explained."""


class Reconciler:
    """Works by the machine's time, like the provider's list and `recorded_at` in the ledger."""

    def __init__(
        self,
        pool: AsyncConnectionPool[AsyncConnection],
        log: EventLog,
        follow: Follow,
        engine: Engine,
        attempts: Attempts,
        blind: Blind,
        every: timedelta,
    ) -> None:
        self._pool = pool
        self._log = log
        self._follow = follow
        self._engine = engine
        self._attempts = attempts
        self._gateways = attempts.gateways
        self._blind = blind
        self._every = every

    @property
    def marketplaces(self) -> list[str]:
        """The marketplaces whose gateway has a list of its own."""
        return sorted(name for name, gateway in self._gateways.by_marketplace.items() if gateway.asked)

    async def run(self) -> None:
        """Runs until cancelled. Compares each marketplace when its last comparison is old enough."""
        while True:
            for marketplace in self.marketplaces:
                last = (await self._engine.reconciliation(marketplace)).compared_at
                if last is None or datetime.now(UTC) - last >= self._every:
                    await self._by_itself(marketplace)
            await asyncio.sleep(_LOOK)

    async def _by_itself(self, marketplace: str) -> None:
        try:
            compared = await self.compare(marketplace)
        except (NoAnswer, LedgerBehind) as error:
            _log.warning("not_compared", marketplace=marketplace, error=str(error) or type(error).__name__)
        except PASSING:
            raise
        except Exception as error:  # what is wrong with one marketplace does not end the comparison of the others
            _log.error("not_compared", marketplace=marketplace, error=describe(error))
        else:
            _log.info("compared", marketplace=marketplace, differences=len(compared.differences))

    async def compare(
        self, marketplace: str, *, since: datetime | None = None, settles: timedelta = SETTLES
    ) -> Compared:
        """Raises NoAnswer, LedgerBehind."""
        now, gateway = datetime.now(UTC), self._gateways.of(marketplace)
        since = since or now - WINDOW
        theirs, odd = list[Theirs](), list[Odd]()
        async for payment in gateway.payments(since):
            key = self._blind.uuid("provider_reference", marketplace, payment.reference)
            if isinstance(payment, Unread):
                _log.warning("row_not_understood", marketplace=marketplace, why=payment.why)
                odd.append(Odd(payment.refund_id, key, payment.reference))
            else:
                await self._look_at(payment, marketplace)
                theirs.append(
                    Theirs(
                        refund_id=payment.refund_id,
                        payment_key=key,
                        reference=payment.reference,
                        amount=payment.amount,
                        status=payment.status,
                        made_at=payment.made_at,
                    )
                )
        # The ledger is read after the provider's list. A payment made in between is compared the next time.
        named = {t.refund_id for t in theirs} | {row.refund_id for row in odd}
        ours = await self._ours(marketplace, since, {refund_id for refund_id in named if refund_id is not None})
        nobody = self._blind.uuid("payments", marketplace)
        found = compare(ours, theirs, odd, settled_by=now - settles, nobody=nobody)
        command = RecordComparison(
            marketplace=marketplace,
            actor=ENGINE,
            now=now,
            gateway=gateway.name,
            since=since,
            refunds=len(ours),
            payments=len(theirs) + len(odd),
            found=found,
        )
        state = (await self._engine.handle(command)).case.reconciliation
        unexplained = [one for one in found if one.key not in state.explained.values()]
        return Compared(marketplace, gateway.name, command.refunds, command.payments, unexplained)

    async def _look_at(self, payment: Payment, marketplace: str) -> None:
        """A refund that is on record as confirmed, and that the provider now lists as failed, has come back: its notice
        was lost. If it was confirmed without a reference, a person has to find out. So it is with a payment of a refund
        that had ended in another way. Everything else that differs is only recorded."""
        if payment.status == "pending" or payment.refund_id is None:
            return
        try:
            refund = await self._engine.refund(payment.refund_id, marketplace)
        except UnknownRefund:
            return
        if payment.status == "failed":
            unclear = contradicts(refund, Role.ENGINE, payment.attempt)
            tells = unclear or self._attempts.came_back(refund, payment, marketplace)
        else:
            tells = self._attempts.paid_besides(refund, payment, marketplace)
        if tells:
            await self._attempts.report(refund, payment, marketplace, Request())

    async def _ours(self, marketplace: str, since: datetime, named: set[UUID]) -> list[Ours]:
        """The refunds that began since then, and all others that the provider names."""
        if not await self._follow.caught_up(REFUND_LEDGER.name, await self._log.last_position(), _CAUGHT_UP):
            raise LedgerBehind
        rows, cursor = list[RefundEntry](), None
        while True:
            page = await refund_ledger.refunds(
                self._pool, marketplace, imported=False, begun_since=since, limit=100, cursor=cursor
            )
            rows += page.rows
            if (cursor := page.next) is None:
                break
        for refund_id in named - {row.refund_id for row in rows}:
            rows += (await refund_ledger.refund(self._pool, marketplace, refund_id))[-1:]
        return [Ours(row.refund_id, row.recipient_subject, row.amount, row.status, row.recorded_at) for row in rows]
