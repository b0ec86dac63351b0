"""What every fact, command and refusal of this engine has in common."""

import re
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

_WORD = re.compile(r"(?<=[a-z])(?=[A-Z])")


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
    With `halted_by_stay` it is refused while its dispute is stayed. `registry` has every command by the name of its act;
    a `base` is none.
    """

    halted_by_stay: ClassVar[bool] = False
    registry: ClassVar[dict[str, type["Command"]]] = {}

    marketplace: str
    actor: Actor
    now: Instant
    imported: bool = False

    def __init_subclass__(cls, *, halted_by_stay: bool = False, base: bool = False, **rest: Any) -> None:
        super().__init_subclass__(**rest)
        cls.halted_by_stay = halted_by_stay
        if base:
            return
        if act_name(cls) in Command.registry:
            raise TypeError(f"two commands are named {act_name(cls)!r}")
        Command.registry[act_name(cls)] = cls


def act_name(command: type[Command]) -> str:
    """The name of the act that a command stands for: `MakeOffer` is `make_offer` to whoever asks for it."""
    return _WORD.sub("_", command.__name__).lower()


class OnDispute(Command, base=True):
    """A command on one dispute, or the one that files it."""

    dispute_id: UUID


class OnIncident(Command, base=True):
    """A command that names an incident: on the incident itself, or on a dispute that is or becomes part of it."""

    incident_id: UUID


class NamesNeutral(Command, base=True):
    """A command that names a neutral: on the neutral's mandate, or to give a dispute to the neutral."""

    neutral: UUID


class OnRefund(OnDispute, base=True):
    """A command on a refund that was instructed before."""

    refund_id: UUID


class AboutPerson(Command, base=True):
    """A command about the data of one person, whose opaque `subject` it names."""

    subject: UUID
