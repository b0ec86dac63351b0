"""My day: what waits for the reader, in the order in which it is due."""

import asyncio
from http import HTTPStatus
from typing import Any

from starlette.responses import RedirectResponse, Response

from api.console.my_day import onward
from api.console.my_day.claims import in_short
from api.console.my_day.lists import listed, names
from api.console.reader import AT
from api.console.visit import Visit
from api.disputes.commitments.commitments import list_commitments
from api.disputes.dispute_list import list_disputes
from api.http.reads import Reading
from domain.commitments.events import Participant
from domain.kernel.frozen import frozen

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
    shown_lists = names(role)
    q, asked = query.get("q", "").strip(), query.get("tab", shown_lists[0])
    chosen = asked if asked in shown_lists else shown_lists[0]
    reading = await visit.reading("list_disputes")
    cursor = query.get("cursor")
    shown: dict[str, Any] = {"promises": None, "disputes": None, "claims": {}}
    if q:
        found = await list_disputes(reading, Response(), q=q, limit=_PAGE)
        if len(found.items) == 1:  # nobody looks at a list of one
            return RedirectResponse(f"{AT}/disputes/{found.items[0].id}", HTTPStatus.SEE_OTHER)
        shown["disputes"] = found
    elif chosen == "promised":
        mine = await visit.reading("list_commitments")
        shown["promises"] = await list_commitments(mine, owed_by=Participant(role), limit=_PAGE, cursor=cursor)
    else:
        shown["disputes"] = await listed(reading, chosen, limit=_PAGE, cursor=cursor)
    if shown["disputes"] is not None:
        shown["claims"] = await in_short(reading, [one.id for one in shown["disputes"].items])
    counts = await asyncio.gather(*(_count(visit, reading, name) for name in shown_lists))
    tabs = [Tab(name, count, name == chosen and not q) for name, count in zip(shown_lists, counts, strict=True)]
    leads = None if q else onward.opened_from(visit, chosen)
    shown |= {"leads": leads, "before": await onward.before(visit), "now": reading.caller.at}
    return visit.page("my_day/my_day.html", tabs=tabs, chosen=chosen, q=q, **shown)


async def _count(visit: Visit, reading: Reading, tab: str) -> str:
    """How many items a list has, in words; nothing for a list without an end."""
    if tab == "all":
        return ""
    if tab == "promised":
        mine = await visit.reading("list_commitments")
        page = await list_commitments(mine, owed_by=Participant(reading.caller.role), limit=_PAGE)
        return f"{len(page.items)}{'+' if page.next else ''}"
    found = await listed(reading, tab, counts=["all"], limit=0)
    return found.counts["all"][0].text if found.counts and found.counts["all"] else "0"
