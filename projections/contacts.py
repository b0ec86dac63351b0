"""What people asked the marketplace for about their orders, one row per contact, and what failed, counted.

Texts are sealed. When the contacts of a person are destroyed, their rows stay without any text: only to be counted.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, assert_never
from uuid import UUID

from domain.contacts.contact_facts import ContactEvent, ContactRecorded, ContactsDestroyed
from domain.kernel.places import TimeZone
from mediation.store.log.recorded import Recorded
from projections.paging import Where
from projections.table import Doc, Pool
from projections.view import Rows, View, kinds, revised


@dataclass(frozen=True, kw_only=True)
class Contact:
    """`stream_id` is that of the contacts of one order, and `transaction_id` the order's own. `reason` is what the person was
    shown, a `domain.contacts.contact_facts.ShownReason` in JSON. `destroyed`: it counts, and is shown to nobody.
    """

    stream_id: UUID
    number: int
    marketplace: str
    transaction_id: UUID
    subject: UUID
    side: str
    channel: str
    wanted: str
    outcome: str
    reason_code: str | None
    reason: Doc | None
    happened_at: datetime
    recorded_at: datetime
    destroyed: bool


def _fold(rows: Rows[Contact], recorded: Recorded) -> Iterable[Contact]:
    event = recorded.event
    assert isinstance(event, ContactEvent), "all that the view concerns"
    match event:
        case ContactRecorded():
            return [_recorded(event, recorded)]
        case ContactsDestroyed(subject=subject, up_to=up_to):
            gone = [row for row in rows.values() if row.subject == subject and row.number <= up_to]
            return [revised(row, reason=None, destroyed=True) for row in gone]
        case _:
            assert_never(event)


def _recorded(event: ContactRecorded, recorded: Recorded) -> Contact:
    return Contact(
        stream_id=recorded.stream_id,
        number=event.number,
        marketplace=recorded.marketplace,
        transaction_id=event.transaction_id,
        subject=event.subject,
        side=event.side.value,
        channel=event.channel,
        wanted=event.wanted,
        outcome=event.outcome,
        reason_code=event.reason_code,
        reason=event.reason.model_dump(mode="json") if event.reason else None,
        happened_at=event.happened_at,
        recorded_at=recorded.recorded_at,
        destroyed=False,
    )


CONTACTS = View(
    title="contacts",
    version=1,
    row=Contact,
    key=("stream_id", "number"),
    concerns=kinds(ContactEvent),
    fold=_fold,
    indexes=("(marketplace, happened_at)",),
    of_each="stream_id",
)


def of(facts: Iterable[Recorded]) -> list[Contact]:
    """The contacts that these facts of one order keep, in the order in which they happened."""
    kept = [contact for contact in CONTACTS.of(facts) if not contact.destroyed]
    return sorted(kept, key=lambda contact: (contact.happened_at, contact.number))


# --- counted ---

By = Literal["channel", "reason_code", "week"]

MOST_LINES = 2_000


@dataclass(frozen=True, slots=True)
class Line:
    """The contacts that wanted the same; where it is asked for, over the same channel, for the same reason, in the same week.

    `week` is its Monday in the desk's zone. `orders` counts each order once, and `disputed` those of them about which a dispute
    was filed after the contact, or at the same instant.
    """

    wanted: str
    channel: str | None
    reason_code: str | None
    week: date | None
    contacts: int
    done: int
    refused: int
    failed: int
    abandoned: int
    orders: int
    disputed: int


_COLUMNS: dict[By, str] = {
    "channel": "channel",
    "reason_code": "reason_code",
    "week": "date_trunc('week', happened_at AT TIME ZONE %s)::date",
}

_COUNTED = f"""SELECT wanted, {{by}}, count(*), count(*) FILTER (WHERE outcome = 'done'),
  count(*) FILTER (WHERE outcome = 'refused'), count(*) FILTER (WHERE outcome = 'failed'),
  count(*) FILTER (WHERE outcome = 'abandoned'), count(DISTINCT transaction_id),
  count(DISTINCT transaction_id) FILTER (WHERE EXISTS (
    SELECT FROM fact f WHERE f.stream_id = c.transaction_id AND f.kind = 'ClaimOpened' AND f.occurred_at >= c.happened_at))
FROM {CONTACTS.table} c WHERE {{where}} GROUP BY 1, 2, 3, 4
ORDER BY 4 DESC NULLS LAST, count(*) FILTER (WHERE outcome <> 'done') DESC, 1, 2, 3 LIMIT {MOST_LINES + 1}"""
"""Whether a dispute followed is read from the order's own stream: a filing writes nothing for it."""


async def counted(
    pool: Pool,
    marketplace: str,
    *,
    by: Sequence[By],
    zone: TimeZone,
    happened_after: datetime,
    happened_before: datetime,
) -> list[Line]:
    """The lines of a period: the last week first, in it what failed most. `happened_after` is included, `happened_before` is
    not. One line more than `MOST_LINES` says that there are more.
    """
    where = Where()
    where.equal(marketplace=marketplace)
    where.add("happened_at >= %s", happened_after)
    where.add("happened_at < %s", happened_before)
    columns = [_COLUMNS[name] if name in by else "NULL" for name in _COLUMNS]
    query = _COUNTED.format(by=", ".join(columns), where=where.sql)
    zones = [zone] if "week" in by else []
    async with pool.connection() as connection:
        rows = await (await connection.execute(query, [*zones, *where.values])).fetchall()
    return [Line(*row) for row in rows]
