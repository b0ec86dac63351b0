"""What each case of a list is about, in one line, in the reader's language."""

import asyncio
from collections.abc import Collection, Sequence
from uuid import UUID

from api.disputes.settlement.translation import with_translations
from api.http.reads import Reading
from api.words.languages import asked_for
from domain.filing.filing_facts import DisputeFiled
from domain.kernel.frozen import frozen
from domain.kernel.people import Side
from projections.filings import filings

_LENGTH = 140


@frozen
class Line:
    """The beginning of a claim, and its language. `bought` is what it is about, the first of `bought` and `more` things.

    `clocks` are the time zones in which the parties live, by side.
    """

    text: str
    language: str
    bought: str
    more: int
    clocks: Sequence[tuple[str, str]]


async def in_short(reading: Reading, dispute_ids: Collection[UUID]) -> dict[UUID, Line]:
    """The claims of these disputes, which the reader may see."""
    filed = await filings(reading.http.services.log, {*dispute_ids})
    lines = await asyncio.gather(*(_line(reading, one, filed[one]) for one in dispute_ids))
    return dict(zip(dispute_ids, lines, strict=True))


async def _line(reading: Reading, dispute_id: UUID, filed: DisputeFiled) -> Line:
    claimed = [line.title for line in filed.order.lines if line.key in filed.claim.lines]
    opened = await reading.open({"said": filed.claim.statement.model_dump(), "bought": claimed[0] if claimed else ""})
    told = await with_translations(reading, dispute_id, opened["said"], asked_for(reading.accept_language))
    said = told.get("translation") or told
    return Line(
        text=_short(said["text"]),
        language=str(said["language"]),
        bought=_short(opened["bought"]),
        more=max(0, len(claimed) - 1),
        clocks=[(side.value, filed.party(side).time_zone) for side in Side],
    )


def _short(text: str) -> str:
    one_line = " ".join(str(text).split())
    return one_line if len(one_line) <= _LENGTH else one_line[: _LENGTH - 1] + "…"
