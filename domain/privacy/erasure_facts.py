"""The facts about the erasure of a person, in their order. The rules are in `domain/privacy/erasure.py`."""

from collections.abc import Mapping
from dataclasses import field
from datetime import timedelta
from typing import Literal, assert_never
from uuid import UUID

from domain.kernel.base import Event, Instant, Role, Value
from domain.kernel.frozen import frozen, replace
from domain.privacy import access_facts, legal_hold_facts, reach_facts
from domain.privacy.access_facts import AccessAnswered, AccessEvent, AccessRequested
from domain.privacy.legal_hold_facts import LegalHoldEvent, LegalHoldLifted, LegalHoldPlaced, LegalHolds
from domain.privacy.reach_facts import MailAddressGiven, Reach

# --- types ---

ErasureGround = Literal[
    "no_longer_needed", "consent_withdrawn", "objected", "unlawful", "legal_obligation", "child", "person_asked"
]
"""The ground: Article 17(1)(a) to (f) of Regulation (EU) 2016/679, or the person asked and the marketplace agrees."""

Obstacle = Literal["legal_hold", "open_dispute", "open_remedy", "retention"]


class StandsAgainst(Value):
    """`until` is None if nobody knows. `hold` is the number of a legal hold, `rule` the clause of the policy."""

    what: Obstacle
    until: Instant | None = None
    dispute_id: UUID | None = None
    hold: int | None = None
    rule: str | None = None


class ErasureRequested(Event, kind="ErasureRequested", stream="person"):
    """Somebody asked to erase a person. `number` counts a person's erasures: one who comes back can be erased again."""

    subject: UUID
    number: int
    ground: ErasureGround
    by: Role


class ErasureDeferred(Event, kind="ErasureDeferred", stream="person"):
    """The erasure is refused for now. `until` is None if nobody knows how long. `commitment_id` in `dispute_id` is the
    commitment to erase later. Both are None for a person without a dispute: `due_at` is when it is owed then too.
    """

    schema_version = 2

    subject: UUID
    number: int
    against: tuple[StandsAgainst, ...]
    until: Instant | None
    due_at: Instant
    dispute_id: UUID | None = None
    commitment_id: UUID | None = None


class ErasureGranted(Event, kind="ErasureGranted", stream="person"):
    """Nothing stands against the erasure. From now on no hold can be placed, and the key is destroyed."""

    subject: UUID
    number: int


class PersonErased(Event, kind="PersonErased", stream="person"):
    """Nothing that was sealed for this person until `erased_at` can be read any more."""

    subject: UUID
    number: int
    ground: ErasureGround
    erased_at: Instant


class ErasureCompleted(Event, kind="ErasureCompleted", stream="person"):
    """The master key is destroyed too. It opened copies of the person's key in backups of the key store."""

    subject: UUID
    number: int
    completed_at: Instant


PersonEvent = (
    AccessEvent
    | LegalHoldEvent
    | MailAddressGiven
    | ErasureRequested
    | ErasureDeferred
    | ErasureGranted
    | PersonErased
    | ErasureCompleted
)

EARLY = timedelta(days=1)


# --- state ---


@frozen
class Pending:
    """A requested erasure. `against` is why it was last deferred, `due_at` when its commitment is due."""

    number: int
    ground: ErasureGround
    by: Role
    requested_at: Instant
    against: tuple[StandsAgainst, ...] = ()
    until: Instant | None = None
    due_at: Instant | None = None
    dispute_id: UUID | None = None
    commitment_id: UUID | None = None
    granted: bool = False

    @property
    def again_at(self) -> Instant | None:
        """When to look at it again, if nothing happens before."""
        return self.until or (self.due_at - EARLY if self.due_at else None)


@frozen
class Erased:
    asked: Pending
    erased_at: Instant
    completed_at: Instant | None = None


@frozen
class Person:
    """`erased` are the erasures that were carried out, by number. `access` are the requests to see what is kept.
    `reach` is how the person is reached; None if only their filings say so.
    """

    holds: LegalHolds = LegalHolds()
    pending: Pending | None = None
    erased: Mapping[int, Erased] = field(default_factory=dict)
    access: access_facts.Requests = field(default_factory=dict)
    reach: Reach | None = None


# --- evolve ---


def evolve(person: Person, event: PersonEvent, at: Instant) -> Person:
    match event:
        case LegalHoldPlaced() | LegalHoldLifted():
            return replace(person, holds=legal_hold_facts.evolve(person.holds, event))
        case AccessRequested() | AccessAnswered():
            return replace(person, access=access_facts.evolve(person.access, event, at))
        case MailAddressGiven():
            return replace(person, reach=reach_facts.evolve(event))
        case ErasureRequested(number=number, ground=ground, by=by):
            return replace(person, pending=Pending(number, ground, by, at))
        case ErasureDeferred():
            changes = {
                name: getattr(event, name) for name in ("against", "until", "due_at", "dispute_id", "commitment_id")
            }
            return replace(person, pending=person.pending and replace(person.pending, **changes))
        case ErasureGranted():
            return replace(person, pending=person.pending and replace(person.pending, granted=True))
        case PersonErased(number=number, ground=ground, erased_at=erased_at):
            asked = person.pending or Pending(number, ground, Role.ENGINE, at)
            gone = {**person.erased, number: Erased(asked, erased_at)}
            return replace(person, pending=None, erased=gone, reach=None)
        case ErasureCompleted(number=number, completed_at=completed_at):
            done = replace(person.erased[number], completed_at=completed_at)
            return replace(person, erased={**person.erased, number: done})
        case _:
            assert_never(event)
