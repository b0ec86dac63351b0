"""Facts about what a party asked of the other party: made, answered, declined, withdrawn.

That nobody answered in time is the breach of the commitment that the request made.
"""

from typing import Literal, TypeAlias, assert_never
from uuid import UUID

from domain.kernel.base import Event
from domain.kernel.disclosure import Audience, Told
from domain.kernel.frozen import frozen, replace
from domain.kernel.people import Side, Text

# --- types ---

AsksFor: TypeAlias = Literal["photo", "document", "tracking", "address", "explanation", "other"]


class PartyRequestMade(Event, kind="PartyRequestMade", stream="dispute", told_to=Audience.ALL):
    """A party asked the other one for something. `commitment_id` is the answer that is owed since then.

    `days` is the time that was asked for, in calendar days; None: the window of the policy.
    """

    number: Told[int]
    by: Told[Side]
    asks_for: Told[AsksFor]
    text: Told[Text]
    days: Told[int | None] = None
    commitment_id: Told[UUID]


class PartyRequestAnswered(Event, kind="PartyRequestAnswered", stream="dispute", told_to=Audience.ALL):
    """The party that was asked answered. `exhibits` are the numbers of evidence that shows what was asked for."""

    number: Told[int]
    by: Told[Side]
    text: Told[Text]
    exhibits: Told[tuple[int, ...]] = ()


class PartyRequestDeclined(Event, kind="PartyRequestDeclined", stream="dispute", told_to=Audience.ALL):
    """The party that was asked said that it will not do it. That is an answer too."""

    number: Told[int]
    by: Told[Side]
    text: Told[Text | None] = None


class PartyRequestWithdrawn(Event, kind="PartyRequestWithdrawn", stream="dispute", told_to=Audience.ALL):
    number: Told[int]
    by: Told[Side]


PartyRequestEvent = PartyRequestMade | PartyRequestAnswered | PartyRequestDeclined | PartyRequestWithdrawn

Ended: TypeAlias = Literal["answered", "declined", "withdrawn"]

# --- state ---


@frozen
class PartyRequest:
    """`ended` is the act that ended it; None if there was none."""

    number: int
    by: Side
    commitment_id: UUID
    ended: Ended | None = None


@frozen
class PartyRequests:
    """The requests, in the order in which they were made."""

    made: tuple[PartyRequest, ...] = ()

    def get(self, number: int) -> PartyRequest | None:
        return self.made[number - 1] if 1 <= number <= len(self.made) else None


# --- evolve ---


def evolve(requests: PartyRequests, event: PartyRequestEvent) -> PartyRequests:
    match event:
        case PartyRequestMade(number=number, by=by, commitment_id=owed):
            return PartyRequests((*requests.made, PartyRequest(number, by, owed)))
        case PartyRequestAnswered(number=number):
            return _ended(requests, number, "answered")
        case PartyRequestDeclined(number=number):
            return _ended(requests, number, "declined")
        case PartyRequestWithdrawn(number=number):
            return _ended(requests, number, "withdrawn")
        case _:
            assert_never(event)


def _ended(requests: PartyRequests, number: int, how: Ended) -> PartyRequests:
    return PartyRequests(tuple(replace(one, ended=how) if one.number == number else one for one in requests.made))
