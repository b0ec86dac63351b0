"""Facts about pleadings: a rebuttal and a counterclaim."""

from typing import Literal, assert_never

from domain.kernel.base import Event, Value
from domain.kernel.disclosure import Audience, Told
from domain.kernel.frozen import frozen, replace
from domain.kernel.money import Money
from domain.kernel.people import Text

# --- types ---

Relief = Literal["return_of_goods", "payment"]


class RebuttalGiven(Event, kind="RebuttalGiven", stream="dispute", told_to=Audience.ALL):
    """The claimant answered the response."""

    statement: Told[Text]


class CounterclaimRaised(Event, kind="CounterclaimRaised", stream="dispute", told_to=Audience.ALL):
    """The respondent made a claim of its own. `amount` is what it claims if the relief is a payment."""

    relief: Told[Relief]
    amount: Told[Money | None] = None
    statement: Told[Text]


PleadingEvent = RebuttalGiven | CounterclaimRaised


class OnCounterclaim(Value):
    """What a ruling decides on the counterclaim. `amount` is the granted part of a payment."""

    granted: Told[bool]
    amount: Told[Money | None] = None


# --- state ---


@frozen
class Pleadings:
    """`counterclaim` is its relief, and the amount if that is a payment."""

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
