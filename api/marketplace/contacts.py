"""What people asked the marketplace for about their orders: recorded, read by order, and counted."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from api.http.act_route import ActRoute
from api.http.bodies import When
from api.http.problems import ON_READ, ON_WRITE, documented
from api.http.reads import Read, Reading
from api.http.roles import KNOW_CONTACTS
from api.http.writes import Write, Writing
from api.marketplace.contact_schemas import (
    ContactGiven,
    ContactLine,
    ContactReport,
    ContactShown,
    ContactsShown,
    OrderId,
    RecordContact,
    ReportedBy,
)
from domain.contacts.contact_facts import contacts_id
from domain.kernel.refusals import Malformed
from mediation.engine import Handled
from mediation.store.log.recorded import Recorded
from projections import contacts
from projections.contacts import CONTACTS, MOST_LINES, Contact
from projections.table import Doc

router = APIRouter(tags=["Contacts"], route_class=ActRoute)

_PERIOD = timedelta(days=84)
"""What a report covers if nothing else is asked: twelve weeks."""


class PeriodReversed(Malformed):
    """`happened_after` is not before `happened_before`.

    Why: A report counts what happened from one instant up to a later one.

    What to do: Exchange the two, or leave them out for the last twelve weeks.
    """

    pointer = "/happened_after"


@router.post("/v1/contacts", status_code=201, responses=documented(*ON_WRITE))
async def record_contact(body: RecordContact, writing: Write) -> ContactGiven:
    """Records that somebody asked for something about an order, and what became of it. A neutral who gets a dispute about the
    order reads it, and so does the desk. The other side never does.
    """
    handled = await writing.act(body)
    return ContactGiven(number=_number(body, writing, handled), position=await writing.position(handled))


def _number(given: RecordContact, writing: Writing, handled: Handled) -> int:
    """Of a contact that arrived again, the number that it had."""
    known, arrival = handled.case.contacts, given.arrival(writing.context())
    return known.arrived[arrival] if arrival is not None else known.recorded


@router.get("/v1/contacts", responses=documented(*ON_READ))
async def list_contacts(
    reading: Read,
    order_id: Annotated[OrderId, Query()],
) -> ContactsShown:
    """All that is kept about one order; empty for an order that nobody asked about."""
    order = await reading.http.services.spellings.of("transaction", reading.caller.marketplace, order_id)
    return ContactsShown(items=await _shown(reading, contacts.of(await _facts(reading, order))))


@router.get("/v1/reports/contacts", responses=documented(*ON_READ))
async def report_contacts(
    reading: Read,
    by: Annotated[
        list[ReportedBy] | None,
        Query(
            max_length=3,
            description="What the lines tell apart, beside what was wanted. Left out: all three.",
        ),
    ] = None,
    happened_after: Annotated[
        When | None, Query(description="From this instant. Left out: twelve weeks before.")
    ] = None,
    happened_before: Annotated[When | None, Query(description="Before this instant. Left out: now.")] = None,
) -> ContactReport:
    """Which wants were done, refused, failed or abandoned; and on how many of these orders a dispute followed. The last week
    comes first, and in it what failed most.
    """
    services, caller = reading.http.services, reading.caller
    before = happened_before or caller.at
    after = happened_after or before - _PERIOD
    if after >= before:
        raise PeriodReversed()
    zone = (await services.engine.policies(caller.marketplace)).in_force(caller.at).desk.time_zone
    lines = await reading.see(
        CONTACTS,
        contacts.counted,
        services.pool,
        caller.marketplace,
        by=[_COLUMN[name] for name in by or _COLUMN],
        zone=zone,
        happened_after=after,
        happened_before=before,
    )
    items = [
        ContactLine.model_validate({**{name: getattr(line, name) for name in _LINE}, "disputed_orders": line.disputed})
        for line in lines[:MOST_LINES]
    ]
    more = len(lines) > MOST_LINES
    return ContactReport(time_zone=zone, happened_after=after, happened_before=before, items=items, more=more)


async def in_case(reading: Reading, doc: Doc) -> list[ContactShown] | None:
    """What the parties of a dispute asked for about its order. None for a party."""
    if reading.caller.role not in KNOW_CONTACTS:
        return None
    return await _shown(reading, contacts.of(await facts_of(reading, UUID(doc["transaction"]["transaction_id"]))))


async def facts_of(reading: Reading, transaction_id: UUID) -> list[Recorded]:
    """The facts of the contacts about one order, as of the instant asked for."""
    return [*reading.asked.told(await _facts(reading, transaction_id))]


async def _facts(reading: Reading, transaction_id: UUID) -> Sequence[Recorded]:
    stream_id = contacts_id(transaction_id)
    facts = (await reading.http.services.log.read([(stream_id, 0)])).streams[stream_id]
    return [fact for fact in facts if fact.marketplace == reading.caller.marketplace]


async def _shown(reading: Reading, found: Sequence[Contact]) -> list[ContactShown]:
    told = [{**{name: getattr(one, name) for name in _CONTACT}, "at": one.happened_at} for one in found]
    return [ContactShown.model_validate(one) for one in await reading.open(told)]


_CONTACT = ("number", "side", "channel", "wanted", "outcome", "reason_code", "reason", "recorded_at")
_LINE = (
    "wanted", "channel", "reason_code", "week", "contacts", "done", "refused", "failed", "abandoned", "orders",
)  # fmt: skip
_COLUMN: dict[ReportedBy, contacts.By] = {"channel": "channel", "reason": "reason_code", "week": "week"}
