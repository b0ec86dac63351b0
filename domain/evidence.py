"""Exhibits: numbered evidence, kept for ever. Withdrawing one only takes it back; it is never deleted."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Annotated, assert_never
from uuid import UUID

from pydantic import Field

from domain.base import Command, Event, Role, Value
from domain.people import Text, Words
from domain.personal import PersonalOfAuthor
from domain.refusals import Conflict, DisputeIsClosed, Forbidden, Malformed, Unknown

if TYPE_CHECKING:
    from domain.dispute import Dispute

# --- types ---

MAX_EXHIBITS = 100


class File(Value):
    """A stored file. The media type was told from its content.

    `sha256` is of the plain bytes: who has the file can show that it is this one, so it is as personal as the file.
    `sealed_sha256` is of what is stored, and stays provable when the author is erased.
    """

    blob_id: UUID
    author: UUID
    name: PersonalOfAuthor
    media_type: str
    size: Annotated[int, Field(gt=0)]
    sha256: PersonalOfAuthor
    sealed_sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class ExhibitAdded(Event, kind="ExhibitAdded", stream="dispute"):
    """`by` is who put it in. A text may stand alone, without a file."""

    number: int
    by: Role
    description: Text
    file: File | None = None


class ExhibitWithdrawn(Event, kind="ExhibitWithdrawn", stream="dispute"):
    number: int
    by: Role


EvidenceEvent = ExhibitAdded | ExhibitWithdrawn


class NewExhibit(Value):
    description: Words
    file: File | None = None


class AddExhibit(Command):
    dispute_id: UUID
    exhibit: NewExhibit


class WithdrawExhibit(Command):
    dispute_id: UUID
    number: int


class UnknownExhibit(Unknown):
    """There is no exhibit with this number."""


class ExhibitNotCitable(Malformed):
    """A ruling cites only exhibits that exist and were not withdrawn."""

    pointer = "/cites_exhibits"


class ExhibitIsCited(Conflict):
    """A ruling rests on this exhibit; it cannot be withdrawn any more."""


class MayNotSubmit(Forbidden):
    """Only the parties and the assigned neutral put exhibits in."""


class NotYourExhibit(Forbidden):
    """Only who put an exhibit in may withdraw it."""


class TooManyExhibits(Conflict):
    """The dispute holds as many exhibits as it may."""


class RecordIsClosed(Conflict):
    """The ruling has been issued or the dispute is settled; no more evidence is taken."""


# --- state ---


@dataclass(frozen=True, slots=True)
class Exhibits:
    """`by` number: who put it in."""

    by: Mapping[int, Role] = field(default_factory=dict)
    withdrawn: frozenset[int] = frozenset()

    def citable(self, number: int) -> bool:
        return number in self.by and number not in self.withdrawn


# --- evolve ---


def evolve(exhibits: Exhibits, event: EvidenceEvent) -> Exhibits:
    match event:
        case ExhibitAdded(number=number, by=by):
            return replace(exhibits, by={**exhibits.by, number: by})
        case ExhibitWithdrawn(number=number):
            return replace(exhibits, withdrawn=exhibits.withdrawn | {number})
        case _:
            assert_never(event)


# --- decisions ---


def may_submit(role: Role) -> bool:
    return role in {Role.BUYER, Role.SELLER, Role.NEUTRAL}


def numbered(exhibits: tuple[NewExhibit, ...], by: Role, author: UUID, *, already: int = 0) -> list[EvidenceEvent]:
    if already + len(exhibits) > MAX_EXHIBITS:
        raise TooManyExhibits(limit=MAX_EXHIBITS)
    return [
        ExhibitAdded(number=already + n, by=by, description=e.description.of(author), file=e.file)
        for n, e in enumerate(exhibits, start=1)
    ]


def add(dispute: "Dispute", command: AddExhibit) -> list[EvidenceEvent]:
    if not may_submit(command.actor.role):
        raise MayNotSubmit(role=command.actor.role.value)
    _check_record_is_open(dispute)
    author = dispute.subject_of(command.actor)
    return numbered((command.exhibit,), command.actor.role, author, already=len(dispute.exhibits.by))


def withdraw(dispute: "Dispute", command: WithdrawExhibit) -> list[EvidenceEvent]:
    owner = dispute.exhibits.by.get(command.number)
    if owner is None:
        raise UnknownExhibit(number=command.number)
    if owner is not command.actor.role:
        raise NotYourExhibit(number=command.number, role=command.actor.role.value)
    if command.number in dispute.exhibits.withdrawn:
        return []
    if command.number in dispute.adjudication.cited:
        raise ExhibitIsCited(number=command.number)
    _check_record_is_open(dispute)
    return [ExhibitWithdrawn(number=command.number, by=command.actor.role)]


def _check_record_is_open(dispute: "Dispute") -> None:
    if dispute.closed:
        raise DisputeIsClosed(closed_as=str(dispute.outcome))
    if not dispute.takes_evidence:
        raise RecordIsClosed(stage=dispute.stage.value)
