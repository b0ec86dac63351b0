"""The fact that a claim was found vexatious."""

from domain.kernel.base import Event, Role
from domain.kernel.disclosure import Audience, Told
from domain.kernel.frozen import frozen
from domain.kernel.people import Text

# --- types ---


class ClaimFoundVexatious(
    Event, kind="ClaimFoundVexatious", stream="dispute", told_to=Audience.ALL_WHEN_IN_EFFECT, consequence=True
):
    """The claim was found vexatious. `ruling` is the number of the ruling; None if it was declared inadmissible."""

    by: Told[Role]
    reasons: Told[Text]
    ruling: Told[int | None] = None
    awaits_co_signature: Told[bool] = False


VexatiousEvent = ClaimFoundVexatious


# --- state ---


@frozen
class Finding:
    ruling: int | None
