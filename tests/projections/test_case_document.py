"""Every stored document is what `projections.case_document` says: the same fields, and nothing lost in reading it."""

import asyncio
import json

from projections import case_file
from projections.case_document import CaseDocument
from projections.view import Doc
from tests.projections.conftest import Views
from tests.projections.plays import STORIES, Play


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
