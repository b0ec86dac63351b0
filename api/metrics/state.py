"""What the metrics say about the log: read from the database, so that each worker says the same of all of them."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic

import structlog
from psycopg import Error
from psycopg_pool import PoolTimeout

from api.services import Services
from mediation.processes.deadlines import seconds_late
from mediation.processes.notices.tables import Backlog, backlog
from mediation.processes.webhooks import deliveries as webhook_deliveries
from mediation.store import mail_in, notice_in
from mediation.store.desk import console_sessions, presences
from mediation.store.estimates import estimated_rows
from mediation.store.follow.standing import Standing, standings
from projections.commitment_totals import OpenCommitments, open_commitments

_PATIENCE = 5.0
"""Seconds that a look may take. Prometheus waits for ten by default."""

_EVERY = 1.0
"""Seconds for which one look counts: asking often must cost nothing."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class State:
    """`late` is for how many seconds the earliest due deadline has waited for the clock. `read_marks`, `ruling_drafts`,
    `contacts_kept`, `snoozes` and `own_desks` are estimates.
    """

    standings: Sequence[Standing]
    commitments: Sequence[OpenCommitments]
    late: float
    read_marks: int
    ruling_drafts: int
    contacts_kept: int
    snoozes: int
    presences: int
    own_desks: int
    console_sessions: int
    notices: Backlog
    pile: int
    provider_notices: notice_in.Backlog
    webhooks: webhook_deliveries.Backlog


class StateReader:
    """One per worker."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._turn = asyncio.Lock()
        self._found: State | None = None
        self._at: float | None = None

    async def state(self) -> State | None:
        """As it was at most `_EVERY` seconds ago. None if the database did not answer."""
        async with self._turn:
            if self._at is None or monotonic() - self._at >= _EVERY:
                self._found = await self._look()
                self._at = monotonic()
            return self._found

    async def _look(self) -> State | None:
        services = self._services
        now = services.clocks.real()
        try:
            async with asyncio.timeout(_PATIENCE):
                return State(
                    standings=await standings(services.pool, [consumer.name for consumer in services.consumers]),
                    commitments=await open_commitments(services.pool, now),
                    late=await seconds_late(services.pool, now),
                    read_marks=await estimated_rows(services.pool, "read_mark"),
                    ruling_drafts=await estimated_rows(services.pool, "ruling_draft"),
                    contacts_kept=await estimated_rows(services.pool, "contacts_kept"),
                    snoozes=await estimated_rows(services.pool, "snooze"),
                    presences=await presences.rows(services.pool),
                    own_desks=await estimated_rows(services.pool, "own_desk"),
                    console_sessions=await console_sessions.rows(services.pool),
                    notices=await backlog(services.pool),
                    pile=await mail_in.pile(services.pool),
                    provider_notices=await notice_in.backlog(services.pool),
                    webhooks=await webhook_deliveries.backlog(services.pool),
                )
        except (Error, PoolTimeout, TimeoutError) as error:
            _log.error(
                "metrics_without_database", error=type(error).__name__, sqlstate=getattr(error, "sqlstate", None)
            )
            return None
