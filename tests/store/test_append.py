"""The log: without gaps, append-only, all or nothing for each request, and never twice."""

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from time import time
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg import AsyncConnection, errors
from psycopg.conninfo import make_conninfo
from psycopg_pool import AsyncConnectionPool

from domain.kernel.base import Event
from mediation.store.log import batch
from mediation.store.log.codec import Codec
from mediation.store.log.log import EventLog
from mediation.store.log.requests import Append, ClockAstray, Overloaded, Pending, Repeated, Stale, Stored, Unavailable
from mediation.store.postgres.migrate import STEPS, migrate
from mediation.store.postgres.pool import open_pool
from tests.keystore import key_store
from tests.store.facts import MARKETPLACE, NOON, Moved, Posted, asks

Pool = AsyncConnectionPool[AsyncConnection]


async def test_what_is_stored_reads_back(log: EventLog) -> None:
    stream, dispute = uuid4(), uuid4()
    request = asks(Moved(to="a"), Moved(to="b"), stream=stream, dispute=dispute)
    verdict = await log.append(request)
    assert isinstance(verdict, Stored)
    assert (verdict.first_position, verdict.events, verdict.last_position) == (1, 2, 2)
    first, second = await log.after(0, 10)
    assert (first.position, first.version, first.event) == (1, 1, Moved(to="a"))
    assert (second.position, second.version, second.event) == (2, 2, Moved(to="b"))
    assert (first.marketplace, first.kind, first.schema_version) == (MARKETPLACE, "TestMoved", 1)
    assert (first.actor, first.correlation_id, first.causation_id) == (request.actor, request.correlation_id, None)
    assert (first.occurred_at, first.recorded_at, first.dispute_id) == (NOON, verdict.recorded_at, dispute)
    assert await log.last_position() == 2


async def test_a_stream_that_moved_on_makes_a_request_stale(log: EventLog) -> None:
    stream = uuid4()
    await log.append(asks(Moved(to="a"), stream=stream))
    assert await log.append(asks(Moved(to="b"), stream=stream)) == Stale()
    assert await log.append(asks(Moved(to="b"), stream=stream, after=2)) == Stale()
    assert isinstance(await log.append(asks(Moved(to="b"), stream=stream, after=1)), Stored)


async def test_a_request_over_several_streams_is_all_or_nothing(log: EventLog) -> None:
    fresh, moved = uuid4(), uuid4()
    await log.append(asks(Moved(to="a"), stream=moved))
    facts = tuple(Pending(stream, 1, None, NOON, Moved(to="b")) for stream in (fresh, moved))
    assert await log.append(Append(MARKETPLACE, uuid4(), uuid4(), None, facts)) == Stale()
    assert await log.last_position() == 1
    assert (await log.read([(fresh, 0)])).streams == {fresh: []}


async def test_a_request_is_stale_when_a_stream_that_it_only_guards_has_moved_on(log: EventLog) -> None:
    """A stream that does not exist has version 0. Guarding a stream adds nothing to it."""
    rules = uuid4()
    unchanged, changed = (replace(asks(Moved(to="a")), guards={rules: version}) for version in (0, 1))
    assert await log.append(changed) == Stale()
    assert isinstance(await log.append(unchanged), Stored)
    assert isinstance(await log.append(asks(Moved(to="b"), stream=rules)), Stored)
    assert await log.append(replace(asks(Moved(to="c")), guards={rules: 0})) == Stale()
    assert isinstance(await log.append(changed), Stored)
    assert await log.last_position() == 3


async def test_a_key_used_again_gets_the_first_result(log: EventLog) -> None:
    """Even when its streams have moved on since. In another marketplace the same key is another key."""
    first = asks(Moved(to="a"), Moved(to="b"), key=b"k", request=b"first")
    stored = await log.append(first)
    assert isinstance(stored, Stored)
    assert await log.append(first) == Repeated(stored.first_position, 2, b"first")
    assert await log.append(asks(Moved(to="c"), key=b"k", request=b"other")) == Repeated(1, 2, b"first")
    assert isinstance(await log.append(asks(Moved(to="c"), key=b"k", marketplace="souk")), Stored)


async def test_one_read_brings_the_news_of_every_stream_and_the_result(log: EventLog) -> None:
    one, two, none = uuid4(), uuid4(), uuid4()
    await log.append(asks(Moved(to="a"), Moved(to="b"), stream=one, key=b"k", request=b"r"))
    await log.append(asks(Moved(to="c"), Moved(to="d"), stream=two))
    reading = await log.read([(one, 0), (two, 1), (none, 0)], (MARKETPLACE, b"k"))
    assert [[recorded.event for recorded in reading.streams[stream]] for stream in (one, two, none)] == [
        [Moved(to="a"), Moved(to="b")],
        [Moved(to="d")],
        [],
    ]
    assert reading.result == Repeated(1, 2, b"r")
    assert (await log.read([(one, 2)], (MARKETPLACE, b"other"))).result is None


async def test_a_dispute_is_read_across_its_streams_and_as_of_an_instant(log: EventLog) -> None:
    dispute, chat = uuid4(), uuid4()
    later = NOON + timedelta(hours=1)
    await log.append(asks(Moved(to="late"), stream=dispute, dispute=dispute, occurred_at=later))
    await log.append(asks(Moved(to="elsewhere")))
    await log.append(asks(Moved(to="early"), stream=chat, dispute=dispute))
    known = [recorded.recorded_at for recorded in await log.after(0, 10)]

    async def told(**bounds: Any) -> list[Event]:
        return [recorded.event for recorded in await log.of_dispute(dispute, **bounds)]

    assert await told() == [Moved(to="late"), Moved(to="early")]
    assert await told(until_position=2) == [Moved(to="late")]
    assert await told(as_of=NOON) == [Moved(to="early")]
    assert await told(known_at=known[0]) == [Moved(to="late")]


async def test_parallel_writers_leave_no_gap_and_each_version_has_one_winner(log: EventLog) -> None:
    """Forty writers compete for four streams, and read, decide and try again until each has won ten times."""
    streams = [uuid4() for _ in range(4)]

    async def writer(number: int) -> int:
        stream, lost = streams[number % 4], 0
        for turn in range(10):
            while True:
                version = len((await log.read([(stream, 0)])).streams[stream])
                move = asks(Moved(to=f"{number}.{turn}"), stream=stream, after=version, key=b"%d.%d" % (number, turn))
                if isinstance(await log.append(move), Stored):
                    break
                lost += 1
        return lost

    assert sum(await asyncio.gather(*map(writer, range(40)))) > 0
    facts = await log.after(0, 1000)
    assert [fact.position for fact in facts] == list(range(1, 401))
    assert [fact.recorded_at for fact in facts] == sorted(fact.recorded_at for fact in facts)
    assert {tuple(fact.version for fact in facts if fact.stream_id == stream) for stream in streams} == {
        tuple(range(1, 101))
    }
    assert Counter(fact.event.to for fact in facts if isinstance(fact.event, Moved)).most_common(1)[0][1] == 1


async def test_several_workers_share_one_log(database: str, pool: Pool, codec: Codec) -> None:
    async def worker(name: str) -> None:
        async with EventLog(pool, codec) as log:
            verdicts = await asyncio.gather(*(log.append(asks(Moved(to=f"{name}{n}"))) for n in range(50)))
            assert all(isinstance(verdict, Stored) for verdict in verdicts)

    await asyncio.gather(*map(worker, "abcd"))
    async with EventLog(pool, codec) as log:
        assert [fact.position for fact in await log.after(0, 1000)] == list(range(1, 201))


async def test_the_second_request_for_a_stream_or_key_waits_for_the_next_batch(
    log: EventLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = _sizes_of_batches(monkeypatch)
    stream = uuid4()
    verdicts = await asyncio.gather(
        log.append(asks(Moved(to="a"), stream=stream)),
        log.append(asks(Moved(to="b"), stream=stream, after=1)),
        log.append(asks(Moved(to="c"), key=b"k")),
        log.append(asks(Moved(to="d"), key=b"k")),
    )
    assert sizes == [2, 2]
    assert [type(verdict) for verdict in verdicts] == [Stored, Stored, Stored, Repeated]


async def test_who_guards_a_stream_shares_a_batch_until_somebody_changes_it(
    log: EventLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those before the change are stored before it, and those after it are stale. One request does both."""
    sizes = _sizes_of_batches(monkeypatch)
    rules = uuid4()
    before, after = (
        [replace(asks(Moved(to=f"{when} {n}")), guards={rules: 0}) for n in range(3)] for when in ("before", "after")
    )
    change = replace(asks(Moved(to="change"), stream=rules), guards={rules: 0})
    verdicts = await asyncio.gather(*map(log.append, [*before, change, *after]))
    assert sizes == [4, 3]
    assert [type(verdict) for verdict in verdicts] == [Stored] * 4 + [Stale] * 3
    stored = [fact.event for fact in await log.after(0, 10)]
    assert stored == [*(Moved(to=f"before {n}") for n in range(3)), Moved(to="change")]


async def test_a_request_the_database_refuses_does_not_take_its_neighbours_down(log: EventLog) -> None:
    bad = asks(Moved(to="a"), marketplace="a NUL \0 is no text")
    refused, *others = await asyncio.gather(
        log.append(bad), *(log.append(asks(Moved(to=str(n)))) for n in range(5)), return_exceptions=True
    )
    assert isinstance(refused, psycopg.DataError)
    assert all(isinstance(verdict, Stored) for verdict in others)
    assert await log.last_position() == 5


@pytest.mark.parametrize("stored", [True, False])
@pytest.mark.parametrize("key", [b"k", None])
async def test_a_connection_lost_during_the_append_stores_once(
    log: EventLog, monkeypatch: pytest.MonkeyPatch, stored: bool, key: bytes | None
) -> None:
    """Whether or not the server had committed when the answer was lost, and with a key or without."""
    real = batch.append
    lost = 0

    async def losing(connection: AsyncConnection, requests: list[batch.Sealed]) -> object:
        nonlocal lost
        if lost == 0:
            lost += 1
            if stored:
                await real(connection, requests)
            await connection.close()
            raise psycopg.OperationalError("server closed the connection unexpectedly")
        return await real(connection, requests)

    monkeypatch.setattr(batch, "append", losing)
    author = uuid4()
    events = (Posted(author=author, text="hello"), Moved(to="b"))
    verdict, other = await asyncio.gather(
        log.append(asks(*events, key=key, request=key and b"r")), log.append(asks(Moved(to="z")))
    )
    assert isinstance(verdict, Stored)
    assert isinstance(other, Stored)
    assert {verdict.first_position, other.first_position} in ({1, 2}, {1, 3})
    assert lost == 1
    assert await log.last_position() == 3


async def test_after_a_lost_connection_a_true_conflict_is_still_stale(
    log: EventLog, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The event of another writer at that version is not mistaken for this one's: not even an equal event, stored by
    another worker in the same chain by another command. (Each of the two would have paid a refund.)
    """
    stream, chain = uuid4(), uuid4()
    real = batch.append
    theirs, ours = (
        replace(asks(Moved(to="a"), stream=stream), correlation_id=chain, causation_id=uuid4()) for _ in range(2)
    )
    await log.append(theirs)
    lost = False

    async def losing(connection: AsyncConnection, requests: list[batch.Sealed]) -> object:
        nonlocal lost
        if not lost:
            lost = True
            raise psycopg.OperationalError("gone")
        return await real(connection, requests)

    monkeypatch.setattr(batch, "append", losing)
    assert await log.append(ours) == Stale()


async def test_too_many_waiting_are_refused_at_once(pool: Pool, codec: Codec) -> None:
    async with EventLog(pool, codec, queue=3) as log:
        verdicts = await asyncio.gather(
            *(log.append(asks(Moved(to=str(n)))) for n in range(10)), return_exceptions=True
        )
    assert [type(verdict) for verdict in verdicts].count(Overloaded) == 7


async def test_an_absent_database_is_given_up_after_a_while(
    pool: Pool, codec: Codec, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def gone(connection: AsyncConnection, requests: list[batch.Sealed]) -> object:
        raise psycopg.OperationalError("gone")

    async with EventLog(pool, codec, patience=0.05) as log:
        monkeypatch.setattr(batch, "append", gone)
        verdicts = await asyncio.gather(*(log.append(asks(Moved(to="a"))) for _ in range(3)), return_exceptions=True)
        assert [type(verdict) for verdict in verdicts] == [Unavailable] * 3
        monkeypatch.undo()
        assert isinstance(await log.append(asks(Moved(to="a"))), Stored)


async def test_a_caller_who_gives_up_does_not_hold_the_others(log: EventLog) -> None:
    leaving = asyncio.create_task(log.append(asks(Moved(to="a"))))
    staying = asyncio.create_task(log.append(asks(Moved(to="b"))))
    await asyncio.sleep(0)
    leaving.cancel()
    assert isinstance(await staying, Stored)


async def test_a_worker_whose_clock_is_astray_refuses_writes_until_it_is_right(
    log: EventLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mediation.store.log.append.time", lambda: time() + 60)
    for _ in range(2):
        with pytest.raises(ClockAstray, match=r"\d\.\d{3} s"):
            await log.append(asks(Moved(to="a")))
    monkeypatch.undo()
    assert await log.last_position() == 0
    assert isinstance(await log.append(asks(Moved(to="a"))), Stored)


@pytest.mark.parametrize("by", [3600, -30])
async def test_what_was_decided_by_another_clock_is_not_stored(
    log: EventLog, monkeypatch: pytest.MonkeyPatch, by: int
) -> None:
    """The clock was wrong when the request was decided, and is right again when it is stored."""
    monkeypatch.setattr("mediation.store.log.append.time", lambda: time() + by)
    decided_by = log.clock
    monkeypatch.undo()
    with pytest.raises(ClockAstray, match="set while"):
        await log.append(replace(asks(Moved(to="a")), decided_by=decided_by))
    assert await log.last_position() == 0
    assert isinstance(await log.append(replace(asks(Moved(to="a")), decided_by=log.clock)), Stored)


@pytest.mark.parametrize("change", ["UPDATE event SET kind = 'x'", "DELETE FROM event", "TRUNCATE event"])
async def test_the_log_is_append_only(database: str, pool: Pool, log: EventLog, change: str) -> None:
    """The application lacks the right. The owner of the table meets the trigger."""
    await log.append(asks(Moved(to="a")))
    async with pool.connection() as application, await AsyncConnection.connect(database) as owner:
        for connection in (application, owner):
            with pytest.raises(errors.InsufficientPrivilege):
                await connection.execute(change.encode())
    assert await log.last_position() == 1


async def test_migrating_again_and_from_several_processes_at_once_changes_nothing(database: str) -> None:
    await asyncio.gather(*(migrate(database) for _ in range(4)))
    async with await AsyncConnection.connect(database) as connection:
        rows = await (await connection.execute("SELECT version FROM schema_version ORDER BY version")).fetchall()
        assert rows == [(number,) for number in range(1, len(STEPS) + 1)]


@pytest.mark.parametrize("right", ["CREATEROLE", "NOCREATEROLE"])
async def test_an_owner_who_is_no_superuser_can_migrate_and_work(database: str, right: str) -> None:
    """Whether or not the owner may become the application role, the log stays append-only for both."""
    owner, name = f"owner_{uuid4().hex}", f"owned_{uuid4().hex}"
    async with await AsyncConnection.connect(database, autocommit=True) as superuser:
        await superuser.execute(f"CREATE ROLE {owner} LOGIN {right}".encode())
        await superuser.execute(f"CREATE DATABASE {name} OWNER {owner}".encode())
        try:
            conninfo = make_conninfo(database, user=owner, dbname=name)
            await asyncio.gather(migrate(conninfo), migrate(conninfo))
            pool = await open_pool(conninfo, min_size=1)
            async with key_store(conninfo) as keys, EventLog(pool, Codec(keys)) as log:
                assert isinstance(await log.append(asks(Posted(author=uuid4(), text="hello"))), Stored)
                async with pool.connection() as connection:
                    for change in ("DELETE FROM event", "TRUNCATE event"):
                        with pytest.raises(errors.InsufficientPrivilege):
                            await connection.execute(change.encode())
            await pool.close()
        finally:
            await superuser.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())
            await superuser.execute(f"DROP ROLE {owner}".encode())


def _sizes_of_batches(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Grows with every batch that is sent from now on."""
    sizes: list[int] = []
    real = batch.append

    async def counted(connection: AsyncConnection, requests: list[batch.Sealed]) -> object:
        sizes.append(len(requests))
        return await real(connection, requests)

    monkeypatch.setattr(batch, "append", counted)
    return sizes
