"""The control runs: the same writers over the `eventsourcing` library and its own subscription.

python -m tests.harness.soak.library plan.json NUMBER
"""

import asyncio
import json
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from time import sleep

import psycopg
from eventsourcing.persistence import (
    InfrastructureFactory,
    IntegrityError,
    InterfaceError,
    OperationalError,
    PersistenceError,
    StoredEvent,
)
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresFactory
from eventsourcing.utils import Environment
from psycopg.conninfo import conninfo_to_dict

from tests.harness.soak.journal import Journal, Past, next_file, pasts
from tests.harness.soak.plan import LIBRARY_CONSUMER, LIBRARY_TABLES, Plan
from tests.harness.soak.script import Op, Ticks, program

LATER = (OperationalError, InterfaceError, psycopg.OperationalError)

_PAUSE = 0.05
_SEEN = "CREATE TABLE IF NOT EXISTS seen (n bigserial PRIMARY KEY, position bigint NOT NULL)"


def create(plan: Plan) -> None:
    """Creates the tables in one process, because several at once would collide."""
    recorder_of(plan)
    with psycopg.connect(plan.conninfo, autocommit=True) as connection:
        connection.execute(_SEEN)


def recorder_of(plan: Plan) -> PostgresApplicationRecorder:
    """Builds the recorder as the library's documentation shows. Only its database functions are switched."""
    info = conninfo_to_dict(plan.conninfo)
    settings = {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_DBNAME": str(info["dbname"]),
        "POSTGRES_HOST": str(info["host"]),
        "POSTGRES_PORT": str(info["port"]),
        "POSTGRES_USER": str(info["user"]),
        "POSTGRES_PASSWORD": "none",
        "POSTGRES_POOL_SIZE": str(plan.writers // plan.workers + 2),
        "POSTGRES_ENABLE_DB_FUNCTIONS": "yes" if plan.arm == "library" else "no",
    }
    factory = InfrastructureFactory.construct(Environment("Soak", settings))
    assert isinstance(factory, PostgresFactory)
    recorder = factory.application_recorder()
    assert isinstance(recorder, PostgresApplicationRecorder)
    return recorder


async def write(plan: Plan, number: int) -> None:
    past = pasts(plan.path, number)
    journal = Journal(next_file(plan.path, number))
    stop = asyncio.Event()
    recorder = recorder_of(plan)
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(plan.writers // plan.workers + 8))
    listening = asyncio.create_task(_listen(stop))
    writers = [_run(w, plan, recorder, journal, past.get(w, Past()), stop) for w in plan.writers_of(number)]
    await asyncio.gather(*writers)
    (plan.quiet / str(number)).touch()
    await listening


async def _run(
    writer: int, plan: Plan, recorder: PostgresApplicationRecorder, journal: Journal, past: Past, stop: asyncio.Event
) -> None:
    todo = islice(program(plan.seed, writer, burst=plan.burst, disputes=False), past.done, None)
    if past.pending is not None:
        await _settle(next(todo), recorder, journal, ambiguous=True)
    for op in todo:
        if stop.is_set():
            return
        journal.note("begin", **op.intent())
        await _settle(op, recorder, journal, ambiguous=False)


async def _settle(op: Op, recorder: PostgresApplicationRecorder, journal: Journal, *, ambiguous: bool) -> None:
    events = _events(op)
    while True:
        try:
            ids = await asyncio.to_thread(recorder.insert_events, events)
        except IntegrityError:
            # Nobody else writes to these streams: the library stored it, lost the answer, and repeated the write by itself.
            answer = {"outcome": "stored", "events": len(events)}
        except LATER:
            await asyncio.sleep(_PAUSE)
            continue
        except PersistenceError as error:
            journal.note("odd", w=op.writer, what=f"{type(error).__name__}: {error}")
            await asyncio.sleep(_PAUSE)
            continue
        else:
            assert ids is not None
            answer = {"outcome": "stored", "first": min(ids), "last": max(ids), "events": len(ids)}
        await journal.keep("end", w=op.writer, n=op.n, **answer)
        return


def _events(op: Op) -> list[StoredEvent]:
    assert isinstance(op.does, Ticks)
    streams = [
        (segment.stream, segment.version + n)
        for segment in op.does.segments
        if segment.version is not None
        for n in range(segment.events)
    ]
    return [
        StoredEvent(stream, version, "soak:ticked", json.dumps({"op": str(op.id), "i": i}).encode())
        for i, (stream, version) in enumerate(streams)
    ]


def consume(plan: Plan) -> None:
    """Stores each notification of the library's subscription, in the order of arrival, until standard input ends."""
    left = threading.Event()

    def wait() -> None:
        sys.stdin.read()
        left.set()

    threading.Thread(target=wait, daemon=True).start()
    recorder = recorder_of(plan)
    while not left.is_set():
        try:
            _follow(plan, recorder, left)
        except (*LATER, PersistenceError):
            sleep(_PAUSE)


def _follow(plan: Plan, recorder: PostgresApplicationRecorder, left: threading.Event) -> None:
    """Continues after the last stored notification."""
    with psycopg.connect(plan.conninfo, autocommit=True) as connection:
        row = connection.execute("SELECT max(position) FROM seen").fetchone()
        given: list[int] = []
        with recorder.subscribe(gt=row[0] if row else None) as subscription:

            def take() -> None:
                for notification in subscription:
                    given.append(notification.id)  # noqa: PERF401 - it is emptied meanwhile

            writing = threading.Thread(target=take, daemon=True)
            writing.start()
            while writing.is_alive() and not left.is_set():
                sleep(_PAUSE)
                if batch := given[:]:
                    connection.execute("INSERT INTO seen (position) SELECT unnest(%s::bigint[])", [batch])
                    del given[: len(batch)]


async def _listen(stop: asyncio.Event) -> None:
    await asyncio.to_thread(sys.stdin.readline)
    stop.set()
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    plan, number = Plan.load(sys.argv[1]), int(sys.argv[2])
    if number == LIBRARY_TABLES:
        create(plan)
    elif number == LIBRARY_CONSUMER:
        consume(plan)
    else:
        asyncio.run(write(plan, number))
