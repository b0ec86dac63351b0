"""Consumers get every fact once, in order, whichever worker feeds them. A fact they fail on waits, and only that one."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from mediation.store.follow import progress
from mediation.store.follow.catch_up import CatchUpBuffer, Source
from mediation.store.follow.follow import Follow
from mediation.store.follow.parking import parked, retry
from mediation.store.follow.progress import Fenced
from mediation.store.follow.rebuild import AlreadyRebuilding, rebuild
from mediation.store.log.codec import Codec
from mediation.store.log.log import EventLog
from mediation.store.log.recorded import Fact, Recorded
from mediation.store.log.requests import Stored, Unavailable
from mediation.store.tasks import end
from tests.store.facts import Moved, Posted, asks

Pool = AsyncConnectionPool[AsyncConnection]
Hook = Callable[[Sequence[Recorded]], None]


class Tally:
    """A view that records what it is given, in that order."""

    concerns: frozenset[str] | None = None

    def __init__(self, name: str = "tally@1", table: str = "tally", hook: Hook = lambda batch: None) -> None:
        self.name = name
        self.table = table
        self.hook = hook

    async def apply(self, connection: AsyncConnection, batch: Sequence[Recorded]) -> None:
        self.hook(batch)
        await connection.execute(
            f"INSERT INTO {self.table} (position, said) SELECT * FROM unnest(%b::bigint[], %b::text[])".encode(),
            ([fact.position for fact in batch], [said(fact) for fact in batch]),
        )

    async def start_over(self, log: Source, pool: AsyncConnectionPool[AsyncConnection]) -> None:
        async with pool.connection() as connection, connection.transaction():
            await progress.start_over(connection, self.name, [self.table])


def said(fact: Recorded) -> str:
    assert isinstance(fact.event, Moved)
    return fact.event.to


def chokes_on(*texts: str) -> Hook:
    def hook(batch: Sequence[Recorded]) -> None:
        if any(said(fact) in texts for fact in batch):
            raise ArithmeticError("a message that is not kept")

    return hook


@pytest.fixture
async def tables(pool: Pool) -> None:
    async with pool.connection() as connection:
        for table in ("tally", "tally_next"):
            await connection.execute(
                f"CREATE TABLE {table} (n bigserial, position bigint PRIMARY KEY, said text NOT NULL)".encode()
            )


pytestmark = pytest.mark.usefixtures("tables")


@asynccontextmanager
async def following(follow: Follow) -> AsyncIterator[Follow]:
    task = asyncio.create_task(follow.run())
    try:
        yield follow
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def written(pool: Pool, table: str = "tally") -> list[str]:
    """What the view holds, in the order written, which is the order of the log."""
    async with pool.connection() as connection:
        rows = await (await connection.execute(f"SELECT position, said FROM {table} ORDER BY n".encode())).fetchall()
    assert [position for position, _ in rows] == sorted(position for position, _ in rows)
    return [text for _, text in rows]


async def say(log: EventLog, *texts: str, stream: UUID | None = None, after: int = 0) -> int:
    verdict = await log.append(asks(*(Moved(to=text) for text in texts), stream=stream, after=after))
    assert isinstance(verdict, Stored)
    return verdict.last_position


async def test_a_consumer_is_given_what_was_there_and_what_comes(log: EventLog, pool: Pool) -> None:
    await say(log, "a", "b")
    async with following(Follow(log, pool, [Tally()], batch=2)) as follow:
        assert await follow.caught_up("tally@1", 2, 60)
        last = [await say(log, text) for text in "cdef"][-1]
        assert await follow.caught_up("tally@1", last, 60)
    assert await written(pool) == list("abcdef")


async def test_what_is_not_there_in_time_is_not_there(log: EventLog, pool: Pool) -> None:
    follow = Follow(log, pool, [Tally()])
    assert await follow.caught_up("tally@1", 0, 0)
    assert not await follow.caught_up("tally@1", 1, 0.05)
    with pytest.raises(KeyError):
        await follow.caught_up("nobody", 1, 0.05)


async def test_after_a_restart_it_goes_on_at_once_where_it_was(log: EventLog, pool: Pool) -> None:
    """The lease was released, so no worker waits for its end."""
    for text in "abc":
        async with following(Follow(log, pool, [Tally()], lease=60)) as follow:
            assert await follow.caught_up("tally@1", await say(log, text), 60)
    assert await written(pool) == list("abc")


async def test_another_worker_is_told_and_can_say_how_far_it_is(
    database: str, log: EventLog, pool: Pool, codec: Codec
) -> None:
    """The writer's worker holds no lease. NOTIFY announces new facts, and the position is looked up."""
    async with EventLog(pool, codec) as elsewhere, following(Follow(log, pool, [Tally()])) as follow:
        assert await follow.caught_up("tally@1", await say(elsewhere, "a"), 60)
        onlooker = Follow(elsewhere, pool, [Tally()])
        assert await onlooker.caught_up("tally@1", await say(elsewhere, "b"), 60)
    assert await written(pool) == ["a", "b"]


async def test_what_does_not_concern_a_consumer_only_moves_it_on(log: EventLog, pool: Pool) -> None:
    """The consumer does not get it, and every worker sees that its position is after it."""
    tally = Tally()
    tally.concerns = frozenset({Moved.kind})
    async with following(Follow(log, pool, [tally])) as follow:
        await say(log, "a")
        await log.append(asks(Posted(author=uuid4(), text="b")))
        await say(log, "c")
        last = await log.append(asks(Posted(author=uuid4(), text="d")))
        assert isinstance(last, Stored)
        assert await follow.caught_up("tally@1", last.last_position, 60)
        assert await Follow(log, pool, [tally]).caught_up("tally@1", last.last_position, 60)
    assert await written(pool) == ["a", "c"]
    assert await parked(pool) == []


async def test_those_who_catch_up_together_read_each_fact_once(log: EventLog) -> None:
    """Also the last facts, which do not fill a batch yet. Only the last known one is read again: it has to be there still."""
    read: list[int] = []

    class Watched:
        async def facts_after(self, position: int, limit: int) -> Sequence[Fact]:
            facts = await log.facts_after(position, limit)
            read.extend(fact.position for fact in facts)
            return facts

    past = CatchUpBuffer(Watched(), batch=4, kept=2)
    readers = [past.reader(), past.reader()]
    reached = 0
    for texts in ("abcdef", "g", "hij"):
        last = await say(log, *texts)
        for reader in readers:
            taken = list(range(1, reached + 1))
            while facts := await reader.facts_after(len(taken), 4):
                taken += [fact.position for fact in facts]
            assert taken == list(range(1, last + 1))
        reached = last
    assert [*dict.fromkeys(read)] == list(range(1, reached + 1))
    again = [(position, max(read[:n])) for n, position in enumerate(read) if position in read[:n]]
    assert [position for position, last in again if position < last] == []


async def test_what_was_read_to_catch_up_is_kept_until_the_last_one_has(log: EventLog) -> None:
    reads: list[int] = []

    class Watched:
        async def facts_after(self, position: int, limit: int) -> Sequence[Fact]:
            reads.append(position)
            return await log.facts_after(position, limit)

    await say(log, *"abcd")
    past = CatchUpBuffer(Watched(), batch=4, kept=2)
    readers = [past.reader() for _ in range(3)]
    for reader in readers[:2]:
        assert len(await reader.facts_after(0, 4)) == 4
    await readers[0].leave()
    assert len(await readers[2].facts_after(0, 4)) == 4
    assert reads == [0]
    for reader in readers:
        await reader.leave()
    assert len(await readers[0].facts_after(0, 4)) == 4
    assert reads == [0, 0]


async def test_consumers_go_at_their_own_pace(log: EventLog, pool: Pool) -> None:
    """A new consumer reads the whole log while the other follows new facts."""
    await say(log, *map(str, range(50)))
    async with following(Follow(log, pool, [Tally()])) as follow:
        assert await follow.caught_up("tally@1", 50, 60)
    late = Tally("late@1", "tally_next")
    async with following(Follow(log, pool, [Tally(), late], batch=7, remembered=10)) as follow:
        last = [await say(log, f"new {n}") for n in range(30)][-1]
        assert await follow.caught_up("tally@1", last, 60)
        assert await follow.caught_up("late@1", last, 60)
    assert await written(pool) == await written(pool, "tally_next")


async def test_a_worker_that_hands_nothing_on_reads_nothing(
    log: EventLog, pool: Pool, codec: Codec, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise each worker would decode the whole log, and more workers would do less. It still takes over a lease."""
    async with EventLog(pool, codec) as elsewhere:
        reads: list[int] = []
        facts_after = elsewhere.facts_after

        async def counting(position: int, limit: int) -> list[Fact]:
            reads.append(position)
            return await facts_after(position, limit)

        monkeypatch.setattr(elsewhere, "facts_after", counting)
        idle = Follow(elsewhere, pool, [Tally()], lease=1)
        async with following(Follow(log, pool, [Tally()], lease=60)) as busy:
            assert await busy.caught_up("tally@1", await say(log, "a"), 60)
            task = asyncio.create_task(idle.run())
            assert await idle.caught_up("tally@1", await say(elsewhere, "b"), 60)
            assert reads == []
        assert await idle.caught_up("tally@1", await say(log, "c"), 60)
        await end([task])
    assert len(reads) > 0
    assert await written(pool) == ["a", "b", "c"]


async def test_whoever_lost_the_lease_is_fenced_off(log: EventLog, pool: Pool) -> None:
    """A worker that was away for longer than its lease writes nothing more, though it still believes that it holds it."""
    await say(log, "a")
    async with pool.connection() as connection:
        old = await progress.take(connection, "tally@1", "old", 0.001)
        assert old is not None
        await connection.execute("SELECT pg_sleep(0.002)")
        new = await progress.take(connection, "tally@1", "new", 60)
        assert new is not None
        assert await progress.take(connection, "tally@1", "third", 60) is None
        with pytest.raises(Fenced):
            await old.move(connection, 1)
        await new.move(connection, 1)
        with pytest.raises(Fenced):  # the position is not the one that this lease knows
            await new.move(connection, 2)


async def test_a_worker_that_dies_is_replaced_when_its_lease_runs_out(log: EventLog, pool: Pool) -> None:
    async with pool.connection() as connection:
        assert await progress.take(connection, "tally@1", "dead", 0.3) is not None
    async with following(Follow(log, pool, [Tally()], lease=0.5)) as follow:
        assert await follow.caught_up("tally@1", await say(log, "a"), 60)


async def test_two_workers_never_write_twice(log: EventLog, pool: Pool) -> None:
    """Even when leases are so short that the workers keep taking over from each other."""
    workers = [Follow(log, pool, [Tally()], lease=0.01, batch=3) for _ in range(2)]
    async with following(workers[0]), following(workers[1]):
        last = [await say(log, str(n)) for n in range(100)][-1]
        assert await workers[0].caught_up("tally@1", last, 60)
    assert await written(pool) == [str(n) for n in range(100)]


async def test_a_poison_event_parks_its_subject_and_nothing_else(log: EventLog, pool: Pool) -> None:
    bad, good = uuid4(), uuid4()
    await say(log, "bad 1", "bad 2", stream=bad)
    await say(log, "good 1", stream=good)
    async with following(Follow(log, pool, [Tally(hook=chokes_on("bad 2"))])) as follow:
        assert await follow.caught_up("tally@1", 3, 60)
        await say(log, "bad 3", stream=bad, after=2)
        assert await follow.caught_up("tally@1", await say(log, "good 2", stream=good, after=1), 60)
    assert await written(pool) == ["bad 1", "good 1", "good 2"]
    (waiting,) = await parked(pool)
    assert (waiting.consumer, waiting.subject, waiting.position, waiting.facts) == ("tally@1", bad, 2, 2)
    assert waiting.error.startswith("ArithmeticError in hook")
    assert "message" not in waiting.error


async def test_what_is_parked_can_be_tried_again_while_the_consumer_is_fed(log: EventLog, pool: Pool) -> None:
    one, two = uuid4(), uuid4()
    await say(log, "bad 1", stream=one)
    await say(log, "worse", "later", stream=two)
    async with following(Follow(log, pool, [Tally(hook=chokes_on("bad 1", "worse"))])) as follow:
        assert await follow.caught_up("tally@1", 3, 60)
        assert await retry(log, pool, Tally(hook=chokes_on("worse"))) == ([one], [two])
        assert await written(pool) == ["bad 1"]
        assert [(waiting.subject, waiting.facts) for waiting in await parked(pool)] == [(two, 2)]
        await say(log, "bad 2", stream=one, after=1)
        assert await follow.caught_up("tally@1", await say(log, "later still", stream=two, after=2), 60)
        assert await retry(log, pool, Tally()) == ([two], [])
    async with pool.connection() as connection:
        rows = await (await connection.execute("SELECT said FROM tally ORDER BY n")).fetchall()
    assert [text for (text,) in rows] == ["bad 1", "bad 2", "worse", "later", "later still"]
    assert await parked(pool) == []


async def test_a_fact_of_a_newer_release_waits_for_one_that_knows_it(
    log: EventLog, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = uuid4()
    await say(log, "a", stream=stream)
    monkeypatch.delitem(Moved.registry, "TestMoved")
    async with following(Follow(log, pool, [Tally()])) as follow:
        assert await follow.caught_up("tally@1", 1, 60)
    (waiting,) = await parked(pool)
    assert waiting.error.startswith("UnknownKind")
    monkeypatch.undo()
    assert await retry(log, pool, Tally()) == ([stream], [])
    assert await written(pool) == ["a"]


@pytest.mark.parametrize("error", [psycopg.OperationalError("gone"), Unavailable()])
async def test_a_passing_error_parks_nothing_and_the_batch_comes_again(
    log: EventLog, pool: Pool, error: Exception
) -> None:
    errors = [error]

    def once(batch: Sequence[Recorded]) -> None:
        if errors:
            raise errors.pop()

    async with following(Follow(log, pool, [Tally(hook=once)], lease=0.1)) as follow:
        assert await follow.caught_up("tally@1", await say(log, "a", "b"), 60)
    assert await written(pool) == ["a", "b"]
    assert await parked(pool) == []


async def swap(connection: AsyncConnection) -> None:
    await connection.execute("DROP TABLE tally")
    await connection.execute("ALTER TABLE tally_next RENAME TO tally")


async def test_a_rebuild_takes_over_from_the_running_view(log: EventLog, pool: Pool) -> None:
    """During the rebuild the old version is fed and the log grows. The new version tries what was parked in the old one."""
    await say(log, *map(str, range(20)))
    await say(log, "bad")
    seen: list[int] = []
    async with following(Follow(log, pool, [Tally(hook=chokes_on("bad"))], lease=0.5)) as follow:
        assert await follow.caught_up("tally@1", 21, 60)
        assert [waiting.position for waiting in await parked(pool)] == [21]
        growing = asyncio.create_task(say(log, *map(str, range(20, 40))))
        await rebuild(log, pool, Tally("tally@1+next", "tally_next"), "tally@1", swap, told=seen.append, batch=5)
        await growing
        assert await follow.caught_up("tally@1", await say(log, "end"), 60)
    assert seen[:3] == [5, 10, 15]
    assert await written(pool) == [*map(str, range(20)), "bad", *map(str, range(20, 40)), "end"]
    assert await parked(pool) == []
    async with pool.connection() as connection:
        names = await (await connection.execute("SELECT name FROM progress")).fetchall()
    assert names == [("tally@1",)]


async def test_an_interrupted_rebuild_goes_on_where_it_was(log: EventLog, pool: Pool) -> None:
    await say(log, *map(str, range(20)))

    class Interrupted(Exception):
        pass

    def interrupt(position: int) -> None:
        if position == 10:
            raise Interrupted

    successor = Tally("tally@1+next", "tally_next")
    with pytest.raises(Interrupted):
        await rebuild(log, pool, successor, "tally@1", swap, told=interrupt, batch=5)
    seen: list[int] = []
    await rebuild(log, pool, successor, "tally@1", swap, told=seen.append, batch=5)
    assert seen == [15, 20]
    assert await written(pool) == [*map(str, range(20))]


async def test_one_rebuild_at_a_time(log: EventLog, pool: Pool) -> None:
    async with pool.connection() as connection:
        await progress.take(connection, "tally@1+next", "another", 60)
    with pytest.raises(AlreadyRebuilding):
        await rebuild(log, pool, Tally("tally@1+next", "tally_next"), "tally@1", swap, lease=0.5)


async def test_a_rebuild_goes_on_when_the_lease_of_a_killed_one_has_run_out(log: EventLog, pool: Pool) -> None:
    await say(log, "one")
    async with pool.connection() as connection:
        await progress.take(connection, "tally@1+next", "killed", 0.5)
    await rebuild(log, pool, Tally("tally@1+next", "tally_next"), "tally@1", swap, lease=0.5)
    assert await written(pool) == ["one"]
