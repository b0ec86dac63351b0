"""Facts about the fast lane: a claim was granted when it was filed, and that grant was contested."""

from typing import Literal

from domain.commitments.events import Participant
from domain.kernel.base import Event
from domain.kernel.money import Money
from domain.kernel.people import Side

# --- types ---

ShownBy = Literal["tracking", "charges"]


class FastLaneGranted(Event, kind="FastLaneGranted", stream="dispute"):
    """Under this `clause` of the policy: the record shows the claim, and what is in dispute is no more than `up_to`.

    `funded_by` bears what is paid until the grant stands; nobody has to where it is paid out of what is held.
    """

    clause: str
    shown_by: ShownBy
    claimant_receives: Money
    up_to: Money
    funded_by: Participant | None = None


class FastLaneContested(Event, kind="FastLaneContested", stream="dispute"):
    """The grant stands no more, and the dispute is undecided again."""

    by: Side


FastLaneEvent = FastLaneGranted | FastLaneContested
