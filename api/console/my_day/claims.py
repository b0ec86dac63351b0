"""What each case of a list is about, in one line, in the reader's language."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from api.disputes.settlement.translation import each_with_translations
from api.http.reads import Reading
from api.words.languages import asked_for
from domain.filing.filing_facts import DisputeFiled
from domain.kernel.frozen import frozen
from domain.kernel.people import Party, Side
from projections.filings import filings

_LENGTH = 140


@frozen
class Line:
    """The beginning of a claim, and its language. `bought` is what it is about, the first of `bought` and `more` things.

    `local` are the parties, in whose time zones instants are shown.
    """

    text: str
    language: str
    bought: str
    more: int
    local: Mapping[Side, Party]


async def in_short(reading: Reading, dispute_ids: Collection[UUID]) -> dict[UUID, Line]:
    """The claims of these disputes, which the reader may see."""
    filed = await filings(reading.http.services.log, {*dispute_ids})
    sealed = [[filed[one].claim.statement.model_dump(), _claimed(filed[one])] for one in dispute_ids]
    opened = dict(zip(dispute_ids, await reading.open(sealed), strict=True))
    statements = {one: said for one, (said, _) in opened.items()}
    told = await each_with_translations(reading, statements, asked_for(reading.accept_language))
    return {one: _line(filed[one], said, bought) for (one, (_, bought)), said in zip(opened.items(), told, strict=True)}


def _claimed(filed: DisputeFiled) -> list[str]:
    return [line.title for line in filed.order.lines if line.key in filed.claim.lines]


def _line(filed: DisputeFiled, told: Mapping[str, Any], bought: Sequence[str]) -> Line:
    said = told.get("translation") or told
    return Line(
        text=_short(said["text"]),
        language=str(said["language"]),
        bought=_short(bought[0]) if bought else "",
        more=max(0, len(bought) - 1),
        local={side: filed.party(side) for side in Side},
    )


def _short(text: str) -> str:
    one_line = " ".join(str(text).split())
    return one_line if len(one_line) <= _LENGTH else one_line[: _LENGTH - 1] + "…"
