"""The facts about an incident, and the terms of an offer to all. The rules are in `domain/incidents/incident.py`."""

from enum import StrEnum
from typing import Annotated, assert_never
from uuid import UUID

from pydantic import Field

from domain.evidence.exhibit_facts import File
from domain.kernel.base import Actor, Event, Instant, Role, Value
from domain.kernel.frozen import frozen, replace
from domain.kernel.money import Money
from domain.kernel.people import Side, Text
from domain.kernel.refusals import Unknown

# --- types ---

WHOLE = 10_000


class IncidentKind(StrEnum):
    CUSTOMS_SEIZURE = "customs_seizure"
    PLATFORM_FAILURE = "platform_failure"
    CARRIER_LOSS = "carrier_loss"
    FAULTY_BATCH = "faulty_batch"
    GROUP_ORDER = "group_order"
    OTHER = "other"


class Share(Value):
    """The same share of what is in dispute, in each dispute. `share` is in hundredths of a percent."""

    share: Annotated[int, Field(ge=0, le=WHOLE)]

    def of(self, in_dispute: Money) -> Money:
        return in_dispute.split((self.share, WHOLE - self.share))[0]


class SameSum(Value):
    """The same sum in each dispute."""

    amount: Money

    def of(self, in_dispute: Money) -> Money:
        return self.amount


BulkTerms = Share | SameSum
"""What the claimant of each dispute receives."""


class IncidentOpened(Event, kind="IncidentOpened", stream="incident"):
    incident_id: UUID
    what: IncidentKind
    title: Text
    reason: Text
    by: Role


class ExhibitShared(Event, kind="ExhibitShared", stream="incident"):
    """Evidence for every member. Exhibits and findings share one numbering."""

    number: int
    by: Role
    description: Text
    file: File | None = None
    shared_at: Instant


class FindingShared(Event, kind="FindingShared", stream="incident"):
    """What a neutral or a supervisor finds to be true for all members. `rests_on` are numbers of items shared before."""

    number: int
    by: Role
    finding: Text
    rests_on: tuple[int, ...] = ()
    shared_at: Instant


class ProposedToAll(Event, kind="ProposedToAll", stream="incident"):
    """The proposal becomes one of its own in each member dispute to which this neutral is assigned."""

    number: int
    neutral: UUID
    terms: BulkTerms
    reasons: Text


class OfferedToAll(Event, kind="OfferedToAll", stream="incident"):
    """The offer becomes one of its own in each member dispute in which `party` is on the side `by`."""

    number: int
    by: Side
    party: UUID
    terms: BulkTerms
    message: Text | None = None


class IncidentClosed(Event, kind="IncidentClosed", stream="incident"):
    """Nothing more is shared, proposed or offered. The disputes stay members, and keep what was shared."""

    by: Role
    reason: Text | None = None


IncidentEvent = IncidentOpened | ExhibitShared | FindingShared | ProposedToAll | OfferedToAll | IncidentClosed


class UnknownBulkAct(Unknown):
    """There is no proposal or offer to all with this number in the incident.

    Why: Proposals and offers to all are numbered in each incident from 1.

    What to do: Take the number from `acts` of the incident.

    Example: {"number": 2}
    """


# --- state ---


@frozen
class BulkAct:
    """A neutral's proposal to all, or the offer to all of `party` on `side`."""

    number: int
    terms: BulkTerms
    neutral: UUID | None = None
    side: Side | None = None
    party: UUID | None = None

    def is_by(self, actor: Actor) -> bool:
        if self.side is not None:
            return actor.role.value == self.side.value
        return actor.role is Role.NEUTRAL and actor.subject == self.neutral


@frozen
class Incident:
    """`shared` holds the instants at which the exhibits and findings were shared, in the order of their numbers."""

    id: UUID
    shared: tuple[Instant, ...] = ()
    acts: tuple[BulkAct, ...] = ()
    closed: bool = False

    def act(self, number: int) -> BulkAct:
        """Raises UnknownBulkAct."""
        if not 1 <= number <= len(self.acts):
            raise UnknownBulkAct(number=number)
        return self.acts[number - 1]


# --- evolve ---


def evolve(incident: Incident | None, event: IncidentEvent) -> Incident:
    if isinstance(event, IncidentOpened):
        return Incident(event.incident_id)
    assert incident is not None, "an incident's stream begins with its opening"
    match event:
        case ExhibitShared(shared_at=at) | FindingShared(shared_at=at):
            return replace(incident, shared=(*incident.shared, at))
        case ProposedToAll(number=number, neutral=neutral, terms=terms):
            return replace(incident, acts=(*incident.acts, BulkAct(number, terms, neutral=neutral)))
        case OfferedToAll(number=number, by=side, party=party, terms=terms):
            return replace(incident, acts=(*incident.acts, BulkAct(number, terms, side=side, party=party)))
        case IncidentClosed():
            return replace(incident, closed=True)
        case _:
            assert_never(event)
