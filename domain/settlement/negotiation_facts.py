"""Facts about offers: made, accepted, rejected, expired; and the offers of one dispute."""

from collections.abc import Iterable
from typing import Literal, assert_never

from domain.kernel.base import Event
from domain.kernel.disclosure import Audience, Told
from domain.kernel.frozen import frozen, replace
from domain.kernel.people import Side, Text
from domain.kernel.refusals import Unknown
from domain.remedies.division_facts import Division

# --- types ---


class OfferMade(Event, kind="OfferMade", stream="dispute", told_to=Audience.ALL):
    """A side made an offer. `counters` is the number of the other side's offer that this one rejects."""

    schema_version = 3

    number: Told[int]
    by: Told[Side]
    terms: Told[Division]
    counters: Told[int | None] = None
    message: Told[Text | None] = None


class OfferAccepted(Event, kind="OfferAccepted", stream="dispute", told_to=Audience.ALL):
    number: Told[int]
    by: Told[Side]


class OfferRejected(Event, kind="OfferRejected", stream="dispute", told_to=Audience.ALL):
    number: Told[int]
    by: Told[Side]
    message: Told[Text | None] = None


class OfferExpired(Event, kind="OfferExpired", stream="dispute", told_to=Audience.ALL, consequence=True):
    """The offer was not answered in time, its maker replaced it, or it became moot.

    It is moot once the dispute is decided, or a conceded part leaves less to divide.
    """

    number: Told[int]
    why: Told[Literal["lapsed", "superseded", "moot"]]


class SettlementReached(Event, kind="SettlementReached", stream="dispute", told_to=Audience.ALL, consequence=True):
    """Both sides agreed on how to divide what is in dispute."""

    schema_version = 3

    terms: Told[Division]
    by: Told[Literal["offer", "proposal"]]
    number: Told[int]


NegotiationEvent = OfferMade | OfferAccepted | OfferRejected | OfferExpired | SettlementReached


class UnknownOffer(Unknown):
    """There is no offer with this number in this dispute.

    Why: Offers are numbered in each dispute from 1.

    What to do: Take the number from `offers` of the case file.

    Example: {"number": 2}
    """


# --- state ---


@frozen
class Offer:
    number: int
    by: Side
    terms: Division
    status: Literal["open", "accepted", "rejected", "expired"] = "open"


@frozen
class Offers:
    """The offers in the order in which they were made."""

    made: tuple[Offer, ...] = ()

    def get(self, number: int) -> Offer:
        """Raises UnknownOffer."""
        if not 1 <= number <= len(self.made):
            raise UnknownOffer(number=number)
        return self.made[number - 1]

    def open(self, by: Side | None = None) -> Iterable[Offer]:
        return (o for o in self.made if o.status == "open" and by in (None, o.by))


# --- evolve ---


def evolve(offers: Offers, event: NegotiationEvent) -> Offers:
    match event:
        case OfferMade(number=number, by=by, terms=terms):
            return Offers((*offers.made, Offer(number, by, terms)))
        case OfferAccepted(number=number):
            return _mark(offers, number, "accepted")
        case OfferRejected(number=number):
            return _mark(offers, number, "rejected")
        case OfferExpired(number=number):
            return _mark(offers, number, "expired")
        case SettlementReached():
            return offers
        case _:
            assert_never(event)


def _mark(offers: Offers, number: int, status: Literal["accepted", "rejected", "expired"]) -> Offers:
    return Offers(tuple(replace(o, status=status) if o.number == number else o for o in offers.made))
