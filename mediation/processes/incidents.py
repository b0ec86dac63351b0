"""Incidents: an act addressed to all members of an incident reaches each member once, even if a worker dies.

The members are the disputes that were in the incident at the act's position in the log. Each member is a row here until
its dispute has recorded that the act reached it, or which rule refused the act. The words stay sealed on the way.
"""

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import structlog
from psycopg import AsyncConnection
from psycopg.types.json import Jsonb
from psycopg_pool import AsyncConnectionPool

from domain.incidents.incident_facts import OfferedToAll, ProposedToAll
from domain.incidents.membership import CarryBulkAct, RecordNotReached
from domain.incidents.membership_facts import IncidentJoined, IncidentLeft
from domain.kernel.base import Actor, Role
from domain.kernel.people import Text, Words
from domain.kernel.refusals import Refusal
from mediation.engine import Engine, Request
from mediation.processes import ENGINE
from mediation.processes.tasks import TaskProcess
from mediation.store.clocks import Clocks
from mediation.store.follow.consumer import PASSING, describe
from mediation.store.log.recorded import Recorded

TABLE = """CREATE TABLE IF NOT EXISTS incident_dispute (
  incident_id uuid NOT NULL, dispute_id uuid NOT NULL, PRIMARY KEY (incident_id, dispute_id));
CREATE TABLE IF NOT EXISTS bulk_act (
  incident_id uuid NOT NULL, number int NOT NULL, marketplace text NOT NULL, actor uuid NOT NULL, role text NOT NULL,
  words jsonb, correlation_id uuid, PRIMARY KEY (incident_id, number));
CREATE TABLE IF NOT EXISTS bulk_task (
  incident_id uuid NOT NULL, number int NOT NULL, dispute_id uuid NOT NULL,
  not_before timestamptz NOT NULL DEFAULT '-infinity', PRIMARY KEY (incident_id, number, dispute_id));
CREATE INDEX IF NOT EXISTS bulk_task_next ON bulk_task (not_before)"""

_JOINED = "INSERT INTO incident_dispute VALUES (%s, %s) ON CONFLICT DO NOTHING"
_LEFT = "DELETE FROM incident_dispute WHERE incident_id = %s AND dispute_id = %s"
_DROP = "DELETE FROM bulk_task WHERE incident_id = %s AND dispute_id = %s"
_SAID = "INSERT INTO bulk_act VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING"
_SET = """INSERT INTO bulk_task (incident_id, number, dispute_id)
SELECT incident_id, %s, dispute_id FROM incident_dispute WHERE incident_id = %s
ON CONFLICT (incident_id, number, dispute_id) DO UPDATE SET not_before = '-infinity'"""
_DUE = """SELECT incident_id, number, dispute_id, marketplace, actor, role, words, correlation_id
FROM bulk_task JOIN bulk_act USING (incident_id, number) WHERE not_before <= now() ORDER BY not_before LIMIT 500"""
_DONE = "DELETE FROM bulk_task WHERE incident_id = %s AND number = %s AND dispute_id = %s"
_LATER = """UPDATE bulk_task SET not_before = now() + interval '1 minute'
WHERE incident_id = %s AND number = %s AND dispute_id = %s"""

_AT_ONCE = 16
"""How many members are handled side by side, so that their commands share the log's commits."""

_log = structlog.get_logger(__name__)


class IncidentProcess(TaskProcess):
    name = "bulk_acts@1"
    tables = ("incident_dispute", "bulk_act", "bulk_task")
    concerns = frozenset(event.kind for event in (IncidentJoined, IncidentLeft, ProposedToAll, OfferedToAll))

    def __init__(self, pool: AsyncConnectionPool[AsyncConnection], engine: Engine, clocks: Clocks) -> None:
        super().__init__(pool)
        self._engine = engine
        self._clocks = clocks

    async def apply(self, conn: AsyncConnection, batch: Sequence[Recorded]) -> None:
        for recorded in batch:
            match recorded.event:
                case IncidentJoined(incident_id=incident_id):
                    await conn.execute(_JOINED, (incident_id, recorded.dispute_id))
                case IncidentLeft(incident_id=incident_id):
                    await conn.execute(_LEFT, (incident_id, recorded.dispute_id))
                    await conn.execute(_DROP, (incident_id, recorded.dispute_id))
                case ProposedToAll(number=number, reasons=words):
                    await self._said(conn, recorded, number, Role.NEUTRAL, words)
                case OfferedToAll(number=number, by=by, message=words):
                    await self._said(conn, recorded, number, Role(by.value), words)

    async def work(self) -> int:
        """Brings the due acts to their members; returns to how many. One that fails is tried again later."""
        async with self._pool.connection() as conn:
            tasks = await (await conn.execute(_DUE)).fetchall()
        if len(tasks) > 1:
            self._wake.set()  # there may be more rows than one look takes
        for start in range(0, len(tasks), _AT_ONCE):
            brought = (self._bring(*task) for task in tasks[start : start + _AT_ONCE])
            failures = [f for f in await asyncio.gather(*brought, return_exceptions=True) if f is not None]
            if failures:
                raise failures[0]
        return len(tasks)

    async def _said(
        self, conn: AsyncConnection, recorded: Recorded, number: int, role: Role, words: Text | None
    ) -> None:
        told = None if words is None else Jsonb(words.model_dump(mode="json", include={"text", "language"}))
        about = (recorded.marketplace, recorded.actor, role.value, told, recorded.correlation_id)
        await conn.execute(_SAID, (recorded.stream_id, number, *about))
        await conn.execute(_SET, (number, recorded.stream_id))
        self._wake.set()

    async def _bring(
        self,
        incident_id: UUID,
        number: int,
        dispute_id: UUID,
        marketplace: str,
        actor: UUID,
        role: str,
        words: dict[str, Any] | None,
        correlation_id: UUID | None,
    ) -> None:
        about = {"marketplace": marketplace, "dispute_id": dispute_id, "incident_id": incident_id, "number": number}
        task = (incident_id, number, dispute_id)
        try:
            who = Actor(subject=actor, role=Role(role))
            said = Words.model_validate(words) if words else None
            await self._decide(about, who, said, Request(correlation_id=correlation_id))
        except PASSING:
            raise
        except Exception as error:
            _log.error("bulk_act_failed", dispute_id=str(dispute_id), error=describe(error))
            await self._execute(_LATER, task)
        else:
            await self._execute(_DONE, task)

    async def _decide(self, about: dict[str, Any], who: Actor, said: Words | None, chain: Request) -> None:
        """Carries out the act in its author's name. If a rule refuses it, the refusal is recorded in the dispute."""
        now = await self._clocks.now(about["marketplace"])
        carry = CarryBulkAct.model_validate({**about, "actor": who, "now": now, "words": said})
        try:
            await self._engine.handle(carry, chain)
        except Refusal as refusal:
            missed = {**about, "actor": ENGINE, "now": now, "code": refusal.code}
            await self._engine.handle(RecordNotReached.model_validate(missed), chain)
