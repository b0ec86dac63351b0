"""What a notice is written from, and who writes it: the words are the business of a floor above."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from urllib.parse import quote
from uuid import UUID

from domain.kernel.people import Side
from domain.notices.notices_facts import NoticeMade
from mediation.store.keys.tokens import ERASED


@dataclass(frozen=True, slots=True)
class ToWrite:
    """All that the words of a notice depend on. So the same notice is always written in the same words.

    `templates` are those of its causes, the most important first. `deadlines` are kinds of deadlines and `promises` kinds of
    commitments, each with its end. `order_id` is the marketplace's number of the order: the record of a notice is written
    without it, because it is the buyer's data and the record is sealed for whom it tells. `page` is the address where the
    party finds the dispute, if the operator gives one.
    """

    to: Side
    language: str
    time_zone: str
    templates: Sequence[str]
    deadlines: Sequence[tuple[str, datetime]]
    promises: Sequence[tuple[str, datetime]]
    case_number: str
    order_id: str | None = None
    page: str | None = None


@dataclass(frozen=True, slots=True)
class Written:
    heading: str
    text: str
    html: str


def to_write(
    made: NoticeMade, dispute_id: UUID, case_number: str, order_id: str | None = None, page: str | None = None
) -> ToWrite:
    """A notice that was made, to be written again. An order number that cannot be read any more is left out."""
    known = None if order_id == ERASED else order_id
    named = {"dispute_id": dispute_id, "case_number": case_number, "order_id": quote(known or "", safe="")}
    return ToWrite(
        to=made.to,
        language=made.language,
        time_zone=made.time_zone,
        templates=[cause.template for cause in made.causes],
        deadlines=[(one.about, one.due_at) for one in made.deadlines],
        promises=[(one.kind, one.due_at) for one in made.promises],
        case_number=case_number,
        order_id=known,
        page=page.format(**named) if page else None,
    )


class Writer(Protocol):
    def language(self, wanted: str) -> str:
        """The language in which a reader of this language is written to (BCP 47)."""
        ...

    def write(self, notice: ToWrite) -> Written: ...
