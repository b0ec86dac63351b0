"""Rules for every view: a rebuild gives the same rows, a fault stops one dispute only, and personal texts stay sealed."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace
from uuid import UUID

import pytest

from mediation.store.follow.parking import parked, retry
from mediation.store.log.recorded import Fact, Recorded
from projections import VIEWS, audit_trail, case_file, dispute_list
from projections.case_file import CASE_FILE
from projections.caseload import CASELOAD, Standing
from projections.conversations import CONVERSATIONS
from projections.dispute_list import Filters
from projections.table import ShapeChanged, create_tables
from projections.view import Rows, View
from tests.postgres import each_version
from tests.projections.conftest import Views
from tests.projections.plays import PLAIN, STORIES, Play, ruled_and_paid, settled_and_paid_late, withdrawn_with_promises


@each_version
async def test_a_rebuilt_view_equals_the_incremental_one(views: Views) -> None:
    """Fed seven facts at a time, and folded again from the start of the log; compared row by row."""
    await asyncio.gather(*(story(views.play()) for story in STORIES))
    await views.seen(batch=7)
    followed = await views.tables()
    for view in VIEWS:
        await view.rebuild(views.log, views.pool)
    assert await views.tables() == followed
    assert all(followed.values()), "every view has rows to compare"


async def test_a_rebuild_misses_nothing_that_is_written_meanwhile(views: Views) -> None:
    await ruled_and_paid(views.play())
    async with views.following() as follow:
        stories = asyncio.gather(*(story(views.play()) for story in STORIES))
        for view in VIEWS:
            await view.rebuild(views.log, views.pool)
        await stories
        late = await withdrawn_with_promises(views.play())
        for view in VIEWS:
            assert await follow.caught_up(view.name, late.position, 60)
    lived_through = await views.tables()
    for view in VIEWS:
        await view.rebuild(views.log, views.pool)
    assert await views.tables() == lived_through


async def test_a_rebuild_reports_how_far_it_is_and_leaves_nothing_behind(views: Views) -> None:
    play = await ruled_and_paid(views.play())
    await views.seen()
    told: list[int] = []
    await CASELOAD.rebuild(views.log, views.pool, told.append)
    await CASELOAD.rebuild(views.log, views.pool)
    assert told[-1] == play.position
    async with views.pool.connection() as connection:
        names = await (await connection.execute("SELECT name FROM progress ORDER BY name")).fetchall()
        tables = await (
            await connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'views'")
        ).fetchall()
    assert {name for (name,) in names} == {view.name for view in VIEWS}
    assert {name for (name,) in tables} == {CASE_FILE.table} | {table for view in VIEWS for table in view.tables}


async def test_who_reads_for_long_makes_no_other_reader_wait_for_a_rebuild(views: Views) -> None:
    await ruled_and_paid(views.play())
    await views.seen()
    async with asyncio.TaskGroup() as tasks, views.pool.connection() as reader, reader.transaction():
        await reader.execute(f"SELECT FROM {CASELOAD.table}")
        rebuilding = tasks.create_task(CASELOAD.rebuild(views.log, views.pool))
        async with asyncio.timeout(60):
            while not await _somebody_waits_for(views, CASELOAD.table):
                pass
        async with asyncio.timeout(1):
            assert (await dispute_list.disputes(views.pool, Filters(marketplace="alpha"))).rows
        assert not rebuilding.done()
    assert len((await dispute_list.disputes(views.pool, Filters(marketplace="alpha"))).rows) == 1


async def _somebody_waits_for(views: Views, table: str) -> bool:
    query = "SELECT FROM pg_locks WHERE NOT granted AND relation = to_regclass(%s)"
    async with views.pool.connection() as connection:
        return await (await connection.execute(query, (table,))).fetchone() is not None


@pytest.mark.parametrize("afresh", [False, True])
async def test_what_a_rebuild_left_unfinished_is_gone_on_with_or_begun_anew(views: Views, afresh: bool) -> None:
    first = await ruled_and_paid(views.play())
    await views.seen()

    def stop(position: int) -> None:
        raise InterruptedError

    before = await views.table(CASELOAD)
    with pytest.raises(InterruptedError):
        await CASELOAD.rebuild(views.log, views.pool, stop)
    assert await views.table(CASELOAD) == before
    await withdrawn_with_promises(views.play())
    await views.seen()
    reads: list[int] = []

    class Watched:
        async def facts_after(self, position: int, limit: int) -> Sequence[Fact]:
            reads.append(position)
            return await views.log.facts_after(position, limit)

    before = await views.table(CASELOAD)
    await CASELOAD.rebuild(Watched(), views.pool, afresh=afresh)
    assert await views.table(CASELOAD) == before
    assert reads[0] == (0 if afresh else first.position)


async def test_tables_are_created_once_by_any_number_of_workers(views: Views) -> None:
    await asyncio.gather(*(create_tables(views.pool, VIEWS) for _ in range(4)))
    await ruled_and_paid(views.play())
    await views.seen()
    before = await views.tables()
    await create_tables(views.pool, VIEWS)
    assert await views.tables() == before


async def test_a_view_whose_rows_changed_needs_a_new_version(views: Views) -> None:
    """Its table is then built beside the old one, which the previous release goes on writing."""
    await ruled_and_paid(views.play())
    await views.seen()
    with pytest.raises(ShapeChanged):
        await create_tables(views.pool, [replace(CONVERSATIONS, title=CASELOAD.title, version=CASELOAD.version)])
    before = await views.table(CASELOAD)
    successor = replace(CASELOAD, version=CASELOAD.version + 1)
    await views.seen([successor])
    assert await views.table(successor) == before == await views.table(CASELOAD)


async def test_a_lost_table_is_folded_again_from_the_start(views: Views) -> None:
    await ruled_and_paid(views.play())
    await views.seen()
    before, alpha = await views.tables(), Filters(marketplace="alpha")
    numbers = await dispute_list.counts(views.pool, alpha, ["stage"])
    async with views.pool.connection() as connection:
        await connection.execute(f"DROP TABLE {CASELOAD.table}")
    await views.seen()
    assert await views.tables() == before
    assert await dispute_list.counts(views.pool, alpha, ["stage"]) == numbers, "its totals begin anew too"


async def test_a_mistake_stops_one_dispute_in_one_view(views: Views) -> None:
    """Everything else goes on. When the fault is mended, the parked events are taken, and the view is as if it had
    never failed.
    """
    bad, good = views.play(), views.play()
    await asyncio.gather(ruled_and_paid(bad), settled_and_paid_late(good))
    broken = [_failing_at(bad.dispute) if view is CASELOAD else view for view in VIEWS]
    await views.seen(broken, batch=50)

    listed = await dispute_list.disputes(views.pool, Filters(marketplace="alpha"))
    assert {row.dispute_id for row in listed.rows if row.stage == "closed"} == {good.dispute}
    (stuck,) = await parked(views.pool)
    assert (stuck.consumer, stuck.subject) == (CASELOAD.name, bad.dispute)
    assert stuck.facts > 1, "later facts wait behind the first"
    file = await case_file.get(views.pool, views.log, "alpha", bad.dispute)
    assert file is not None
    assert file["stage"] == "closed", "the other views know nothing of it"

    taken, left = await retry(views.log, views.pool, CASELOAD)
    assert (taken, left) == ([bad.dispute], [])
    mended = await views.table(CASELOAD)
    await CASELOAD.rebuild(views.log, views.pool)
    assert await views.table(CASELOAD) == mended


def _failing_at(dispute: UUID) -> View[Standing]:
    def fold(rows: Rows[Standing], recorded: Recorded) -> Iterable[Standing]:
        if recorded.dispute_id == dispute and recorded.kind == "Escalated":
            raise ZeroDivisionError
        return CASELOAD.fold(rows, recorded)

    return replace(CASELOAD, fold=fold)


async def test_no_personal_text_stands_in_any_table(views: Views) -> None:
    plays = [await story(views.play()) for story in STORIES]
    await views.seen()
    for name, rows in (await views.tables()).items():
        assert not [row for (row,) in rows if PLAIN in row], f"{name} can be read"
    file = await case_file.get(views.pool, views.log, "alpha", plays[1].dispute)
    opened = await views.codec.open(file, "alpha")
    assert opened["seller"]["name"] == f"{PLAIN} shen"
    assert opened["rulings"][0]["reasons"]["text"] == f"{PLAIN} the lamp was broken"
    assert opened["offers"][0]["message"]["text"] == f"{PLAIN} my offer"
    assert opened["exhibits"][0]["file"]["name"] == f"{PLAIN}.jpg"
    assert opened["refunds"][0]["provider_reference"] == f"{PLAIN} re_1"
    page = await audit_trail.entries(views.log, "alpha", dispute_id=plays[1].dispute)
    bodies = await views.codec.open([entry.body for entry in page.rows], "alpha")
    assert bodies[0]["reference"] == f"{PLAIN} MP-1"


async def test_the_rows_of_one_dispute_follow_from_its_facts_alone(views: Views) -> None:
    """This is how each view answers as of another instant."""
    plays = [await story(views.play()) for story in STORIES]
    await views.seen()
    for play in plays:
        facts = await views.log.of_dispute(play.dispute)
        listed = (await dispute_list.disputes(views.pool, Filters(marketplace="alpha", party=play.buyer))).rows
        assert [row for row in CASELOAD.of(facts) if row.ended_at is None] == listed
        assert case_file.of(facts) == await case_file.get(views.pool, views.log, "alpha", play.dispute)
        assert len(CONVERSATIONS.of(facts)) == sum(fact.kind == "MessagePosted" for fact in facts)


async def test_every_kind_of_fact_about_a_dispute_is_played_here(views: Views) -> None:
    """So every kind of fact is tested in every fold."""
    plays: list[Play] = [await story(views.play()) for story in STORIES]
    played = {fact.event.kind for play in plays for fact in play.played}
    for view in VIEWS:
        assert view.concerns is None or view.concerns <= played
