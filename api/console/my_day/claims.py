"""What each claim of a list says, in one line, in the reader's language."""

import asyncio
from collections.abc import Collection
from uuid import UUID

from api.disputes.settlement.translation import with_translations
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
    lines = await asyncio.gather(*(_line(reading, one, filed[one].claim.statement.model_dump()) for one in dispute_ids))
    return dict(zip(dispute_ids, lines, strict=True))


async def _line(reading: Reading, dispute_id: UUID, statement: object) -> Line:
    opened = await reading.open(statement)
    told = await with_translations(reading, dispute_id, opened, asked_for(reading.accept_language))
    said = told.get("translation") or told
    text = " ".join(str(said["text"]).split())
    return Line(text if len(text) <= _LENGTH else text[: _LENGTH - 1] + "…", str(said["language"]))
