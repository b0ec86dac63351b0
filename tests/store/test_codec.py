"""Personal texts are sealed in every place, bound to exactly that place, and open again with the token alone."""

import json
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID, uuid4

import pytest
from pydantic import ValidationError

from domain.kernel.base import Event, Value
from domain.kernel.personal import Personal, PersonalOfAuthor
from mediation.store.keys import tokens
from mediation.store.keys.keys import NONCE, Erasure, KeyStore
from mediation.store.keys.personal import has_personal, spots
from mediation.store.log import upcast
from mediation.store.log.codec import Codec, Forged, ReservedText, UnknownKind
from mediation.store.log.recorded import Row
from tests.store.facts import MARKETPLACE, NOON, Line, Moved, Person, Posted

ADA, BOB, STREAM = uuid4(), uuid4(), uuid4()
POST = Posted(
    author=ADA,
    text="My parcel never came, à bientôt 你好",
    note="",
    lines=(Line(title="Lamp", quantity=2), Line(title="Shade", quantity=1)),
    to=Person(subject=BOB, name="Bob", email="bob@example.org"),
    tags=("one", "two"),
)
TEXTS = {"My parcel never came, à bientôt 你好", "Lamp", "Shade", "Bob", "bob@example.org", "one", "two"}


def row(body: bytes, *, kind: str = "TestPosted", schema: int = 1, stream: UUID = STREAM, version: int = 3) -> Row:
    return (9, NOON, NOON, stream, version, None, MARKETPLACE, kind, schema, ADA, None, None, body)


async def sealed(codec: Codec, event: Event) -> bytes:
    (draft,) = await codec.ready([event])
    return codec.seal(draft, marketplace=MARKETPLACE, stream_id=STREAM, version=3)


async def opened(codec: Codec, event: Event) -> Any:
    return await codec.open(event.model_dump(mode="json"), MARKETPLACE)


async def test_every_personal_text_is_sealed_and_opens_again(codec: Codec) -> None:
    body = await sealed(codec, POST)
    assert not any(text.encode() in body for text in TEXTS)
    assert (json.loads(body)["lines"][0]["quantity"], json.loads(body)["language"]) == (2, "en")
    decoded = codec.decode(row(body)).event
    assert isinstance(decoded, Posted)
    assert (decoded.author, decoded.lines[1].quantity) == (ADA, 1)
    assert await opened(codec, decoded) == POST.model_dump(mode="json")


async def test_a_token_is_opened_from_the_string_alone_wherever_a_view_puts_it(codec: Codec) -> None:
    decoded = codec.decode(row(await sealed(codec, POST))).event
    assert isinstance(decoded, Posted)
    assert decoded.to is not None
    kept = {"messages": [{"text": decoded.text, "n": 1}], "pair": (decoded.to.name, None), "at": 5}
    assert await codec.open(kept, MARKETPLACE) == {
        "messages": [{"text": POST.text, "n": 1}],
        "pair": ("Bob", None),
        "at": 5,
    }
    assert await codec.open(decoded.text, MARKETPLACE) == POST.text


def test_a_spot_knows_whose_text_it_is_and_where_it_stands() -> None:
    doc = POST.model_dump(mode="json")
    found = spots(POST, doc)
    assert {spot.path: spot.text for spot in found if spot.subject == BOB} == {
        "to.name": "Bob",
        "to.email": "bob@example.org",
    }
    assert {spot.text for spot in found if spot.text} == TEXTS
    for spot in found:
        spot.write(spot.path)
    assert (doc["to"]["name"], doc["lines"][1]["title"], doc["tags"][0]) == ("to.name", "lines.1.title", "tags.0")


async def test_an_event_without_personal_fields_is_plain_json(codec: Codec) -> None:
    body = await sealed(codec, Moved(to="b"))
    assert body == b'{"to":"b"}'
    assert codec.decode(row(body, kind="TestMoved")).event == Moved(to="b")


async def test_any_text_survives(codec: Codec) -> None:
    texts = (
        "",
        '"',
        "\\",
        '\\"',
        "\0",
        "\x1f\u2028",
        "🧾",
        f'"{tokens.PREFIX}',
        " ".join([tokens.PREFIX] * 3)[1:],
        "x" * 100_000,
    )
    body = await sealed(codec, Posted(author=ADA, text="", tags=texts))
    assert (await opened(codec, codec.decode(row(body)).event))["tags"] == list(texts)


async def test_erasing_a_person_erases_their_texts_and_nobody_elses(codec: Codec, keys: KeyStore) -> None:
    decoded = codec.decode(row(await sealed(codec, POST))).event
    await keys.erase(Erasure(ADA, 1, "bazaar", "person_asked"))
    told = await opened(codec, decoded)
    assert (told["text"], told["lines"][0]["title"], told["to"]["name"]) == ("[erased]", "[erased]", "Bob")


async def test_a_token_that_was_moved_or_altered_does_not_open(codec: Codec) -> None:
    """Moved inside the event, or to another stream, version, kind, schema version or marketplace; or with one bit changed."""
    body = await sealed(codec, POST)
    token = json.loads(codec.decode(row(body)).event.model_dump_json())["text"]
    _, prefix, origin, path, secret = token.split("~")
    stream, version, kind, schema = origin.split(".")
    assert (prefix, path) == ("sealed1", "text")
    turned = secret[:-2] + ("A" if secret[-2] != "A" else "B") + secret[-1]
    for forged in (
        f"~sealed1~{uuid4().hex}.{version}.{kind}.{schema}~{path}~{secret}",
        f"~sealed1~{stream}.4.{kind}.{schema}~{path}~{secret}",
        f"~sealed1~{stream}.{version}.TestMoved.{schema}~{path}~{secret}",
        f"~sealed1~{stream}.{version}.{kind}.2~{path}~{secret}",
        f"~sealed1~{origin}~note~{secret}",
        f"~sealed1~{origin}~{path}~{turned}",
        f"~sealed1~{origin}~{path}~{'A' * len(secret)}",
        f"~sealed1~{origin}~{path}~AA",
        f"~sealed1~{path}~{secret}",
    ):
        with pytest.raises(Forged):
            await codec.open([forged], MARKETPLACE)
    with pytest.raises(Forged):
        await codec.open(token, "souk")
    assert await codec.open(token, MARKETPLACE) == POST.text


async def test_what_was_opened_is_not_opened_again(codec: Codec) -> None:
    """A party may quote a token's prefix inside a text. That text is theirs, and stays unchanged."""
    quoting = POST.model_copy(update={"text": f"see {tokens.PREFIX}x"})
    decoded = codec.decode(row(await sealed(codec, quoting))).event
    assert (await opened(codec, decoded))["text"] == f"see {tokens.PREFIX}x"


@pytest.mark.parametrize(
    "text", [tokens.PREFIX, f"{tokens.PREFIX}a~b", f"{tokens.PREFIX}{'0' * 32}.1.A.1~a~{'A' * 80}"]
)
async def test_a_text_that_pretends_to_be_sealed_is_refused(codec: Codec, text: str) -> None:
    with pytest.raises(ReservedText):
        await sealed(codec, POST.model_copy(update={"text": text}))


async def test_a_plain_field_can_not_smuggle_a_token(codec: Codec) -> None:
    for event in (Moved(to=f'"{tokens.PREFIX}'), POST.model_copy(update={"language": tokens.PREFIX})):
        with pytest.raises(ReservedText):
            await sealed(codec, event)


async def test_a_token_out_of_the_state_is_sealed_anew_for_its_new_place(codec: Codec, keys: KeyStore) -> None:
    """A decider's state holds tokens, and its events carry them on. A token of another person, or from a wrong
    place, is refused.
    """
    before = codec.decode(row(await sealed(codec, POST))).event
    assert isinstance(before, Posted)
    assert before.to is not None
    after = codec.decode(row(await sealed(codec, Posted(author=ADA, text="x", note=before.text)))).event
    assert isinstance(after, Posted)
    assert after.note != before.text
    assert await codec.open(after.note, MARKETPLACE) == POST.text
    with pytest.raises(ReservedText):
        await sealed(codec, Posted(author=ADA, text=before.to.name))
    moved = before.text.replace(".3.", ".4.")
    with pytest.raises(ReservedText):
        await sealed(codec, Posted(author=ADA, text=moved))
    await keys.erase(Erasure(ADA, 1, "bazaar", "person_asked"))
    erased = codec.decode(row(await sealed(codec, Posted(author=ADA, text=before.text)))).event
    assert (await opened(codec, erased))["text"] == "[erased]"


async def test_an_unknown_kind_or_shape_is_an_error_and_not_a_guess(codec: Codec) -> None:
    with pytest.raises(UnknownKind):
        codec.decode(row(b"{}", kind="TestUnheardOf"))
    with pytest.raises(UnknownKind):
        codec.decode(row(b'{"to":"a"}', kind="TestMoved", schema=2))
    with pytest.raises(ValidationError):
        codec.decode(row(b"{}"))
    with pytest.raises(KeyError):
        codec.decode(row(b"{}", schema=0))


class Renamed(Event, kind="TestRenamed", stream="dispute"):
    schema_version = 3

    author: UUID
    statement: PersonalOfAuthor
    since: datetime


async def test_an_old_shape_is_brought_up_step_by_step_with_its_tokens(
    codec: Codec, keys: KeyStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The token was sealed for a path and a schema version that no longer exist, and still names them."""
    monkeypatch.setattr(upcast, "_steps", {})

    @upcast.upcaster("TestRenamed", 1)
    def renamed(body: dict[str, Any]) -> dict[str, Any]:
        return {"author": body["author"], "statement": body["text"]}

    @upcast.upcaster("TestRenamed", 2)
    def dated(body: dict[str, Any]) -> dict[str, Any]:
        return body | {"since": "2026-01-01T00:00:00Z"}

    with pytest.raises(TypeError):
        upcast.upcaster("TestRenamed", 2)(renamed)
    key = (await keys.ensure([ADA]))[ADA]
    origin = tokens.origin(STREAM, 3, "TestRenamed", 1)
    token = tokens.sealer(key, origin=origin, marketplace=MARKETPLACE)("hello", "text", bytes(NONCE))
    stored = json.dumps({"author": str(ADA), "text": token}).encode()
    event = codec.decode(row(stored, kind="TestRenamed", schema=1)).event
    assert isinstance(event, Renamed)
    assert event.since == datetime(2026, 1, 1, tzinfo=UTC)
    assert await codec.open(event.statement, MARKETPLACE) == "hello"


def test_a_mark_that_can_not_be_followed_is_found_when_the_event_is_first_used() -> None:
    class Scattered(Value):
        author: UUID
        texts: dict[str, Annotated[str, Personal("author")]]

    class Twice(Value):
        author: UUID
        text: Annotated[str, Personal("author"), Personal("other")]

    for model in (Scattered, Twice):
        with pytest.raises(TypeError):
            has_personal(model)


class Anonymous(Event, kind="TestAnonymous", stream="dispute"):
    author: UUID | None = None
    text: PersonalOfAuthor


async def test_a_text_that_names_nobody_is_a_mistake_in_the_event(codec: Codec) -> None:
    with pytest.raises(TypeError, match="author names nobody"):
        await codec.ready([Anonymous(text="x")])
