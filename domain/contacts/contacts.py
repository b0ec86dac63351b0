"""Contacts: what people asked a marketplace for about an order, and what became of it, whether or not a dispute follows.

They have a stream of their own for each order, which no filing reads or writes. The desk of a dispute about the order reads
them; the other side never does. Policy says for how long their texts are kept (`contact_retention_days`).

    Refusal
    ├── Malformed
    │   └── ContactAhead
    ├── Conflict
    │   ├── ContactsFull
    │   └── TooManyContacts
    └── Forbidden
        └── MayNotRecordContacts
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import assert_never
from uuid import UUID

from domain.contacts.contact_facts import (
    ContactEvent,
    ContactOutcome,
    ContactRecorded,
    Contacts,
    ContactsDestroyed,
    ReasonCode,
    ShownReason,
    Wanted,
    contact_key,
)
from domain.dispute.case import Case
from domain.kernel.base import AboutPerson, Instant, Role
from domain.kernel.channels import Channel
from domain.kernel.people import Side, Words
from domain.kernel.refusals import Conflict, Forbidden, Malformed
from domain.payments.transaction_facts import Transaction
from domain.policy.policy import Policy

# --- types ---

MAX_CONTACTS = 1_000
"""About one order."""

MOST_IN_A_MINUTE = 60
"""Of one person about one order."""


class RecordContact(AboutPerson):
    """`subject` is the person who asked. `transaction_id` is the stream of the order. `arrival` is a keyed hash of the id that
    the contact has in its channel: what arrives again is the same contact.
    """

    transaction_id: UUID
    order_id: str
    side: Side
    channel: Channel
    wanted: Wanted
    outcome: ContactOutcome
    reason_code: ReasonCode | None = None
    reason: Words | None = None
    happened_at: Instant
    arrival: UUID | None = None


class DestroyContacts(AboutPerson):
    """Sent by the engine when policy no longer keeps the contacts of this person about this order."""

    transaction_id: UUID


ContactCommand = RecordContact | DestroyContacts


class MayNotRecordContacts(Forbidden):
    """Your role cannot record what people asked the marketplace for. The marketplace can.

    Why: The marketplace runs the app, the telephone and the chat. It alone knows what was asked there.

    What to do: As a party, write a message in the dispute, or add what you have as an exhibit.

    Example: {"role": "supervisor"}
    """


class ContactAhead(Malformed):
    """`at` lies in the future.

    Why: A contact is recorded after it happened.

    What to do: Send an `at` that is not later than `now`. An instant needs the right offset from UTC.

    Example: {"now": "2026-11-02T10:00:00+00:00"}
    """

    pointer = "/at"


class ContactsFull(Conflict):
    """There are already `limit` contacts about this order.

    Why: A neutral reads the contacts of an order. A program that is out of control could otherwise fill it.

    What to do: Record only what a person asked for. What a program tried again by itself is one contact.

    Example: {"limit": 1000}
    """


class TooManyContacts(Conflict):
    """This person has `limit` contacts about this order within a minute. You can record the next one in `retry_after` seconds.

    Why: Nobody asks so often. So many in so short a time are usually sent by a program with a fault.

    What to do: Wait as many seconds as the header `Retry-After` says, and send the contact again under the same key. What a
    program tried again by itself is one contact.

    Example: {"limit": 60, "retry_after": 42}
    """


# --- decisions ---


def decide(case: Case, command: ContactCommand) -> Sequence[ContactEvent]:
    match command:
        case RecordContact():
            return record(case.contacts, command)
        case DestroyContacts():
            return destroy(case, command)
        case _:
            assert_never(command)


def record(contacts: Contacts, command: RecordContact) -> list[ContactRecorded]:
    """No event if it arrived already."""
    if command.actor.role is not Role.MARKETPLACE:
        raise MayNotRecordContacts(role=command.actor.role.value)
    if command.arrival is not None and command.arrival in contacts.arrived:
        return []
    if contacts.recorded >= MAX_CONTACTS:
        raise ContactsFull(limit=MAX_CONTACTS)
    pace = contacts.pace.get(command.subject)
    if pace is not None and pace.covers(command.now) and pace.times >= MOST_IN_A_MINUTE:
        raise TooManyContacts(limit=MOST_IN_A_MINUTE, retry_after=pace.wait(command.now))
    if command.happened_at > command.now:
        raise ContactAhead(now=command.now.isoformat())
    said = command.reason
    made = ContactRecorded(
        number=contacts.recorded + 1,
        transaction_id=command.transaction_id,
        side=command.side,
        subject=command.subject,
        kept_under=contact_key(command.transaction_id, command.subject),
        order_id=command.order_id,
        channel=command.channel,
        wanted=command.wanted,
        outcome=command.outcome,
        reason_code=command.reason_code,
        reason=ShownReason(text=said.text, language=said.language) if said else None,
        happened_at=command.happened_at,
        arrival=command.arrival,
        by=command.actor.role,
    )
    return [made]


def destroy(case: Case, command: DestroyContacts) -> list[ContactsDestroyed]:
    """No event while something stands against it: policy, an open dispute about the order, or a legal hold."""
    subject, policy = command.subject, case.policies.in_force(command.now)
    if case.person.holds.in_force(command.now):
        return []
    until = kept_until(case.contacts, case.transaction, subject, policy)
    if until is None or until > command.now:
        return []
    key = contact_key(command.transaction_id, subject)
    up_to, rule = case.contacts.recorded, policy.rule("contact_retention_days")
    return [ContactsDestroyed(subject=subject, kept_under=key, up_to=up_to, rule=rule)]


def kept_until(contacts: Contacts, order: Transaction, subject: UUID, policy: Policy) -> Instant | None:
    """Until when policy keeps the person's contacts about this order. None while a dispute about the order is open, and if
    nothing is kept.
    """
    if order.claims or subject not in contacts.last:
        return None
    ended = [claim.ended_at for claim in order.ended.values() if claim.ended_at is not None]
    return max([contacts.last[subject], *ended]) + timedelta(days=policy.contact_retention_days)
