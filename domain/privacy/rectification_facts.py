"""The fact that a party corrected what is recorded about it. It stands beside what it corrects, which stays."""

from typing import Literal

from domain.kernel.base import Event
from domain.kernel.disclosure import Audience, Told
from domain.kernel.people import Side, Text

# --- types ---

Corrected = Literal["name", "email", "country", "language", "time_zone", "tier", "order", "claim", "other"]
"""What is wrong: a part of the party's own data, of the order or of the claim as they were recorded."""


class RecordRectified(Event, kind="RecordRectified", stream="dispute", told_to=Audience.DOER):
    """A party says what is right in place of what was recorded: Article 16 of Regulation (EU) 2016/679."""

    number: Told[int]
    by: Told[Side]
    what: Told[Corrected]
    correction: Told[Text]
