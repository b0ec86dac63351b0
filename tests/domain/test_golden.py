"""Stored names and shapes are for ever: one golden file an event kind and schema version, under `tests/golden`.

A new event gets an example, and its file is written by `python -m tests.domain.test_golden`, which never overwrites one. A
changed shape gets a new `schema_version`, with that another file, and an upcaster under which the old file keeps loading.
"""

import importlib
import json
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

import domain
from domain.kernel.base import Event
from domain.policy.book import PolicyPublished
from domain.policy.policy import TranslationRules
from mediation.store.log.upcast import upcast
from tests.domain.examples import EXAMPLES

GOLDEN = Path(__file__).parent.parent / "golden"


def kinds() -> dict[str, type[Event]]:
    """Every kind of event that the rules can make."""
    for module in pkgutil.walk_packages(domain.__path__, "domain."):
        importlib.import_module(module.name)
    return {kind: event for kind, event in Event.registry.items() if event.__module__.startswith("domain.")}


def golden(event: Event | type[Event]) -> Path:
    return GOLDEN / f"{event.kind}.v{event.schema_version}.json"


def body(event: Event) -> bytes:
    """The body as it is stored, except that personal texts are plain. A newline ends the file."""
    return event.model_dump_json().encode() + b"\n"


def written() -> list[Path]:
    return sorted(GOLDEN.glob("*.json"))


def test_every_kind_has_an_example() -> None:
    """A new event must have a golden file."""
    examples = [event.kind for event in EXAMPLES]
    assert examples == sorted(kinds()), "an event without an example, or one too many"


@pytest.mark.parametrize("event", EXAMPLES, ids=lambda event: event.kind)
def test_shapes_are_for_ever(event: Event) -> None:
    """The stored bytes of an event today are the bytes in the golden file of its version."""
    assert golden(event).exists(), f"write {golden(event).name} with: python -m tests.domain.test_golden"
    assert golden(event).read_bytes() == body(event), "a changed shape needs a new schema_version and an upcaster"


@pytest.mark.parametrize("event", EXAMPLES, ids=lambda event: event.kind)
def test_examples_are_whole(event: Event) -> None:
    """Every field of an example is filled, so that the file shows the whole shape."""
    assert not list(_empty(event, event.kind))


@pytest.mark.parametrize("file", written(), ids=lambda file: file.stem)
def test_every_golden_file_loads(file: Path) -> None:
    """Every shape that was ever stored can still be read, as an event of today."""
    name = re.fullmatch(r"(\w+)\.v(\d+)", file.stem)
    assert name is not None, "Kind.vN.json"
    kind, version = name[1], int(name[2])
    shape = kinds()[kind]
    today = upcast(kind, version, json.loads(file.read_bytes()), to=shape.schema_version)
    event = shape.model_validate_json(json.dumps(today))
    if version == shape.schema_version:
        assert body(event) == file.read_bytes()


@pytest.mark.parametrize("event", EXAMPLES, ids=lambda event: event.kind)
def test_no_version_is_missing(event: Event) -> None:
    """The files of earlier versions are kept."""
    files = {f"{event.kind}.v{version}" for version in range(1, event.schema_version + 1)}
    assert files == {file.stem for file in written() if file.stem.startswith(f"{event.kind}.")}


def test_an_old_policy_promised_no_translation_by_people() -> None:
    """Its marketplace had texts translated by engines, and is not suddenly in breach. A policy of today says what it wants."""
    old = json.loads((GOLDEN / "PolicyPublished.v5.json").read_bytes())
    assert old["policy"]["translation"]["engines"]
    event = PolicyPublished.model_validate(upcast("PolicyPublished", 5, old, to=PolicyPublished.schema_version))
    assert event.policy.translation is not None
    assert event.policy.translation.otherwise == "original"
    assert TranslationRules().otherwise == "owed"
    plain = old | {"policy": old["policy"] | {"translation": None}}
    assert upcast("PolicyPublished", 5, plain, to=6)["policy"]["translation"] is None


def _empty(value: object, path: str) -> Iterator[str]:
    match value:
        case None | () | "":
            yield path
        case BaseModel():
            for name in type(value).model_fields:
                yield from _empty(getattr(value, name), f"{path}.{name}")
        case tuple():
            for number, item in enumerate(value):
                yield from _empty(item, f"{path}.{number}")


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    for example in EXAMPLES:
        if not golden(example).exists():
            golden(example).write_bytes(body(example))
