"""Many at once, odd lines of imports, and extracts that other programs open."""

import asyncio
import csv
import json
from io import StringIO
from typing import Any
from uuid import UUID, uuid4

import pytest

from domain.kernel.base import Role
from tests.api.attacks import position
from tests.api.house import MARKETPLACE, House, Sender, done, euros, filing, said
from tests.api.test_imports import NDJSON, Past, sent, statuses

pytestmark = pytest.mark.asyncio(loop_scope="module")

# --- at once ---


async def _told(house: House, dispute_id: str, kind: str) -> int:
    return sum(fact.kind == kind for fact in await house.services.log.of_dispute(UUID(dispute_id)))


@pytest.mark.parametrize("keys", ["one key", "a key each"])
async def test_thirty_equal_requests_at_once(at_home: House, keys: str) -> None:
    """They have one effect, whether or not they carry one key."""

    def key() -> str:
        return "thirty" if keys == "one key" else str(uuid4())

    body, backend = filing(), at_home.backend
    filed = await asyncio.gather(*(backend.post("/v1/disputes", body, key=key()) for _ in range(30)))
    taken = [response for response in filed if response.status_code == 201]
    assert len(taken) == (30 if keys == "one key" else 1)
    assert {response.json()["code"] for response in filed if response not in taken} <= {"LinesAlreadyInDispute"}
    (dispute_id,) = {response.json()["id"] for response in taken}
    assert await _told(at_home, dispute_id, "DisputeFiled") == 1
    at, buyer, seller = f"/v1/disputes/{dispute_id}", at_home.speaking_for("buyer"), at_home.speaking_for("seller")
    offered = done(await seller.post(f"{at}/offers", {"amount": euros("40.00")}), 201)
    accepted = await asyncio.gather(
        *(buyer.post(f"{at}/offers/1/acceptance", match=offered["version"], key=key()) for _ in range(30))
    )
    assert {response.status_code for response in accepted} <= {200, 409, 412}
    assert 200 in {response.status_code for response in accepted}
    assert await _told(at_home, dispute_id, "SettlementReached") == 1
    (refund,) = await at_home.refunds(1, dispute_id=dispute_id)
    reported = {"provider_reference": "re_1"}
    paid = await asyncio.gather(
        *(backend.post(f"/v1/refunds/{refund['id']}/confirmation", reported, key=key()) for _ in range(30))
    )
    assert {response.status_code for response in paid} == {200}
    assert await _told(at_home, dispute_id, "RefundConfirmed") == 1
    assert await _told(at_home, dispute_id, "DisputeClosed") == 1


async def test_the_feed_is_complete_under_sixteen_writers(at_home: House) -> None:
    """Whoever reads on while others write misses nothing and gets nothing twice, in the order of the log."""
    market = f"feed-{uuid4().hex[:8]}"
    buyer, backend = at_home.speaking_for("buyer", market), at_home.sender(Role.MARKETPLACE, marketplace=market)
    ended, seen = asyncio.Event(), list[dict[str, Any]]()

    async def writes() -> None:
        at = f"/v1/disputes/{done(await buyer.post('/v1/disputes', filing()), 201)['id']}"
        for n in range(12):
            done(await buyer.post(f"{at}/messages", {"message": said(f"{n}")}), 201)

    async def reads() -> None:
        cursor: str | None = None
        while True:
            last = ended.is_set()
            query = {"limit": "100"} | ({"cursor": cursor} if cursor else {})
            page = done(await backend.get("/v1/events", params=query))
            seen.extend(page["items"])
            cursor = page["next"] or cursor
            if last and not page["items"]:
                return

    reading = asyncio.create_task(reads())
    await asyncio.gather(*(writes() for _ in range(16)))
    ended.set()
    await reading
    ids = [fact["id"] for fact in seen]
    facts = [f for f in await at_home.services.log.after(0, await position(at_home)) if f.marketplace == market]
    assert len(ids) == len(set(ids))
    assert [fact["kind"] for fact in seen].count("MessagePosted") == 16 * 12
    told = {fact["kind"] for fact in seen}
    assert [fact["kind"] for fact in seen] == [f.kind for f in facts if f.kind in told]


# --- imports and extracts ---


async def _imported(backend: Sender, content: bytes) -> list[dict[str, Any]]:
    headers = {"Idempotency-Key": str(uuid4()), "Content-Type": NDJSON}
    response = await backend.send("POST", "/v1/imports", headers=headers, content=content)
    assert response.status_code == 200, response.text
    return [json.loads(line) for line in response.text.split("\n") if line]


async def test_only_a_line_feed_ends_a_line_of_an_import(at_home: House) -> None:
    """Other characters that end a line elsewhere are text. A byte-order mark is no part of the first line."""
    past = Past()
    text = "uno\u2028due\u2029tre"
    lines = [past.filed(), past.act("post_message", "buyer", 1, {"message": said(text, "it")})]
    content = "\ufeff" + "\r\n".join(json.dumps(line, ensure_ascii=False) for line in lines)
    results = await _imported(at_home.backend, content.encode())
    assert [(one["line"], one["status"]) for one in results] == [(1, "stored"), (2, "stored")]
    at = f"/v1/disputes/{results[0]['dispute_id']}/messages"
    since = at_home.app.state.http.opaque.seal("position", MARKETPLACE, str(await position(at_home)))
    (message,) = done(await at_home.backend.get(at, headers={"At-Least": since}))["items"]
    assert message["message"]["text"] == text


@pytest.mark.parametrize(
    "value",
    ["9" * 4000, "-" + "9" * 400, "1e400", "1E-400", "-0", "NaN", "Infinity", "0x1F", "[" * 500 + "]" * 500,
     '{"a":' * 300 + "1" + "}" * 300],
    ids=lambda value: value[:6],
)  # fmt: skip
async def test_odd_values_are_refused_with_their_line_alone(at_home: House, value: str) -> None:
    past, good = Past(), Past()
    line = json.dumps(past.filed())
    for place in ('"quantity": 2', '"amount": "129.90"'):
        name = place.partition(":")[0]
        odd = line.replace(place, f"{name}: {value}", 1)
        assert odd != line
        bad, fine = await sent(at_home.backend, [odd, Past().filed()])
        assert (bad["status"], fine["status"]) == ("refused", "stored"), bad
        assert bad["problem"]["code"] in ("LineIsNotJson", "InvalidRequest", "TooManyNames")
    assert statuses(await sent(at_home.backend, [good.filed()])) == ["stored"]


async def test_no_cell_of_a_table_is_a_formula(at_home: House) -> None:
    """Whatever people write is inside a cell that begins with a bracket. Only the engine's own positions and ids may begin
    with a dash."""
    market = f"table-{uuid4().hex[:8]}"
    formulas = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", '=HYPERLINK("http://x")']
    backend = at_home.speaking_for("buyer", market)
    for formula in formulas:
        body = filing(marketplace_reference=f"{formula.strip()}-{uuid4().hex[:6]}")
        body["buyer"] |= {"name": formula.strip()}
        body["claim"]["statement"] = said(formula)
        at = f"/v1/disputes/{done(await backend.post('/v1/disputes', body), 201)['id']}"
        done(await backend.post(f"{at}/messages", {"message": said(formula), "channel": "web"}), 201)
    for role in (Role.MARKETPLACE, Role.AUDITOR):
        taken = await at_home.sender(role, marketplace=market).get("/v1/extract", params={"form": "csv"})
        rows = csv.DictReader(StringIO(taken.text))
        cells = [cell for row in rows for column, cell in row.items() if column not in ("position", "id")]
        assert len(cells) > 100
        assert not [cell for cell in cells if cell[:1] in set("=+-@\t\r")]
