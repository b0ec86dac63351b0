"""Who took part in which dispute, and whether that dispute is closed: an erasure waits for this. And who had a contact about
which order: such a person can be erased too.

Built from events; it holds nothing personal. One row for each buyer, seller and representative of a dispute, and one for each
person and order of contacts.
"""

from collections.abc import Sequence
from uuid import UUID

from psycopg import AsyncConnection

from domain.contacts.contact_facts import ContactRecorded, ContactsDestroyed
from domain.filing.filing_facts import DisputeFiled
from domain.filing.representation_facts import RepresentativeNamed
from domain.kernel.people import Side
from domain.privacy.erasure import ClosedUnder, TookPart
from domain.remedies.closure_facts import DisputeClosed
from domain.remedies.reopening_facts import DisputeReopened
from mediation.store.log.recorded import Recorded

TABLE = """CREATE TABLE IF NOT EXISTS part_taken (
  marketplace text NOT NULL, subject uuid NOT NULL, dispute_id uuid NOT NULL, side text NOT NULL, policy_version text NOT NULL,
  position bigint NOT NULL, closed_at timestamptz, PRIMARY KEY (subject, dispute_id));
CREATE INDEX IF NOT EXISTS part_taken_dispute ON part_taken (dispute_id);
CREATE TABLE IF NOT EXISTS had_contact (
  marketplace text NOT NULL, subject uuid NOT NULL, stream_id uuid NOT NULL, side text NOT NULL, position bigint NOT NULL,
  PRIMARY KEY (subject, stream_id))"""

_FILED = """INSERT INTO part_taken (marketplace, subject, dispute_id, side, policy_version, position)
SELECT * FROM unnest(%s::text[], %s::uuid[], %s::uuid[], %s::text[], %s::text[], %s::bigint[]) ON CONFLICT DO NOTHING"""
_NAMED = """INSERT INTO part_taken (marketplace, subject, dispute_id, side, policy_version, position, closed_at)
SELECT marketplace, %s, dispute_id, %s, policy_version, position, closed_at FROM part_taken WHERE dispute_id = %s LIMIT 1
ON CONFLICT DO NOTHING"""
_CONTACT = """INSERT INTO had_contact (marketplace, subject, stream_id, side, position) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT DO NOTHING"""
_DESTROYED = "DELETE FROM had_contact WHERE (subject, stream_id) = (%s, %s)"
_CONTACTS = "SELECT stream_id, side FROM had_contact WHERE marketplace = %s AND subject = %s ORDER BY position"
_CLOSED = "UPDATE part_taken SET closed_at = %s WHERE dispute_id = %s RETURNING subject"

_WHICH = """SELECT dispute_id, side, policy_version, closed_at FROM part_taken
WHERE marketplace = %s AND subject = %s"""
_ALL = f"{_WHICH} ORDER BY closed_at DESC NULLS FIRST, position DESC"
_LAST_OPEN = f"{_WHICH} AND closed_at IS NULL ORDER BY position DESC LIMIT 1"
_LAST_CLOSED = f"""SELECT DISTINCT ON (policy_version) * FROM ({_WHICH} AND closed_at IS NOT NULL) c
ORDER BY policy_version, closed_at DESC"""


async def keep(connection: AsyncConnection, batch: Sequence[Recorded]) -> set[UUID]:
    """Stores what a batch says. Returns the people of disputes that closed in it."""
    filed = [r for r in batch if isinstance(r.event, DisputeFiled)]
    if filed:
        await connection.execute(_FILED, _columns(filed))
    freed: set[UUID] = set()
    for recorded in batch:
        match recorded.event:
            case RepresentativeNamed(subject=subject, side=side):
                await connection.execute(_NAMED, (subject, side.value, recorded.dispute_id))
            case DisputeClosed():
                found = await connection.execute(_CLOSED, (recorded.occurred_at, recorded.dispute_id))
                freed |= {subject for (subject,) in await found.fetchall()}
            case DisputeReopened():
                await connection.execute(_CLOSED, (None, recorded.dispute_id))
            case ContactRecorded(subject=subject, side=side):
                about = (recorded.marketplace, subject, recorded.stream_id, side.value, recorded.position)
                await connection.execute(_CONTACT, about)
            case ContactsDestroyed(subject=subject):
                await connection.execute(_DESTROYED, (subject, recorded.stream_id))
            case _:
                pass
    return freed


def _columns(filed: Sequence[Recorded]) -> tuple[list[object], ...]:
    rows = []
    for recorded in filed:
        event = recorded.event
        assert isinstance(event, DisputeFiled)
        for side, party in ((Side.BUYER, event.buyer), (Side.SELLER, event.seller)):
            about = (recorded.marketplace, party.subject, event.dispute_id)
            rows.append((*about, side.value, event.policy_version, recorded.position))
    return tuple(map(list, zip(*rows, strict=True)))


async def disputes_of(connection: AsyncConnection, marketplace: str, subject: UUID) -> list[tuple[UUID, Side]]:
    """The person's disputes: open ones first, and of these the last one filed."""
    rows = await (await connection.execute(_ALL, (marketplace, subject))).fetchall()
    return [(dispute_id, Side(side)) for dispute_id, side, _, _ in rows]


async def contacts_of(connection: AsyncConnection, marketplace: str, subject: UUID) -> list[tuple[UUID, Side]]:
    """The streams of the orders about which a contact of the person is kept, and the side that they were on."""
    rows = await (await connection.execute(_CONTACTS, (marketplace, subject))).fetchall()
    return [(stream_id, Side(side)) for stream_id, side in rows]


async def took_part(
    connection: AsyncConnection, marketplace: str, subject: UUID, *, readable: bool, erased: int
) -> tuple[UUID | None, TookPart] | None:
    """The person's last dispute (an open one before a closed one), and what they took part in. There is no dispute of who only
    had contacts. None for who had neither.
    """
    opened = await (await connection.execute(_LAST_OPEN, (marketplace, subject))).fetchone()
    closed = await (await connection.execute(_LAST_CLOSED, (marketplace, subject))).fetchall()
    last = opened or max(closed, key=lambda row: row[3], default=None)
    if last is None:
        contacts = await contacts_of(connection, marketplace, subject)
        return (None, TookPart(side=contacts[-1][1], readable=readable, erased=erased)) if contacts else None
    under = tuple(ClosedUnder(policy_version=row[2], dispute_id=row[0], closed_at=row[3]) for row in closed)
    return last[0], TookPart(
        side=Side(last[1]),
        open_dispute=opened[0] if opened else None,
        closed=under,
        readable=readable,
        erased=erased,
    )
