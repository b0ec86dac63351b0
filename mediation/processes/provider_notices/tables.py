"""What this process keeps beside the notices: which payment each dispute is about. And the rows that it reads and writes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.types.json import Jsonb
from pydantic import TypeAdapter

from domain.kernel.money import Money
from domain.payments.provider_disputes import Notice, Provider
from mediation.processes.fact_tasks import table_of

TO_LOOK_UP = "payment_to_look_up"
TABLES = f"""{table_of(TO_LOOK_UP)};
CREATE TABLE IF NOT EXISTS payment_of_dispute (
  payment uuid NOT NULL, dispute_id uuid NOT NULL, marketplace text NOT NULL, subject uuid NOT NULL,
  PRIMARY KEY (payment, dispute_id))"""

_KNOW = """INSERT INTO payment_of_dispute (payment, dispute_id, marketplace, subject) VALUES (%s, %s, %s, %s)
ON CONFLICT DO NOTHING"""
_FORGET = "DELETE FROM payment_of_dispute WHERE subject = %s AND marketplace = %s"
_WAKE = """UPDATE provider_dispute SET changes = changes + 1 WHERE dispute_id IS NULL AND marketplace = %s AND id IN (
  SELECT provider_dispute FROM notice_item WHERE payments @> ARRAY[%s::uuid])"""
_LOCK = """INSERT INTO provider_dispute (id, marketplace, provider, quiet_since) VALUES (%s, %s, %s, %s)
ON CONFLICT (id) DO UPDATE SET changes = provider_dispute.changes"""
_NEWS = "UPDATE provider_dispute SET quiet_since = %s, settles = true, changes = changes + 1 WHERE id = %s"
_SAID = "SELECT says FROM notice_item WHERE provider_dispute = %s"
_NO_ITEMS = "DELETE FROM notice_item WHERE notice_id = %s"
_ITEM = "INSERT INTO notice_item (notice_id, number, provider_dispute, payments, says) VALUES (%s, %s, %s, %s, %s)"
_CLAIM = """UPDATE provider_dispute SET not_before = now() + interval '5 minutes' WHERE id IN (
  SELECT id FROM provider_dispute WHERE not_before <= now()
  AND (marketplace = %s OR (%s::text IS NULL AND marketplace <> ALL(%s)))
  AND (changes > seen OR (settles AND dispute_id IS NOT NULL AND quiet_since <= %s))
  ORDER BY not_before LIMIT 50 FOR UPDATE SKIP LOCKED)
RETURNING id, marketplace, provider, dispute_id, proceeding, recorded, begun, paid, payments, moved, quiet_since, changes"""
_ITEMS = "SELECT notice_id, payments, says FROM notice_item WHERE provider_dispute = %s"
_DISPUTES = "SELECT DISTINCT dispute_id, subject FROM payment_of_dispute WHERE marketplace = %s AND payment = ANY(%s)"
_MATCH = "UPDATE provider_dispute SET dispute_id = %s, why = NULL WHERE id = %s"
_WHY = "UPDATE provider_dispute SET why = %s WHERE id = %s"
_BEGUN = "UPDATE provider_dispute SET begun = true WHERE id = %s"
_RECORDED = """UPDATE provider_dispute SET proceeding = %s, recorded = recorded + 1, begun = false
WHERE id = %s AND recorded = %s"""
_WENT_ON = "UPDATE provider_dispute SET proceeding = NULL WHERE id = %s"
_PAID = """UPDATE provider_dispute SET paid = %s, payments = payments + 1, moved = moved OR %s
WHERE id = %s AND payments = %s"""
_REOPENED = "UPDATE provider_dispute SET moved = false WHERE id = %s"
_SEEN = """UPDATE provider_dispute SET seen = greatest(seen, %s), contradiction = %s, not_before = 'epoch',
  settles = settles AND NOT (%s AND quiet_since = %s) WHERE id = %s"""
_LATER = """UPDATE provider_dispute SET not_before = now() + make_interval(mins => %s),
  contradiction = coalesce(%s, contradiction)
WHERE id = %s"""

_NOTICE = TypeAdapter(Notice)


@dataclass(frozen=True, slots=True)
class Row:
    """A dispute at a provider. `paid` is the sum on record that the buyer has, such as `50.00 EUR`. `payments` counts how often
    that changed. `begun`: a proceeding is being recorded, or was before a worker died.
    """

    id: UUID
    marketplace: str
    provider: Provider
    dispute_id: UUID | None
    proceeding: int | None
    recorded: int
    begun: bool
    paid: str | None
    payments: int
    moved: bool
    quiet_since: datetime
    changes: int


@dataclass(frozen=True, slots=True)
class Told:
    """The notices of a dispute at a provider; the posts that they came in; and keyed hashes of the payment's names."""

    notices: tuple[Notice, ...]
    posts: frozenset[UUID]
    payments: frozenset[UUID]


async def know_payment(
    connection: AsyncConnection, payment: UUID, dispute_id: UUID, marketplace: str, subject: UUID
) -> None:
    """Wakes what waited for a dispute about this payment."""
    await connection.execute(_KNOW, (payment, dispute_id, marketplace, subject))
    await connection.execute(_WAKE, (marketplace, payment))


async def forget(connection: AsyncConnection, subject: UUID, marketplace: str) -> None:
    """A later notice about the payment of a person who was erased finds no dispute."""
    await connection.execute(_FORGET, (subject, marketplace))


async def put_items(
    connection: AsyncConnection,
    notice_id: UUID,
    about: tuple[str, Provider],
    items: Sequence[tuple[UUID, Sequence[UUID], Notice]],
    now: datetime,
) -> None:
    """Stores what was read of a post. What was told before is no news, in whatever bytes it comes again.

    Each item is the provider's dispute, the names of its payment as keyed hashes, and the notice.
    """
    disputes = sorted({dispute for dispute, _, _ in items})
    for dispute in disputes:  # locked in one order, by every worker
        await connection.execute(_LOCK, (dispute, *about, now))
    known = {one: [said for (said,) in await (await connection.execute(_SAID, (one,))).fetchall()] for one in disputes}
    await connection.execute(_NO_ITEMS, (notice_id,))
    for number, (dispute, payments, notice) in enumerate(items, start=1):
        says = _NOTICE.dump_python(notice, mode="json", exclude={"dispute", "payments"})
        await connection.execute(_ITEM, (notice_id, number, dispute, list(payments), Jsonb(says)))
        if says not in known[dispute]:
            known[dispute].append(says)
            await connection.execute(_NEWS, (now, dispute))


async def claim(
    connection: AsyncConnection, marketplace: str | None, others: Iterable[str], quiet: datetime
) -> list[Row]:
    """Disputes to look at, of one marketplace, or of all but `others`. Nobody else has them for five minutes."""
    rows = await (await connection.execute(_CLAIM.encode(), (marketplace, marketplace, list(others), quiet))).fetchall()
    return [Row(*row) for row in rows]


async def told(connection: AsyncConnection, row: Row) -> Told:
    items = await (await connection.execute(_ITEMS, (row.id,))).fetchall()
    notices = [notice_of(says) for _, _, says in items]
    payments = frozenset(payment for _, names, _ in items for payment in names)
    return Told(tuple(notices), frozenset(post for post, _, _ in items), payments)


async def disputes_about(connection: AsyncConnection, marketplace: str, payments: Iterable[UUID]) -> dict[UUID, UUID]:
    """The disputes that are about one of these payments, each with its buyer."""
    return dict(await (await connection.execute(_DISPUTES, (marketplace, list(payments)))).fetchall())


async def match(connection: AsyncConnection, row: Row, dispute_id: UUID) -> None:
    await connection.execute(_MATCH, (dispute_id, row.id))


async def unmatched(connection: AsyncConnection, row: Row, why: str) -> None:
    await connection.execute(_WHY, (why, row.id))


async def begin(connection: AsyncConnection, row: Row) -> None:
    """A proceeding is going to be recorded. If the worker dies, the next one finds out its number by recording it again."""
    await connection.execute(_BEGUN, (row.id,))


async def recorded(connection: AsyncConnection, row: Row, number: int) -> None:
    await connection.execute(_RECORDED, (number, row.id, row.recorded))


async def went_on(connection: AsyncConnection, row: Row) -> None:
    await connection.execute(_WENT_ON, (row.id,))


async def paid(connection: AsyncConnection, row: Row, amount: Money | None, *, closed: bool) -> None:
    """`amount` is what the buyer has now. `closed`: the dispute was closed when the money moved."""
    await connection.execute(_PAID, (str(amount) if amount is not None else None, closed, row.id, row.payments))


async def reopened(connection: AsyncConnection, row: Row) -> None:
    await connection.execute(_REOPENED, (row.id,))


async def seen(connection: AsyncConnection, row: Row, contradiction: str | None, *, settled: bool) -> None:
    """It was looked at. Whatever was told meanwhile is still to be looked at."""
    await connection.execute(_SEEN, (row.changes, contradiction, settled, row.quiet_since, row.id))


async def later(connection: AsyncConnection, row: Row, why: str | None = None, minutes: int = 1) -> None:
    """It is looked at again. `why` is shown to people meanwhile."""
    await connection.execute(_LATER, (minutes, why, row.id))


def notice_of(says: Any) -> Notice:
    return _NOTICE.validate_python({**says, "dispute": "", "payments": ()})
