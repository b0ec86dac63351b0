"""Refunds: each open commitment of money gets one refund. The refund is recorded first and then sent to the gateway.

A refund without an answer is asked about, and a failed one is tried again, at the instants that the events give. The
table only holds when to look at which refund, by the marketplace's own clock.

Each marketplace with a gateway of its own has its own lane, so that a provider that hangs delays no other marketplace's
refunds. All other marketplaces share one lane. A lane handles `AT_ONCE` refunds side by side.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Literal, NamedTuple
from uuid import UUID

import structlog
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from domain.clocks.stay_facts import DisputeResumed, DisputeStayed
from domain.commitments.events import (
    CommitmentClass,
    CommitmentDischarged,
    CommitmentKept,
    CommitmentMade,
    CommitmentReplaced,
    CommitmentWaived,
    refund_id_of,
)
from domain.kernel.refusals import Refusal
from domain.payments.execution import InstructRefund, ReleaseRefund
from domain.payments.execution_facts import RefundStalled, RefundUnderway
from domain.payments.refunds import OVER
from mediation.engine import Engine, Request
from mediation.processes import ENGINE
from mediation.processes.attempts import Attempts
from mediation.processes.tasks import LONGEST_SLEEP, SOON, TaskProcess
from mediation.store.follow.consumer import PASSING, describe
from mediation.store.log.recorded import Recorded
from mediation.store.tasks import end

TABLE = """CREATE TABLE IF NOT EXISTS refund_work (
  commitment_id uuid PRIMARY KEY, dispute_id uuid NOT NULL, marketplace text NOT NULL, correlation_id uuid,
  owed_at timestamptz NOT NULL, position bigint NOT NULL DEFAULT 0,
  act text NOT NULL CHECK (act IN ('instruct', 'follow', 'release')), not_before timestamptz NOT NULL DEFAULT '-infinity');
CREATE INDEX IF NOT EXISTS refund_work_next ON refund_work (not_before);
CREATE INDEX IF NOT EXISTS refund_work_next_there ON refund_work (marketplace, not_before)"""

_SET = """INSERT INTO refund_work (commitment_id, dispute_id, marketplace, correlation_id, owed_at, position, act, not_before)
VALUES (%s, %s, %s, %s, %s, %s, %s, coalesce(%s, '-infinity'::timestamptz))
ON CONFLICT (commitment_id) DO UPDATE SET act = excluded.act, position = excluded.position, not_before = excluded.not_before"""
_RELEASE = (
    "UPDATE refund_work SET act = 'release', not_before = '-infinity' WHERE commitment_id = %s AND act = 'follow'"
)
_HOLD = "UPDATE refund_work SET not_before = 'infinity' WHERE dispute_id = %s AND act = 'instruct'"
_GO_ON = "UPDATE refund_work SET not_before = owed_at WHERE dispute_id = %s AND act = 'instruct'"
_DROP = "DELETE FROM refund_work WHERE commitment_id = %s AND act = 'instruct'"
_DUE = """SELECT commitment_id, dispute_id, marketplace, correlation_id, owed_at, position, act FROM (
  SELECT * FROM refund_work WHERE not_before <= %s
  UNION SELECT w.* FROM refund_work w JOIN unnest(%s::text[], %s::timestamptz[]) turned (marketplace, now) USING (marketplace)
  WHERE not_before <= turned.now) due
WHERE commitment_id <> ALL(%s) AND marketplace <> ALL(%s) AND (%s OR marketplace = ANY(%s))
ORDER BY act DESC, not_before LIMIT 500"""
_DONE = "DELETE FROM refund_work WHERE commitment_id = %s AND act = %s"
# Changes nothing if an event has set the row again since the process looked at it.
_LATER = "UPDATE refund_work SET not_before = %s WHERE commitment_id = %s AND act = %s AND position = %s"
_NEVER = "UPDATE refund_work SET not_before = 'infinity' WHERE commitment_id = %s AND act = 'follow' AND position = %s"

AT_ONCE = 8
"""How many refunds of a lane a worker handles side by side."""
_ENOUGH = 64
"""When so many refunds of a lane are under way or waiting, the worker takes no more of that lane."""

_MINUTE = timedelta(minutes=1)
_HOUR = timedelta(hours=1)

_log = structlog.get_logger(__name__)


class RefundProcess(TaskProcess):
    name = "refunds@2"
    tables = ("refund_work",)

    def __init__(self, pool: AsyncConnectionPool[AsyncConnection], engine: Engine, attempts: Attempts) -> None:
        super().__init__(pool)
        self._engine = engine
        self._attempts = attempts
        self._clocks = attempts.clocks
        self._gates = defaultdict[str | None, asyncio.Semaphore](lambda: asyncio.Semaphore(AT_ONCE))

    async def apply(self, conn: AsyncConnection, batch: Sequence[Recorded]) -> None:
        """Keeps the rows. `follow` stays until the refund is over: if its commitment ends unpaid, it becomes `release`."""
        for recorded in batch:
            match recorded.event:
                case CommitmentMade(commitment_id=cid, commitment_class=CommitmentClass.REMEDY) as made:
                    if made.by_refund:
                        await conn.execute(_SET, _task(recorded, cid, "instruct", made.promise.owed_from))
                case RefundUnderway(commitment_id=cid) | RefundStalled(commitment_id=cid):
                    await conn.execute(_SET, _task(recorded, cid, "follow"))
                case DisputeStayed():
                    await conn.execute(_HOLD, (recorded.dispute_id,))
                case DisputeResumed():
                    await conn.execute(_GO_ON, (recorded.dispute_id,))
                case CommitmentKept(commitment_id=cid):
                    await conn.execute("DELETE FROM refund_work WHERE commitment_id = %s", (cid,))
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
        """Runs until cancelled."""
        under_way: _UnderWay = {}
        try:
            while True:
                woken = self._wake.is_set()
                self._wake.clear()
                found = await self._begin(under_way)
                with suppress(TimeoutError):
                    async with asyncio.timeout(SOON if woken and not found else LONGEST_SLEEP):
                        await self._wake.wait()
                for commitment_id in [cid for cid, (_, task) in under_way.items() if task.done()]:
                    lane, task = under_way.pop(commitment_id)
                    try:
                        task.result()
                    except PASSING as error:
                        _log.warning("refund_begins_again", marketplace=lane, error=describe(error))
        finally:
            await end([task for _, task in under_way.values()])

    async def work(self) -> int:
        """Does everything that is due now, to its end; returns how much that was."""
        under_way: _UnderWay = {}
        try:
            found = await self._begin(under_way)
            await asyncio.gather(*(task for _, task in under_way.values()))
        finally:
            await end([task for _, task in under_way.values()])
        return found

    async def _begin(self, under_way: "_UnderWay") -> int:
        """Starts what is due and not under way, except in lanes that have enough. Returns how much it started.

        Releases come first: they make room for what is to be instructed.
        """
        turned, named = await self._clocks.turned(), self._attempts.gateways.by_marketplace
        often = Counter(lane for lane, _ in under_way.values())
        full = {lane for lane, number in often.items() if number >= _ENOUGH}
        async with self._pool.connection() as conn:
            about = (list(under_way), list(full & set(named)), None not in full, list(named))
            due = await conn.execute(_DUE, (self._clocks.real(), list(turned), list(turned.values()), *about))
            found = [(row[2] if row[2] in named else None, _Task._make(row)) for row in await due.fetchall()]
        releasing = {lane for lane, task in found if task.act == "release"}
        begun = [(lane, task) for lane, task in found if task.act == "release" or lane not in releasing]
        for lane, task in begun:
            under_way[task.commitment_id] = lane, asyncio.create_task(self._in_turn(lane, task))
            under_way[task.commitment_id][1].add_done_callback(lambda _: self._wake.set())
        return len(begun)

    async def _in_turn(self, lane: str | None, task: "_Task") -> None:
        async with self._gates[lane]:
            await self._do(task)

    async def _do(self, task: "_Task") -> None:
        """A task that fails is tried again later; the others go on."""
        commitment_id, dispute_id, marketplace, correlation_id, owed_at, position, act = task
        chain = Request(correlation_id=correlation_id)
        try:
            if act == "instruct":
                await self._instruct(commitment_id, dispute_id, marketplace, owed_at, chain)
            elif act == "follow":
                await self._follow(commitment_id, position, marketplace, chain)
                return
            else:
                await self._release(commitment_id, dispute_id, marketplace, chain)
        except Refusal as refusal:
            # Still owed, and still in the pending-commitment view. What stands in its way may go away.
            _log.warning("refund_refused", commitment_id=str(commitment_id), code=refusal.code, facts=refusal.facts)
            await self._later(commitment_id, act, position, marketplace)
        except PASSING:
            raise
        except Exception as error:
            _log.error("refund_failed_to_move", commitment_id=str(commitment_id), error=describe(error))
            await self._later(commitment_id, act, position, marketplace)
        else:
            await self._execute(_DONE, (commitment_id, act))

    async def _instruct(
        self, commitment_id: UUID, dispute_id: UUID, marketplace: str, owed_at: datetime, chain: Request
    ) -> None:
        """Instructs the refund. In an imported dispute it takes effect when it was owed, and no provider is asked."""
        dispute, _, _ = await self._engine.dispute(dispute_id, marketplace)
        command = InstructRefund(
            marketplace=marketplace,
            actor=ENGINE,
            now=owed_at if dispute.imported else await self._clocks.now(marketplace),
            imported=dispute.imported,
            dispute_id=dispute_id,
            commitment_id=commitment_id,
        )
        await self._attempts.store_and_make(command, chain)

    async def _follow(self, commitment_id: UUID, position: int, marketplace: str, chain: Request) -> None:
        """Looks after a refund that is not over, if that is due, and stores when to look again."""
        refund = await self._engine.refund(refund_id_of(commitment_id), marketplace)
        now = await self._clocks.now(marketplace)
        if refund.status in OVER:
            await self._execute(_DONE, (commitment_id, "follow"))
        elif refund.next_at is None or not self._attempts.looks_after(refund, marketplace):
            await self._execute(_NEVER, (commitment_id, position))
        elif refund.next_at > now:
            await self._execute(_LATER, (refund.next_at, commitment_id, "follow", position))
        else:
            # Set before anything is done, so that what is done may set it again. The longer the wait, the rarer the
            # looks.
            again = now + min(max(now - refund.next_at, _MINUTE), _HOUR)
            await self._execute(_LATER, (again, commitment_id, "follow", position))
            await self._attempts.go_on(refund, marketplace, chain)

    async def _release(self, commitment_id: UUID, dispute_id: UUID, marketplace: str, chain: Request) -> None:
        command = ReleaseRefund(
            marketplace=marketplace,
            actor=ENGINE,
            now=await self._clocks.now(marketplace),
            dispute_id=dispute_id,
            refund_id=refund_id_of(commitment_id),
        )
        await self._engine.handle(command, chain)

    async def _later(self, commitment_id: UUID, act: str, position: int, marketplace: str) -> None:
        later = await self._clocks.now(marketplace) + _MINUTE
        await self._execute(_LATER, (later, commitment_id, act, position))


_UnderWay = dict[UUID, tuple[str | None, asyncio.Task[None]]]
"""Each refund's lane and its running task, by the id of its commitment."""


class _Task(NamedTuple):
    commitment_id: UUID
    dispute_id: UUID
    marketplace: str
    correlation_id: UUID | None
    owed_at: datetime
    position: int
    act: Literal["instruct", "follow", "release"]


def _task(recorded: Recorded, commitment_id: UUID, act: str, owed_from: datetime | None = None) -> tuple[object, ...]:
    """The money is owed from when the commitment was made, or from the instant that the commitment names."""
    owed_at = owed_from or recorded.occurred_at
    whose = (commitment_id, recorded.dispute_id, recorded.marketplace, recorded.correlation_id)
    return *whose, owed_at, recorded.position, act, owed_from
