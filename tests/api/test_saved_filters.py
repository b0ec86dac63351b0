"""Filters that a mediator saves: their own, sealed, in their order, and gone with their erasure."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest

from domain.kernel.base import Role
from mediation.store.desk import own_desks
from mediation.store.desk.own_desks import OwnDesk
from tests.api.house import MARKETPLACE, House, done, refused

pytestmark = pytest.mark.asyncio(loop_scope="module")

_AT = "/v1/me/filters"
RULINGS = {"name": "裁决 · حكم", "stage": ["adjudication", "appeal"], "due_within_hours": 24}
MINE = {"name": "Mine", "up_to": ["neutral"]}


async def test_saved_renamed_ordered_and_deleted(at_home: House) -> None:
    """All at once, so that nothing is half done. Of two windows one has to read again."""
    neutral, other = await at_home.neutral(), await at_home.neutral()
    assert done(await neutral.get(_AT)) == {"items": []}
    saved = await neutral.send("PUT", _AT, json={"items": [RULINGS, MINE]})
    (rulings, mine) = done(saved)["items"]
    assert rulings["filter"]["name"] == RULINGS["name"]
    assert parse_qs(urlsplit(mine["href"]).query) == {"up_to": ["neutral"], "sort": ["due"]}
    refused(await neutral.send("PUT", _AT, json={"items": []}), 412, "FiltersHaveChanged")
    match = {"If-Match": saved.headers["ETag"]}
    changed = {"items": [{**MINE, "name": "My move"}, RULINGS]}
    again = await neutral.send("PUT", _AT, json=changed, headers=match)
    assert [one["filter"]["name"] for one in done(again)["items"]] == ["My move", RULINGS["name"]]
    refused(await neutral.send("PUT", _AT, json=changed, headers=match), 412, "FiltersHaveChanged")
    read = await neutral.get(_AT)
    names = [one["filter"]["name"] for one in done(read)["items"]]
    assert (read.headers["ETag"], names) == (again.headers["ETag"], ["My move", RULINGS["name"]])
    assert done(await other.get(_AT)) == {"items": []}
    for listed in done(read)["items"]:
        done(await neutral.get(listed["href"]))


@pytest.mark.parametrize(
    "items",
    [
        [MINE, MINE],
        [{**MINE, "name": f"Tab {n}"} for n in range(21)],
        [{**MINE, "name": "x" * 61}],
        [{**MINE, "seller": "s-9"}],
    ],
)
async def test_what_cannot_be_saved(at_home: House, items: list[object]) -> None:
    """Two of one name, more than 20, a name that is too long; and nothing that names a party."""
    neutral = await at_home.neutral()
    refused(await neutral.send("PUT", _AT, json={"items": items}), 422, "InvalidRequest")


async def test_they_are_sealed_and_forgotten(at_home: House) -> None:
    """Also how far the person is in the tour. Both are in what the person gets when they ask what is kept about them."""
    neutral, services = await at_home.neutral(), at_home.services
    desk = OwnDesk(services.pool, services.keys, MARKETPLACE, neutral.subject)
    assert (await desk.filters(), await desk.tour()) == (None, None)
    await desk.keep_tour(3)
    done(await neutral.send("PUT", _AT, json={"items": [RULINGS]}))
    kept = await desk.filters()
    assert kept is not None
    assert (json.loads(kept.content)["items"], await desk.tour()) == ([RULINGS], 3)
    async with services.pool.connection() as connection:
        found = await connection.execute("SELECT sealed FROM own_desk WHERE subject = %s", (neutral.subject,))
        row = await found.fetchone()
        assert row is not None
        assert str(RULINGS["name"]).encode() not in row[0]
        await own_desks.forget(connection, neutral.subject, MARKETPLACE)
    assert (await desk.filters(), await desk.tour()) == (None, None)


async def test_only_whoever_has_a_queue(at_home: House) -> None:
    refused(await at_home.sender(Role.AUDITOR).get(_AT), 403, "NotForThisRole")
