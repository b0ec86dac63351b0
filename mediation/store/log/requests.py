"""Requests to the log, and its verdicts."""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from uuid import UUID

from domain.kernel.base import Event
from domain.kernel.frozen import frozen


@frozen
class Pending:
    """One fact to store. `version` is its future version in its stream; the first event of a stream has version 1."""

    stream_id: UUID
    version: int
    dispute_id: UUID | None
    occurred_at: datetime
    event: Event


@frozen
class Append:
    """One request: all of its facts are stored, or none.

    It is valid if each stream that it appends to is still at the version before the request's first fact there, and
    each stream in `guards` at the version given there. `guards` are streams that the request was decided on and does
    not append to. `generation` is the one of the worker's memory when it began to decide; with None, nothing that the
    worker remembers went into the request. `key` and `request` are keyed hashes of the idempotency key and of the
    caller's request. With a key, the result is kept with the facts. `decided_by` is `EventLog.clock` when the worker
    began to decide: if its clock was set since, the facts may be of a time that was never. None: not compared.
    """

    marketplace: str
    actor: UUID
    correlation_id: UUID
    causation_id: UUID | None
    facts: tuple[Pending, ...]
    key: bytes | None = None
    request: bytes | None = None
    guards: Mapping[UUID, int] = field(default_factory=dict)
    generation: int | None = None
    decided_by: float | None = None

    def __post_init__(self) -> None:
        if not self.facts:
            raise ValueError("nothing to append")
        if (self.key is None) != (self.request is None):
            raise ValueError("a key and the hash of its request come together")

    def expected(self) -> dict[UUID, int]:
        """The version that each stream must have."""
        streams = dict(self.guards)
        for fact in self.facts:
            streams.setdefault(fact.stream_id, fact.version - 1)
        return streams


@frozen
class Stored:
    """The facts are in the log, at `first_position` and the `events` - 1 positions after it."""

    first_position: int
    events: int
    recorded_at: datetime

    @property
    def last_position(self) -> int:
        return self.first_position + self.events - 1


@frozen
class Repeated:
    """The key was used before, for `request`, which stored `events` facts from `first_position`. Nothing was added."""

    first_position: int
    events: int
    request: bytes

    @property
    def last_position(self) -> int:
        return self.first_position + self.events - 1


@frozen
class Stale:
    """A stream has moved on. Nothing was added: read and decide again."""


Verdict = Stored | Repeated | Stale


class Overloaded(Exception):
    """The log has too many requests waiting, and nothing was added. You can try again later.

    Why: More requests wait than the database can store soon. To take more would make all of them fail.

    What to do: Send the request again under the same key, after the seconds in `Retry-After`, and less often.
    """


class Unavailable(Exception):
    """The database did not answer, so it is unknown if anything was stored. You can repeat it with the same key.

    Why: The connection to the database broke while it stored. The engine cannot know whether it finished.

    What to do: Send the same request again under the same key: if it was stored, you get the first answer.
    """


class ClockAstray(Exception):
    """The clock of this worker is too far from the database's, and nothing was added. You can try again.

    Why: Deadlines are judged by the worker's clock and recorded by the database's. When both differ, an act could count
    as late that was not.

    What to do: Send the request again: another worker may answer. As the operator, synchronise the clocks of the
    machines.
    """
