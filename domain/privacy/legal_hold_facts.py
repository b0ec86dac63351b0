"""Facts about legal holds: placed and lifted."""

from collections.abc import Mapping
from dataclasses import field
from typing import assert_never
from uuid import UUID

from domain.kernel.base import Event, Instant, Role
from domain.kernel.frozen import frozen, replace
from domain.kernel.people import Text

# --- types ---


class LegalHoldPlaced(Event, kind="LegalHoldPlaced", stream="person"):
    """What is stored about this person must stay readable, until `until` or until the hold is lifted."""

    subject: UUID
    number: int
    reason: Text
    until: Instant | None
    by: Role


class LegalHoldLifted(Event, kind="LegalHoldLifted", stream="person"):
    subject: UUID
    number: int
    reason: Text | None = None
    by: Role


LegalHoldEvent = LegalHoldPlaced | LegalHoldLifted


# --- state ---


@frozen
class LegalHolds:
    """The holds on one person. `placed` counts them. `standing` are those that nobody has lifted, by number, with their
    end if known.
    """

    placed: int = 0
    standing: Mapping[int, Instant | None] = field(default_factory=dict)

    def in_force(self, now: Instant) -> Mapping[int, Instant | None]:
        return {number: until for number, until in self.standing.items() if until is None or until > now}


# --- evolve ---


def evolve(holds: LegalHolds, event: LegalHoldEvent) -> LegalHolds:
    match event:
        case LegalHoldPlaced(number=number, until=until):
            return LegalHolds(number, {**holds.standing, number: until})
        case LegalHoldLifted(number=number):
            return replace(holds, standing={n: until for n, until in holds.standing.items() if n != number})
        case _:
            assert_never(event)
