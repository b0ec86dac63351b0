"""A desk's day in one call: the queue of a mediator, the sorts of waiting of a supervisor, and who finds a dispute by what."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pytest

from mediation.case_numbers import SYMBOLS, is_mistyped, symbols_of
from tests.api.house import House, Sender, done, filing, refused, said

pytestmark = pytest.mark.asyncio(loop_scope="module")

_PAGE = {"limit": "100"}


async def _rows(by: Sender, params: Mapping[str, Any] = {}, **headers: str) -> list[dict[str, Any]]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return list(done(await by.get("/v1/disputes", params=_PAGE | dict(params), headers=named))["items"])


async def _assigned(at_home: House, neutral: Sender) -> tuple[str, str]:
    """A dispute that the neutral has, and the position of that."""
    filed = await at_home.filed()
    at = f"/v1/disputes/{filed['id']}"
    done(await at_home.speaking_for("seller").post(f"{at}/response", {"answer": "contest", "statement": said("No.")}))
    done(await at_home.speaking_for("buyer").post(f"{at}/escalation"))
    return filed["id"], done(await neutral.post(f"{at}/assignment", {}))["position"]


async def test_a_mediator_s_queue_is_one_call(at_home: House) -> None:
    """It shows what a mediator opened each dispute for before: the first due first, in the reader's language."""
    await at_home.open_at_once()
    neutral = await at_home.neutral()
    mine = [await _assigned(at_home, neutral) for _ in range(3)]
    asks = {"message": said("When?"), "to": "neutral"}
    asked = done(await at_home.speaking_for("buyer").post(f"/v1/disputes/{mine[1][0]}/messages", asks), 201)
    rows = await _rows(neutral, {"sort": "due", "neutral": str(neutral.subject)}, At_Least=asked["position"])
    assert {row["id"] for row in rows} == {dispute for dispute, _ in mine}
    dues = [datetime.fromisoformat(row["due"]["at"]) for row in rows]
    assert dues == sorted(dues)
    for row in rows:
        case = done(await neutral.get(f"/v1/disputes/{row['id']}"))
        assert row["case_number"] == case["case_number"]
        for side in ("buyer", "seller"):
            assert row[side] == {name: case[side][name] for name in ("country", "language", "tier")}
        assert (row["title"], row["due"]["by"]) == ("It is your move.", "neutral")
        owed = [one for one in case["commitments"] if one["owed_by"] == "neutral" and one["status"] == "pending"]
        assert row["due"]["at"] == min(one["due_at"] for one in owed)
        assert row["due"]["kind"] in {one["kind"] for one in owed}
        assert row["unread"] == (1 if row["id"] == mine[1][0] else 0)
    done(await neutral.get(f"/v1/disputes/{mine[1][0]}/messages"))
    assert [row["unread"] for row in await _rows(neutral, {"neutral": str(neutral.subject)})] == [0, 0, 0]
    assert await _rows(neutral, {"due_before": dues[0].isoformat(), "neutral": str(neutral.subject)}) == []
    arabic = await neutral.get("/v1/disputes", params=_PAGE, headers={"Accept-Language": "ar"})
    assert (arabic.headers["Content-Language"], arabic.headers["Vary"]) == ("ar", "Accept-Language")
    for row in done(arabic)["items"]:
        assert not any(letter.isascii() and letter.isalpha() for letter in row["title"] + row["due"]["what_in_words"])


async def test_a_supervisor_tells_the_sorts_of_waiting_apart_in_one_call(at_home: House) -> None:
    await at_home.open_at_once()
    filed, supervisor = await at_home.filed(), at_home.sender("supervisor")
    at = f"/v1/disputes/{filed['id']}"
    done(await at_home.speaking_for("seller").post(f"{at}/response", {"answer": "contest", "statement": said("No.")}))
    called = done(await at_home.speaking_for("buyer").post(f"{at}/escalation"))
    query: list[tuple[str, str]] = [("waiting", "assignment"), ("waiting", "co_signature"), ("sort", "due")]
    query += [("counts", "waiting"), ("counts", "all"), ("limit", "100")]
    page = done(await supervisor.get("/v1/disputes", params=query, headers={"At-Least": called["position"]}))
    (row,) = [one for one in page["items"] if one["id"] == filed["id"]]
    assert (row["waiting"]["why"], row["due"]["what_in_words"]) == ("assignment", "Choice of a mediator")
    assert {one["waiting"]["why"] for one in page["items"]} <= {"assignment", "co_signature"}
    waits = {one["value"]: one["count"] for one in page["counts"]["waiting"]}
    listed = len(page["items"])
    assert page["counts"]["all"] == [{"value": "all", "count": listed, "text": str(listed)}]
    assert waits["assignment"] + waits.get("co_signature", 0) == listed

    as_party = done(await at_home.speaking_for("buyer").get("/v1/disputes", params=query))
    assert as_party["items"] == [], "a party is not told what the desk does"
    assert not {one["value"] for one in as_party["counts"]["waiting"]} & {"assignment", "co_signature"}
    (seen,) = [one for one in await _rows(at_home.speaking_for("buyer")) if one["id"] == filed["id"]]
    assert (seen["due"], seen["waiting"], seen["seller"]["tier"]) == (None, None, None)
    assert seen["buyer"]["tier"] == "standard"


async def test_one_text_finds_a_dispute_by_any_of_its_names(at_home: House) -> None:
    """A neutral finds no dispute that they do not see by any name. Nobody finds one by an id that they are not shown."""
    body = filing(order="O-Ünique", marketplace_reference="MP-queue")
    body["buyer"]["id"], body["seller"]["id"] = "b-queue", "s-queue"
    filed = done(await at_home.backend.post("/v1/disputes", body), 201)
    last = await at_home.filed()
    number = done(await at_home.backend.get(f"/v1/disputes/{filed['id']}"))["case_number"]

    async def found(by: Sender, q: str) -> list[str]:
        return [row["id"] for row in await _rows(by, {"q": q}, At_Least=last["position"])]

    names = [number, filed["id"], "O-Ünique", "MP-queue", "b-queue", "s-queue"]
    for name in (*names, "O-U\u0308nique", number.lower().replace("-", " "), filed["id"].upper(), " B-QUEUE "):
        assert await found(at_home.backend, name) == [filed["id"]], name
    upper = done(await at_home.backend.post("/v1/disputes", filing(order="O-SHOUT")), 201)
    late = await _rows(at_home.backend, {"q": " o-shout "}, At_Least=upper["position"])
    assert [row["id"] for row in late] == [upper["id"]]
    assert await found(at_home.sender("supervisor"), "MP-queue") == [filed["id"]]
    assert await found(at_home.backend, "O-") == [], "nothing but the whole name"
    foreign = at_home.sender("marketplace", marketplace="elsewhere")
    neutral = await at_home.neutral()
    for name in names:
        assert await _rows(foreign, {"q": name}) == []
        assert await _rows(neutral, {"q": name, "counts": "all"}) == []
    assert [name for name in names if await found(at_home.speaking_for("buyer"), name)] == [
        number,
        filed["id"],
        "O-Ünique",
        "b-queue",
    ]


async def test_a_case_number_stands_for_the_id_in_every_address(at_home: House) -> None:
    """On the phone: small letters, blanks, digits of another script. One wrong character, or two that changed places, never
    lead to another dispute."""
    filed, other = await at_home.filed(), await at_home.filed()
    at = f"/v1/disputes/{filed['id']}"
    number = done(await at_home.backend.get(at))["case_number"]
    assert filed["case_number"] == number, "as the filing answers"
    eastern = number.translate({ord("0") + n: chr(0x0660 + n) for n in range(10)})
    for said_as in (number, number.lower(), number.replace("-", ""), number.replace("-", "%20"), eastern):
        assert done(await at_home.backend.get(f"/v1/disputes/{said_as}"))["id"] == filed["id"]
    wrote = done(
        await at_home.speaking_for("buyer").post(f"/v1/disputes/{number}/messages", {"message": said("Hello")}), 201
    )
    read = await at_home.backend.get(f"/v1/disputes/{number}/messages", headers={"At-Least": wrote["position"]})
    assert [one["message"]["text"] for one in done(read)["items"]] == ["Hello"]
    trail = await at_home.sender("auditor").get(
        f"/v1/audit/disputes/{number}/trail", headers={"At-Least": filed["position"]}
    )
    assert done(trail)["items"]

    symbols = symbols_of(number)
    assert symbols is not None
    wrong = SYMBOLS[SYMBOLS.index(symbols[3]) - 1]
    for written in (symbols[:3] + wrong + symbols[4:], "23456789" + "2"):
        if is_mistyped(written):
            refused(await at_home.backend.get(f"/v1/disputes/{written}"), 422, "CaseNumberMistyped")
    german = await at_home.backend.get(
        f"/v1/disputes/{symbols[:3] + wrong + symbols[4:]}", headers={"Accept-Language": "de"}
    )
    assert german.headers["Content-Language"] == "de"
    unused = at_home.services.case_numbers.of(10**9)
    refused(await at_home.backend.get(f"/v1/disputes/{unused}"), 404, "UnknownDispute")
    refused(
        await at_home.sender("marketplace", marketplace="elsewhere").get(f"/v1/disputes/{number}"),
        404,
        "UnknownDispute",
    )
    refused(await at_home.http.get(f"/v1/disputes/{number}"), 401, "Unauthenticated")
    token = at_home.sender("buyer", dispute=filed["id"])
    theirs = done(await at_home.backend.get(f"/v1/disputes/{other['id']}"))["case_number"]
    refused(await token.get(f"/v1/disputes/{theirs}"), 404, "UnknownDispute")
