"""Which disputes a reader has put aside, and until when.

A snooze ends at its instant. It ends before when the dispute waits for something new, whoever must do it, and while its reader
owes a reply to a message that came after the snooze. So nothing that becomes their move stays hidden.
"""

from collections.abc import Mapping
from uuid import UUID

from api.http.reads import Reading
from domain.kernel.base import Instant
from mediation.store.desk import snoozes
from mediation.store.desk.snoozes import Snooze
from projections import caseload
from projections.caseload import CASELOAD, Standing


async def aside(reading: Reading) -> Mapping[UUID, Instant]:
    """The disputes that the reader has put aside and that have not come back, each with the instant until then.

    Raises ViewBehind.
    """
    return await reading.moment.once("aside", lambda: _aside(reading))


async def _aside(reading: Reading) -> Mapping[UUID, Instant]:
    caller, pool = reading.caller, reading.http.services.pool
    kept = await snoozes.of_person(pool, caller.subject, caller.marketplace)
    kept = {one: snooze for one, snooze in kept.items() if snooze.until > caller.at}
    if not kept:
        return {}
    standings = await reading.see(CASELOAD, caseload.standings, pool, kept)
    role = caller.role.value
    return {
        one: snooze.until
        for one, snooze in kept.items()
        if (row := standings.get(one)) is not None and not _came_back(row, snooze, role)
    }


def _came_back(row: Standing, snooze: Snooze, role: str) -> bool:
    waits, owed = row.waiting, row.reply_owed_since.get(role)
    return waits is None or waits.since > snooze.snoozed_at or (owed is not None and owed > snooze.snoozed_at)
