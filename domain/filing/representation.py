"""Who acts for a party: a representative whom the party chose, or a guardian whom the marketplace named.

What they do counts as done by the party. The record says who really did it. A representative cannot name another one,
and can do nothing from the instant at which the representation ends.
"""

from collections.abc import Sequence
from typing import assert_never
from uuid import UUID

from domain.dispute.case import Basis
from domain.dispute.state import Dispute
from domain.filing.representation_facts import (
    Capacity,
    RepresentationEnded,
    RepresentationEvent,
    Representative,
    RepresentativeNamed,
)
from domain.kernel.base import Actor, Event, OnDispute, Role
from domain.kernel.people import NotAParty, Side
from domain.kernel.refusals import Conflict, Forbidden, Malformed, Unknown

# --- types ---

MAX_REPRESENTATIVES = 20


class NameRepresentative(OnDispute, recorded_as=RepresentativeNamed):
    side: Side
    subject: UUID
    id: str
    name: str | None = None
    capacity: Capacity = "representative"


class EndRepresentation(OnDispute, recorded_as=RepresentationEnded):
    subject: UUID


RepresentationCommand = NameRepresentative | EndRepresentation


class UnknownRepresentative(Unknown):
    """This person does not represent this party.

    Why: Only a person who was named for this party can be ended, or get a token for it.

    What to do: Read `representatives` of the case file. Name the person first, with `POST
    /v1/disputes/{dispute_id}/representatives`.

    Example: {"representative": "00000000-0000-0000-0000-0000000000e1"}
    """


class NotYourSide(Forbidden):
    """You do not act for this side, so you cannot say who represents it.

    Why: Each party chooses who speaks for it. If the other side could choose, it could silence it.

    What to do: Send your own `side`, or ask the marketplace.

    Example: {"side": "buyer", "role": "seller"}
    """


class GuardianByMarketplace(Forbidden):
    """Your role cannot name or remove a guardian. The marketplace can.

    Why: A guardian acts for somebody who cannot choose for themselves. So the marketplace names one, after it has seen
    the proof.

    What to do: Send the request as the marketplace's backend, without `Mediation-As`; or name a `representative`.

    Example: {"side": "buyer"}
    """


class RepresentativesDoNotDelegate(Forbidden):
    """You are a representative yourself, so you cannot say who represents this party.

    Why: The party trusted this person, and not those whom this person would choose.

    What to do: Let the party or the marketplace name the other representative.

    Example: {"side": "buyer"}
    """


class CannotRepresent(Malformed):
    """`id` is a party of this dispute, or already represents somebody in it.

    Why: A person who is on both sides could know what one side tells in confidence and use it for the other.

    What to do: Name somebody who is not a party of this dispute and represents nobody else in it. End the other
    representation first, if it is over.

    Example: {"side": "seller"}
    """

    pointer = "/id"


class TooManyRepresentatives(Conflict):
    """The dispute already has `limit` representatives.

    Why: The limit bounds how many people can read a dispute in a party's name.

    What to do: End representations that are over, then name the new person.

    Example: {"limit": 20}
    """


class NoLongerRepresents(Forbidden):
    """You do not act for this party, or no longer do.

    Why: What a representative does counts as done by the party. So it ends at once when the party or the marketplace
    ends it.

    What to do: Ask the party to name you again, if that was a mistake. A token for the other side gives no access
    either.

    Example: {"side": "seller"}
    """


# --- decisions ---


def decide(basis: Basis, command: RepresentationCommand) -> Sequence[Event]:
    match command:
        case NameRepresentative():
            return name(basis.dispute, command)
        case EndRepresentation():
            return end(basis.dispute, command)
        case _:
            assert_never(command)


def name(dispute: Dispute, command: NameRepresentative) -> list[RepresentationEvent]:
    """Possible after closure too, because commitments and messages go on."""
    _check_may_say(dispute, command.actor, command.side, command.capacity)
    known = dispute.representation.acting.get(command.subject)
    if known == Representative(command.side, command.capacity):
        return []
    if known is not None or command.subject in (dispute.buyer.subject, dispute.seller.subject):
        raise CannotRepresent(side=command.side.value)
    if len(dispute.representation.acting) >= MAX_REPRESENTATIVES:
        raise TooManyRepresentatives(limit=MAX_REPRESENTATIVES)
    return [
        RepresentativeNamed(
            side=command.side,
            subject=command.subject,
            id=command.id,
            name=command.name,
            capacity=command.capacity,
            by=command.actor.role,
        )
    ]


def end(dispute: Dispute, command: EndRepresentation) -> list[RepresentationEvent]:
    """Anybody who may name the representative may end it, and so may the representative."""
    representation = dispute.representation
    acting = representation.acting.get(command.subject)
    if acting is None:
        if command.subject in representation.ended:
            return []
        raise UnknownRepresentative(representative=str(command.subject))
    check_may_speak(dispute, command.actor)
    if command.actor.subject != command.subject:
        _check_may_say(dispute, command.actor, acting.side, acting.capacity)
    return [RepresentationEnded(side=acting.side, subject=command.subject, by=command.actor.role)]


def may_speak(dispute: Dispute, actor: Actor) -> bool:
    """False for a former representative, and for one of the other side. Others speak in their own role."""
    if actor.role not in (Role.BUYER, Role.SELLER):
        return True
    acting = dispute.representation.acting.get(actor.subject)
    ended = actor.subject in dispute.representation.ended
    return not ended and (acting is None or acting.side == actor.role.value)


def check_may_speak(dispute: Dispute, actor: Actor) -> None:
    """Raises NoLongerRepresents."""
    if not may_speak(dispute, actor):
        raise NoLongerRepresents(side=actor.role.value)


def may_say(dispute: Dispute, actor: Actor, side: Side, capacity: Capacity) -> bool:
    """Whether this actor may say who acts for this side in this capacity."""
    if actor.role is Role.MARKETPLACE:
        return True
    own = actor.role.value == side.value and actor.subject not in dispute.representation.acting
    return own and capacity == "representative"


def _check_may_say(dispute: Dispute, actor: Actor, side: Side, capacity: Capacity) -> None:
    if may_say(dispute, actor, side, capacity):
        return
    if actor.role not in (Role.BUYER, Role.SELLER):
        raise NotAParty(role=actor.role.value)
    if actor.role.value != side.value:
        raise NotYourSide(side=side.value, role=actor.role.value)
    if actor.subject in dispute.representation.acting:
        raise RepresentativesDoNotDelegate(side=side.value)
    raise GuardianByMarketplace(side=side.value)
