"""What a worker remembers of the database, and when it has to drop all of it.

A standby that is promoted may lack the last facts of the former server, although those were acknowledged. It then gives
their positions to other facts. So everything that a worker remembers may be about facts that are in no log any more:
states of streams, data keys, facts that wait for a view. The worker drops it all in two cases:

- The log no longer holds the last fact that the worker has seen. It is looked for by its identity, because another fact
  may be at its position. This is an error in the log of the worker: facts are lost.
- A new connection leads to another server, or to the same one after a restart. A standby may lack a data key that this
  worker remembers, even if it has every fact.

Whatever spans several statements notes the `generation` at its start, and begins again if it has changed since.
"""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import structlog
from psycopg import AsyncConnection

_SERVER = "pg_postmaster_start_time(), (SELECT oid::bigint FROM pg_database WHERE datname = current_database())"
"""Which run of which server this is. A standby was started at another instant. Every role may ask, on every provider."""

_LOG = f"""SELECT {_SERVER}, (SELECT coalesce(max(position), 0) FROM event), EXISTS (
  SELECT FROM event WHERE position = %b::bigint AND recorded_at = %b::timestamptz AND stream_id = %b::uuid
  AND causation_id IS NOT DISTINCT FROM %b::uuid)"""
_KEYS = f"SELECT {_SERVER}"

Listener = Callable[[], None]

_log = structlog.get_logger(__name__)


class Identity(NamedTuple):
    """Tells a fact from another one that a promoted standby may have put at its position."""

    position: int
    recorded_at: datetime
    stream_id: UUID
    causation_id: UUID | None


class Memory:
    """One per worker. Give `check_log` and `check_keys` to the pools: they are called for every new connection."""

    def __init__(self) -> None:
        self.generation = 0
        """Grows whenever everything is dropped."""
        self._last: Identity | None = None
        self._servers: dict[str, tuple[datetime, int]] = {}
        self._listeners: list[Listener] = []

    def on_drop(self, listener: Listener) -> None:
        """Calls `listener` in the event loop when everything has to be dropped."""
        self._listeners.append(listener)

    def saw(self, fact: Identity) -> None:
        """Call it with the last of the facts that something is remembered of."""
        if self._last is None or fact.position > self._last.position:
            self._last = fact

    async def check_log(self, connection: AsyncConnection) -> None:
        """Drops everything if this server's log lacks the last fact seen, or if it is another server than before."""
        last, generation = self._last, self.generation
        cursor = await connection.execute(_LOG, last or (None,) * 4, binary=True)
        started_at, database, end, holds = await cursor.fetchone() or (None, None, 0, True)
        if last is not None and not holds and generation == self.generation:
            self._servers["log"] = (started_at, database)
            self.lost(last.position, end)
        else:
            self._check_server("log", (started_at, database))

    async def check_keys(self, connection: AsyncConnection) -> None:
        """The same for the key store, which may be in another database."""
        self._check_server("keys", await (await connection.execute(_KEYS, binary=True)).fetchone() or ())

    def lost(self, seen: int, end: int) -> None:
        """Drops everything, because the fact that was seen at position `seen` is gone. `end` is the last position now."""
        _log.error("facts_lost", seen=seen, log_ends_at=end)
        self._last = None
        self._drop()

    def _check_server(self, of: str, server: tuple[datetime, int]) -> None:
        before = self._servers.get(of)
        self._servers[of] = server
        if before is not None and before != server:
            _log.info("another_server", of=of, started_at=server[0].isoformat())
            self._drop()

    def _drop(self) -> None:
        self.generation += 1
        for listener in self._listeners:
            listener()
