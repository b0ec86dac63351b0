"""What people see of the notices of payment providers: what each says, of which dispute, and what a person has to look at."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from domain.payments.provider_disputes import Notice
from mediation.processes.provider_notices.tables import notice_of

_SAID = """SELECT i.notice_id, i.says, d.dispute_id, coalesce(d.contradiction, d.why)
FROM notice_item i JOIN provider_dispute d ON d.id = i.provider_dispute
WHERE i.notice_id = ANY(%s) ORDER BY i.notice_id, i.number"""


@dataclass(frozen=True, slots=True)
class Said:
    """One part of a notice. `problem`: why nothing follows from it, or why a person has to look at it."""

    notice: Notice
    dispute_id: UUID | None
    problem: str | None


async def said(pool: AsyncConnectionPool[AsyncConnection], notice_ids: Sequence[UUID]) -> dict[UUID, list[Said]]:
    """What these notices say, in the order of their parts. One that was not read, or not understood, says nothing."""
    found: dict[UUID, list[Said]] = {notice_id: [] for notice_id in notice_ids}
    async with pool.connection() as connection:
        rows = await (await connection.execute(_SAID, (list(notice_ids),))).fetchall()
    for notice_id, says, dispute_id, problem in rows:
        found[notice_id].append(Said(notice_of(says), dispute_id, problem))
    return found
