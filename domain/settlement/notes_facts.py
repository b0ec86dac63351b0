"""The facts about internal notes of the desk. They have a stream of their own, so nothing that a party sees shows them."""

from typing import Literal, assert_never

from domain.kernel.base import Event, Role
from domain.kernel.disclosure import Audience, Told
from domain.kernel.frozen import frozen
from domain.kernel.people import Text

# --- types ---


class NoteWritten(Event, kind="NoteWritten", stream="notes", told_to=Audience.NEUTRAL_STAFF_AND_AUDITOR):
    """The desk wrote something down for itself. `visibility` is stored, so that a note never looks like a message."""

    number: Told[int]
    by: Told[Role]
    note: Told[Text]
    visibility: Told[Literal["desk"]] = "desk"


# --- state ---


@frozen
class Notes:
    written: int = 0


# --- evolve ---


def evolve(notes: Notes, event: NoteWritten) -> Notes:
    match event:
        case NoteWritten(number=number):
            return Notes(number)
        case _:
            assert_never(event)
