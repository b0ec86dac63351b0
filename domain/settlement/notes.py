"""Internal notes of the desk about a dispute: for the neutral, their successor and supervisors. No party ever reads one.

A note decides nothing, keeps no commitment and takes no number of a message. It is possible at any time, also during a
stay and after closure.

    Refusal
    ├── Forbidden
    │   └── MayNotNote
    └── Conflict
        └── TooManyNotes
"""

from collections.abc import Sequence

from domain.dispute.case import Basis
from domain.kernel.base import Actor, Event, OnDispute, Role
from domain.kernel.people import Words
from domain.kernel.refusals import Conflict, Forbidden
from domain.settlement.notes_facts import NoteWritten

# --- types ---

MAX_NOTES = 1_000

_WRITERS = frozenset({Role.NEUTRAL, Role.SUPERVISOR})


class WriteNote(OnDispute, recorded_as=NoteWritten):
    note: Words


class MayNotNote(Forbidden):
    """Your role cannot write internal notes. The neutral of the dispute and supervisors can.

    Why: Notes are for those who decide, and for whoever takes over from them.

    What to do: Write a message, which everybody in the dispute can read.

    Example: {"role": "marketplace"}
    """


class TooManyNotes(Conflict):
    """The dispute already has `limit` internal notes.

    Why: The limit bounds what a successor has to read, and what one dispute stores.

    What to do: Nothing can be added here. Tell a supervisor in another way what still matters.

    Example: {"limit": 1000}
    """


# --- decisions ---


def decide(basis: Basis, command: WriteNote) -> Sequence[Event]:
    return [note(basis, command.note, command.actor)]


def note(basis: Basis, words: Words, actor: Actor) -> NoteWritten:
    """Raises MayNotNote, TooManyNotes."""
    role, number = actor.role, basis.case.notes.written + 1
    if not may_note(role):
        raise MayNotNote(role=role.value)
    if number > MAX_NOTES:
        raise TooManyNotes(limit=MAX_NOTES)
    return NoteWritten(number=number, by=role, note=basis.dispute.text(words, actor))


def may_note(role: Role) -> bool:
    return role in _WRITERS
