"""The feed: what a backend follows, and how it waits."""

import asyncio
from typing import Any

import pytest

from domain.kernel.base import Event, Role
from tests.api.house import House, Sender, done, filing, refused

pytestmark = pytest.mark.asyncio(loop_scope="module")

FEED = "/v1/events"


async def _end(backend: Sender) -> str:
    end: str = done(await backend.get(FEED, params={"from": "now"}))["next"]
    return end


def _kinds(page: dict[str, Any]) -> list[str]:
    return [entry["kind"] for entry in page["items"]]


async def test_bookkeeping_comes_only_on_request(at_home: House) -> None:
    """More than half of all facts only keep windows and locks. A backend does nothing about them."""
    backend = at_home.backend
    end = await _end(backend)
    await at_home.filed()
    assert _kinds(done(await backend.get(FEED, params={"cursor": end}))) == ["DisputeFiled"]
    everything = done(await backend.get(FEED, params={"cursor": end, "bookkeeping": True}))
    assert _kinds(everything) == ["DisputeFiled", "DeadlineSet", "DeadlineSet"]
    asked = done(await backend.get(FEED, params={"cursor": end, "kind": ["DeadlineSet", "RulingIssued"]}))
    assert _kinds(asked) == ["DeadlineSet", "DeadlineSet"]


async def test_a_fact_names_the_order(at_home: House) -> None:
    """A backend finds its own order and its own case without a second request. A party is not told the references."""
    backend = at_home.backend
    end = await _end(backend)
    sent = filing(order="O-of-the-feed")
    done(await backend.post("/v1/disputes", sent), 201)
    (fact,) = done(await backend.get(FEED, params={"cursor": end}))["items"]
    order = {
        "order_id": "O-of-the-feed",
        "marketplace_reference": sent["marketplace_reference"],
        "payment_reference": "pi_123",
    }
    assert fact["order"] == order
    (told,) = done(await at_home.speaking_for("buyer").get(FEED, params={"cursor": end}))["items"]
    assert told["order"] == {**order, "marketplace_reference": None, "payment_reference": None}


async def test_one_dispute_alone_can_be_followed(at_home: House) -> None:
    backend = at_home.backend
    end = await _end(backend)
    one, other = await at_home.filed(), await at_home.filed()
    for filed in (one, other):
        page = done(await backend.get(FEED, params={"cursor": end, "dispute_id": filed["id"]}))
        assert [entry["dispute_id"] for entry in page["items"]] == [filed["id"]]
    nothing = done(await backend.get(FEED, params={"cursor": page["next"], "dispute_id": other["id"]}))
    assert nothing["items"] == []


async def test_from_now_skips_what_was_before(at_home: House) -> None:
    await at_home.filed()
    page = done(await at_home.backend.get(FEED, params={"from": "now"}))
    assert page["items"] == []
    filed = await at_home.filed()
    (fact,) = done(await at_home.backend.get(FEED, params={"cursor": page["next"]}))["items"]
    assert fact["dispute_id"] == filed["id"]


async def test_a_request_waits_for_the_next_fact(at_home: House) -> None:
    """It is answered when a fact comes that it asks for, and not by another one, nor only when its time is over."""
    backend = at_home.backend
    end = await _end(backend)
    filed = await at_home.filed()
    query = {"cursor": end, "kind": "MessagePosted", "wait": 25}
    waiting = asyncio.create_task(backend.get(FEED, params=query))
    done(await at_home.speaking_for("seller").post(f"/v1/disputes/{filed['id']}/response", {"answer": "contest"}))
    assert not waiting.done()
    said = {"message": {"text": "Ciao", "language": "it"}}
    done(await at_home.speaking_for("buyer").post(f"/v1/disputes/{filed['id']}/messages", said), 201)
    async with asyncio.timeout(15):
        page = done(await waiting)
    assert _kinds(page) == ["MessagePosted"]


async def test_a_request_that_waits_in_vain_says_where_to_go_on(at_home: House) -> None:
    backend = at_home.backend
    page = done(await backend.get(FEED, params={"from": "now", "wait": 1}))
    assert page["items"] == []
    assert done(await backend.get(FEED, params={"cursor": page["next"]})) == page


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"kind": "RulingWritten"}, "UnknownKindOfFact"),
        ({"wait": 26}, "InvalidRequest"),
        ({"wait": -1}, "InvalidRequest"),
        ({"from": "yesterday"}, "InvalidRequest"),
        ({"dispute_id": "O-1"}, "InvalidRequest"),
    ],
)
async def test_what_makes_no_sense_is_refused(at_home: House, query: dict[str, Any], code: str) -> None:
    refused(await at_home.backend.get(FEED, params=query), 422, code)


async def test_another_marketplace_moves_no_place(at_home: House) -> None:
    """A cursor that moved would tell that somebody else is busy."""
    before = await _end(at_home.backend)
    elsewhere = at_home.sender(Role.MARKETPLACE, marketplace="elsewhere-of-the-feed")
    done(await elsewhere.post("/v1/disputes", filing()), 201)
    assert await _end(at_home.backend) == before


async def test_most_kinds_are_no_bookkeeping() -> None:
    """A new kind is business unless it says otherwise: a backend must not miss it."""
    bookkeeping = {kind for kind, event in Event.registry.items() if event.bookkeeping}
    assert bookkeeping == {
        "CommitmentDeferred",
        "DeadlineEnded",
        "DeadlineMoved",
        "DeadlineSet",
        "MovePassed",
        "RefundUnderway",
    }
