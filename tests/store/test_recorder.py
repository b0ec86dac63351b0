"""The eventsourcing library works with the log: its own acceptance suite, and what the log adds to it."""

import asyncio
from collections.abc import Iterator, Sequence
from typing import Any
from unittest import TestCase
from uuid import UUID, uuid4

import psycopg
import pytest
from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event
from eventsourcing.persistence import IntegrityError, StoredEvent, Tracking
from eventsourcing.postgres import PostgresAggregateRecorder, PostgresDatastore, PostgresTrackingRecorder
from eventsourcing.tests import persistence as suite
from eventsourcing.utils import Environment
from psycopg.conninfo import conninfo_to_dict
from psycopg_pool import AsyncConnectionPool

from mediation.store.follow.catch_up import Source
from mediation.store.follow.follow import Follow
from mediation.store.follow.parking import parked
from mediation.store.follow.rebuild import rebuild
from mediation.store.library import recorder
from mediation.store.library.recorder import LogApplicationRecorder, LogProcessRecorder
from mediation.store.log.log import EventLog
from mediation.store.log.recorded import Recorded
from tests.store.facts import Moved, asks
from tests.store.test_follow import following

Env = dict[str, str]
Pool = AsyncConnectionPool[psycopg.AsyncConnection]


@pytest.fixture
def environment(database: str) -> Env:
    parts = {"port": "5432", "password": "", **conninfo_to_dict(database)}
    names = ("dbname", "host", "port", "user", "password")
    return {"PERSISTENCE_MODULE": recorder.__name__, **{f"POSTGRES_{name.upper()}": str(parts[name]) for name in names}}


@pytest.fixture
def datastore(environment: Env) -> Iterator[PostgresDatastore]:
    with PostgresDatastore(
        dbname=environment["POSTGRES_DBNAME"],
        host=environment["POSTGRES_HOST"],
        port=environment["POSTGRES_PORT"],
        user=environment["POSTGRES_USER"],
        password=environment["POSTGRES_PASSWORD"],
        pool_size=2,
        max_overflow=12,
    ) as opened:
        yield opened


class OfApplications(suite.ApplicationRecorderTestCase[LogApplicationRecorder]):
    __test__ = False
    datastore: PostgresDatastore

    def create_recorder(self) -> LogApplicationRecorder:
        created = LogApplicationRecorder(self.datastore)
        created.create_table()
        return created

    def test_insert_subscribe(self) -> None:
        self.optional_test_insert_subscribe()


class OfApplicationsFromZero(OfApplications):
    INITIAL_VERSION = 0


class OfOrder(suite.NonInterleavingNotificationIDsBaseCase):
    __test__ = False
    datastore: PostgresDatastore

    def create_recorder(self) -> LogApplicationRecorder:
        return LogApplicationRecorder(self.datastore)


class OfProcesses(suite.ProcessRecorderTestCase):
    __test__ = False
    datastore: PostgresDatastore

    def create_recorder(self) -> LogProcessRecorder:
        created = LogProcessRecorder(self.datastore)
        created.create_table()
        return created


class OfFactories(suite.InfrastructureFactoryTestCase[recorder.Factory]):
    __test__ = False

    def expected_factory_class(self) -> type[recorder.Factory]:
        return recorder.Factory

    def expected_aggregate_recorder_class(self) -> type[PostgresAggregateRecorder]:
        return PostgresAggregateRecorder

    def expected_application_recorder_class(self) -> type[LogApplicationRecorder]:
        return LogApplicationRecorder

    def expected_tracking_recorder_class(self) -> type[PostgresTrackingRecorder]:
        return PostgresTrackingRecorder

    def tracking_recorder_subclass(self) -> type[PostgresTrackingRecorder]:
        return OwnTracking

    def expected_process_recorder_class(self) -> type[LogProcessRecorder]:
        return LogProcessRecorder


class OwnTracking(PostgresTrackingRecorder):
    pass


def each_test_of(*cases: type[TestCase]) -> pytest.MarkDecorator:
    named = [(case, name) for case in cases for name in dir(case) if name.startswith("test")]
    return pytest.mark.parametrize(("case", "name"), named, ids=[f"{case.__name__}-{name}" for case, name in named])


@each_test_of(OfApplications, OfApplicationsFromZero, OfOrder, OfProcesses)
def test_acceptance_suite(case: type[Any], name: str, datastore: PostgresDatastore) -> None:
    running = case(name)
    running.datastore = datastore
    running.debug()


@each_test_of(OfFactories)
def test_acceptance_suite_of_factories(case: type[Any], name: str, environment: Env) -> None:
    running = case(name)
    running.env = Environment("testing", environment)
    running.debug()


class Parcel(Aggregate):
    def __init__(self, place: str) -> None:
        self.place = place

    @event("Moved")
    def move(self, place: str) -> None:
        self.place = place


def test_an_application_of_the_library_works_on_the_log(environment: Env) -> None:
    with Application[UUID](env=environment) as app:
        parcel = Parcel("Prato")
        parcel.move("Wenzhou")
        assert [recording.notification.id for recording in app.save(parcel)] == [1, 2]
    with Application[UUID](env=environment) as app:
        loaded: Parcel = app.repository.get(parcel.id)
        assert loaded.place == "Wenzhou"


async def test_the_log_does_not_know_of_what_the_library_stores(log: EventLog, datastore: PostgresDatastore) -> None:
    await log.append(asks(Moved(to="a")))
    served = LogApplicationRecorder(datastore)
    assert served.insert_events([StoredEvent(uuid4(), 1, "theirs", b"{}")]) == [1]
    await log.append(asks(Moved(to="b")))
    assert [fact.kind for fact in await log.after(0, 10)] == ["TestMoved", "TestMoved"]
    assert [notification.topic for notification in served.select_notifications(None, 10)] == ["theirs"]


_LEFT = """INSERT INTO event (position, recorded_at, occurred_at, stream_id, version, marketplace, kind, body)
SELECT coalesce(max(position), 0) + 1, now(), now(), gen_random_uuid(), 1, '', 'theirs', '{}' FROM event"""


@pytest.mark.parametrize("batch", [1, 2, 1000])
async def test_consumers_pass_over_what_earlier_releases_kept_of_the_library_in_the_log(
    log: EventLog, pool: AsyncConnectionPool[psycopg.AsyncConnection], database: str, batch: int
) -> None:
    """Wherever it is in the log: it is no fact of the engine. The facts before and after it are taken, and nothing
    is parked.
    """
    taken: list[int] = []

    class Watching:
        name = "watching@1"
        concerns = None

        async def apply(self, connection: psycopg.AsyncConnection, batch: Sequence[Recorded]) -> None:
            taken.extend(fact.position for fact in batch)

        async def start_over(self, log: Source, pool: Pool) -> None:
            raise AssertionError("it is never beyond the end of the log")

    for number in (3, 1, 2):
        with psycopg.connect(database) as owner:
            for _ in range(number):
                owner.execute(_LEFT)
        await log.append(asks(Moved(to="a")))
    assert await log.last_position() == 9
    async with following(Follow(log, pool, [Watching()], batch=batch, remembered=2 * batch)) as follow:
        assert await follow.caught_up("watching@1", 9, 60)
        with psycopg.connect(database) as owner:
            owner.execute(_LEFT)
        await log.append(asks(Moved(to="b")))
        assert await follow.caught_up("watching@1", 11, 60)
    assert taken == [4, 6, 9, 11]
    assert await parked(pool) == []


async def test_a_rebuild_ends_where_the_last_fact_is(
    log: EventLog, pool: AsyncConnectionPool[psycopg.AsyncConnection], database: str
) -> None:
    """Also where an earlier release had skipped what comes after that fact in the log."""

    class Building:
        name = "watching@1+next"
        concerns = None

        async def apply(self, connection: psycopg.AsyncConnection, batch: Sequence[Recorded]) -> None:
            return

        async def start_over(self, log: Source, pool: Pool) -> None:
            raise AssertionError("it is never beyond the end of the log")

    async def swap(connection: psycopg.AsyncConnection) -> None:
        return

    await log.append(asks(Moved(to="a")))
    with psycopg.connect(database) as owner:
        owner.execute(_LEFT)
        owner.execute("INSERT INTO progress (name, position) VALUES ('watching@1', 2)")
    async with asyncio.timeout(20):
        await rebuild(log, pool, Building(), "watching@1", swap)


def test_a_stream_has_no_gaps(datastore: PostgresDatastore) -> None:
    with pytest.raises(IntegrityError):
        LogApplicationRecorder(datastore).insert_events([StoredEvent(uuid4(), 3, "topic", b"")])


@pytest.mark.parametrize("committed", [True, False])
def test_a_connection_lost_during_the_insert_stores_once(
    datastore: PostgresDatastore, monkeypatch: pytest.MonkeyPatch, committed: bool
) -> None:
    """Also for a process, whose tracking was stored or lost with the events."""
    monkeypatch.setattr(recorder, "_PAUSE", 0)
    served = LogProcessRecorder(datastore)
    served.create_table()
    events = [StoredEvent(uuid4(), 1, "topic", b"state")]
    method = "_notify_channel" if committed else "_append"
    real = getattr(LogProcessRecorder, method)

    def lost(self: LogProcessRecorder, *arguments: Any) -> Any:
        monkeypatch.setattr(LogProcessRecorder, method, real)
        raise psycopg.OperationalError("gone")

    monkeypatch.setattr(LogProcessRecorder, method, lost)
    assert list(served.insert_events(events, tracking=Tracking("upstream", 1)) or ()) == [1]
    assert served.max_notification_id() == 1
    assert served.max_tracking_id("upstream") == 1
    with pytest.raises(IntegrityError):
        served.insert_events(events)
