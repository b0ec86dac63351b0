"""Facts about the fast lane: a claim was granted when it was filed, and that grant was contested."""

from typing import Literal

from domain.commitments.events import Participant
from domain.kernel.base import Event
from domain.kernel.disclosure import Audience, Told
from domain.kernel.money import Money
from domain.kernel.people import Side

# --- types ---

ShownBy = Literal["tracking", "charges"]


class FastLaneGranted(Event, kind="FastLaneGranted", stream="dispute", told_to=Audience.ALL):
    """Under this `clause` of the policy: the record shows the claim, and what is in dispute is no more than `up_to`.

    `funded_by` bears what is paid until the grant stands; nobody has to where it is paid out of what is held.
    """

    clause: Told[str]
    shown_by: Told[ShownBy]
    claimant_receives: Told[Money]
    up_to: Told[Money]
    funded_by: Told[Participant | None] = None


class FastLaneContested(Event, kind="FastLaneContested", stream="dispute", told_to=Audience.ALL):
    """The grant stands no more, and the dispute is undecided again."""

    by: Told[Side]


FastLaneEvent = FastLaneGranted | FastLaneContested
