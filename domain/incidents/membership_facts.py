"""Facts about a dispute's part in an incident."""

from typing import Literal, assert_never
from uuid import UUID

from domain.kernel.base import Event, Instant, Role
from domain.kernel.disclosure import Audience, Told
from domain.kernel.frozen import frozen, replace
from domain.kernel.people import Side, Text

# --- types ---


class IncidentJoined(Event, kind="IncidentJoined", stream="dispute", told_to=Audience.ALL):
    incident_id: UUID
    by: Told[Role]
    joined_at: Told[Instant]


class IncidentLeft(Event, kind="IncidentLeft", stream="dispute", told_to=Audience.ALL):
    """What the incident shares is no longer part of this dispute's record."""

    incident_id: UUID
    by: Told[Role]
    reason: Told[Text | None] = None


class SharedAnswered(Event, kind="SharedAnswered", stream="dispute", told_to=Audience.ALL):
    """One side's answer, in its own dispute, to a shared item. Without a message, the side only says it has seen it."""

    incident_id: UUID
    number: Told[int]
    by: Told[Side]
    message: Told[Text | None] = None


class SharedCited(Event, kind="SharedCited", stream="dispute", told_to=Audience.ALL_WHEN_IN_EFFECT):
    """A ruling cites what the incident shared."""

    incident_id: UUID
    ruling: Told[int]
    numbers: Told[tuple[int, ...]]
    awaits_co_signature: Told[bool] = False


class BulkActReached(Event, kind="BulkActReached", stream="dispute", told_to=Audience.ALL_BUT_PARTIES):
    """A proposal or an offer to all became one of this dispute, with a number of its own."""

    incident_id: UUID
    number: Told[int]
    act: Told[Literal["proposal", "offer"]]
    as_number: Told[int]


class BulkActNotReached(Event, kind="BulkActNotReached", stream="dispute", told_to=Audience.ALL_BUT_PARTIES):
    """The rules of this dispute refused the proposal or offer to all. `code` names the rule."""

    incident_id: UUID
    number: Told[int]
    code: Told[str]


MembershipEvent = IncidentJoined | IncidentLeft | SharedAnswered | SharedCited | BulkActReached | BulkActNotReached


# --- state ---


@frozen
class Membership:
    """`cited` are incidents that rulings cite, with the number of the ruling. `carried` are the proposals and offers to all
    that came here or were refused, by incident and number.
    """

    incident: UUID | None = None
    joined_at: Instant | None = None
    answered: frozenset[tuple[UUID, int, Side]] = frozenset()
    cited: frozenset[tuple[UUID, int]] = frozenset()
    carried: frozenset[tuple[UUID, int]] = frozenset()

    def unanswered_by(self, number: int) -> frozenset[Side]:
        return frozenset(s for s in Side if (self.incident, number, s) not in self.answered)


# --- evolve ---


def evolve(membership: Membership, event: MembershipEvent) -> Membership:
    match event:
        case IncidentJoined(incident_id=incident_id, joined_at=at):
            return replace(membership, incident=incident_id, joined_at=at)
        case IncidentLeft():
            return replace(membership, incident=None, joined_at=None)
        case SharedAnswered(incident_id=incident_id, number=number, by=side):
            return replace(membership, answered=membership.answered | {(incident_id, number, side)})
        case SharedCited(incident_id=incident_id, ruling=number):
            return replace(membership, cited=membership.cited | {(incident_id, number)})
        case BulkActReached(incident_id=i, number=number) | BulkActNotReached(incident_id=i, number=number):
            return replace(membership, carried=membership.carried | {(i, number)})
        case _:
            assert_never(event)
