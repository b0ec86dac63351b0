"""The answer to bad input is a problem that names the field or the rule. Nothing changes."""

import asyncio
import gzip
import json
import re
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from pydantic import TypeAdapter

from api.app import ROUTERS, routes_of
from api.http import middleware as reception
from api.http.addresses import media_types
from api.http.bodies import When
from api.http.exact_json import ExactRoute
from tests.api.house import House, Sender, done, euros, filing, refused, said

pytestmark = pytest.mark.asyncio(loop_scope="module")

JPY = {"amount": "10.5", "currency": "JPY"}


def _changed(pointer: str, value: Any) -> dict[str, Any]:
    """A filing with one field changed."""
    body = filing()
    *path, last = pointer.strip("/").split("/")
    place: Any = body
    for step in path:
        place = place[int(step) if step.isdigit() else step]
    place[last] = value
    return body


@pytest.mark.parametrize(
    ("pointer", "value"),
    [
        ("/claim/amount/amount", "1e2"),
        ("/claim/amount/amount", 129.9),
        ("/claim/amount/amount", "-1.00"),
        ("/claim/amount/amount", "١٢.٠٠"),
        ("/claim/amount/currency", "EURO"),
        ("/claim/statement/language", "klingonese-x"),
        ("/claim/statement/language", "und"),
        ("/claim/statement/text", ""),
        ("/claim/statement/text", " \n "),
        ("/claim/statement/text", "a\x00b"),
        ("/claim/statement/text", "half a pair: \ud83d"),
        ("/claim/statement/text", "moves a terminal's cursor: \x9b2J"),
        ("/claim/statement/text", "x" * 20_001),
        ("/claim/reason", "because"),
        ("/claim/lines", []),
        ("/transaction/paid_at", "2026-10-01T09:12:00"),
        ("/transaction/paid_at", "2026-10-01"),
        ("/transaction/paid_at", 1759309920),
        ("/transaction/paid_at", "2026-02-30T09:12:00Z"),
        ("/transaction/paid_at", "0001-01-01T00:00:00+14:00"),
        ("/transaction/paid_at", "1970-01-01T00:00:00+00:01"),
        ("/transaction/paid_at", "2100-12-31T23:59:59-00:01"),
        ("/transaction/lines", []),
        ("/transaction/lines/0/quantity", "2"),
        ("/transaction/lines/0/quantity", True),
        ("/transaction/lines/0/title", "two\nlines"),
        ("/transaction/lines/0/title", "two\u2028lines"),
        ("/transaction/order_id", "x" * 201),
        ("/buyer/country", "UK"),
        ("/buyer/time_zone", "Rome"),
        ("/buyer/email", "nobody"),
        ("/buyer/nickname", "Ada"),
        ("/claimant", "carrier"),
    ],
)
async def test_a_fault_of_form_is_named_where_it_is(at_home: House, pointer: str, value: Any) -> None:
    body = _changed(pointer, value)
    problem = refused(await _filing(at_home, body), 422, "InvalidRequest")
    assert problem["pointer"] == pointer
    assert [fault["pointer"] for fault in problem["errors"]] == [pointer]


NOTHING = [
    "\u200b",  # zero width space
    "\u2800",  # blank pattern of Braille
    "\u3164",  # fillers of Hangul
    "\u115f\u1160",
    "\uffa0",
    "\u00ad",  # soft hyphen
    "\ufe0f",  # variation selectors
    "\U000e0100",
    "\U000e0061\U000e007f",  # tags
    "\u200d \u2060\u00a0\u3000",
    "\u0301\u20dd",  # marks without a letter
    "\u2066\u2069\ufeff",
]


@pytest.mark.parametrize("text", NOTHING)
@pytest.mark.parametrize(
    "pointer",
    [
        "/claim/statement/text",
        "/transaction/lines/0/id",
        "/buyer/id",
        "/buyer/name",
        "/transaction/order_id",
        "/transaction/lines/0/title",
    ],
)
async def test_what_shows_nothing_is_no_text(at_home: House, pointer: str, text: str) -> None:
    problem = refused(await _filing(at_home, _changed(pointer, text)), 422, "InvalidRequest")
    assert [fault["pointer"] for fault in problem["errors"]] == [pointer]


@pytest.mark.parametrize("text", NOTHING)
async def test_what_shows_nothing_is_no_text_elsewhere_either(at_home: House, text: str) -> None:
    """In a form, as the name of a file, in an address, in a policy, and in an import."""
    at, buyer = f"/v1/disputes/{(await at_home.filed())['id']}", at_home.speaking_for("buyer")
    form, file = {"description": "Foto", "language": "it"}, {"file": ("a.txt", b"text")}
    blank = await buyer.post(f"{at}/exhibits", data=form | {"description": text}, files=file)
    assert refused(blank, 422, "InvalidRequest")["pointer"] == "/description"
    unnamed = await buyer.post(f"{at}/exhibits", data=form, files={"file": (text, b"text")})
    assert refused(unnamed, 422, "InvalidRequest")["pointer"] == "/file"
    address = await _filing(at_home, _changed("/buyer/email", f"{text}@example.com"))
    assert refused(address, 422, "InvalidRequest")["pointer"] == "/buyer/email"
    administrator = at_home.sender("administrator")
    asked = {"name": "photos", "of": "claimant", "text": text}
    for fields, pointer in (
        ({"clauses": {"a.b": text}}, "/clauses/a.b"),
        ({"reasons": {"damaged": {"evidence": [asked]}}}, "/reasons/damaged"),
    ):
        policy = await administrator.post("/v1/policies", {"version": "blank"} | fields)
        assert refused(policy, 422, "InvalidRequest")["pointer"] == pointer
    line = {"case": text, "act": "withdraw", "as": "buyer", "occurred_at": "2026-01-01T00:00:00Z"}
    sent = await at_home.backend.post(
        "/v1/imports", content=json.dumps(line), headers={"Content-Type": "application/x-ndjson"}
    )
    assert json.loads(sent.text)["problem"]["pointer"] == "/case"


@pytest.mark.parametrize(
    "text",
    [
        "\u0645\u0643\u0633\u0648\u0631\u0629\u064b \u062c\u062f\u064b\u0627",  # Arabic, with vowel signs
        "\u05d4\u05b8\u05d0\u05b2\u05d2\u05b7\u05e8\u05b0\u05d8\u05b8\u05dc",  # Hebrew, pointed
        "\u0646\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",  # Persian, with its zero width non-joiner
        "\u0915\u094d\u200d\u0937 \u0939\u093f\u0928\u094d\u0926\u0940",  # Hindi, with a zero width joiner
        "\U0001f469\u200d\U0001f469\u200d\U0001f467",  # a family
        "\u2764\ufe0f",
        "1\ufe0f\u20e3",
        "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",  # the flag of Scotland
        "\u00adsoft",
        "?",
    ],
)
async def test_what_shows_something_is_kept_as_it_was_sent(at_home: House, text: str) -> None:
    at, buyer = f"/v1/disputes/{(await at_home.filed())['id']}", at_home.speaking_for("buyer")
    posted = done(await buyer.post(f"{at}/messages", {"message": said(text, "it")}), 201)
    (message,) = done(await buyer.get(f"{at}/messages", headers={"At-Least": posted["position"]}))["items"]
    assert message["message"]["text"] == text


@pytest.mark.parametrize("digits", ["1", "1234567", "123456789", "9" * 40])
async def test_a_second_has_any_number_of_digits(at_home: House, digits: str) -> None:
    """RFC 3339, section 5.6. What is smaller than a microsecond is cut off."""
    written = f"2026-10-01T09:12:00.{digits}Z"
    assert TypeAdapter(When).validate_python(written) == datetime.fromisoformat(
        f"2026-10-01T09:12:00.{digits[:6]:0<6}+00:00"
    )
    asked = await at_home.backend.get("/v1/disputes", params={"as_of": written})
    assert asked.status_code == 200 or asked.json()["code"] == "NotYetKnown", asked.text


async def test_what_was_sent_is_never_repeated(at_home: House) -> None:
    body = filing()
    body["buyer"] |= {
        "email": "secret",
        "country": "secret",
        "language": "secret",
        "name": "secret\n",
        "tier": "Secret",
    }
    body["seller"] |= {"time_zone": "secret"}
    body["claim"]["statement"] = {"text": ["secret"], "language": "it"}
    body["claim"]["amount"] = {"amount": "secret", "currency": "EUR"}
    body["claimant"] = "secret"
    body["transaction"]["paid_at"] = "secret"
    response = await _filing(at_home, body)
    assert len(refused(response, 422, "InvalidRequest")["errors"]) == 10
    assert "secret" not in response.text.lower()


async def test_all_faults_are_named_at_once(at_home: House) -> None:
    body = filing() | {"claim": {"amount": JPY}}
    body["buyer"]["language"] = "xx-nowhere"
    problem = refused(await _filing(at_home, body), 422, "InvalidRequest")
    assert {fault["pointer"] for fault in problem["errors"]} == {
        "/buyer/language",
        "/claim/amount/amount",
        "/claim/reason",
        "/claim/lines",
        "/claim/relief_sought",
        "/claim/statement",
    }


async def test_the_first_faults_are_listed(at_home: House) -> None:
    problem = refused(await _filing(at_home, filing() | {f"x{n}": n for n in range(200)}), 422, "InvalidRequest")
    assert [fault["pointer"] for fault in problem["errors"]] == [f"/x{n}" for n in range(20)]


@pytest.mark.parametrize("inside", [False, True])
async def test_what_may_hold_any_number_of_faults_is_refused_as_a_whole(at_home: House, inside: bool) -> None:
    """To list 70,000 faults took more than a second, for which everybody else waited."""
    many = {f"x{n}": 0 for n in range(70_000)}
    body = _changed("/claim/amount", many) if inside else filing() | many
    problem = refused(await _filing(at_home, body), 422, "TooManyNames")
    assert problem["facts"] == {"limit": 40_000, "limit_of_object": 250}
    line = {"case": "1", "act": "file_dispute", "as": "buyer", "occurred_at": "2026-01-01T00:00:00Z", "body": body}
    sent = await at_home.backend.post(
        "/v1/imports", content=json.dumps(line), headers={"Content-Type": "application/x-ndjson"}
    )
    assert json.loads(sent.text)["problem"]["code"] == "TooManyNames"


async def test_so_is_what_has_many_objects_of_many_names(at_home: House) -> None:
    body = _changed("/transaction/lines", [{f"x{n}": 0 for n in range(200)}] * 200)
    refused(await _filing(at_home, body), 422, "TooManyNames")
    body = _changed("/transaction/lines", [{f"x{n}": 0 for n in range(90)}] * 200)
    assert len(refused(await _filing(at_home, body), 422, "InvalidRequest")["errors"]) == 20


async def test_an_amount_has_no_more_digits_than_its_currency(at_home: House) -> None:
    problem = refused(await _filing(at_home, _changed("/claim/amount", JPY)), 422, "InvalidRequest")
    assert problem["pointer"] == "/claim/amount/amount"
    assert problem["detail"] == "JPY has no minor unit digits: write whole units, without a decimal point"


@pytest.mark.parametrize(
    ("pointer", "value", "code", "at"),
    [
        ("/claim/lines", ["2"], "UnknownLine", "/claim/lines"),
        ("/claim/amount", {"amount": "1.00", "currency": "USD"}, "CurrencyMismatch", "/claim/amount"),
        ("/claim/amount", euros("0.00"), "NothingInDispute", "/claim/amount"),
        ("/claim/relief_sought", "payment", "ReliefNotOpen", "/claim/relief_sought"),
        ("/buyer/tier", "platinum", "UnknownTier", "/buyer/tier"),
        ("/seller/id", "b-77", "SameParty", "/seller/id"),
        ("/transaction/delivered_at", "2099-01-01T00:00:00Z", "NotDeliverable", "/transaction"),
    ],
)
async def test_a_broken_rule_is_named_with_its_field(
    at_home: House, pointer: str, value: Any, code: str, at: str
) -> None:
    assert refused(await _filing(at_home, _changed(pointer, value)), 422, code)["pointer"] == at


async def test_a_claim_above_what_was_paid(at_home: House) -> None:
    problem = refused(await _filing(at_home, filing(paid="10.00", amount="10.01")), 409, "ClaimExceedsPaid")
    assert problem["facts"] == {"amount": "10.01 EUR", "left": "10.00 EUR"}


async def test_a_second_open_dispute_on_the_same_lines(at_home: House) -> None:
    first = await at_home.filed(order="O-twice")
    problem = refused(await _filing(at_home, filing(order="O-twice")), 409, "LinesAlreadyInDispute")
    assert problem["facts"] == {"open_disputes": [first["id"]]}


async def test_an_act_out_of_turn(at_home: House) -> None:
    """The claimant can't answer the claim. Nobody rules before mediation has failed."""
    at = f"/v1/disputes/{(await at_home.filed())['id']}"
    contest = {"answer": "contest"}
    refused(await at_home.speaking_for("buyer").post(f"{at}/response", contest), 409, "NotYourMove")
    neutral = await at_home.neutral()
    refused(await neutral.post(f"{at}/assignment", {"neutral": str(neutral.subject)}), 409, "NotYourMove")
    refused(await neutral.post(f"{at}/impasse"), 403, "NotTheNeutral")


async def test_after_the_deadline(at_home: House) -> None:
    """A lapse counts from its instant, whether or not anything has looked at the dispute since."""
    old = filing()
    old["transaction"]["paid_at"], old["transaction"]["delivered_at"] = "2020-01-01T00:00:00Z", "2020-01-05T00:00:00Z"
    refused(await _filing(at_home, old), 409, "FilingWindowClosed")
    at = f"/v1/disputes/{(await at_home.filed())['id']}"
    seller, buyer = at_home.speaking_for("seller"), at_home.speaking_for("buyer")
    offered = done(await seller.post(f"{at}/offers", {"amount": euros("1.00")}), 201)
    at_home.clock.ahead = timedelta(days=9)
    try:
        late = await buyer.post(f"{at}/offers/1/acceptance", match=offered["version"])
        refused(late, 409, "OfferNotOpen")
        refused(await seller.post(f"{at}/response", {"answer": "contest"}), 409, "DeadlineHasLapsed")
    finally:
        at_home.clock.ahead = timedelta()


async def test_on_a_closed_dispute(at_home: House) -> None:
    filed = await at_home.filed()
    at, buyer = f"/v1/disputes/{filed['id']}", at_home.speaking_for("buyer")
    assert done(await buyer.post(f"{at}/withdrawal"))["stage"] == "closed"
    refused(await buyer.post(f"{at}/offers", {"amount": euros("1.00")}), 409, "DisputeIsClosed")
    refused(await buyer.post(f"{at}/escalation"), 409, "DisputeIsClosed")
    form = {"description": "late", "language": "en"}
    refused(await buyer.post(f"{at}/exhibits", data=form, files={"file": b"late"}), 409, "DisputeIsClosed")


async def test_on_no_dispute(at_home: House) -> None:
    buyer = at_home.speaking_for("buyer")
    refused(await buyer.post(f"/v1/disputes/{uuid4()}/withdrawal"), 404, "UnknownDispute")
    problem = refused(await buyer.post("/v1/disputes/77/withdrawal"), 422, "InvalidRequest")
    assert problem["errors"][0]["parameter"] == "dispute_id"
    assert problem["errors"][0]["location"] == "path"
    at = f"/v1/disputes/{(await at_home.filed())['id']}"
    refused(await buyer.post(f"{at}/offers/9/acceptance", match=3), 404, "UnknownOffer")


async def test_bodies_that_are_no_json(at_home: House) -> None:
    backend, as_json = at_home.backend, {"Content-Type": "application/json"}
    for content in (b"{", b"\xff", b'{"a": ' + b"9" * 5000 + b"}", b"[" * 100_000):
        refused(await backend.post("/v1/disputes", content=content, headers=as_json), 400, "UnreadableBody")
    refused(
        await backend.post("/v1/disputes", content=b"<a/>", headers={"Content-Type": "text/xml"}),
        415,
        "UnsupportedContent",
    )
    refused(await backend.post("/v1/disputes", content=b"{}"), 415, "UnsupportedContent")
    refused(await backend.post("/v1/disputes", content=b"[]", headers=as_json), 422, "InvalidRequest")


@pytest.mark.parametrize("kind", ["text/json", "text/plain", "application/jsonp", "application/x-json", "json"])
async def test_other_types_than_json(at_home: House, kind: str) -> None:
    content, headers = json.dumps(filing()).encode(), {"Content-Type": kind}
    problem = refused(
        await at_home.backend.post("/v1/disputes", content=content, headers=headers), 415, "UnsupportedContent"
    )
    assert problem["facts"] == {"expected": "application/json"}
    at = f"/v1/disputes/{(await at_home.filed())['id']}/withdrawal"
    refused(await at_home.speaking_for("buyer").post(at, content=b"{}", headers=headers), 415, "UnsupportedContent")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
async def test_json_is_in_utf_8(at_home: House, encoding: str) -> None:
    """RFC 8259, section 8.1. It has no parameter `charset`, so that changes nothing."""
    for kind in ("application/json", f"application/json; charset={encoding}", "application/merge-patch+json"):
        headers = {"Content-Type": kind}
        content = json.dumps(filing()).encode(encoding)
        problem = refused(
            await at_home.backend.post("/v1/disputes", content=content, headers=headers), 415, "UnsupportedContent"
        )
        assert problem["facts"] == {"expected": "application/json; charset=utf-8"}
    clock = json.dumps({"now": "2030-01-01T00:00:00Z"}).encode(encoding)
    turned = await at_home.backend.send(
        "PUT", "/v1/sandbox/clock", content=clock, headers={"Content-Type": "application/json"}
    )
    refused(turned, 415, "UnsupportedContent")


async def test_json_in_utf_8_may_be_declared_and_marked(at_home: House) -> None:
    content = b"\xef\xbb\xbf" + json.dumps(filing(order="O-marked")).encode()
    headers = {"Content-Type": "Application/JSON ; charset=UTF-8"}
    done(await at_home.backend.post("/v1/disputes", content=content, headers=headers), 201)


@pytest.mark.parametrize("coding", ["gzip", "br", "identity, gzip", "zstd"])
async def test_a_compressed_body_is_not_taken(at_home: House, coding: str) -> None:
    content = gzip.compress(json.dumps(filing()).encode())
    for path, kind in (
        ("/v1/disputes", "application/json"),
        ("/v1/imports", "application/x-ndjson"),
        (f"/v1/disputes/{uuid4()}/exhibits", "multipart/form-data; boundary=b"),
    ):
        headers = {"Content-Type": kind, "Content-Encoding": coding}
        refused(await at_home.backend.post(path, content=content, headers=headers), 415, "BodyEncoded")


async def test_identity_is_no_compression(at_home: House) -> None:
    headers = {"Content-Type": "application/json", "Content-Encoding": "identity"}
    content = json.dumps(filing(order="O-identity")).encode()
    done(await at_home.backend.post("/v1/disputes", content=content, headers=headers), 201)


async def test_what_takes_a_file_takes_more_than_a_mebibyte(at_home: House) -> None:
    """Every route that takes a form, whichever it is."""
    forms = [route for route in routes_of(ROUTERS) if "multipart/form-data" in media_types(route)]
    assert {route.name for route in forms} == {
        "add_exhibit", "add_return_label", "post_in_caucus", "post_message", "share_exhibit",
    }  # fmt: skip
    for route in forms:
        path = re.sub(r"{\w+}", str(uuid4()), route.path)
        speaking = {"share_exhibit": at_home.backend, "add_return_label": at_home.speaking_for("seller")}
        sender = speaking.get(route.name) or at_home.speaking_for("buyer")
        whole = await sender.post(path, data={"language": "it"}, files={"file": ("a.txt", b"x" * 2 * 1024 * 1024)})
        assert whole.status_code in (404, 422), (route.name, whole.text)
        more = await sender.post(path, data={"language": "it"}, files={"file": ("a.txt", b"x" * 21 * 1024 * 1024)})
        refused(more, 413, "BodyTooLarge")


async def test_a_body_is_one_mebibyte_at_most(at_home: House) -> None:
    """With a declared length and without."""

    async def endless() -> Any:
        for _ in range(2000):
            yield b" " * 1024

    as_json = {"Content-Type": "application/json"}
    for content in (b" " * (1024 * 1024 + 1), endless()):
        problem = await at_home.backend.post("/v1/disputes", content=content, headers=as_json)
        refused(problem, 413, "BodyTooLarge")


async def test_a_body_that_stops_coming(at_home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server stops waiting, for JSON and for a form. Nothing has happened, and the key is still unused."""
    monkeypatch.setattr(reception, "PATIENCE", 0.05)
    filed, key = await at_home.filed(), "stopped"
    at, buyer = f"/v1/disputes/{filed['id']}", at_home.speaking_for("buyer")

    async def stops(beginning: bytes) -> Any:
        yield beginning
        await asyncio.Event().wait()

    for path, kind, beginning in (
        (f"{at}/messages", "application/json", b'{"message": '),
        (f"{at}/exhibits", "multipart/form-data; boundary=b", b"--b\r\nContent-Disposition: form-data; "),
    ):
        stopped = await buyer.post(path, content=stops(beginning), headers={"Content-Type": kind}, key=key)
        refused(stopped, 408, "BodyTooSlow")
        assert stopped.headers["Connection"] == "close"
    done(await buyer.post(f"{at}/messages", {"message": said("Now whole.")}, key=key), 201)


async def test_what_every_post_carries(at_home: House) -> None:
    filed = await at_home.filed()
    at, seller = f"/v1/disputes/{filed['id']}", at_home.speaking_for("seller")
    buyer = at_home.speaking_for("buyer")
    refused(await buyer.send("POST", f"{at}/withdrawal"), 400, "IdempotencyKeyMissing")
    refused(await buyer.post(f"{at}/withdrawal", key="x" * 201), 422, "InvalidRequest")
    refused(await buyer.post(f"{at}/withdrawal", match="seven"), 422, "UnknownETag")
    offered = done(await seller.post(f"{at}/offers", {"amount": euros("1.00")}), 201)
    refused(await buyer.post(f"{at}/offers/1/acceptance"), 428, "IfMatchMissing")
    stale = refused(await buyer.post(f"{at}/offers/1/acceptance", match=filed["version"]), 412, "VersionIsStale")
    assert stale["facts"] == {"version": offered["version"], "expected": filed["version"]}
    refused(await buyer.post(f"{at}/withdrawal", match=filed["version"]), 412, "VersionIsStale")
    assert done(await buyer.post(f"{at}/offers/1/acceptance", match=offered["version"]))["outcome"] == "settled"


async def test_tokens_that_prove_nothing(at_home: House) -> None:
    for token in ("", "x", "a.b.c", at_home.backend.token + "x", at_home.backend.token.rpartition(".")[0]):
        refused(await Sender(at_home.http, token).get("/v1/disputes"), 401, "Unauthenticated")
    for sent in ("Bearer a b", "Bearer x"):
        told = await at_home.http.get("/v1/disputes", headers={"Authorization": sent})
        assert refused(told, 401, "Unauthenticated")["facts"] == {"reason": "malformed"}


async def test_no_token_is_not_a_malformed_one(at_home: House) -> None:
    for headers in ({}, {"Authorization": ""}, {"Authorization": "Bearer"}, {"Authorization": "Basic YTpi"}):
        told = refused(await at_home.http.get("/v1/disputes", headers=headers), 401, "Unauthenticated")
        assert told["facts"] == {"reason": "missing"}
        assert told["detail"].startswith("No token was sent")


async def test_questions_that_make_no_sense(at_home: House) -> None:
    backend = at_home.backend
    for query in ({"limit": "101"}, {"stage": "limbo"}, {"as_of": "2026-10-01T00:00:00"}, {"order_id": "\x00"}):
        problem = refused(await backend.get("/v1/disputes", params=query), 422, "InvalidRequest")
        assert problem["errors"][0]["parameter"] == next(iter(query))
        assert problem["errors"][0]["location"] == "query"
    misspelt = refused(await backend.get("/v1/disputes", params={"stages": "closed"}), 422, "UnknownParameter")
    assert "stage" in misspelt["facts"]["known"]
    twice = await backend.get("/v1/disputes?order_id=a&order_id=b&limit=5")
    assert refused(twice, 422, "ParameterRepeated")["facts"] == {"parameters": ["order_id"]}
    refused(await backend.get("/v1/disputes", params={"cursor": "abc"}), 422, "UnknownToken")
    refused(await backend.get("/v1/events", params={"cursor": "ü"}), 422, "UnknownToken")
    refused(await backend.get("/v1/disputes", headers={"At-Least": "5"}), 422, "UnknownToken")
    filed = await at_home.filed()
    foreign = at_home.sender("marketplace", marketplace="elsewhere")
    refused(await foreign.get("/v1/disputes", headers={"At-Least": filed["position"]}), 422, "UnknownToken")


async def test_a_text_that_looks_sealed_is_not_taken(at_home: House) -> None:
    at = f"/v1/disputes/{(await at_home.filed())['id']}"
    text = "~sealed1~00000000000000000000000000000000.1.X.1~a~AAAA"
    refused(await at_home.speaking_for("buyer").post(f"{at}/messages", {"message": said(text)}), 422, "ReservedText")


@pytest.mark.parametrize("path", ["/nowhere", "/v1/nowhere", "/docs/secret", "/problems/Nothing"])
async def test_no_such_address(at_home: House, path: str) -> None:
    refused(await at_home.backend.get(path), 404, "NoSuchResource")


async def test_no_such_method(at_home: House) -> None:
    response = await at_home.backend.send("DELETE", "/v1/disputes")
    refused(response, 405, "NoSuchMethod")
    assert response.headers["Allow"] == "GET, HEAD, OPTIONS, POST"


async def test_a_fixed_word_is_no_id_and_may_be_a_name(at_home: House) -> None:
    """The methods of its address are its own. A policy may be called `validation` like the route that checks one."""
    for method in ("GET", "HEAD", "DELETE"):
        answer = await at_home.backend.send(method, "/v1/disputes/eligibility")
        assert (answer.status_code, answer.headers["Allow"]) == (405, "OPTIONS, POST"), method
    elsewhere = at_home.sender("administrator", marketplace="odd-names")
    done(await elsewhere.post("/v1/policies", {"version": "validation"}), 201)
    assert done(await elsewhere.get("/v1/policies/validation"))["version"] == "validation"


async def _filing(house: House, body: Any) -> Any:
    """Sends lone surrogates escaped, as JSON may carry them."""
    before = await house.services.log.last_position()
    response = await house.backend.post(
        "/v1/disputes", content=json.dumps(body).encode(), headers={"Content-Type": "application/json"}
    )
    assert response.status_code == 201 or await house.services.log.last_position() == before
    return response


@pytest.mark.parametrize(
    "etag", ['"05"', '"00"', "5", '"-1"', 'w/"5"', "W/5", '"5", 6', '*, "5"', ",", '"5-gzip"', '"5.a"']
)
async def test_an_etag_has_one_spelling(at_home: House, etag: str) -> None:
    at = f"/v1/disputes/{(await at_home.filed())['id']}"
    offer = {"message": said("Ciao", "it")}
    refused(await at_home.speaking_for("buyer").post(f"{at}/messages", offer, match=etag), 422, "UnknownETag")


async def test_a_name_told_twice_is_refused_wherever_it_stands(at_home: House) -> None:
    headers = {"Content-Type": "application/json"}
    for twice in ('"claimant": "seller"', '"buyer": {"id": "b-1", "id": "b-2"}'):
        content = json.dumps(filing())[:-1] + f", {twice}}}"
        response = await at_home.backend.post("/v1/disputes", content=content, headers=headers)
        if "b-1" in twice:
            assert response.status_code == 422
        else:
            refused(response, 422, "NameRepeated")


async def test_no_route_takes_a_body_in_which_a_name_may_be_told_twice() -> None:
    others = {route.name for route in routes_of(ROUTERS) if route.body_field and not isinstance(route, ExactRoute)}
    assert others == set()


async def test_half_a_surrogate_pair_in_a_name(at_home: House) -> None:
    content = json.dumps(filing())[:-1] + r', "\ud800": 1}'
    headers = {"Content-Type": "application/json"}
    response = await at_home.backend.post("/v1/disputes", content=content, headers=headers)
    refused(response, 422, "InvalidRequest")


@pytest.mark.parametrize(
    "name", ["Authorization", "Mediation-As", "Mediation-Marketplace", "If-Match", "Idempotency-Key"]
)
async def test_a_header_twice_is_refused(at_home: House, name: str) -> None:
    token = at_home.backend.token
    headers = [("Authorization", f"Bearer {token}"), (name, "buyer"), (name, "seller")]
    refused(await at_home.http.get("/v1/disputes", headers=headers), 400, "HeaderRepeated")
