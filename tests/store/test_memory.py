"""What a worker remembers is dropped when the log no longer holds it. Facts are removed here as a promotion removes them:
with all that follows from them, behind the worker's back."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from uuid import uuid4

import psycopg
import pytest
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool
from structlog.testing import capture_logs

from mediation.store.follow import progress
from mediation.store.follow.consumer import Feed
from mediation.store.follow.follow import Follow
from mediation.store.follow.progress import Fenced
from mediation.store.keys.keys import KeyStore
from mediation.store.log.codec import Codec
from mediation.store.log.log import EventLog
from mediation.store.log.requests import Stale, Stored
from mediation.store.postgres.pool import fetch
from tests.store.facts import MARKETPLACE, NOON, Moved, Posted, asks
from tests.store.test_follow import Tally, following, say, tables, written

__all__ = ["tables"]

Pool = AsyncConnectionPool[AsyncConnection]

pytestmark = pytest.mark.usefixtures("tables")


def cut(database: str, end: int) -> None:
    """The database as it was when the log ended at `end`."""
    with psycopg.connect(database) as owner:
        owner.execute("SET session_replication_role = replica")
        for statement in (
            "DELETE FROM event WHERE position > %s",
            "DELETE FROM views.tally WHERE position > %s",
            "UPDATE progress SET position = least(position, %s)",
        ):
            owner.execute(statement.encode(), (end,))


async def told(pool: Pool, log: EventLog) -> Sequence[tuple[int, int]]:
    """What the worker says of lost facts when it opens a connection."""
    with capture_logs() as lines:
        async with pool.connection() as connection:
            await log.memory.check_log(connection)
    return [(line["seen"], line["log_ends_at"]) for line in lines if line["event"] == "facts_lost"]


async def test_a_log_that_ends_below_what_was_seen_is_told_once(log: EventLog, pool: Pool, database: str) -> None:
    assert await told(pool, log) == []
    await say(log, "a", "b", "c")
    assert await told(pool, log) == []
    cut(database, 1)
    assert await told(pool, log) == [(3, 1)]
    assert await told(pool, log) == []


async def test_another_fact_at_the_same_position_is_told_too(
    log: EventLog, pool: Pool, codec: Codec, database: str
) -> None:
    """Comparing the last positions alone would find nothing."""
    stream = uuid4()
    await say(log, "a", stream=stream)
    await say(log, "b", stream=stream, after=1)
    cut(database, 1)
    async with EventLog(pool, codec) as elsewhere:
        await say(elsewhere, "b", stream=stream, after=1)
        await say(elsewhere, "c")
    assert await told(pool, log) == [(2, 3)]


async def test_what_was_only_read_counts_as_seen(log: EventLog, pool: Pool, codec: Codec, database: str) -> None:
    """States of streams are made of it."""
    stream = uuid4()
    async with EventLog(pool, codec) as elsewhere:
        await say(elsewhere, "a", "b", stream=stream)
    await log.read([(stream, 0)])
    cut(database, 0)
    assert await told(pool, log) == [(2, 0)]


async def test_a_key_store_that_is_found_first_on_another_server_hides_no_loss(
    log: EventLog, pool: Pool, database: str
) -> None:
    """Its connections may be opened anew before those of the log."""
    await say(log, "a", "b")
    log.memory._servers["keys"] = (NOON, 0)
    async with pool.connection() as connection:
        await log.memory.check_keys(connection)
    assert log.memory.generation == 1
    cut(database, 1)
    assert await told(pool, log) == [(2, 1)]


async def test_what_was_decided_before_the_loss_is_not_stored(log: EventLog, pool: Pool, database: str) -> None:
    """A stream may be at the version that was decided on, with other facts."""
    await say(log, "a", "b")
    before = log.memory.generation
    cut(database, 1)
    assert await told(pool, log) == [(2, 1)]
    assert await log.append(replace(asks(Moved(to="c")), generation=before)) == Stale()
    assert isinstance(await log.append(replace(asks(Moved(to="c")), generation=log.memory.generation)), Stored)


async def test_nothing_is_sealed_with_a_key_that_was_lost(
    log: EventLog, pool: Pool, keys: KeyStore, codec: Codec, database: str
) -> None:
    """The standby may have every fact that was seen, and lack a key that was made after them."""
    log.memory.on_drop(keys.drop)
    author, ready = uuid4(), codec.ready
    await keys.ensure([author])

    async def lose_the_key(events: object) -> object:
        drafts = await ready(events)  # type: ignore[arg-type] # handed on as it came
        with psycopg.connect(database) as owner:
            owner.execute("DELETE FROM keys.data_key")
        codec.ready = ready  # type: ignore[method-assign] # only once
        log.memory.lost(0, 0)
        return drafts

    codec.ready = lose_the_key  # type: ignore[method-assign, assignment]
    stored = await log.append(asks(Posted(author=author, text="Hello")))
    assert isinstance(stored, Stored)
    (fact,) = await log.at([stored.last_position])
    assert await codec.open(fact.event.model_dump()["text"], MARKETPLACE) == "Hello"


async def test_a_view_gets_the_facts_that_are_there_now_and_not_those_that_were(
    log: EventLog, pool: Pool, codec: Codec, database: str
) -> None:
    async with following(Follow(log, pool, [Tally()], lease=0.6)) as follow:
        assert await follow.caught_up("tally@1", await say(log, "a", "b", "lost", "lost"), 60)
        cut(database, 2)
        async with EventLog(pool, codec) as elsewhere:
            last = [await say(elsewhere, text) for text in ("c", "d", "e")][-1]
        await say(log, "f")
        assert await follow.caught_up("tally@1", last + 1, 60)
    assert await written(pool) == list("abcdef")


async def test_a_view_that_is_taken_over_gets_no_fact_that_is_gone(
    log: EventLog, pool: Pool, codec: Codec, database: str
) -> None:
    """It had read the facts as a part of the past. Another worker had the view while the facts were lost."""
    end = await say(log, "a", "b", "lost", "lost")
    async with following(Follow(log, pool, [Tally()], lease=0.6, batch=2)) as follow:
        assert await follow.caught_up("tally@1", end, 60)
        with capture_logs() as lines:
            cut(database, 2)
            with psycopg.connect(database) as owner:
                owner.execute("UPDATE progress SET holder = 'another', lease_until = 'infinity'")
            async with asyncio.timeout(60):
                while not any(line["event"] == "follow_fenced" for line in lines):  # noqa: ASYNC110 - nobody can wait for a line
                    await asyncio.sleep(0.01)
        async with EventLog(pool, codec) as elsewhere:
            last = [await say(elsewhere, text) for text in ("c", "d", "e")][-1]
        with psycopg.connect(database) as owner:
            owner.execute("UPDATE progress SET lease_until = NULL")
        assert await follow.caught_up("tally@1", last, 20)
    assert await written(pool) == list("abcde")


async def test_no_view_moves_to_a_fact_that_is_gone(log: EventLog, pool: Pool, database: str) -> None:
    """The batch was read before the loss, and comes to the database after it."""
    await say(log, "a", "b", "c")
    batch = await log.facts_after(0, 10)
    async with pool.connection() as connection:
        lease = await progress.take(connection, "tally@1", "me", 60)
    assert lease is not None
    feed = Feed(pool, Tally(), lease)
    await feed.take(batch[:1])
    cut(database, 2)
    await say(log, "x")
    with pytest.raises(Fenced):
        await feed.take(batch[1:])
    assert await written(pool) == ["a"]


async def test_an_epoch_that_is_given_out_again_gives_nobody_else_the_right(pool: Pool) -> None:
    """The standby had not heard of the last take-over, and counts from the one before it."""
    async with pool.connection() as connection:
        first = await progress.take(connection, "tally@1", "first", 60)
        assert first is not None
        await progress.give_back(connection, [first])
        lost = await progress.take(connection, "tally@1", "second", 60)
        assert lost is not None
        await connection.execute("UPDATE progress SET epoch = epoch - 1, lease_until = NULL, holder = 'first'")
        again = await progress.take(connection, "tally@1", "third", 60)
        assert again is not None
        assert again.epoch == lost.epoch
        with pytest.raises(Fenced):
            await lost.move(connection, 1)
        await again.move(connection, 1)


async def test_a_consumer_beyond_the_end_of_the_log_starts_over(log: EventLog, pool: Pool, database: str) -> None:
    """An earlier release let a view take lost facts after the promotion."""
    await say(log, "a", "b")
    await fetch(pool, "INSERT INTO tally (position, said) VALUES (1, 'a'), (2, 'lost'), (3, 'lost') RETURNING 1")
    await fetch(pool, "INSERT INTO progress (name, position) VALUES ('tally@1', 3) RETURNING 1")
    with capture_logs() as lines:
        async with following(Follow(log, pool, [Tally()])) as follow:
            async with pool.connection() as connection:
                while await progress.position_of(connection, "tally@1") != 2:
                    pass
            assert await follow.caught_up("tally@1", await say(log, "c"), 60)
    assert await written(pool) == ["a", "b", "c"]
    assert [line["position"] for line in lines if line["event"] == "consumer_starts_over"] == [3]
