"""Facts about representatives: who acts for which side, and who no longer does."""

from collections.abc import Mapping
from dataclasses import field
from typing import Annotated, Literal, assert_never
from uuid import UUID

from domain.kernel.base import Event, Role
from domain.kernel.disclosure import Audience, Told
from domain.kernel.frozen import frozen, replace
from domain.kernel.people import Side
from domain.kernel.personal import Personal, PersonalOfSubject

# --- types ---

Capacity = Literal["representative", "guardian"]


class RepresentativeNamed(Event, kind="RepresentativeNamed", stream="dispute", told_to=Audience.ALL):
    """A party got a representative or a guardian. `subject` is derived from marketplace and `id`, as for a party."""

    side: Told[Side]
    subject: UUID
    id: PersonalOfSubject
    name: Told[Annotated[str | None, Personal("subject")]] = None
    capacity: Told[Capacity]
    by: Told[Role]


class RepresentationEnded(Event, kind="RepresentationEnded", stream="dispute", told_to=Audience.ALL):
    side: Told[Side]
    subject: UUID
    by: Told[Role]


RepresentationEvent = RepresentativeNamed | RepresentationEnded


# --- state ---


@frozen
class Representative:
    side: Side
    capacity: Capacity


@frozen
class Representation:
    """`acting` is by subject. `ended` are the subjects who no longer act."""

    acting: Mapping[UUID, Representative] = field(default_factory=dict)
    ended: frozenset[UUID] = frozenset()

    def of(self, side: Side) -> set[UUID]:
        return {subject for subject, acting in self.acting.items() if acting.side is side}


# --- evolve ---


def evolve(representation: Representation, event: RepresentationEvent) -> Representation:
    match event:
        case RepresentativeNamed(subject=subject, side=side, capacity=capacity):
            acting = {**representation.acting, subject: Representative(side, capacity)}
            return Representation(acting, representation.ended - {subject})
        case RepresentationEnded(subject=subject):
            acting = {s: who for s, who in representation.acting.items() if s != subject}
            return replace(representation, acting=acting, ended=representation.ended | {subject})
        case _:
            assert_never(event)
