"""Ids that differ only in how Unicode spells them are the same id. What earlier versions stored under another spelling is
found."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal
from unicodedata import normalize
from uuid import uuid4

import pytest

from domain.kernel.base import Role
from mediation.store.keys.blind import Blind
from tests.api.house import House, done, filing, person, refused

pytestmark = pytest.mark.asyncio(loop_scope="module")

Form = Literal["NFC", "NFD"]

CAFE = "Café-{}"


@contextmanager
def as_before(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Earlier versions derived every id from the text as it was sent."""
    with monkeypatch.context() as earlier:
        earlier.setattr(Blind, "uuid", Blind.exactly)
        earlier.setattr(Blind, "spellings", lambda blind, *parts: (blind.exactly(*parts),))
        yield


def named(spelling: Form) -> tuple[str, str, str]:
    """An order, a buyer and a line that are new, in this spelling."""
    word = normalize("NFC", CAFE.format(uuid4().hex[:6]))
    return normalize(spelling, word), normalize(spelling, f"{word} k"), normalize(spelling, "größe")


def order(order_id: str, buyer: str, line: str) -> dict[str, Any]:
    body = filing(order=order_id)
    body["transaction"]["lines"][0]["id"] = line
    body["claim"]["lines"] = [line]
    return body | {"buyer": buyer_named(buyer)}


def buyer_named(party_id: str) -> dict[str, Any]:
    return person("b-77", "IT", "it", "Europe/Rome") | {"id": party_id}


def respelt(names: tuple[str, str, str], spelling: Form) -> tuple[str, str, str]:
    order_id, buyer, line = (normalize(spelling, name) for name in names)
    return order_id, buyer, line


async def conceded(house: House, body: dict[str, Any]) -> dict[str, Any]:
    """A closed dispute whose refund was paid: nothing is left in the order."""
    filed = done(await house.backend.post("/v1/disputes", body), 201)
    done(await house.speaking_for("seller").post(f"/v1/disputes/{filed['id']}/response", {"answer": "concede"}))
    [refund] = await house.refunds(1, dispute_id=filed["id"])
    return done(await house.backend.post(f"/v1/refunds/{refund['id']}/confirmation", {}))


@pytest.mark.parametrize("spelling", ["NFC", "NFD"])
@pytest.mark.parametrize("before", [True, False], ids=["stored by an earlier version", "stored by this version"])
async def test_one_order_in_two_spellings(
    at_home: House, monkeypatch: pytest.MonkeyPatch, spelling: Form, before: bool
) -> None:
    """One order, and no second refund. It is listed under either spelling."""
    names = named(spelling)
    if before:
        with as_before(monkeypatch):
            first = await conceded(at_home, order(*names))
    else:
        first = await conceded(at_home, order(*names))
    others: tuple[Form, Form] = ("NFC", "NFD")
    for other in others:
        again = order(*respelt(names, other))
        refused(await at_home.backend.post("/v1/disputes", again), 409, "ClaimExceedsPaid")
        query = {"order_id": normalize(other, names[0])}
        listed = done(await at_home.backend.get("/v1/disputes", params=query, headers={"At-Least": first["position"]}))
        assert [one["id"] for one in listed["items"]] == [first["id"]]


async def test_an_order_that_an_earlier_version_stored_twice(at_home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was paid under one spelling is not paid again under the other, whichever it was."""
    either: tuple[tuple[Form, Form], ...] = (("NFC", "NFD"), ("NFD", "NFC"))
    for paid, unpaid in either:
        names = named("NFC")
        with as_before(monkeypatch):
            open_one = order(*respelt(names, unpaid))
            left = done(await at_home.backend.post("/v1/disputes", open_one), 201)
            done(await at_home.speaking_for("buyer").post(f"/v1/disputes/{left['id']}/withdrawal", {}))
            await conceded(at_home, order(*respelt(names, paid)))
        refused(await at_home.backend.post("/v1/disputes", order(*names)), 409, "ClaimExceedsPaid")


async def test_a_second_line_of_an_order_that_an_earlier_version_stored(
    at_home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The order, its lines and its buyer are recognized, so that it is no other transaction."""
    names, half = named("NFD"), {"amount": "64.95", "currency": "EUR"}

    def claiming(names: tuple[str, str, str], which: int) -> dict[str, Any]:
        body = order(*names)
        lines = [{"id": f"{names[2]}-{n}", "title": "Vaso", "quantity": 1, "amount": half} for n in (1, 2)]
        body["transaction"] |= {"lines": lines, "paid_at": paid_at, "delivered_at": delivered_at}
        body["claim"] |= {"lines": [lines[which]["id"]], "amount": half}
        return body

    dates = filing()["transaction"]
    paid_at, delivered_at = dates["paid_at"], dates["delivered_at"]
    with as_before(monkeypatch):
        done(await at_home.backend.post("/v1/disputes", claiming(names, 0)), 201)
    composed = respelt(names, "NFC")
    refused(await at_home.backend.post("/v1/disputes", claiming(composed, 0)), 409, "LinesAlreadyInDispute")
    done(await at_home.backend.post("/v1/disputes", claiming(composed, 1)), 201)


@pytest.mark.parametrize("before", [True, False], ids=["stored by an earlier version", "stored by this version"])
async def test_an_erasure_under_the_other_spelling(
    at_home: House, monkeypatch: pytest.MonkeyPatch, before: bool
) -> None:
    names = named("NFD")
    if before:
        with as_before(monkeypatch):
            filed = done(await at_home.backend.post("/v1/disputes", order(*names)), 201)
    else:
        filed = done(await at_home.backend.post("/v1/disputes", order(*names)), 201)
    done(await at_home.speaking_for("buyer").post(f"/v1/disputes/{filed['id']}/withdrawal", {}))
    asked = {"party": normalize("NFC", names[1]), "ground": "person_asked"}
    done(await at_home.sender(Role.ADMINISTRATOR).post("/v1/erasures", asked), 201)
    case = await at_home.seen(filed["id"], filed["position"])
    assert case["buyer"]["name"] == "[erased]"


@pytest.mark.parametrize(
    "odd", ["O-1 ", " O-1", "O-1\u00a0", "\u200bO-1", "O-1\u00ad", "\ufeffO-1", "O-\x001", "O\u20281"]
)
async def test_what_shows_nothing_is_no_part_of_an_id(at_home: House, odd: str) -> None:
    """At an end a blank or a format character, anywhere a control or a break: refused, and the answer says where."""
    places: dict[str, dict[str, Any]] = {
        "/marketplace_reference": filing(marketplace_reference=odd),
        "/buyer/id": filing(buyer=buyer_named(odd)),
    }
    for pointer, key in (
        ("/transaction/order_id", "order_id"),
        ("/transaction/payment_reference", "payment_reference"),
    ):
        places[pointer] = filing()
        places[pointer]["transaction"][key] = odd
    for pointer, body in places.items():
        problem = refused(await at_home.backend.post("/v1/disputes", body), 422, "InvalidRequest")
        assert [one["pointer"] for one in problem["errors"]] == [pointer]
    erasure = {"party": odd, "ground": "person_asked"}
    refused(await at_home.sender(Role.ADMINISTRATOR).post("/v1/erasures", erasure), 422, "InvalidRequest")


async def test_an_id_is_kept_as_it_was_sent(at_home: House) -> None:
    """Blanks and joiners within an id are part of it."""
    names = ("Café \u200d№ 1 " + uuid4().hex[:6], "b-77", "1")
    filed = done(await at_home.backend.post("/v1/disputes", order(*names)), 201)
    assert (await at_home.seen(filed["id"], filed["position"]))["transaction"]["order_id"] == names[0]
