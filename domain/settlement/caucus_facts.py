"""Facts of the caucus: what a party and the neutral wrote to each other in confidence."""

from collections.abc import Mapping
from dataclasses import field
from typing import assert_never
from uuid import UUID

from domain.evidence.exhibit_facts import File
from domain.kernel.base import Event, Role
from domain.kernel.disclosure import Audience, Told, ToldInCaucus
from domain.kernel.frozen import frozen, replace
from domain.kernel.people import Side, Text

# --- types ---


class CaucusMessagePosted(Event, kind="CaucusMessagePosted", stream="dispute", told_to=Audience.CAUCUS_AND_DESK):
    """A message between the party on `side` and the `neutral`, for them alone. Each side has its own numbers."""

    number: Told[int]
    side: Told[Side]
    by: Told[Role]
    neutral: Told[UUID]
    message: ToldInCaucus[Text]
    file: ToldInCaucus[File | None] = None


class CaucusConsentGiven(Event, kind="CaucusConsentGiven", stream="dispute", told_to=Audience.ALL):
    """A side accepted a ruling by this neutral, whatever was said in caucus."""

    by: Told[Side]
    neutral: Told[UUID]


CaucusEvent = CaucusMessagePosted | CaucusConsentGiven


# --- state ---


@frozen
class Caucus:
    messages: Mapping[Side, int] = field(default_factory=dict)
    heard_by: frozenset[UUID] = frozenset()
    consents: frozenset[tuple[Side, UUID]] = frozenset()

    def without_consent(self, neutral: UUID | None) -> frozenset[Side]:
        """The sides that have not consented to a ruling by this neutral. None if this neutral heard no caucus."""
        if neutral is None or neutral not in self.heard_by:
            return frozenset()
        return frozenset(side for side in Side if (side, neutral) not in self.consents)


# --- evolve ---


def evolve(caucus: Caucus, event: CaucusEvent) -> Caucus:
    match event:
        case CaucusMessagePosted(side=side, number=number, neutral=neutral):
            messages = {**caucus.messages, side: number}
            return replace(caucus, messages=messages, heard_by=caucus.heard_by | {neutral})
        case CaucusConsentGiven(by=by, neutral=neutral):
            return replace(caucus, consents=caucus.consents | {(by, neutral)})
        case _:
            assert_never(event)
