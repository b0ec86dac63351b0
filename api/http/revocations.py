"""What each worker knows about revoked tokens.

A revocation is a fact in the log. Every worker looks for new ones twice a second. At the start it knows all of them before
it serves. A request costs nothing more: a token is compared with them when it is proven, and what was proven before is
forgotten when a revocation arrives.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

import structlog

from api.audit.register import WHOLE_CELL
from api.http.auth import Claims
from domain.access.revocation_facts import Revocations, TokenRevoked, TokensOfSubjectRevoked, evolve
from mediation.store.follow.consumer import PASSING
from mediation.store.log.log import EventLog

_EVERY = 0.5  # seconds
_REVOKED = "kind IN ('TokenRevoked', 'TokensOfSubjectRevoked')"
"""As in the index of revocations.sql."""
_MOST = 1_000_000
_NEVER_READ = (-1, -1)

_log = structlog.get_logger(__name__)


class RevokedTokens:
    """One per worker. `changed` is called when more tokens are revoked than were known."""

    def __init__(self, log: EventLog) -> None:
        self.changed: Callable[[], None] = lambda: None
        self._log = log
        self._known = _NEVER_READ
        self._by_marketplace = dict[str, Revocations]()
        self._learning = asyncio.Lock()
        log.memory.on_drop(self._doubt)

    def end(self, token: Claims) -> bool:
        """Whether this token is good no more, by its marketplace or for the whole cell."""
        return self.ends(token.sub, token.marketplace, datetime.fromtimestamp(token.iat, UTC), token.jti)

    def ends(self, subject: UUID, marketplace: str | None, issued_at: datetime, token_id: str | None = None) -> bool:
        """The same for whatever this person got at this instant, such as a session of the console."""
        return any(
            revoked.end(token_id, subject, issued_at)
            for name in (marketplace or WHOLE_CELL, WHOLE_CELL)
            if (revoked := self._by_marketplace.get(name)) is not None
        )

    async def run(self) -> None:
        """Until cancelled. While the database is away, what is known stays so."""
        while True:
            try:
                await self.learn()
            except PASSING as error:
                _log.warning("revocations_cannot_be_read", error=type(error).__name__)
            await asyncio.sleep(_EVERY)

    async def learn(self) -> None:
        """Reads all of them when there are others than before, or when a standby may have taken over: it may have lost
        some, and have as many others at the same positions."""
        async with self._learning:
            generation = self._log.memory.generation
            if (found := await self._log.extent(_REVOKED)) != self._known:
                await self._read()
                self._known = found if generation == self._log.memory.generation else _NEVER_READ
                self.changed()

    def _doubt(self) -> None:
        self._known = _NEVER_READ

    async def _read(self) -> None:
        known = defaultdict[str, Revocations](Revocations)
        for recorded in await self._log.where(_REVOKED, (), _MOST):
            event = recorded.event
            assert isinstance(event, TokenRevoked | TokensOfSubjectRevoked), "what was asked for"
            known[recorded.marketplace] = evolve(known[recorded.marketplace], event)
        self._by_marketplace = dict(known)
