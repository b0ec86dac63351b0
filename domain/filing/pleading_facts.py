"""Facts about pleadings: a rebuttal, a counterclaim."""

from dataclasses import dataclass, replace
from typing import Literal, assert_never

from domain.kernel.base import Event, Value
from domain.kernel.disclosure import Audience, Told
from domain.kernel.money import Money
from domain.kernel.people import Text

# --- types ---

Relief = Literal["return_of_goods", "payment"]


class RebuttalGiven(Event, kind="RebuttalGiven", stream="dispute", told_to=Audience.ALL):
    """The claimant's answer to the response."""

    statement: Told[Text]


class CounterclaimRaised(Event, kind="CounterclaimRaised", stream="dispute", told_to=Audience.ALL):
    """`amount` is what is claimed where the relief is a payment."""

    relief: Told[Relief]
    amount: Told[Money | None] = None
    statement: Told[Text]


PleadingEvent = RebuttalGiven | CounterclaimRaised


class OnCounterclaim(Value):
    """What a ruling says on it. `amount` is what of a payment is granted."""

    granted: Told[bool]
    amount: Told[Money | None] = None


# --- state ---


@dataclass(frozen=True, slots=True)
class Pleadings:
    """`counterclaim` is its relief and, for a payment, the amount."""

    rebutted: bool = False
    counterclaim: tuple[Relief, Money | None] | None = None


# --- evolve ---


def evolve(pleadings: Pleadings, event: PleadingEvent) -> Pleadings:
    match event:
        case RebuttalGiven():
            return replace(pleadings, rebutted=True)
        case CounterclaimRaised(relief=relief, amount=amount):
            return replace(pleadings, counterclaim=(relief, amount))
        case _:
            assert_never(event)
