"""Facts about exhibits: added, answered, withdrawn; and which exhibits stand."""

from collections.abc import Mapping
from dataclasses import field
from typing import Annotated, assert_never
from uuid import UUID

from pydantic import Field

from domain.kernel.base import Event, Instant, Role, Value
from domain.kernel.disclosure import Audience, Told
from domain.kernel.frozen import frozen, replace
from domain.kernel.people import Side, Text, Words
from domain.kernel.personal import PersonalOfAuthor
from domain.policy.reasons import AskedName

# --- types ---


class File(Value):
    """A stored file. Its media type was found from its content.

    `sha256` is of the plain bytes. It lets anybody who has the file prove that it is this one, so it is as personal as
    the file. `sealed_sha256` is of the stored bytes, and still proves them after the author is erased.
    """

    blob_id: UUID
    author: UUID
    name: Told[PersonalOfAuthor]
    media_type: Told[str]
    size: Told[Annotated[int, Field(gt=0)]]
    sha256: Told[PersonalOfAuthor]
    sealed_sha256: Told[Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]]


class NewExhibit(Value):
    description: Words
    file: File | None = None
    shows: AskedName | None = None


class FiledFrom(Value):
    """Where an exhibit was before: the attachment `file` of a message, both by number. `by` filed it as an exhibit."""

    message: Told[int]
    file: Told[int]
    by: Told[Role]


class ExhibitAdded(Event, kind="ExhibitAdded", stream="dispute", told_to=Audience.ALL):
    """Somebody (`by`) added an exhibit: a text, with or without a file.

    From `citable_at` on, a ruling may cite it unanswered. None means from the start, as in a past case.
    `answers_request` is the number of the evidence request that it answers. `shows` names which evidence it is, of the
    evidence that the policy calls for. `filed_from` is the attachment of a message that became the exhibit. The neutral
    may file it for the side that sent it: then `by` is that side.
    """

    schema_version = 4

    number: Told[int]
    by: Told[Role]
    description: Told[Text]
    file: Told[File | None] = None
    citable_at: Told[Instant | None] = None
    answers_request: Told[int | None] = None
    shows: Told[str | None] = None
    filed_from: Told[FiledFrom | None] = None


class ExhibitWithdrawn(Event, kind="ExhibitWithdrawn", stream="dispute", told_to=Audience.ALL):
    number: Told[int]
    by: Told[Role]


class ExhibitAnswered(Event, kind="ExhibitAnswered", stream="dispute", told_to=Audience.ALL):
    """A side that did not add the exhibit commented on it or, without a message, confirmed that it saw it."""

    number: Told[int]
    by: Told[Side]
    message: Told[Text | None] = None


ExhibitEvent = ExhibitAdded | ExhibitWithdrawn | ExhibitAnswered


# --- state ---


@frozen
class Exhibits:
    """By number: `by` is who added the exhibit, `ripens` is when it may be cited unanswered. `filed` are the exhibits that
    were attachments, by message and attachment; `on_behalf` those of them that the neutral filed for a side.
    """

    by: Mapping[int, Role] = field(default_factory=dict)
    withdrawn: frozenset[int] = frozenset()
    answered: frozenset[tuple[int, Side]] = frozenset()
    ripens: Mapping[int, Instant] = field(default_factory=dict)
    filed: Mapping[tuple[int, int], int] = field(default_factory=dict)
    on_behalf: frozenset[int] = frozenset()

    def shown_by(self, side: Side) -> bool:
        """Whether this side itself added an exhibit."""
        return any(by == side.value and number not in self.on_behalf for number, by in self.by.items())

    def stands(self, number: int) -> bool:
        return number in self.by and number not in self.withdrawn

    def unanswered_by(self, number: int) -> frozenset[Side]:
        """The sides that did not add the exhibit and have not answered it yet."""
        return frozenset(s for s in Side if self.by[number] != s.value and (number, s) not in self.answered)

    def citable(self, number: int, now: Instant) -> bool:
        if not self.stands(number):
            return False
        return number not in self.ripens or now >= self.ripens[number] or not self.unanswered_by(number)


# --- evolve ---


def evolve(exhibits: Exhibits, event: ExhibitEvent) -> Exhibits:
    match event:
        case ExhibitAdded(number=number, by=by, citable_at=at, filed_from=origin):
            ripens = exhibits.ripens if at is None else {**exhibits.ripens, number: at}
            added = replace(exhibits, by={**exhibits.by, number: by}, ripens=ripens)
            return added if origin is None else _filed(added, number, by, origin)
        case ExhibitAnswered(number=number, by=side):
            return replace(exhibits, answered=exhibits.answered | {(number, side)})
        case ExhibitWithdrawn(number=number):
            return replace(exhibits, withdrawn=exhibits.withdrawn | {number})
        case _:
            assert_never(event)


def _filed(exhibits: Exhibits, number: int, by: Role, origin: FiledFrom) -> Exhibits:
    filed = {**exhibits.filed, (origin.message, origin.file): number}
    on_behalf = exhibits.on_behalf if origin.by is by else exhibits.on_behalf | {number}
    return replace(exhibits, filed=filed, on_behalf=on_behalf)
