"""Reads the notices that arrived, finds the disputes that they are about, and does what they call for.

1. A post becomes items: one for each dispute at the provider that it speaks of.
2. A dispute at the provider is matched by the payment. If there is none here, it waits for one that is filed later.
3. What its notices call for together is compared with what was done, and the rest is done: see
   `domain.payments.provider_disputes`.

A notice leads to nothing twice. What is done is stored under a key of its own, in one transaction with its facts. So a worker
that dies before it has noted that something was done finds it done.
"""

from collections.abc import Sequence
from time import monotonic
from uuid import UUID

import structlog
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from domain.filing.filing_facts import DisputeFiled
from domain.kernel.refusals import Refusal
from domain.payments.provider_disputes import SETTLES, Notice
from domain.privacy.erasure_facts import PersonErased
from mediation.engine import Engine
from mediation.gateways.dispute_notices import Unknown
from mediation.gateways.notices_chosen import READER, READERS
from mediation.processes.fact_tasks import FactTask, FactTasks
from mediation.processes.provider_notices import tables
from mediation.processes.provider_notices.effects import Effects
from mediation.processes.provider_notices.tables import Row
from mediation.processes.tasks import TaskProcess
from mediation.store.clocks import Clocks
from mediation.store.follow.consumer import PASSING, describe
from mediation.store.keys.tokens import ERASED
from mediation.store.log.codec import Codec
from mediation.store.log.log import EventLog
from mediation.store.log.recorded import Recorded
from mediation.store.notice_in import Item, Quarantine, Status

_AT_ONCE = 50
_SWEPT_EVERY = _FAILED = 60.0  # seconds
_GIVEN_UP = 10
"""After so many faults a notice is shown as unknown."""

_log = structlog.get_logger(__name__)


class ProviderNotices(TaskProcess):
    name = "provider_notices@1"
    tables = (tables.TO_LOOK_UP, "payment_of_dispute")
    concerns = frozenset({DisputeFiled.kind, PersonErased.kind})

    def __init__(
        self,
        pool: AsyncConnectionPool[AsyncConnection],
        engine: Engine,
        log: EventLog,
        codec: Codec,
        clocks: Clocks,
        quarantine: Quarantine,
    ) -> None:
        super().__init__(pool)
        self._log = log
        self._codec = codec
        self._clocks = clocks
        self._quarantine = quarantine
        self._blind = quarantine.blind
        self._to_look_up = FactTasks(pool, tables.TO_LOOK_UP, claimed_for=5)
        self._effects = Effects(pool, engine, self._blind)
        self._swept = 0.0

    async def apply(self, conn: AsyncConnection, batch: Sequence[Recorded]) -> None:
        filed = [recorded for recorded in batch if isinstance(recorded.event, DisputeFiled)]
        if await self._to_look_up.put(conn, filed):
            self._wake.set()
        for recorded in batch:
            if isinstance(recorded.event, PersonErased):
                await tables.forget(conn, recorded.event.subject, recorded.marketplace)

    async def work(self) -> int:
        if monotonic() - self._swept > _SWEPT_EVERY:
            self._swept = monotonic()
            await self._quarantine.sweep(self._clocks.real())
        payments = await self._to_look_up.claim(_AT_ONCE)
        for task in payments:
            await self._know_payment(task)
        posts = await self._quarantine.claim(READER, _AT_ONCE)
        for item in posts:
            await self._read(item)
        disputes = await self._due()
        for row in disputes:
            await self._look_at(row)
        return len(payments) + len(posts) + len(disputes)

    async def _know_payment(self, task: FactTask) -> None:
        (recorded,) = await self._log.where("dispute_id = %s AND kind = %s", (task.dispute_id, DisputeFiled.kind), 1)
        filed = recorded.event
        assert isinstance(filed, DisputeFiled)
        reference = await self._codec.open(filed.order.payment_reference, task.marketplace)
        if reference is not None and reference != ERASED:
            payment = self._blind.uuid("payment", task.marketplace, reference)
            async with self._pool.connection() as connection, connection.transaction():
                await tables.know_payment(connection, payment, task.dispute_id, task.marketplace, filed.order.subject)
        await self._to_look_up.done(task)

    async def _read(self, item: Item) -> None:
        try:
            opened = await self._quarantine.open(item.id, item.marketplace)
            if opened is not None:
                await self._store(item, READERS[item.provider](opened.raw))
        except PASSING:
            raise
        except Exception as error:
            _log.error("notice_not_read", notice_id=str(item.id), error=describe(error))
            if await self._quarantine.later(item, _FAILED) >= _GIVEN_UP:
                async with self._pool.connection() as connection:
                    await self._quarantine.settle(connection, item.id, "unknown", "unreadable", READER)

    async def _store(self, item: Item, read: Sequence[Notice | Unknown]) -> None:
        about = item.marketplace, item.provider
        notices = [
            (
                self._blind.uuid("provider dispute", *about, one.dispute),
                [self._blind.uuid("payment", item.marketplace, name) for name in one.payments],
                one,
            )
            for one in read
            if isinstance(one, Notice)
        ]
        unknown = next((one for one in read if isinstance(one, Unknown)), None)
        status: Status = "unknown" if unknown is not None else "unmatched" if notices else "noted"
        why = f"{unknown.code or '?'}: {unknown.why}" if unknown is not None else None
        now = await self._clocks.now(item.marketplace)
        async with self._pool.connection() as connection, connection.transaction():
            await tables.put_items(connection, item.id, about, notices, now)
            await self._quarantine.settle(connection, item.id, status, why, READER)

    async def _due(self) -> list[Row]:
        turned, quiet = await self._clocks.turned(), self._clocks.real() - SETTLES
        async with self._pool.connection() as connection, connection.transaction():
            found = await tables.claim(connection, None, turned, quiet)
            for marketplace, now in turned.items():
                found += await tables.claim(connection, marketplace, (), now - SETTLES)
        return found

    async def _look_at(self, row: Row) -> None:
        try:
            async with self._pool.connection() as connection:
                told = await tables.told(connection, row)
            dispute_id = row.dispute_id or await self._effects.match(row, told)
            if dispute_id is None:
                async with self._pool.connection() as connection:
                    await tables.seen(connection, row, None, settled=False)
                return
            for post in told.posts:
                await self._seal_for_buyer(post, row.marketplace, dispute_id)
            await self._effects.carry_out(row, dispute_id, told.notices, await self._clocks.now(row.marketplace))
        except PASSING:
            raise
        except Exception as error:
            if not isinstance(error, Refusal):
                _log.error("provider_dispute_failed", dispute_id=str(row.dispute_id), error=describe(error))
            async with self._pool.connection() as connection:
                await tables.later(connection, row)

    async def _seal_for_buyer(self, post: UUID, marketplace: str, dispute_id: UUID) -> None:
        """A post about the payments of several buyers is sealed for the first of them."""
        opened = await self._quarantine.open(post, marketplace)
        if opened is not None and opened.item.own_key:
            await self._quarantine.matched(opened, await self._effects.buyer(dispute_id, marketplace))
