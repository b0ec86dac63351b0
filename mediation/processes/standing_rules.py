"""Standing rules: as soon as a claim is filed against a seller who has rules, the engine answers by the first one that fits.

The rules in force are read off the log in its order, so each filing meets the version that was in force before it, whatever
is changed later. Such a dispute is a row here until `ApplyStandingRules` is decided; that answers once, even if a worker dies.
During a stay nothing is answered: the row waits until the dispute goes on.
"""

from collections.abc import Sequence
from uuid import UUID

import structlog
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from domain.clocks.stay import DisputeIsStayed
from domain.clocks.stay_facts import DisputeResumed
from domain.filing.filing_facts import DisputeFiled
from domain.filing.standing_rules import ApplyStandingRules
from domain.filing.standing_rules_facts import StandingRulesSet, StandingRulesWithdrawn
from domain.kernel.people import Side
from domain.kernel.refusals import Refusal
from mediation.engine import Engine, Request
from mediation.processes import ENGINE
from mediation.processes.tasks import TaskProcess
from mediation.store.clocks import Clocks
from mediation.store.follow.consumer import PASSING, describe
from mediation.store.log.recorded import Recorded

TABLE = """CREATE TABLE IF NOT EXISTS standing_rules_in_force (
  marketplace text NOT NULL, seller uuid NOT NULL, version int NOT NULL, PRIMARY KEY (marketplace, seller));
CREATE TABLE IF NOT EXISTS standing_rules_task (
  dispute_id uuid PRIMARY KEY, position bigint NOT NULL, marketplace text NOT NULL, version int NOT NULL,
  correlation_id uuid, not_before timestamptz NOT NULL DEFAULT '-infinity');
CREATE INDEX IF NOT EXISTS standing_rules_task_next ON standing_rules_task (not_before, position)"""

_IN_FORCE = """INSERT INTO standing_rules_in_force VALUES (%s, %s, %s)
ON CONFLICT (marketplace, seller) DO UPDATE SET version = excluded.version"""
_WITHDRAWN = "DELETE FROM standing_rules_in_force WHERE marketplace = %s AND seller = %s"
_SET = """INSERT INTO standing_rules_task (dispute_id, position, marketplace, version, correlation_id)
SELECT %s, %s, marketplace, version, %s FROM standing_rules_in_force WHERE marketplace = %s AND seller = %s
ON CONFLICT DO NOTHING"""
_GOES_ON = "UPDATE standing_rules_task SET position = %s, not_before = '-infinity' WHERE dispute_id = %s"
_DUE = """SELECT dispute_id, position, marketplace, version, correlation_id FROM standing_rules_task
WHERE not_before <= now() ORDER BY not_before, position LIMIT 500"""
_DONE = "DELETE FROM standing_rules_task WHERE dispute_id = %s"
_STAYED = "UPDATE standing_rules_task SET not_before = 'infinity' WHERE dispute_id = %s AND position = %s"
"""Nothing changes if the dispute has gone on since."""
_LATER = "UPDATE standing_rules_task SET not_before = now() + interval '1 minute' WHERE dispute_id = %s"

_log = structlog.get_logger(__name__)


class StandingRulesProcess(TaskProcess):
    name = "standing_rules@1"
    tables = ("standing_rules_in_force", "standing_rules_task")
    concerns = frozenset(
        event.kind for event in (StandingRulesSet, StandingRulesWithdrawn, DisputeFiled, DisputeResumed)
    )

    def __init__(self, pool: AsyncConnectionPool[AsyncConnection], engine: Engine, clocks: Clocks) -> None:
        super().__init__(pool)
        self._engine = engine
        self._clocks = clocks

    async def apply(self, conn: AsyncConnection, batch: Sequence[Recorded]) -> None:
        for recorded in batch:
            match recorded.event:
                case StandingRulesSet(seller=seller, version=version):
                    await conn.execute(_IN_FORCE, (recorded.marketplace, seller, version))
                case StandingRulesWithdrawn(seller=seller):
                    await conn.execute(_WITHDRAWN, (recorded.marketplace, seller))
                case DisputeFiled(claimant=Side.BUYER, imported=False, seller=party):
                    about = (recorded.dispute_id, recorded.position, recorded.correlation_id)
                    await conn.execute(_SET, (*about, recorded.marketplace, party.subject))
                    self._wake.set()
                case DisputeResumed():
                    await conn.execute(_GOES_ON, (recorded.position, recorded.dispute_id))
                    self._wake.set()

    async def work(self) -> int:
        """Answers in the due disputes; returns in how many it tried. One that fails is tried again later; the others go on."""
        async with self._pool.connection() as conn:
            tasks = await (await conn.execute(_DUE)).fetchall()
        for task in tasks:
            await self._answer(*task)
        return len(tasks)

    async def _answer(
        self, dispute_id: UUID, position: int, marketplace: str, version: int, correlation_id: UUID | None
    ) -> None:
        now = await self._clocks.now(marketplace)
        command = ApplyStandingRules(
            marketplace=marketplace, actor=ENGINE, now=now, dispute_id=dispute_id, version=version
        )
        try:
            await self._engine.handle(command, Request(correlation_id=correlation_id))
        except DisputeIsStayed:
            await self._execute(_STAYED, (dispute_id, position))
        except Refusal as refusal:  # nothing would change that
            _log.warning("standing_rule_refused", dispute_id=str(dispute_id), code=refusal.code)
            await self._execute(_DONE, (dispute_id,))
        except PASSING:
            raise
        except Exception as error:
            _log.error("standing_rules_failed", dispute_id=str(dispute_id), error=describe(error))
            await self._execute(_LATER, (dispute_id,))
        else:
            await self._execute(_DONE, (dispute_id,))
