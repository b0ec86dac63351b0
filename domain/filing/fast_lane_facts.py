"""Facts about the fast lane: a claim was granted at filing, and the grant was contested."""

from typing import Literal

from domain.commitments.events import Participant
from domain.filing.resolution_facts import ResolutionGranted
from domain.kernel.base import Event
from domain.kernel.disclosure import Audience, Told
from domain.kernel.money import Money
from domain.kernel.people import Side

# --- types ---

ShownBy = Literal["tracking", "charges"]


class FastLaneGranted(Event, kind="FastLaneGranted", stream="dispute", told_to=Audience.ALL, consequence=True):
    """The claim was granted at filing under this `clause` of the policy: the record shows it, and it is within `up_to`.

    `up_to` limits what is in dispute. `funded_by` bears the payment until the grant stands; None if it is paid out of
    what is held.
    """

    clause: Told[str]
    shown_by: Told[ShownBy]
    claimant_receives: Told[Money]
    up_to: Told[Money]
    funded_by: Told[Participant | None] = None


class FastLaneContested(Event, kind="FastLaneContested", stream="dispute", told_to=Audience.ALL, consequence=True):
    """The grant no longer stands, and the dispute is undecided again."""

    by: Told[Side]


FastLaneEvent = FastLaneGranted | ResolutionGranted | FastLaneContested
