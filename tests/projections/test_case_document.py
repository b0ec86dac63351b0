"""Every stored document is what `projections.case_document` says: the same fields, and nothing lost in reading it."""

import asyncio
import json
from pathlib import Path
from typing import Any

from projections import case_file
from projections.case_document import ADDED_WHEN_READ, CaseDocument
from projections.case_file import CASE_FILE
from projections.table import Doc
from tests.projections.conftest import Views
from tests.projections.plays import STORIES, Play

SHAPE = Path(__file__).with_name("case_file_shape.json")
"""The version of the view, and the fields of its documents."""

NEVER_ANSWERED = frozenset({
    "author", "blob_id", "sealed_sha256",  # who wrote a text, and where a file is kept
    "buyer.subject", "seller.subject", "commitments.subject", "refunds.recipient_subject",
    "transaction.subject", "transaction.transaction_id", "transaction.lines.key", "transaction.lines.subject",
    "transaction.charges.key", "transaction.charges.subject", "transaction.tracking.subject",
    "caucus.neutral", "deadlines.quiet", "exhibits.withdrawn",  # what the reader needs
    "goods.details.subject", "vouchers.subject", "goods.inspection.commitment_id",
    "goods.sent.commitment_id", "goods.sent.shipment.subject", "goods.contest.commitment_id", "refunds_elsewhere.payment_key",
    "deliveries.subject", "deliveries.tracking_key", "resolution.agent",
})  # fmt: skip
"""The fields of stored parts that no model names, so that no answer can contain them."""

STORED = CaseDocument.model_fields.keys() - set(ADDED_WHEN_READ)


async def test_every_document_is_one(views: Views) -> None:
    """After every fact of every story; and each field that a filing does not fill is filled by one of them."""
    plays = await asyncio.gather(*(story(views.play()) for story in STORIES))
    filled = set[str]()
    for doc in [doc for play in plays for doc in await _documents(views, play)]:
        assert doc.keys() == STORED
        read = CaseDocument.model_validate_json(json.dumps(doc))
        assert read.model_dump(mode="json", by_alias=True, exclude_unset=True) == _answerable(doc)
        filled |= {name for name, value in doc.items() if value}
    optional = {name for name in STORED if not CaseDocument.model_fields[name].is_required()}
    assert optional - filled == set()


async def _documents(views: Views, play: Play) -> list[Doc]:
    facts = await views.log.of_dispute(play.dispute)
    folded = (case_file.of(facts[:n]) for n in range(1, len(facts) + 1))
    return [doc for doc in folded if doc is not None]


def _answerable(value: Any, at: str = "") -> Any:
    match value:
        case dict():
            named = {name: f"{at}.{name}" if at else name for name in value if name not in NEVER_ANSWERED}
            return {name: _answerable(value[name], path) for name, path in named.items() if path not in NEVER_ANSWERED}
        case list():
            return [_answerable(inner, at) for inner in value]
        case _:
            return value


def _fields() -> dict[str, list[str]]:
    """The fields of the document and of each part, by model."""
    schema = CaseDocument.model_json_schema()
    parts = {name: part for name, part in schema["$defs"].items() if "properties" in part}
    return {name: sorted(part["properties"]) for name, part in sorted({**parts, "CaseDocument": schema}.items())}


def test_a_document_of_other_fields_has_a_new_version() -> None:
    """Stored documents have the fields of their version, and a new version is built beside them. Only a new field with a
    default, whose events are as new as it, needs none: `case_file` reads what was stored before with the default.

    Otherwise raise `version` in `projections/case_file.py`. Then run `python -m tests.projections.test_case_document`.
    """
    stored = json.loads(SHAPE.read_text("utf-8"))
    assert stored["version"] == CASE_FILE.version
    document, parts = stored["fields"].pop("CaseDocument"), stored["fields"]
    fields = _fields()
    assert {name: fields[name] for name in parts} == parts
    added = set(fields["CaseDocument"]) - set(document)
    assert set(document) <= set(fields["CaseDocument"])
    assert [name for name in added if CaseDocument.model_fields[name].is_required()] == []


if __name__ == "__main__":
    SHAPE.write_text(json.dumps({"version": CASE_FILE.version, "fields": _fields()}, indent=1) + "\n", "utf-8")
