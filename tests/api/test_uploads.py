"""Exhibits with files: streamed in, identified by content, sealed, and returned byte for byte."""

import hashlib
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from mediation.store.keys.keys import Erasure
from tests import today
from tests.api.house import House, Sender, done, refused

pytestmark = pytest.mark.asyncio(loop_scope="module")

FORM = {"description": "Foto del vaso", "language": "it"}
SECRET = b"This text is nobody's business but the parties'. "


async def test_a_file_comes_back_as_it_was_sent(at_home: House) -> None:
    """Larger than any buffer, under a name that a header must escape."""
    content = b"\x89PNG\r\n\x1a\n" + SECRET * 60_000
    at, buyer = await _dispute(at_home)
    files = {"file": ('C:\\Fotos\\vaso "rotto" \u2013 中.png', content, "text/html")}
    added = done(await buyer.post(f"{at}/exhibits", data=FORM, files=files), 201)
    assert added["sha256"] == hashlib.sha256(content).hexdigest()

    headers = {"At-Least": added["position"]}
    listed = done(await buyer.get(f"{at}/exhibits", headers=headers))["items"][0]
    assert listed["file"]["name"].endswith("\u2013 中.png")
    assert "Fotos" not in listed["file"]["name"]
    assert listed["file"]["media_type"] == "image/png"
    assert listed["file"]["size"] == len(content)
    sent = await at_home.speaking_for("seller").get(listed["file"]["href"])
    assert sent.content == content
    assert sent.headers["Content-Type"] == "image/png"
    assert sent.headers["Content-Length"] == str(len(content))
    assert sent.headers["X-Content-Type-Options"] == "nosniff"
    assert sent.headers["Content-Disposition"].startswith(
        "attachment; filename=\"vaso _22rotto_22 _ _.png\"; filename*=UTF-8''vaso%20"
    )


@pytest.mark.parametrize(
    ("name", "content", "saved"),
    [
        ("rechnung.hta", b"text", "rechnung.hta.txt"),
        ("vaso.html", b"\x89PNG\r\n\x1a\n<html><script>", "vaso.html.png"),
        ("FOTO.JPG", b"\xff\xd8\xff\xe0", "FOTO.JPG"),
        ("preise.csv", b"=1+1", "preise.csv.txt"),
        ("vaso\u202etxt.bat", b"text", "vasotxt.bat.txt"),
        ("vaso.bat. ", b"text", "vaso.bat.txt"),
        ("..", b"text", ".txt"),
    ],
)
async def test_a_file_is_saved_under_a_name_that_tells_what_it_is(
    at_home: House, name: str, content: bytes, saved: str
) -> None:
    """Opening the file can start no program. Lists show the sender's name for it, and what hides in it."""
    at, buyer = await _dispute(at_home)
    added = done(await buyer.post(f"{at}/exhibits", data=FORM, files={"file": (name, content)}), 201)
    (listed,) = done(await buyer.get(f"{at}/exhibits", headers={"At-Least": added["position"]}))["items"]
    assert listed["file"]["name"] == name.replace("\u202e", "[U+202E]")
    sent = await at_home.speaking_for("seller").get(listed["file"]["href"])
    assert sent.headers["Content-Disposition"].endswith(f"; filename*=UTF-8''{saved}")


async def test_nothing_of_it_is_on_a_disk_in_plain(at_home: House) -> None:
    at, buyer = await _dispute(at_home)
    files = {"file": ("note.txt", SECRET * 50_000, "text/plain")}
    done(await buyer.post(f"{at}/exhibits", data=FORM, files=files), 201)
    for file in _stored(at_home):
        assert SECRET not in file.read_bytes()
        assert b"note.txt" not in file.read_bytes()


async def test_a_text_alone_is_an_exhibit_too(at_home: House) -> None:
    """When no file is chosen, a browser sends an empty one without a name."""
    at, buyer = await _dispute(at_home)
    assert done(await buyer.post(f"{at}/exhibits", **_form(_field(b"file", b"", filename=b""))), 201)["sha256"] is None
    added = done(await buyer.post(f"{at}/exhibits", **_form()), 201)
    exhibits = done(await buyer.get(f"{at}/exhibits", headers={"At-Least": added["position"]}))["items"]
    assert [exhibit["file"] for exhibit in exhibits] == [None, None]
    refused(await buyer.get(f"{at}/exhibits/1/file"), 404, "UnknownExhibit")


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"", 422, "FileEmpty"),
        (b"MZ\x90\x00\x03" + bytes(100), 415, "FileTypeNotAllowed"),
        (b"<html><script>", 415, "FileTypeNotAllowed"),
        (b"text, and then\x00bytes", 415, "FileTypeNotAllowed"),
        (b"x" * (20 * 1024 * 1024 + 1), 413, "FileTooLarge"),
        (b"x" * (21 * 1024 * 1024), 413, "BodyTooLarge"),
    ],
    ids=["empty", "program", "page", "mixed", "large", "larger"],
)
async def test_a_file_that_is_not_taken_leaves_nothing(at_home: House, content: bytes, status: int, code: str) -> None:
    at, buyer = await _dispute(at_home)
    before, stored = await at_home.services.log.last_position(), _stored(at_home)
    files = {"file": ("photo.png", content, "image/png")}
    refused(await buyer.post(f"{at}/exhibits", data=FORM, files=files), status, code)
    assert await at_home.services.log.last_position() == before
    assert _stored(at_home) == stored


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ([("description", "a"), ("language", "it")], None),
        ([("description", "a"), ("language", "none-such")], "/language"),
        ([("description", "a")], "/language"),
        ([("description", "x" * 20_001), ("language", "it")], "/description"),
        ([("description", "a"), ("description", "b"), ("language", "it")], "/description"),
        ([("description", "a"), ("language", "it"), ("author", "me")], "/author"),
    ],
)
async def test_what_is_wrong_with_a_form_is_named(
    at_home: House, fields: list[tuple[str, str]], pointer: str | None
) -> None:
    """Also when the file came first: then it is deleted again."""
    at, buyer = await _dispute(at_home)
    stored = _stored(at_home)
    parts = [_field(b"file", b"content", filename=b"a.txt"), *(_field(n.encode(), v.encode()) for n, v in fields)]
    response = await buyer.post(f"{at}/exhibits", **_body(parts))
    if pointer is None:
        done(response, 201)
    else:
        assert response.status_code == 422
        assert response.json()["pointer"] == pointer
        assert _stored(at_home) == stored


async def test_bodies_that_are_no_form(at_home: House) -> None:
    at, buyer = await _dispute(at_home)
    path = f"{at}/exhibits"
    refused(await buyer.post(path, {"description": "a", "language": "it"}), 415, "UnsupportedContent")
    whole = _form(_field(b"file", b"content", filename=b"a.txt"))
    broken = {**whole, "content": whole["content"][:-20]}
    refused(await buyer.post(path, **broken), 400, "UnreadableForm")
    refused(await buyer.post(path, **{**whole, "content": b"--other\r\n"}), 400, "UnreadableForm")
    headers = b"X-Padding: " + b"x" * 10_000 + b"\r\n"
    padded = whole["content"].replace(b"Content-Disposition", headers + b"Content-Disposition", 1)
    refused(await buyer.post(path, **{**whole, "content": padded}), 400, "UnreadableForm")
    endless = _field(b"description", b"x" * 200_000)
    refused(await buyer.post(path, **_body([endless])), 413, "BodyTooLarge")


async def test_it_may_come_in_a_byte_at_a_time(at_home: House) -> None:
    at, buyer = await _dispute(at_home)
    form = _form(_field(b"file", SECRET, filename=b"a.txt"))

    async def trickle() -> AsyncIterator[bytes]:
        for byte in form["content"]:
            yield bytes([byte])

    added = done(await buyer.post(f"{at}/exhibits", content=trickle(), headers=form["headers"]), 201)
    assert added["sha256"] == hashlib.sha256(SECRET).hexdigest()


async def test_repeated_under_its_key_it_is_one_exhibit_and_one_file(at_home: House) -> None:
    """The separator of the fields may differ. With another file it is another request."""
    at, buyer = await _dispute(at_home)
    files = {"file": ("a.txt", SECRET, "text/plain")}
    first = done(await buyer.post(f"{at}/exhibits", key="k", data=FORM, files=files), 201)
    stored = _stored(at_home)
    assert done(await buyer.post(f"{at}/exhibits", key="k", data=FORM, files=files), 201) == first
    other = {"file": ("a.txt", SECRET + b"!", "text/plain")}
    refused(await buyer.post(f"{at}/exhibits", key="k", data=FORM, files=other), 422, "KeyReused")
    assert _stored(at_home) == stored
    exhibits = done(await buyer.get(f"{at}/exhibits", headers={"At-Least": first["position"]}))["items"]
    assert len(exhibits) == 1


async def test_of_somebody_erased_nothing_can_be_opened(at_home: House) -> None:
    at, buyer = await _dispute(at_home)
    added = done(await buyer.post(f"{at}/exhibits", data=FORM, files={"file": ("a.txt", SECRET, "text/plain")}), 201)
    headers = {"At-Least": added["position"]}
    dispute, _, _ = await at_home.services.engine.dispute(UUID(added["id"]), "bazaar")
    await at_home.services.keys.erase(Erasure(dispute.buyer.subject, 1, "bazaar", "person_asked"))
    assert done(await buyer.get(f"{at}/exhibits", headers=headers))["items"][0]["description"]["text"] == "[erased]"
    refused(await buyer.get(f"{at}/exhibits/1/file"), 410, "FileErased")


async def _dispute(house: House) -> tuple[str, Sender]:
    filed = await house.filed()
    return f"/v1/disputes/{filed['id']}", house.speaking_for("buyer")


def _stored(house: House) -> list[Path]:
    return sorted(path for path in house.services.settings.data_dir.rglob("*") if path.is_file())


def _field(name: bytes, value: bytes, *, filename: bytes | None = None) -> bytes:
    told = b'form-data; name="' + name + b'"' + (b"" if filename is None else b'; filename="' + filename + b'"')
    return b"Content-Disposition: " + told + b"\r\n\r\n" + value


def _form(*more: bytes) -> dict[str, Any]:
    return _body([*more, *(_field(name.encode(), value.encode()) for name, value in FORM.items())])


def _body(parts: list[bytes]) -> dict[str, Any]:
    content = b"".join(b"--b\r\n" + part + b"\r\n" for part in parts) + b"--b--\r\n"
    return {"content": content, "headers": {"Content-Type": "multipart/form-data; boundary=b"}}


@pytest.mark.parametrize(
    ("told", "name"),
    [
        (b"", "file"),
        (b'; filename=""', "file"),
        (b'; filename="photos/"', "file"),
        (b"; filename*=UTF-8''vaso%20%E4%B8%AD.txt", "vaso 中.txt"),
        (b"; filename*=iso-8859-1'it'citt%E0.txt", "città.txt"),
        (b"; filename*=UTF-8''%FF", "file"),
        (b"; filename=\"plain.txt\"; filename*=UTF-8''other.txt", "plain.txt"),
    ],
)
async def test_content_is_never_dropped_for_want_of_a_name(at_home: House, told: bytes, name: str) -> None:
    at, buyer = await _dispute(at_home)
    part = b'Content-Disposition: form-data; name="file"' + told + b"\r\n\r\n" + SECRET
    added = done(await buyer.post(f"{at}/exhibits", **_form(part)), 201)
    assert added["sha256"] == hashlib.sha256(SECRET).hexdigest()
    (exhibit,) = done(await buyer.get(f"{at}/exhibits", headers={"At-Least": added["position"]}))["items"]
    assert (exhibit["file"]["name"], exhibit["file"]["size"]) == (name, len(SECRET))


async def test_a_boundary_that_is_too_long(at_home: House) -> None:
    at, buyer = await _dispute(at_home)
    headers = {"Content-Type": f"multipart/form-data; boundary={'b' * 300}"}
    refused(await buyer.post(f"{at}/exhibits", content=b"--b", headers=headers), 400, "UnreadableForm")


async def test_an_act_happens_when_all_of_it_has_come_in(at_home: House) -> None:
    """A request whose headers arrive in time and whose body ends after the deadline is late, as a form and as JSON."""
    at, buyer = await _dispute(at_home)
    form = _form()

    async def late(content: bytes) -> AsyncIterator[bytes]:
        yield content[:5]
        at_home.clock.ahead = timedelta(days=2)
        yield content[5:]

    sent = (
        ("exhibits", form["content"], form["headers"]),
        ("messages", b'{"message": {"text": "Ciao", "language": "it"}}', {"Content-Type": "application/json"}),
    )
    for path, content, headers in sent:
        try:
            response = await buyer.post(f"{at}/{path}", content=late(content), headers=headers)
        finally:
            at_home.clock.ahead = timedelta()
        assert response.status_code in (200, 201), response.text
        facts = await at_home.services.log.of_dispute(UUID(response.json()["id"]))
        assert facts[-1].occurred_at > today.now() + timedelta(days=1), path
