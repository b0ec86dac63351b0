"""My day: what waits for the reader, in the order in which it is due."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from api.console.my_day.claims import in_short
from api.console.visit import Visit
from api.disputes.commitments.commitments import list_commitments
from api.disputes.dispute_list import list_disputes
from api.disputes.dispute_list_schemas import Disputes
from api.http.reads import Reading
from domain.commitments.events import Participant
from domain.kernel.base import Role
from domain.kernel.frozen import frozen
from domain.kernel.people import Awaiting, Stage

_OTHERS = [Awaiting.CLAIMANT, Awaiting.RESPONDENT, Awaiting.BOTH, Awaiting.SUPERVISOR, Awaiting.MARKETPLACE]
_OPEN = [stage for stage in Stage if stage is not Stage.CLOSED]

TABS: Mapping[str, Mapping[str, Any]] = {
    "move": {"awaiting": [Awaiting.NEUTRAL]},
    "new": {"waiting": ["first_act", "assignment"]},
    "promised": {},
    "others": {"awaiting": _OTHERS},
    "supervisor": {"awaiting": [Awaiting.SUPERVISOR]},
    "open": {"stage": _OPEN},
    "all": {},
}
"""The lists, with their filters."""

_OF_NEUTRAL = ("move", "new", "promised", "others")
_OF_SUPERVISOR = ("supervisor", "promised", "open", "all")
_OF_READERS = ("open", "all")
_OF_DESK = {Role.NEUTRAL: _OF_NEUTRAL, Role.SUPERVISOR: _OF_SUPERVISOR}

_PAGE = 25


@frozen
class Tab:
    """A list of the reader, with the number of its items in words."""

    name: str
    count: str
    current: bool


async def my_day(visit: Visit) -> Response:
    """The queue of the reader; with `q`, what is called so."""
    query, role = visit.request.query_params, visit.session.principal.role
    names = _OF_DESK.get(role, _OF_READERS)
    q, asked = query.get("q", "").strip(), query.get("tab", names[0])
    chosen = asked if asked in names else names[0]
    reading = await visit.reading("list_disputes")
    cursor = query.get("cursor")
    shown: dict[str, Any] = {"promises": None, "disputes": None, "claims": {}}
    if q:
        shown["disputes"] = await list_disputes(reading, Response(), q=q, limit=_PAGE)
    elif chosen == "promised":
        mine = await visit.reading("list_commitments")
        shown["promises"] = await list_commitments(mine, owed_by=Participant(role), limit=_PAGE, cursor=cursor)
    else:
        shown["disputes"] = await _listed(reading, chosen, limit=_PAGE, cursor=cursor)
    if shown["disputes"] is not None:
        shown["claims"] = await in_short(reading, [one.id for one in shown["disputes"].items])
    tabs = [Tab(name, await _count(visit, reading, name), name == chosen and not q) for name in names]
    return visit.page("my_day/my_day.html", tabs=tabs, chosen=chosen, q=q, now=reading.caller.at, **shown)


async def _listed(reading: Reading, tab: str, **more: Any) -> Disputes:
    return await list_disputes(reading, Response(), sort="due", **_mine(reading, tab), **more)


def _mine(reading: Reading, tab: str) -> dict[str, Any]:
    """The filters of a list. What is the neutral's own is assigned to them."""
    filters = dict(TABS[tab])
    if reading.caller.role is Role.NEUTRAL and tab != "new":
        filters["neutral"] = [reading.caller.subject]
    return filters


async def _count(visit: Visit, reading: Reading, tab: str) -> str:
    """How many items a list has, in words; nothing for a list without an end."""
    if tab == "all":
        return ""
    if tab == "promised":
        mine = await visit.reading("list_commitments")
        page = await list_commitments(mine, owed_by=Participant(reading.caller.role), limit=_PAGE)
        return f"{len(page.items)}{'+' if page.next else ''}"
    found = await _listed(reading, tab, counts=["all"], limit=1)
    return found.counts["all"][0].text if found.counts and found.counts["all"] else "0"
