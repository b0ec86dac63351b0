"""The facts about what people asked a marketplace for about one order, and what became of it."""

from collections.abc import Mapping
from dataclasses import field
from typing import Annotated, Literal, assert_never
from uuid import UUID, uuid5

from pydantic import StringConstraints

from domain.kernel.base import Event, Instant, Role, Value
from domain.kernel.channels import Channel
from domain.kernel.frozen import frozen, replace
from domain.kernel.pace import Pace
from domain.kernel.people import Side
from domain.kernel.personal import Personal
from domain.kernel.places import LanguageTag

# --- types ---

Wanted = Literal[
    "cancel", "return", "refund", "exchange", "repair", "where_is_it", "change_order", "complain", "pay", "other"
]
ContactOutcome = Literal["done", "refused", "failed", "abandoned"]
"""`refused`: the person was told no. `failed`: it broke on the way. `abandoned`: the person gave up."""

ReasonCode = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,59}$")]
"""A word of the marketplace for why, such as `already_shipped`. It names nobody, and is counted in reports."""


class ShownReason(Value):
    """The reason as the person was shown it. It is sealed under the same key as the contact that holds it."""

    text: Annotated[str, Personal("kept_under", person="subject")]
    language: LanguageTag


class ContactRecorded(Event, kind="ContactRecorded", stream="contacts"):
    """Somebody asked the marketplace for something about an order, at `happened_at`.

    `subject` is the person. Texts are sealed under a key of that person for this order alone, `kept_under`: it is destroyed
    with the person's other keys, or before, when nothing needs the contacts any more. `arrival` is a keyed hash of the id
    that it has in its channel.
    """

    number: int
    transaction_id: UUID
    side: Side
    subject: UUID
    kept_under: UUID
    order_id: Annotated[str, Personal("kept_under", person="subject")]
    channel: Channel
    wanted: Wanted
    outcome: ContactOutcome
    reason_code: ReasonCode | None = None
    reason: ShownReason | None = None
    happened_at: Instant
    arrival: UUID | None = None
    by: Role


class ContactsDestroyed(Event, kind="ContactsDestroyed", stream="contacts", consequence=True):
    """The texts of one person's contacts about this order, up to the contact `up_to`, can be read no more. `rule` says why."""

    subject: UUID
    kept_under: UUID
    up_to: int
    rule: str


ContactEvent = ContactRecorded | ContactsDestroyed


# --- state ---


@frozen
class Contacts:
    """All about one order. `arrived` has the numbers of those with an id of their channel. `last` is when the last one of each
    person happened, as long as their texts are kept. `pace` is how fast those of each person are recorded.
    """

    recorded: int = 0
    arrived: Mapping[UUID, int] = field(default_factory=dict)
    last: Mapping[UUID, Instant] = field(default_factory=dict)
    pace: Mapping[UUID, Pace] = field(default_factory=dict)


# --- stream ids ---


def contacts_id(transaction_id: UUID) -> UUID:
    return uuid5(transaction_id, "contacts")


def contact_key(transaction_id: UUID, subject: UUID) -> UUID:
    """The key of a person for the texts of their contacts about this order."""
    return uuid5(subject, f"contacts/{transaction_id}")


# --- evolve ---


def evolve(contacts: Contacts, event: ContactEvent, at: Instant) -> Contacts:
    match event:
        case ContactRecorded(number=number, subject=subject, happened_at=happened_at, arrival=arrival):
            arrived = {**contacts.arrived, arrival: number} if arrival else contacts.arrived
            last = {**contacts.last, subject: max(happened_at, contacts.last.get(subject, happened_at))}
            pace = {**contacts.pace, subject: Pace.after(contacts.pace.get(subject), at)}
            return Contacts(number, arrived, last, pace)
        case ContactsDestroyed(subject=subject):
            return replace(contacts, last={who: at for who, at in contacts.last.items() if who != subject})
        case _:
            assert_never(event)
