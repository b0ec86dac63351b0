"""What every fact, command and refusal of this engine has in common."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Literal, get_args
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict

from domain.kernel.disclosure import Audience

Stream = Literal[
    "dispute",
    "transaction",
    "conversation",
    "refund",
    "mandate",
    "predecessor",
    "policies",
    "claims",
    "incident",
    "reading",
    "reconciliation",
    "person",
]
"""`predecessor` is the mandate of whoever has a dispute that a command gives to somebody else: one act may touch two.
No command touches a `reading`: see `domain.privacy.audit_read`."""


def _utc(instant: datetime) -> datetime:
    return instant.astimezone(UTC)


Instant = Annotated[AwareDatetime, AfterValidator(_utc)]
"""An exact instant in UTC. One without a zone is refused: nobody can say when it was."""


class Value(BaseModel):
    """A frozen value; an unknown field is an error, never silently dropped."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Event(Value):
    """A fact that happened. `kind` is its stored name, for ever; `stream` is where it is kept.

    `told_to` is who may know that it happened, and a field that is `Told` is told to them: see `domain.kernel.disclosure`.

    A changed shape gets a new `schema_version` and an upcaster (`mediation.store.log.upcast`); the old golden file
    keeps loading.
    """

    kind: ClassVar[str]
    stream: ClassVar[Stream]
    schema_version: ClassVar[int] = 1
    told_to: ClassVar[Audience] = Audience.NOBODY
    registry: ClassVar[dict[str, type["Event"]]] = {}

    def __init_subclass__(
        cls,
        kind: str | None = None,
        stream: Stream | None = None,
        told_to: Audience = Audience.NOBODY,
        **rest: Any,
    ) -> None:
        super().__init_subclass__(**rest)
        cls.told_to = told_to
        if stream is not None:
            cls.stream = stream
        if kind is not None:
            if kind in Event.registry:
                raise TypeError(f"two events are stored as {kind!r}")
            if cls.stream not in get_args(Stream):
                raise TypeError(f"{kind} belongs to no stream")
            cls.kind = kind
            Event.registry[kind] = cls


class Role(StrEnum):
    """In what capacity somebody acts. `engine` is the engine itself, when a clock or a process acts."""

    BUYER = "buyer"
    SELLER = "seller"
    NEUTRAL = "neutral"
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"
    MARKETPLACE = "marketplace"
    AUDITOR = "auditor"
    ENGINE = "engine"


class Actor(Value):
    """Who acts: an opaque subject, in one role."""

    subject: UUID
    role: Role


class Command(Value):
    """A wish, to be granted or refused. `now` is the instant at which it was received, before any queue.

    `imported` is True while past cases are imported: what happened then happened, and no window lapses on its own.
    """

    marketplace: str
    actor: Actor
    now: Instant
    imported: bool = False


class OnDispute(Command):
    """A command on one dispute, or the one that files it."""

    dispute_id: UUID


class OnIncident(Command):
    """A command that names an incident: on the incident itself, or on a dispute that is or becomes part of it."""

    incident_id: UUID


class NamesNeutral(Command):
    """A command that names a neutral: on the neutral's mandate, or to give a dispute to the neutral."""

    neutral: UUID


class OnRefund(OnDispute):
    """A command on a refund that was instructed before."""

    refund_id: UUID


class AboutPerson(Command):
    """A command about the data of one person, whose opaque `subject` it names."""

    subject: UUID
