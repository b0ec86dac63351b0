"""Facts about money that was paid before it was final: executed early, overturned."""

from collections.abc import Mapping
from dataclasses import field
from typing import assert_never

from domain.commitments.events import Origin, Participant
from domain.kernel.base import Event
from domain.kernel.disclosure import Audience, Told
from domain.kernel.frozen import frozen, replace
from domain.kernel.money import Money
from domain.kernel.people import Side

# --- types ---


class RulingExecuted(Event, kind="RulingExecuted", stream="dispute", told_to=Audience.ALL, consequence=True):
    """The ruling was executed before it is final. `funded_by` bears the risk that it is overturned."""

    number: Told[int]
    funded_by: Told[Participant]


class AwardOverturned(Event, kind="AwardOverturned", stream="dispute", told_to=Audience.ALL, consequence=True):
    """The outcome no longer counts. What each side received under it counts against the next outcome.

    Recorded again, with less, if a refund that counted as received did not arrive.
    """

    to_buyer: Told[Money]
    to_seller: Told[Money]


RecoveryEvent = RulingExecuted | AwardOverturned

OF_OUTCOMES = frozenset(
    {Origin.SETTLEMENT, Origin.RULING, Origin.CONCESSION, Origin.DEFAULT, Origin.WITHDRAWAL, Origin.CANCELLATION}
)
"""The origins of commitments that carry out an outcome."""


# --- state ---


@frozen
class Advance:
    """`received` is what each side received under an overturned outcome; empty if none was overturned."""

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
    """The fast lane granted a payment that may still fall. `funder` bears that risk."""
    return replace(advance, funded_by=funder)


def conceded(advance: Advance, claimant: Side, part: Money) -> Advance:
    """A conceded part is no longer in dispute. What was received counts less by that part."""
    if not advance.received:
        return advance
    had = advance.received[claimant]
    return replace(advance, received={**advance.received, claimant: had - min(had, part)})
