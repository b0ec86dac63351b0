"""What every event and every command of this engine has in common."""

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
    "seen",
    "notes",
    "notices",
    "refund",
    "mandate",
    "predecessor",
    "policies",
    "claims",
    "incident",
    "reading",
    "reconciliation",
    "contacts",
    "person",
    "revocations",
    "standing_rules",
]
"""`predecessor` is the mandate of the neutral who has a dispute that a command gives to another neutral: one act may
touch two mandates. No command touches a `reading`: see `domain.privacy.audit_read`.
"""

OF_DISPUTE: frozenset[Stream] = frozenset({"dispute", "conversation", "seen", "notes", "notices", "refund"})
"""The streams whose facts are about one dispute."""

_WORD = re.compile(r"(?<=[a-z])(?=[A-Z])")


def _utc(instant: datetime) -> datetime:
    return instant.astimezone(UTC)


Instant = Annotated[AwareDatetime, AfterValidator(_utc)]
"""An exact instant in UTC. A time without a zone is refused: it does not name an instant."""


class Value(BaseModel):
    """A frozen value. An unknown field is an error and is never silently dropped."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Event(Value):
    """A fact that happened. `kind` is its stored name and never changes. `stream` is where it is kept.

    `told_to` says who may know that the event happened. They see its `Told` fields: see `domain.kernel.disclosure`.
    A `consequence` is an event that nobody gives a command for: it follows from an act or from the passing of time.
    `bookkeeping` keeps windows, whose move it is, and locks. Nobody does it for its own sake. A window that lapsed is
    none: silence decides.

    A changed shape gets a new `schema_version` and an upcaster (`mediation.store.log.upcast`). The old golden file
    keeps loading.
    """

    kind: ClassVar[str]
    stream: ClassVar[Stream]
    schema_version: ClassVar[int] = 1
    told_to: ClassVar[Audience] = Audience.NOBODY
    consequence: ClassVar[bool] = False
    bookkeeping: ClassVar[bool] = False
    registry: ClassVar[dict[str, type["Event"]]] = {}

    def __init_subclass__(
        cls,
        kind: str | None = None,
        stream: Stream | None = None,
        told_to: Audience = Audience.NOBODY,
        consequence: bool = False,
        bookkeeping: bool = False,
        **rest: Any,
    ) -> None:
        super().__init_subclass__(**rest)
        cls.told_to = told_to
        cls.consequence = consequence
        cls.bookkeeping = bookkeeping
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
    """The capacity in which somebody acts. `engine` is the engine itself, when a clock or a process acts."""

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


GivenBy = Role | Literal["claimant", "respondent"]


class Command(Value):
    """A request, to be granted or refused. `now` is the instant at which it was received, before any queue.

    `imported` is True while past cases are imported: the record says what happened then, and no window lapses on its
    own. A command with `halted_by_stay` is refused while its dispute is stayed. `registry` holds every command by the
    name of its act, except each `base` class.

    `recorded_as` names the events that have the fields of the command, so that the command can be made again from one
    of them: see `domain.simulation.reconstruction`. Such an event says in `by` who acted. If it has no `by`, `given_by`
    says it; this allows and refuses nothing. `recorded` holds every such command by its events.
    """

    halted_by_stay: ClassVar[bool] = False
    given_by: ClassVar[GivenBy | None] = None
    registry: ClassVar[dict[str, type["Command"]]] = {}
    recorded: ClassVar[dict[type[Event], type["Command"]]] = {}

    marketplace: str
    actor: Actor
    now: Instant
    imported: bool = False

    def __init_subclass__(
        cls,
        *,
        halted_by_stay: bool = False,
        recorded_as: type[Event] | tuple[type[Event], ...] = (),
        given_by: GivenBy | None = None,
        base: bool = False,
        **rest: Any,
    ) -> None:
        super().__init_subclass__(**rest)
        cls.halted_by_stay, cls.given_by = halted_by_stay, given_by
        if base:
            return
        if act_name(cls) in Command.registry:
            raise TypeError(f"two commands are named {act_name(cls)!r}")
        for event in recorded_as if isinstance(recorded_as, tuple) else (recorded_as,):
            if event in Command.recorded:
                raise TypeError(f"two commands are recorded as {event.kind}")
            if ("by" in event.model_fields) == (given_by is not None):
                raise TypeError(f"who gave {cls.__name__} is said either in {event.kind}.by or in given_by")
            Command.recorded[event] = cls
        Command.registry[act_name(cls)] = cls


def act_name(command: type[Command]) -> str:
    """The name of a command's act, as callers use it: `make_offer` for `MakeOffer`."""
    return _WORD.sub("_", command.__name__).lower()


class OnDispute(Command, base=True):
    """A command on one dispute, or the one that files it."""

    dispute_id: UUID


class OnIncident(Command, base=True):
    """A command that names an incident: on the incident itself, or on a dispute that is or becomes part of it."""

    incident_id: UUID


class NamesNeutral(Command, base=True):
    """A command that names a neutral: on the neutral's mandate, or on which neutral has a dispute."""

    neutral: UUID


class OnRefund(OnDispute, base=True):
    """A command on a refund that was already instructed."""

    refund_id: UUID


class AboutPerson(Command, base=True):
    """A command about the data of one person. `subject` is the person's opaque id."""

    subject: UUID
