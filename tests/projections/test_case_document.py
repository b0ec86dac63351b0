"""Every stored document is what `projections.case_document` says: the same fields, and nothing lost in reading it."""

import asyncio
import json
from pathlib import Path

from projections import case_file
from projections.case_document import CaseDocument
from projections.case_file import CASE_FILE
from projections.view import Doc
from tests.projections.conftest import Views
from tests.projections.plays import STORIES, Play

SHAPE = Path(__file__).with_name("case_file_shape.json")
"""The version of the view, and the fields of its documents."""


async def test_every_document_is_one(views: Views) -> None:
    """After every fact of every story; and each field that a filing does not fill is filled by one of them."""
    plays = await asyncio.gather(*(story(views.play()) for story in STORIES))
    filled = set[str]()
    for doc in [doc for play in plays for doc in await _documents(views, play)]:
        assert doc.keys() == CaseDocument.model_fields.keys()
        read = CaseDocument.model_validate_json(json.dumps(doc))
        assert read.model_dump(mode="json", by_alias=True, exclude_unset=True) == doc
        filled |= {name for name, value in doc.items() if value}
    optional = {name for name, field in CaseDocument.model_fields.items() if not field.is_required()}
    assert optional - filled == set()


async def _documents(views: Views, play: Play) -> list[Doc]:
    facts = await views.log.of_dispute(play.dispute)
    folded = (case_file.of(facts[:n]) for n in range(1, len(facts) + 1))
    return [doc for doc in folded if doc is not None]


def _fields() -> dict[str, list[str]]:
    """The fields of the document and of each part, by model."""
    schema = CaseDocument.model_json_schema()
    parts = {name: part for name, part in schema["$defs"].items() if "properties" in part}
    return {name: sorted(part["properties"]) for name, part in sorted({**parts, "CaseDocument": schema}.items())}


def test_a_document_of_other_fields_has_a_new_version() -> None:
    """Stored documents have the fields of their version; a new version is built beside them.

    Raise `version` in `projections/case_file.py`, then run `python -m tests.projections.test_case_document`.
    """
    assert json.loads(SHAPE.read_text("utf-8")) == {"version": CASE_FILE.version, "fields": _fields()}


if __name__ == "__main__":
    if SHAPE.exists() and json.loads(SHAPE.read_text("utf-8"))["version"] == CASE_FILE.version:
        raise SystemExit("the version is that of the file: raise it first")
    SHAPE.write_text(json.dumps({"version": CASE_FILE.version, "fields": _fields()}, indent=1) + "\n", "utf-8")
