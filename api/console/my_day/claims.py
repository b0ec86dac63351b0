"""What each claim of a list says, in one line, in the reader's language."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from api.disputes.settlement.translation import each_with_translations
from api.http.reads import Reading
from api.words.languages import asked_for
from domain.kernel.frozen import frozen
from projections.filings import filings

_LENGTH = 140


@frozen
class Line:
    """The beginning of a text, and its language."""

    text: str
    language: str


async def in_short(reading: Reading, dispute_ids: Collection[UUID]) -> dict[UUID, Line]:
    """The claims of these disputes, which the reader may see."""
    filed = await filings(reading.http.services.log, {*dispute_ids})
    opened = await reading.open([filed[one].claim.statement.model_dump() for one in dispute_ids])
    statements = dict(zip(dispute_ids, opened, strict=True))
    told = await each_with_translations(reading, statements, asked_for(reading.accept_language))
    return {one: _line(said) for one, said in zip(statements, told, strict=True)}


def _line(told: Mapping[str, Any]) -> Line:
    said = told.get("translation") or told
    text = " ".join(str(said["text"]).split())
    return Line(text if len(text) <= _LENGTH else text[: _LENGTH - 1] + "…", str(said["language"]))
