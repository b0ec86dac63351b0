"""From one case of a list to the next.

A case that was opened out of a list has the name of the list in its address. After an act is sent from it, the first case of
that list opens, if the case waits for its reader no more. What is due first is the first. An empty list opens itself.
The reader stays in the case if it still waits for them, or if they say so.
"""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from starlette.responses import Response

from api.console.acts import meanwhile
from api.console.acts.meanwhile import Happened
from api.console.my_day.lists import listed
from api.console.visit import Visit
from api.disputes.dispute_list import list_disputes
from api.http.problem_kinds import ViewBehind
from domain.kernel.base import Role
from domain.kernel.frozen import frozen
from domain.kernel.people import Awaiting
from domain.kernel.refusals import Refusal

LIST, AFTER = "list", "after"
"""In the address of a case: the list that it was opened from, and the case before it."""

_WAIT_FOR = {Role.NEUTRAL: Awaiting.NEUTRAL, Role.SUPERVISOR: Awaiting.SUPERVISOR}
_LEADING = {Role.NEUTRAL: ("move", "new"), Role.SUPERVISOR: ("supervisor",)}
"""The lists of what waits for a reader. The others lead nowhere: who works in them looks for something else."""


@frozen
class Before:
    """The case that the reader comes from, and what they have recorded in it."""

    id: UUID
    case_number: str
    recorded: Sequence[Happened]


def opened_from(visit: Visit, name: str | None) -> str | None:
    """The list of this name, if it leads its reader on to the next case."""
    return name if name in _LEADING.get(visit.session.principal.role, ()) else None


def of_address(visit: Visit) -> str | None:
    """The list that the address of this page names, if it leads its reader on."""
    return opened_from(visit, visit.request.query_params.get(LIST))


def kept(address: str, leads: str | None, at_least: str | None = None) -> str:
    """An address in the same case, which still names the list."""
    query = {LIST: leads, "at_least": at_least}
    named = urlencode({name: value for name, value in query.items() if value})
    return f"{address}?{named}" if named else address


def saying(address: str, name: str, value: str) -> str:
    """The address with one more thing in its query."""
    return f"{address}{'&' if '?' in address else '?'}{urlencode({name: value})}"


async def next_address(visit: Visit, list_name: str, dispute_id: UUID, position: str) -> str | None:
    """Where an act in this case leads that was answered with this position. None: to the case itself."""
    try:
        if await _still_waits(visit, dispute_id, position):
            return None
        page = await listed(await visit.reading("list_disputes", at_least=position), list_name, limit=2)
    except ViewBehind:  # what was done is done
        return None
    following = next((one.id for one in page.items if one.id != dispute_id), None)
    came = {AFTER: str(dispute_id), "at_least": position}
    if following is None:
        return f"/console/?{urlencode({'tab': list_name, **came})}"
    return f"/console/disputes/{following}?{urlencode({LIST: list_name, **came})}"


async def _still_waits(visit: Visit, dispute_id: UUID, position: str) -> bool:
    """Whether it is up to the reader now. A case that is theirs no more by their own act is not found."""
    reading, role = await visit.reading("list_disputes", at_least=position), visit.session.principal.role
    mine = [reading.caller.subject] if role is Role.NEUTRAL else None
    one: dict[str, Any] = {"q": str(dispute_id), "up_to": [_WAIT_FOR[role]], "neutral": mine}
    return bool((await list_disputes(reading, Response(), **one, limit=1)).items)


async def before(visit: Visit) -> Before | None:
    """The case that the address says the reader comes from. None also if it is theirs to see no more."""
    query = visit.request.query_params
    try:
        dispute_id = UUID(query.get(AFTER, ""))
    except ValueError:
        return None
    try:
        reading = await visit.reading("get_dispute", dispute_id=dispute_id)
        doc = await reading.case(dispute_id)
        done = await meanwhile.recorded(reading, dispute_id, query.get("at_least"))
    except Refusal:
        return None
    return Before(dispute_id, reading.http.services.case_numbers.of(doc["filed_position"]), done)
