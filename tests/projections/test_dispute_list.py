"""The list of disputes, sorted, in pages, and counted."""

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from domain.kernel.people import Awaiting, Side
from projections.caseload import NEVER, Standing
from projections.dispute_list import Counted, Filters, Sort, counts, disputes
from projections.paging import UnknownCursor
from tests.projections.conftest import Views
from tests.projections.plays import STORIES

ALPHA = Filters(marketplace="alpha")


@pytest.fixture
async def played(views: Views) -> Views:
    """Every story, and one that is another marketplace's."""
    await asyncio.gather(*(story(views.play()) for story in STORIES), views.play("beta").filed())
    await views.seen()
    return views


async def _all(views: Views, sort: Sort, filters: Filters = ALPHA) -> list[Standing]:
    found: list[Standing] = []
    cursor = None
    while True:
        page = await disputes(views.pool, filters, sort=sort, limit=7, cursor=cursor)
        found += page.rows
        if (cursor := page.next) is None:
            return found


async def test_each_order_shows_each_dispute_once_on_its_pages(played: Views) -> None:
    """The first due first; what is due at no instant comes last. For a party nothing stands where a hidden instant puts it."""
    keys: dict[Sort, Any] = {
        "due": lambda row: (row.due_at, row.dispute_id),
        "filed": lambda row: (-row.filed_at.timestamp(), -row.dispute_id.int),
        "changed": lambda row: (-row.changed_at.timestamp(), -row.dispute_id.int),
        "amount": lambda row: (row.currency, -row.minor, row.dispute_id),
    }
    for sort, key in keys.items():
        rows = await _all(played, sort)
        assert len(rows) == len(STORIES)
        assert [row.dispute_id for row in rows] == [row.dispute_id for row in sorted(rows, key=key)], sort
    due = await _all(played, "due")
    assert [row.due and row.due.at for row in due] == [None if row.due_at == NEVER else row.due_at for row in due]
    told = await _all(played, "due", Filters(marketplace="alpha", to=Side.BUYER))
    assert [row.told_due_at for row in told] == sorted(row.told_due_at for row in told)
    assert all(row.told_due_at == NEVER for row in told if row.awaiting in ("neutral", "supervisor"))
    assert any(row.due_at < NEVER for row in told if row.awaiting in ("neutral", "supervisor")), "it hides something"
    page = await disputes(played.pool, ALPHA, sort="due", limit=1)
    for sort in ("filed", "changed", "amount"):
        with pytest.raises(UnknownCursor):
            await disputes(played.pool, ALPHA, sort=sort, cursor=page.next)


async def test_the_numbers_are_those_of_the_list(played: Views) -> None:
    """A filter narrows the numbers of the others, and not its own. A party is not told why the desk has the move."""
    rows = await _all(played, "filed")
    found = await counts(played.pool, ALPHA, ["all", "stage", "awaiting", "waiting", "reason"])
    assert found["all"] == {"all": len(STORIES)}
    for name in ("stage", "awaiting", "reason"):
        assert found[name] == {value: sum(getattr(row, name) == value for row in rows) for value in found[name]}
        assert sum(found[name].values()) == len(STORIES)
    assert sum(found["waiting"].values()) == sum(row.waiting is not None for row in rows)
    for why, number in found["waiting"].items():
        listed = await _all(played, "due", Filters(marketplace="alpha", waiting=[why]))  # type: ignore[list-item] # a Why
        assert [row.waiting and row.waiting.why for row in listed] == [why] * number

    desk = Filters(marketplace="alpha", awaiting=[Awaiting.SUPERVISOR, Awaiting.NEUTRAL])
    narrowed = await counts(played.pool, desk, ["awaiting", "all", "waiting"])
    assert narrowed["awaiting"] == found["awaiting"]
    assert narrowed["all"] == {"all": len(await _all(played, "due", desk))}
    assert 0 < sum(narrowed["waiting"].values()) < sum(found["waiting"].values())
    as_party = Filters(marketplace="alpha", awaiting=desk.awaiting, to=Side.SELLER)
    assert (await counts(played.pool, as_party, ["waiting"]))["waiting"] == {}

    neutrals = Counter(str(row.neutral) for row in rows if row.neutral is not None)
    assert (await counts(played.pool, ALPHA, ["neutral"]))["neutral"] == neutrals
    mine = Filters(marketplace="alpha", for_neutral=next(row.neutral for row in rows if row.neutral is not None))
    assert (await counts(played.pool, mine, ["all"]))["all"] == {"all": len(await _all(played, "due", mine))}

    # numbers of the whole marketplace come from the totals; with `changed_after` they are counted, dispute by dispute
    names: list[Counted] = ["all", "stage", "awaiting", "waiting", "reason"]
    for filters in (
        ALPHA,
        desk,
        as_party,
        replace(as_party, awaiting=None),
        Filters(marketplace="alpha", waiting=["ruling"]),
    ):
        from_rows = replace(filters, changed_after=datetime(2000, 1, 1, tzinfo=UTC))
        assert await counts(played.pool, filters, names) == await counts(played.pool, from_rows, names), filters
