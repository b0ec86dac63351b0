"""Refunds: every open commitment of money gets its one refund, put on record first and then handed to the gateway."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from uuid import UUID

import structlog
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from domain.commitments import (
    CommitmentClass,
    CommitmentDischarged,
    CommitmentKept,
    CommitmentMade,
    CommitmentReplaced,
    CommitmentWaived,
    refund_id_of,
)
from domain.refusals import Refusal
from domain.remedy import InstructRefund, RefundStalled, ReleaseRefund
from domain.stay import DisputeResumed, DisputeStayed
from mediation.engine import Engine, Request
from mediation.gateways.payments import PaymentGateway
from mediation.processes import ENGINE
from mediation.store.consumer import PASSING, describe
from mediation.store.log import Recorded

TABLE = """CREATE TABLE IF NOT EXISTS refund_task (
  commitment_id uuid PRIMARY KEY, dispute_id uuid NOT NULL, marketplace text NOT NULL, correlation_id uuid,
  owed_at timestamptz NOT NULL,
  act text NOT NULL CHECK (act IN ('instruct', 'release', 'none')), not_before timestamptz NOT NULL DEFAULT '-infinity');
CREATE INDEX IF NOT EXISTS refund_task_open ON refund_task (not_before) WHERE act <> 'none'"""

_SET = """INSERT INTO refund_task (commitment_id, dispute_id, marketplace, correlation_id, owed_at, act, not_before)
VALUES (%s, %s, %s, %s, %s, %s, coalesce(%s, '-infinity'::timestamptz))
ON CONFLICT (commitment_id) DO UPDATE SET act = excluded.act, not_before = excluded.not_before"""
_RELEASE = "UPDATE refund_task SET act = 'release' WHERE commitment_id = %s AND act = 'none'"
_HOLD = "UPDATE refund_task SET not_before = 'infinity' WHERE dispute_id = %s AND act = 'instruct'"
_GO_ON = "UPDATE refund_task SET not_before = owed_at WHERE dispute_id = %s AND act = 'instruct'"
_DROP = "DELETE FROM refund_task WHERE commitment_id = %s AND act = 'instruct'"
# Releases come first: they leave room for what is to be instructed.
_DUE = """SELECT commitment_id, dispute_id, marketplace, correlation_id, owed_at, act FROM refund_task
WHERE act <> 'none' AND not_before <= now() ORDER BY act DESC, not_before LIMIT 500"""
_DONE = "DELETE FROM refund_task WHERE commitment_id = %s AND act = %s"
_LATER = "UPDATE refund_task SET not_before = now() + interval '1 minute' WHERE commitment_id = %s"

_LONGEST_SLEEP = 0.5  # seconds

_log = structlog.get_logger(__name__)


class RefundProcess:
    name = "refunds@1"

    def __init__(self, pool: AsyncConnectionPool[AsyncConnection], engine: Engine, gateway: PaymentGateway) -> None:
        self._pool = pool
        self._engine = engine
        self._gateway = gateway
        self._wake = asyncio.Event()

    async def apply(self, conn: AsyncConnection, batch: Sequence[Recorded]) -> None:
        """`act` 'none' remembers a refund that failed: should its commitment end in another way, the money is released."""
        for recorded in batch:
            match recorded.event:
                case CommitmentMade(commitment_id=cid, commitment_class=CommitmentClass.REMEDY, promise=promise):
                    if promise.by_refund:
                        await conn.execute(_SET, _task(recorded, cid, "instruct", promise.owed_from))
                case RefundStalled(commitment_id=cid):
                    await conn.execute(_SET, _task(recorded, cid, "none"))
                case DisputeStayed():
                    await conn.execute(_HOLD, (recorded.dispute_id,))
                case DisputeResumed():
                    await conn.execute(_GO_ON, (recorded.dispute_id,))
                case CommitmentKept(commitment_id=cid):
                    await conn.execute("DELETE FROM refund_task WHERE commitment_id = %s", (cid,))
                case (
                    CommitmentWaived(commitment_id=cid)
                    | CommitmentReplaced(commitment_id=cid)
                    | CommitmentDischarged(commitment_id=cid)
                ):
                    await conn.execute(_DROP, (cid,))
                    await conn.execute(_RELEASE, (cid,))
                case _:
                    continue
            self._wake.set()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            self._wake.clear()
            await self.work()
            with suppress(TimeoutError):
                async with asyncio.timeout(_LONGEST_SLEEP):
                    await self._wake.wait()

    async def work(self) -> int:
        """Does what there is to do; how much that was. What fails waits for another try, and the rest goes on."""
        async with self._pool.connection() as conn:
            tasks = await (await conn.execute(_DUE)).fetchall()
        for commitment_id, dispute_id, marketplace, correlation_id, owed_at, act in tasks:
            chain = Request(correlation_id=correlation_id)
            try:
                if act == "instruct":
                    await self._instruct(commitment_id, dispute_id, marketplace, owed_at, chain)
                else:
                    await self._release(commitment_id, dispute_id, marketplace, chain)
            except Refusal as refusal:
                # Still owed, and still in the pending-commitment view; whatever stands in its way may go away.
                _log.warning("refund_refused", commitment_id=str(commitment_id), code=refusal.code, **refusal.facts)
                await self._execute(_LATER, (commitment_id,))
            except PASSING:
                raise
            except Exception as error:
                _log.error("refund_failed_to_move", commitment_id=str(commitment_id), error=describe(error))
                await self._execute(_LATER, (commitment_id,))
            else:
                await self._execute(_DONE, (commitment_id, act))
        return len(tasks)

    async def _instruct(
        self, commitment_id: UUID, dispute_id: UUID, marketplace: str, owed_at: datetime, chain: Request
    ) -> None:
        """In a past case that was imported the money began to move when it was owed, and nobody is asked to move it again."""
        dispute, _, _ = await self._engine.dispute(dispute_id, marketplace)
        command = InstructRefund(
            marketplace=marketplace,
            actor=ENGINE,
            now=owed_at if dispute.imported else datetime.now(UTC),
            silence=not dispute.imported,
            dispute_id=dispute_id,
            commitment_id=commitment_id,
        )
        refund = (await self._engine.handle(command, chain)).case.refund
        if refund is not None and refund.status == "submitted" and not dispute.imported:
            await self._gateway.submit(refund.id, refund.amount)

    async def _release(self, commitment_id: UUID, dispute_id: UUID, marketplace: str, chain: Request) -> None:
        command = ReleaseRefund(
            marketplace=marketplace,
            actor=ENGINE,
            now=datetime.now(UTC),
            dispute_id=dispute_id,
            refund_id=refund_id_of(commitment_id),
        )
        await self._engine.handle(command, chain)

    async def _execute(self, statement: str, parameters: Sequence[object]) -> None:
        async with self._pool.connection() as conn:
            await conn.execute(statement, parameters)


def _task(recorded: Recorded, commitment_id: UUID, act: str, owed_from: datetime | None = None) -> tuple[object, ...]:
    """Owed when it was promised, or from when the promise says."""
    owed_at = owed_from or recorded.occurred_at
    return commitment_id, recorded.dispute_id, recorded.marketplace, recorded.correlation_id, owed_at, act, owed_from
