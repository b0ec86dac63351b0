"""Rectification: a party corrects what is recorded about it, for good and beside what it corrects.

Nothing in the log is overwritten, and no window that was computed moves: the correction says what is right from now on.
Both are in the case file, for the party itself and for the desk.
"""

from collections.abc import Sequence

from domain.dispute.case import Basis
from domain.dispute.state import Dispute
from domain.kernel.base import Event, OnDispute
from domain.kernel.people import Words, side_of
from domain.kernel.refusals import Conflict
from domain.privacy.rectification_facts import Corrected, RecordRectified

# --- types ---

MOST = 50
"""The most corrections of one dispute."""


class RectifyRecord(OnDispute, recorded_as=RecordRectified):
    what: Corrected
    correction: Words


RectificationCommand = RectifyRecord


class TooManyRectifications(Conflict):
    """The dispute already has `limit` corrections.

    Why: So many corrections of one dispute help nobody who reads it.

    What to do: Write a message to the marketplace that says what is right.

    Example: {"limit": 50}
    """


# --- decisions ---


def decide(basis: Basis, command: RectificationCommand) -> Sequence[Event]:
    return rectify(basis.dispute, command)


def rectify(dispute: Dispute, command: RectifyRecord) -> list[RecordRectified]:
    side = side_of(command.actor)
    if dispute.rectified >= MOST:
        raise TooManyRectifications(limit=MOST)
    correction = dispute.text(command.correction, command.actor)
    return [RecordRectified(number=dispute.rectified + 1, by=side, what=command.what, correction=correction)]
