"""Texts, fields and names of files that try to be more than that, in every query, address, body and form."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest

from tests.api.attacks import (
    INJECTIONS,
    bodies,
    holds,
    leaves,
    method,
    one_role,
    operation,
    position,
    query_names,
    send,
    with_value,
)
from tests.api.house import House, done, refused, said
from tests.api.test_access import GUARDED, ROUTES, Sample
from tests.api.test_access import sample as _sample

pytestmark = pytest.mark.asyncio(loop_scope="module")

sample = _sample

# --- injections ---


def _sendable(text: str) -> str:
    return text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")


async def test_no_parameter_of_a_query_is_more_than_a_value(sample: Sample) -> None:
    """It is refused, or nothing fits it. Nothing of the inside is told."""
    tried = 0
    for name in GUARDED:
        route = ROUTES[name]
        if method(route) != "GET":
            continue
        reader, path = sample.sender(one_role(name)), route.path.format(**sample.ids)
        for parameter in query_names(sample.house, name):
            for text in INJECTIONS:
                response = await reader.get(path, params={parameter: _sendable(text)})
                holds(response, (name, parameter, text))
                if response.status_code == 200:
                    assert response.json().get("items", []) == [], (name, parameter, text)
                tried += 1
    assert tried > 300


async def test_no_part_of_an_address_is_more_than_a_value(sample: Sample) -> None:
    for name in GUARDED:
        route = ROUTES[name]
        for place in sample.ids:
            if f"{{{place}}}" not in route.path:
                continue
            for text in INJECTIONS:
                odd = {**sample.ids, place: quote(_sendable(text), safe="")}
                response = await sample.sender(one_role(name)).send(method(route), route.path.format(**odd))
                holds(response, (name, place, text))
                if response.status_code < 300:  # a history of nobody
                    assert sample.dispute_id not in response.text, (name, place, text)


BOTH = "'; DROP TABLE event; --${jndi:x}{{7*7}}%s<script>../../etc/passwd"


async def test_no_text_of_a_body_is_more_than_a_text(sample: Sample) -> None:
    tried = 0
    for name, body in bodies(sample):
        for at in leaves(body):
            for text in (BOTH, "nul\x00byte"):
                holds(await send(sample, name, with_value(body, at, text)), (name, at, text))
                tried += 1
    assert tried > 150


async def test_what_was_written_comes_back_as_it_was(sample: Sample) -> None:
    at, buyer = f"/v1/disputes/{(await sample.house.filed())['id']}", sample.house.speaking_for("buyer")
    texts = [text for text in INJECTIONS if text.isprintable()]
    for text in texts:
        last = done(await buyer.post(f"{at}/messages", {"message": said(text)}), 201)
    told = done(await buyer.get(f"{at}/messages", headers={"At-Least": last["position"]}))["items"]
    assert [message["message"]["text"] for message in told] == texts


# --- fields that nobody asked for ---

PRIVILEGED: Mapping[str, Any] = {
    "actor": {"role": "administrator"}, "role": "administrator", "roles": ["administrator"], "marketplace": "elsewhere",
    "now": "2000-01-01T00:00:00Z", "imported": True, "correlation_id": str(uuid4()), "recorded_at": "2000-01-01T00:00:00Z",
    "told_to": "all", "decided_by": "machine", "is_admin": True, "__class__": "x", "__proto__": {"x": 1}, "$where": "1",
    "dispute": {"stage": "closed"}, "authored_by": "supervisor",
}  # fmt: skip


async def test_no_body_sets_what_only_the_engine_sets(sample: Sample) -> None:
    """A field that the body does not have is refused where it stands, at the top and in every part, and nothing is done."""
    before, tried = await position(sample.house), 0
    for name, body in bodies(sample):
        for extra in ({**body, **PRIVILEGED}, *_inside(body)):
            problem = refused(await send(sample, name, extra), 422, "InvalidRequest")
            found = " ".join(fault["pointer"] for fault in problem["errors"])
            assert "actor" in found or "__class__" in found, (name, found)
            tried += 1
    assert tried > 100
    assert await position(sample.house) == before


def _inside(body: Any) -> Iterator[Any]:
    """The body with a strange field in each of its parts."""
    for key, inner in body.items():
        if isinstance(inner, dict) and inner and not _free(key):
            yield {**body, key: {**inner, "actor": "administrator"}}


def _free(key: str) -> bool:
    """Whether names of this part are the sender's own."""
    return key in ("clauses", "reasons")


FORMS = {"post_message": {"message": "Here it is.", "language": "en"}}
"""Acts that take a form beside JSON."""


async def test_no_form_either(sample: Sample) -> None:
    before = await position(sample.house)
    for name in GUARDED:
        if "multipart/form-data" not in operation(sample.house, name).get("requestBody", {}).get("content", {}):
            continue
        form = FORMS.get(name) or sample.bodies.get(name, {"description": "A photo", "language": "en"})
        path, sender = ROUTES[name].path.format(**sample.ids), sample.sender(one_role(name))
        for field in ("actor", "role", "marketplace", "now", "author"):
            response = await sender.post(path, data={**form, field: "administrator"}, files={"file": b"text"})
            assert refused(response, 422, "UnknownField")["pointer"] == f"/{field}", name
    assert await position(sample.house) == before


# --- files ---

NAMES = (
    "../../etc/passwd", "..\\..\\boot.ini", "C:\\x.txt", "/etc/passwd", "CON", "aux.txt", ".htaccess", "a.txt.exe", "x.svg",
    "x" * 150 + ".txt", "\u202egpj.exe", "e\u0301.txt", "\U0001f4f7.txt", "a;b.txt", 'a"b.txt', "a%00.txt", "a\tb.txt",
    "<img src=x onerror=alert(1)>.txt", "=cmd|' /C calc'!A0.csv", "name.txt ", "-rf",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
async def test_the_name_of_a_file_is_a_name(at_home: House, name: str) -> None:
    """It is kept, or refused. It leads to no other place, starts no program, and adds no header."""
    at, buyer = f"/v1/disputes/{(await at_home.filed())['id']}", at_home.speaking_for("buyer")
    form = {"description": "Foto", "language": "it"}
    response = await buyer.post(f"{at}/exhibits", data=form, files={"file": (name, b"text")})
    if response.status_code != 201:
        assert refused(response, 422, "InvalidRequest")["pointer"] == "/file"
        return
    (shown,) = done(await buyer.get(f"{at}/exhibits", headers={"At-Least": response.json()["position"]}))["items"]
    got = await buyer.get(shown["file"]["href"])
    disposition = got.headers["Content-Disposition"]
    assert disposition.startswith("attachment")
    assert disposition.isascii()
    assert not set("\r\n\\/") & set(disposition)
    assert disposition.endswith(".txt")
    assert got.headers["X-Content-Type-Options"] == "nosniff"
