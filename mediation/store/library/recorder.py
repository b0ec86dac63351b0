"""A persistence module for applications of the eventsourcing library.

Name it as `PERSISTENCE_MODULE=mediation.store.library.recorder`. Their events are kept in the schema `library`, apart
from the engine's facts. The engine does not read them. To read the engine's facts through the library, use
`mediation.store.library.facts`. The library's own settings (`POSTGRES_DBNAME` and the others) say where the database
is. `mediation.store.postgres.migrate` makes the tables; snapshots and tracking are in tables of the library.
"""

from collections.abc import Sequence
from time import sleep
from typing import Any

from eventsourcing import postgres
from eventsourcing.persistence import IntegrityError, InterfaceError, OperationalError, StoredEvent
from psycopg import Connection
from psycopg.rows import DictRow

_CHANNEL = "library_appended"
_ATTEMPTS = 10
_PAUSE = 0.2
"""Seconds between two attempts. This and `_ATTEMPTS` are the library's own values."""

_APPEND = (
    "SELECT * FROM library.append(%b::uuid[], %b::int[], %b::uuid[], %b::int[], %b::text[], %b::bytea[]) s (position)"
)
_OURS = """SELECT e.notification_id AS position
FROM unnest(%b::uuid[], %b::int[], %b::text[], %b::bytea[]) WITH ORDINALITY f (s, v, t, b, n)
JOIN library.stored_event e ON (e.originator_id, e.originator_version, e.topic, e.state) = (f.s, f.v, f.t, f.b) ORDER BY f.n"""


class LogApplicationRecorder(postgres.PostgresApplicationRecorder):
    """Versions of a stream follow each other without a gap, and begin at 1 or 0; anything else is an `IntegrityError`."""

    def __init__(self, datastore: postgres.PostgresDatastore, *, events_table_name: str = "stored_events") -> None:
        super().__init__(datastore, events_table_name="stored_events")
        self.channel_name = _CHANNEL
        self.sql_create_statements.clear()

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:
        """The positions, in order. After a lost connection it tries again. Events that are there by then are found."""
        lost = False
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                with self.datastore.get_connection() as connection:
                    with connection.transaction(), connection.cursor() as cursor:
                        self._insert_events(cursor, stored_events, **kwargs)
                        positions = self._append(connection, stored_events)
                    self._notify_channel(connection.cursor())
                return positions
            except (InterfaceError, OperationalError):
                if attempt == _ATTEMPTS:
                    raise
                lost = True
                sleep(_PAUSE)
            except IntegrityError:
                if lost and (positions := self._find(stored_events)):
                    return positions
                raise
        return None

    def _append(self, connection: Connection[DictRow], stored_events: Sequence[StoredEvent]) -> Sequence[int] | None:
        if not stored_events:
            return None
        expected: dict[Any, int] = {}
        for event in stored_events:
            expected.setdefault(event.originator_id, event.originator_version - 1)
        parameters = [list(expected), list(expected.values()), *_columns(stored_events)]
        rows = connection.execute(_APPEND, parameters, binary=True).fetchall()
        if not rows:
            raise IntegrityError("a stream has moved on")
        return [row["position"] for row in rows]

    def _find(self, stored_events: Sequence[StoredEvent]) -> Sequence[int] | None:
        with self.datastore.get_connection() as connection:
            rows = connection.execute(_OURS, _columns(stored_events), binary=True).fetchall()
        return [row["position"] for row in rows] if len(rows) == len(stored_events) else None


def _columns(stored_events: Sequence[StoredEvent]) -> list[list[Any]]:
    rows = ((event.originator_id, event.originator_version, event.topic, event.state) for event in stored_events)
    return [list(column) for column in zip(*rows, strict=True)]


class LogProcessRecorder(postgres.PostgresProcessRecorder, LogApplicationRecorder):
    """Stores events and tracking in one transaction."""


class Factory(postgres.PostgresFactory):
    application_recorder_class = LogApplicationRecorder
    process_recorder_class = LogProcessRecorder
