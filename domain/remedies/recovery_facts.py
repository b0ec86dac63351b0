"""Facts about money that was paid before it was final: executed early, overturned."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import assert_never

from domain.commitments.events import Origin, Participant
from domain.kernel.base import Event
from domain.kernel.disclosure import Audience, Told
from domain.kernel.money import Money
from domain.kernel.people import Side

# --- types ---


class RulingExecuted(Event, kind="RulingExecuted", stream="dispute", told_to=Audience.ALL):
    """Before it is final; `funded_by` bears it should the ruling be overturned."""

    number: Told[int]
    funded_by: Told[Participant]


class AwardOverturned(Event, kind="AwardOverturned", stream="dispute", told_to=Audience.ALL):
    """What was decided counts no more; what either side had received under it counts against what is decided next.

    Said again, with less, when a refund that counted as received did not arrive.
    """

    to_buyer: Told[Money]
    to_seller: Told[Money]


RecoveryEvent = RulingExecuted | AwardOverturned

OF_OUTCOMES = frozenset(
    {Origin.SETTLEMENT, Origin.RULING, Origin.CONCESSION, Origin.DEFAULT, Origin.WITHDRAWAL, Origin.CANCELLATION}
)
"""What commitments arise from by which an outcome is carried out."""


# --- state ---


@dataclass(frozen=True, slots=True)
class Advance:
    """`received` is what either side has had under what was overturned; empty where nothing was."""

    funded_by: Participant | None = None
    received: Mapping[Side, Money] = field(default_factory=dict)


# --- evolve ---


def evolve(advance: Advance, event: RecoveryEvent) -> Advance:
    match event:
        case RulingExecuted(funded_by=funder):
            return replace(advance, funded_by=funder)
        case AwardOverturned(to_buyer=to_buyer, to_seller=to_seller):
            if to_buyer.is_zero and to_seller.is_zero:
                return Advance()
            return replace(advance, received={Side.BUYER: to_buyer, Side.SELLER: to_seller})
        case _:
            assert_never(event)


def funded(advance: Advance, funder: Participant | None) -> Advance:
    """Paid by a grant of the fast lane, while it may still fall."""
    return replace(advance, funded_by=funder)


def conceded(advance: Advance, claimant: Side, part: Money) -> Advance:
    """A part conceded is no longer in dispute, and neither is as much of what was received."""
    if not advance.received:
        return advance
    had = advance.received[claimant]
    return replace(advance, received={**advance.received, claimant: had - min(had, part)})
