"""Internal notes of the desk."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from api.acts.declare import Acts
from api.http.answers import DONE, Numbered
from api.http.bodies import Act, Answer, Context, Page, Statement, example
from api.http.relative import ago
from domain.kernel.base import Instant, Role
from domain.settlement import notes
from projections.case_story.parts import Said

ACTS = Acts("Notes")

Visibility = Annotated[Literal["desk"], Field(description="Only the desk sees it, and never a party.")]

_TEXT = {"text": "The tracking number belongs to another parcel.", "language": "en"}


@ACTS.by_hand(by={Role.NEUTRAL, Role.SUPERVISOR})
class WriteNote(Act):
    """An internal note about the dispute. It is no message, and no party ever reads it."""

    model_config = example({"note": _TEXT})

    note: Statement

    def command(self, at: Context, *, dispute_id: UUID) -> notes.WriteNote:
        return notes.WriteNote(**at.common(), dispute_id=dispute_id, note=self.note.words())


class Noted(Numbered):
    """With the number of the note. Notes have numbers of their own."""

    model_config = example({**DONE, "number": 1, "visibility": "desk"})

    visibility: Visibility = "desk"


_NOTE: dict[str, Any] = {
    "number": 1,
    "by": "neutral",
    "author": "00000000-0000-0000-0000-0000000000a1",
    "note": _TEXT,
    "visibility": "desk",
    "written_at": ago(hours=1),
    "recorded_at": ago(hours=1, milliseconds=-3.215),
}


class Note(Answer):
    model_config = example(_NOTE)

    number: int
    by: Annotated[str, Field(description="The role of the author.")]
    author: Annotated[UUID | None, Field(description="The subject of the author.")]
    note: Said
    visibility: Visibility
    written_at: Instant
    recorded_at: Instant


class Notes(Page[Note]):
    model_config = example({"items": [_NOTE], "next": None})
