"""A request without a fault is read by the route of the act, any other by FastAPI. No caller can tell the two apart."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import nullcontext
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import pytest
from fastapi.routing import APIRoute
from httpx import Response

from api.http import act_route
from tests.api.house import House, Sender, done, euros, filing, refused, said

pytestmark = pytest.mark.asyncio(loop_scope="module")

Headers = Mapping[str, str]
AS_JSON: Headers = {"Content-Type": "application/json"}
MESSAGE = {"message": said("Vorschlag: fünf", "de")}
TEXT = json.dumps(MESSAGE, ensure_ascii=False)
FILING = json.dumps(filing()).encode()


def _with(member: str) -> bytes:
    """A filing with one more field."""
    return FILING[:-1] + f", {member}}}".encode()


def _fastapi_reads() -> Any:
    return patch.object(act_route._Plain, "arguments", return_value=None)


def _fastapi_does_not_read() -> Any:
    return patch.object(APIRoute, "handle", side_effect=AssertionError("FastAPI reads this request"))


async def _send(sender: Sender, path: str, content: Any, headers: Headers) -> Response:
    sent = {"Authorization": f"Bearer {sender.token}", **headers}
    raw = [(name.encode(), value.encode("latin-1")) for name, value in sent.items()]
    return await sender.http.request("POST", path, content=content, headers=raw)


async def _either_way(sender: Sender, path: str, content: bytes, headers: Headers, *, plain: bool = False) -> Response:
    """Sends the request twice, the second time for FastAPI to read it. Both answers are the same, to the byte.

    FastAPI doesn't read a `plain` request the first time.
    """
    with _fastapi_does_not_read() if plain else nullcontext():
        answer = await _send(sender, path, content, headers)
    with _fastapi_reads():
        assert _bytes(await _send(sender, path, content, headers)) == _bytes(answer)
    return answer


def _bytes(answer: Response) -> tuple[int, bytes, list[tuple[bytes, bytes]]]:
    """The answer without the id that is new for each request, and without what is left of its limit."""
    correlation_id = answer.headers["Correlation-Id"].encode()
    headers = [(name, value.replace(correlation_id, b"")) for name, value in answer.headers.raw if name != b"ratelimit"]
    return answer.status_code, answer.content.replace(correlation_id, b""), headers


@pytest.mark.parametrize(
    ("content", "headers"),
    [
        (json.dumps(MESSAGE).encode(), AS_JSON),
        (TEXT.encode(), AS_JSON),
        (json.dumps(MESSAGE, indent=2, ensure_ascii=False).encode() + b"\n", AS_JSON),
        (json.dumps(MESSAGE, separators=(",", ":")).encode(), AS_JSON),
        (TEXT.encode(), {"Content-Type": "Application/JSON ; charset=utf-8"}),
        (TEXT.encode(), {**AS_JSON, "If-Match": '"{version}"'}),
        (TEXT.encode(), {**AS_JSON, "Mediation-Marketplace": "bazaar"}),
        (TEXT.encode(), {**AS_JSON, "Idempotency-Key": "schlüssel"}),
    ],
)
async def test_a_request_without_a_fault(at_home: House, content: bytes, headers: Headers) -> None:
    """Sent again under its key it has the same answer, so FastAPI would have read the same act."""
    sender = at_home.backend
    filed = await at_home.filed()
    headers = {"Idempotency-Key": str(uuid4()), "Mediation-As": "seller", **headers}
    headers = {name: value.format(version=filed["version"]) for name, value in headers.items()}
    path = f"/v1/disputes/{filed['id']}/messages"
    answer = await _either_way(sender, path, content, headers, plain=True)
    assert done(answer, 201)["number"] == 1


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"\xef\xbb\xbf" + TEXT.encode(), "application/json"),
        (TEXT.replace(": fünf", "\\u003a fünf").encode(), "application/json"),
        (TEXT.encode(), "application/vnd.offer+json"),
    ],
)
async def test_what_only_fastapi_reads(at_home: House, content: bytes, media_type: str) -> None:
    sender = at_home.backend
    path = f"/v1/disputes/{(await at_home.filed())['id']}/messages"
    headers = {"Idempotency-Key": "only", "Mediation-As": "seller", "Content-Type": media_type}
    answer = await _either_way(sender, path, content, headers)
    assert done(answer, 201)["number"] == 1


async def test_a_filing(at_home: House) -> None:
    """Its answer says where the dispute is. `If-Match` means nothing here."""
    sender = at_home.backend
    headers = {**AS_JSON, "Idempotency-Key": "a filing", "If-Match": "of what?"}
    content = json.dumps(filing()).encode()
    answer = await _either_way(sender, "/v1/disputes", content, headers, plain=True)
    assert answer.headers["Location"] == f"/v1/disputes/{done(answer, 201)['id']}"


async def test_a_body_that_comes_in_pieces(at_home: House) -> None:
    """It is the same body, under the same key."""
    sender, headers, content = at_home.backend, {**AS_JSON, "Idempotency-Key": "pieces"}, json.dumps(filing()).encode()

    async def pieces() -> AsyncIterator[bytes]:
        for at in range(0, len(content), 100):
            yield content[at : at + 100]

    whole = await _either_way(sender, "/v1/disputes", content, headers, plain=True)
    assert _bytes(await _send(sender, "/v1/disputes", pieces(), headers)) == _bytes(whole)


@pytest.mark.parametrize("content", [b"", b"{}"])
async def test_an_act_that_needs_no_body(at_home: House, content: bytes) -> None:
    """Without a body there is no `Content-Type` either. The version that was read must be there."""
    sender = at_home.backend
    at, seller = f"/v1/disputes/{(await at_home.filed())['id']}", at_home.speaking_for("seller")
    offered = done(await seller.post(f"{at}/offers", {"amount": euros("1.00")}), 201)
    headers = {"Mediation-As": "buyer", "Idempotency-Key": "yes", "If-Match": f'"{offered["version"]}"'}
    headers |= {"Content-Type": "application/json"} if content else {}
    answer = await _either_way(sender, f"{at}/offers/1/acceptance", content, headers, plain=True)
    assert done(answer)["outcome"] == "settled"


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (json.dumps({k: v for k, v in filing().items() if k != "claim"}).encode(), 422, "InvalidRequest"),
        (_with('"nickname": "Ada"'), 422, "InvalidRequest"),
        (_with('"claimant": "seller"'), 422, "NameRepeated"),
        (FILING.replace(b'{"id"', b'{"id": "x", "id"', 1), 422, "NameRepeated"),
        (FILING.replace(b'"amount": "129.90"', b'"amount": 129.90'), 422, "InvalidRequest"),
        (FILING.replace(b'"quantity": 2', b'"quantity": NaN'), 422, "InvalidRequest"),
        (FILING.replace(b'"quantity": 2', b'"quantity": 1e999'), 422, "InvalidRequest"),
        (FILING.replace(b'"quantity": 2', b'"quantity": 2.0'), 422, "InvalidRequest"),
        (FILING.replace(b'"quantity": 2', b'"quantity": ' + b"9" * 400), 422, "InvalidRequest"),
        (FILING.replace(b'"quantity": 2', b'"quantity": ' + b"9" * 5000), 400, "UnreadableBody"),
        (FILING.replace(b"Vaso", b"\xff"), 400, "UnreadableBody"),
        (FILING.replace(b"Vaso", b"\\ud83d"), 422, "InvalidRequest"),
        (FILING.replace(b"Vaso", b"\n"), 400, "UnreadableBody"),
        (_with('"deep": ' + "[" * 300 + "]" * 300), 422, "InvalidRequest"),
        (b"[" * 100_000, 400, "UnreadableBody"),
        (FILING[:-1], 400, "UnreadableBody"),
        (FILING + b"x", 400, "UnreadableBody"),
        (FILING.decode().encode("utf-16"), 415, "UnsupportedContent"),
        (b"", 422, "InvalidRequest"),
        (b"null", 422, "InvalidRequest"),
        (b"[]", 422, "InvalidRequest"),
    ],
)
async def test_a_body_with_a_fault(at_home: House, content: bytes, status: int, code: str) -> None:
    sender = at_home.backend
    headers = {**AS_JSON, "Idempotency-Key": "fault"}
    answer = await _either_way(sender, "/v1/disputes", content, headers)
    refused(answer, status, code)


async def test_a_name_twice_beside_an_escaped_colon(at_home: House) -> None:
    """What is kept of the body has as many colons as the body."""
    sender = at_home.backend
    path = f"/v1/disputes/{(await at_home.filed())['id']}/messages"
    content = b'{"message": {"text": "a", "text": "\\u003a", "language": "de"}}'
    headers = {**AS_JSON, "Mediation-As": "seller", "Idempotency-Key": "twice"}
    answer = await _either_way(sender, path, content, headers)
    refused(answer, 422, "NameRepeated")


@pytest.mark.parametrize(
    ("path", "headers", "status", "code"),
    [
        ("{at}/messages", {"Content-Type": "text/plain"}, 415, "UnsupportedContent"),
        ("{at}/messages", {"Content-Type": "application/json/x"}, 415, "UnsupportedContent"),
        ("{at}/messages", {"Content-Type": ""}, 415, "UnsupportedContent"),
        ("{at}/messages", {"Idempotency-Key": ""}, 422, "InvalidRequest"),
        ("{at}/messages", {"Idempotency-Key": "x" * 201}, 422, "InvalidRequest"),
        ("{at}/messages", {"If-Match": "7"}, 422, "UnknownETag"),
        ("{at}/messages", {"If-Match": "x" * 201}, 422, "InvalidRequest"),
        ("{at}/messages", {"If-Match": '"999"'}, 412, "VersionIsStale"),
        ("{at}/messages", {"Prefer": "x" * 1001}, 422, "InvalidRequest"),
        ("{at}/messages", {"Mediation-As": "carrier"}, 422, "InvalidRequest"),
        ("{at}/messages", {"Mediation-Marketplace": "elsewhere"}, 403, "ForeignMarketplace"),
        ("{at}/messages", {"Mediation-Marketplace": "x" * 101}, 422, "InvalidRequest"),
        ("{at}/messages?stage=closed", {}, 422, "UnknownParameter"),
        ("{at}/offers/0/rejection", {}, 422, "InvalidRequest"),
        ("{at}/offers/1/acceptance", {}, 428, "IfMatchMissing"),
        ("{at}/offers/1/acceptance", {"If-Match": "*"}, 428, "IfMatchMissing"),
        ("{at}/escalation/nowhere", {}, 404, "NoSuchResource"),
        ("{at}/impasse", {}, 403, "NotForThisRole"),
        ("/v1/disputes/77/messages", {}, 422, "InvalidRequest"),
        ("/v1/disputes/0197c2a4-7d1e-7c3a-9f42-2b1c6f0a9d11/messages", {}, 404, "UnknownDispute"),
    ],
)
async def test_a_fault_beside_the_body(at_home: House, path: str, headers: Headers, status: int, code: str) -> None:
    sender = at_home.backend
    path = path.format(at=f"/v1/disputes/{(await at_home.filed())['id']}")
    headers = {**AS_JSON, "Mediation-As": "seller", "Idempotency-Key": "fault beside", **headers}
    answer = await _either_way(sender, path, TEXT.encode(), headers)
    refused(answer, status, code)


async def test_a_missing_key_comes_before_a_faulty_body(at_home: House) -> None:
    sender = at_home.backend
    answer = await _either_way(sender, "/v1/disputes", b"{}", AS_JSON)
    refused(answer, 400, "IdempotencyKeyMissing")
