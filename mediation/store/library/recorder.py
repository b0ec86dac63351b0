"""The log as a persistence module of the eventsourcing library: `PERSISTENCE_MODULE=mediation.store.library.recorder`.

What the library's applications insert goes through the same append as everything else, and what they read comes from a view
over the log. Its own settings (`POSTGRES_DBNAME` and the others) say where the database is;
`mediation.store.postgres.migrate` makes
the tables. Its snapshots and tracking stay in tables of its own.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from time import sleep
from typing import Any

from eventsourcing import postgres
from eventsourcing.persistence import IntegrityError, InterfaceError, OperationalError, StoredEvent
from psycopg import Connection
from psycopg.rows import DictRow

from mediation.store.log.append import CHANNEL
from mediation.store.log.batch import APPEND
from mediation.store.log.recorded import NO_MARKETPLACE

_ATTEMPTS = 10
_PAUSE = 0.2
"""Seconds between two attempts; both as the library has them."""

_OURS = """SELECT e.position FROM unnest(%b::uuid[], %b::int[], %b::text[], %b::bytea[]) WITH ORDINALITY f (s, v, k, b, n)
JOIN event e ON e.stream_id = f.s AND e.version = f.v AND e.kind = f.k AND e.body = f.b ORDER BY f.n"""


class LogApplicationRecorder(postgres.PostgresApplicationRecorder):
    """Versions of a stream follow each other without a gap, and begin at 1 or at 0; anything else is an `IntegrityError`."""

    def __init__(self, datastore: postgres.PostgresDatastore, *, events_table_name: str = "stored_events") -> None:
        super().__init__(datastore, events_table_name="stored_events")
        self.channel_name = CHANNEL
        self.sql_create_statements.clear()

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:
        """The positions, in order. A connection lost after the commit is found out about, and stores nothing twice."""
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
        row = connection.execute(APPEND, self._arrays(stored_events), binary=True).fetchone()
        if row is None or row["outcome"] != "stored":
            raise IntegrityError("a stream has moved on")
        return list(range(row["first_position"], row["first_position"] + row["events"]))

    def _find(self, stored_events: Sequence[StoredEvent]) -> Sequence[int] | None:
        columns = zip(*((e.originator_id, e.originator_version, e.topic, e.state) for e in stored_events), strict=True)
        with self.datastore.get_connection() as connection:
            rows = connection.execute(_OURS, [list(column) for column in columns], binary=True).fetchall()
        return [row["position"] for row in rows] if len(rows) == len(stored_events) else None

    def _arrays(self, stored_events: Sequence[StoredEvent]) -> list[list[Any]]:
        """One request, in the order of append_events: the request, the streams it builds upon, its events."""
        expected: dict[Any, int] = {}
        for event in stored_events:
            expected.setdefault(event.originator_id, event.originator_version - 1)
        events = len(stored_events)
        return [
            *([NO_MARKETPLACE], [None], [None], [None], [None], [None]),
            *([1] * len(expected), list(expected), list(expected.values())),
            [1] * events,
            [event.originator_id for event in stored_events],
            [event.originator_version for event in stored_events],
            [None] * events,
            [datetime.now(UTC)] * events,
            [event.topic for event in stored_events],
            [1] * events,
            [event.state for event in stored_events],
        ]


class LogProcessRecorder(postgres.PostgresProcessRecorder, LogApplicationRecorder):
    """Events and tracking in one transaction."""


class Factory(postgres.PostgresFactory):
    application_recorder_class = LogApplicationRecorder
    process_recorder_class = LogProcessRecorder
