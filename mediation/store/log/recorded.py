"""A fact as it was stored, and the columns that it comes from."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from domain.kernel.base import Event
from mediation.store.log.memory import Identity

COLUMNS = (
    "position, recorded_at, occurred_at, stream_id, version, dispute_id, marketplace, "
    "kind, schema_version, actor, correlation_id, causation_id, body"
)

Row = tuple[
    int, datetime, datetime, UUID, int, UUID | None, str,
    str, int, UUID | None, UUID | None, UUID | None, bytes,
]  # fmt: skip
"""One row of the log, in the order of `COLUMNS`."""


class Recorded(NamedTuple):
    """One stored fact, decoded; its personal fields hold sealed tokens. `version` counts in its stream, from 1.

    It is a tuple because making one is eight times as fast as making a frozen dataclass, and every fact that is read
    becomes one.
    """

    position: int
    recorded_at: datetime
    occurred_at: datetime
    stream_id: UUID
    version: int
    dispute_id: UUID | None
    marketplace: str
    kind: str
    schema_version: int
    actor: UUID | None
    correlation_id: UUID | None
    causation_id: UUID | None
    event: Event

    @property
    def subject(self) -> UUID:
        """The fact's dispute, or its stream if there is no dispute. Facts of one subject are parked together."""
        return self.dispute_id or self.stream_id

    @property
    def identity(self) -> Identity:
        return Identity(self.position, self.recorded_at, self.stream_id, self.causation_id)


def identity_of(row: Row) -> Identity:
    return Identity(row[0], row[1], row[3], row[11])


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A stored fact that this release can't decode. Nothing is lost: its bytes are in the log."""

    identity: Identity
    subject: UUID
    error: Exception

    @property
    def position(self) -> int:
        return self.identity.position


Fact = Recorded | Unreadable
