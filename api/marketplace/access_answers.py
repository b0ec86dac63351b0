"""The answer to an access request: all that the log holds about one person, as lines of JSON.

Of each dispute of the person it holds what their side is told, their own data and their order. It also holds what no
party is told about itself: their contacts about orders, the facts behind limits on claims and recommendations, their claim
history, their erasures, their mails, how far they read each conversation and each dispute, where they are signed in to the
console, and what they look at now.
What is about another buyer, seller or representative is masked. The reason of a legal hold is left out.
"""

import json
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from pydantic_core import to_json

from api.acts.visibility import Viewer
from api.disputes.chronicle import by
from api.http.reads import Reading
from api.marketplace.claim_history_schemas import ClaimHistory
from domain.contacts.contact_facts import ContactEvent
from domain.filing.claim_facts import ClaimBeyondLimit
from domain.filing.filing_facts import DisputeFiled
from domain.filing.representation_facts import RepresentativeNamed
from domain.kernel.base import Event
from domain.kernel.frozen import frozen
from domain.kernel.people import Side
from domain.privacy.legal_hold_facts import LegalHoldEvent
from domain.stream_ids import claims_id, person_id
from mediation.store.desk import console_sessions, presences, read_marks, snoozes
from mediation.store.desk.own_desks import OwnDesk
from mediation.store.log.recorded import Recorded
from projections import case_file, claim_history
from projections.audit_trail import entry_of
from projections.claim_history import CLAIM_HISTORY
from projections.table import Doc
from projections.told_facts import told_to

Part = tuple[UUID, Side]
"""A dispute in which the person took part, and for which side."""


@frozen
class Kept:
    """Where something about a person is kept: their disputes, and the streams of the orders about which they had contacts."""

    disputes: Sequence[Part]
    contacts: Sequence[Part]


async def head(reading: Reading, subject: UUID, disputes: Sequence[Part]) -> bytes:
    """The first lines. Raises ViewBehind, so make them before the answer begins."""
    ids = [str(dispute_id) for dispute_id, _ in disputes]
    found = [_line("person", subject=subject, made_at=reading.caller.at, disputes=ids)]
    for side in sorted({side for _, side in disputes}):
        history = await _history(reading, subject, side)
        found.append(_line("claim_history", side=side, **history.model_dump(mode="json")))
    found += await _marks(reading, subject)
    for begun_at, expires_at in await console_sessions.of_person(
        reading.http.services.pool, subject, reading.caller.marketplace
    ):
        found.append(_line("console_session", begun_at=begun_at, expires_at=expires_at))
    kept = await snoozes.of_person(reading.http.services.pool, subject, reading.caller.marketplace)
    found += [_line("snooze", dispute_id=one, until=snooze.until) for one, snooze in kept.items()]
    found += await _presences(reading, subject)
    services = reading.http.services
    desk = OwnDesk(services.pool, services.keys, reading.caller.marketplace, subject)
    filters, tour = await desk.filters(), await desk.tour()
    if filters is not None or tour is not None:
        saved = json.loads(filters.content)["items"] if filters else []
        found.append(_line("own_desk", filters=saved, tour=tour))
    found += await _mails(reading, subject, disputes)
    return b"".join(found)


async def lines(reading: Reading, subject: UUID, kept: Kept, first: bytes) -> AsyncIterator[bytes]:
    yield first
    for dispute_id, side in kept.disputes:
        facts = await reading.http.services.log.of_dispute(dispute_id)
        hidden = _others(facts, subject)
        for fact in _told(reading, facts, side, subject):
            yield await _opened(reading, fact, hidden)
    for fact in await _beside_disputes(reading, subject, [stream_id for stream_id, _ in kept.contacts]):
        yield await _opened(reading, fact, frozenset())


async def _marks(reading: Reading, subject: UUID) -> list[bytes]:
    """One line for each conversation that they read, and one for each dispute of which they marked the facts as read."""
    opaque, marketplace = reading.http.opaque, reading.caller.marketplace
    found: list[bytes] = []
    for dispute_id, mark in await read_marks.of_person(reading.http.services.pool, subject, marketplace):
        if mark.message:
            read_at = mark.message_read_at
            found.append(_line("read_mark", dispute_id=dispute_id, message=mark.message, read_at=read_at))
        if mark.position:
            fact, read_at = opaque.seal("position", marketplace, str(mark.position)), mark.position_read_at
            found.append(_line("read_mark", dispute_id=dispute_id, fact=fact, read_at=read_at))
    return found


async def _presences(reading: Reading, subject: UUID) -> list[bytes]:
    """One line for each page that they have open at a dispute now."""
    pool, caller = reading.http.services.pool, reading.caller
    pages = await presences.of_person(pool, subject, caller.marketplace, caller.at - caller.clock.ahead)
    return [_line("presence", dispute_id=one, writing=writing, until=until) for one, writing, until in pages]


async def _mails(reading: Reading, subject: UUID, disputes: Sequence[Part]) -> list[bytes]:
    """One line for each mail of theirs, also those that nobody has matched to a dispute, by their addresses."""
    inbox, marketplace = reading.http.services.inbox, reading.caller.marketplace
    addresses = await inbox.addresses_of(marketplace, subject, disputes)
    mails = await inbox.mailbox.of_person(marketplace, subject, addresses)
    names = ("received_at", "size", "status", "why", "dispute_id", "message")
    return [_line("mail", **{name: getattr(one, name) for name in names}, head=one.head or {}) for one in mails]


async def _history(reading: Reading, subject: UUID, side: Side) -> ClaimHistory:
    """Up to this moment. Raises ViewBehind."""
    pool, marketplace = reading.http.services.pool, reading.caller.marketplace
    whole = replace(reading, at_least=await reading.http.services.log.last_position())
    tallies = await whole.see(CLAIM_HISTORY, claim_history.tallies, pool, marketplace, side, subject)
    return ClaimHistory.of(tallies)


def _others(facts: Sequence[Recorded], subject: UUID) -> frozenset[UUID]:
    """The buyers, sellers and representatives of a dispute who are not this person."""
    people: set[UUID] = set()
    for fact in facts:
        match fact.event:
            case DisputeFiled(buyer=buyer, seller=seller):
                people |= {buyer.subject, seller.subject}
            case RepresentativeNamed(subject=named):
                people.add(named)
            case _:
                pass
    return frozenset(people - {subject})


def _told(reading: Reading, facts: Sequence[Recorded], side: Side, subject: UUID) -> Iterator[Doc]:
    viewer, doc = Viewer(reading.caller.acting_as(side)), case_file.of(facts)
    told = {fact.position: fact for fact in told_to(side, facts)}
    for recorded in facts:
        fact = told.get(recorded.position, recorded)
        body = entry_of(fact).body
        details = viewer.told_of(fact.event, body) if recorded.position in told else None
        match fact.event:
            case DisputeFiled(buyer=buyer, seller=seller):
                is_party = (buyer if side is Side.BUYER else seller).subject == subject
                own = {"party": body[side.value] if is_party else None, "order": body["order"]}
                details = {**(details or {}), **own}
            case RepresentativeNamed(subject=named) if named == subject:
                details = body
            case ClaimBeyondLimit() if doc is not None and doc["claimant"] == side.value:
                details = body
            case _:
                pass
        if details is not None:
            yield _fact(fact, details)


async def _beside_disputes(reading: Reading, subject: UUID, contacts: Sequence[UUID]) -> list[Doc]:
    """What is kept about the person outside disputes: their claims where policy counts them, their requests and contacts."""
    marketplace = reading.caller.marketplace
    ids = (claims_id(marketplace, subject), person_id(marketplace, subject), *contacts)
    streams = (await reading.http.services.log.read([(stream_id, 0) for stream_id in ids])).streams
    facts = sorted((fact for found in streams.values() for fact in found), key=lambda fact: fact.position)
    own = (fact for fact in facts if not isinstance(fact.event, ContactEvent) or fact.event.subject == subject)
    return [_fact(fact, _without_reason(fact.event)) for fact in own if fact.marketplace == marketplace]


def _without_reason(event: Event) -> Doc:
    return event.model_dump(mode="json", exclude={"reason"} if isinstance(event, LegalHoldEvent) else None)


def _fact(fact: Recorded, details: Doc) -> Doc:
    return {
        "kind": fact.kind,
        "dispute_id": fact.dispute_id,
        "occurred_at": fact.occurred_at,
        "recorded_at": fact.recorded_at,
        "by": by(fact.kind, details),
        "details": details,
    }


async def _opened(reading: Reading, fact: Doc, hidden: frozenset[UUID]) -> bytes:
    codec, marketplace = reading.http.services.codec, reading.caller.marketplace
    return _line("fact", **await codec.open(fact, marketplace, hidden=hidden))


def _line(record: str, **told: Any) -> bytes:
    return to_json({"record": record, **told}) + b"\n"
